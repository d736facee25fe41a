//! One fenced transition: the row, its history and its money, together.

use std::time::Duration;

use kling_core::{OutputSource, Timestamp};
use sqlx::sqlite::SqliteConnection;

use super::rows::whole_job;
use super::{Fault, settle};
use crate::event::Event;
use crate::job::{Job, JobId, Stage};
use crate::store::change::{self, Change};
use crate::store::rows::JobRow;

/// The fence is in the last line of the first statement: whoever holds an old epoch changes nothing, and then history has
/// no line of it. While an earlier submission may have been charged, nobody can say that the job cost nothing. An ended
/// job keeps no address that may be signed, and no bytes.
///
/// One text for two statements: each text is a trip to the thread of the connection and back.
const MOVE: &str = "
    UPDATE jobs SET
        stage = ?4,
        epoch = epoch + 1,
        lease_until = CASE WHEN ?19 THEN NULL ELSE ?5 END,
        due_at = ?6,
        stage_since = CASE WHEN stage = ?4 THEN stage_since ELSE ?6 END,
        tries = 0,
        attempt = attempt + ?7,
        submission_key = CASE WHEN ?8 THEN ?9 ELSE submission_key END,
        submit_deadline = CASE WHEN ?8 THEN ?10 ELSE submit_deadline END,
        task = coalesce(?11, task),
        output = CASE WHEN ?19 THEN NULL ELSE coalesce(?12, output) END,
        percent = coalesce(?13, percent),
        ending = coalesce(?14, ending),
        cost = CASE WHEN in_doubt AND ?15 = 0 THEN cost ELSE coalesce(cost, ?15) END,
        status_message = coalesce(?16, status_message),
        notice_shown = ?17,
        in_doubt = in_doubt OR ?18,
        waiting_since = CASE WHEN ?18 THEN ?6 ELSE waiting_since END,
        cancel_requested = cancel_requested AND NOT ?18,
        finished_at = CASE WHEN ?19 THEN ?6 END,
        request = coalesce(?20, request),
        withdrawn = withdrawn OR ?21
    WHERE id = ?1 AND epoch = ?2 AND stage = ?3
    RETURNING *;
    INSERT INTO transitions (job, at, from_stage, to_stage, event, detail)
    SELECT ?1, ?6, ?3, ?4, ?22, ?23 WHERE ?24 AND changes() = 1";

/// Moves a job on; `None` when it has moved on without the caller, or cannot go there.
pub(super) async fn advance(
    db: &mut SqliteConnection,
    now: Timestamp,
    job: &Job,
    event: &Event,
    hold: Option<Duration>,
) -> Result<Option<Job>, Fault> {
    let Some(next) = change::next_stage(job, event) else {
        return Ok(None);
    };
    let change = Change::of(event);
    let Some(row) = step(db, now, job, next, event, change, hold).await? else {
        return Ok(None);
    };
    settle::settle(db, now, &row, job, event).await?;
    if change::forgets_bytes(next, event) && has_bytes(job) {
        forget_bytes(db, &job.id).await?;
    }
    whole_job(row, db).await.map(Some)
}

/// Takes a job back that nobody waits for; false when it has been submitted, or is not there.
pub(super) async fn withdraw(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: &JobId,
) -> Result<bool, Fault> {
    let row: Option<JobRow> = sqlx::query_as("SELECT * FROM jobs WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let job = whole_job(row, db).await?;
    if job.stage.after(&Event::Withdrawn).is_none() {
        return Ok(false);
    }
    let moved = advance(db, now, &job, &Event::Withdrawn, None).await?;
    Ok(moved.is_some())
}

/// Adds a line to a job's history.
pub(super) async fn note(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: &str,
    from: Option<Stage>,
    to: Stage,
    event: &str,
    detail: Option<&str>,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO transitions (job, at, from_stage, to_stage, event, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(id)
    .bind(now.as_millis())
    .bind(from.map(Stage::as_str))
    .bind(to.as_str())
    .bind(event)
    .bind(detail)
    .execute(db)
    .await?;
    Ok(())
}

async fn step(
    db: &mut SqliteConnection,
    now: Timestamp,
    job: &Job,
    next: Stage,
    event: &Event,
    change: Change,
    hold: Option<Duration>,
) -> Result<Option<JobRow>, Fault> {
    let (renamed, key, deadline) = change.submission.columns();
    let replaces_bytes = change.output.is_some() && has_bytes(job);
    let rows: Vec<JobRow> = sqlx::query_as(MOVE)
        .bind(job.id.as_str())
        .bind(job.epoch)
        .bind(job.stage.as_str())
        .bind(next.as_str())
        .bind(hold.map(|hold| (now + hold).as_millis()))
        .bind(now.as_millis())
        .bind(change.attempts)
        .bind(renamed)
        .bind(key)
        .bind(deadline)
        .bind(change.task)
        .bind(change.output)
        .bind(change.percent)
        .bind(change.ending)
        .bind(change.cost)
        .bind(change.status_message)
        .bind(change.notice_shown)
        .bind(change.chosen)
        .bind(next.is_terminal())
        .bind(next.is_terminal().then(|| change::closed_request(job)))
        .bind(matches!(event, Event::Withdrawn))
        .bind(event.name())
        .bind(change::detail(event))
        .bind(change::is_noted(job, event))
        // All of it is read: both statements have run then.
        .fetch_all(&mut *db)
        .await?;
    let row = rows.into_iter().next();
    if row.is_some() && (replaces_bytes || !change.inline.is_empty()) {
        forget_bytes(db, &job.id).await?;
        for (place, bytes) in change.inline {
            sqlx::query("INSERT INTO output_bytes (job, place, bytes) VALUES (?1, ?2, ?3)")
                .bind(job.id.as_str())
                .bind(i64::try_from(place).unwrap_or(i64::MAX))
                .bind(bytes.as_ref())
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(row)
}

/// Whether a part of the result came inside an answer.
fn has_bytes(job: &Job) -> bool {
    let mut assets = job.output.iter().flat_map(|output| &output.assets);
    assets.any(|asset| matches!(asset.source, OutputSource::Inline(_)))
}

async fn forget_bytes(db: &mut SqliteConnection, id: &JobId) -> Result<(), Fault> {
    sqlx::query("DELETE FROM output_bytes WHERE job = ?1")
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(())
}
