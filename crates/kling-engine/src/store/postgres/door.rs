//! What the store does, each operation on some connection.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kling_core::Timestamp;

use super::bell::Bell;
use super::trouble::too_slow_when_away;
use super::{PostgresStore, admit, advance, books, claim, files, look, millis, settings, touch};
use crate::admission::{Admission, Limits, NewJob};
use crate::books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
use crate::error::EngineError;
use crate::event::Event;
use crate::job::{Job, JobId, PlatformId, Receipt, Requester, Stage};
use crate::ledger::LedgerEntry;
use crate::policy::{Edit, Policy, PolicyChange};
use crate::store::wanted::Wanted;
use crate::store::{ArchivedFile, FileRole, Lease, Store, Work};

fn names(platforms: &[PlatformId]) -> Arc<[String]> {
    platforms
        .iter()
        .map(|platform| platform.as_str().to_owned())
        .collect()
}

#[async_trait::async_trait]
impl Store for PostgresStore {
    async fn now(&self) -> Result<Timestamp, EngineError> {
        let handed = self.time.handed();
        if let Some(handed) = handed {
            return Ok(Timestamp::from_millis(handed));
        }
        self.workers
            .call("ask for the time", Bell::Silent, move |db| {
                Box::pin(look::moment(db, handed))
            })
            .await
    }

    async fn recently(&self) -> Result<Timestamp, EngineError> {
        if self.time.handed().is_some() {
            return self.now().await;
        }
        self.heard.recently(self.now()).await
    }

    async fn accept(
        &self,
        id: JobId,
        job: NewJob,
        limits: &Limits,
    ) -> Result<Admission, EngineError> {
        let (handed, asked) = (self.time.handed(), Arc::new((id, job, limits.clone())));
        self.workers
            .call("accept a job", Bell::Everywhere, move |db| {
                let asked = Arc::clone(&asked);
                Box::pin(async move {
                    let (id, job, limits) = &*asked;
                    admit::accept(db, handed, id, job, limits).await
                })
            })
            .await
            .map_err(too_slow_when_away)?
            .ok_or(EngineError::TooSlow)
    }

    async fn withdraw(&self, id: &JobId) -> Result<bool, EngineError> {
        let (handed, name) = (self.time.handed(), id.clone());
        let taken = self
            .workers
            .call("withdraw a job", Bell::Silent, move |db| {
                let name = name.clone();
                Box::pin(async move { advance::withdraw(db, handed, &name).await })
            })
            .await?;
        self.notes.done(id);
        Ok(taken)
    }

    async fn note_withdrawal(&self, id: &JobId) -> Result<(), EngineError> {
        self.notes.note(id).await
    }

    async fn claim(&self, work: Work, lease: Lease<'_>) -> Result<Vec<Job>, EngineError> {
        let (handed, wanted) = (self.time.handed(), Arc::new(Wanted::new(work, &lease)));
        self.workers
            .call("claim jobs", Bell::Silent, move |db| {
                let wanted = Arc::clone(&wanted);
                Box::pin(async move { claim::claim(db, handed, &wanted).await })
            })
            .await
    }

    async fn advance(
        &self,
        job: &Job,
        event: Event,
        hold: Option<Duration>,
    ) -> Result<Option<Job>, EngineError> {
        let (handed, moved) = (self.time.handed(), Arc::new((job.clone(), event)));
        // Nobody else can do anything about a job that stays with its holder.
        let bell = match hold {
            Some(_) => Bell::Here,
            None => Bell::Everywhere,
        };
        self.workers
            .call("move a job on", bell, move |db| {
                let moved = Arc::clone(&moved);
                Box::pin(
                    async move { advance::advance(db, handed, &moved.0, &moved.1, hold).await },
                )
            })
            .await
    }

    async fn put_off(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        self.pause(job, delay, true).await
    }

    async fn note_panic(&self, job: &Job, delay: Duration) -> Result<Option<u32>, EngineError> {
        let (handed, job) = (self.time.handed(), Arc::new(job.clone()));
        self.workers
            .call("note a panic", Bell::Here, move |db| {
                let job = Arc::clone(&job);
                Box::pin(async move { touch::note_panic(db, handed, &job, millis(delay)).await })
            })
            .await
    }

    async fn clock_went_back(&self, hold: Duration) -> Result<(), EngineError> {
        let handed = self.time.handed();
        self.workers
            .call("make jobs due", Bell::Everywhere, move |db| {
                Box::pin(touch::hurry(db, handed, millis(hold)))
            })
            .await
    }

    async fn rest(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        self.pause(job, delay, false).await
    }

    async fn renew(&self, job: &Job, hold: Duration) -> Result<bool, EngineError> {
        let (handed, held) = (self.time.handed(), touch::Held::of(job));
        self.workers
            .call("renew a lease", Bell::Silent, move |db| {
                let held = held.clone();
                Box::pin(async move { touch::renew(db, handed, &held, millis(hold)).await })
            })
            .await
    }

    async fn record_file(&self, job: &Job, file: ArchivedFile) -> Result<bool, EngineError> {
        let recorded = Arc::new((job.clone(), file));
        self.workers
            .call("record a file", Bell::Silent, move |db| {
                let recorded = Arc::clone(&recorded);
                Box::pin(async move { files::record(db, &recorded.0, &recorded.1).await })
            })
            .await
    }

    async fn files(&self, id: &JobId) -> Result<Vec<ArchivedFile>, EngineError> {
        let id = id.clone();
        self.workers
            .call("read a job's files", Bell::Silent, move |db| {
                let id = id.clone();
                Box::pin(async move { files::of_job(db, &id).await })
            })
            .await
    }

    async fn set_status_message(&self, id: &JobId, receipt: &Receipt) -> Result<(), EngineError> {
        let (id, receipt) = (id.clone(), receipt.clone());
        self.workers
            .call("record a status message", Bell::Silent, move |db| {
                let (id, receipt) = (id.clone(), receipt.clone());
                Box::pin(async move { touch::set_status_message(db, &id, &receipt).await })
            })
            .await
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, EngineError> {
        let id = id.clone();
        self.workers
            .call("read a job", Bell::Silent, move |db| {
                let id = id.clone();
                Box::pin(async move { look::job(db, &id).await })
            })
            .await
    }

    async fn live(&self, platforms: &[PlatformId], limit: u32) -> Result<Vec<Job>, EngineError> {
        let platforms = names(platforms);
        self.workers
            .call("list live jobs", Bell::Silent, move |db| {
                let platforms = Arc::clone(&platforms);
                Box::pin(async move { look::live(db, &platforms, limit).await })
            })
            .await
    }

    async fn unresolved(
        &self,
        platforms: &[PlatformId],
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, EngineError> {
        let platforms = names(platforms);
        self.workers
            .call("list unconfirmed jobs", Bell::Silent, move |db| {
                let platforms = Arc::clone(&platforms);
                Box::pin(async move { look::unresolved(db, &platforms, before, limit).await })
            })
            .await
    }

    async fn jobs_of(&self, requester: &Requester, limit: u32) -> Result<Vec<Job>, EngineError> {
        let requester = requester.clone();
        self.workers
            .call("list somebody's jobs", Bell::Silent, move |db| {
                let requester = requester.clone();
                Box::pin(async move { look::jobs_of(db, &requester, limit).await })
            })
            .await
    }

    async fn ahead_of(&self, job: &Job) -> Result<u32, EngineError> {
        let id = job.id.clone();
        self.workers
            .call("count the jobs in front", Bell::Silent, move |db| {
                let id = id.clone();
                Box::pin(async move { look::ahead_of(db, id.as_str()).await })
            })
            .await
    }

    async fn request_cancel(&self, id: &JobId) -> Result<bool, EngineError> {
        let (handed, id) = (self.time.handed(), id.clone());
        self.workers
            .call("note a wish to cancel", Bell::Everywhere, move |db| {
                let id = id.clone();
                Box::pin(async move { touch::request_cancel(db, handed, &id).await })
            })
            .await
    }

    async fn claim_unconfirmed(
        &self,
        id: &JobId,
        hold: Duration,
    ) -> Result<Option<Job>, EngineError> {
        let (handed, id) = (self.time.handed(), id.clone());
        self.workers
            .call("claim an unconfirmed job", Bell::Silent, move |db| {
                let id = id.clone();
                Box::pin(async move { claim::unconfirmed(db, handed, &id, millis(hold)).await })
            })
            .await
    }

    async fn forget_files(
        &self,
        role: FileRole,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, EngineError> {
        self.workers
            .call("forget old files", Bell::Silent, move |db| {
                Box::pin(files::forget(db, role, before, limit))
            })
            .await
    }

    async fn named_files(&self, keys: &[String]) -> Result<Vec<String>, EngineError> {
        let keys = Arc::new(keys.to_vec());
        self.workers
            .call("look for names of files", Bell::Silent, move |db| {
                let keys = Arc::clone(&keys);
                Box::pin(async move { files::named(db, &keys).await })
            })
            .await
    }

    async fn next_due(
        &self,
        work: Work,
        lease: Lease<'_>,
    ) -> Result<Option<Timestamp>, EngineError> {
        let wanted = Arc::new(Wanted::new(work, &lease));
        self.workers
            .call("look for the next due job", Bell::Silent, move |db| {
                let wanted = Arc::clone(&wanted);
                Box::pin(async move { claim::next_due(db, &wanted).await })
            })
            .await
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        let mut bell = self.bells.listen();
        Box::pin(async move {
            if bell.changed().await.is_err() {
                // The store is gone: nothing will be written any more.
                std::future::pending::<()>().await;
            }
        })
    }

    async fn ledger(&self, id: &JobId) -> Result<Vec<LedgerEntry>, EngineError> {
        let id = id.clone();
        self.workers
            .call("read the ledger", Bell::Silent, move |db| {
                let id = id.clone();
                Box::pin(async move { look::ledger(db, &id).await })
            })
            .await
    }

    async fn policy(&self) -> Result<Policy, EngineError> {
        self.workers
            .call("read the rules", Bell::Silent, move |db| {
                Box::pin(settings::read(db))
            })
            .await
    }

    async fn change_policy(&self, actor: &str, edits: &[Edit]) -> Result<i64, EngineError> {
        let (handed, change) = (
            self.time.handed(),
            Arc::new((actor.to_owned(), edits.to_vec())),
        );
        self.workers
            .call("change the rules", Bell::Silent, move |db| {
                let change = Arc::clone(&change);
                Box::pin(async move { settings::change(db, handed, &change.0, &change.1).await })
            })
            .await
    }

    async fn policy_changes(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyChange>, EngineError> {
        self.workers
            .call("read who changed the rules", Bell::Silent, move |db| {
                Box::pin(settings::changes(db, before, limit))
            })
            .await
    }

    async fn spend(&self, by: SpendBy, span: Span) -> Result<Vec<SpendLine>, EngineError> {
        self.workers
            .call("add up what was spent", Bell::Silent, move |db| {
                Box::pin(books::spend(db, by, span))
            })
            .await
    }

    async fn balances(&self) -> Result<Vec<AccountBalance>, EngineError> {
        self.workers
            .call("add up the accounts", Bell::Silent, move |db| {
                Box::pin(books::balances(db))
            })
            .await
    }

    async fn drift(&self, last: u32) -> Result<Vec<Drift>, EngineError> {
        self.workers
            .call("compare estimates with costs", Bell::Silent, move |db| {
                Box::pin(books::drift(db, last))
            })
            .await
    }

    async fn counts(&self) -> Result<Vec<(Stage, u64)>, EngineError> {
        self.workers
            .call("count jobs", Bell::Silent, move |db| {
                Box::pin(look::counts(db))
            })
            .await
    }

    async fn close(&self) {
        self.stop.cancel();
        self.around.wait().await;
        self.workers.close().await;
    }
}
