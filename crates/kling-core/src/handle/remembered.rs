//! A task, as far as a handle has to remember it.

use std::time::Duration;

use super::{decode_id, encode_id};
use crate::{Money, Timestamp};

/// What stands in place of a price that nobody knows.
const UNKNOWN: &str = "-";

/// A task, as far as it has to be remembered at a provider that neither shows it at once nor says what it
/// charged for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedTask {
    /// The provider's own id of it.
    pub id: String,
    /// What it is expected to cost, where that is known.
    pub price: Option<Money>,
    /// When the provider's answer came, by the clock of the machine that submitted.
    pub submitted_at: Timestamp,
}

impl RememberedTask {
    /// Writes it down: `<milliseconds since 1970>.<nano-dollars, or ->.<id, percent-encoded>`.
    pub fn to_text(&self) -> String {
        let at = self.submitted_at.as_millis();
        let price = self.price.map_or_else(
            || UNKNOWN.to_owned(),
            |price| price.as_nanodollars().to_string(),
        );
        format!("{at}.{price}.{}", encode_id(&self.id))
    }

    /// Reads what [`RememberedTask::to_text`] has written; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let (at, rest) = text.split_once('.')?;
        let (price, id) = rest.split_once('.')?;
        let price = match price {
            UNKNOWN => None,
            known => Some(Money::from_nanodollars(at_least_zero(known)?)),
        };
        Some(Self {
            id: decode_id(id)?,
            price,
            submitted_at: Timestamp::from_millis(at_least_zero(at)?),
        })
    }

    /// Whether it was submitted so shortly before (or, by another machine's clock, after) that the
    /// provider may not know it yet.
    pub fn may_be_unknown(&self, grace: Duration, now: Timestamp) -> bool {
        let apart = now
            .since(self.submitted_at)
            .max(self.submitted_at.since(now));
        apart < grace
    }
}

fn at_least_zero(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}
