//! Sees when the clock that decisions go by is set forward or back, and reckons without that.

use std::sync::Mutex;
use std::time::Duration;

use kling_core::Timestamp;
use tokio::time::Instant;

use crate::context::lock;

/// How many leaps are remembered. More than these within one job's life is no clock at all.
const MOST: usize = 16;

/// The clock was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leap {
    /// What it would have said, in milliseconds.
    from: i64,
    /// What it said instead.
    to: i64,
}

impl Leap {
    /// By how much it was set back, if it was.
    pub(crate) fn back(self) -> Option<Duration> {
        u64::try_from(self.from - self.to)
            .ok()
            .filter(|millis| *millis > 0)
            .map(Duration::from_millis)
    }

    /// By how much it was set forward, if it was.
    pub(crate) fn forward(self) -> Option<Duration> {
        let turned = Self {
            from: self.to,
            to: self.from,
        };
        turned.back()
    }

    /// Whether something that bears this date was written before the leap. Of the hour that a clock that was
    /// set back shows twice, the second time is meant: what it says is younger than it is.
    fn is_after(self, moment: i64, now: i64) -> bool {
        if self.to > self.from {
            moment <= i64::midpoint(self.from, self.to)
        } else {
            moment < self.to || moment > now
        }
    }
}

/// What the clock said when it was looked at last, by one that cannot be set.
#[derive(Debug)]
struct Look {
    begun: Instant,
    ended: Instant,
    said: i64,
}

/// Compares the store's clock with one that cannot be set.
#[derive(Debug, Default)]
pub(crate) struct Leaps(Mutex<(Option<Look>, Vec<Leap>)>);

impl Leaps {
    /// Compares what the clock says, asked between two moments, with what it said before. It was set when it
    /// differs by more than `tolerance`.
    pub(crate) fn look(
        &self,
        begun: Instant,
        said: Timestamp,
        tolerance: Duration,
    ) -> Option<Leap> {
        let (ended, said) = (Instant::now(), said.as_millis());
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let mut seen = lock(&self.0);
        let (last, leaps) = &mut *seen;
        let look = Look { begun, ended, said };
        let before = last.replace(look)?;
        if begun < before.ended {
            // Two looks at once say nothing about each other.
            *last = Some(before);
            return None;
        }
        let least = before.said + millis(begun.saturating_duration_since(before.ended));
        let most = before.said + millis(ended.saturating_duration_since(before.begun));
        let leap = if said > most.saturating_add(millis(tolerance)) {
            Leap {
                from: most,
                to: said,
            }
        } else if said < least.saturating_sub(millis(tolerance)) {
            Leap {
                from: least,
                to: said,
            }
        } else {
            return None;
        };
        if leaps.len() == MOST {
            leaps.remove(0);
        }
        leaps.push(leap);
        Some(leap)
    }

    /// How long ago a moment was, whatever the clock was set by since.
    pub(crate) fn age(&self, moment: Timestamp, now: Timestamp) -> Duration {
        let millis = now.as_millis() - moment.as_millis() - self.shift(moment, now);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// By how many milliseconds the clock was set forward (or, below nought, back) since a moment.
    pub(crate) fn shift(&self, moment: Timestamp, now: Timestamp) -> i64 {
        let seen = lock(&self.0);
        let (moment, now) = (moment.as_millis(), now.as_millis());
        let since = seen.1.iter().filter(|leap| leap.is_after(moment, now));
        since.map(|leap| leap.to - leap.from).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const TOLERANCE: Duration = Duration::from_secs(30);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// A clock that said each of these in turn, a second apart.
    async fn after(said: &[i64]) -> (Leaps, Vec<Option<Leap>>) {
        let leaps = Leaps::default();
        let mut found = Vec::new();
        for said in said {
            found.push(leaps.look(Instant::now(), at(*said), TOLERANCE));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        (leaps, found)
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_goes_as_it_should_was_not_set() {
        let (leaps, found) = after(&[0, 1_000, 2_001, 2_998]).await;

        assert_eq!(found, [None; 4]);
        assert_eq!(leaps.age(at(500), at(3_000)), Duration::from_millis(2_500));
    }

    #[tokio::test(start_paused = true)]
    async fn an_hour_that_never_passed_makes_nothing_older() {
        let (leaps, found) = after(&[0, HOUR + 1_000, HOUR + 2_000]).await;
        let now = at(HOUR + 2_000);

        let forward = found[1].and_then(Leap::forward);
        assert_eq!(forward, Some(Duration::from_hours(1)));
        assert_eq!(leaps.age(at(0), now), Duration::from_secs(2));
        assert_eq!(leaps.age(at(HOUR + 1_000), now), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_back_makes_nothing_younger() {
        let (leaps, found) = after(&[HOUR, 1_000, 2_000]).await;
        let now = at(2_000);

        let back = found[1].and_then(Leap::back);
        assert_eq!(back, Some(Duration::from_hours(1)));
        assert_eq!(leaps.age(at(HOUR - 5_000), now), Duration::from_secs(7));
        assert_eq!(leaps.age(at(1_500), now), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_is_no_leap() {
        let leaps = Leaps::default();
        leaps.look(Instant::now(), at(0), TOLERANCE);
        let begun = Instant::now();
        tokio::time::advance(Duration::from_mins(5)).await;

        assert_eq!(leaps.look(begun, at(1), TOLERANCE), None);
    }
}
