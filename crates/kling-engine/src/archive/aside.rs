//! Deleting a file that nobody names, while another process may be about to name it.
//!
//! Nothing is locked, and no clock is asked. Who deletes first moves the file aside, then asks the store again whether
//! a row names it, and only then deletes it, or puts it back. Who writes a row looks afterwards whether the file is
//! there still, and if not, gets it again. So whatever the order, however long either of them pauses: the row came
//! first, and the file is put back; or the move came first, and the file is got again. What a dead process left aside
//! is judged in the same way by the next clean-up.

use futures::TryStreamExt as _;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;

use super::draft::key_of;
use super::{Archive, failed};
use crate::error::EngineError;

/// Where files are that are perhaps deleted.
const ASIDE: &str = "aside";

/// How many digits a SHA-256 has.
const SHA256_DIGITS: usize = 64;

/// A file that was moved aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aside {
    /// Where it was.
    pub(crate) key: String,
    place: Path,
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
        match self.0.store.rename(&Path::from(key), &place).await {
            Ok(()) => Ok(Some(Aside {
                key: key.to_owned(),
                place,
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("move a file aside", error)),
        }
    }

    /// Deletes what is aside, or puts it back when a row names it, which is to be asked after the move.
    pub(crate) async fn judge(&self, aside: &Aside, is_named: bool) -> Result<(), EngineError> {
        if !is_named {
            return self.remove(&aside.place).await;
        }
        let key = Path::from(aside.key.as_str());
        match self.0.store.rename(&aside.place, &key).await {
            // Should it be there again, it is the same; should another process have judged, so did it.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("put a file back", error)),
        }
    }

    /// What was moved aside, by whomever, and waits to be judged.
    pub(crate) async fn left_aside(&self) -> Result<Vec<Aside>, EngineError> {
        let found = self.0.store.list(Some(&Path::from(ASIDE)));
        found
            .try_filter_map(|meta| std::future::ready(Ok(aside_at(&meta.location))))
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
    })
}

#[cfg(test)]
mod tests;
