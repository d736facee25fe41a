//! How many jobs a person may have: arithmetic over what the rows say.

use std::time::Duration;

use kling_core::Timestamp;

use crate::admission::Limits;
use crate::reason::Reason;

/// The window that quotas and budgets look back over.
pub(crate) const WINDOW: Duration = Duration::from_hours(24);

/// What one person has going on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    /// Jobs that are open.
    pub(crate) open: u32,
    /// When each job of the last [`WINDOW`] was accepted, oldest first.
    pub(crate) started: Vec<Timestamp>,
}

/// Everything in the way of one more job, with the moment it will be possible again (`until`, in
/// seconds since 1970) where time alone mends it.
pub(crate) fn refusals(limits: &Limits, usage: &Usage) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(limit) = limits.open_jobs_per_requester
        && usage.open >= limit
    {
        reasons.push(
            Reason::new("quota-open-jobs")
                .with("limit", limit)
                .with("used", usage.open),
        );
    }
    if let Some(limit) = limits.jobs_per_requester_per_day
        && usage.started.len() >= limit as usize
    {
        let used = usage.started.len();
        let reason = Reason::new("quota-window")
            .with("limit", limit)
            .with("used", used);
        reasons.push(match usage.started.get(used - limit as usize) {
            Some(leaves) => reason.with("until", seconds_until_free(*leaves)),
            None => reason,
        });
    }
    reasons
}

/// The first whole second at which something that happened then is out of the window.
pub(crate) fn seconds_until_free(happened: Timestamp) -> i64 {
    (happened + WINDOW + Duration::from_millis(999)).as_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(open: u32, started: &[i64]) -> Usage {
        Usage {
            open,
            started: started
                .iter()
                .map(|seconds| Timestamp::from_millis(seconds * 1000))
                .collect(),
        }
    }

    #[test]
    fn without_limits_nothing_is_in_the_way() {
        assert_eq!(refusals(&Limits::default(), &usage(1000, &[1, 2])), []);
    }

    #[test]
    fn all_quotas_that_are_used_up_are_told_together() {
        let limits = Limits {
            open_jobs_per_requester: Some(2),
            jobs_per_requester_per_day: Some(3),
            ..Limits::default()
        };

        let reasons = refusals(&limits, &usage(2, &[10, 20, 30, 40]));

        assert_eq!(
            reasons,
            [
                Reason::new("quota-open-jobs")
                    .with("limit", 2)
                    .with("used", 2),
                Reason::new("quota-window")
                    .with("limit", 3)
                    .with("used", 4)
                    .with("until", 86_420),
            ]
        );
        assert_eq!(refusals(&limits, &usage(1, &[10, 20])), []);
    }

    #[test]
    fn a_quota_of_nothing_names_no_moment() {
        let limits = Limits {
            jobs_per_requester_per_day: Some(0),
            ..Limits::default()
        };

        let reasons = refusals(&limits, &usage(0, &[]));

        assert_eq!(
            reasons,
            [Reason::new("quota-window").with("limit", 0).with("used", 0)]
        );
    }
}
