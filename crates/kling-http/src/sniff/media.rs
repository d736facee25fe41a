//! Kinds of files by their first bytes.

use kling_core::MediaType;

/// What a file is, by its first bytes (512 are enough); `None` for whatever is not one of our kinds.
///
/// Stricter than a magic number alone: the structure that must follow it has to be there as well.
pub fn media_type(head: &[u8]) -> Option<MediaType> {
    MediaType::ALL
        .into_iter()
        .find(|media_type| match media_type {
            MediaType::Png => is_png(head),
            MediaType::Jpeg => is_jpeg(head),
            MediaType::Webp => is_webp(head),
            MediaType::Gif => is_gif(head),
            MediaType::Mp4 => is_mp4(head),
            MediaType::Mov => is_mov(head),
            MediaType::Webm => is_webm(head),
        })
}

fn at(head: &[u8], offset: usize, expected: &[u8]) -> bool {
    head.get(offset..offset + expected.len()) == Some(expected)
}

fn is_png(head: &[u8]) -> bool {
    at(head, 0, b"\x89PNG\r\n\x1a\n") && at(head, 12, b"IHDR")
}

fn is_jpeg(head: &[u8]) -> bool {
    at(head, 0, &[0xff, 0xd8, 0xff]) && head.get(3).is_some_and(|marker| *marker >= 0xc0)
}

fn is_webp(head: &[u8]) -> bool {
    at(head, 0, b"RIFF")
        && at(head, 8, b"WEBP")
        && [b"VP8 ", b"VP8L", b"VP8X"]
            .into_iter()
            .any(|chunk| at(head, 12, chunk))
}

fn is_gif(head: &[u8]) -> bool {
    (at(head, 0, b"GIF87a") || at(head, 0, b"GIF89a")) && head.len() >= 10
}

/// Major brands of MP4 that `infer` does not know: later editions of the base format, CMAF, segments, Sony's.
const MORE_MP4_BRANDS: [&[u8; 4]; 13] = [
    b"iso7", b"iso8", b"iso9", b"isoa", b"isob", b"isoc", b"cmfc", b"cmfs", b"cmff", b"cmfl",
    b"msdh", b"msix", b"XAVC",
];

/// The size of the first box of an ISO base media file, where it is possible at all.
fn has_first_box(head: &[u8]) -> bool {
    let Some(size) = head.first_chunk::<4>() else {
        return false;
    };
    let size = u32::from_be_bytes(*size);
    // 1 announces a 64-bit size; text read as a number would be far too large for a first box of these kinds.
    size == 1 || (8..0x2000_0000).contains(&size)
}

fn is_mov(head: &[u8]) -> bool {
    has_first_box(head) && infer::video::is_mov(head)
}

fn is_mp4(head: &[u8]) -> bool {
    let is_other = |brand: &[u8; 4]| at(head, 4, b"ftyp") && at(head, 8, brand);
    has_first_box(head)
        && (infer::video::is_mp4(head)
            || infer::video::is_m4v(head)
            || MORE_MP4_BRANDS.into_iter().any(is_other))
}

/// An EBML header that names WebM; Matroska looks the same up to that word.
fn is_webm(head: &[u8]) -> bool {
    const DOC_TYPE_WEBM: &[u8] = &[0x42, 0x82, 0x84, b'w', b'e', b'b', b'm'];
    let header = head.get(..head.len().min(64)).unwrap_or_default();
    at(header, 0, &[0x1a, 0x45, 0xdf, 0xa3])
        && header
            .windows(DOC_TYPE_WEBM.len())
            .any(|window| window == DOC_TYPE_WEBM)
}

/// What some programs write in front of UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file that is none of our kinds seems to be, in a few words of ours: `a web page`, `text`, `a PDF`.
pub fn describe(head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "an empty file";
    }
    if let Some(known) = media_type(head) {
        return known.name();
    }
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    let text = text.trim_ascii_start();
    if infer::text::is_html(text) {
        return "a web page";
    }
    if text.starts_with(b"{") || text.starts_with(b"[") {
        return "JSON";
    }
    if text.starts_with(b"<") {
        return "XML";
    }
    match infer::get(head) {
        Some(kind) if kind.mime_type() == "application/pdf" => "a PDF",
        Some(kind) => match kind.matcher_type() {
            infer::MatcherType::App => "a program",
            infer::MatcherType::Archive => "an archive",
            infer::MatcherType::Audio => "a sound file",
            infer::MatcherType::Book | infer::MatcherType::Doc => "a document",
            infer::MatcherType::Font => "a font",
            infer::MatcherType::Image => "a picture of another kind",
            infer::MatcherType::Video => "a video of another kind",
            infer::MatcherType::Text => "text",
            infer::MatcherType::Custom => "an unknown kind of file",
        },
        None if is_text(head) => "text",
        None => "an unknown kind of file",
    }
}

fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may have been cut in two.
        Err(error) => error.error_len().is_none(),
    };
    whole
        && head
            .iter()
            .all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}
