//! How often Discord asked to wait, told once a minute: a storm of it is one story.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How soon it is told again.
const AGAIN_AFTER: Duration = Duration::from_mins(1);

/// When it was told last, and how many times it came since.
#[derive(Debug, Default)]
pub(super) struct Busy(Mutex<(Option<Instant>, u32)>);

impl Busy {
    /// Counts one. Where it is to be told: how many there were since it was told last.
    pub(super) fn count(&self, now: Instant) -> Option<u32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (told, times) = &mut *state;
        *times = times.saturating_add(1);
        if told.is_some_and(|told| now.saturating_duration_since(told) < AGAIN_AFTER) {
            return None;
        }
        *told = Some(now);
        Some(std::mem::take(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_rest_of_a_minute_as_one() {
        let busy = Busy::default();
        let start = Instant::now();

        assert_eq!(busy.count(start), Some(1));
        for second in 1..60 {
            assert_eq!(busy.count(start + Duration::from_secs(second)), None);
        }
        assert_eq!(busy.count(start + AGAIN_AFTER), Some(60));
        assert_eq!(busy.count(start + AGAIN_AFTER), None);
    }
}
