//! How old interactions are when they arrive, by a clock that may be wrong.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kling_core::Timestamp;

use crate::address::made_at;
use crate::limits;

/// How many of the latest interactions tell how wrong the clock is.
const REMEMBERED: usize = 32;

/// What the latest interactions looked like.
///
/// An interaction takes some milliseconds to get here. When every one of the latest looks seconds old, it is the
/// clock that runs ahead, and not Discord that is slow: the youngest of them is taken as new.
#[derive(Debug, Default)]
pub(crate) struct Ages(Mutex<VecDeque<Duration>>);

impl Ages {
    /// How old the interaction of this id is at `now`.
    pub(crate) fn of(&self, id: u64, now: Timestamp) -> Duration {
        let looks = now.since(made_at(id));
        if looks > limits::AGE_WORTH_BELIEVING {
            return Duration::ZERO;
        }
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.len() == REMEMBERED {
            latest.pop_front();
        }
        latest.push_back(looks);
        let ahead = latest.iter().min().copied().unwrap_or_default();
        looks.saturating_sub(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::snowflake_at;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn of(ages: &Ages, millis: u64) -> u128 {
        let id = snowflake_at(NOW - Duration::from_millis(millis));
        ages.of(id, NOW).as_millis()
    }

    #[test]
    fn a_late_interaction_is_told_from_those_in_time() {
        let ages = Ages::default();

        assert_eq!(of(&ages, 40), 0);
        assert_eq!(of(&ages, 60), 20);
        assert_eq!(of(&ages, 2_840), 2_800);
    }

    #[test]
    fn a_clock_that_runs_seconds_ahead_does_not_make_every_interaction_late() {
        let ages = Ages::default();

        let late = (0..100).filter(|n| of(&ages, 5_000 + n % 7) > 100).count();

        assert_eq!(late, 0);
    }

    #[test]
    fn a_clock_that_is_set_while_the_bot_runs_is_followed() {
        let ages = Ages::default();
        of(&ages, 40);

        for _ in 0..REMEMBERED {
            of(&ages, 5_000);
        }

        assert_eq!(of(&ages, 5_010), 10);
        assert_eq!(of(&ages, 30), 0);
    }

    #[test]
    fn a_clock_that_is_wrong_by_minutes_does_not_make_interactions_late() {
        assert_eq!(of(&Ages::default(), 600_000), 0);
    }
}
