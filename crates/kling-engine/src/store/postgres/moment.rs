//! The time by which a statement decides: the database's own, or in tests a handed one.

use std::sync::Arc;

use kling_core::Clock;

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
