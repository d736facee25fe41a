//! How much an archive holds, and whether there is room for more.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use tokio::io::AsyncWriteExt as _;

use super::{Archive, DRAFTS, Draft, failed};
use crate::context::lock;
use crate::error::EngineError;

/// How long a full archive counts as full before it is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// How much a disk that was full has to take before it counts as having room: more than most results.
const PROBE_BYTES: u64 = 8 * 1024 * 1024;

/// How much is written at a time while a disk is tried.
static PROBE_PART: [u8; 64 * 1024] = [0; 64 * 1024];

/// How much is written before the disk is asked again how much it has.
const ASK_EVERY: u64 = 4 * 1024 * 1024;

/// What a disk has to keep free.
#[derive(Debug)]
pub(super) struct Floor {
    pub(super) folder: PathBuf,
    pub(super) free_bytes: u64,
}

impl Floor {
    /// Whether the disk has less than it should keep. One that cannot be asked counts as having room: the next write
    /// will tell.
    fn is_reached(&self) -> bool {
        let found = rustix::fs::statvfs(&self.folder);
        found.is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < self.free_bytes)
    }
}

/// What this process knows about the room in an archive.
///
/// What other processes add and delete is known when the files are counted: on opening, in every clean-up, and before
/// a full archive is said to be full still. Between two counts they may go over the limit together.
#[derive(Debug)]
pub(super) struct Room {
    limit: Option<u64>,
    floor: Option<Floor>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes of finished files.
    kept: u64,
    /// Bytes of files that this process is writing.
    drafted: u64,
    /// Bytes that may be written before the disk is asked again.
    unasked: u64,
    full: Option<Full>,
    looked: Option<Instant>,
}

/// Why the last file found no room.
#[derive(Clone, Copy, Debug)]
enum Full {
    /// The limit left no more than this.
    Limit { free: u64 },
    /// The disk, or its quota.
    Disk,
}

impl Room {
    pub(super) fn new(limit: Option<u64>, floor: Option<Floor>) -> Self {
        let state = Mutex::default();
        Self {
            limit,
            floor,
            state,
        }
    }

    pub(super) const fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// Takes room for some more bytes of a draft; false when there is none.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let mut state = lock(&self.state);
        let after = state
            .kept
            .saturating_add(state.drafted)
            .saturating_add(bytes);
        if let Some(limit) = self.limit
            && after > limit
        {
            let free = limit.saturating_sub(state.kept);
            state.full = Some(Full::Limit { free });
            return false;
        }
        if let Some(floor) = &self.floor {
            match state.unasked.checked_sub(bytes) {
                Some(left) => state.unasked = left,
                None if floor.is_reached() => {
                    state.full = Some(Full::Disk);
                    return false;
                }
                None => state.unasked = ASK_EVERY,
            }
        }
        state.drafted += bytes;
        true
    }

    /// A draft is no more: it became a file of its own, or none.
    pub(super) fn settle(&self, drafted: u64, kept: u64) {
        let mut state = lock(&self.state);
        state.drafted = state.drafted.saturating_sub(drafted);
        state.kept = state.kept.saturating_add(kept);
    }

    /// A file was deleted.
    pub(super) fn freed(&self, bytes: u64) {
        let mut state = lock(&self.state);
        state.kept = state.kept.saturating_sub(bytes);
        state.full = None;
    }

    pub(super) fn disk_is_full(&self) {
        lock(&self.state).full = Some(Full::Disk);
    }

    pub(super) fn has_taken_a_file(&self) {
        lock(&self.state).full = None;
    }

    pub(super) fn is_full(&self) -> bool {
        let state = lock(&self.state);
        let is_spent = self.limit.is_some_and(|limit| state.kept >= limit);
        let is_low = || self.floor.as_ref().is_some_and(Floor::is_reached);
        is_spent || state.full.is_some() || is_low()
    }

    fn kept(&self) -> u64 {
        lock(&self.state).kept
    }

    /// Corrects the count by what was found; what this process did meanwhile stays counted.
    fn counted(&self, before: u64, found: u64) {
        let mut state = lock(&self.state);
        state.kept = state.kept.saturating_add(found).saturating_sub(before);
    }

    /// Whether a full archive is due to be looked at again; if so, the caller does.
    fn is_due(&self) -> bool {
        let mut state = lock(&self.state);
        let is_due = state
            .looked
            .is_none_or(|looked| looked.elapsed() >= LOOK_AGAIN);
        if is_due {
            state.looked = Some(Instant::now());
        }
        is_due
    }

    /// How many bytes to try; `None` when there is no more room below the limit than when it was missed.
    fn worth_trying(&self) -> Option<u64> {
        let state = lock(&self.state);
        let free = self
            .limit
            .map_or(u64::MAX, |limit| limit.saturating_sub(state.kept));
        match state.full {
            Some(Full::Limit { free: before }) if free <= before => None,
            Some(Full::Limit { .. } | Full::Disk) | None => Some(free.min(PROBE_BYTES)),
        }
    }
}

impl Archive {
    /// Whether the last write found no room, or the next one will find none.
    pub fn is_full(&self) -> bool {
        self.0.room.is_full()
    }

    /// Whether it is worth while to begin work that ends in a file. An archive that was full is looked at again, now
    /// and then.
    pub(crate) async fn has_room(&self) -> bool {
        if !self.is_full() {
            return true;
        }
        if !self.0.room.is_due() {
            return false;
        }
        if let Err(error) = self.look_again().await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "the archive is still full"
            );
        }
        !self.is_full()
    }

    async fn look_again(&self) -> Result<(), EngineError> {
        self.count().await?;
        let Some(bytes) = self.0.room.worth_trying() else {
            return Ok(());
        };
        let mut probe = Draft::begin(self.clone(), bytes).await?;
        let mut left = bytes;
        while left > 0 {
            let (now, _) =
                PROBE_PART.split_at(PROBE_PART.len().min(left.try_into().unwrap_or(usize::MAX)));
            let written = probe.write_all(now).await;
            written.map_err(|error| failed("try for room", error))?;
            left -= now.len() as u64;
        }
        let tried = probe.try_out().await;
        tried.map_err(|error| failed("try for room", error))?;
        self.0.room.has_taken_a_file();
        Ok(())
    }

    /// Counts what is there, whoever put it there; nothing to do where there is no limit.
    pub(crate) async fn count(&self) -> Result<(), EngineError> {
        if !self.0.room.is_limited() {
            return Ok(());
        }
        let before = self.0.room.kept();
        let found = self
            .0
            .store
            .list(None)
            .try_filter(|meta| {
                let is_draft = meta.location.as_ref().starts_with(DRAFTS);
                std::future::ready(!is_draft)
            })
            .try_fold(0_u64, |sum, meta| async move { Ok(sum + meta.size) })
            .await;
        let found = found.map_err(|error| failed("add up its files", error))?;
        self.0.room.counted(before, found);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
