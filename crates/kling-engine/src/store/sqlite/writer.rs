//! The one writer: operations queue up, run each in a savepoint, and share a commit.

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
    /// An operation whose caller went away before its turn is not run.
    pub(super) async fn write<T, F>(
        &self,
        doing: &'static str,
        bell: Bell,
        operation: F,
    ) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection, Timestamp) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let typed = Typed {
            doing,
            bell,
            operation,
            caller,
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

/// An operation that waits for its turn.
trait Operation: Send {
    /// Runs it.
    fn run(
        self: Box<Self>,
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> BoxFuture<'_, Ran>;

    /// Answers that it cannot run.
    fn refuse(self: Box<Self>, error: &Arc<sqlx::Error>);
}

/// An operation that ran.
struct Ran {
    /// Whether what it wrote is to be kept.
    kept: bool,
    bell: Bell,
    answer: Box<dyn FnOnce(Result<(), Arc<sqlx::Error>>) + Send>,
}

struct Typed<T, F> {
    doing: &'static str,
    bell: Bell,
    operation: F,
    caller: oneshot::Sender<Result<T, EngineError>>,
}

impl<T, F> Operation for Typed<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection, Timestamp) -> BoxFuture<'c, Result<T, Fault>>
        + Send
        + 'static,
{
    fn run(
        self: Box<Self>,
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> BoxFuture<'_, Ran> {
        let Self {
            doing,
            bell,
            operation,
            caller,
        } = *self;
        Box::pin(async move {
            if caller.is_closed() {
                return Ran {
                    kept: true,
                    bell: Bell::Silent,
                    answer: Box::new(|_| {}),
                };
            }
            let result = operation(connection, now)
                .await
                .map_err(|fault| fault.into_error(doing));
            Ran {
                kept: result.is_ok(),
                bell,
                answer: Box::new(move |committed| {
                    let result = result.and_then(|value| match committed {
                        Ok(()) => Ok(value),
                        Err(error) => Err(store_error(doing, error)),
                    });
                    // A caller that went away meanwhile asks again.
                    drop(caller.send(result));
                }),
            }
        })
    }

    fn refuse(self: Box<Self>, error: &Arc<sqlx::Error>) {
        drop(
            self.caller
                .send(Err(store_error(self.doing, Arc::clone(error)))),
        );
    }
}

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
    async fn commit(&mut self, batch: Vec<Box<dyn Operation>>) {
        let mut ran = Vec::with_capacity(batch.len());
        let mut waiting = batch.into_iter();
        let result = self.run_all(&mut waiting, &mut ran).await;
        let result = result.map_err(|error| {
            self.connection = None;
            tracing::error!(
                error = &error as &(dyn std::error::Error + 'static),
                "a commit of {} operations failed",
                ran.len()
            );
            Arc::new(error)
        });
        if result.is_ok() && ran.iter().any(|ran| ran.kept && ran.bell == Bell::Ring) {
            self.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
        }
        for ran in ran {
            (ran.answer)(result.clone());
        }
        if let Err(error) = &result {
            waiting.for_each(|operation| operation.refuse(error));
        }
    }

    async fn run_all(
        &mut self,
        waiting: &mut std::vec::IntoIter<Box<dyn Operation>>,
        ran: &mut Vec<Ran>,
    ) -> Result<(), sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        let connection = self.connection.insert(connection);
        let alone = waiting.len() == 1;
        execute(connection, "BEGIN IMMEDIATE").await?;
        for operation in waiting.by_ref() {
            if !alone {
                execute(connection, "SAVEPOINT operation").await?;
            }
            let now = self.clock.now();
            let done = AssertUnwindSafe(operation.run(connection, now));
            // A panic is one operation's failure: the writer is everybody's.
            let done = done.catch_unwind().await.ok();
            let kept = done.as_ref().is_some_and(|done| done.kept);
            ran.extend(done);
            match (alone, kept) {
                (true, true) => {}
                (true, false) => return execute(connection, "ROLLBACK").await,
                (false, true) => execute(connection, "RELEASE operation").await?,
                (false, false) => {
                    execute(connection, "ROLLBACK TO operation").await?;
                    execute(connection, "RELEASE operation").await?;
                }
            }
        }
        execute(connection, "COMMIT").await
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

async fn execute(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await.map(|_| ())
}

#[cfg(test)]
mod tests;
