//! Takes back what the process before us promised nobody, and could not take back itself.

use std::path::Path;

use kling_core::Timestamp;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use super::{advance, store_error};
use crate::error::EngineError;
use crate::store::notes::{self, Notes};

/// The file of names that belongs to a database.
pub(super) fn beside(database: &Path) -> Notes {
    Notes::at(notes::with_ending(database, ".withdrawn"))
}

/// Takes the jobs back, and forgets their names.
pub(super) async fn carry_out(
    notes: &Notes,
    db: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), EngineError> {
    let failed = |error| store_error("take back jobs that were never promised", error);
    let Some(names) = notes::left_behind(notes.path())? else {
        return Ok(());
    };
    let mut transaction = db.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    for id in names {
        let taken = advance::withdraw(&mut transaction, now, &id)
            .await
            .map_err(|fault| fault.into_error("take back a job that was never promised"))?;
        if taken {
            notes::report_taken(&id);
        }
    }
    transaction.commit().await.map_err(failed)?;
    notes::forget(notes.path())
}
