//! Reads that change nothing.

use futures::TryStreamExt as _;
use kling_core::Timestamp;
use sqlx::postgres::PgConnection;

use super::moment::now;
use super::rows::whole_job;
use super::{Fault, migrate};
use crate::job::{Job, JobId, Requester, Stage};
use crate::ledger::LedgerEntry;
use crate::store::books;
use crate::store::check::Checked;
use crate::store::rows::{JobRow, LedgerRow, light_jobs};
use crate::store::totals;

/// The schema step that brought the totals as they are now.
const WITH_TOTALS: u64 = 3;

/// Further than this the jobs in front are not counted: nobody reads a longer number, and every
/// acceptance counts them.
const COUNTED: i64 = 1_000;

/// The present moment.
pub(super) async fn moment(db: &mut PgConnection, handed: Option<i64>) -> Result<Timestamp, Fault> {
    let millis: i64 = sqlx::query_scalar(concat!("SELECT ", now!("$1")))
        .bind(handed)
        .fetch_one(db)
        .await?;
    Ok(Timestamp::from_millis(millis))
}

/// One job.
pub(super) async fn job(db: &mut PgConnection, id: &JobId) -> Result<Option<Job>, Fault> {
    let row: Option<JobRow> = sqlx::query_as("SELECT * FROM jobs WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut *db)
        .await?;
    match row {
        Some(row) => whole_job(row, db).await.map(Some),
        None => Ok(None),
    }
}

/// Jobs on their way, oldest first. An unconfirmed one is not: its message says so already, and must
/// not be written over.
pub(super) async fn live(
    db: &mut PgConnection,
    platforms: &[String],
    limit: u32,
) -> Result<Vec<Job>, Fault> {
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT * FROM jobs
         WHERE NOT ended AND stage IN ('accepted', 'collected', 'submitting', 'submitted', 'running')
            AND platform = ANY ($1)
         ORDER BY created_at, id LIMIT $2",
    )
    .bind(platforms)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    Ok(light_jobs(rows))
}

/// Jobs that have been unconfirmed since before a moment, oldest first.
pub(super) async fn unresolved(
    db: &mut PgConnection,
    platforms: &[String],
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Job>, Fault> {
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT * FROM jobs
         WHERE NOT ended AND stage = 'unconfirmed' AND stage_since < $1 AND platform = ANY ($2)
         ORDER BY stage_since, id LIMIT $3",
    )
    .bind(before.as_millis())
    .bind(platforms)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    Ok(light_jobs(rows))
}

/// Somebody's jobs, newest first. A person is the same person in every workspace of a platform.
pub(super) async fn jobs_of(
    db: &mut PgConnection,
    requester: &Requester,
    limit: u32,
) -> Result<Vec<Job>, Fault> {
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT * FROM jobs WHERE platform = $1 AND requester = $2 AND NOT withdrawn
         ORDER BY created_at DESC, id DESC LIMIT $3",
    )
    .bind(requester.platform.as_str())
    .bind(&requester.user)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    Ok(light_jobs(rows))
}

/// How many jobs of the same provider wait for submission in front of this one.
pub(super) async fn ahead_of(db: &mut PgConnection, id: &str) -> Result<u32, Fault> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (
            SELECT FROM jobs AS mine CROSS JOIN LATERAL (
                SELECT FROM jobs AS other
                WHERE NOT other.ended AND other.provider = mine.provider
                    AND other.stage IN ('accepted', 'collected')
                    AND (other.turn, other.created_at, other.id)
                        < (mine.turn, mine.created_at, mine.id)
                LIMIT $2) AS waiting
            WHERE mine.id = $1 AND NOT mine.ended
         ) AS counted",
    )
    .bind(id)
    .bind(COUNTED)
    .fetch_one(db)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How many jobs are in each stage.
pub(super) async fn counts(db: &mut PgConnection) -> Result<Vec<(Stage, u64)>, Fault> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT stage, count(*) FROM jobs GROUP BY stage ORDER BY stage")
            .fetch_all(db)
            .await?;
    rows.into_iter()
        .map(|(stage, count)| {
            let stage = Stage::parse(&stage).ok_or(Fault::Corrupt("stage"))?;
            Ok((stage, u64::try_from(count).unwrap_or(0)))
        })
        .collect()
}

/// What stands in the ledger about a job, oldest first.
pub(super) async fn ledger(db: &mut PgConnection, id: &JobId) -> Result<Vec<LedgerEntry>, Fault> {
    let rows: Vec<LedgerRow> = sqlx::query_as(
        "SELECT at, kind, amount, source, attempt FROM ledger WHERE job = $1 ORDER BY seq",
    )
    .bind(id.as_str())
    .fetch_all(db)
    .await?;
    rows.into_iter().map(LedgerRow::into_entry).collect()
}

/// Looks at every job.
pub(super) async fn through(db: &mut PgConnection) -> Result<Checked, Fault> {
    let (schema, known) = migrate::versions(db).await?;
    let mut checked = Checked {
        schema,
        known,
        ..Checked::default()
    };
    if schema == 0 || schema > known {
        return Ok(checked);
    }
    sqlx::query("SET statement_timeout = 0")
        .execute(&mut *db)
        .await?;
    if schema >= WITH_TOTALS {
        let wrong = sqlx::query_as(totals::SAID_WRONG)
            .fetch_all(&mut *db)
            .await?;
        checked
            .damage
            .extend(wrong.into_iter().map(totals::in_words));
        let wrong = sqlx::query_as(books::SAID_WRONG)
            .fetch_one(&mut *db)
            .await?;
        checked.damage.extend(books::in_words(wrong));
    }
    let mut rows = sqlx::query_as::<_, JobRow>("SELECT * FROM jobs ORDER BY id").fetch(db);
    while let Some(row) = rows.try_next().await? {
        checked.look_at(row);
    }
    Ok(checked.in_order())
}
