//! The time by which a statement decides: the database's own, or in tests a handed one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kling_core::{Clock, Timestamp};

use crate::error::EngineError;

/// How long the time is reckoned from what the database said last.
const RECENT: Duration = Duration::from_millis(250);

/// How long an answer may be under way to be reckoned from.
const PROMPT: Duration = Duration::from_millis(50);

/// Whose clock leases and due times go by.
#[derive(Clone, Debug, Default)]
pub enum StoreTime {
    /// The database's: the same for every process, however wrong a machine's own clock is.
    #[default]
    Database,
    /// A clock that is handed in, for tests that push it. Every process on the database must share it.
    Handed(Arc<dyn Clock>),
}

impl StoreTime {
    /// The moment that a statement is told, if it is told any.
    pub(super) fn handed(&self) -> Option<i64> {
        match self {
            Self::Database => None,
            Self::Handed(clock) => Some(clock.now().as_millis()),
        }
    }
}

/// What the database said last when it was asked for the time, and when that was.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<Option<(Instant, Timestamp)>>);

impl Heard {
    /// The time, reckoned from what was said a moment ago; asked for when that was too long ago.
    pub(super) async fn recently(
        &self,
        asking: impl Future<Output = Result<Timestamp, EngineError>>,
    ) -> Result<Timestamp, EngineError> {
        let known = *self.lock();
        if let Some((heard, said)) = known
            && heard.elapsed() <= RECENT
        {
            return Ok(said + heard.elapsed());
        }
        let asked = Instant::now();
        let said = asking.await?;
        let heard = Instant::now();
        // After a long wait nobody knows when it was true.
        let is_prompt = heard.duration_since(asked) <= PROMPT;
        *self.lock() = is_prompt.then_some((heard, said));
        Ok(said)
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Instant, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The present moment in milliseconds, as an expression: the parameter, or where that is null the
/// database's time at the start of the statement. It is the same throughout a statement, so an index can
/// be searched by it.
macro_rules! now {
    ($parameter:literal) => {
        concat!(
            "coalesce(",
            $parameter,
            ", floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint)"
        )
    };
}

pub(super) use now;
