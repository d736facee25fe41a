//! The journal: what was asked of the emulator, and how it was answered.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::Clock;

/// The most entries kept; older ones are forgotten. Enough for hours of a busy demo.
const KEPT: usize = 20_000;

/// One thing that happened. Credentials never stand in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Entry {
    /// Its place in the journal, from 1. Given by [`Journal::append`].
    pub seq: u64,
    /// When, in the world's time. Given by [`Journal::append`].
    pub at_ms: u64,
    /// Who was asked: `aimlapi`, `discord`, `cdn`, `media`, …
    pub place: String,
    /// The HTTP method; empty for what is not HTTP.
    pub method: String,
    /// The path below the vendor's base, with its query.
    pub path: String,
    /// The status that was answered; none while there is no answer, or when there never was one.
    pub status: Option<u16>,
    /// Whatever else there is to say. `event` names what happened.
    pub detail: Value,
}

impl Entry {
    /// An entry without status and detail.
    pub fn new(place: &str, method: &str, path: &str) -> Self {
        Self {
            place: place.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// The same entry with a status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// The same entry with a detail.
    #[must_use]
    pub fn detail(self, detail: Value) -> Self {
        Self { detail, ..self }
    }

    /// What happened: the detail's `event`, or nothing.
    pub fn event(&self) -> &str {
        self.detail
            .get("event")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// The journal of one emulator.
#[derive(Debug)]
pub struct Journal {
    clock: Clock,
    entries: Mutex<VecDeque<Entry>>,
    /// The number of the last entry.
    last: watch::Sender<u64>,
}

impl Journal {
    /// An empty journal.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            entries: Mutex::default(),
            last: watch::Sender::new(0),
        }
    }

    /// Writes `entry` down with the next number and the present time; answers the number.
    pub fn append(&self, entry: Entry) -> u64 {
        let mut entries = self.lock();
        let seq = *self.last.borrow() + 1;
        entries.push_back(Entry {
            seq,
            at_ms: self.clock.now_ms(),
            ..entry
        });
        if entries.len() > KEPT {
            entries.pop_front();
        }
        self.last.send_replace(seq);
        seq
    }

    /// The entries with a number above `after`, oldest first.
    pub fn entries(&self, after: u64) -> Vec<Entry> {
        let entries = self.lock();
        let first = entries.partition_point(|entry| entry.seq <= after);
        entries.range(first..).cloned().collect()
    }

    /// The number of the last entry; 0 while there is none.
    pub fn last_seq(&self) -> u64 {
        *self.last.borrow()
    }

    /// The first entry, past or future, that `wanted` accepts; none when `timeout` of real time
    /// passes without one.
    pub async fn wait_for(
        &self,
        wanted: impl Fn(&Entry) -> bool,
        timeout: Duration,
    ) -> Option<Entry> {
        self.wait_for_after(0, wanted, timeout).await
    }

    /// Like [`Journal::wait_for`], among the entries with a number above `after`.
    pub async fn wait_for_after(
        &self,
        after: u64,
        wanted: impl Fn(&Entry) -> bool,
        timeout: Duration,
    ) -> Option<Entry> {
        let mut last = self.last.subscribe();
        let search = async {
            let mut after = after;
            loop {
                last.mark_unchanged();
                let fresh = self.entries(after);
                if let Some(found) = fresh.iter().find(|entry| wanted(entry)) {
                    return Some(found.clone());
                }
                after = fresh.last().map_or(after, |entry| entry.seq);
                if last.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(timeout, search).await.ok().flatten()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Entry, Journal};
    use crate::clock::Clock;

    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_waiter_gets_what_was_written_before_and_after_it_came() {
        let journal = Journal::new(Clock::new());
        journal.append(Entry::new("aimlapi", "POST", "/early").status(200));

        let early = journal
            .wait_for(|entry| entry.path == "/early", LONG)
            .await
            .unwrap();
        let waiting = journal.wait_for_after(early.seq, |entry| entry.path == "/late", LONG);
        let (late, _) = tokio::join!(waiting, async {
            journal.append(Entry::new("aimlapi", "GET", "/other"));
            tokio::task::yield_now().await;
            journal.append(Entry::new("aimlapi", "GET", "/late"))
        });

        assert_eq!((early.seq, early.status), (1, Some(200)));
        assert_eq!(late.unwrap().seq, 3);
        assert_eq!(journal.entries(1).len(), 2);
    }

    #[tokio::test]
    async fn a_waiter_in_vain_gets_nothing() {
        let journal = Journal::new(Clock::new());

        let nothing = journal.wait_for(|_| true, Duration::from_millis(1)).await;

        assert_eq!(nothing, None);
    }
}
