//! The gate: finds, refuses or accepts, in one transaction.

use kling_core::{Estimate, Money, Timestamp};
use sqlx::sqlite::SqliteConnection;

use super::rows::whole_job;
use super::{Fault, advance, look, settle};
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

/// Jobs that count as open: those at an end do not, nor those that wait for somebody's choice.
const OPEN: &str = "
    SELECT count(*) FROM jobs
    WHERE finished_at IS NULL AND platform = ?1 AND requester = ?2
        AND NOT (stage = 'unconfirmed' AND notice_shown = 1)";

const STARTED: &str = "
    SELECT created_at FROM jobs
    WHERE platform = ?1 AND requester = ?2 AND created_at > ?3 AND withdrawn = 0
    ORDER BY created_at";

/// What is spent in a scope, what was paid and what may have been; and what is held in it. Whole hours and
/// minutes of the window are read from the totals, and what is left of its first minute from the rows.
///
/// What may have been spent on a lost answer counts for as long as what was spent does, though nobody may
/// ever make a choice about the job.
macro_rules! spending {
    ($scope:literal) => {
        concat!(
            "SELECT coalesce(sum(spent), 0), coalesce(sum(held), 0) FROM (
                SELECT spent, held FROM totals
                WHERE scope = ?4 AND platform = ?5 AND whose = ?3 AND width = 0
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = ?4 AND platform = ?5 AND whose = ?3 AND width = 60000
                    AND start >= ?6 AND start < ?7
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = ?4 AND platform = ?5 AND whose = ?3 AND width = 3600000 AND start >= ?7
                UNION ALL
                SELECT amount, 0 FROM ledger
                WHERE kind IN ('settlement', 'unconfirmed') AND at > ?1 AND at < ?6 AND ",
            $scope,
            "   UNION ALL
                SELECT 0, estimate FROM jobs INDEXED BY jobs_doubted
                WHERE stage = 'unconfirmed' AND stage_since > ?1 AND stage_since < ?6
                    AND reservation_open = 1 AND ",
            $scope,
            ")"
        )
    };
}

/// The amounts behind what is spent, oldest first.
macro_rules! entries {
    ($scope:literal) => {
        concat!(
            "SELECT at, amount FROM ledger
             WHERE kind IN ('settlement', 'unconfirmed') AND at > ?1 AND amount IS NOT NULL AND ",
            $scope,
            " ORDER BY at"
        )
    };
}

/// One scope that money is counted in. Its statements take `?1` the start of the window, `?2` the
/// platform and `?3` whom the scope is about; and `?4` and `?5` its name and platform in the totals, `?6`
/// and `?7` the first whole minute and hour of the window.
struct Scope<'a> {
    code: &'static str,
    limit: Option<Money>,
    whose: Option<&'a str>,
    total: &'static str,
    spending: &'static str,
    entries: &'static str,
}

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
    let mut reasons = quota::refusals(limits, &usage(db, now, limits, &job.requester).await?);
    for scope in scopes(limits, &job.requester) {
        reasons.extend(over_budget(db, now, &scope, job.estimate, &job.requester).await?);
    }
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

async fn usage(
    db: &mut SqliteConnection,
    now: Timestamp,
    limits: &Limits,
    requester: &Requester,
) -> Result<Usage, Fault> {
    let mut usage = Usage::default();
    if limits.open_jobs_per_requester.is_some() {
        usage.open = sqlx::query_scalar(OPEN)
            .bind(requester.platform.as_str())
            .bind(&requester.user)
            .fetch_one(&mut *db)
            .await?;
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

fn scopes<'a>(limits: &Limits, requester: &'a Requester) -> [Scope<'a>; 3] {
    [
        Scope {
            code: "budget-requester",
            limit: limits.spend_per_requester_per_day,
            whose: Some(&requester.user),
            total: "requester",
            spending: spending!("platform = ?2 AND requester = ?3"),
            entries: entries!("platform = ?2 AND requester = ?3"),
        },
        Scope {
            code: "budget-workspace",
            limit: limits.spend_per_workspace_per_day,
            whose: requester.workspace.as_deref(),
            total: "workspace",
            spending: spending!("platform = ?2 AND workspace = ?3"),
            entries: entries!("platform = ?2 AND workspace = ?3"),
        },
        Scope {
            code: "budget-deployment",
            limit: limits.spend_per_day,
            whose: Some(""),
            total: "deployment",
            spending: spending!("?2 IS NOT NULL AND ?3 IS NOT NULL"),
            entries: entries!("?2 IS NOT NULL AND ?3 IS NOT NULL"),
        },
    ]
}

async fn over_budget(
    db: &mut SqliteConnection,
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
