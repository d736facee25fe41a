//! A few connections, each with a task that runs one operation after another.
//!
//! An operation runs to its end even when its caller has gone, so no connection is ever left in the
//! middle of something. One that fails because its connection was stale, or because two operations
//! stood in each other's way, is run again: every operation is fenced, or finds what it did before.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::ConnectOptions as _;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::bell::{Bell, Bells};
use super::trouble::{Away, Trouble, trouble_of};
use super::{Fault, store_error};
use crate::error::EngineError;

/// The most operations that wait. More callers than this wait for room in the queue.
const QUEUE: usize = 1024;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long an operation may take: longer than the database's own limit for a statement, so this is only
/// for a network that swallows answers.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(20);

/// How often an operation is run again when others stood in its way.
const TRIES: u32 = 6;

/// What every connection is told first. Plans are made once for each connection and follow the indexes,
/// whatever the statistics say about a queue that was empty a moment ago.
const MANNERS: &str = "
    SET statement_timeout = '15s';
    SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '30s';
    SET default_transaction_isolation = 'read committed';
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET enable_sort = off;
    SET jit = off;
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off'";

/// Opens a connection.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let connecting = async {
        let mut connection = PgConnection::connect_with(options).await?;
        sqlx::raw_sql(MANNERS).execute(&mut connection).await?;
        Ok(connection)
    };
    tokio::time::timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|_| sqlx::Error::PoolTimedOut)?
}

/// How a connection is made: without a log of every statement.
pub(super) fn quiet(options: PgConnectOptions) -> PgConnectOptions {
    options
        .application_name("kling")
        .disable_statement_logging()
}

/// The door to the connections.
#[derive(Debug)]
pub(super) struct Workers {
    queue: mpsc::Sender<Box<dyn Operation>>,
    closing: CancellationToken,
    tracker: TaskTracker,
    bells: Bells,
}

impl Workers {
    /// Starts the tasks. They end when the store is closed or dropped.
    pub(super) fn start(options: &PgConnectOptions, connections: u32, bells: Bells) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        let closing = CancellationToken::new();
        let tracker = TaskTracker::new();
        for _ in 0..connections.max(1) {
            let hands = Hands {
                connection: None,
                options: options.clone(),
            };
            tracker.spawn(work(hands, Arc::clone(&waiting), closing.clone()));
        }
        tracker.close();
        Self {
            queue,
            closing,
            tracker,
            bells,
        }
    }

    /// Runs an operation on some connection. It is not run when its caller went away before its turn.
    pub(super) async fn call<T, F>(
        &self,
        doing: &'static str,
        bell: Bell,
        operation: F,
    ) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync
            + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let typed = Typed {
            doing,
            operation,
            caller,
            bell,
            bells: self.bells.clone(),
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

    /// Finishes what is queued and closes the connections.
    pub(super) async fn close(&self) {
        self.closing.cancel();
        self.tracker.wait().await;
    }
}

type Waiting = Arc<Mutex<mpsc::Receiver<Box<dyn Operation>>>>;

/// Takes one operation after another.
async fn work(mut hands: Hands, waiting: Waiting, closing: CancellationToken) {
    let mut closed = false;
    loop {
        let next = async { waiting.lock().await.recv().await };
        let operation = tokio::select! {
            biased;
            operation = next => operation,
            () = closing.cancelled(), if !closed => {
                closed = true;
                waiting.lock().await.close();
                continue;
            }
        };
        match operation {
            Some(operation) => operation.run(&mut hands).await,
            None => break,
        }
    }
    if let Some(connection) = hands.connection.take() {
        // The database notices by itself where this fails.
        drop(connection.close().await);
    }
}

/// A connection, once there is one.
struct Hands {
    connection: Option<PgConnection>,
    options: PgConnectOptions,
}

impl Hands {
    async fn connection(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.options).await?,
        };
        Ok(self.connection.insert(connection))
    }
}

/// An operation that waits for its turn.
trait Operation: Send {
    /// Runs it, and answers its caller.
    fn run<'h>(self: Box<Self>, hands: &'h mut Hands) -> BoxFuture<'h, ()>
    where
        Self: 'h;
}

struct Typed<T, F> {
    doing: &'static str,
    operation: F,
    caller: oneshot::Sender<Result<T, EngineError>>,
    bell: Bell,
    bells: Bells,
}

impl<T, F> Operation for Typed<T, F>
where
    T: Send + 'static,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync + 'static,
{
    fn run<'h>(self: Box<Self>, hands: &'h mut Hands) -> BoxFuture<'h, ()>
    where
        Self: 'h,
    {
        Box::pin(async move {
            let Self {
                doing,
                operation,
                caller,
                bell,
                bells,
            } = *self;
            if caller.is_closed() {
                return;
            }
            let result = attempt(doing, &operation, hands).await;
            if result.is_ok() {
                bells.ring(bell);
            }
            // A caller that went away meanwhile asks again.
            drop(caller.send(result));
        })
    }
}

/// Runs an operation until it is through, or nothing is to be gained by running it again.
async fn attempt<T, F>(
    doing: &'static str,
    operation: &F,
    hands: &mut Hands,
) -> Result<T, EngineError>
where
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Fault>>,
{
    let away = |error| store_error(doing, Away(error));
    let mut tries = 0;
    loop {
        let was_stale = hands.connection.is_some();
        let connection = hands.connection().await.map_err(away)?;
        let running = AssertUnwindSafe(operation(&mut *connection)).catch_unwind();
        let fault = match tokio::time::timeout(OPERATION_TIMEOUT, running).await {
            Ok(Ok(Ok(value))) => return Ok(value),
            Ok(Ok(Err(fault))) => fault,
            Ok(Err(_)) => {
                hands.connection = None;
                return Err(store_error(doing, "it panicked"));
            }
            Err(_) => {
                hands.connection = None;
                return Err(away(sqlx::Error::PoolTimedOut));
            }
        };
        tries += 1;
        let mut trouble = trouble_of(&fault);
        // What the operation had begun is undone now, and not when the connection is used next.
        if trouble != Trouble::Away && connection.ping().await.is_err() {
            trouble = Trouble::Away;
        }
        match trouble {
            Trouble::Away => {
                hands.connection = None;
                if !was_stale || tries > 1 {
                    return Err(match fault {
                        Fault::Database(error) => away(error),
                        Fault::Corrupt(_) | Fault::StaleRules => fault.into_error(doing),
                    });
                }
            }
            Trouble::Contested if tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(u64::from(tries) * 5)).await;
            }
            Trouble::Contested | Trouble::Other => return Err(fault.into_error(doing)),
        }
    }
}
