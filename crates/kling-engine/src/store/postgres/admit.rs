//! The gate: finds, refuses or accepts, however many processes are at it.
//!
//! A command's name in `commands` is given once: whoever comes second waits for the first to commit, and
//! then finds its job. Where a limit applies, a lock on its scope is held to the end of the transaction,
//! so that nobody counts while somebody else is about to add.

use kling_core::Timestamp;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::moment::now;
use super::rows::whole_job;
use super::{Fault, look, number_of, settings};
use crate::admission::{Admission, Limits, NewJob, Refusal};
use crate::job::{JobId, Requester, Stage};
use crate::ledger::LedgerKind;
use crate::store::count;
use crate::store::money;
use crate::store::rows::{JobRow, estimate_columns};
use crate::store::stored::{self, Sources};

/// Everything that an acceptance writes. Nothing, when the command's or the job's name is taken, or the rules
/// are of another version.
///
/// A job's turn in the fair queue of its provider is one more than the turn of the same person's last
/// job, but never less than the lowest turn that still waits (or, when nothing waits, the highest there
/// was). So somebody's burst takes a row of turns, everybody else's first job comes in at the front of
/// it, and nobody saves up turns by staying away.
const ACCEPT: &str = concat!(
    "WITH taken AS (
        INSERT INTO commands (dedupe_key, job)
        SELECT $2, $1 WHERE $18::bigint IS NULL OR $18 = (SELECT version FROM rules_version)
        ON CONFLICT DO NOTHING
        RETURNING job
    ), turn AS (
        INSERT INTO turns (provider, platform, requester, turn)
        SELECT $12, $5, $8, coalesce(
            (SELECT turn FROM jobs
             WHERE NOT ended AND provider = $12 AND stage IN ('accepted', 'collected')
             ORDER BY turn LIMIT 1),
            (SELECT max(turn) FROM turns WHERE provider = $12),
            0)
        FROM taken
        ON CONFLICT (provider, platform, requester)
            DO UPDATE SET turn = greatest(turns.turn + 1, excluded.turn)
        RETURNING turn
    ), job AS (
        INSERT INTO jobs (id, dedupe_key, stage, due_at, turn, platform, workspace, channel, requester,
            reply_address, locale, request, provider, model, estimate_kind, estimate, created_at,
            waiting_since, stage_since)
        SELECT $1, $2, $3, moment, turn, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, moment,
            moment, moment
        FROM turn CROSS JOIN (SELECT ",
    now!("$4"),
    " AS moment) AS clock
        RETURNING *
    ), held AS (
        INSERT INTO ledger (at, job, kind, attempt, amount, source, platform, workspace, requester,
            provider, model)
        SELECT created_at, id, $16, 0, $15, $17, platform, workspace, requester, provider, model
        FROM job
    ), noted AS (
        INSERT INTO transitions (job, at, to_stage, event)
        SELECT id, created_at, stage, 'accepted' FROM job
    )
    SELECT * FROM job"
);

/// Waits for the locks, one after the other; the moment at which the wait began.
const LOCK: &str = concat!(
    "SELECT ",
    now!("$1"),
    " FROM (SELECT count(pg_advisory_xact_lock(number)) FROM unnest($2::bigint[]) AS number) AS locked"
);

const KNOWN: &str = "
    SELECT jobs.* FROM commands JOIN jobs ON jobs.id = commands.job WHERE commands.dedupe_key = $1";

/// The numbers of the locks on the scopes in which something is counted, in the order in which
/// everybody takes them.
fn locks(limits: &Limits, requester: &Requester) -> Vec<i64> {
    let counted = limits.counted(requester);
    let mut locks: Vec<i64> = counted
        .map(|(scope, _, whose)| {
            number_of(&[scope.budget_code(), scope.platform(requester), whose])
        })
        .collect();
    // By number, so that no two wait for each other.
    locks.sort_unstable();
    locks
}

/// Accepts a job with its reservation; or finds it by its dedupe key; or refuses it with every reason.
/// `None` when the job's name was taken back before it was given.
pub(super) async fn accept(
    db: &mut PgConnection,
    handed: Option<i64>,
    id: &JobId,
    job: &NewJob,
    limits: &Limits,
) -> Result<Option<Admission>, Fault> {
    let locks = locks(limits, &job.requester);
    let row = if locks.is_empty() && limits.against.is_empty() {
        insert(db, handed, id, job, limits.version).await?
    } else {
        let mut transaction = db.begin().await?;
        let now: i64 = sqlx::query_scalar(LOCK)
            .bind(handed)
            .bind(locks)
            .fetch_one(&mut *transaction)
            .await?;
        let now = Timestamp::from_millis(now);
        let reasons = count::reasons(&mut *transaction, now, job, limits).await?;
        if !reasons.is_empty() {
            // A command that was accepted before is not refused now.
            let known = known(&mut transaction, id, job).await?;
            let stale = known.is_none() && is_stale(&mut transaction, limits).await?;
            transaction.rollback().await?;
            if stale {
                return Err(Fault::StaleRules);
            }
            let refused = Admission::Refused(Refusal { reasons });
            return Ok(Some(known.unwrap_or(refused)));
        }
        let row = insert(&mut transaction, handed, id, job, limits.version).await?;
        transaction.commit().await?;
        row
    };
    let Some(row) = row else {
        let known = known(db, id, job).await?;
        if known.is_none() && is_stale(db, limits).await? {
            return Err(Fault::StaleRules);
        }
        return Ok(known);
    };
    let ahead = look::ahead_of(db, &row.id).await?;
    let job = Box::new(whole_job(row, db).await?);
    Ok(Some(Admission::Accepted { job, ahead }))
}

/// Whether the limits are of another version of the rules than there is.
async fn is_stale(db: &mut PgConnection, limits: &Limits) -> Result<bool, Fault> {
    match limits.version {
        Some(version) => Ok(version != settings::version(db).await?),
        None => Ok(false),
    }
}

/// The job that this command became, if it did. When that is this very job, it was accepted a moment ago
/// and the answer was lost on the way here.
async fn known(
    db: &mut PgConnection,
    id: &JobId,
    job: &NewJob,
) -> Result<Option<Admission>, Fault> {
    let known: Option<JobRow> = sqlx::query_as(KNOWN)
        .bind(&job.dedupe_key)
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = known else {
        return Ok(None);
    };
    let job = Box::new(whole_job(row, db).await?);
    if job.id != *id {
        return Ok(Some(Admission::Duplicate { job }));
    }
    let ahead = look::ahead_of(db, id.as_str()).await?;
    Ok(Some(Admission::Accepted { job, ahead }))
}

async fn insert(
    db: &mut PgConnection,
    handed: Option<i64>,
    id: &JobId,
    job: &NewJob,
    rules: Option<i64>,
) -> Result<Option<JobRow>, Fault> {
    let (estimate_kind, estimate) = estimate_columns(job.estimate);
    let held = money::held(job.estimate, LedgerKind::Reservation);
    Ok(sqlx::query_as(ACCEPT)
        .bind(id.as_str())
        .bind(&job.dedupe_key)
        .bind(Stage::Accepted.as_str())
        .bind(handed)
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
        .bind(held.kind.as_str())
        .bind(held.source.as_str())
        .bind(rules)
        .fetch_optional(db)
        .await?)
}
