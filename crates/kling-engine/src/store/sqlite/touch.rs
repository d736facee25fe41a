//! Small writes that are no transition.

use std::time::Duration;

use kling_core::Timestamp;
use sqlx::sqlite::SqliteConnection;

use super::Fault;
use crate::event::{Ending, Event};
use crate::job::{Job, JobId, Receipt, Stage};

/// What proves that a caller still holds a job.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) epoch: i64,
    pub(super) stage: Stage,
}

impl Held {
    pub(super) fn of(job: &Job) -> Self {
        Self {
            id: job.id.as_str().to_owned(),
            epoch: job.epoch,
            stage: job.stage,
        }
    }
}

/// Nobody else can have the file open: a lease in it was left by a process that is gone.
pub(super) async fn void_leases(db: &mut SqliteConnection) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE jobs SET lease_until = NULL, epoch = epoch + 1
         WHERE finished_at IS NULL AND lease_until IS NOT NULL",
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What a step that ends without a transition says about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// How long the job is not due.
    pub(super) delay: Duration,
    /// Whether it was a try in vain: these are counted, and forgotten when one goes well.
    pub(super) in_vain: bool,
    /// Whether the caller knew of a wish to cancel; one that came since keeps the job due.
    pub(super) saw_cancel: bool,
}

/// Lets go of a job for a while.
pub(super) async fn pause(
    db: &mut SqliteConnection,
    now: Timestamp,
    held: &Held,
    pause: Pause,
) -> Result<bool, Fault> {
    let done = sqlx::query(
        "UPDATE jobs SET
            epoch = epoch + 1,
            lease_until = NULL,
            tries = CASE WHEN ?7 THEN tries + 1 ELSE 0 END,
            due_at = CASE WHEN cancel_requested AND NOT ?4 THEN ?5 ELSE ?6 END
         WHERE id = ?1 AND epoch = ?2 AND stage = ?3",
    )
    .bind(&held.id)
    .bind(held.epoch)
    .bind(held.stage.as_str())
    .bind(pause.saw_cancel)
    .bind(now.as_millis())
    .bind((now + pause.delay).as_millis())
    .bind(pause.in_vain)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes due what would be due later, and shortens leases that would last longer than `hold`.
pub(super) async fn hurry(
    db: &mut SqliteConnection,
    now: Timestamp,
    hold: Duration,
) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE jobs SET due_at = min(due_at, ?1), lease_until = min(lease_until, ?2)
         WHERE finished_at IS NULL AND (due_at > ?1 OR lease_until > ?2)",
    )
    .bind(now.as_millis())
    .bind((now + hold).as_millis())
    .execute(db)
    .await?;
    Ok(())
}

/// Extends a lease.
pub(super) async fn renew(
    db: &mut SqliteConnection,
    now: Timestamp,
    held: &Held,
    hold: Duration,
) -> Result<bool, Fault> {
    let done =
        sqlx::query("UPDATE jobs SET lease_until = ?4 WHERE id = ?1 AND epoch = ?2 AND stage = ?3")
            .bind(&held.id)
            .bind(held.epoch)
            .bind(held.stage.as_str())
            .bind((now + hold).as_millis())
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down the status message, unless there is one.
pub(super) async fn set_status_message(
    db: &mut SqliteConnection,
    id: &JobId,
    receipt: &Receipt,
) -> Result<(), Fault> {
    sqlx::query("UPDATE jobs SET status_message = ?2 WHERE id = ?1 AND status_message IS NULL")
        .bind(id.as_str())
        .bind(receipt.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes the wish to cancel and makes the job due, without taking it from whoever holds it. False for
/// a job that is unconfirmed (that takes a choice), done, or not there.
pub(super) async fn request_cancel(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: &JobId,
) -> Result<bool, Fault> {
    let stage: Option<String> = sqlx::query_scalar("SELECT stage FROM jobs WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(stage) = stage else {
        return Ok(false);
    };
    let stage = Stage::parse(&stage).ok_or(Fault::Corrupt("stage"))?;
    let cancelled = Event::Ended {
        ending: Ending::Cancelled { charged: None },
        cost: None,
    };
    if stage == Stage::Unconfirmed || stage.after(&cancelled).is_none() {
        return Ok(false);
    }
    sqlx::query("UPDATE jobs SET cancel_requested = 1, due_at = min(due_at, ?2) WHERE id = ?1")
        .bind(id.as_str())
        .bind(now.as_millis())
        .execute(&mut *db)
        .await?;
    Ok(true)
}
