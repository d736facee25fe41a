//! What kind of trouble an error is: the database is away, others stood in the way, or it is ours.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use super::Fault;
use crate::error::EngineError;

/// The database cannot be reached, or does not let us in just now. It may later.
#[derive(Debug, thiserror::Error)]
#[error("the database is away")]
pub(super) struct Away(#[source] pub(super) sqlx::Error);

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection is of no use any more.
    Away,
    /// Run it again.
    Contested,
    /// Running it again would fail again.
    Other,
}

/// While the database is away nothing is promised: what was asked will not happen.
pub(super) fn too_slow_when_away(error: EngineError) -> EngineError {
    match &error {
        EngineError::Store { source, .. } if source.is::<Away>() => {
            tracing::warn!(
                error = &error as &(dyn std::error::Error + 'static),
                "a job was not accepted"
            );
            EngineError::TooSlow
        }
        _ => error,
    }
}

pub(super) fn trouble_of(fault: &Fault) -> Trouble {
    let Fault::Database(error) = fault else {
        return Trouble::Other;
    };
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Trouble::Away,
        sqlx::Error::Database(error) => {
            let postgres = error.try_downcast_ref::<PgDatabaseError>();
            if postgres.is_some_and(|error| is_last_word(error.severity())) {
                return Trouble::Away;
            }
            error.code().map_or(Trouble::Other, |code| of_code(&code))
        }
        _ => Trouble::Other,
    }
}

/// After these the database hangs up.
const fn is_last_word(severity: PgSeverity) -> bool {
    matches!(severity, PgSeverity::Fatal | PgSeverity::Panic)
}

/// By the codes of PostgreSQL's manual, appendix A.
fn of_code(code: &str) -> Trouble {
    match code {
        // Serialization failure (a row moved to the archive is one), deadlock.
        "40001" | "40P01" => Trouble::Contested,
        // Shut down, crashed, starting up; read only after a change of masters.
        "57P01" | "57P02" | "57P03" | "25006" => Trouble::Away,
        code if code.starts_with("08") => Trouble::Away,
        _ => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_shuts_down_is_away_and_a_mistake_is_ours() {
        assert_eq!(of_code("57P01"), Trouble::Away);
        assert_eq!(of_code("08006"), Trouble::Away);
        assert_eq!(of_code("40P01"), Trouble::Contested);
        assert_eq!(of_code("42601"), Trouble::Other);
    }
}
