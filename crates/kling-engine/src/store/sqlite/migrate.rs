//! Brings a file's schema up to date, one step in each transaction.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};

use super::store_error;
use crate::error::EngineError;

/// The steps, oldest first. A step that was released is never changed. `user_version` counts those
/// that a file has had, and is written in the transaction of the step itself.
const STEPS: [&str; 4] = [
    include_str!("migrations/0001_jobs.sql"),
    include_str!("migrations/0002_playing_times.sql"),
    include_str!("migrations/0003_totals.sql"),
    include_str!("migrations/0004_rules_and_books.sql"),
];

/// Takes the steps that the file has not had.
pub(super) async fn run(connection: &mut SqliteConnection) -> Result<(), EngineError> {
    let failed = |error| store_error("bring the schema up to date", error);
    let had = had(connection).await.map_err(failed)?;
    if had as usize > STEPS.len() {
        return Err(EngineError::NewerSchema);
    }
    for (number, step) in (1_u32..).zip(STEPS).skip(had as usize) {
        let mut transaction = connection
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        sqlx::raw_sql(step)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        // A pragma takes no parameters; the number is our own.
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "PRAGMA user_version = {number}"
        )))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        tracing::info!(schema = number, "brought the database to schema {number}");
    }
    Ok(())
}

/// How many steps a file has had, and how many this program knows.
pub(super) async fn versions(connection: &mut SqliteConnection) -> Result<(u64, u64), sqlx::Error> {
    Ok((u64::from(had(connection).await?), STEPS.len() as u64))
}

async fn had(connection: &mut SqliteConnection) -> Result<u32, sqlx::Error> {
    let version = sqlx::query("PRAGMA user_version");
    version.fetch_one(connection).await?.try_get(0)
}
