//! How much money may be spent: arithmetic over what the rows say.

use kling_core::{Estimate, Money, Timestamp};

use crate::quota;
use crate::reason::Reason;

/// Money that has gone or may go, in one scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spending {
    /// Paid, or perhaps paid, within the window.
    pub(crate) spent: Money,
    /// Held for open jobs.
    pub(crate) reserved: Money,
}

impl Spending {
    /// Whether a job of this estimate still fits. One that nobody can estimate fits while anything
    /// is left.
    pub(crate) fn fits(self, estimate: Estimate, limit: Money) -> bool {
        let used = self.spent + self.reserved;
        match estimate.amount() {
            Some(amount) => used + amount <= limit,
            None => used < limit,
        }
    }

    /// Why it does not fit. `entries` are the amounts that make up [`Spending::spent`], oldest first:
    /// they tell when there will be room again (`until`, in seconds since 1970).
    pub(crate) fn refusal(
        self,
        code: &'static str,
        estimate: Estimate,
        limit: Money,
        entries: &[(Timestamp, Money)],
    ) -> Reason {
        let used = self.spent + self.reserved;
        let reason = Reason::new(code)
            .with("limit", limit)
            .with("used", used)
            .with("left", (limit - used).max(Money::ZERO));
        let reason = match estimate.amount() {
            Some(amount) => reason.with("estimate", amount),
            None => reason,
        };
        match self.frees_at(estimate, limit, entries) {
            Some(at) => reason.with("until", quota::seconds_until_free(at)),
            None => reason,
        }
    }

    /// The entry whose leaving the window makes room; `None` when no leaving does.
    fn frees_at(
        self,
        estimate: Estimate,
        limit: Money,
        entries: &[(Timestamp, Money)],
    ) -> Option<Timestamp> {
        let mut left = self;
        entries.iter().find_map(|(at, amount)| {
            left.spent = left.spent - *amount;
            left.fits(estimate, limit).then_some(*at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(cents: i64) -> Money {
        Money::from_microdollars(cents * 10_000)
    }

    #[test]
    fn what_is_spent_held_and_asked_for_may_reach_the_limit_and_not_pass_it() {
        let spending = Spending {
            spent: cents(40),
            reserved: cents(30),
        };

        assert!(spending.fits(Estimate::Exact(cents(30)), cents(100)));
        assert!(!spending.fits(Estimate::Approximate(cents(31)), cents(100)));
        assert!(spending.fits(Estimate::Unknown, cents(71)));
        assert!(!spending.fits(Estimate::Unknown, cents(70)));
    }

    #[test]
    fn a_refusal_tells_the_first_moment_at_which_there_is_room() {
        let spending = Spending {
            spent: cents(70),
            reserved: cents(20),
        };
        let entries = [
            (Timestamp::from_millis(1_000), cents(10)),
            (Timestamp::from_millis(2_500), cents(20)),
            (Timestamp::from_millis(3_000), cents(40)),
        ];

        let reason = spending.refusal(
            "budget-requester",
            Estimate::Exact(cents(35)),
            cents(100),
            &entries,
        );

        assert_eq!(
            reason,
            Reason::new("budget-requester")
                .with("limit", "$1.00")
                .with("used", "$0.90")
                .with("left", "$0.10")
                .with("estimate", "$0.35")
                .with("until", 86_403)
        );
    }

    #[test]
    fn what_waiting_cannot_mend_names_no_moment() {
        let spending = Spending {
            spent: cents(10),
            reserved: cents(80),
        };
        let entries = [(Timestamp::from_millis(1_000), cents(10))];

        let reason = spending.refusal(
            "budget-deployment",
            Estimate::Exact(cents(30)),
            cents(100),
            &entries,
        );

        assert!(!reason.args.contains_key("until"));
    }
}
