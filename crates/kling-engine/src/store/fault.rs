//! What stops one operation on a database, and how it is told.

use super::stored::Corrupt;
use crate::error::EngineError;

/// What stops one operation.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database did not do it.
    Database(sqlx::Error),
    /// What it holds cannot be read.
    Corrupt(Corrupt),
    /// The rules are not those that it was to go by.
    StaleRules,
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Fault {
    pub(super) fn into_error(self, doing: &'static str) -> EngineError {
        match self {
            Self::Database(error) => store_error(doing, error),
            Self::Corrupt(what) => EngineError::Corrupt { what },
            Self::StaleRules => EngineError::StaleRules,
        }
    }
}

pub(super) fn store_error(
    doing: &'static str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> EngineError {
    EngineError::Store {
        doing,
        source: error.into(),
    }
}
