//! Which connections are up, for readiness.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The shards that hear commands at this moment.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    up: BTreeSet<u32>,
    begun: u64,
}

impl Sessions {
    /// Whether any commands are heard.
    pub(crate) fn is_ready(&self) -> bool {
        !self.state().up.is_empty()
    }

    /// How many sessions have come about since the start.
    pub(crate) fn begun(&self) -> u64 {
        self.state().begun
    }

    /// A shard hears commands.
    pub(crate) fn ready(&self, shard: u32) {
        let mut state = self.state();
        if state.up.insert(shard) {
            state.begun += 1;
        }
    }

    /// A shard hears nothing.
    pub(crate) fn lost(&self, shard: u32) {
        self.state().up.remove(&shard);
    }

    /// No shard hears anything.
    pub(crate) fn clear(&self) {
        self.state().up.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
