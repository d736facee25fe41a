//! How long a video plays and how large it is, read from its structure and never from all its bytes.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use kling_core::MediaType;

use super::{FileFacts, describe, media_type};

mod boxes;
mod pieces;

use boxes::Stop;
use pieces::Pieces;

/// How many bytes are asked for at a time.
const READ_BYTES: u64 = 64 * 1024;

/// How often bytes are asked for. Real files need one to five reads; what needs more is not a file to play.
const MOST_READS: usize = 64;

/// A file that is not a video, or not one that could be played.
#[derive(Debug, thiserror::Error)]
pub enum NotAVideo {
    /// Its bytes are not those of an MP4, MOV or WebM.
    #[error("the file is not a video but {found}")]
    Unrecognised {
        /// What it seems to be, in words of ours.
        found: &'static str,
    },
    /// It is cut short, or its parts do not fit into each other.
    #[error("the video is damaged or cut short")]
    Damaged,
    /// There is no moving picture in it, only sound or less.
    #[error("the file has no moving picture in it")]
    NoPicture,
    /// It could not be read at all.
    #[error("the video could not be read")]
    Unreadable(#[source] std::io::Error),
}

/// What a [`VideoLook`] has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It needs these bytes of the file, for [`VideoLook::give`].
    Read(Range<u64>),
    /// It has seen enough.
    Found(FileFacts),
}

/// Looks at a video wherever its bytes are: it asks for the few pieces it needs, and does no reading itself.
///
/// MP4 and MOV tell how long they play (to the millisecond), how large they are and how many frames a second they
/// show, wherever in the file that stands. Of WebM only the kind is told: no model of the providers here takes it, so a
/// request with one is refused by its kind, and told to be MP4 or MOV.
///
/// ```
/// # fn facts(file: &[u8]) -> Result<kling_http::sniff::FileFacts, kling_http::sniff::NotAVideo> {
/// use kling_core::MediaType;
/// use kling_http::sniff::{Look, VideoLook};
///
/// let mut looking = VideoLook::new(MediaType::Mp4, file.len() as u64);
/// loop {
///     match looking.look()? {
///         Look::Found(facts) => break Ok(facts),
///         Look::Read(range) => {
///             let piece = file[range.start as usize..range.end as usize].to_vec();
///             looking.give(range.start, piece);
///         }
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct VideoLook {
    media_type: MediaType,
    pieces: Pieces<'static>,
}

impl VideoLook {
    /// A look at a file of that kind ([`media_type`] tells it) and of that many bytes.
    pub fn new(media_type: MediaType, size_bytes: u64) -> Self {
        Self {
            media_type,
            pieces: Pieces::none(size_bytes),
        }
    }

    /// What is needed next, or what was found.
    ///
    /// # Errors
    ///
    /// [`NotAVideo::Damaged`] and [`NotAVideo::NoPicture`]; [`NotAVideo::Unrecognised`] for a kind that is no video.
    pub fn look(&self) -> Result<Look, NotAVideo> {
        match look(self.media_type, &self.pieces) {
            Ok(facts) => Ok(Look::Found(facts)),
            Err(Stop::Missing(at)) if self.pieces.count() < MOST_READS => {
                let end = at.saturating_add(READ_BYTES).min(self.pieces.size_bytes());
                Ok(Look::Read(at..end))
            }
            Err(stop) => Err(refusal(stop, self.media_type)),
        }
    }

    /// Takes the bytes of the file that begin at `start`.
    pub fn give(&mut self, start: u64, bytes: impl Into<Bytes>) {
        self.pieces.add(start, bytes.into());
    }
}

/// Looks at a video in memory: it has to have a moving picture, and nothing of it may be missing.
///
/// # Errors
///
/// [`NotAVideo`], by what is wrong.
pub fn verify_video(bytes: &[u8]) -> Result<FileFacts, NotAVideo> {
    let media_type = recognised(bytes)?;
    let pieces = Pieces::whole(bytes);
    look(media_type, &pieces).map_err(|stop| refusal(stop, media_type))
}

/// As [`verify_video`], for a file on disk, of which only a few pieces are read; on a thread for blocking work.
///
/// # Errors
///
/// [`NotAVideo`], by what is wrong.
pub async fn verify_video_file(path: &Path) -> Result<FileFacts, NotAVideo> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || look_at_file(&path))
        .await
        .unwrap_or_else(|gone| Err(NotAVideo::Unreadable(std::io::Error::other(gone))))
}

fn look_at_file(path: &Path) -> Result<FileFacts, NotAVideo> {
    let unreadable = NotAVideo::Unreadable;
    let mut file = File::open(path).map_err(unreadable)?;
    let size_bytes = file.metadata().map_err(unreadable)?.len();
    let start = piece(&mut file, 0..READ_BYTES).map_err(unreadable)?;
    let mut looking = VideoLook::new(recognised(&start)?, size_bytes);
    looking.give(0, start);
    loop {
        match looking.look()? {
            Look::Found(facts) => return Ok(facts),
            Look::Read(range) => {
                let start = range.start;
                let bytes = piece(&mut file, range).map_err(unreadable)?;
                looking.give(start, bytes);
            }
        }
    }
}

fn piece(file: &mut File, range: Range<u64>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(range.start))?;
    file.take(range.end - range.start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the first bytes of a video tell, when its description stands in front; nothing else of it is missed.
pub(super) fn facts_in_head(head: &[u8], media_type: MediaType) -> FileFacts {
    look(media_type, &Pieces::head(head)).unwrap_or(FileFacts::of(media_type))
}

fn look(media_type: MediaType, pieces: &Pieces<'_>) -> Result<FileFacts, Stop> {
    match media_type {
        MediaType::Mp4 | MediaType::Mov => {
            let seen = boxes::read(pieces)?;
            Ok(FileFacts {
                media_type,
                dimensions: seen.dimensions,
                duration: seen.duration,
                frame_rate: seen.frame_rate,
            })
        }
        MediaType::Webm => Ok(FileFacts::of(media_type)),
        MediaType::Png | MediaType::Jpeg | MediaType::Webp | MediaType::Gif => Err(Stop::NotAVideo),
    }
}

fn recognised(head: &[u8]) -> Result<MediaType, NotAVideo> {
    media_type(head)
        .filter(|kind| kind.is_video())
        .ok_or_else(|| NotAVideo::Unrecognised {
            found: describe(head),
        })
}

fn refusal(stop: Stop, media_type: MediaType) -> NotAVideo {
    match stop {
        // Bytes that were asked for and did not come, or more of them than any file to play needs.
        Stop::Missing(_) | Stop::Damaged => NotAVideo::Damaged,
        Stop::NoPicture => NotAVideo::NoPicture,
        Stop::NotAVideo => NotAVideo::Unrecognised {
            found: media_type.name(),
        },
    }
}

#[cfg(test)]
mod tests;
