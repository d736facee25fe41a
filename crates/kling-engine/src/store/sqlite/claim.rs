//! Claims due jobs: one statement picks them, raises their epoch and sets their lease.

use std::collections::BTreeSet;
use std::time::Duration;

use kling_core::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::Fault;
use super::rows::{whole_job, whole_jobs};
use crate::job::{Job, JobId};
use crate::store::Work;
use crate::store::rows::JobRow;
use crate::store::wanted::{UNREAD_FOR, Wanted};

macro_rules! claim {
    ($served:literal, $index:literal, $order:literal) => {
        concat!(
            "UPDATE jobs SET epoch = epoch + 1, lease_until = ?1 WHERE id IN (
                SELECT id FROM jobs INDEXED BY ",
            $index,
            " WHERE work = ?2 AND ready_at <= ?3 AND ",
            $served,
            " IN (SELECT value FROM json_each(?4))
                ORDER BY ",
            $order,
            " LIMIT ?5)
            RETURNING *"
        )
    };
}

macro_rules! next_due {
    ($served:literal) => {
        concat!(
            "SELECT ready_at FROM jobs INDEXED BY jobs_by_ready
            WHERE work = ?1 AND ",
            $served,
            " IN (SELECT value FROM json_each(?2))
            ORDER BY ready_at LIMIT 1"
        )
    };
}

/// The platforms or the providers to take jobs of, as a JSON list.
fn served(wanted: &Wanted) -> String {
    serde_json::Value::from(wanted.served.clone()).to_string()
}

const fn claim_statement(work: Work) -> &'static str {
    match work {
        Work::Collect => claim!("platform", "jobs_by_turn", "turn, created_at, id"),
        Work::Dispatch => claim!("provider", "jobs_by_turn", "turn, created_at, id"),
        Work::Deliver => claim!("platform", "jobs_by_ready", "ready_at, id"),
        Work::Poll | Work::Fetch | Work::Rescue => {
            claim!("provider", "jobs_by_ready", "ready_at, id")
        }
    }
}

const fn next_due_statement(work: Work) -> &'static str {
    match work {
        Work::Collect | Work::Deliver => next_due!("platform"),
        Work::Dispatch | Work::Poll | Work::Fetch | Work::Rescue => next_due!("provider"),
    }
}

/// Claims as many due jobs as wanted, in order.
pub(super) async fn claim(
    db: &mut SqliteConnection,
    now: Timestamp,
    wanted: &Wanted,
) -> Result<Vec<Job>, Fault> {
    let mut rows: Vec<JobRow> = sqlx::query_as(claim_statement(wanted.work))
        .bind((now + wanted.hold).as_millis())
        .bind(wanted.column())
        .bind(now.as_millis())
        .bind(served(wanted))
        .bind(wanted.limit)
        .fetch_all(&mut *db)
        .await?;
    wanted.sort(&mut rows);
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let jobs = whole_jobs(db, rows).await?;
    let read: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let unread = ids.iter().filter(|id| !read.contains(id.as_str()));
    set_aside(db, now, unread.map(String::as_str).collect()).await?;
    Ok(jobs)
}

/// Rows that cannot be read are told of again later, and take nobody's place until then.
async fn set_aside(
    db: &mut SqliteConnection,
    now: Timestamp,
    unread: serde_json::Value,
) -> Result<(), Fault> {
    if unread.as_array().is_none_or(Vec::is_empty) {
        return Ok(());
    }
    sqlx::query("UPDATE jobs SET lease_until = ?1 WHERE id IN (SELECT value FROM json_each(?2))")
        .bind((now + UNREAD_FOR).as_millis())
        .bind(unread.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Claims one unconfirmed job by name, unless somebody holds it.
pub(super) async fn unconfirmed(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: &JobId,
    hold: Duration,
) -> Result<Option<Job>, Fault> {
    let row: Option<JobRow> = sqlx::query_as(
        "UPDATE jobs SET epoch = epoch + 1, lease_until = ?1
         WHERE id = ?2 AND stage = 'unconfirmed' AND (lease_until IS NULL OR lease_until <= ?3)
         RETURNING *",
    )
    .bind((now + hold).as_millis())
    .bind(id.as_str())
    .bind(now.as_millis())
    .fetch_optional(&mut *db)
    .await?;
    match row {
        Some(row) => whole_job(row, db).await.map(Some),
        None => Ok(None),
    }
}

/// The earliest moment at which a job of this kind can be claimed.
pub(super) async fn next_due(
    readers: &SqlitePool,
    wanted: &Wanted,
) -> Result<Option<Timestamp>, Fault> {
    let at: Option<i64> = sqlx::query_scalar(next_due_statement(wanted.work))
        .bind(wanted.column())
        .bind(served(wanted))
        .fetch_optional(readers)
        .await?;
    Ok(at.map(Timestamp::from_millis))
}
