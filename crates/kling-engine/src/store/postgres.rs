//! Jobs in a PostgreSQL database, shared by as many processes as there are.

mod admit;
mod advance;
mod bell;
mod books;
mod claim;
mod count;
mod door;
mod files;
mod look;
mod migrate;
mod moment;
mod portable;
mod rows;
mod settings;
mod touch;
mod trouble;
mod withdrawals;
mod workers;

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::bell::{Bell, Bells, Ear};
use self::workers::Workers;
use super::check::Checked;
use super::fault::{Fault, store_error};
use super::notes::Notes;
use super::portable::{LineReader, LineWriter};
use crate::error::EngineError;
use crate::job::Job;

use self::moment::Heard;

pub use moment::StoreTime;

/// How this process uses the database.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// A folder of this machine that outlives the process, for what must be written down while the
    /// database is slow or away. Several processes may share it. Here by default: `kling-state`.
    pub state_folder: PathBuf,
    /// Connections at most, besides one that only listens. 8.
    pub connections: u32,
    /// Whose clock leases go by. The database's.
    pub time: StoreTime,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            state_folder: PathBuf::from("kling-state"),
            connections: 8,
            time: StoreTime::default(),
        }
    }
}

/// A store in a PostgreSQL database (version 13 or newer), for any number of processes.
///
/// Every operation is one transaction, most of them one statement, and is answered when it is durable.
/// Leases go by the database's clock. A process that is gone holds its jobs until their leases run out.
/// While the database is away operations fail, and succeed again when it is back; nothing has to be
/// opened again.
#[derive(Debug)]
pub struct PostgresStore {
    workers: Arc<Workers>,
    bells: Bells,
    notes: Notes,
    time: StoreTime,
    heard: Heard,
    stop: CancellationToken,
    around: TaskTracker,
    _stops_when_dropped: DropGuard,
}

impl PostgresStore {
    /// Opens the database and brings its schema up to date; older binaries may be at work on it. Takes
    /// `postgres://…` or `postgresql://…`. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EngineError::NewerSchema`] when a newer version has changed it in a way that this one cannot
    /// work with; [`EngineError::Store`] when it cannot be reached or changed.
    pub async fn open(url: &str, options: PostgresOptions) -> Result<Self, EngineError> {
        let unreachable = |error| store_error("open the database", error);
        let Ready {
            connect,
            connection,
            own,
            notes,
        } = Ready::at(url, &options).await?;
        drop(connection.close().await);
        let bells = Bells::new(&own);
        let ear = Ear::open(&connect).await.map_err(unreachable)?;
        let workers = Arc::new(Workers::start(&connect, options.connections, bells.clone()));
        let stop = CancellationToken::new();
        let around = TaskTracker::new();
        around.spawn(ear.hear(bells.clone(), stop.clone()));
        let told = bell::tell(bells.clone(), Arc::clone(&workers), stop.clone());
        around.spawn(told);
        around.close();
        Ok(Self {
            workers,
            bells,
            notes,
            time: options.time,
            heard: Heard::default(),
            _stops_when_dropped: stop.clone().drop_guard(),
            stop,
            around,
        })
    }

    async fn pause(&self, job: &Job, delay: Duration, in_vain: bool) -> Result<bool, EngineError> {
        let (handed, held) = (self.time.handed(), touch::Held::of(job));
        let pause = touch::Pause {
            delay: millis(delay),
            in_vain,
            saw_cancel: job.cancel_requested,
        };
        self.workers
            .call("put a job off", Bell::Here, move |db| {
                let held = held.clone();
                Box::pin(async move { touch::pause(db, handed, &held, pause).await })
            })
            .await
    }
}

/// A database that is up to date, and rid of what processes that are gone left to us.
struct Ready {
    connect: PgConnectOptions,
    connection: PgConnection,
    /// What this process calls itself.
    own: String,
    notes: Notes,
}

impl Ready {
    async fn at(url: &str, options: &PostgresOptions) -> Result<Self, EngineError> {
        let connect = options_of(url)?;
        let mut connection = connection_to(&connect).await?;
        migrate::run(&mut connection).await?;
        let own = ulid::Ulid::from_parts(0, rand::random()).to_string();
        let beginning = withdrawals::beginning(&connect);
        let folder = &options.state_folder;
        let notes = withdrawals::own(folder, &beginning, &own)?;
        let handed = options.time.handed();
        withdrawals::carry_out(folder, &beginning, &mut connection, handed).await?;
        Ok(Self {
            connect,
            connection,
            own,
            notes,
        })
    }
}

/// Writes every row of a database.
pub(super) async fn export(
    url: &str,
    options: &PostgresOptions,
    lines: &mut LineWriter<'_>,
) -> Result<(), EngineError> {
    let mut ready = Ready::at(url, options).await?;
    portable::export(&mut ready.connection, lines).await
}

/// Fills a database.
pub(super) async fn import(
    url: &str,
    options: &PostgresOptions,
    lines: &mut LineReader<'_>,
) -> Result<(), EngineError> {
    let mut ready = Ready::at(url, options).await?;
    portable::import(&mut ready.connection, lines).await
}

/// Looks through a database, and changes nothing in it.
pub(super) async fn check(url: &str) -> Result<Checked, EngineError> {
    let mut connection = connection_to(&options_of(url)?).await?;
    look::through(&mut connection)
        .await
        .map_err(|fault| fault.into_error("look through the database"))
}

async fn connection_to(options: &PgConnectOptions) -> Result<PgConnection, EngineError> {
    workers::connect(options)
        .await
        .map_err(|error| store_error("open the database", error))
}

fn options_of(url: &str) -> Result<PgConnectOptions, EngineError> {
    PgConnectOptions::from_str(url)
        .map(workers::quiet)
        .map_err(|error| store_error("read the database's address", error))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

/// A number that stands for a few words, and in practice for no others.
fn number_of(words: &[&str]) -> i64 {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.len().to_le_bytes());
        hash.update(word);
    }
    let digest = hash.finalize();
    let bytes = digest.iter().take(8);
    bytes.fold(0, |number, byte| (number << 8) | i64::from(*byte))
}
