//! How much money may be spent: arithmetic over what the rows say.

use std::time::Duration;

use kling_core::{Estimate, Money, Timestamp};

use crate::admission::{Caps, Scope};
use crate::quota::{DAY, MONTH, seconds_until_free};
use crate::reason::Reason;

/// A window that money is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    /// 24 hours.
    Day,
    /// 30 days.
    Month,
}

impl Period {
    pub(crate) const fn length(self) -> Duration {
        match self {
            Self::Day => DAY,
            Self::Month => MONTH,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// The budgets among some caps.
pub(crate) fn budgets(caps: &Caps) -> impl Iterator<Item = (Period, Money)> {
    let both = [
        (Period::Day, caps.spend_per_day),
        (Period::Month, caps.spend_per_month),
    ];
    both.into_iter()
        .filter_map(|(period, limit)| Some((period, limit?)))
}

/// Money that has gone or may go, in one scope and window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spending {
    /// Paid, or perhaps paid, within the window.
    pub(crate) spent: Money,
    /// Held for open jobs.
    pub(crate) reserved: Money,
}

impl Spending {
    /// How much has to leave the window before a job of this estimate fits; `None` when it fits. One that
    /// nobody can estimate fits while anything is left.
    pub(crate) fn too_much(self, estimate: Estimate, limit: Money) -> Option<Money> {
        let least = Money::from_nanodollars(1);
        let over = self.spent + self.reserved + estimate.amount().unwrap_or(least) - limit;
        (over > Money::ZERO).then_some(over)
    }

    /// Why it does not fit. `leaves` is when enough of what was spent happened that there is room once it is
    /// out of the window (`until`, in seconds since 1970).
    pub(crate) fn refusal(
        self,
        scope: Scope,
        period: Period,
        (estimate, limit): (Estimate, Money),
        leaves: Option<Timestamp>,
    ) -> Reason {
        let used = self.spent + self.reserved;
        let reason = Reason::new(scope.budget_code())
            .with("window", period.as_str())
            .with("limit", limit)
            .with("used", used)
            .with("left", (limit - used).max(Money::ZERO));
        let reason = match estimate.amount() {
            Some(amount) => reason.with("estimate", amount),
            None => reason,
        };
        match leaves {
            Some(at) => reason.with("until", seconds_until_free(at, period.length())),
            None => reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(cents: i64) -> Money {
        Money::from_microdollars(cents * 10_000)
    }

    const SPENDING: Spending = Spending {
        spent: Money::from_microdollars(400_000),
        reserved: Money::from_microdollars(300_000),
    };

    #[test]
    fn what_is_spent_held_and_asked_for_may_reach_the_limit_and_not_pass_it() {
        let over = |estimate, limit| SPENDING.too_much(estimate, cents(limit));

        assert_eq!(over(Estimate::Exact(cents(30)), 100), None);
        let one = Some(cents(1));
        assert_eq!(over(Estimate::Approximate(cents(31)), 100), one);
        assert_eq!(over(Estimate::Unknown, 71), None);
        assert!(over(Estimate::Unknown, 70).is_some());
    }

    #[test]
    fn a_refusal_tells_what_is_left_and_when_there_is_room() {
        let asked = (Estimate::Exact(cents(35)), cents(100));
        let happened = Some(Timestamp::from_millis(2_500));

        let reason = SPENDING.refusal(Scope::Channel, Period::Day, asked, happened);

        assert_eq!(
            reason,
            Reason::new("budget-channel")
                .with("window", "day")
                .with("limit", "$1.00")
                .with("used", "$0.70")
                .with("left", "$0.30")
                .with("estimate", "$0.35")
                .with("until", 86_403)
        );
        let hopeless = SPENDING.refusal(Scope::Channel, Period::Month, asked, None);
        assert!(!hopeless.args.contains_key("until"));
    }
}
