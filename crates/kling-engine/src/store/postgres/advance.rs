//! One fenced transition: the row, its history and its money, in one statement.

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::moment::now;
use super::rows::whole_job;
use super::{Fault, millis};
use crate::event::Event;
use crate::job::{Job, JobId, Stage};
use crate::ledger::LedgerKind;
use crate::store::change::{self, Change};
use crate::store::money;
use crate::store::rows::JobRow;

/// The fence is in the last line of the first part: whoever holds an old epoch changes nothing, and then
/// the other parts have nothing to write about. While an earlier submission may have been charged,
/// nobody can say that the job cost nothing. A row that reaches its end moves to the ended ones, and
/// keeps no address that may be signed. What was settled is never also unconfirmed, and a line of the
/// ledger that stands there already is not written again.
const MOVE: &str = concat!(
    "WITH moved AS (
        UPDATE jobs SET
            stage = $4,
            epoch = epoch + 1,
            lease_until = CASE WHEN $20 THEN NULL ELSE ",
    now!("$6"),
    " + $5 END,
            due_at = ",
    now!("$6"),
    ",
            stage_since = CASE WHEN stage = $4 THEN stage_since ELSE ",
    now!("$6"),
    " END,
            tries = 0,
            attempt = attempt + $7,
            submission_key = CASE WHEN $8 THEN $9 ELSE submission_key END,
            submit_deadline = CASE WHEN $8 THEN $10 ELSE submit_deadline END,
            task = coalesce($11, task),
            output = CASE WHEN $20 THEN NULL ELSE coalesce($12, output) END,
            percent = coalesce($13, percent),
            ending = coalesce($14, ending),
            cost = CASE WHEN in_doubt AND $15 = 0 THEN cost ELSE coalesce(cost, $15) END,
            status_message = coalesce($16, status_message),
            notice_shown = $17,
            in_doubt = in_doubt OR $18,
            waiting_since = CASE WHEN $18 THEN ",
    now!("$6"),
    " ELSE waiting_since END,
            cancel_requested = cancel_requested AND NOT $18,
            reservation_open = reservation_open AND NOT $19,
            ended = $20,
            finished_at = CASE WHEN $20 THEN ",
    now!("$6"),
    " END,
            request = coalesce($21, request),
            withdrawn = withdrawn OR $22
        WHERE id = $1 AND NOT ended AND epoch = $2 AND stage = $3
        RETURNING *
    ), lines AS (
        INSERT INTO ledger (at, job, kind, attempt, amount, source, platform, workspace, requester,
            provider, model)
        SELECT ",
    now!("$6"),
    ", id, line.kind, line.attempt, line.amount, line.source, platform, workspace, requester, provider,
            model
        FROM moved CROSS JOIN LATERAL (VALUES
            ($23, moved.attempt, $24::bigint, $25),
            (CASE WHEN $19 THEN 'release' END, 0::bigint, $26::bigint, $27)
        ) AS line (kind, attempt, amount, source)
        WHERE line.kind IS NOT NULL AND NOT (line.kind = 'unconfirmed' AND EXISTS (
            SELECT FROM ledger
            WHERE job = $1 AND kind = 'settlement' AND attempt = moved.attempt))
        ON CONFLICT (job, kind, attempt) DO NOTHING
    ), noted AS (
        INSERT INTO transitions (job, at, from_stage, to_stage, event, detail)
        SELECT id, ",
    now!("$6"),
    ", $3, $4, $28, $29 FROM moved WHERE $30
    ), forgotten AS (
        DELETE FROM output_bytes WHERE $31 AND job = $1 AND EXISTS (SELECT FROM moved)
    )
    SELECT * FROM moved"
);

/// Moves a job on; `None` when it has moved on without the caller, or cannot go there.
pub(super) async fn advance(
    db: &mut PgConnection,
    handed: Option<i64>,
    job: &Job,
    event: &Event,
    hold: Option<Duration>,
) -> Result<Option<Job>, Fault> {
    let Some(next) = change::next_stage(job, event) else {
        return Ok(None);
    };
    let mut change = Change::of(event);
    let inline = std::mem::take(&mut change.inline);
    let row = if inline.is_empty() {
        step(db, handed, job, next, event, change, hold).await?
    } else {
        let mut transaction = db.begin().await?;
        let row = step(&mut transaction, handed, job, next, event, change, hold).await?;
        if row.is_some() {
            sqlx::query("DELETE FROM output_bytes WHERE job = $1")
                .bind(job.id.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        for (place, bytes) in inline.into_iter().filter(|_| row.is_some()) {
            sqlx::query("INSERT INTO output_bytes (job, place, bytes) VALUES ($1, $2, $3)")
                .bind(job.id.as_str())
                .bind(i64::try_from(place).unwrap_or(i64::MAX))
                .bind(bytes.as_ref())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        row
    };
    match row {
        Some(row) => whole_job(row, db).await.map(Some),
        None => Ok(None),
    }
}

async fn step(
    db: &mut PgConnection,
    handed: Option<i64>,
    job: &Job,
    next: Stage,
    event: &Event,
    change: Change,
    hold: Option<Duration>,
) -> Result<Option<JobRow>, Fault> {
    let (renamed, key, deadline) = change.submission.columns();
    let settlement = money::settlement(job, event);
    let release = money::held(job.estimate, LedgerKind::Release);
    let nanos = |amount: kling_core::Money| amount.as_nanodollars();
    Ok(sqlx::query_as(MOVE)
        .bind(job.id.as_str())
        .bind(job.epoch)
        .bind(job.stage.as_str())
        .bind(next.as_str())
        .bind(hold.map(millis))
        .bind(handed)
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
        .bind(settlement.releases)
        .bind(next.is_terminal())
        .bind(next.is_terminal().then(|| change::closed_request(job)))
        .bind(matches!(event, Event::Withdrawn))
        .bind(settlement.line.map(|line| line.kind.as_str()))
        .bind(settlement.line.and_then(|line| line.amount).map(nanos))
        .bind(settlement.line.map(|line| line.source.as_str()))
        .bind(release.amount.map(nanos))
        .bind(release.source.as_str())
        .bind(event.name())
        .bind(change::detail(event))
        .bind(change::is_noted(job, event))
        .bind(change::forgets_bytes(next, event))
        .fetch_optional(db)
        .await?)
}

/// Takes a job back that nobody waits for; false when it has been submitted, or is not there. One that is
/// not there will never be: its name is taken, so that an acceptance still on its way finds no room.
pub(super) async fn withdraw(
    db: &mut PgConnection,
    handed: Option<i64>,
    id: &JobId,
) -> Result<bool, Fault> {
    loop {
        let row: Option<JobRow> = sqlx::query_as("SELECT * FROM jobs WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *db)
            .await?;
        let Some(row) = row else {
            if take_name(db, id).await? {
                return Ok(false);
            }
            // It landed just now, or its name was taken before.
            let landed: Option<bool> = sqlx::query_scalar("SELECT ended FROM jobs WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *db)
                .await?;
            match landed {
                Some(_) => continue,
                None => return Ok(false),
            }
        };
        let job = whole_job(row, db).await?;
        if job.stage.after(&Event::Withdrawn).is_none() {
            return Ok(false);
        }
        if advance(db, handed, &job, &Event::Withdrawn, None)
            .await?
            .is_some()
        {
            return Ok(true);
        }
    }
}

/// Takes the name of a job that is not there; false when it is given already. Waits for whoever is about
/// to give it.
async fn take_name(db: &mut PgConnection, id: &JobId) -> Result<bool, Fault> {
    let taken = sqlx::query(
        "INSERT INTO commands (dedupe_key, job) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(format!("withdrawn {id}"))
    .bind(id.as_str())
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}
