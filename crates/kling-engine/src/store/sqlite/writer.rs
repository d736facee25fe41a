//! The one writer: operations queue up, run one after the other, and share a commit.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kling_core::{Clock, Timestamp};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::lock::Lock;
use super::{Fault, store_error};
use crate::error::EngineError;

/// The most operations that share a commit: enough that the disk is not the limit, few enough that
/// the first of them does not wait long for the last.
const BATCH: usize = 64;

/// The most operations that wait. More callers than this wait for room in the queue.
const QUEUE: usize = 1024;

/// Whether an operation may make work for a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bell {
    /// It may: wake them after the commit.
    Ring,
    /// It does not.
    Silent,
}

/// The door to the one writing connection.
#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Operation>>,
    closing: CancellationToken,
    tracker: TaskTracker,
}

/// What the writer takes over. It lets go of the lock last.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) connection: SqliteConnection,
    pub(super) options: SqliteConnectOptions,
    pub(super) readers: SqlitePool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) bell: watch::Sender<u64>,
    pub(super) lock: Lock,
}

impl Writer {
    /// Starts the task that owns the connection. It ends when the store is closed or dropped.
    pub(super) fn start(parts: Parts) -> Self {
        let (queue, operations) = mpsc::channel(QUEUE);
        let closing = CancellationToken::new();
        let tracker = TaskTracker::new();
        let task = Task {
            connection: Some(parts.connection),
            options: parts.options,
            readers: parts.readers,
            clock: parts.clock,
            bell: parts.bell,
            _lock: parts.lock,
        };
        tracker.spawn(task.run(operations, closing.clone()));
        tracker.close();
        Self {
            queue,
            closing,
            tracker,
        }
    }

    /// Runs an operation in the next commit, and answers after it.
    ///
    /// An operation whose caller went away before its turn is not run. One may run twice, the first time in vain: it
    /// changes nothing but the database.
    pub(super) async fn write<T, F>(
        &self,
        doing: &'static str,
        bell: Bell,
        operation: F,
    ) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut SqliteConnection, Timestamp) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync
            + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let typed = Typed {
            doing,
            bell,
            operation,
            caller,
            result: None,
        };
        self.queue
            .send(Box::new(typed))
            .await
            .map_err(|_| EngineError::ShuttingDown)?;
        match answer.await {
            Ok(answer) => answer,
            Err(_) if self.queue.is_closed() => Err(EngineError::ShuttingDown),
            Err(_) => Err(store_error(doing, "it panicked")),
        }
    }

    /// Finishes what is queued, writes the log back into the file, and closes it.
    pub(super) async fn close(&self) {
        self.closing.cancel();
        self.tracker.wait().await;
    }
}

/// An operation that waits for its turn, or for its commit.
trait Operation: Send {
    /// Runs it, perhaps for a second time after the first was undone; whether what it wrote is to be kept.
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
        now: Timestamp,
    ) -> BoxFuture<'c, bool>;

    /// Whether it has written what may make work for a loop.
    fn rings(&self) -> bool;

    /// Answers its caller, when it is known what became of the commit.
    fn answer(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>);
}

struct Typed<T, F> {
    doing: &'static str,
    bell: Bell,
    operation: F,
    caller: oneshot::Sender<Result<T, EngineError>>,
    /// None when it did not run to its end: it panicked, or nobody waits for it any more.
    result: Option<Result<T, EngineError>>,
}

impl<T, F> Operation for Typed<T, F>
where
    T: Send + 'static,
    F: for<'c> Fn(&'c mut SqliteConnection, Timestamp) -> BoxFuture<'c, Result<T, Fault>>
        + Send
        + Sync
        + 'static,
{
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
        now: Timestamp,
    ) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            self.result = None;
            if self.caller.is_closed() {
                return true;
            }
            // A panic is one operation's failure: the writer is everybody's.
            let running = AssertUnwindSafe(async { (self.operation)(connection, now).await });
            let Ok(result) = running.catch_unwind().await else {
                return false;
            };
            let result = result.map_err(|fault| fault.into_error(self.doing));
            self.result.insert(result).is_ok()
        })
    }

    fn rings(&self) -> bool {
        self.bell == Bell::Ring && matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>) {
        let result = match (self.result, committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(store_error(self.doing, error)),
            (Some(Ok(value)), Ok(())) => Ok(value),
            // Its caller hears that from nobody answering.
            (None, Ok(())) => return,
        };
        // A caller that went away meanwhile asks again.
        drop(self.caller.send(result));
    }
}

type Batch = Vec<Box<dyn Operation>>;

struct Task {
    /// `None` after a commit failed: nobody knows what the connection still holds, so the next
    /// batch opens a new one.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    bell: watch::Sender<u64>,
    _lock: Lock,
}

impl Task {
    async fn run(
        mut self,
        mut operations: mpsc::Receiver<Box<dyn Operation>>,
        closing: CancellationToken,
    ) {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                biased;
                count = operations.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    self.commit(std::mem::take(&mut batch)).await;
                }
                () = closing.cancelled(), if !operations.is_closed() => operations.close(),
            }
        }
        self.finish().await;
    }

    /// Runs a batch, commits it, and then answers everybody in it.
    async fn commit(&mut self, mut batch: Batch) {
        let result = self.run_all(&mut batch).await.map_err(|error| {
            self.connection = None;
            tracing::error!(
                error = &error as &(dyn std::error::Error + 'static),
                "a commit of {} operations failed",
                batch.len()
            );
            Arc::new(error)
        });
        if result.is_ok() {
            tracing::trace!(target: "kling_engine::commit", operations = batch.len());
            if batch.iter().any(|operation| operation.rings()) {
                self.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
            }
        }
        for operation in batch {
            operation.answer(result.clone());
        }
    }

    /// Mostly nothing fails. So all run in one transaction first, and only when one of them has failed is that undone,
    /// and each run again on its own: a savepoint for each would cost more than what most of them write.
    async fn run_all(&mut self, batch: &mut Batch) -> Result<(), sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        let connection = self.connection.insert(connection);
        execute(connection, "BEGIN IMMEDIATE").await?;
        let mut kept = true;
        for operation in batch.iter_mut() {
            kept = operation.run(connection, self.clock.now()).await;
            if !kept {
                break;
            }
        }
        if kept {
            return execute(connection, "COMMIT").await;
        }
        execute(connection, "ROLLBACK").await?;
        if batch.len() > 1 {
            run_apart(connection, &self.clock, batch).await?;
        }
        Ok(())
    }

    async fn finish(mut self) {
        self.readers.close().await;
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let closed = match execute(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)").await {
            Ok(()) => connection.close().await,
            Err(error) => Err(error),
        };
        if let Err(error) = closed {
            tracing::warn!(
                error = &error as &(dyn std::error::Error + 'static),
                "the database was not closed cleanly; nothing is lost"
            );
        }
    }
}

/// Runs each in a savepoint, so that one that fails leaves nothing behind, and the others' writes stay.
async fn run_apart(
    connection: &mut SqliteConnection,
    clock: &Arc<dyn Clock>,
    batch: &mut Batch,
) -> Result<(), sqlx::Error> {
    execute(connection, "BEGIN IMMEDIATE").await?;
    for operation in batch {
        execute(connection, "SAVEPOINT operation").await?;
        if !operation.run(connection, clock.now()).await {
            execute(connection, "ROLLBACK TO operation").await?;
        }
        execute(connection, "RELEASE operation").await?;
    }
    execute(connection, "COMMIT").await
}

async fn execute(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await.map(|_| ())
}

#[cfg(test)]
mod tests;
