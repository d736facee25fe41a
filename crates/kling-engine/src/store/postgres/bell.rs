//! Wakes this process when it has written something, and every process on the database too.
//!
//! The other processes are told by `NOTIFY`, apart from the commit and a few times a second at most:
//! notifying inside each transaction would make all commits of the database wait for one another. A
//! notification that is lost costs a period of the loops, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::workers::{Workers, connect};
use crate::error::EngineError;

/// The name that processes listen to.
const CHANNEL: &str = "kling";

/// Changes that come in quick succession are told of once.
const TELL_EVERY: Duration = Duration::from_millis(20);

/// How long to wait before listening again, when the database is away.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Whether an operation may make work for a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bell {
    /// It does not.
    Silent,
    /// For this process, which holds the job.
    Here,
    /// For every process.
    Everywhere,
}

/// The bells of one process.
#[derive(Clone, Debug)]
pub(super) struct Bells {
    here: watch::Sender<u64>,
    tell: Arc<Notify>,
    /// Who rings, so that nobody is woken by its own notification.
    own: Arc<str>,
}

impl Bells {
    pub(super) fn new(own: &str) -> Self {
        Self {
            here: watch::Sender::new(0),
            tell: Arc::default(),
            own: own.into(),
        }
    }

    pub(super) fn ring(&self, bell: Bell) {
        if bell != Bell::Silent {
            self.here.send_modify(|rung| *rung = rung.wrapping_add(1));
        }
        if bell == Bell::Everywhere {
            self.tell.notify_one();
        }
    }

    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.here.subscribe()
    }
}

/// Tells the other processes, until the store is closed or dropped.
pub(super) async fn tell(bells: Bells, workers: Arc<Workers>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = bells.tell.notified() => {}
        }
        let own = Arc::clone(&bells.own);
        let told = workers.call("tell the other processes", Bell::Silent, move |db| {
            let own = Arc::clone(&own);
            Box::pin(async move {
                sqlx::query("SELECT pg_notify($1, $2)")
                    .bind(CHANNEL)
                    .bind(&*own)
                    .execute(db)
                    .await?;
                Ok(())
            })
        });
        match told.await {
            Ok(()) => tokio::time::sleep(TELL_EVERY).await,
            Err(EngineError::ShuttingDown) => return,
            // They look by themselves after a period.
            Err(error) => tracing::debug!(
                error = &error as &(dyn std::error::Error + 'static),
                "the other processes were not told"
            ),
        }
    }
}

/// The ear: a connection of its own.
pub(super) struct Ear {
    pool: PgPool,
    listener: PgListener,
}

impl Ear {
    /// Begins to listen.
    pub(super) async fn open(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        // Reports what is wrong at once, where the pool would try for a while.
        drop(connect(options).await?);
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(options.clone());
        let listener = Self::listen(&pool).await?;
        Ok(Self { pool, listener })
    }

    async fn listen(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }

    /// Rings the bell of this process whenever another one has written something, until `stop`.
    pub(super) async fn hear(mut self, bells: Bells, stop: CancellationToken) {
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => return,
                heard = self.listener.try_recv() => heard,
            };
            match heard {
                Ok(Some(note)) if note.payload() == &*bells.own => {}
                // Somebody else's; or the connection was lost, and nobody knows what was missed.
                Ok(_) => bells.ring(Bell::Here),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &(dyn std::error::Error + 'static),
                        "changes by other processes are not heard of; the loops look by themselves"
                    );
                    let again = self.again();
                    tokio::select! {
                        () = stop.cancelled() => return,
                        listener = again => self.listener = listener,
                    }
                    bells.ring(Bell::Here);
                }
            }
        }
    }

    async fn again(&self) -> PgListener {
        loop {
            tokio::time::sleep(LISTEN_AGAIN).await;
            if let Ok(listener) = Self::listen(&self.pool).await {
                return listener;
            }
        }
    }
}
