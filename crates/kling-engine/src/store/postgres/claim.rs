//! Claims due jobs: one statement picks them, raises their epoch and sets their lease. Rows that another
//! process is about to claim are passed over and not waited for.

use std::collections::BTreeSet;

use kling_core::Timestamp;
use sqlx::postgres::PgConnection;

use super::moment::now;
use super::rows::{whole_job, whole_jobs};
use super::{Fault, millis};
use crate::job::{Job, JobId};
use crate::store::Work;
use crate::store::rows::JobRow;
use crate::store::wanted::{UNREAD_FOR, Wanted};

/// `$1` the handed moment, `$2` how long the claim holds, `$3` whom to take jobs of, `$4` how many.
macro_rules! claim {
    ($work:literal, $served:literal, $order:literal) => {
        concat!(
            "WITH picked AS MATERIALIZED (
                SELECT id FROM jobs
                WHERE NOT ended AND work = '",
            $work,
            "' AND ready_at <= ",
            now!("$1"),
            " AND ",
            $served,
            " = ANY ($3) ORDER BY ",
            $order,
            " LIMIT $4 FOR UPDATE SKIP LOCKED)
            UPDATE jobs SET epoch = epoch + 1, lease_until = ",
            now!("$1"),
            " + $2
            FROM picked WHERE jobs.id = picked.id AND NOT jobs.ended
            RETURNING jobs.*"
        )
    };
}

/// `$1` whom to take jobs of.
macro_rules! next_due {
    ($work:literal, $served:literal) => {
        concat!(
            "SELECT ready_at FROM jobs
            WHERE NOT ended AND work = '",
            $work,
            "' AND ",
            $served,
            " = ANY ($1) ORDER BY ready_at LIMIT 1"
        )
    };
}

const fn claim_statement(work: Work) -> &'static str {
    match work {
        Work::Collect => claim!("collect", "platform", "turn, created_at, id"),
        Work::Dispatch => claim!("dispatch", "provider", "turn, created_at, id"),
        Work::Poll => claim!("poll", "provider", "ready_at, id"),
        Work::Fetch => claim!("fetch", "provider", "ready_at, id"),
        Work::Deliver => claim!("deliver", "platform", "ready_at, id"),
        Work::Rescue => claim!("rescue", "provider", "ready_at, id"),
    }
}

const fn next_due_statement(work: Work) -> &'static str {
    match work {
        Work::Collect => next_due!("collect", "platform"),
        Work::Dispatch => next_due!("dispatch", "provider"),
        Work::Poll => next_due!("poll", "provider"),
        Work::Fetch => next_due!("fetch", "provider"),
        Work::Deliver => next_due!("deliver", "platform"),
        Work::Rescue => next_due!("rescue", "provider"),
    }
}

/// Claims as many due jobs as wanted, in order.
pub(super) async fn claim(
    db: &mut PgConnection,
    handed: Option<i64>,
    wanted: &Wanted,
) -> Result<Vec<Job>, Fault> {
    let mut rows: Vec<JobRow> = sqlx::query_as(claim_statement(wanted.work))
        .bind(handed)
        .bind(millis(wanted.hold))
        .bind(&wanted.served)
        .bind(i64::from(wanted.limit))
        .fetch_all(&mut *db)
        .await?;
    wanted.sort(&mut rows);
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let jobs = whole_jobs(db, rows).await?;
    let read: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let unread: Vec<&String> = ids
        .iter()
        .filter(|id| !read.contains(id.as_str()))
        .collect();
    set_aside(db, handed, &unread).await?;
    Ok(jobs)
}

/// Rows that cannot be read are told of again later, and take nobody's place until then.
async fn set_aside(
    db: &mut PgConnection,
    handed: Option<i64>,
    unread: &[&String],
) -> Result<(), Fault> {
    if unread.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "UPDATE jobs SET lease_until = ",
        now!("$1"),
        " + $2 WHERE NOT ended AND id = ANY ($3)"
    ))
    .bind(handed)
    .bind(millis(UNREAD_FOR))
    .bind(unread)
    .execute(db)
    .await?;
    Ok(())
}

/// Claims one unconfirmed job by name, unless somebody holds it.
pub(super) async fn unconfirmed(
    db: &mut PgConnection,
    handed: Option<i64>,
    id: &JobId,
    hold: i64,
) -> Result<Option<Job>, Fault> {
    let row: Option<JobRow> = sqlx::query_as(concat!(
        "UPDATE jobs SET epoch = epoch + 1, lease_until = ",
        now!("$1"),
        " + $2
        WHERE id = $3 AND NOT ended AND stage = 'unconfirmed'
            AND (lease_until IS NULL OR lease_until <= ",
        now!("$1"),
        ") RETURNING *"
    ))
    .bind(handed)
    .bind(hold)
    .bind(id.as_str())
    .fetch_optional(&mut *db)
    .await?;
    match row {
        Some(row) => whole_job(row, db).await.map(Some),
        None => Ok(None),
    }
}

/// The earliest moment at which a job of this kind can be claimed.
pub(super) async fn next_due(
    db: &mut PgConnection,
    wanted: &Wanted,
) -> Result<Option<Timestamp>, Fault> {
    let at: Option<i64> = sqlx::query_scalar(next_due_statement(wanted.work))
        .bind(&wanted.served)
        .fetch_optional(db)
        .await?;
    Ok(at.map(Timestamp::from_millis))
}
