//! Puts encoded pictures into an MP4 file that can be played before it is whole.

use super::h264::Parameters;

/// A film to be put into a file.
#[derive(Debug)]
pub(super) struct Film {
    /// What a decoder must know first.
    pub(super) parameters: Parameters,
    /// Pixels across.
    pub(super) width: u32,
    /// Pixels down.
    pub(super) height: u32,
    /// How many pictures there are in a second.
    pub(super) pace: u32,
    /// The pictures, each one NAL unit.
    pub(super) pictures: Vec<Vec<u8>>,
    /// Which pictures stand by themselves, from 0.
    pub(super) keys: Vec<u32>,
}

/// Units of time in a second, for the whole film.
const FILM_SCALE: u32 = 1000;

/// Units of time of one picture.
const TICKS: u32 = 1000;

/// Turned by nothing.
const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

impl Film {
    /// The file.
    pub(super) fn file(&self) -> Vec<u8> {
        let kind = boxed(
            *b"ftyp",
            &[b"isom", &word(0x200), b"isom", b"iso2", b"avc1", b"mp41"],
        );
        // Its size does not depend on the number in it.
        let start = kind.len() + self.movie(0).len() + 8;
        let movie = self.movie(number(start));
        let mut media = Vec::new();
        for picture in &self.pictures {
            media.extend_from_slice(&word(number(picture.len())));
            media.extend_from_slice(picture);
        }
        [kind, movie, boxed(*b"mdat", &[&media])].concat()
    }

    fn count(&self) -> u32 {
        number(self.pictures.len())
    }

    /// Everything but the pictures, which begin at `start`.
    fn movie(&self, start: u32) -> Vec<u8> {
        let duration = word(self.count() * FILM_SCALE / self.pace);
        let header = boxed(
            *b"mvhd",
            &[
                &words(&[0, 0, 0, FILM_SCALE]),
                &duration,
                &words(&[0x1_0000, 0x0100_0000, 0, 0]),
                &words(&UPRIGHT),
                &words(&[0, 0, 0, 0, 0, 0, 2]),
            ],
        );
        let track_header = boxed(
            *b"tkhd",
            &[
                // In use, in the film, in its preview; the first track.
                &words(&[7, 0, 0, 1, 0]),
                &duration,
                &words(&[0, 0, 0, 0]),
                &words(&UPRIGHT),
                &words(&[self.width << 16, self.height << 16]),
            ],
        );
        let track = boxed(*b"trak", &[&track_header, &self.media(start)]);
        boxed(*b"moov", &[&header, &track])
    }

    fn media(&self, start: u32) -> Vec<u8> {
        let scale = self.pace * TICKS;
        let header = boxed(
            *b"mdhd",
            &[
                &words(&[0, 0, 0, scale, self.count() * TICKS]),
                // The language is not said.
                &[0x55, 0xc4, 0, 0],
            ],
        );
        let handler = boxed(
            *b"hdlr",
            &[
                &words(&[0, 0]),
                b"vide",
                &words(&[0, 0, 0]),
                b"VideoHandler\0",
            ],
        );
        let here = boxed(*b"url ", &[&word(1)]);
        let references = boxed(*b"dref", &[&words(&[0, 1]), &here]);
        let information = boxed(
            *b"minf",
            &[
                &boxed(*b"vmhd", &[&words(&[1, 0, 0])]),
                &boxed(*b"dinf", &[&references]),
                &self.table(start),
            ],
        );
        boxed(*b"mdia", &[&header, &handler, &information])
    }

    /// Where every picture is, how long it is shown, and what a decoder must know.
    fn table(&self, start: u32) -> Vec<u8> {
        let count = self.count();
        let sizes: Vec<u32> = self
            .pictures
            .iter()
            .map(|picture| number(picture.len()) + 4)
            .collect();
        let keys: Vec<u32> = self.keys.iter().map(|key| key + 1).collect();
        boxed(
            *b"stbl",
            &[
                &boxed(*b"stsd", &[&words(&[0, 1]), &self.entry()]),
                &boxed(*b"stts", &[&words(&[0, 1, count, TICKS])]),
                &boxed(*b"stss", &[&words(&[0, number(keys.len())]), &words(&keys)]),
                // One chunk holds them all.
                &boxed(*b"stsc", &[&words(&[0, 1, 1, count, 1])]),
                &boxed(*b"stsz", &[&words(&[0, 0, count]), &words(&sizes)]),
                &boxed(*b"stco", &[&words(&[0, 1, start])]),
            ],
        )
    }

    /// The description of the pictures.
    fn entry(&self) -> Vec<u8> {
        let Parameters { sequence, picture } = &self.parameters;
        // Profile, constraints and level stand behind the unit's header.
        let profile = sequence.get(1..4).unwrap_or_default();
        let configuration = boxed(
            *b"avcC",
            &[
                &[1],
                profile,
                // Sizes take four bytes; one set of each kind.
                &[0xff, 0xe1],
                &short(sequence.len()),
                sequence,
                &[1],
                &short(picture.len()),
                picture,
            ],
        );
        let size = (self.width << 16) | self.height;
        boxed(
            *b"avc1",
            &[
                // Described by the first reference.
                &[0, 0, 0, 0, 0, 0, 0, 1],
                &words(&[0, 0, 0, 0]),
                &word(size),
                // 72 dots an inch; one picture a sample.
                &words(&[0x48_0000, 0x48_0000, 0]),
                &[0, 1],
                &[0; 32],
                // 24 bits deep; no table of colours.
                &[0, 24, 0xff, 0xff],
                &configuration,
            ],
        )
    }
}

/// A box around these parts.
fn boxed(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&word(number(body.len() + 8))[..], &kind, &body].concat()
}

fn word(value: u32) -> [u8; 4] {
    value.to_be_bytes()
}

fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

fn short(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes()
}

/// Films of the emulator stay far below four gigabytes.
fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
