//! A file that is being written: hashed on its way, and nowhere to be found until it is finished.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use futures::FutureExt as _;
use kling_http::sniff::SNIFF_BYTES;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt as _, UploadPart};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWrite;

use super::{Archive, Arriving, DRAFTS, Inner, failed};
use crate::error::EngineError;
use crate::failpoint::Boundary;

/// A file that is being written. Dropped unfinished, it leaves nothing behind.
pub struct Draft {
    archive: Archive,
    place: Path,
    upload: Box<dyn MultipartUpload>,
    /// What was not handed on yet: less than one part.
    waiting: Vec<u8>,
    part: Option<UploadPart>,
    /// The first bytes, which tell what it is.
    head: Vec<u8>,
    hash: Sha256,
    max_bytes: u64,
    written: Arc<AtomicU64>,
    stopped: Option<Stop>,
    /// Whether it is a file on the desk.
    closed: bool,
    finished: bool,
}

/// Why a draft takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    TooLarge,
    NoRoom,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where the archive has it.
    pub key: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes there are.
    pub size_bytes: u64,
}

impl Draft {
    pub(super) async fn begin(archive: Archive, max_bytes: u64) -> Result<Self, EngineError> {
        let name = ulid::Ulid::from_parts(0, rand::random()).to_string();
        let place = Path::from(DRAFTS).join(name);
        let upload = archive.0.desk.store.put_multipart(&place).await;
        Ok(Self {
            upload: upload.map_err(|error| archive.note("begin a file", error))?,
            archive,
            place,
            waiting: Vec::new(),
            part: None,
            head: Vec::new(),
            hash: Sha256::new(),
            max_bytes,
            written: Arc::default(),
            stopped: None,
            closed: false,
            finished: false,
        })
    }

    /// Counts the bytes as they are written, for whoever watches that they come.
    pub(crate) fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.written)
    }

    /// The first bytes, as many as tell what it is.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether it stopped because it would have become too large.
    pub fn is_too_large(&self) -> bool {
        self.stopped == Some(Stop::TooLarge)
    }

    /// Whether it stopped because the archive has no more room.
    pub fn found_no_room(&self) -> bool {
        self.stopped == Some(Stop::NoRoom)
    }

    /// Makes it a file of the archive, durably. The same bytes a second time are the same file.
    ///
    /// # Errors
    ///
    /// [`EngineError::ArchiveFull`] or [`EngineError::Archive`].
    pub async fn finish(mut self) -> Result<Kept, EngineError> {
        let archive = self.archive.clone();
        Boundary::Archive.enter().await?;
        let kept = self.settle().await;
        let kept = kept.map_err(|error| archive.note("finish a file", error))?;
        Boundary::Archive.leave().await?;
        Ok(kept)
    }

    /// Goes the way of a file to the place where it would be kept, and leaves nothing behind.
    pub(super) async fn try_out(mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Some(bucket) = &self.archive.clone().0.bucket else {
            std::future::poll_fn(|context| self.poll_part(context)).await?;
            return Ok(self.upload.abort().await?);
        };
        let arriving = self.close().await?;
        bucket.take_in(&arriving, &self.place).await?;
        Ok(self.archive.0.store.delete(&self.place).await?)
    }

    async fn settle(&mut self) -> Result<Kept, Box<dyn std::error::Error + Send + Sync>> {
        let arriving = self.close().await?;
        let sha256 = hexadecimal(&arriving.sha256);
        let key = key_of(&sha256);
        let size_bytes = arriving.size_bytes;
        let path = Path::from(key.as_str());
        let Inner {
            store,
            desk,
            bucket,
            room,
            ..
        } = &*self.archive.0;
        let is_there = self.archive.contains(&path).await?;
        match bucket {
            None if !is_there => store.rename(&self.place, &path).await?,
            Some(bucket) if !is_there => {
                bucket.take_in(&arriving, &path).await?;
                desk.store.delete(&self.place).await?;
            }
            None | Some(_) => desk.store.delete(&self.place).await?,
        }
        room.settle(size_bytes, if is_there { 0 } else { size_bytes });
        self.finished = true;
        room.has_taken_a_file();
        Ok(Kept {
            key,
            sha256,
            size_bytes,
        })
    }

    /// Makes it a file on the desk, and tells what it is.
    async fn close(&mut self) -> Result<Arriving, Box<dyn std::error::Error + Send + Sync>> {
        std::future::poll_fn(|context| self.poll_part(context)).await?;
        if !self.waiting.is_empty() {
            let rest = std::mem::take(&mut self.waiting);
            self.upload.put_part(rest.into()).await?;
        }
        self.closed = true;
        self.upload.complete().await?;
        Ok(Arriving {
            desk: Arc::clone(&self.archive.0.desk.store),
            place: self.place.clone(),
            size_bytes: self.written.load(Ordering::Relaxed),
            sha256: std::mem::take(&mut self.hash).finalize().into(),
        })
    }

    fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(part) = &mut self.part else {
            return Poll::Ready(Ok(()));
        };
        let written = ready!(part.poll_unpin(context));
        self.part = None;
        Poll::Ready(written.map_err(|error| {
            let error = io::Error::from(error);
            if super::is_no_room(&error) {
                self.archive.0.room.disk_is_full();
                self.stop(Stop::NoRoom)
            } else {
                error
            }
        }))
    }

    fn stop(&mut self, why: Stop) -> io::Error {
        self.stopped = Some(why);
        match why {
            Stop::TooLarge => io::ErrorKind::FileTooLarge.into(),
            Stop::NoRoom => io::ErrorKind::StorageFull.into(),
        }
    }
}

impl AsyncWrite for Draft {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(why) = this.stopped {
            return Poll::Ready(Err(this.stop(why)));
        }
        ready!(this.poll_part(context))?;
        let room = this.archive.0.part_bytes.saturating_sub(this.waiting.len());
        let (now, _) = bytes.split_at(bytes.len().min(room));
        let written = this.written.load(Ordering::Relaxed) + now.len() as u64;
        if written > this.max_bytes {
            return Poll::Ready(Err(this.stop(Stop::TooLarge)));
        }
        if !this.archive.0.room.take(now.len() as u64) {
            return Poll::Ready(Err(this.stop(Stop::NoRoom)));
        }
        this.written.store(written, Ordering::Relaxed);
        this.hash.update(now);
        let unseen = SNIFF_BYTES.saturating_sub(this.head.len());
        this.head.extend(now.iter().take(unseen));
        if this.waiting.capacity() == 0 {
            this.waiting.reserve_exact(this.archive.0.part_bytes);
        }
        this.waiting.extend_from_slice(now);
        if this.waiting.len() >= this.archive.0.part_bytes {
            let full = std::mem::take(&mut this.waiting);
            this.part = Some(this.upload.put_part(full.into()));
        }
        Poll::Ready(Ok(now.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_part(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_part(context)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            let written = self.written.load(Ordering::Relaxed);
            self.archive.0.room.settle(written, 0);
            if self.closed {
                let file = self.archive.0.desk.folder.join(self.place.as_ref());
                // What stays is put away a day later.
                drop(std::fs::remove_file(file));
            }
        }
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft")
            .field("written", &self.written)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

impl Archive {
    /// Makes an error of the store one of ours, and remembers when there was no room.
    fn note(
        &self,
        doing: &'static str,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> EngineError {
        let error = failed(doing, error);
        if matches!(error, EngineError::ArchiveFull) {
            self.0.room.disk_is_full();
        }
        error
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn key_of(sha256: &str) -> String {
    let mut key: String = sha256.chars().take(2).collect();
    key.push('/');
    key.extend(sha256.chars().skip(2));
    key
}
