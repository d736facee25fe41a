//! Deleting a file that nobody names, while another process may be about to name it.
//!
//! Nothing is locked, and no clock is asked. Who deletes first moves the file aside, then asks the store again whether
//! a row names it, and only then deletes it, or puts it back. Who writes a row looks afterwards whether the file is
//! there still, and if not, gets it again. So whatever the order, however long either of them pauses: the row came
//! first, and the file is put back; or the move came first, and the file is got again. What a dead process left aside
//! is judged in the same way by the next clean-up.
//!
//! A folder moves a file in one step. A bucket copies it and then deletes it, and between the two nobody else may take
//! the copy away: so in a bucket what is aside stays there for a while (`SETTLES_AFTER`), longer than any request may
//! take, and is only then judged for good. A process that stands still for longer than that between its two requests
//! is what this does not hold against; it does not delete when it notices.

use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use kling_core::{Clock as _, SystemClock};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;

use super::draft::key_of;
use super::{Archive, failed};
use crate::error::EngineError;

/// Where files are that are perhaps deleted.
const ASIDE: &str = "aside";

/// How long a copy in a bucket is left alone: nobody may still be in the middle of its move.
pub(super) const SETTLES_AFTER: Duration = Duration::from_hours(1);

/// How many digits a SHA-256 has.
const SHA256_DIGITS: usize = 64;

/// A file that was moved aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aside {
    /// Where it was.
    pub(crate) key: String,
    place: Path,
    /// Whether somebody else may take it for theirs, so that it is not to be deleted yet.
    is_fresh: bool,
}

impl Archive {
    /// Moves a file aside; `None` when it is not there.
    pub(crate) async fn set_aside(&self, key: &str) -> Result<Option<Aside>, EngineError> {
        // Each move has a place of its own: what is aside is never mixed up with what comes later.
        let name = format!(
            "{}.{}",
            key.replace('/', ""),
            ulid::Ulid::from_parts(0, rand::random())
        );
        let place = Path::from(ASIDE).join(name);
        let moved = match self.0.settles_after {
            None => self.0.store.rename(&Path::from(key), &place).await,
            Some(patience) => self.copy_and_delete(key, &place, patience).await,
        };
        match moved {
            Ok(()) => Ok(Some(Aside {
                key: key.to_owned(),
                place,
                is_fresh: self
                    .0
                    .settles_after
                    .is_some_and(|patience| !patience.is_zero()),
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("move a file aside", error)),
        }
    }

    async fn copy_and_delete(
        &self,
        key: &str,
        place: &Path,
        patience: Duration,
    ) -> Result<(), object_store::Error> {
        let begun = Instant::now();
        let key = Path::from(key);
        self.0.store.copy(&key, place).await?;
        if !patience.is_zero() && begun.elapsed() > patience / 2 {
            return Err(object_store::Error::Generic {
                store: "the archive",
                source: "it took too long to copy a file".into(),
            });
        }
        self.0.store.delete(&key).await
    }

    /// Deletes what is aside, or puts it back when a row names it, which is to be asked after the move.
    pub(crate) async fn judge(&self, aside: &Aside, is_named: bool) -> Result<(), EngineError> {
        if !is_named {
            if aside.is_fresh {
                return Ok(());
            }
            return self.remove(&aside.place).await;
        }
        let key = Path::from(aside.key.as_str());
        let store = &self.0.store;
        let put_back = match self.0.settles_after {
            None => store.rename(&aside.place, &key).await,
            Some(_) => match self.contains(&key).await {
                Ok(true) => Ok(()),
                Ok(false) => store.copy(&aside.place, &key).await,
                Err(error) => Err(error),
            },
        };
        match put_back {
            // Should it be there again, it is the same; should another process have judged, so did it.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(failed("put a file back", error)),
        }
        if self.0.settles_after.is_some() && !aside.is_fresh {
            return self.remove(&aside.place).await;
        }
        Ok(())
    }

    /// What a process that is gone moved aside, and in a bucket what was moved aside long enough ago.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when nobody can tell.
    pub(crate) async fn left_aside(&self) -> Result<Vec<Aside>, EngineError> {
        let before = SystemClock.now() - self.0.settles_after.unwrap_or_default();
        let found = self.0.store.list(Some(&Path::from(ASIDE)));
        found
            .try_filter_map(|meta| {
                let is_settled = meta.last_modified.timestamp_millis() <= before.as_millis()
                    || self
                        .0
                        .settles_after
                        .is_none_or(|patience| patience.is_zero());
                std::future::ready(Ok(is_settled.then(|| aside_at(&meta.location)).flatten()))
            })
            .try_collect()
            .await
            .map_err(|error| failed("look for files that were moved aside", error))
    }

    /// To be asked after a row names a file.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when it was deleted meanwhile: it is to be got again.
    pub(crate) async fn still_has(&self, key: &str) -> Result<(), EngineError> {
        match self.size(key).await? {
            Some(_) => Ok(()),
            None => Err(failed(
                "keep a file",
                "an old file of the same bytes was deleted at the same moment",
            )),
        }
    }
}

fn aside_at(place: &Path) -> Option<Aside> {
    let (sha256, _) = place.filename()?.split_once('.')?;
    let is_hash = sha256.len() == SHA256_DIGITS && sha256.bytes().all(|c| c.is_ascii_hexdigit());
    is_hash.then(|| Aside {
        key: key_of(sha256),
        place: place.clone(),
        is_fresh: false,
    })
}

#[cfg(test)]
mod tests;
