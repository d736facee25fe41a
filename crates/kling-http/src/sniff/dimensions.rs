//! Width and height of a picture, read from its header alone.

use kling_core::{Dimensions, MediaType};

/// Width and height, where the first bytes hold them. Nothing is decoded.
///
/// PNG, GIF and WebP need 30 bytes; a JPEG's size stands after its metadata. `None` for a video, for a
/// size of zero, and where the bytes end too soon.
pub fn dimensions(head: &[u8], media_type: MediaType) -> Option<Dimensions> {
    let (width, height) = match media_type {
        MediaType::Png => (be32(head, 16)?, be32(head, 20)?),
        MediaType::Gif => (le16(head, 6)?, le16(head, 8)?),
        MediaType::Webp => webp(head)?,
        MediaType::Jpeg => jpeg(head)?,
        MediaType::Mp4 | MediaType::Mov | MediaType::Webm => return None,
    };
    (width > 0 && height > 0).then_some(Dimensions { width, height })
}

fn bytes<const N: usize>(head: &[u8], offset: usize) -> Option<[u8; N]> {
    head.get(offset..)?.first_chunk::<N>().copied()
}

fn be16(head: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes(head, offset)?)))
}

fn be32(head: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes(head, offset)?))
}

fn le16(head: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes(head, offset)?)))
}

fn le24(head: &[u8], offset: usize) -> Option<u32> {
    let [a, b, c] = bytes(head, offset)?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

/// The three kinds of first chunk (RFC 9649, sections 2.5 to 2.7).
fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match &bytes::<4>(head, 12)? {
        b"VP8X" => Some((le24(head, 24)? + 1, le24(head, 27)? + 1)),
        b"VP8L" if head.get(20) == Some(&0x2f) => {
            let packed = u32::from_le_bytes(bytes(head, 21)?);
            Some(((packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1))
        }
        b"VP8 " if bytes::<3>(head, 23)? == [0x9d, 0x01, 0x2a] => {
            Some((le16(head, 26)? & 0x3fff, le16(head, 28)? & 0x3fff))
        }
        _ => None,
    }
}

/// Walks the segments to the first start-of-frame (ITU T.81, annex B).
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut offset = 2;
    loop {
        let [prefix, marker] = bytes::<2>(head, offset)?;
        if prefix != 0xff {
            return None;
        }
        match marker {
            // Fill bytes before a marker.
            0xff => offset += 1,
            // Markers without a segment.
            0x01 | 0xd0..=0xd8 => offset += 2,
            // C4, C8 and CC are tables and extensions among the frame markers.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((be16(head, offset + 7)?, be16(head, offset + 5)?));
            }
            // The picture's data, or its end, before any size.
            0xd9 | 0xda => return None,
            _ => {
                let length = be16(head, offset + 2)?;
                if length < 2 {
                    return None;
                }
                offset += 2 + usize::try_from(length).ok()?;
            }
        }
    }
}
