//! Where a window lies over the buckets of `totals`, and what is wrong with them when something is.
//!
//! The totals are kept by triggers (see the migrations), in the transaction of whatever they count.

use kling_core::{Money, Timestamp};

use crate::budget::Period;
use crate::quota::DAY as WINDOW;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long the pieces are in which starts of jobs are counted.
pub(super) const STARTS: i64 = 10 * MINUTE;

/// Sums that differ from their rows, as a check reads them: the least it needs to say what is wrong.
pub(super) const SAID_WRONG: &str = "
    SELECT scope, CAST(sum(spent) AS bigint), CAST(sum(held) AS bigint), CAST(sum(open) AS bigint),
        CAST(sum(started) AS bigint)
    FROM (
        SELECT scope, platform, whose, width, start, spent, held, open, started FROM totals
        UNION ALL
        SELECT scope, platform, whose, width, start, -spent, -held, -open, -started
        FROM totals_from_rows
    ) AS both_sides
    GROUP BY scope, platform, whose, width, start
    HAVING sum(spent) <> 0 OR sum(held) <> 0 OR sum(open) <> 0 OR sum(started) <> 0
    LIMIT 10";

/// The window that ends now: everything after `since` is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) since: i64,
    /// Where its first whole minute begins.
    pub(super) minute: i64,
    /// Where its first whole hour begins.
    pub(super) hour: i64,
    /// Where its first whole day begins; in a window of a day, never.
    pub(super) day: i64,
}

impl Window {
    pub(super) fn before(now: Timestamp, period: Period) -> Self {
        let since = (now - period.length()).as_millis();
        Self {
            since,
            minute: next(since, MINUTE),
            hour: next(since, HOUR),
            day: match period {
                Period::Day => i64::MAX,
                Period::Month => next(since, DAY),
            },
        }
    }
}

/// Where the first piece of starts begins that reaches into the last day.
pub(super) fn starts_since(now: Timestamp) -> i64 {
    next((now - WINDOW).as_millis() - STARTS + 1, STARTS)
}

/// Pieces of starts, each with its last moment: it counts until a day after that.
pub(super) fn pieces(rows: Vec<(i64, i64)>) -> Vec<(Timestamp, u64)> {
    let piece = |(start, count)| {
        let last = Timestamp::from_millis(start + STARTS - 1);
        (last, u64::try_from(count).unwrap_or(0))
    };
    rows.into_iter().map(piece).collect()
}

/// The first bucket that begins after a moment.
fn next(after: i64, width: i64) -> i64 {
    (after.div_euclid(width) + 1) * width
}

/// A sum that differs from its rows, in words.
pub(super) fn in_words(
    (scope, spent, held, open, started): (String, i64, i64, i64, i64),
) -> String {
    let money = Money::from_nanodollars;
    format!(
        "a total of one {scope} differs from its rows: by {} spent, {} held, {open} open and {started} started",
        money(spent),
        money(held)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_a_part_of_a_minute_and_a_part_of_an_hour() {
        let window = |now| {
            let window = Window::before(Timestamp::from_millis(DAY + now), Period::Day);
            (window.since, window.minute, window.hour)
        };

        assert_eq!(window(0), (0, MINUTE, HOUR));
        assert_eq!(window(-1 + MINUTE), (MINUTE - 1, MINUTE, HOUR));
        assert_eq!(window(HOUR - 1), (HOUR - 1, HOUR, HOUR));
        assert_eq!(window(90 * MINUTE), (90 * MINUTE, 91 * MINUTE, 2 * HOUR));
    }

    #[test]
    fn a_month_has_whole_days_and_a_day_has_none() {
        let now = Timestamp::from_millis(31 * DAY + HOUR);

        assert_eq!(Window::before(now, Period::Month).day, 2 * DAY);
        assert_eq!(Window::before(now, Period::Day).day, i64::MAX);
    }

    #[test]
    fn a_piece_of_starts_counts_as_long_as_its_last_moment_is_in_the_window() {
        let at = |now| starts_since(Timestamp::from_millis(DAY + now));

        assert_eq!(at(0), 0);
        assert_eq!(at(STARTS - 2), 0);
        assert_eq!(at(STARTS - 1), STARTS);
        assert_eq!(pieces(vec![(0, 2)])[0].0.as_millis(), STARTS - 1);
    }
}
