//! The tasks of inference.sh: what was asked for, and everything that happened to it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::status::{Status, StatusTable};
use crate::clock::iso;

/// A file that a task took or made.
#[derive(Clone, Debug)]
pub(super) struct TaskFile {
    pub(super) role: &'static str,
    pub(super) uri: String,
}

impl TaskFile {
    /// Its id: the token it is kept under, or its whole address when it is not ours.
    pub(super) fn id(&self) -> &str {
        self.uri.rsplit('/').nth(1).unwrap_or(&self.uri)
    }
}

/// One task.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Its place among all of them, from 1.
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) account: String,
    /// From when on it can be found, in the world's time.
    pub(super) visible_ms: u64,
    /// What it was asked with: the fields of the body that are told again.
    pub(super) asked: Value,
    /// When it came to every state it was in, the first one first; never empty.
    pub(super) events: Vec<(u64, Status)>,
    pub(super) output: Value,
    pub(super) error: String,
    pub(super) files: Vec<TaskFile>,
    pub(super) cancel: CancellationToken,
}

impl Task {
    pub(super) fn status(&self) -> Status {
        self.events
            .last()
            .map_or(Status::Received, |(_, status)| *status)
    }

    /// How many things have happened to it.
    pub(super) fn revision(&self) -> usize {
        self.events.len()
    }

    /// The task as the API tells of it, now.
    pub(super) fn told(&self, table: StatusTable) -> Value {
        self.told_at(self.revision(), table)
    }

    /// The task as it was when so many things had happened to it.
    pub(super) fn told_at(&self, revision: usize, table: StatusTable) -> Value {
        let events = self.events.get(..revision).unwrap_or(&self.events);
        let created_ms = self.events.first().map_or(0, |(at_ms, _)| *at_ms);
        let (updated_ms, status) = events
            .last()
            .copied()
            .unwrap_or((created_ms, Status::Received));
        let history: Vec<Value> = events
            .iter()
            .map(|(at_ms, status)| {
                json!({
                    "task_id": self.id,
                    "status": status.written(table),
                    "event_time": iso(*at_ms),
                    "created_at": iso(*at_ms),
                })
            })
            .collect();
        let is_end = status.is_end();
        let short: String = self.id.chars().take(8).collect();
        let mut told = json!({
            "id": self.id,
            "short_id": short,
            "created_at": iso(created_ms),
            "updated_at": iso(updated_ms),
            "status": status.written(table),
            "status_text": status.name(),
            "output": if is_end { self.output.clone() } else { Value::Null },
            "error": if is_end && !self.error.is_empty() { json!(self.error) } else { Value::Null },
            "events": history,
            "logs": [],
            "usage_events": [],
            "rating": "unknown",
            "session_id": null,
        });
        if let (Some(told), Some(asked)) = (told.as_object_mut(), self.asked.as_object()) {
            told.extend(asked.clone());
        }
        told
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    inner: Mutex<Inner>,
    /// Counts everything that happens to any of them.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    by_number: BTreeMap<u64, Task>,
    numbers: BTreeMap<String, u64>,
    last: u64,
}

impl Tasks {
    /// Adds a task and gives it its number.
    pub(super) fn add(&self, task: Task) {
        let mut inner = self.lock();
        inner.last += 1;
        let number = inner.last;
        inner.numbers.insert(task.id.clone(), number);
        inner.by_number.insert(number, Task { number, ..task });
        drop(inner);
        self.bump();
    }

    /// Lets something happen to a task: a new state, and whatever comes with it. Nothing happens to
    /// those that have ended.
    pub(super) fn step(
        &self,
        id: &str,
        now_ms: u64,
        status: Status,
        change: impl FnOnce(&mut Task),
    ) {
        let mut inner = self.lock();
        let number = inner.numbers.get(id).copied().unwrap_or_default();
        if let Some(task) = inner.by_number.get_mut(&number)
            && !task.status().is_end()
        {
            change(task);
            task.events.push((now_ms, status));
        }
        drop(inner);
        self.bump();
    }

    /// Changes what is told of a task without a new state.
    pub(super) fn alter(&self, id: &str, change: impl FnOnce(&mut Task)) {
        let mut inner = self.lock();
        let number = inner.numbers.get(id).copied().unwrap_or_default();
        if let Some(task) = inner.by_number.get_mut(&number) {
            change(task);
        }
    }

    /// What `account` can see under that id.
    pub(super) fn get(&self, id: &str, account: &str, now_ms: u64) -> Option<Task> {
        let inner = self.lock();
        let task = inner.by_number.get(inner.numbers.get(id)?)?;
        (task.account == account && task.visible_ms <= now_ms).then(|| task.clone())
    }

    /// All that `account` can see, oldest first.
    pub(super) fn of(&self, account: &str, now_ms: u64) -> Vec<Task> {
        let inner = self.lock();
        let seen = inner
            .by_number
            .values()
            .filter(|task| task.account == account && task.visible_ms <= now_ms);
        seen.cloned().collect()
    }

    /// Forgets a task.
    pub(super) fn remove(&self, id: &str) {
        let mut inner = self.lock();
        if let Some(number) = inner.numbers.remove(id) {
            inner.by_number.remove(&number);
        }
        drop(inner);
        self.bump();
    }

    /// Wakes whenever something happens to any of them.
    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn bump(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
