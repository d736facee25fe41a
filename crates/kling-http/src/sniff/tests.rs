//! Files by their bytes: real ones, lying ones, broken ones.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use kling_core::{Dimensions, MediaType};
use proptest::prelude::*;

use super::*;

const KINDS: [(MediaType, ImageFormat); 4] = [
    (MediaType::Png, ImageFormat::Png),
    (MediaType::Jpeg, ImageFormat::Jpeg),
    (MediaType::Webp, ImageFormat::WebP),
    (MediaType::Gif, ImageFormat::Gif),
];

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height)
        .write_to(&mut bytes, format)
        .expect("it encodes");
    bytes.into_inner()
}

fn ftyp(brand: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 24];
    bytes.extend_from_slice(b"ftyp");
    bytes.extend_from_slice(brand);
    bytes.extend_from_slice(b"\0\0\0\0isommp42");
    bytes
}

fn ebml(doc_type: &[u8]) -> Vec<u8> {
    let mut bytes = vec![
        0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 1, 0x42, 0x82,
    ];
    bytes.push(0x80 | u8::try_from(doc_type.len()).expect("short"));
    bytes.extend_from_slice(doc_type);
    bytes.resize(80, 0);
    bytes
}

#[test]
fn every_kind_is_known_by_its_bytes() {
    for (kind, format) in KINDS {
        let facts = inspect(&encoded(31, 17, format)).expect("known");

        assert_eq!(facts.media_type, kind);
        assert_eq!(
            facts.dimensions,
            Some(Dimensions {
                width: 31,
                height: 17
            }),
            "{kind:?}"
        );
    }
    for (bytes, kind) in [
        (ftyp(b"isom"), MediaType::Mp4),
        (ftyp(b"mp42"), MediaType::Mp4),
        (ftyp(b"M4V "), MediaType::Mp4),
        (ftyp(b"qt  "), MediaType::Mov),
        (ebml(b"webm"), MediaType::Webm),
    ] {
        assert_eq!(media_type(&bytes), Some(kind));
    }
}

#[test]
fn what_only_pretends_is_not_known() {
    for (bytes, found) in [
        (b"".to_vec(), "an empty file"),
        (b"just words, saved as .png".to_vec(), "text"),
        (
            b"<!DOCTYPE html><html>expired</html>".to_vec(),
            "a web page",
        ),
        (b"<?xml version=\"1.0\"?><Error/>".to_vec(), "XML"),
        (
            b"\xef\xbb\xbf\n<!DOCTYPE html><html>expired</html>".to_vec(),
            "a web page",
        ),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"/>".to_vec(),
            "XML",
        ),
        (b"\xef\xbb\xbf<svg/>".to_vec(), "XML"),
        (b"GIF89a".to_vec(), "a picture of another kind"),
        (b"{\"error\":\"expired\"}".to_vec(), "JSON"),
        (b"%PDF-1.7 and so on".to_vec(), "a PDF"),
        (
            b"\x89PNG\r\n\x1a\nbut no header follows".to_vec(),
            "a picture of another kind",
        ),
        (
            b"RIFF\x10\0\0\0WEBPnot a chunk".to_vec(),
            "a picture of another kind",
        ),
        (ftyp(b"heic"), "a picture of another kind"),
        (ftyp(b"avif"), "a picture of another kind"),
        (ebml(b"matroska"), "a video of another kind"),
        (b"text with moov in it, no film".to_vec(), "text"),
        (vec![0, 1, 2, 3, 4, 5], "an unknown kind of file"),
    ] {
        assert_eq!(media_type(&bytes), None, "{found}");
        assert_eq!(describe(&bytes), found);
    }
}

#[test]
fn a_jpegs_size_is_found_behind_its_metadata() {
    let plain = encoded(640, 480, ImageFormat::Jpeg);
    let mut long = plain[..2].to_vec();
    for _ in 0..4 {
        long.extend_from_slice(&[0xff, 0xe1, 0xff, 0xff]);
        long.resize(long.len() + 0xfffd, 0);
    }
    let metadata_bytes = long.len();
    long.extend_from_slice(&plain[2..]);

    let whole = inspect(&long).expect("known");
    let cut = inspect(&long[..metadata_bytes]).expect("known");

    assert_eq!(
        whole.dimensions,
        Some(Dimensions {
            width: 640,
            height: 480
        })
    );
    assert_eq!(cut.dimensions, None);
}

#[test]
fn a_whole_picture_is_verified() {
    for (kind, format) in KINDS {
        let facts = verify_image(&encoded(64, 48, format)).expect("whole");

        assert_eq!(facts.media_type, kind);
    }
}

#[test]
fn a_damaged_picture_is_not_a_picture() {
    for (_, format) in KINDS {
        let mut bytes = encoded(64, 48, format);
        bytes.truncate(bytes.len() / 2);

        let verdict = verify_image(&bytes);

        assert!(
            matches!(verdict, Err(NotAPicture::Damaged(_))),
            "{format:?}: {verdict:?}"
        );
    }
}

#[test]
fn a_picture_that_is_something_else_as_well_must_still_decode() {
    let script = b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//".to_vec();
    let mut trailing = encoded(5, 5, ImageFormat::Png);
    trailing.extend_from_slice(b"PK\x03\x04<script>alert(1)</script>");
    let mut svg = b"<svg/>".to_vec();
    svg.extend_from_slice(&encoded(5, 5, ImageFormat::Png));

    assert!(matches!(
        verify_image(&script),
        Err(NotAPicture::Damaged(_) | NotAPicture::TooManyPixels)
    ));
    assert!(
        verify_image(&trailing).is_ok(),
        "a picture with something behind it"
    );
    assert_eq!(media_type(&svg), None);
}

#[test]
fn the_start_of_a_picture_is_recognised_and_not_taken_for_a_whole_one() {
    for (kind, format) in KINDS {
        let whole = encoded(64, 64, format);
        for length in 0..whole.len().min(40) {
            let known = inspect(&whole[..length]).map(|facts| facts.media_type);
            assert!(
                known.is_none_or(|known| known == kind),
                "{length} bytes of {kind:?}"
            );
        }
        let half = &whole[..whole.len() / 2];
        assert!(
            matches!(verify_image(half), Err(NotAPicture::Damaged(_))),
            "{kind:?}"
        );
    }
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let mut bomb = encoded(8, 8, ImageFormat::Png);
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());

    assert!(matches!(
        verify_image(&bomb),
        Err(NotAPicture::TooManyPixels)
    ));
}

#[tokio::test]
async fn files_are_looked_at_and_verified_as_bytes_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let (good, bad) = (folder.path().join("a.txt"), folder.path().join("b.png"));
    std::fs::write(&good, encoded(20, 10, ImageFormat::Png)).expect("written");
    std::fs::write(&bad, "not at all").expect("written");

    let head = head_of_file(&good).expect("readable");
    let verified = verify_image_file(&good).await.expect("whole");
    let in_memory = verify_image_bytes(head.clone().into())
        .await
        .expect("whole");
    let refused = verify_image_file(&bad).await;
    let missing = verify_image_file(&folder.path().join("c.png")).await;

    assert_eq!(inspect(&head), Some(verified));
    assert_eq!(in_memory, verified);
    assert_eq!(head_of_file(folder.path()).expect("a folder"), b"");
    assert!(matches!(
        refused,
        Err(NotAPicture::Unrecognised { found: "text" })
    ));
    assert!(matches!(missing, Err(NotAPicture::Unreadable(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sizes_are_read_as_they_were_written(width in 1..300_u32, height in 1..300_u32, index in 0..4_usize) {
        let (_, format) = KINDS[index];

        let facts = inspect(&encoded(width, height, format)).expect("known");

        prop_assert_eq!(facts.dimensions, Some(Dimensions { width, height }));
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), index in 0..4_usize) {
        let start = encoded(3, 2, KINDS[index].1);
        let _ = inspect(&bytes);
        let _ = describe(&bytes);

        bytes.splice(0..0, start.into_iter().take(30));
        let _ = inspect(&bytes);
        drop(verify_image(&bytes));
    }
}
