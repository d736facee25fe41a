//! The gate: finds, refuses or accepts, in one transaction.

use kling_core::Timestamp;
use sqlx::sqlite::SqliteConnection;

use super::rows::whole_job;
use super::{Fault, advance, look, settings, settle};
use crate::admission::{Admission, Limits, NewJob, Refusal};
use crate::job::{JobId, Stage};
use crate::ledger::LedgerKind;
use crate::store::count;
use crate::store::money;
use crate::store::rows::{JobRow, estimate_columns};
use crate::store::stored::{self, Sources};

/// The new job's place in the fair queue of its provider.
///
/// A job's turn is one more than the turn of the same person's last job, but never less than the
/// lowest turn that still waits (or, when nothing waits, the highest there was). So somebody's burst
/// takes a row of turns, everybody else's first job comes in at the front of it, and nobody saves up
/// turns by staying away.
const TURN: &str = "
    SELECT max(
        coalesce(
            (SELECT turn FROM jobs WHERE provider = ?1 AND stage IN ('accepted', 'collected')
             ORDER BY turn LIMIT 1),
            (SELECT max(turn) FROM jobs WHERE provider = ?1),
            0),
        coalesce(
            (SELECT max(turn) + 1 FROM jobs
             WHERE platform = ?2 AND requester = ?3 AND provider = ?1),
            0))";

const INSERT: &str = "
    INSERT INTO jobs (id, dedupe_key, stage, due_at, turn, platform, workspace, channel, requester,
        reply_address, locale, request, provider, model, estimate_kind, estimate, created_at,
        waiting_since, stage_since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?4, ?4, ?4)
    RETURNING *";

/// Accepts a job with its reservation; or finds it by its dedupe key; or refuses it with every reason.
pub(super) async fn accept(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: &JobId,
    job: &NewJob,
    limits: &Limits,
) -> Result<Admission, Fault> {
    let known: Option<JobRow> = sqlx::query_as("SELECT * FROM jobs WHERE dedupe_key = ?1")
        .bind(&job.dedupe_key)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(row) = known {
        let job = Box::new(whole_job(row, db).await?);
        return Ok(Admission::Duplicate { job });
    }
    if let Some(version) = limits.version
        && version != settings::version(db).await?
    {
        return Err(Fault::StaleRules);
    }
    let reasons = count::reasons(db, now, job, limits).await?;
    if !reasons.is_empty() {
        return Ok(Admission::Refused(Refusal { reasons }));
    }
    let row = insert(db, now, id, job).await?;
    let held = money::held(job.estimate, LedgerKind::Reservation);
    settle::append(db, now, &row, held).await?;
    advance::note(db, now, &row.id, None, Stage::Accepted, "accepted", None).await?;
    let ahead = look::count_ahead(db, &row.id).await?;
    let job = Box::new(whole_job(row, db).await?);
    Ok(Admission::Accepted { job, ahead })
}

async fn insert(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: &JobId,
    job: &NewJob,
) -> Result<JobRow, Fault> {
    let turn: i64 = sqlx::query_scalar(TURN)
        .bind(job.provider.as_str())
        .bind(job.requester.platform.as_str())
        .bind(&job.requester.user)
        .fetch_one(&mut *db)
        .await?;
    let (estimate_kind, estimate) = estimate_columns(job.estimate);
    Ok(sqlx::query_as(INSERT)
        .bind(id.as_str())
        .bind(&job.dedupe_key)
        .bind(Stage::Accepted.as_str())
        .bind(now.as_millis())
        .bind(turn)
        .bind(job.requester.platform.as_str())
        .bind(&job.requester.workspace)
        .bind(&job.requester.channel)
        .bind(&job.requester.user)
        .bind(job.reply_address.expose())
        .bind(&job.locale)
        .bind(stored::write_request(&job.request, Sources::Kept))
        .bind(job.provider.as_str())
        .bind(job.model.as_str())
        .bind(estimate_kind)
        .bind(estimate)
        .fetch_one(&mut *db)
        .await?)
}
