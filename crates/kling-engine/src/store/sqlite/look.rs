//! Reads that change nothing.

use futures::TryStreamExt as _;
use kling_core::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::rows::whole_job;
use super::{Fault, migrate};
use crate::job::{Job, JobId, PlatformId, Requester, Stage};
use crate::store::books;
use crate::store::check::Checked;
use crate::store::rows::{JobRow, light_jobs};
use crate::store::totals;

/// The schema step that brought the totals as they are now.
const WITH_TOTALS: u64 = 4;

/// Further than this the jobs in front are not counted: nobody reads a longer number, and every
/// acceptance counts them.
const COUNTED: u32 = 1_000;

const AHEAD: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM jobs AS other INDEXED BY jobs_waiting, jobs AS mine
        WHERE mine.id = ?1
            AND other.provider = mine.provider
            AND other.stage IN ('accepted', 'collected')
            AND (other.turn, other.created_at, other.id) < (mine.turn, mine.created_at, mine.id)
        LIMIT ?2)";

/// One job.
pub(super) async fn job(readers: &SqlitePool, id: &JobId) -> Result<Option<Job>, Fault> {
    let mut db = readers.acquire().await?;
    let row: Option<JobRow> = sqlx::query_as("SELECT * FROM jobs WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut *db)
        .await?;
    match row {
        Some(row) => whole_job(row, &mut db).await.map(Some),
        None => Ok(None),
    }
}

/// Jobs on their way, oldest first. An unconfirmed one is not: its message says so already, and must
/// not be written over.
pub(super) async fn live(
    readers: &SqlitePool,
    platforms: &[PlatformId],
    limit: u32,
) -> Result<Vec<Job>, Fault> {
    let platforms: serde_json::Value = platforms.iter().map(PlatformId::as_str).collect();
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT * FROM jobs INDEXED BY jobs_live
         WHERE stage IN ('accepted', 'collected', 'submitting', 'submitted', 'running')
            AND platform IN (SELECT value FROM json_each(?1))
         ORDER BY created_at, id LIMIT ?2",
    )
    .bind(platforms.to_string())
    .bind(limit)
    .fetch_all(readers)
    .await?;
    Ok(light_jobs(rows))
}

/// Jobs that have been unconfirmed since before a moment, oldest first.
pub(super) async fn unresolved(
    readers: &SqlitePool,
    platforms: &[PlatformId],
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Job>, Fault> {
    let platforms: serde_json::Value = platforms.iter().map(PlatformId::as_str).collect();
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT * FROM jobs
         WHERE stage = 'unconfirmed' AND stage_since < ?1
            AND platform IN (SELECT value FROM json_each(?2))
         ORDER BY stage_since, id LIMIT ?3",
    )
    .bind(before.as_millis())
    .bind(platforms.to_string())
    .bind(limit)
    .fetch_all(readers)
    .await?;
    Ok(light_jobs(rows))
}

/// Somebody's jobs, newest first. A person is the same person in every workspace of a platform.
pub(super) async fn jobs_of(
    readers: &SqlitePool,
    requester: &Requester,
    limit: u32,
) -> Result<Vec<Job>, Fault> {
    let rows: Vec<JobRow> = sqlx::query_as(
        "SELECT * FROM jobs WHERE platform = ?1 AND requester = ?2 AND withdrawn = 0
         ORDER BY created_at DESC, id DESC LIMIT ?3",
    )
    .bind(requester.platform.as_str())
    .bind(&requester.user)
    .bind(limit)
    .fetch_all(readers)
    .await?;
    Ok(light_jobs(rows))
}

/// How many jobs of the same provider wait for submission in front of this one.
pub(super) async fn ahead_of(readers: &SqlitePool, id: &JobId) -> Result<u32, Fault> {
    let mut db = readers.acquire().await?;
    count_ahead(&mut db, id.as_str()).await
}

/// The same, inside a transaction.
pub(super) async fn count_ahead(db: &mut SqliteConnection, id: &str) -> Result<u32, Fault> {
    Ok(sqlx::query_scalar(AHEAD)
        .bind(id)
        .bind(COUNTED)
        .fetch_one(db)
        .await?)
}

/// How many jobs are in each stage.
pub(super) async fn counts(readers: &SqlitePool) -> Result<Vec<(Stage, u64)>, Fault> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT stage, count(*) FROM jobs GROUP BY stage ORDER BY stage")
            .fetch_all(readers)
            .await?;
    rows.into_iter()
        .map(|(stage, count)| {
            let stage = Stage::parse(&stage).ok_or(Fault::Corrupt("stage"))?;
            Ok((stage, u64::try_from(count).unwrap_or(0)))
        })
        .collect()
}

/// Looks at every job, and asks the database whether it is whole.
pub(super) async fn through(db: &mut SqliteConnection) -> Result<Checked, Fault> {
    let (schema, known) = migrate::versions(db).await?;
    let mut checked = Checked {
        schema,
        known,
        ..Checked::default()
    };
    let damage: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut *db)
        .await?;
    checked.damage = damage.into_iter().filter(|line| line != "ok").collect();
    if schema == 0 || schema > known {
        return Ok(checked);
    }
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
