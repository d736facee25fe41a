//! Jobs in one SQLite file: one writer with group commit, a few readers, one process.

mod admit;
mod advance;
mod claim;
mod files;
mod lock;
mod look;
mod migrate;
mod rows;
mod settle;
mod touch;
mod withdrawals;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kling_core::{Clock, Timestamp};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::watch;

use self::writer::{Bell, Writer};
use super::fault::{Fault, store_error};
use super::notes::Notes;
use super::wanted::Wanted;
use super::{ArchivedFile, Lease, Store, Work};
use crate::admission::{Admission, Limits, NewJob};
use crate::error::EngineError;
use crate::event::Event;
use crate::job::{Job, JobId, PlatformId, Receipt, Requester, Stage};
use crate::ledger::LedgerEntry;

/// Connections that only read. Reads are short; more of them would only wait for the processor.
const READERS: u32 = 4;

/// How long a connection waits for another program (a backup, an open shell) to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A store in one file, for one process.
///
/// Every write goes through one connection, many in one commit, and is answered after that commit
/// is on the disk (`synchronous=FULL`). A lock beside the file keeps a second process out; the
/// system lets go of it even when the process is killed, so whoever opens the file next knows that
/// nobody else holds a lease, and voids all of them. Another file beside it, mostly not there, names
/// the jobs that are to be taken back when the database was too slow to be told.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    withdrawals: Notes,
    clock: Arc<dyn Clock>,
    bell: watch::Sender<u64>,
}

impl SqliteStore {
    /// Opens the file, or makes it, and brings its schema up to date. Takes `sqlite://path`,
    /// `sqlite:path` or a plain path. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EngineError::Locked`] when another store, here or in another process, has it open;
    /// [`EngineError::NewerSchema`] when a newer version has written it; [`EngineError::Store`] when
    /// the file cannot be opened, made or read as a database.
    pub async fn open(url_or_path: &str, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let (lock, path) = lock::take(&path_of(url_or_path)).await?;
        let options = options(&path);
        let mut connection = connect(&options).await?;
        migrate::run(&mut connection).await?;
        touch::void_leases(&mut connection)
            .await
            .map_err(|fault| fault.into_error("void old leases"))?;
        let withdrawals = withdrawals::beside(&path);
        withdrawals::carry_out(&withdrawals, &mut connection, clock.now()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_lazy_with(options.clone().pragma("query_only", "ON"));
        let bell = watch::Sender::new(0);
        let writer = Writer::start(writer::Parts {
            connection,
            options,
            readers: readers.clone(),
            clock: Arc::clone(&clock),
            bell: bell.clone(),
            lock,
        });
        Ok(Self {
            writer,
            readers,
            withdrawals,
            clock,
            bell,
        })
    }
}

impl SqliteStore {
    async fn pause(&self, job: &Job, delay: Duration, in_vain: bool) -> Result<bool, EngineError> {
        let held = touch::Held::of(job);
        let pause = touch::Pause {
            delay,
            in_vain,
            saw_cancel: job.cancel_requested,
        };
        self.writer
            .write("put a job off", Bell::Ring, move |db, now| {
                Box::pin(async move { touch::pause(db, now, &held, pause).await })
            })
            .await
    }
}

fn path_of(url_or_path: &str) -> PathBuf {
    let path = url_or_path
        .strip_prefix("sqlite://")
        .or_else(|| url_or_path.strip_prefix("sqlite:"))
        .unwrap_or(url_or_path);
    Path::new(path).to_path_buf()
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, EngineError> {
    SqliteConnection::connect_with(options)
        .await
        .map_err(|error| store_error("open the database", error))
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
        let limits = limits.clone();
        self.writer
            .write("accept a job", Bell::Ring, move |db, now| {
                Box::pin(async move { admit::accept(db, now, &id, &job, &limits).await })
            })
            .await
    }

    async fn withdraw(&self, id: &JobId) -> Result<bool, EngineError> {
        let name = id.clone();
        let taken = self
            .writer
            .write("withdraw a job", Bell::Silent, move |db, now| {
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
        let wanted = Wanted::new(work, &lease);
        self.writer
            .write("claim jobs", Bell::Silent, move |db, now| {
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
        let job = job.clone();
        self.writer
            .write("move a job on", Bell::Ring, move |db, now| {
                Box::pin(async move { advance::advance(db, now, &job, &event, hold).await })
            })
            .await
    }

    async fn put_off(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        self.pause(job, delay, true).await
    }

    async fn rest(&self, job: &Job, delay: Duration) -> Result<bool, EngineError> {
        self.pause(job, delay, false).await
    }

    async fn renew(&self, job: &Job, hold: Duration) -> Result<bool, EngineError> {
        let held = touch::Held::of(job);
        self.writer
            .write("renew a lease", Bell::Silent, move |db, now| {
                Box::pin(async move { touch::renew(db, now, &held, hold).await })
            })
            .await
    }

    async fn record_file(&self, job: &Job, file: ArchivedFile) -> Result<bool, EngineError> {
        let held = touch::Held::of(job);
        self.writer
            .write("record a file", Bell::Silent, move |db, _| {
                Box::pin(async move { files::record(db, &held, &file).await })
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
                Box::pin(async move { claim::unconfirmed(db, now, &id, hold).await })
            })
            .await
    }

    async fn forget_files(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, EngineError> {
        self.writer
            .write("forget old files", Bell::Silent, move |db, _| {
                Box::pin(async move { files::forget(db, before, limit).await })
            })
            .await
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

    async fn counts(&self) -> Result<Vec<(Stage, u64)>, EngineError> {
        look::counts(&self.readers)
            .await
            .map_err(|fault| fault.into_error("count jobs"))
    }

    async fn close(&self) {
        self.writer.close().await;
    }
}
