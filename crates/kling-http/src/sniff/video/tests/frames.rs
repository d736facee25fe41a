//! How many frames a second a video shows, as its structure tells.

use super::*;

/// A film whose media plays `units` of `scale` a second, with these lists about its pictures.
fn counted(scale: u32, units: u64, lists: &[&[u8]]) -> Vec<u8> {
    let description = [&[&entry((1_920, 1_080))[..]], lists].concat().concat();
    let track = track(
        b"vide",
        &track_header(false, &UPRIGHT, (1_920, 1_080)),
        &clock(b"mdhd", true, scale, units),
        &description,
    );
    let movie = boxed(b"moov", &[&clock(b"mvhd", false, 1_000, 4_004), &track]);
    [ftyp(b"isom"), movie, media()].concat()
}

fn sizes(kind: &[u8], frames: u32) -> Vec<u8> {
    boxed(kind, &[&words(&[0, 0, frames])])
}

#[test]
fn the_frames_a_second_are_counted_over_the_whole_film() {
    for (scale, units, frames, thousandths) in [
        (24_000, 96_096, 96, 23_976),
        (30_000, 120_120, 120, 29_970),
        (600, 2_400, 240, 60_000),
        (1_000, 4_004, 50, 12_488),
        (90_000, 360_360, 240, 59_940),
        (1, 1_000, 1, 1),
    ] {
        for kind in [b"stsz", b"stz2"] {
            let film = counted(scale, units, &[&sizes(kind, frames)]);
            assert_eq!(facts(&film).frame_rate, rate(thousandths));
            assert_eq!(looked(&film).0.ok(), Some(facts(&film)));
        }
    }
}

#[test]
fn a_frame_rate_that_makes_no_sense_is_not_known() {
    let unknown = u64::MAX;
    for (scale, units, frames) in [
        (0, 4_000, 96),
        (1_000, 0, 96),
        (1_000, unknown, 96),
        (1_000, 4_000, 0),
        (u32::MAX, 1, u32::MAX),
        (1, u64::MAX - 1, 1),
    ] {
        let film = counted(scale, units, &[&sizes(b"stsz", frames)]);
        assert_eq!(facts(&film).frame_rate, None, "{scale} {units} {frames}");
    }
    assert_eq!(facts(&counted(1_000, 4_000, &[])).frame_rate, None);
    let cut = counted(1_000, 4_000, &[&boxed(b"stsz", &[&[0; 11]])]);
    assert!(matches!(verify_video(&cut), Err(NotAVideo::Damaged)));
}

#[test]
fn what_stands_behind_the_part_that_is_here_is_not_known_and_the_rest_is() {
    let film = counted(
        1_000,
        4_000,
        &[&boxed(b"stts", &[&[0; 9_000]]), &sizes(b"stsz", 96)],
    );

    let head = inspect(&film[..5_000]).expect("known");

    assert_eq!(head.dimensions, None, "no pictures were seen");
    let (movie, media) = (place_of(&film, b"moov") - 4, place_of(&film, b"mdat") - 4);
    let behind = [&film[..movie], &film[media..], &film[movie..media]].concat();
    let head = inspect(&behind[..5_000]).expect("known");
    assert_eq!(head.dimensions, size(1_920, 1_080));
    assert_eq!(head.duration, millis(4_004));
    assert_eq!(head.frame_rate, None);
    assert_eq!(
        inspect(&behind).and_then(|all| all.frame_rate),
        rate(24_000)
    );
}
