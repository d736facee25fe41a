//! A reference picture: what it is, and the thumbnail that results show.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use sha2::{Digest as _, Sha256};

/// The longer side of the thumbnails kept of reference pictures, in pixels.
const THUMBNAIL: u32 = 640;

/// The most memory that decoding one reference may take: a picture of 100 megapixels.
const DECODE_BYTES: u64 = 512 * 1024 * 1024;

/// What a result shows of a reference picture.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// The picture was seen.
    Seen(DynamicImage),
    /// The picture was only named: its address is on the public internet, where the emulator does not go.
    Named(String),
}

/// What a picture is, read from its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Sniffed {
    /// The format, from the first bytes.
    pub(crate) format: ImageFormat,
    /// Pixels across.
    pub(crate) width: u32,
    /// Pixels down.
    pub(crate) height: u32,
    /// Of all bytes, in hexadecimal.
    pub(crate) sha256: String,
    /// A small copy.
    pub(crate) thumbnail: DynamicImage,
}

impl Sniffed {
    /// Decodes `bytes`; none when they are not a whole picture.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .ok()?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(DECODE_BYTES);
        reader.limits(limits);
        let format = reader.format()?;
        let picture = reader.decode().ok()?;
        Some(Self {
            format,
            width: picture.width(),
            height: picture.height(),
            sha256: hex(&Sha256::digest(bytes)),
            thumbnail: if picture.width().max(picture.height()) > THUMBNAIL {
                picture.thumbnail(THUMBNAIL, THUMBNAIL)
            } else {
                picture
            },
        })
    }
}

/// `bytes` in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
            text
        })
}
