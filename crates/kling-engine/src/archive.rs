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
mod bucket;
mod draft;
mod link;
mod room;

pub(crate) use aside::Aside;
pub use bucket::BucketOptions;
use bucket::{Arriving, Bucket, Trouble};
pub use draft::{Draft, Kept};
pub use link::{LinkError, LinkedFile, Links};
use room::{Floor, Room};

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
    /// How many bytes the disk has to keep free, for whatever else is on it: the disk of the folder, or of a bucket's
    /// [`work_folder`](BucketOptions::work_folder). `None` uses it to the last byte.
    pub free_bytes: Option<u64>,
}

/// A place for files: inputs before they are submitted, results before they are delivered.
///
/// A file's key is `ab/cdef…`, its SHA-256 with a slash. The same bytes are one file, however often
/// they are written. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Archive(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Where finished files are.
    store: Arc<dyn ObjectStore>,
    desk: Desk,
    /// What `store` is in, where that is no folder.
    bucket: Option<Bucket>,
    /// How many bytes are handed on at once.
    part_bytes: usize,
    /// How long what was moved aside is left alone, where a move takes two steps.
    settles_after: Option<Duration>,
    room: Room,
}

/// The folder of this machine in which files are written.
#[derive(Debug)]
struct Desk {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl Inner {
    fn new(desk: Desk, bucket: Option<Bucket>, limits: ArchiveLimits) -> Self {
        let floor = limits.free_bytes.map(|free_bytes| Floor {
            folder: desk.folder.clone(),
            free_bytes,
        });
        Self {
            store: bucket
                .as_ref()
                .map_or_else(|| Arc::clone(&desk.store), Bucket::store),
            desk,
            settles_after: bucket.is_some().then_some(aside::SETTLES_AFTER),
            bucket,
            part_bytes: 32 * 1024,
            room: Room::new(limits.total_bytes, floor),
        }
    }
}

impl Archive {
    /// The folder that an address means, as [`Archive::open`] reads it; `None` for that of a bucket.
    pub fn folder_of(address: &str) -> Option<PathBuf> {
        folder_of(address)
    }

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
        let desk = desk_in(folder, true).await?;
        let archive = Self(Arc::new(Inner::new(desk, None, limits)));
        archive.count().await?;
        Ok(archive)
    }

    /// Opens a bucket of Amazon S3, or of a store that speaks as it does.
    ///
    /// A bucket that does not answer is no failure: files wait until it does.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when its address cannot be used, it does not let us in, or the work folder cannot be
    /// made.
    pub async fn open_bucket(
        options: &BucketOptions,
        limits: ArchiveLimits,
    ) -> Result<Self, EngineError> {
        let bucket = Bucket::open(options)?;
        let desk = desk_in(options.work_folder.clone(), false).await?;
        let archive = Self(Arc::new(Inner::new(desk, Some(bucket), limits)));
        let first = archive.0.store.list(Some(&Path::from("keys"))).next().await;
        let counted = match first {
            Some(Err(error)) => Err(failed("open its bucket", error)),
            Some(Ok(_)) | None => archive.count().await,
        };
        match counted {
            Err(error) if !may_pass(&error) => Err(error),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the bucket of the archive does not answer; files wait until it does"
                );
                Ok(archive)
            }
            Ok(()) => Ok(archive),
        }
    }

    /// Puts away what processes that are gone left half-written.
    pub(crate) async fn sweep(&self) -> Result<(), EngineError> {
        let drafts = self.0.desk.folder.join(DRAFTS);
        tokio::task::spawn_blocking(move || sweep_drafts(&drafts))
            .await
            .map_err(|error| failed("put half-written files away", error))?
            .map_err(|error| failed("put half-written files away", error))?;
        if let Some(bucket) = &self.0.bucket {
            let aborted = bucket.abort_abandoned(STALE_AFTER).await;
            aborted.map_err(|error| failed("abort uploads that nobody finished", error))?;
        }
        Ok(())
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
        opened(self.0.store.as_ref(), &Path::from(key), range)
            .await
            .map_err(|error| failed("read a file", error))
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
        let path = Path::from(self.key.as_str());
        opened(self.archive.0.store.as_ref(), &path, 0..0).await
    }
}

/// Some bytes of a file as they are read.
async fn opened(
    store: &dyn ObjectStore,
    path: &Path,
    range: Range<u64>,
) -> Result<ByteStream, AssetReadError> {
    let failed = |error: object_store::Error| AssetReadError::Failed(Box::new(error));
    let options = GetOptions {
        range: (range != (0..0)).then(|| range.into()),
        ..GetOptions::default()
    };
    let found = store.get_opts(path, options).await.map_err(failed)?;
    Ok(Box::pin(found.into_stream().map_err(failed)))
}

fn failed(
    doing: &'static str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> EngineError {
    let source = error.into();
    if is_no_room(source.as_ref()) {
        return EngineError::ArchiveFull;
    }
    // What a bucket's own code says of an error has addresses in it.
    let source = match Trouble::below(source.as_ref()) {
        Some(trouble) => Box::new(trouble.clone()),
        None => source,
    };
    EngineError::Archive { doing, source }
}

/// Whether the same may go better later, without anybody's help.
fn may_pass(error: &EngineError) -> bool {
    let trouble = Trouble::below(error);
    trouble.is_some_and(|trouble| {
        matches!(
            trouble,
            Trouble::Busy { .. } | Trouble::Unreachable | Trouble::Lost
        )
    })
}

/// Whether a full disk, or a spent quota of one, is at the bottom of it.
fn is_no_room(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    if let Some(Trouble::Full { .. }) = error.downcast_ref() {
        return true;
    }
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

/// A folder to write in, made where there is none; what is written in it is durable only if asked for.
async fn desk_in(folder: PathBuf, durable: bool) -> Result<Desk, EngineError> {
    tokio::task::spawn_blocking(move || open_folder(folder, durable))
        .await
        .map_err(|error| failed("open its folder", error))?
        .map_err(|error| failed("open its folder", error))
}

fn open_folder(
    folder: PathBuf,
    durable: bool,
) -> Result<Desk, Box<dyn std::error::Error + Send + Sync>> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder.join(DRAFTS))?;
    sweep_drafts(&folder.join(DRAFTS))?;
    let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(durable);
    Ok(Desk {
        store: Arc::new(store),
        folder,
    })
}

fn sweep_drafts(drafts: &FolderPath) -> std::io::Result<()> {
    for entry in std::fs::read_dir(drafts)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > STALE_AFTER {
            match std::fs::remove_file(entry.path()) {
                // Another process does the same.
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
