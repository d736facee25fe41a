//! How many jobs a scope may have: arithmetic over what the rows say.

use std::time::Duration;

use kling_core::Timestamp;

use crate::admission::{Caps, Scope};
use crate::reason::Reason;

/// The window that quotas look back over, and the shorter one of budgets.
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// The longer window of budgets.
pub(crate) const MONTH: Duration = Duration::from_hours(30 * 24);

/// What a scope has going on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    /// Jobs that are open.
    pub(crate) open: u64,
    /// How many jobs of the last [`DAY`] there are, and from when a day is counted until they are forgotten;
    /// oldest first.
    pub(crate) started: Vec<(Timestamp, u64)>,
}

/// Everything in the way of one more job in a scope, with the moment it will be possible again (`until`, in
/// seconds since 1970) where time alone mends it.
pub(crate) fn refusals(scope: Scope, caps: &Caps, usage: &Usage) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let reason = |code, limit: u32, used: u64| {
        Reason::new(code)
            .with("scope", scope.as_str())
            .with("limit", limit)
            .with("used", used)
    };
    if let Some(limit) = caps.open_jobs
        && usage.open >= u64::from(limit)
    {
        reasons.push(reason("quota-open-jobs", limit, usage.open));
    }
    if let Some(limit) = caps.jobs_per_day {
        let used: u64 = usage.started.iter().map(|(_, count)| count).sum();
        if used >= u64::from(limit) {
            let reason = reason("quota-window", limit, used);
            reasons.push(match frees_at(&usage.started, used, limit) {
                Some(leaves) => reason.with("until", seconds_until_free(leaves, DAY)),
                None => reason,
            });
        }
    }
    reasons
}

/// Those jobs whose leaving the window makes room for one.
fn frees_at(started: &[(Timestamp, u64)], used: u64, limit: u32) -> Option<Timestamp> {
    let mut left = used;
    started.iter().find_map(|(at, count)| {
        left -= count;
        (left < u64::from(limit)).then_some(*at)
    })
}

/// The first whole second at which something that happened then is out of a window.
pub(crate) fn seconds_until_free(happened: Timestamp, window: Duration) -> i64 {
    (happened + window + Duration::from_millis(999)).as_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(open: u64, started: &[(i64, u64)]) -> Usage {
        Usage {
            open,
            started: started
                .iter()
                .map(|(seconds, count)| (Timestamp::from_millis(seconds * 1000), *count))
                .collect(),
        }
    }

    fn told(caps: &Caps, usage: &Usage) -> Vec<Reason> {
        refusals(Scope::Requester, caps, usage)
    }

    #[test]
    fn without_limits_nothing_is_in_the_way() {
        assert_eq!(told(&Caps::default(), &usage(1000, &[(1, 7), (2, 1)])), []);
    }

    #[test]
    fn all_quotas_that_are_used_up_are_told_together() {
        let caps = Caps {
            open_jobs: Some(2),
            jobs_per_day: Some(3),
            ..Caps::default()
        };

        let reasons = told(&caps, &usage(2, &[(10, 1), (20, 1), (30, 2)]));

        let of = |code| Reason::new(code).with("scope", "requester");
        assert_eq!(
            reasons,
            [
                of("quota-open-jobs").with("limit", 2).with("used", 2),
                of("quota-window")
                    .with("limit", 3)
                    .with("used", 4)
                    .with("until", 86_420),
            ]
        );
        assert_eq!(told(&caps, &usage(1, &[(10, 1), (20, 1)])), []);
    }

    #[test]
    fn a_quota_of_nothing_names_no_moment() {
        let caps = Caps {
            jobs_per_day: Some(0),
            ..Caps::default()
        };

        let reasons = told(&caps, &usage(0, &[]));

        assert_eq!(
            reasons,
            [Reason::new("quota-window")
                .with("scope", "requester")
                .with("limit", 0)
                .with("used", 0)]
        );
    }
}
