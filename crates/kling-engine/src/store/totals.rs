//! Where a window lies over the buckets of `totals`, and what is wrong with them when something is.
//!
//! The totals are kept by triggers (see the migrations), in the transaction of whatever they count.

use kling_core::{Money, Timestamp};

use crate::quota::WINDOW;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;

/// Sums that differ from their rows, as a check reads them: the least it needs to say what is wrong.
pub(super) const SAID_WRONG: &str = "
    SELECT scope, CAST(sum(spent) AS bigint), CAST(sum(held) AS bigint) FROM (
        SELECT scope, platform, whose, width, start, spent, held FROM totals
        UNION ALL
        SELECT scope, platform, whose, width, start, -spent, -held FROM totals_from_rows
    ) AS both_sides
    GROUP BY scope, platform, whose, width, start
    HAVING sum(spent) <> 0 OR sum(held) <> 0
    LIMIT 10";

/// The window that ends now: everything after `since` is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) since: i64,
    /// Where its first whole minute begins.
    pub(super) minute: i64,
    /// Where its first whole hour begins.
    pub(super) hour: i64,
}

impl Window {
    pub(super) fn before(now: Timestamp) -> Self {
        let since = (now - WINDOW).as_millis();
        Self {
            since,
            minute: next(since, MINUTE),
            hour: next(since, HOUR),
        }
    }
}

/// The first bucket that begins after a moment.
fn next(after: i64, width: i64) -> i64 {
    (after.div_euclid(width) + 1) * width
}

/// The platform that a scope is counted under: the deployment is one, on every platform.
pub(super) fn platform_of<'a>(scope: &str, platform: &'a str) -> &'a str {
    if scope == "deployment" { "" } else { platform }
}

/// A sum that differs from its rows, in words.
pub(super) fn in_words((scope, spent, held): (String, i64, i64)) -> String {
    let money = Money::from_nanodollars;
    format!(
        "a total of one {scope} differs from its rows: by {} spent and {} held",
        money(spent),
        money(held)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_a_part_of_a_minute_and_a_part_of_an_hour() {
        let day = 24 * HOUR;
        let window = |now| {
            let window = Window::before(Timestamp::from_millis(day + now));
            (window.since, window.minute, window.hour)
        };

        assert_eq!(window(0), (0, MINUTE, HOUR));
        assert_eq!(window(-1 + MINUTE), (MINUTE - 1, MINUTE, HOUR));
        assert_eq!(window(HOUR - 1), (HOUR - 1, HOUR, HOUR));
        assert_eq!(window(90 * MINUTE), (90 * MINUTE, 91 * MINUTE, 2 * HOUR));
    }
}
