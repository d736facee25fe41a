//! Small writes that are no transition.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::Fault;
use super::moment::now;
use crate::event::{Ending, Event};
use crate::job::{Job, JobId, Receipt, Stage};
use crate::store::change::{PANICKED, panics_in_a_row};

/// What proves that a caller still holds a job.
#[derive(Clone, Debug)]
pub(super) struct Held {
    id: String,
    epoch: i64,
    stage: Stage,
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

/// What a step that ends without a transition says about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// For how many milliseconds the job is not due.
    pub(super) delay: i64,
    /// Whether it was a try in vain: these are counted, and forgotten when one goes well.
    pub(super) in_vain: bool,
    /// Whether the caller knew of a wish to cancel; one that came since keeps the job due.
    pub(super) saw_cancel: bool,
}

/// Lets go of a job for a while.
pub(super) async fn pause(
    db: &mut PgConnection,
    handed: Option<i64>,
    held: &Held,
    pause: Pause,
) -> Result<bool, Fault> {
    let done = sqlx::query(concat!(
        "UPDATE jobs SET
            epoch = epoch + 1,
            lease_until = NULL,
            tries = CASE WHEN $5 THEN tries + 1 ELSE 0 END,
            due_at = ",
        now!("$4"),
        " + CASE WHEN cancel_requested AND NOT $6 THEN 0 ELSE $7 END
        WHERE id = $1 AND NOT ended AND epoch = $2 AND stage = $3"
    ))
    .bind(&held.id)
    .bind(held.epoch)
    .bind(held.stage.as_str())
    .bind(handed)
    .bind(pause.in_vain)
    .bind(pause.saw_cancel)
    .bind(pause.delay)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a job off and notes that its step panicked; how often in a row it has, or `None` when somebody else
/// has it.
pub(super) async fn note_panic(
    db: &mut PgConnection,
    handed: Option<i64>,
    job: &Job,
    delay: i64,
) -> Result<Option<u32>, Fault> {
    let mut transaction = db.begin().await?;
    let pause_of = Pause {
        delay,
        in_vain: true,
        saw_cancel: job.cancel_requested,
    };
    if !pause(&mut transaction, handed, &Held::of(job), pause_of).await? {
        return Ok(None);
    }
    let noted: i64 = sqlx::query_scalar(concat!(
        "WITH noted AS (
            INSERT INTO transitions (job, at, from_stage, to_stage, event) VALUES ($1, ",
        now!("$4"),
        ", $3, $3, $2)
        )
        SELECT 1 + count(*) FROM transitions WHERE job = $1 AND event = $2 AND seq > (
            SELECT coalesce(max(seq), 0) FROM transitions WHERE job = $1 AND event <> $2)"
    ))
    .bind(job.id.as_str())
    .bind(PANICKED)
    .bind(job.stage.as_str())
    .bind(handed)
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Some(panics_in_a_row(job, noted)))
}

/// Makes due what would be due later, and shortens leases that would last longer than `hold`.
pub(super) async fn hurry(
    db: &mut PgConnection,
    handed: Option<i64>,
    hold: i64,
) -> Result<(), Fault> {
    sqlx::query(concat!(
        "UPDATE jobs SET due_at = least(due_at, ",
        now!("$1"),
        "), lease_until = CASE WHEN lease_until IS NOT NULL THEN least(lease_until, ",
        now!("$1"),
        " + $2) END
        WHERE NOT ended AND (due_at > ",
        now!("$1"),
        " OR lease_until > ",
        now!("$1"),
        " + $2)"
    ))
    .bind(handed)
    .bind(hold)
    .execute(db)
    .await?;
    Ok(())
}

/// Extends a lease.
pub(super) async fn renew(
    db: &mut PgConnection,
    handed: Option<i64>,
    held: &Held,
    hold: i64,
) -> Result<bool, Fault> {
    let done = sqlx::query(concat!(
        "UPDATE jobs SET lease_until = ",
        now!("$4"),
        " + $5 WHERE id = $1 AND NOT ended AND epoch = $2 AND stage = $3"
    ))
    .bind(&held.id)
    .bind(held.epoch)
    .bind(held.stage.as_str())
    .bind(handed)
    .bind(hold)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down the status message, unless there is one.
pub(super) async fn set_status_message(
    db: &mut PgConnection,
    id: &JobId,
    receipt: &Receipt,
) -> Result<(), Fault> {
    sqlx::query("UPDATE jobs SET status_message = $2 WHERE id = $1 AND status_message IS NULL")
        .bind(id.as_str())
        .bind(receipt.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes the wish to cancel and makes the job due, without taking it from whoever holds it. False for
/// a job that is unconfirmed (that takes a choice), done, or not there.
pub(super) async fn request_cancel(
    db: &mut PgConnection,
    handed: Option<i64>,
    id: &JobId,
) -> Result<bool, Fault> {
    let done = sqlx::query(concat!(
        "UPDATE jobs SET cancel_requested = true, due_at = least(due_at, ",
        now!("$2"),
        ") WHERE id = $1 AND NOT ended AND stage = ANY ($3)"
    ))
    .bind(id.as_str())
    .bind(handed)
    .bind(cancellable())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The stages in which a wish to cancel can be heeded.
fn cancellable() -> Vec<&'static str> {
    let cancelled = Event::Ended {
        ending: Ending::Cancelled { charged: None },
        cost: None,
    };
    let heeds = |stage: &Stage| *stage != Stage::Unconfirmed && stage.after(&cancelled).is_some();
    Stage::ALL
        .into_iter()
        .filter(heeds)
        .map(Stage::as_str)
        .collect()
}
