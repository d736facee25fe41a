//! Jobs in one SQLite file: one writer with group commit, a few readers, one process.

mod admit;
mod advance;
mod books;
mod claim;
mod count;
mod door;
mod files;
mod lock;
mod look;
mod migrate;
mod panics;
mod portable;
mod rows;
mod settings;
mod settle;
mod touch;
mod withdrawals;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kling_core::Clock;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::watch;

use self::writer::Writer;
use super::check::Checked;
use super::fault::{Fault, store_error};
use super::notes::Notes;
use super::portable::{LineReader, LineWriter};
use crate::error::EngineError;

/// Connections that only read. Reads are short; more of them would only wait for the processor.
const READERS: u32 = 4;

/// How many pages of the log are written back into the file at once, 16 MiB. By default it is a quarter: the pages that
/// every job changes would be written back, and the file synced, four times as often. A restart reads the log in
/// well under a second.
const LOG_PAGES: &str = "4000";

/// What the writer keeps of the file in memory, in KiB. By default it is 2 MB, less than the inner pages of the indexes of
/// a hundred thousand jobs.
const WRITER_CACHE: &str = "-16384";

/// The same for each reader: the default.
const READER_CACHE: &str = "-2000";

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
        let Ready {
            lock,
            options,
            connection,
            withdrawals,
        } = Ready::at(url_or_path, &clock).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A file does not go away as a server does: asking first would double what a read costs.
            .test_before_acquire(false)
            .connect_lazy_with(reading(&options));
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

/// A file that is ours, up to date, and rid of what the process before us left.
struct Ready {
    lock: lock::Lock,
    options: SqliteConnectOptions,
    connection: SqliteConnection,
    withdrawals: Notes,
}

impl Ready {
    async fn at(url_or_path: &str, clock: &Arc<dyn Clock>) -> Result<Self, EngineError> {
        let (lock, path) = lock::take(&path_of(url_or_path)).await?;
        let options = options(&path);
        let mut connection = connect(&options).await?;
        migrate::run(&mut connection).await?;
        touch::void_leases(&mut connection)
            .await
            .map_err(|fault| fault.into_error("void old leases"))?;
        let withdrawals = withdrawals::beside(&path);
        withdrawals::carry_out(&withdrawals, &mut connection, clock.now()).await?;
        Ok(Self {
            lock,
            options,
            connection,
            withdrawals,
        })
    }

    async fn close(self) -> Result<(), EngineError> {
        let closed = self.connection.close().await;
        drop(self.lock);
        closed.map_err(|error| store_error("close the database", error))
    }
}

/// Writes every row of a file.
pub(super) async fn export(
    url: &str,
    clock: Arc<dyn Clock>,
    lines: &mut LineWriter<'_>,
) -> Result<(), EngineError> {
    let mut ready = Ready::at(url, &clock).await?;
    portable::export(&mut ready.connection, lines).await?;
    ready.close().await
}

/// Fills a file.
pub(super) async fn import(
    url: &str,
    clock: Arc<dyn Clock>,
    lines: &mut LineReader<'_>,
) -> Result<(), EngineError> {
    let mut ready = Ready::at(url, &clock).await?;
    portable::import(&mut ready.connection, lines).await?;
    ready.close().await
}

/// Looks through a file, and changes nothing in it.
pub(super) async fn check(url: &str) -> Result<Checked, EngineError> {
    let path = path_of(url);
    if !path.exists() {
        return Err(store_error("open the database file", "there is none"));
    }
    let (_lock, path) = lock::take(&path).await?;
    let mut connection = connect(&options(&path).pragma("query_only", "ON")).await?;
    look::through(&mut connection)
        .await
        .map_err(|fault| fault.into_error("look through the database"))
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
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("cache_size", WRITER_CACHE)
        .disable_statement_logging()
}

fn reading(options: &SqliteConnectOptions) -> SqliteConnectOptions {
    let options = options.clone().pragma("query_only", "ON");
    options.pragma("cache_size", READER_CACHE)
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, EngineError> {
    SqliteConnection::connect_with(options)
        .await
        .map_err(|error| store_error("open the database", error))
}
