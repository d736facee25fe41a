//! The gate: finds, refuses or accepts, however many processes are at it.
//!
//! A command's name in `commands` is given once: whoever comes second waits for the first to commit, and
//! then finds its job. Where a limit applies, a lock on its scope is held to the end of the transaction,
//! so that nobody counts while somebody else is about to add.

use kling_core::{Estimate, Money, Timestamp};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::moment::now;
use super::rows::whole_job;
use super::{Fault, look, number_of};
use crate::admission::{Admission, Limits, NewJob, Refusal};
use crate::budget::Spending;
use crate::job::{JobId, Requester, Stage};
use crate::ledger::LedgerKind;
use crate::quota::{self, Usage, WINDOW};
use crate::reason::Reason;
use crate::store::money;
use crate::store::rows::{JobRow, estimate_columns};
use crate::store::stored::{self, Sources};
use crate::store::totals::{self, Window};

/// Everything that an acceptance writes. Nothing, when the command's or the job's name is taken.
///
/// A job's turn in the fair queue of its provider is one more than the turn of the same person's last
/// job, but never less than the lowest turn that still waits (or, when nothing waits, the highest there
/// was). So somebody's burst takes a row of turns, everybody else's first job comes in at the front of
/// it, and nobody saves up turns by staying away.
const ACCEPT: &str = concat!(
    "WITH taken AS (
        INSERT INTO commands (dedupe_key, job) VALUES ($2, $1) ON CONFLICT DO NOTHING
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

/// Jobs that count as open: those at an end do not, nor those that wait for somebody's choice.
const OPEN: &str = "
    SELECT count(*) FROM jobs
    WHERE NOT ended AND platform = $1 AND requester = $2
        AND NOT (stage = 'unconfirmed' AND notice_shown)";

const STARTED: &str = "
    SELECT created_at FROM jobs
    WHERE platform = $1 AND requester = $2 AND created_at > $3 AND NOT withdrawn
    ORDER BY created_at";

/// What is spent in a scope, what was paid and what may have been; and what is held in it. Whole hours and
/// minutes of the window are read from the totals, and what is left of its first minute from the rows.
///
/// What may have been spent on a lost answer counts for as long as what was spent does, though nobody may
/// ever make a choice about the job.
macro_rules! spending {
    ($scope:literal) => {
        concat!(
            "SELECT coalesce(sum(spent), 0)::bigint, coalesce(sum(held), 0)::bigint FROM (
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 0
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 60000
                    AND start >= $6 AND start < $7
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 3600000 AND start >= $7
                UNION ALL
                SELECT amount, 0 FROM ledger
                WHERE kind IN ('settlement', 'unconfirmed') AND at > $1 AND at < $6 AND ",
            $scope,
            "   UNION ALL
                SELECT 0, estimate FROM jobs
                WHERE NOT ended AND stage = 'unconfirmed' AND stage_since > $1 AND stage_since < $6
                    AND reservation_open AND ",
            $scope,
            ") AS amounts"
        )
    };
}

/// The amounts behind what is spent, oldest first.
macro_rules! entries {
    ($scope:literal) => {
        concat!(
            "SELECT at, amount FROM ledger
             WHERE kind IN ('settlement', 'unconfirmed') AND at > $1 AND amount IS NOT NULL AND ",
            $scope,
            " ORDER BY at"
        )
    };
}

/// One scope that money is counted in. Its statements take `$1` the start of the window, `$2` the
/// platform and `$3` whom the scope is about; and `$4` and `$5` its name and platform in the totals, `$6`
/// and `$7` the first whole minute and hour of the window.
struct Scope<'a> {
    code: &'static str,
    limit: Option<Money>,
    whose: Option<&'a str>,
    total: &'static str,
    spending: &'static str,
    entries: &'static str,
}

fn scopes<'a>(limits: &Limits, requester: &'a Requester) -> [Scope<'a>; 3] {
    [
        Scope {
            code: "budget-requester",
            limit: limits.spend_per_requester_per_day,
            whose: Some(&requester.user),
            total: "requester",
            spending: spending!("platform = $2 AND requester = $3"),
            entries: entries!("platform = $2 AND requester = $3"),
        },
        Scope {
            code: "budget-workspace",
            limit: limits.spend_per_workspace_per_day,
            whose: requester.workspace.as_deref(),
            total: "workspace",
            spending: spending!("platform = $2 AND workspace = $3"),
            entries: entries!("platform = $2 AND workspace = $3"),
        },
        Scope {
            code: "budget-deployment",
            limit: limits.spend_per_day,
            whose: Some(""),
            total: "deployment",
            spending: spending!("$2::text IS NOT NULL AND $3::text IS NOT NULL"),
            entries: entries!("$2::text IS NOT NULL AND $3::text IS NOT NULL"),
        },
    ]
}

/// The numbers of the locks on the scopes in which something is counted, in the order in which
/// everybody takes them.
fn locks(limits: &Limits, requester: &Requester) -> Vec<i64> {
    let counts_jobs =
        limits.open_jobs_per_requester.is_some() || limits.jobs_per_requester_per_day.is_some();
    let counted = scopes(limits, requester).into_iter().filter_map(|scope| {
        let by_requester = scope.code == "budget-requester";
        let applies = scope.limit.is_some() || (by_requester && counts_jobs);
        let whose = scope.whose.filter(|_| applies)?;
        Some(lock_of(scope.code, requester.platform.as_str(), whose))
    });
    let mut locks: Vec<i64> = counted.collect();
    // By number, so that no two wait for each other.
    locks.sort_unstable();
    locks
}

fn lock_of(scope: &str, platform: &str, whose: &str) -> i64 {
    // The deployment is one, on every platform.
    let platform = if whose.is_empty() { "" } else { platform };
    number_of(&[scope, platform, whose])
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
    let row = if locks.is_empty() {
        insert(db, handed, id, job).await?
    } else {
        let mut transaction = db.begin().await?;
        let now: i64 = sqlx::query_scalar(LOCK)
            .bind(handed)
            .bind(locks)
            .fetch_one(&mut *transaction)
            .await?;
        let now = Timestamp::from_millis(now);
        let reasons = reasons(&mut transaction, now, job, limits).await?;
        if !reasons.is_empty() {
            // A command that was accepted before is not refused now.
            let known = known(&mut transaction, id, job).await?;
            transaction.rollback().await?;
            let refused = Admission::Refused(Refusal { reasons });
            return Ok(Some(known.unwrap_or(refused)));
        }
        let row = insert(&mut transaction, handed, id, job).await?;
        transaction.commit().await?;
        row
    };
    let Some(row) = row else {
        return known(db, id, job).await;
    };
    let ahead = look::ahead_of(db, &row.id).await?;
    let job = Box::new(whole_job(row, db).await?);
    Ok(Some(Admission::Accepted { job, ahead }))
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

async fn reasons(
    db: &mut PgConnection,
    now: Timestamp,
    job: &NewJob,
    limits: &Limits,
) -> Result<Vec<Reason>, Fault> {
    let usage = usage(db, now, limits, &job.requester).await?;
    let mut reasons = quota::refusals(limits, &usage);
    for scope in scopes(limits, &job.requester) {
        reasons.extend(over_budget(db, now, &scope, job.estimate, &job.requester).await?);
    }
    Ok(reasons)
}

async fn usage(
    db: &mut PgConnection,
    now: Timestamp,
    limits: &Limits,
    requester: &Requester,
) -> Result<Usage, Fault> {
    let mut usage = Usage::default();
    if limits.open_jobs_per_requester.is_some() {
        let open: i64 = sqlx::query_scalar(OPEN)
            .bind(requester.platform.as_str())
            .bind(&requester.user)
            .fetch_one(&mut *db)
            .await?;
        usage.open = u32::try_from(open).unwrap_or(u32::MAX);
    }
    if limits.jobs_per_requester_per_day.is_some() {
        let started: Vec<i64> = sqlx::query_scalar(STARTED)
            .bind(requester.platform.as_str())
            .bind(&requester.user)
            .bind((now - WINDOW).as_millis())
            .fetch_all(&mut *db)
            .await?;
        usage.started = started.into_iter().map(Timestamp::from_millis).collect();
    }
    Ok(usage)
}

async fn over_budget(
    db: &mut PgConnection,
    now: Timestamp,
    scope: &Scope<'_>,
    estimate: Estimate,
    requester: &Requester,
) -> Result<Option<Reason>, Fault> {
    let (Some(limit), Some(whose)) = (scope.limit, scope.whose) else {
        return Ok(None);
    };
    let window = Window::before(now);
    let platform = requester.platform.as_str();
    let (spent, reserved): (i64, i64) = sqlx::query_as(scope.spending)
        .bind(window.since)
        .bind(platform)
        .bind(whose)
        .bind(scope.total)
        .bind(totals::platform_of(scope.total, platform))
        .bind(window.minute)
        .bind(window.hour)
        .fetch_one(&mut *db)
        .await?;
    let spending = Spending {
        spent: Money::from_nanodollars(spent),
        reserved: Money::from_nanodollars(reserved),
    };
    if spending.fits(estimate, limit) {
        return Ok(None);
    }
    let entries: Vec<(i64, i64)> = sqlx::query_as(scope.entries)
        .bind(window.since)
        .bind(platform)
        .bind(whose)
        .fetch_all(&mut *db)
        .await?;
    let entries: Vec<(Timestamp, Money)> = entries
        .into_iter()
        .map(|(at, amount)| (Timestamp::from_millis(at), Money::from_nanodollars(amount)))
        .collect();
    Ok(Some(
        spending.refusal(scope.code, estimate, limit, &entries),
    ))
}

async fn insert(
    db: &mut PgConnection,
    handed: Option<i64>,
    id: &JobId,
    job: &NewJob,
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
        .fetch_optional(db)
        .await?)
}
