//! Money: nothing is started that could pass what is left.

use std::io::Write;

use kling_core::{Estimate, Money};

/// A price that is only believed may be wrong by this factor before the budget is.
const MARGIN: u32 = 2;

/// The most that a call is expected to cost; `None` when nobody knows.
pub(crate) fn worst(estimate: Estimate) -> Option<Money> {
    match estimate {
        Estimate::Exact(amount) => Some(amount),
        Estimate::Approximate(amount) => Some(amount.times(MARGIN)),
        Estimate::Unknown => None,
    }
}

/// What became of one call's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charge {
    /// So much.
    Known(Money),
    /// It may have been charged, and how much is not known.
    Open,
}

/// What may be spent, and what was.
pub(crate) struct Budget {
    limit: Money,
    left: Money,
    lines: Vec<(String, Charge, Option<Money>)>,
}

impl Budget {
    pub(crate) fn new(limit: Money) -> Self {
        Self {
            limit,
            left: limit,
            lines: Vec::new(),
        }
    }

    pub(crate) fn left(&self) -> Money {
        self.left
    }

    /// Whether a call that costs at most so much may start.
    pub(crate) fn allows(&self, worst: Option<Money>, allow_unknown: bool) -> bool {
        match worst {
            Some(worst) => worst <= self.left,
            None => allow_unknown && self.left > Money::ZERO,
        }
    }

    /// Writes down what a call came to. What is open counts as its worst.
    pub(crate) fn settle(&mut self, call: String, worst: Option<Money>, charge: Charge) {
        let counted = match charge {
            Charge::Known(amount) => amount,
            Charge::Open => worst.unwrap_or(self.left),
        };
        self.left = self.left - counted;
        self.lines.push((call, charge, worst));
    }

    /// What is known to have been charged.
    pub(crate) fn spent(&self) -> Money {
        let known = self.lines.iter().filter_map(|(_, charge, _)| match charge {
            Charge::Known(amount) => Some(*amount),
            Charge::Open => None,
        });
        known.sum()
    }

    pub(crate) fn tell(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "== ledger")?;
        for (call, charge, worst) in &self.lines {
            match (charge, worst) {
                (Charge::Known(amount), _) => line(out, *amount, call)?,
                (Charge::Open, Some(worst)) => {
                    line(out, "?", &format!("{call}: not known, counted as {worst}"))?;
                }
                (Charge::Open, None) => {
                    line(out, "?", &format!("{call}: not known, counted as all"))?;
                }
            }
        }
        let (spent, limit, left) = (self.spent(), self.limit, self.left);
        line(out, spent, &format!("known, of {limit}; {left} left"))
    }
}

/// A figure, in a column of its own, and what it is.
pub(crate) fn line(
    out: &mut dyn Write,
    figure: impl std::fmt::Display,
    what: &str,
) -> std::io::Result<()> {
    writeln!(out, "{:>10}  {what}", format!("{figure}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(cents: i64) -> Money {
        Money::from_microdollars(cents * 10_000)
    }

    #[test]
    fn a_believed_price_needs_twice_its_amount_and_an_unknown_one_leave() {
        let budget = Budget::new(cents(10));

        let allows = |estimate| budget.allows(worst(estimate), false);
        assert!(allows(Estimate::Exact(cents(10))));
        assert!(!allows(Estimate::Exact(cents(11))));
        assert!(allows(Estimate::Approximate(cents(5))));
        assert!(!allows(Estimate::Approximate(cents(6))));
        assert!(!allows(Estimate::Unknown));
        assert!(budget.allows(None, true));
    }

    #[test]
    fn what_is_not_known_counts_as_the_worst() {
        let mut budget = Budget::new(cents(10));
        budget.settle("a".to_owned(), Some(cents(6)), Charge::Open);
        budget.settle("b".to_owned(), Some(cents(4)), Charge::Known(cents(1)));

        assert_eq!(budget.left(), cents(3));
        assert_eq!(budget.spent(), cents(1));

        budget.settle("c".to_owned(), None, Charge::Open);
        assert_eq!(budget.left(), Money::ZERO);
        assert!(!budget.allows(None, true));
    }
}
