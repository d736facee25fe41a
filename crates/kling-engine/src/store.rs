//! The one door to the rows.

mod books;
mod change;
mod check;
mod count;
mod fault;
#[cfg(test)]
mod model;
mod money;
mod notes;
mod place;
mod portable;
mod postgres;
mod rows;
mod settings;
mod sqlite;
mod stored;
#[cfg(test)]
mod tests;
mod totals;
mod wanted;

use std::time::Duration;

use futures::future::BoxFuture;
use kling_core::{Dimensions, MediaType, ProviderId, Timestamp};

use crate::admission::{Admission, Limits, NewJob};
use crate::books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
use crate::error::EngineError;
use crate::event::Event;
use crate::job::{Job, JobId, PlatformId, Receipt, Requester};
use crate::ledger::LedgerEntry;
use crate::policy::{Edit, Policy, PolicyChange};

pub use check::Checked;
pub use place::{check_store, export_store, import_store, open_store};
pub use portable::Moved;
pub use postgres::{PostgresOptions, PostgresStore, StoreTime};
pub use sqlite::SqliteStore;

/// What a loop looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// `accepted`: copy the inputs.
    Collect,
    /// `collected`: submit.
    Dispatch,
    /// `submitted` or `running` without an output: ask the provider.
    Poll,
    /// `submitted` or `running` with an output: copy the results.
    Fetch,
    /// `fetched` or `delivering`, or `unconfirmed` and not yet told: tell the requester.
    Deliver,
    /// `submitting` with an expired lease: find out what became of it.
    Rescue,
}

/// For whom, how many and how long a claim is.
#[derive(Clone, Debug)]
pub struct Lease<'a> {
    /// The platforms this process serves; collect and deliver take only jobs of these.
    pub platforms: &'a [PlatformId],
    /// The providers this process has keys for; dispatch, poll, fetch and rescue take only jobs of these.
    pub providers: &'a [ProviderId],
    /// The most jobs to claim.
    pub limit: u32,
    /// How long the claim holds.
    pub hold: Duration,
}

/// Whether a file went in or came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileRole {
    /// An input.
    Input,
    /// A result.
    Output,
}

/// A file of a job that is in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedFile {
    /// In or out.
    pub role: FileRole,
    /// Its place among the files of its role, from 0.
    pub index: u32,
    /// Where the archive has it.
    pub key: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes there are.
    pub size_bytes: u64,
    /// What the bytes are.
    pub media_type: MediaType,
    /// Width and height, where known.
    pub dimensions: Option<Dimensions>,
    /// How long it plays, to the millisecond, where known.
    pub duration: Option<Duration>,
}

/// Where jobs live. Every change is durable when the call returns.
#[async_trait::async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// The time all decisions go by.
    async fn now(&self) -> Result<Timestamp, EngineError>;

    /// The same, perhaps as it was reckoned from a moment ago: for what is counted in minutes. Where whether something
    /// may be paid for hangs on it, [`Store::now`] is asked.
    async fn recently(&self) -> Result<Timestamp, EngineError> {
        self.now().await
    }

    /// Accepts a job, with its reservation, in one transaction; or finds it, or refuses it. When the limits
    /// are of another version of the rules than the store has by then, nothing is decided:
    /// [`EngineError::StaleRules`].
    async fn accept(
        &self,
        id: JobId,
        job: NewJob,
        limits: &Limits,
    ) -> Result<Admission, EngineError>;

    /// Takes a job back that was accepted too late to be acknowledged, if nothing was submitted yet;
    /// it ends as cancelled, and nobody is told. True when there was one.
    ///
    /// By its name and not by its dedupe key: a repeated command must not take back the job that its
    /// first copy was promised.
    async fn withdraw(&self, id: &JobId) -> Result<bool, EngineError>;

    /// Writes down, past the database, that nobody was promised this job: should the process end before
    /// [`Store::withdraw`] is through, whoever opens the store next takes the job back first. It is
    /// quick while the database is slow, and outlives the process, but perhaps not the machine.
    async fn note_withdrawal(&self, id: &JobId) -> Result<(), EngineError>;

    /// Claims due jobs whose lease is free: raises their epoch and sets the lease. Fair across
    /// requesters: nobody's second job goes before somebody else's first.
    async fn claim(&self, work: Work, lease: Lease<'_>) -> Result<Vec<Job>, EngineError>;

    /// Makes one fenced transition: `UPDATE … WHERE id AND epoch AND stage`. The lease is released
    /// unless `hold` is given. `None` when the job has moved on meanwhile, which the caller must obey.
    ///
    /// The money moves in the same transaction, as [`LedgerKind`](crate::LedgerKind) says: a result's
    /// cost is settled with [`Event::Finished`], so that our ledger equals the provider's even while
    /// the delivery is still open; [`Event::Ended`] settles what is left.
    async fn advance(
        &self,
        job: &Job,
        event: Event,
        hold: Option<Duration>,
    ) -> Result<Option<Job>, EngineError>;

    /// Puts a claimed job off: not due before `delay` has passed, one more try counted, lease released.
    /// Fenced like a transition.
    async fn put_off(&self, job: &Job, delay: Duration) -> Result<bool, EngineError>;

    /// Puts a claimed job off whose step panicked, and adds that to its history: how many panics in a row it
    /// has had in its stage. Fenced like a transition; `None` when the job has moved on meanwhile.
    async fn note_panic(&self, job: &Job, delay: Duration) -> Result<Option<u32>, EngineError>;

    /// The clock was set back: makes due what would be due later by it, and lets no lease last longer than
    /// `hold` from now. A job that is taken up too early is only put off again.
    async fn clock_went_back(&self, hold: Duration) -> Result<(), EngineError>;

    /// Lets go of a claimed job after a step that went well: not due before `delay` has passed, its tries
    /// forgotten. Fenced like a transition.
    async fn rest(&self, job: &Job, delay: Duration) -> Result<bool, EngineError>;

    /// Extends the lease of a claimed job. False when the job has moved on meanwhile.
    async fn renew(&self, job: &Job, hold: Duration) -> Result<bool, EngineError>;

    /// Writes down that a file is in the archive. Fenced; writing the same file twice is no harm.
    async fn record_file(&self, job: &Job, file: ArchivedFile) -> Result<bool, EngineError>;

    /// The files of a job that are in the archive, inputs first, by index.
    async fn files(&self, id: &JobId) -> Result<Vec<ArchivedFile>, EngineError>;

    /// Writes down the status message, unless there is one.
    async fn set_status_message(&self, id: &JobId, receipt: &Receipt) -> Result<(), EngineError>;

    /// One job.
    async fn job(&self, id: &JobId) -> Result<Option<Job>, EngineError>;

    /// Jobs that are not at an end and are not being delivered, for showing how far they are; oldest
    /// first, without the bytes of results that came inline. Unconfirmed ones are left out: their
    /// message says so already.
    async fn live(&self, platforms: &[PlatformId], limit: u32) -> Result<Vec<Job>, EngineError>;

    /// Jobs that have been unconfirmed since before a moment, oldest first.
    async fn unresolved(
        &self,
        platforms: &[PlatformId],
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, EngineError>;

    /// A requester's jobs, newest first, without the bytes of results that came inline.
    async fn jobs_of(&self, requester: &Requester, limit: u32) -> Result<Vec<Job>, EngineError>;

    /// How many jobs wait for submission at the same provider in front of this one; counted up to 1000.
    async fn ahead_of(&self, job: &Job) -> Result<u32, EngineError>;

    /// Notes the wish to cancel and makes the job due; true when the job can still heed it. An
    /// unconfirmed one cannot: it waits for a choice.
    async fn request_cancel(&self, id: &JobId) -> Result<bool, EngineError>;

    /// Claims one `unconfirmed` job by name, for somebody's choice about it.
    async fn claim_unconfirmed(
        &self,
        id: &JobId,
        hold: Duration,
    ) -> Result<Option<Job>, EngineError>;

    /// Jobs that ended before `before` and still have files of a role: these are forgotten and returned,
    /// for the archive to delete those that no other job refers to.
    async fn forget_files(
        &self,
        role: FileRole,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, EngineError>;

    /// Those of some keys of files that a job refers to now.
    async fn named_files(&self, keys: &[String]) -> Result<Vec<String>, EngineError>;

    /// The earliest moment at which some job becomes due, for knowing how long to sleep.
    async fn next_due(
        &self,
        work: Work,
        lease: Lease<'_>,
    ) -> Result<Option<Timestamp>, EngineError>;

    /// Waits until something is written that may make work (by this process, or another).
    ///
    /// What counts is written after this call, not after the first poll: a loop that calls this,
    /// then looks for work, then awaits, misses nothing.
    fn changed(&self) -> BoxFuture<'static, ()>;

    /// What was written about a job's money, oldest first.
    async fn ledger(&self, id: &JobId) -> Result<Vec<LedgerEntry>, EngineError>;

    /// The rules as they are now.
    async fn policy(&self) -> Result<Policy, EngineError>;

    /// Makes changes to the rules, together, and writes down who made them; the version afterwards. An edit
    /// that changes nothing is not written down. The edits were checked before.
    async fn change_policy(&self, actor: &str, edits: &[Edit]) -> Result<i64, EngineError>;

    /// Changes to the rules before a version, newest first.
    async fn policy_changes(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyChange>, EngineError>;

    /// What was spent, by whom, the most first (days: the newest); at most 10,000 lines.
    async fn spend(&self, by: SpendBy, span: Span) -> Result<Vec<SpendLine>, EngineError>;

    /// What stands on each account of the ledger; together it is nothing.
    async fn balances(&self) -> Result<Vec<AccountBalance>, EngineError>;

    /// How far the estimates of each model were off, over the `last` submissions whose cost was told.
    async fn drift(&self, last: u32) -> Result<Vec<Drift>, EngineError>;

    /// Counts jobs by stage, for health and metrics.
    async fn counts(&self) -> Result<Vec<(crate::Stage, u64)>, EngineError>;

    /// Finishes what is queued and closes the database.
    async fn close(&self);
}
