//! The doors of the store and of providers, with a point on each side of everything that crosses them. The loops get these
//! and no others, so that none of them can write or ask past a point.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kling_core::{
    Balance, Cancellation, GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId,
    Submission, SubmissionKey, TaskEvents, TaskHandle, TaskStatus, Timestamp,
};

use super::boundary::Boundary;
use crate::admission::{Admission, Limits, NewJob};
use crate::books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
use crate::error::EngineError;
use crate::event::Event;
use crate::job::{Job, JobId, PlatformId, Receipt, Requester, Stage};
use crate::ledger::LedgerEntry;
use crate::policy::{Edit, Policy, PolicyChange};
use crate::store::{ArchivedFile, FileRole, Lease, Store, Work};

/// A store with points.
#[derive(Debug)]
pub(crate) struct StoreDoor(pub(crate) Arc<dyn Store>);

#[async_trait::async_trait]
impl Store for StoreDoor {
    async fn accept(
        &self,
        id: JobId,
        job: NewJob,
        limits: &Limits,
    ) -> Result<Admission, EngineError> {
        let accepting = self.0.accept(id, job, limits);
        Boundary::Accepted.cross(accepting).await
    }

    async fn withdraw(&self, id: &JobId) -> Result<bool, EngineError> {
        Boundary::Withdrawn.cross(self.0.withdraw(id)).await
    }

    async fn note_withdrawal(&self, id: &JobId) -> Result<(), EngineError> {
        Boundary::Note.cross(self.0.note_withdrawal(id)).await
    }

    async fn claim(&self, work: Work, lease: Lease<'_>) -> Result<Vec<Job>, EngineError> {
        let claiming = self.0.claim(work, lease);
        let is_something = |jobs: &Vec<Job>| !jobs.is_empty();
        Boundary::Claimed.cross_when(claiming, is_something).await
    }

    async fn advance(
        &self,
        job: &Job,
        event: Event,
        hold: Option<Duration>,
    ) -> Result<Option<Job>, EngineError> {
        let boundary = Boundary::of(&event);
        boundary.cross(self.0.advance(job, event, hold)).await
    }

    async fn put_off(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        Boundary::PutOff.cross(self.0.put_off(job, delay)).await
    }

    async fn note_panic(&self, job: &Job, delay: Duration) -> Result<Option<u32>, EngineError> {
        let noting = self.0.note_panic(job, delay);
        Boundary::PutOff.cross(noting).await
    }

    async fn rest(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        Boundary::Rested.cross(self.0.rest(job, delay)).await
    }

    async fn renew(&self, job: &Job, hold: Duration) -> Result<bool, EngineError> {
        Boundary::Renewed.cross(self.0.renew(job, hold)).await
    }

    async fn record_file(&self, job: &Job, file: ArchivedFile) -> Result<bool, EngineError> {
        Boundary::File.cross(self.0.record_file(job, file)).await
    }

    async fn set_status_message(&self, id: &JobId, receipt: &Receipt) -> Result<(), EngineError> {
        let setting = self.0.set_status_message(id, receipt);
        Boundary::StatusMessage.cross(setting).await
    }

    async fn request_cancel(&self, id: &JobId) -> Result<bool, EngineError> {
        Boundary::Wish.cross(self.0.request_cancel(id)).await
    }

    async fn claim_unconfirmed(
        &self,
        id: &JobId,
        hold: Duration,
    ) -> Result<Option<Job>, EngineError> {
        let claiming = self.0.claim_unconfirmed(id, hold);
        Boundary::Choice.cross(claiming).await
    }

    async fn forget_files(
        &self,
        role: FileRole,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, EngineError> {
        let forgetting = self.0.forget_files(role, before, limit);
        let is_something = |keys: &Vec<String>| !keys.is_empty();
        Boundary::Forgotten
            .cross_when(forgetting, is_something)
            .await
    }

    // No job moves by it, and it is done again at the next leap.
    async fn clock_went_back(&self, hold: Duration) -> Result<(), EngineError> {
        self.0.clock_went_back(hold).await
    }

    // The rules are no job's: a change of them is made or is not.
    async fn change_policy(&self, actor: &str, edits: &[Edit]) -> Result<i64, EngineError> {
        self.0.change_policy(actor, edits).await
    }

    // Nothing is written from here on.

    async fn policy(&self) -> Result<Policy, EngineError> {
        self.0.policy().await
    }

    async fn policy_changes(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyChange>, EngineError> {
        self.0.policy_changes(before, limit).await
    }

    async fn spend(&self, by: SpendBy, span: Span) -> Result<Vec<SpendLine>, EngineError> {
        self.0.spend(by, span).await
    }

    async fn balances(&self) -> Result<Vec<AccountBalance>, EngineError> {
        self.0.balances().await
    }

    async fn drift(&self, last: u32) -> Result<Vec<Drift>, EngineError> {
        self.0.drift(last).await
    }

    async fn now(&self) -> Result<Timestamp, EngineError> {
        self.0.now().await
    }

    async fn recently(&self) -> Result<Timestamp, EngineError> {
        self.0.recently().await
    }

    async fn files(&self, id: &JobId) -> Result<Vec<ArchivedFile>, EngineError> {
        self.0.files(id).await
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, EngineError> {
        self.0.job(id).await
    }

    async fn live(&self, platforms: &[PlatformId], limit: u32) -> Result<Vec<Job>, EngineError> {
        self.0.live(platforms, limit).await
    }

    async fn unresolved(
        &self,
        platforms: &[PlatformId],
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, EngineError> {
        self.0.unresolved(platforms, before, limit).await
    }

    async fn jobs_of(&self, requester: &Requester, limit: u32) -> Result<Vec<Job>, EngineError> {
        self.0.jobs_of(requester, limit).await
    }

    async fn ahead_of(&self, job: &Job) -> Result<u32, EngineError> {
        self.0.ahead_of(job).await
    }

    async fn named_files(&self, keys: &[String]) -> Result<Vec<String>, EngineError> {
        self.0.named_files(keys).await
    }

    async fn next_due(
        &self,
        work: Work,
        lease: Lease<'_>,
    ) -> Result<Option<Timestamp>, EngineError> {
        self.0.next_due(work, lease).await
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        self.0.changed()
    }

    async fn ledger(&self, id: &JobId) -> Result<Vec<LedgerEntry>, EngineError> {
        self.0.ledger(id).await
    }

    async fn counts(&self) -> Result<Vec<(Stage, u64)>, EngineError> {
        self.0.counts().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

/// A provider with points at what is asked of it again and again. Those of a submission are passed by whoever makes it,
/// who looks at the clock in between.
#[derive(Debug)]
pub(crate) struct ProviderDoor(pub(crate) Arc<dyn Provider>);

/// What a point that was armed to fail looks like to whoever asks a provider.
fn unavailable(error: EngineError) -> ProviderError {
    ProviderError::Unavailable {
        retry_after: None,
        source: Some(error.into()),
    }
}

async fn asked<T>(
    boundary: Boundary,
    asking: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    boundary.enter().await.map_err(unavailable)?;
    let told = asking.await;
    boundary.leave().await.map_err(unavailable)?;
    told
}

#[async_trait::async_trait]
impl Provider for ProviderDoor {
    fn id(&self) -> &ProviderId {
        self.0.id()
    }

    fn models(&self) -> &[ModelInfo] {
        self.0.models()
    }

    fn entry(&self, request: &GenerationRequest) -> Result<&ModelInfo, ProviderError> {
        self.0.entry(request)
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        self.0.submit(request, key).await
    }

    fn submit_timeout(&self) -> Duration {
        self.0.submit_timeout()
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        asked(Boundary::Look, self.0.status(task)).await
    }

    fn watch(&self, task: &TaskHandle) -> Option<TaskEvents> {
        self.0.watch(task)
    }

    async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        asked(Boundary::Cancel, self.0.cancel(task)).await
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        asked(Boundary::Find, self.0.find(key)).await
    }

    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        self.0.balance().await
    }
}
