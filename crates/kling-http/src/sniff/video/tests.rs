//! Videos by their structure: real ones, odd ones, and ones made to do harm.

mod frames;
mod hostile;

use std::io::{Seek as _, Write as _};

use kling_core::{Dimensions, FrameRate};
use kling_emulator::media::video::sample;

use super::super::{inspect, media_type};
use super::*;

/// A box around these parts.
fn boxed(kind: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).expect("small");
    [&size.to_be_bytes()[..], kind, &body].concat()
}

fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

fn ftyp(brand: &[u8]) -> Vec<u8> {
    boxed(b"ftyp", &[brand, &[0; 4], brand])
}

/// The header of a film or of a track's media, short or long.
fn clock(kind: &[u8], is_long: bool, scale: u32, units: u64) -> Vec<u8> {
    if is_long {
        let times = words(&[0x0100_0000, 0, 0, 0, 0, scale]);
        boxed(kind, &[&times, &units.to_be_bytes(), &[0; 80]])
    } else {
        let units = u32::try_from(units).expect("short");
        boxed(kind, &[&words(&[0, 0, 0, scale, units]), &[0; 80]])
    }
}

const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
const ON_ITS_SIDE: [u32; 9] = [0, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000];

fn track_header(is_long: bool, matrix: &[u32; 9], (width, height): (u32, u32)) -> Vec<u8> {
    let version = if is_long { 0x0100_0000 } else { 0 };
    let front = vec![0; if is_long { 48 } else { 36 }];
    let sides = words(&[width << 16, height << 16]);
    boxed(
        b"tkhd",
        &[&words(&[version]), &front, &words(matrix), &sides],
    )
}

fn entry((width, height): (u16, u16)) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let entry = boxed(b"avc1", &[&[0; 24], &sides, &[0; 50]]);
    boxed(b"stsd", &[&words(&[0, 1]), &entry])
}

/// A track of that handler.
fn track(handler: &[u8], header: &[u8], media_header: &[u8], description: &[u8]) -> Vec<u8> {
    let handler = boxed(b"hdlr", &[&words(&[0, 0]), handler, &[0; 13]]);
    let table = boxed(b"stbl", &[description, &boxed(b"stts", &[&[0; 8]])]);
    let inner = boxed(b"minf", &[&boxed(b"vmhd", &[&[0; 12]]), &table]);
    let media = boxed(b"mdia", &[media_header, &handler, &inner]);
    boxed(b"trak", &[header, &media])
}

fn video_track(is_long: bool, matrix: &[u32; 9]) -> Vec<u8> {
    track(
        b"vide",
        &track_header(is_long, matrix, (1_280, 720)),
        &clock(b"mdhd", is_long, 24_000, 96_096),
        &entry((1_920, 1_080)),
    )
}

fn sound_track() -> Vec<u8> {
    track(
        b"soun",
        &track_header(false, &UPRIGHT, (0, 0)),
        &clock(b"mdhd", false, 48_000, 480_000),
        &boxed(b"stsd", &[&words(&[0, 0])]),
    )
}

fn media() -> Vec<u8> {
    boxed(b"mdat", &[&[0; 100]])
}

fn facts(bytes: &[u8]) -> FileFacts {
    verify_video(bytes).expect("a video")
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts have it")]
fn size(width: u32, height: u32) -> Option<Dimensions> {
    Some(Dimensions { width, height })
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts have it")]
fn millis(millis: u64) -> Option<std::time::Duration> {
    Some(std::time::Duration::from_millis(millis))
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts have it")]
fn rate(thousandths: u32) -> Option<FrameRate> {
    Some(FrameRate::from_thousandths(thousandths))
}

/// What a look finds when it gets what it asks for, with how often it asked.
fn looked(bytes: &[u8]) -> (Result<FileFacts, NotAVideo>, usize) {
    let Some(kind) = media_type(bytes) else {
        return (verify_video(bytes), 0);
    };
    let mut looking = VideoLook::new(kind, bytes.len() as u64);
    for asked in 0..=MOST_READS {
        match looking.look() {
            Ok(Look::Found(facts)) => return (Ok(facts), asked),
            Err(error) => return (Err(error), asked),
            Ok(Look::Read(range)) => {
                let place = |at: u64| usize::try_from(at).expect("in memory");
                let piece = bytes[place(range.start)..place(range.end)].to_vec();
                looking.give(range.start, piece);
            }
        }
    }
    panic!("it never stops asking");
}

#[test]
fn every_film_is_read_with_exactly_its_length_and_size() {
    for (seconds, pixels) in [
        (1, (64, 64)),
        (3, (720, 720)),
        (5, (1_280, 720)),
        (5, (720, 1_280)),
        (10, (1_920, 1_080)),
        (4, (1_940, 1_068)),
        (59, (320, 180)),
    ] {
        let film = sample("a film", seconds, pixels).expect("possible");

        let facts = facts(&film);

        assert_eq!(facts.media_type, MediaType::Mp4);
        assert_eq!(facts.dimensions, size(pixels.0, pixels.1));
        assert_eq!(facts.duration, millis(u64::from(seconds) * 1_000));
        assert_eq!(facts.frame_rate, rate(24_000));
        assert_eq!(inspect(&film), Some(facts), "the head tells the same");
        assert_eq!(looked(&film).0.ok(), Some(facts));
    }
}

#[test]
fn the_description_may_stand_at_the_end_and_the_middle_is_never_read() {
    let movie = [
        clock(b"mvhd", false, 600, 6_030),
        sound_track(),
        video_track(false, &UPRIGHT),
    ];
    let movie = boxed(b"moov", &movie.each_ref().map(Vec::as_slice));
    let large = boxed(b"mdat", &[&vec![7; 10_000_000]]);
    let file = [ftyp(b"qt  "), boxed(b"wide", &[]), large, movie].concat();

    let (found, reads) = looked(&file);

    let found = found.expect("a video");
    assert_eq!(found.media_type, MediaType::Mov);
    assert_eq!(found.dimensions, size(1_920, 1_080));
    assert_eq!(found.duration, millis(10_050));
    assert_eq!(reads, 2);
    assert_eq!(
        inspect(&file).and_then(|facts| facts.duration),
        millis(10_050)
    );
    let head = inspect(&file[..1_000]).expect("known");
    assert_eq!((head.dimensions, head.duration), (None, None));
}

#[tokio::test]
async fn a_file_of_many_gigabytes_is_looked_at_in_a_few_pieces() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("film.mp4");
    let movie = boxed(
        b"moov",
        &[
            &clock(b"mvhd", true, 1_000, 7_200_000),
            &video_track(true, &UPRIGHT),
        ],
    );
    let mut file = File::create(&path).expect("a file");
    let media_bytes = 1_u64 << 36;
    file.write_all(&ftyp(b"iso8")).expect("written");
    file.write_all(&words(&[1])).expect("written");
    file.write_all(b"mdat").expect("written");
    file.write_all(&media_bytes.to_be_bytes()).expect("written");
    let front = ftyp(b"iso8").len() as u64;
    file.seek(SeekFrom::Start(front + media_bytes))
        .expect("sparse");
    file.write_all(&movie).expect("written");

    let facts = verify_video_file(&path).await.expect("a video");

    assert_eq!(facts.media_type, MediaType::Mp4);
    assert_eq!(facts.duration, millis(7_200_000));
    file.set_len(front + media_bytes + 200).expect("cut");
    let cut = verify_video_file(&path).await;
    assert!(matches!(cut, Err(NotAVideo::Damaged)), "{cut:?}");
    let missing = verify_video_file(&folder.path().join("none.mp4")).await;
    assert!(matches!(missing, Err(NotAVideo::Unreadable(_))));
}

#[test]
fn a_film_that_was_taken_upright_is_taller_than_wide() {
    let movie = |matrix| {
        let movie = [
            clock(b"mvhd", false, 1_000, 4_000),
            video_track(false, matrix),
        ];
        boxed(b"moov", &movie.each_ref().map(Vec::as_slice))
    };

    let turned = [ftyp(b"mp42"), movie(&ON_ITS_SIDE), media()].concat();
    let upright = [ftyp(b"mp42"), movie(&UPRIGHT), media()].concat();

    assert_eq!(facts(&turned).dimensions, size(1_080, 1_920));
    assert_eq!(facts(&upright).dimensions, size(1_920, 1_080));
}

#[test]
fn a_film_in_fragments_has_the_length_that_is_written_down_or_none() {
    let unknown = u64::from(u32::MAX);
    let fragment = [boxed(b"moof", &[&[0; 30]]), media()].concat();
    let film = |units, track_units, extension: &[u8]| {
        let track = track(
            b"vide",
            &track_header(false, &UPRIGHT, (1_280, 720)),
            &clock(b"mdhd", false, 1_000, track_units),
            &boxed(b"stsd", &[&words(&[0, 0])]),
        );
        let movie = boxed(
            b"moov",
            &[&clock(b"mvhd", false, 1_000, units), &track, extension],
        );
        facts(&[ftyp(b"cmfc"), movie, fragment.clone()].concat())
    };
    let header = |version: u32, length: &[u32]| {
        boxed(
            b"mvex",
            &[&boxed(b"mehd", &[&words(&[version]), &words(length)])],
        )
    };

    assert_eq!(film(0, 0, &header(0, &[4_250])).duration, millis(4_250));
    assert_eq!(
        film(unknown, 0, &header(0x0100_0000, &[0, 9_001])).duration,
        millis(9_001)
    );
    assert_eq!(film(0, 3_000, &[]).duration, millis(3_000));
    assert_eq!(film(0, 0, &[]).duration, None);
    assert_eq!(film(0, unknown, &header(0, &[0])).duration, None);
    // The header of the track has the size where the description has none.
    assert_eq!(film(0, 0, &[]).dimensions, size(1_280, 720));
}

/// Where a name first stands.
fn place_of(bytes: &[u8], name: &[u8]) -> usize {
    let mut windows = bytes.windows(name.len());
    windows.position(|window| window == name).expect("there")
}

#[test]
fn every_brand_of_mp4_is_known_and_no_other_is_taken_for_it() {
    for brand in [
        b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"isoa",
        b"isob", b"isoc", b"mp41", b"mp42", b"avc1", b"dash", b"cmfc", b"cmfs", b"cmff", b"cmfl",
        b"msdh", b"msix", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"XAVC", b"F4V ",
    ] {
        assert_eq!(media_type(&ftyp(brand)), Some(MediaType::Mp4), "{brand:?}");
    }
    assert_eq!(media_type(&ftyp(b"qt  ")), Some(MediaType::Mov));
    for brand in [
        b"heic", b"avif", b"mif1", b"M4A ", b"jp2 ", b"crx ", b"    ",
    ] {
        assert_eq!(media_type(&ftyp(brand)), None, "{brand:?}");
    }
}

#[test]
fn what_only_sounds_is_not_a_video() {
    let movie = [clock(b"mvhd", false, 1_000, 4_000), sound_track()];
    let movie = boxed(b"moov", &movie.each_ref().map(Vec::as_slice));

    let sound = verify_video(&[ftyp(b"isom"), movie, media()].concat());

    assert!(matches!(sound, Err(NotAVideo::NoPicture)), "{sound:?}");
}

#[test]
fn other_files_are_told_apart_from_damaged_ones() {
    let text = verify_video(b"just words, saved as .mp4");
    let empty = verify_video(&ftyp(b"isom"));
    let picture = VideoLook::new(MediaType::Png, 100).look();

    assert!(matches!(
        text,
        Err(NotAVideo::Unrecognised { found: "text" })
    ));
    assert!(matches!(empty, Err(NotAVideo::Damaged)));
    assert!(matches!(
        picture,
        Err(NotAVideo::Unrecognised { found: "PNG" })
    ));
}

#[test]
fn of_webm_only_the_kind_is_told() {
    let mut webm = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec();
    webm.resize(100, 0);

    assert_eq!(facts(&webm), FileFacts::of(MediaType::Webm));
}
