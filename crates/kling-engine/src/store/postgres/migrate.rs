//! Brings a database's schema up to date, while older binaries may be at work on it.
//!
//! A step is one transaction, and takes a lock that keeps other processes out of the steps (not out of
//! the rows); one that was interrupted never happened, and the next start takes it again. A released
//! step is never changed. Each says the least number of steps that a binary must know to work on the
//! result: a step that only adds (a table, an index, a column with a default) lets older ones go on.

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use super::store_error;
use crate::error::EngineError;

/// One step.
struct Step {
    statements: &'static str,
    /// A binary that knows fewer steps than this cannot work on the result.
    least: i64,
}

/// The steps, oldest first.
const STEPS: [Step; 3] = [
    Step {
        statements: include_str!("migrations/0001_jobs.sql"),
        least: 1,
    },
    // Binaries that know only the first step sum the rows, under the same locks as ever; what they write
    // is added to the totals by triggers. While the totals are filled they can read and not write.
    Step {
        statements: include_str!("migrations/0002_totals.sql"),
        least: 1,
    },
    // Older binaries go on as before: triggers count for them, and they heed no rule that they do not know.
    Step {
        statements: include_str!("migrations/0003_rules_and_books.sql"),
        least: 1,
    },
];

/// The lock's number: nobody else's on this database, one hopes.
const LOCK: i64 = 0x6b6c_696e_6773_7465;

/// How many steps this binary knows.
fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Takes the steps that the database has not had.
pub(super) async fn run(connection: &mut PgConnection) -> Result<(), EngineError> {
    let failed = |error| store_error("bring the schema up to date", error);
    let waited_for = "SET lock_timeout = '60s'; SET statement_timeout = 0";
    sqlx::raw_sql(waited_for)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    loop {
        let mut transaction = connection.begin().await.map_err(failed)?;
        let (had, least) = begin(&mut transaction).await.map_err(failed)?;
        if least > known() {
            return Err(EngineError::NewerSchema);
        }
        let next = usize::try_from(had).ok().and_then(|had| STEPS.get(had));
        let Some(step) = next else {
            // A table that was not there yet is kept.
            transaction.commit().await.map_err(failed)?;
            return Ok(());
        };
        sqlx::raw_sql(step.statements)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::query("INSERT INTO kling_steps (step, least) VALUES ($1, $2)")
            .bind(had + 1)
            .bind(step.least)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        tracing::info!(
            schema = had + 1,
            "brought the database to schema {}",
            had + 1
        );
    }
}

/// Takes the lock; how many steps the database has had, and how many a binary must know.
async fn begin(connection: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await?;
    let table = "CREATE TABLE IF NOT EXISTS kling_steps (
        step  BIGINT NOT NULL PRIMARY KEY,
        least BIGINT NOT NULL,
        at    TIMESTAMPTZ NOT NULL DEFAULT now())";
    sqlx::raw_sql("SET LOCAL client_min_messages = warning")
        .execute(&mut *connection)
        .await?;
    sqlx::query(table).execute(&mut *connection).await?;
    let counted =
        sqlx::query("SELECT coalesce(max(step), 0), coalesce(max(least), 0) FROM kling_steps")
            .fetch_one(connection)
            .await?;
    Ok((counted.try_get(0)?, counted.try_get(1)?))
}

/// How many steps a database has had, and how many this program knows.
pub(super) async fn versions(connection: &mut PgConnection) -> Result<(u64, u64), sqlx::Error> {
    let number = |steps: i64| u64::try_from(steps).unwrap_or(0);
    let there: bool = sqlx::query_scalar("SELECT to_regclass('kling_steps') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok((0, number(known())));
    }
    // Steps that only added something are none to a program that need not know them.
    let (had, least): (i64, i64) =
        sqlx::query_as("SELECT coalesce(max(step), 0), coalesce(max(least), 0) FROM kling_steps")
            .fetch_one(connection)
            .await?;
    let seen = if least > known() {
        had
    } else {
        had.min(known())
    };
    Ok((number(seen), number(known())))
}
