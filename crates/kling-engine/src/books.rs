//! What the ledger adds up to: who spent what, how far estimates were off, and whether the books balance.

use kling_core::{ModelId, Money, ProviderId, Timestamp};

/// What spending is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpendBy {
    /// Each person, on their platform.
    Requester,
    /// Each server or workspace, on its platform; what was asked for outside of one together.
    Workspace,
    /// Each provider.
    Provider,
    /// Each model, at its provider.
    Model,
    /// Each day (UTC), newest first.
    Day,
}

/// What was spent by one of those that spending is told by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendLine {
    /// Where [`SpendLine::whose`] belongs: the platform of a person or workspace, the provider of a model.
    pub of: Option<String>,
    /// Who: a person, a workspace (empty outside of one), a provider, a model, or a day as `2026-11-20`.
    pub whose: String,
    /// Submissions that were paid for.
    pub submissions: u64,
    /// What they cost, as far as that is known.
    pub paid: Money,
    /// How much of that is what was expected, because nobody told what it was.
    pub assumed: Money,
    /// How many of them cost nobody knows what: it comes on top, and is not nothing.
    pub unknown: u64,
    /// What may have been paid for lost submissions on top, as far as that is known.
    pub in_doubt: Money,
    /// How many lost submissions may have cost nobody knows what.
    pub in_doubt_unknown: u64,
}

/// What stands on one account of the ledger. All of them together are nothing: what one gives another takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountBalance {
    /// `allowance` gives, `held` is for open jobs, `paid` went to providers, `in-doubt` may have.
    pub account: String,
    /// What it took, less what it gave.
    pub balance: Money,
    /// Movements of an unknown amount.
    pub unknown: u64,
}

/// How far the estimates of a model were from what it cost, over its last paid submissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The provider.
    pub provider: ProviderId,
    /// The model.
    pub model: ModelId,
    /// How many submissions were compared: those with an estimate, and a cost that somebody told.
    pub submissions: u64,
    /// What they were expected to cost together.
    pub expected: Money,
    /// What they cost together.
    pub actual: Money,
}

impl Drift {
    /// By how many percent of what was expected the cost was more, or less, rounded towards nothing. What was
    /// expected to be free and was not is off by any number.
    pub fn percent(&self) -> i64 {
        let (expected, actual) = (
            i128::from(self.expected.as_nanodollars()),
            i128::from(self.actual.as_nanodollars()),
        );
        match (actual - expected, expected) {
            (0, _) => 0,
            (_, 0) => i64::MAX,
            (off, expected) => i64::try_from(off * 100 / expected).unwrap_or(i64::MAX),
        }
    }
}

/// A stretch of time: from one moment to just before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first moment in it.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_is_told_in_percent_of_what_was_expected() {
        let off = |expected, actual| {
            let drift = Drift {
                provider: ProviderId::literal("acme"),
                model: ModelId::literal("acme/image-1"),
                submissions: 10,
                expected: Money::from_nanodollars(expected),
                actual: Money::from_nanodollars(actual),
            };
            drift.percent()
        };

        assert_eq!(off(100, 100), 0);
        assert_eq!(off(100, 125), 25);
        assert_eq!(off(200, 150), -25);
        assert_eq!(off(0, 0), 0);
        assert_eq!(off(0, 1), i64::MAX);
    }
}
