//! A token bucket that hands out turns: the moments at which calls may start.
//!
//! It keeps the moment at which it would be full again, and needs no timer of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No answer of a provider keeps it closed for longer.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Moments are durations since the clock's own beginning.
#[derive(Debug)]
pub(super) struct Bucket {
    /// One turn every so long.
    every: Duration,
    /// How far ahead of the even pace turns may come.
    slack: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When nothing is owed to the even pace any more.
    full_at: Duration,
    /// No turn comes before.
    closed_until: Duration,
    /// What the clock told last.
    seen: Duration,
}

impl State {
    /// Notes the time; where the clock was set back, everything moves with it.
    fn see(&mut self, now: Duration) {
        let back = self.seen.saturating_sub(now);
        self.full_at = self.full_at.saturating_sub(back);
        self.closed_until = self.closed_until.saturating_sub(back);
        self.seen = now;
    }
}

impl Bucket {
    pub(super) fn new(every: Duration) -> Self {
        Self {
            every,
            slack: Duration::ZERO,
            state: Mutex::default(),
        }
    }

    /// A fresh one of the same pace, of which that many turns can be had at once.
    pub(super) fn with_burst(&self, turns: u32) -> Self {
        Self {
            slack: self.every.saturating_mul(turns.saturating_sub(1)),
            ..Self::new(self.every)
        }
    }

    /// The next turn; how long it would take to come, if that is after `latest`.
    pub(super) fn reserve(&self, now: Duration, latest: Duration) -> Result<Turn<'_>, Duration> {
        let mut state = self.state();
        state.see(now);
        let paced = state.full_at.saturating_sub(self.slack);
        let at = paced.max(state.closed_until).max(now);
        if at > latest {
            return Err(at.saturating_sub(now));
        }
        let before = state.full_at;
        state.full_at = before.max(at).saturating_add(self.every);
        Ok(Turn {
            bucket: self,
            at,
            before,
            after: state.full_at,
            is_taken: false,
        })
    }

    /// Hands out no turn for that long.
    pub(super) fn close(&self, now: Duration, wait: Duration) {
        let mut state = self.state();
        state.see(now);
        let until = now.saturating_add(wait.min(LONGEST_PAUSE));
        state.closed_until = state.closed_until.max(until);
    }

    pub(super) fn is_open(&self, now: Duration) -> bool {
        let mut state = self.state();
        state.see(now);
        state.closed_until <= now
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reserved turn. Dropped without being taken it goes back, if nobody reserved one after it.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    bucket: &'a Bucket,
    at: Duration,
    before: Duration,
    after: Duration,
    is_taken: bool,
}

impl Turn<'_> {
    /// When it comes.
    pub(super) fn at(&self) -> Duration {
        self.at
    }

    pub(super) fn take(mut self) {
        self.is_taken = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.is_taken {
            return;
        }
        let mut state = self.bucket.state();
        if state.full_at == self.after {
            state.full_at = self.before;
        }
    }
}
