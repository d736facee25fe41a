//! Whether a picture can really be decoded, within limits.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use bytes::Bytes;
use image::{ImageError, ImageFormat, ImageReader, Limits};
use kling_core::{Dimensions, MediaType, Source};
use tokio::sync::Semaphore;

use super::{FileFacts, describe, head_of_file, inspect};

/// The most pixels a picture may have to be decoded: 100 megapixels. The bound is the house's own: four bytes for each
/// of them are what one decoding may take of a small machine's memory, and no vendor states one.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The most memory one decoding may take: four bytes for each of the most pixels, and some room to work.
const MAX_MEMORY_BYTES: u64 = 512 * 1024 * 1024;

/// Pictures are decoded one at a time, so that many at once take no more memory than one.
static DECODING: Semaphore = Semaphore::const_new(1);

/// A file that is not a picture, or not one we open.
#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    /// Its bytes are not those of a PNG, JPEG, WebP or GIF.
    #[error("the file is not a picture but {found}")]
    Unrecognised {
        /// What it seems to be, in words of ours.
        found: &'static str,
    },
    /// It claims more pixels, or needs more memory, than we decode.
    #[error("the picture has more than {} megapixels", MAX_PIXELS / 1_000_000)]
    TooManyPixels,
    /// It begins like a picture and cannot be decoded.
    #[error("the picture is damaged")]
    Damaged(#[source] Source),
    /// It could not be read at all.
    #[error("the picture could not be read")]
    Unreadable(#[source] std::io::Error),
}

/// Decodes a picture to see that it is whole (of an animation: the first frame). Blocks; takes up to half a
/// gigabyte for the largest pictures, and nothing for one that only claims to be larger.
///
/// # Errors
///
/// [`NotAPicture`], by what is wrong.
pub fn verify_image(bytes: &[u8]) -> Result<FileFacts, NotAPicture> {
    let facts = inspect(bytes).ok_or_else(|| NotAPicture::Unrecognised {
        found: describe(bytes),
    })?;
    decode(Cursor::new(bytes), facts)
}

/// As [`verify_image`], on a thread for blocking work and one picture at a time.
///
/// # Errors
///
/// [`NotAPicture`], by what is wrong.
pub async fn verify_image_bytes(bytes: Bytes) -> Result<FileFacts, NotAPicture> {
    in_turn(move || verify_image(&bytes)).await
}

/// As [`verify_image_bytes`], for a file on disk, which is not read into memory.
///
/// # Errors
///
/// [`NotAPicture`], by what is wrong.
pub async fn verify_image_file(path: &Path) -> Result<FileFacts, NotAPicture> {
    let path = path.to_owned();
    in_turn(move || {
        let head = head_of_file(&path).map_err(NotAPicture::Unreadable)?;
        let facts = inspect(&head).ok_or_else(|| NotAPicture::Unrecognised {
            found: describe(&head),
        })?;
        let file = File::open(&path).map_err(NotAPicture::Unreadable)?;
        decode(BufReader::new(file), facts)
    })
    .await
}

/// The permit goes along, so that a caller who no longer waits does not let the next picture in early.
async fn in_turn(
    look: impl FnOnce() -> Result<FileFacts, NotAPicture> + Send + 'static,
) -> Result<FileFacts, NotAPicture> {
    // A permit is only ever refused by a closed semaphore, and this one stays open.
    let turn = DECODING.acquire().await.ok();
    let looked = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        look()
    });
    // A decoder that panics says the same as one that fails.
    looked
        .await
        .unwrap_or_else(|error| Err(NotAPicture::Damaged(Box::new(error))))
}

fn decode(reader: impl BufRead + Seek, facts: FileFacts) -> Result<FileFacts, NotAPicture> {
    let format = match facts.media_type {
        MediaType::Png => ImageFormat::Png,
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Webp => ImageFormat::WebP,
        MediaType::Gif => ImageFormat::Gif,
        MediaType::Mp4 | MediaType::Mov | MediaType::Webm => {
            return Err(NotAPicture::Unrecognised {
                found: facts.media_type.name(),
            });
        }
    };
    if facts.dimensions.is_some_and(too_many) {
        return Err(NotAPicture::TooManyPixels);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY_BYTES);
    let mut reader = ImageReader::with_format(reader, format);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => NotAPicture::TooManyPixels,
        other => NotAPicture::Damaged(Box::new(other)),
    })?;
    Ok(FileFacts {
        dimensions: Some(facts.dimensions.unwrap_or(Dimensions {
            width: picture.width(),
            height: picture.height(),
        })),
        ..facts
    })
}

fn too_many(size: Dimensions) -> bool {
    u64::from(size.width) * u64::from(size.height) > MAX_PIXELS
}
