//! Files that are broken, or made to do harm: always an answer, soon, and never a panic.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static FILM: LazyLock<Vec<u8>> = LazyLock::new(|| sample("a film", 1, (64, 64)).expect("possible"));

/// The same film with its description behind the pictures.
static BACKWARDS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let movie = place_of(&FILM, b"moov") - 4;
    let media = place_of(&FILM, b"mdat") - 4;
    [&FILM[..movie], &FILM[media..], &FILM[movie..media]].concat()
});

#[test]
fn a_film_cut_short_anywhere_is_damaged() {
    for film in [&*FILM, &*BACKWARDS] {
        assert_eq!(facts(film).duration, millis(1_000));
        for length in 0..film.len() {
            let cut = verify_video(&film[..length]);
            assert!(
                matches!(
                    cut,
                    Err(NotAVideo::Damaged | NotAVideo::Unrecognised { .. })
                ),
                "{length} of {} bytes: {cut:?}",
                film.len()
            );
        }
    }
}

#[test]
fn sizes_that_lie_are_refused() {
    for name in [
        b"moov", b"mdat", b"trak", b"mdia", b"mvhd", b"stsd", b"stsz", b"hdlr",
    ] {
        let place = place_of(&FILM, name) - 4;
        for size in [1, 2, 7, 0x7fff_ffff, u32::MAX] {
            let mut film = FILM.clone();
            film[place..place + 4].copy_from_slice(&size.to_be_bytes());

            let told = verify_video(&film);

            // A size of 1 announces one of 64 bits, which the film does not have there.
            assert!(
                matches!(told, Err(NotAVideo::Damaged | NotAVideo::NoPicture)),
                "{name:?} of {size}: {told:?}"
            );
        }
    }
}

#[test]
fn a_size_of_64_bits_cannot_overflow() {
    for size in [0, 1, 15, 16, u64::MAX, u64::MAX - 7, 1 << 63] {
        let mut file = ftyp(b"isom");
        file.extend(words(&[1]));
        file.extend_from_slice(b"moov");
        file.extend(size.to_be_bytes());
        file.extend(media());

        let told = verify_video(&file);

        // A box of 16 bytes is a size of 64 bits with nothing behind it.
        assert!(
            matches!(told, Err(NotAVideo::Damaged | NotAVideo::NoPicture)),
            "{size}: {told:?}"
        );
    }
}

#[test]
fn countless_boxes_are_not_all_looked_at() {
    let mut many = ftyp(b"isom");
    many.extend(boxed(b"free", &[]).repeat(1_000_000));
    let mut deep = media();
    for _ in 0..10_000 {
        deep = boxed(b"moov", &[&deep]);
    }
    let deep = [ftyp(b"isom"), deep, media()].concat();

    let (many, many_reads) = looked(&many);
    let (deep, deep_reads) = looked(&deep);

    assert!(matches!(many, Err(NotAVideo::Damaged)), "{many:?}");
    assert!(matches!(deep, Err(NotAVideo::NoPicture)), "{deep:?}");
    assert!(many_reads < 4 && deep_reads < 4);
}

#[test]
fn a_file_that_keeps_asking_for_reads_is_given_up() {
    let mut scattered = ftyp(b"isom");
    for _ in 0..100 {
        scattered.extend(boxed(b"free", &[&vec![0; 100_000]]));
    }
    scattered.extend(&FILM[ftyp(b"isom").len()..]);

    let (found, reads) = looked(&scattered);

    assert!(matches!(found, Err(NotAVideo::Damaged)));
    assert_eq!(reads, MOST_READS);
}

#[test]
fn bytes_that_do_not_come_are_asked_for_a_few_times_only() {
    let mut looking = VideoLook::new(MediaType::Mp4, 1_000_000);
    let mut asked = 0;
    while let Ok(Look::Read(range)) = looking.look() {
        looking.give(range.start, Bytes::new());
        asked += 1;
    }

    assert_eq!(asked, MOST_READS);
}

#[test]
fn a_length_beyond_all_measure_is_not_known() {
    let film = |scale, units| {
        let movie = [
            clock(b"mvhd", true, scale, units),
            video_track(false, &UPRIGHT),
        ];
        let movie = boxed(b"moov", &movie.each_ref().map(Vec::as_slice));
        facts(&[ftyp(b"isom"), movie, media()].concat()).duration
    };

    // The track's own header is asked then: 96 096 of 24 000 a second.
    assert_eq!(film(0, 5_000), millis(4_004));
    assert_eq!(film(1_000, u64::MAX), millis(4_004));
    assert_eq!(film(1, u64::MAX - 1), millis(4_004));
    assert_eq!(film(1_000, u64::MAX - 1), millis(u64::MAX - 1));
}

/// A place in a film, and what to put there.
fn changes(length: usize) -> impl Strategy<Value = Vec<(usize, Vec<u8>)>> {
    let odd = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![0_u32, 1, 7, 8, 9, 0x7fff_ffff, u32::MAX])
            .prop_map(|word| word.to_be_bytes().to_vec()),
        any::<u64>().prop_map(|long| long.to_be_bytes().to_vec()),
        prop::sample::select(vec![
            *b"moov", *b"trak", *b"mdat", *b"mvex", *b"stsd", *b"stsz", *b"vide"
        ])
        .prop_map(|name| name.to_vec()),
    ];
    prop::collection::vec((0..length, odd), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        brand in prop::sample::select(vec![*b"isom", *b"qt  "]),
    ) {
        let with_front = [ftyp(&brand), bytes.clone()].concat();
        for bytes in [bytes, with_front] {
            let _ = inspect(&bytes);
            let whole = verify_video(&bytes).ok();
            prop_assert_eq!(looked(&bytes).0.ok(), whole);
        }
    }

    #[test]
    fn no_change_to_a_real_film_makes_it_panic(
        backwards: bool,
        // The description is within the first two kilobytes of one, and the last of the other.
        changes in changes(2_000),
        cut in prop::option::of(0..5_000_usize),
    ) {
        let mut film = if backwards { BACKWARDS.clone() } else { FILM.clone() };
        let length = film.len();
        for (place, odd) in changes {
            let start = if backwards { length.saturating_sub(2_000) + place } else { place };
            for (old, new) in film.iter_mut().skip(start).zip(odd) {
                *old = new;
            }
        }
        film.truncate(cut.unwrap_or(length));

        let whole = verify_video(&film).ok();

        prop_assert_eq!(looked(&film).0.ok(), whole);
        let _ = inspect(&film);
    }

    #[test]
    fn a_film_is_read_as_it_was_made(seconds in 1..5_u32, across in 16..60_u32, down in 16..60_u32) {
        let film = sample("a film", seconds, (across * 4, down * 4)).expect("possible");

        let facts = facts(&film);

        prop_assert_eq!(facts.dimensions, size(across * 4, down * 4));
        prop_assert_eq!(facts.duration, millis(u64::from(seconds) * 1_000));
        prop_assert_eq!(facts.frame_rate, rate(24_000));
    }
}
