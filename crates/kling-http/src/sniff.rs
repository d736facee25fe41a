//! What a file is, by its bytes and never by its name.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use kling_core::{AssetInfo, Dimensions, FrameRate, MediaType};

mod dimensions;
mod media;
mod picture;
mod video;

pub use dimensions::dimensions;
pub use media::{describe, media_type};
pub use picture::{MAX_PIXELS, NotAPicture, verify_image, verify_image_bytes, verify_image_file};
pub use video::{Look, NotAVideo, VideoLook, verify_video, verify_video_file};

/// How many first bytes [`inspect`] may need: the metadata in front of a JPEG's size can be long.
pub const HEAD_BYTES: usize = 1024 * 1024;

/// How many first bytes [`media_type`] needs to be sure.
pub const SNIFF_BYTES: usize = 512;

/// What the first bytes of a file tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// What it is.
    pub media_type: MediaType,
    /// Width and height as it is seen; `None` where that is not in the bytes given, and for WebM.
    pub dimensions: Option<Dimensions>,
    /// Playing time in whole milliseconds; `None` for a picture, where it is not in the bytes given, and for WebM.
    pub duration: Option<Duration>,
    /// Frames a second, on average: how many there are by how long they play. `None` for a picture, where it is not in
    /// the bytes given, for a film in fragments, and for WebM.
    pub frame_rate: Option<FrameRate>,
}

impl FileFacts {
    /// Nothing but what it is.
    const fn of(media_type: MediaType) -> Self {
        Self {
            media_type,
            dimensions: None,
            duration: None,
            frame_rate: None,
        }
    }

    /// What a provider wants to know of a file of that many bytes; for [`Asset::from_bytes`](kling_core::Asset::from_bytes)
    /// and the like.
    pub fn info(self, size_bytes: u64) -> AssetInfo {
        AssetInfo {
            media_type: self.media_type,
            size_bytes,
            dimensions: self.dimensions,
            duration: self.duration,
            frame_rate: self.frame_rate,
        }
    }
}

/// Looks at the first bytes of a file (up to [`HEAD_BYTES`] are of use). Nothing is decoded, so a
/// decompression bomb costs nothing.
pub fn inspect(head: &[u8]) -> Option<FileFacts> {
    let media_type = media_type(head)?;
    if media_type.is_video() {
        return Some(video::facts_in_head(head, media_type));
    }
    Some(FileFacts {
        dimensions: dimensions(head, media_type),
        ..FileFacts::of(media_type)
    })
}

/// The first [`HEAD_BYTES`] of a file on disk, for [`inspect`] and [`describe`]; those of a folder are none. Blocks.
///
/// # Errors
///
/// When the file cannot be opened or read.
pub fn head_of_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mut head = Vec::with_capacity(SNIFF_BYTES);
    match file.take(HEAD_BYTES as u64).read_to_end(&mut head) {
        Err(error) if error.kind() != ErrorKind::IsADirectory => Err(error),
        _ => Ok(head),
    }
}

#[cfg(test)]
mod tests;
