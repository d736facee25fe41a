//! What of the limits is in the way of a job, by what a store counts.

use kling_core::{Estimate, Money, Timestamp};

use super::fault::Fault;
use super::totals::{self, Window};
use crate::admission::{Caps, Limits, NewJob, Scope};
use crate::budget::{Period, Spending, budgets};
use crate::quota::{self, DAY, Usage};
use crate::reason::Reason;

/// Something that is counted in.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) scope: Scope,
    pub(super) platform: &'a str,
    /// The platform in the totals.
    pub(super) total: &'a str,
    pub(super) whose: &'a str,
}

/// A connection that counts.
#[async_trait::async_trait]
pub(super) trait Count: Send {
    /// How many jobs are open.
    async fn open(&mut self, of: Counted<'_>) -> Result<i64, Fault>;

    /// When each job of one person was accepted, since a moment.
    async fn started(&mut self, of: Counted<'_>, since: Timestamp) -> Result<Vec<i64>, Fault>;

    /// How many jobs were started in each piece of time, from one that begins then.
    async fn started_together(
        &mut self,
        of: Counted<'_>,
        since: i64,
    ) -> Result<Vec<(i64, i64)>, Fault>;

    /// What is spent in a window, and what is held, in nano-dollars.
    async fn spending(&mut self, of: Counted<'_>, window: &Window) -> Result<(i64, i64), Fault>;

    /// When enough of what was spent in a window happened that so much leaves with it.
    async fn leaves(
        &mut self,
        of: Counted<'_>,
        window: &Window,
        too_much: Money,
    ) -> Result<Option<i64>, Fault>;
}

/// Everything that stands in the way of a job.
pub(super) async fn reasons(
    db: &mut dyn Count,
    now: Timestamp,
    job: &NewJob,
    limits: &Limits,
) -> Result<Vec<Reason>, Fault> {
    let mut reasons = limits.refused_at_once(job);
    for (scope, caps, whose) in limits.counted(&job.requester) {
        let of = Counted {
            scope,
            platform: job.requester.platform.as_str(),
            total: scope.platform(&job.requester),
            whose,
        };
        let usage = usage(db, of, now, caps).await?;
        reasons.extend(quota::refusals(scope, caps, &usage));
        for budget in budgets(caps) {
            reasons.extend(over_budget(db, of, now, budget, job.estimate).await?);
        }
    }
    Ok(reasons)
}

async fn usage(
    db: &mut dyn Count,
    of: Counted<'_>,
    now: Timestamp,
    caps: &Caps,
) -> Result<Usage, Fault> {
    let mut usage = Usage::default();
    if caps.open_jobs.is_some() {
        usage.open = u64::try_from(db.open(of).await?).unwrap_or(0);
    }
    if caps.jobs_per_day.is_none() {
        return Ok(usage);
    }
    usage.started = if of.scope == Scope::Requester {
        let started = db.started(of, now - DAY).await?;
        let once = |at| (Timestamp::from_millis(at), 1);
        started.into_iter().map(once).collect()
    } else {
        totals::pieces(db.started_together(of, totals::starts_since(now)).await?)
    };
    Ok(usage)
}

async fn over_budget(
    db: &mut dyn Count,
    of: Counted<'_>,
    now: Timestamp,
    (period, limit): (Period, Money),
    estimate: Estimate,
) -> Result<Option<Reason>, Fault> {
    let window = Window::before(now, period);
    let (spent, reserved) = db.spending(of, &window).await?;
    let spending = Spending {
        spent: Money::from_nanodollars(spent),
        reserved: Money::from_nanodollars(reserved),
    };
    let Some(too_much) = spending.too_much(estimate, limit) else {
        return Ok(None);
    };
    let at = db.leaves(of, &window, too_much).await?;
    let at = at.map(Timestamp::from_millis);
    Ok(Some(spending.refusal(
        of.scope,
        period,
        (estimate, limit),
        at,
    )))
}
