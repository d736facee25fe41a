//! What the store does: writes by the one writer, reads on their own.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kling_core::Timestamp;
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;

use super::store_error;
use super::writer::Bell;
use super::{
    SqliteStore, admit, advance, books, claim, files, look, panics, settings, settle, touch,
};
use crate::admission::{Admission, Limits, NewJob};
use crate::books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
use crate::error::EngineError;
use crate::event::Event;
use crate::job::{Job, JobId, PlatformId, Receipt, Requester, Stage};
use crate::ledger::LedgerEntry;
use crate::policy::{Edit, Policy, PolicyChange};
use crate::store::wanted::Wanted;
use crate::store::{ArchivedFile, FileRole, Lease, Store, Work};

impl SqliteStore {
    async fn reader(&self, doing: &'static str) -> Result<PoolConnection<Sqlite>, EngineError> {
        let reader = self.readers.acquire().await;
        reader.map_err(|error| store_error(doing, error))
    }

    async fn pause(&self, job: &Job, delay: Duration, in_vain: bool) -> Result<bool, EngineError> {
        let held = touch::Held::of(job);
        let pause = touch::Pause {
            delay,
            in_vain,
            saw_cancel: job.cancel_requested,
        };
        self.writer
            .write("put a job off", Bell::Ring, move |db, now| {
                let held = held.clone();
                Box::pin(async move { touch::pause(db, now, &held, pause).await })
            })
            .await
    }
}

#[async_trait::async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<Timestamp, EngineError> {
        Ok(self.clock.now())
    }

    async fn accept(
        &self,
        id: JobId,
        job: NewJob,
        limits: &Limits,
    ) -> Result<Admission, EngineError> {
        let asked = Arc::new((id, job, limits.clone()));
        self.writer
            .write("accept a job", Bell::Ring, move |db, now| {
                let asked = Arc::clone(&asked);
                Box::pin(async move {
                    let (id, job, limits) = &*asked;
                    admit::accept(db, now, id, job, limits).await
                })
            })
            .await
    }

    async fn withdraw(&self, id: &JobId) -> Result<bool, EngineError> {
        let name = id.clone();
        let taken = self
            .writer
            .write("withdraw a job", Bell::Silent, move |db, now| {
                let name = name.clone();
                Box::pin(async move { advance::withdraw(db, now, &name).await })
            })
            .await?;
        self.withdrawals.done(id);
        Ok(taken)
    }

    async fn note_withdrawal(&self, id: &JobId) -> Result<(), EngineError> {
        self.withdrawals.note(id).await
    }

    async fn claim(&self, work: Work, lease: Lease<'_>) -> Result<Vec<Job>, EngineError> {
        let wanted = Arc::new(Wanted::new(work, &lease));
        self.writer
            .write("claim jobs", Bell::Silent, move |db, now| {
                let wanted = Arc::clone(&wanted);
                Box::pin(async move { claim::claim(db, now, &wanted).await })
            })
            .await
    }

    async fn advance(
        &self,
        job: &Job,
        event: Event,
        hold: Option<Duration>,
    ) -> Result<Option<Job>, EngineError> {
        let moved = Arc::new((job.clone(), event));
        self.writer
            .write("move a job on", Bell::Ring, move |db, now| {
                let moved = Arc::clone(&moved);
                Box::pin(async move { advance::advance(db, now, &moved.0, &moved.1, hold).await })
            })
            .await
    }

    async fn put_off(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        self.pause(job, delay, true).await
    }

    async fn note_panic(&self, job: &Job, delay: Duration) -> Result<Option<u32>, EngineError> {
        let job = Arc::new(job.clone());
        self.writer
            .write("note a panic", Bell::Ring, move |db, now| {
                let job = Arc::clone(&job);
                Box::pin(async move { panics::note(db, now, &job, delay).await })
            })
            .await
    }

    async fn clock_went_back(&self, hold: Duration) -> Result<(), EngineError> {
        self.writer
            .write("make jobs due", Bell::Ring, move |db, now| {
                Box::pin(async move { touch::hurry(db, now, hold).await })
            })
            .await
    }

    async fn rest(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        self.pause(job, delay, false).await
    }

    async fn renew(&self, job: &Job, hold: Duration) -> Result<bool, EngineError> {
        let held = touch::Held::of(job);
        self.writer
            .write("renew a lease", Bell::Silent, move |db, now| {
                let held = held.clone();
                Box::pin(async move { touch::renew(db, now, &held, hold).await })
            })
            .await
    }

    async fn record_file(&self, job: &Job, file: ArchivedFile) -> Result<bool, EngineError> {
        let recorded = Arc::new((touch::Held::of(job), file));
        self.writer
            .write("record a file", Bell::Silent, move |db, _| {
                let recorded = Arc::clone(&recorded);
                Box::pin(async move { files::record(db, &recorded.0, &recorded.1).await })
            })
            .await
    }

    async fn files(&self, id: &JobId) -> Result<Vec<ArchivedFile>, EngineError> {
        files::of_job(&self.readers, id)
            .await
            .map_err(|fault| fault.into_error("read a job's files"))
    }

    async fn set_status_message(&self, id: &JobId, receipt: &Receipt) -> Result<(), EngineError> {
        let (id, receipt) = (id.clone(), receipt.clone());
        self.writer
            .write("record a status message", Bell::Silent, move |db, _| {
                let (id, receipt) = (id.clone(), receipt.clone());
                Box::pin(async move { touch::set_status_message(db, &id, &receipt).await })
            })
            .await
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, EngineError> {
        look::job(&self.readers, id)
            .await
            .map_err(|fault| fault.into_error("read a job"))
    }

    async fn live(&self, platforms: &[PlatformId], limit: u32) -> Result<Vec<Job>, EngineError> {
        look::live(&self.readers, platforms, limit)
            .await
            .map_err(|fault| fault.into_error("list live jobs"))
    }

    async fn unresolved(
        &self,
        platforms: &[PlatformId],
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, EngineError> {
        look::unresolved(&self.readers, platforms, before, limit)
            .await
            .map_err(|fault| fault.into_error("list unconfirmed jobs"))
    }

    async fn jobs_of(&self, requester: &Requester, limit: u32) -> Result<Vec<Job>, EngineError> {
        look::jobs_of(&self.readers, requester, limit)
            .await
            .map_err(|fault| fault.into_error("list somebody's jobs"))
    }

    async fn ahead_of(&self, job: &Job) -> Result<u32, EngineError> {
        look::ahead_of(&self.readers, &job.id)
            .await
            .map_err(|fault| fault.into_error("count the jobs in front"))
    }

    async fn request_cancel(&self, id: &JobId) -> Result<bool, EngineError> {
        let id = id.clone();
        self.writer
            .write("note a wish to cancel", Bell::Ring, move |db, now| {
                let id = id.clone();
                Box::pin(async move { touch::request_cancel(db, now, &id).await })
            })
            .await
    }

    async fn claim_unconfirmed(
        &self,
        id: &JobId,
        hold: Duration,
    ) -> Result<Option<Job>, EngineError> {
        let id = id.clone();
        self.writer
            .write("claim an unconfirmed job", Bell::Silent, move |db, now| {
                let id = id.clone();
                Box::pin(async move { claim::unconfirmed(db, now, &id, hold).await })
            })
            .await
    }

    async fn forget_files(
        &self,
        role: FileRole,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, EngineError> {
        self.writer
            .write("forget old files", Bell::Silent, move |db, _| {
                Box::pin(async move { files::forget(db, role, before, limit).await })
            })
            .await
    }

    async fn named_files(&self, keys: &[String]) -> Result<Vec<String>, EngineError> {
        files::named(&self.readers, keys)
            .await
            .map_err(|fault| fault.into_error("look for names of files"))
    }

    async fn next_due(
        &self,
        work: Work,
        lease: Lease<'_>,
    ) -> Result<Option<Timestamp>, EngineError> {
        claim::next_due(&self.readers, &Wanted::new(work, &lease))
            .await
            .map_err(|fault| fault.into_error("look for the next due job"))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        let mut bell = self.bell.subscribe();
        Box::pin(async move {
            if bell.changed().await.is_err() {
                // The store is gone: nothing will be written any more.
                std::future::pending::<()>().await;
            }
        })
    }

    async fn ledger(&self, id: &JobId) -> Result<Vec<LedgerEntry>, EngineError> {
        settle::entries(&self.readers, id)
            .await
            .map_err(|fault| fault.into_error("read the ledger"))
    }

    async fn policy(&self) -> Result<Policy, EngineError> {
        settings::read(&self.readers)
            .await
            .map_err(|fault| fault.into_error("read the rules"))
    }

    async fn change_policy(&self, actor: &str, edits: &[Edit]) -> Result<i64, EngineError> {
        let asked = Arc::new((actor.to_owned(), edits.to_vec()));
        self.writer
            .write("change the rules", Bell::Silent, move |db, now| {
                let asked = Arc::clone(&asked);
                Box::pin(async move { settings::change(db, now, &asked.0, &asked.1).await })
            })
            .await
    }

    async fn policy_changes(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyChange>, EngineError> {
        settings::changes(&self.readers, before, limit)
            .await
            .map_err(|fault| fault.into_error("read who changed the rules"))
    }

    async fn spend(&self, by: SpendBy, span: Span) -> Result<Vec<SpendLine>, EngineError> {
        let doing = "add up what was spent";
        books::spend(&mut *self.reader(doing).await?, by, span)
            .await
            .map_err(|fault| fault.into_error(doing))
    }

    async fn balances(&self) -> Result<Vec<AccountBalance>, EngineError> {
        let doing = "add up the accounts";
        books::balances(&mut *self.reader(doing).await?)
            .await
            .map_err(|fault| fault.into_error(doing))
    }

    async fn drift(&self, last: u32) -> Result<Vec<Drift>, EngineError> {
        let doing = "compare estimates with costs";
        books::drift(&mut *self.reader(doing).await?, last)
            .await
            .map_err(|fault| fault.into_error(doing))
    }

    async fn counts(&self) -> Result<Vec<(Stage, u64)>, EngineError> {
        look::counts(&self.readers)
            .await
            .map_err(|fault| fault.into_error("count jobs"))
    }

    async fn close(&self) {
        self.writer.close().await;
    }
}
