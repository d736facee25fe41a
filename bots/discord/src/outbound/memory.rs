//! What this process has learned about jobs' messages: doors that are closed, and what was told in private.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kling_engine::{JobId, Receipt};

/// Jobs remembered at once; a forgotten one is only asked once more in vain.
const JOBS: usize = 4_096;

/// What was learned, by job. Bounded.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<HashMap<JobId, Seen>>);

/// What was learned about one job.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// The interaction's token, or its first answer, is gone.
    pub(crate) original_gone: bool,
    /// The status message cannot be edited through its channel.
    pub(crate) message_gone: bool,
    /// The private notice of a refusal, once it was sent.
    pub(crate) told: Option<Receipt>,
}

impl Memory {
    /// What is known.
    pub(crate) fn of(&self, id: &JobId) -> Seen {
        self.jobs().get(id).cloned().unwrap_or_default()
    }

    /// Learns something.
    pub(crate) fn learn(&self, id: &JobId, what: impl FnOnce(&mut Seen)) {
        let mut jobs = self.jobs();
        if jobs.len() >= JOBS && !jobs.contains_key(id) {
            // Names sort by age: the older half goes.
            let mut names: Vec<JobId> = jobs.keys().cloned().collect();
            names.sort_unstable();
            for name in names.iter().take(JOBS / 2) {
                jobs.remove(name);
            }
        }
        what(jobs.entry(id.clone()).or_default());
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kling_core::Timestamp;

    use super::*;

    #[test]
    fn memory_is_bounded_and_the_oldest_are_forgotten() {
        let memory = Memory::default();
        let id = |n: usize| JobId::new(Timestamp::from_millis(i64::try_from(n).expect("small")));
        let ids: Vec<JobId> = (0..=JOBS).map(id).collect();

        for id in &ids {
            memory.learn(id, |seen| seen.original_gone = true);
        }

        assert_eq!(memory.of(&ids[0]), Seen::default());
        assert!(memory.of(&ids[JOBS]).original_gone);
        assert!(memory.jobs().len() <= JOBS);
    }
}
