//! Files kept by what they are: each under its SHA-256, written once, durable before it is named.

use std::ops::Range;
use std::path::{Path as FolderPath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _};
use kling_core::{AssetContent, AssetReadError, ByteStream};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _};

use crate::error::EngineError;

mod aside;
mod draft;
mod link;
mod room;

pub(crate) use aside::Aside;
pub use draft::{Draft, Kept};
pub use link::{LinkError, LinkedFile, Links};
use room::Room;

/// Where half-written files are.
const DRAFTS: &str = "drafts";

/// Half-written files older than this were left by a process that is gone.
const STALE_AFTER: Duration = Duration::from_hours(24);

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The most bytes of all files together; `None` leaves it to the disk. Processes that share an archive may go over
    /// it by what they write between two counts, which is every [`clean_every`](crate::Options::clean_every).
    pub total_bytes: Option<u64>,
}

/// A place for files: inputs before they are submitted, results before they are delivered.
///
/// A file's key is `ab/cdef…`, its SHA-256 with a slash. The same bytes are one file, however often
/// they are written. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Archive(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn ObjectStore>,
    /// How many bytes are handed on at once. Stores in the cloud want 5 MiB, a folder takes any.
    part_bytes: usize,
    room: Room,
}

impl Archive {
    /// Opens a folder, given as a path or a `file:` URL; it is made where there is none, readable by
    /// its owner only.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when it is no folder and cannot become one.
    pub async fn open(url_or_folder: &str, limits: ArchiveLimits) -> Result<Self, EngineError> {
        let folder = folder_of(url_or_folder).ok_or_else(|| EngineError::Archive {
            doing: "read its address",
            source: "it takes a folder, or a file: URL".into(),
        })?;
        let store = tokio::task::spawn_blocking(move || open_folder(&folder))
            .await
            .map_err(|error| failed("open its folder", error))?
            .map_err(|error| failed("open its folder", error))?;
        let archive = Self(Arc::new(Inner {
            store: Arc::new(store),
            part_bytes: 256 * 1024,
            room: Room::new(limits.total_bytes),
        }));
        archive.count().await?;
        Ok(archive)
    }

    /// Begins a file of at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// [`EngineError::ArchiveFull`] or [`EngineError::Archive`].
    pub async fn draft(&self, max_bytes: u64) -> Result<Draft, EngineError> {
        // Room that another process made is seen here.
        self.has_room().await;
        Draft::begin(self.clone(), max_bytes).await
    }

    /// The bytes of a file, to be read as often as needed.
    pub fn content(&self, key: &str) -> Arc<dyn AssetContent> {
        Arc::new(Content {
            archive: self.clone(),
            key: key.to_owned(),
        })
    }

    /// All bytes of a file in memory, at most `max_bytes`.
    pub(crate) async fn read(&self, key: &str, max_bytes: u64) -> Result<Bytes, EngineError> {
        let failed = |error| failed("read a file", error);
        let mut stream = self.content(key).open().await.map_err(failed)?;
        let mut all = BytesMut::new();
        while let Some(chunk) = stream.next().await {
            all.extend_from_slice(&chunk.map_err(failed)?);
            if all.len() as u64 > max_bytes {
                return Err(failed(AssetReadError::TooLarge {
                    limit_bytes: max_bytes,
                }));
            }
        }
        Ok(all.freeze())
    }

    /// Some bytes of a file; fewer where it ends before.
    pub(crate) async fn piece(&self, key: &str, range: Range<u64>) -> Result<Bytes, EngineError> {
        let piece = self.0.store.get_range(&Path::from(key), range).await;
        piece.map_err(|error| failed("read a part of a file", error))
    }

    /// How many bytes a file has; `None` when it is not there.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when nobody can tell.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, EngineError> {
        match self.0.store.head(&Path::from(key)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("look for a file", error)),
        }
    }

    /// Some bytes of a file as they are read.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when it is not there, or ends before.
    pub async fn open_range(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<ByteStream, EngineError> {
        let options = GetOptions {
            range: (range != (0..0)).then(|| range.into()),
            ..GetOptions::default()
        };
        let found = self.0.store.get_opts(&Path::from(key), options).await;
        let found = found.map_err(|error| failed("read a file", error))?;
        let stream = found.into_stream();
        Ok(Box::pin(
            stream.map_err(|error| AssetReadError::Failed(Box::new(error))),
        ))
    }

    /// Deletes a file; one that is not there counts as deleted.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when it is there and stays.
    pub async fn delete(&self, key: &str) -> Result<(), EngineError> {
        self.remove(&Path::from(key)).await
    }

    async fn remove(&self, path: &Path) -> Result<(), EngineError> {
        let size = if self.0.room.is_limited() {
            self.0.store.head(path).await.map_or(0, |meta| meta.size)
        } else {
            0
        };
        match self.0.store.delete(path).await {
            Ok(()) => {
                self.0.room.freed(size);
                Ok(())
            }
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("delete a file", error)),
        }
    }

    async fn contains(&self, path: &Path) -> Result<bool, object_store::Error> {
        match self.0.store.head(path).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

struct Content {
    archive: Archive,
    key: String,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({})", self.key)
    }
}

#[async_trait::async_trait]
impl AssetContent for Content {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        let failed = |error: object_store::Error| AssetReadError::Failed(Box::new(error));
        let path = Path::from(self.key.as_str());
        let found = self.archive.0.store.get(&path).await.map_err(failed)?;
        Ok(Box::pin(found.into_stream().map_err(failed)))
    }
}

fn failed(
    doing: &'static str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> EngineError {
    let source = error.into();
    if is_no_room(source.as_ref()) {
        EngineError::ArchiveFull
    } else {
        EngineError::Archive { doing, source }
    }
}

/// Whether a full disk, or a spent quota of one, is at the bottom of it.
fn is_no_room(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    let here = error.downcast_ref::<std::io::Error>().is_some_and(|error| {
        matches!(error.kind(), StorageFull | QuotaExceeded)
            || error.get_ref().is_some_and(|inner| is_no_room(inner))
    });
    here || error.source().is_some_and(is_no_room)
}

/// The folder that an address means; `None` for an address of something else.
fn folder_of(address: &str) -> Option<PathBuf> {
    if let Ok(url) = url::Url::parse(address)
        && address.starts_with("file:///")
    {
        return url.to_file_path().ok();
    }
    let plain = address
        .strip_prefix("file://")
        .or_else(|| address.strip_prefix("file:"))
        .unwrap_or(address);
    (!plain.is_empty() && !plain.contains("://")).then(|| PathBuf::from(plain))
}

fn open_folder(
    folder: &FolderPath,
) -> Result<LocalFileSystem, Box<dyn std::error::Error + Send + Sync>> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder.join(DRAFTS))?;
    sweep_drafts(&folder.join(DRAFTS))?;
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
}

fn sweep_drafts(drafts: &FolderPath) -> std::io::Result<()> {
    for entry in std::fs::read_dir(drafts)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > STALE_AFTER {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
