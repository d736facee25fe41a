//! The tasks of apiin.one, and who asked for how many in the last minute.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::shape::Progress;

/// One task.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// A text or a number.
    pub(super) id: Value,
    pub(super) account: String,
    /// From when on it can be found, in the world's time.
    pub(super) visible_ms: u64,
    /// From when on it is worked on.
    pub(super) begun_ms: u64,
    /// How it ended.
    pub(super) end: Option<Progress>,
}

impl Task {
    /// How far it is.
    pub(super) fn progress(&self, now_ms: u64) -> Progress {
        match &self.end {
            Some(end) => end.clone(),
            None if now_ms < self.begun_ms => Progress::Pending,
            None => Progress::Running,
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_id: BTreeMap<String, Task>,
    /// By account: when it asked, oldest first.
    asked: BTreeMap<String, VecDeque<u64>>,
}

impl Tasks {
    pub(super) fn add(&self, task: Task) {
        self.lock().by_id.insert(name(&task.id), task);
    }

    pub(super) fn end(&self, id: &Value, end: Progress) {
        if let Some(task) = self.lock().by_id.get_mut(&name(id)) {
            task.end = Some(end);
        }
    }

    /// What `account` can see under that id.
    pub(super) fn get(&self, id: &str, account: &str, now_ms: u64) -> Option<Task> {
        self.lock()
            .by_id
            .get(id)
            .filter(|task| task.account == account && task.visible_ms <= now_ms)
            .cloned()
    }

    /// Counts a request; no when the account had `most` in the minute before.
    pub(super) fn count(&self, account: &str, now_ms: u64, most: u32) -> bool {
        let mut inner = self.lock();
        let asked = inner.asked.entry(account.to_owned()).or_default();
        while asked.front().is_some_and(|at| at + 60_000 <= now_ms) {
            asked.pop_front();
        }
        let has_room = asked.len() < usize::try_from(most).unwrap_or(usize::MAX);
        if has_room {
            asked.push_back(now_ms);
        }
        has_room
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id as it stands in a path.
fn name(id: &Value) -> String {
    match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
