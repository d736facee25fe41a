//! What limits count, and what of it is in the way of a job.

use kling_core::{Estimate, Money, Timestamp};
use sqlx::postgres::PgConnection;

use super::Fault;
use crate::admission::{Caps, Limits, NewJob, Scope};
use crate::budget::{Period, Spending, budgets};
use crate::quota::{self, DAY, Usage};
use crate::reason::Reason;
use crate::store::totals::{self, Window};

/// When each job of a person was accepted.
const STARTED: &str = "
    SELECT created_at FROM jobs
    WHERE platform = $1 AND requester = $2 AND created_at > $3 AND NOT withdrawn
    ORDER BY created_at";

/// How many jobs of a scope were started in each piece of time.
const STARTED_TOGETHER: &str = "
    SELECT start, sum(started)::bigint FROM totals
    WHERE scope = $1 AND platform = $2 AND whose = $3 AND width = $4 AND start >= $5
    GROUP BY start ORDER BY start";

/// How many jobs of a scope are open: not those at an end, nor those that wait for somebody's choice.
const OPEN: &str = "
    SELECT coalesce(sum(open), 0)::bigint FROM totals
    WHERE scope = $1 AND platform = $2 AND whose = $3 AND width = 0";

/// What is spent in a scope, what was paid and what may have been; and what is held in it. Whole days, hours
/// and minutes of the window are read from the totals, and what is left of its first minute from the rows.
///
/// What may have been spent on a lost answer counts for as long as what was spent does, though nobody may
/// ever make a choice about the job.
macro_rules! spending {
    ($of_ledger:literal, $of_jobs:literal) => {
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
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 3600000
                    AND start >= $7 AND start < $8
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 86400000 AND start >= $8
                UNION ALL
                SELECT amount, 0 FROM ledger
                WHERE kind IN ('settlement', 'unconfirmed') AND at > $1 AND at < $6 AND ",
            $of_ledger,
            "   UNION ALL
                SELECT 0, estimate FROM jobs
                WHERE NOT ended AND stage = 'unconfirmed' AND stage_since > $1 AND stage_since < $6
                    AND reservation_open AND ",
            $of_jobs,
            ") AS amounts"
        )
    };
}

/// When enough of what was spent in a window happened: once that is out of the window, there is room.
macro_rules! leaves {
    ($of_ledger:literal) => {
        concat!(
            "SELECT at FROM (
                SELECT at, sum(amount) OVER (ORDER BY at) AS gone FROM ledger
                WHERE kind IN ('settlement', 'unconfirmed') AND at > $1 AND amount IS NOT NULL AND ",
            $of_ledger,
            ") AS leaving WHERE gone >= $4 ORDER BY at LIMIT 1"
        )
    };
}

/// The statements for a scope. They take `$1` the start of the window, `$2` the platform and `$3` whom the
/// scope is about; then the one `$4` and `$5` its name and platform in the totals, and `$6`, `$7` and `$8` the
/// first whole minute, hour and day of the window; the other `$4` how much has to leave.
const fn statements(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Requester => (
            spending!(
                "platform = $2 AND requester = $3",
                "platform = $2 AND requester = $3"
            ),
            leaves!("platform = $2 AND requester = $3"),
        ),
        Scope::Channel => (
            spending!(
                "platform = $2 AND (SELECT channel FROM jobs WHERE id = ledger.job LIMIT 1) = $3",
                "platform = $2 AND channel = $3"
            ),
            leaves!(
                "platform = $2 AND (SELECT channel FROM jobs WHERE id = ledger.job LIMIT 1) = $3"
            ),
        ),
        Scope::Workspace => (
            spending!(
                "platform = $2 AND workspace = $3",
                "platform = $2 AND workspace = $3"
            ),
            leaves!("platform = $2 AND workspace = $3"),
        ),
        Scope::Deployment => (
            spending!(
                "$2::text IS NOT NULL AND $3::text IS NOT NULL",
                "$2::text IS NOT NULL AND $3::text IS NOT NULL"
            ),
            leaves!("$2::text IS NOT NULL AND $3::text IS NOT NULL"),
        ),
    }
}

/// Everything that stands in the way of a job.
pub(super) async fn reasons(
    db: &mut PgConnection,
    now: Timestamp,
    job: &NewJob,
    limits: &Limits,
) -> Result<Vec<Reason>, Fault> {
    let mut reasons = limits.refused_at_once(job);
    for (scope, caps, whose) in limits.counted(&job.requester) {
        let counted = Counted {
            scope,
            platform: job.requester.platform.as_str(),
            total: scope.platform(&job.requester),
            whose,
        };
        let usage = counted.usage(db, now, caps).await?;
        reasons.extend(quota::refusals(scope, caps, &usage));
        for budget in budgets(caps) {
            reasons.extend(counted.over_budget(db, now, budget, job.estimate).await?);
        }
    }
    Ok(reasons)
}

/// Something that is counted in.
#[derive(Clone, Copy)]
struct Counted<'a> {
    scope: Scope,
    platform: &'a str,
    /// The platform in the totals.
    total: &'a str,
    whose: &'a str,
}

impl Counted<'_> {
    async fn usage(
        &self,
        db: &mut PgConnection,
        now: Timestamp,
        caps: &Caps,
    ) -> Result<Usage, Fault> {
        let mut usage = Usage::default();
        if caps.open_jobs.is_some() {
            let open: i64 = sqlx::query_scalar(OPEN)
                .bind(self.scope.as_str())
                .bind(self.total)
                .bind(self.whose)
                .fetch_one(&mut *db)
                .await?;
            usage.open = u64::try_from(open).unwrap_or(0);
        }
        if caps.jobs_per_day.is_none() {
            return Ok(usage);
        }
        if self.scope == Scope::Requester {
            let started: Vec<i64> = sqlx::query_scalar(STARTED)
                .bind(self.platform)
                .bind(self.whose)
                .bind((now - DAY).as_millis())
                .fetch_all(db)
                .await?;
            let once = |at| (Timestamp::from_millis(at), 1);
            usage.started = started.into_iter().map(once).collect();
        } else {
            let started: Vec<(i64, i64)> = sqlx::query_as(STARTED_TOGETHER)
                .bind(self.scope.as_str())
                .bind(self.total)
                .bind(self.whose)
                .bind(totals::STARTS)
                .bind(totals::starts_since(now))
                .fetch_all(db)
                .await?;
            usage.started = totals::pieces(started);
        }
        Ok(usage)
    }

    async fn over_budget(
        &self,
        db: &mut PgConnection,
        now: Timestamp,
        (period, limit): (Period, Money),
        estimate: Estimate,
    ) -> Result<Option<Reason>, Fault> {
        let window = Window::before(now, period);
        let (spending, leaves) = statements(self.scope);
        let (spent, reserved): (i64, i64) = sqlx::query_as(spending)
            .bind(window.since)
            .bind(self.platform)
            .bind(self.whose)
            .bind(self.scope.as_str())
            .bind(self.total)
            .bind(window.minute)
            .bind(window.hour)
            .bind(window.day)
            .fetch_one(&mut *db)
            .await?;
        let spending = Spending {
            spent: Money::from_nanodollars(spent),
            reserved: Money::from_nanodollars(reserved),
        };
        let Some(too_much) = spending.too_much(estimate, limit) else {
            return Ok(None);
        };
        let at: Option<i64> = sqlx::query_scalar(leaves)
            .bind(window.since)
            .bind(self.platform)
            .bind(self.whose)
            .bind(too_much.as_nanodollars())
            .fetch_optional(db)
            .await?;
        let at = at.map(Timestamp::from_millis);
        Ok(Some(spending.refusal(
            self.scope,
            period,
            (estimate, limit),
            at,
        )))
    }
}
