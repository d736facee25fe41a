//! Reads what an MP4 file says of itself: how long it is, how large, how many pictures.

/// What an MP4 or QuickTime file says of its video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The major brand: `isom`, `mp42`, `qt  `, …
    pub brand: String,
    /// The sample entry: `avc1`, `hvc1`, …
    pub codec: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How long it plays.
    pub duration_ms: u64,
    /// How many pictures there are.
    pub frames: u32,
    /// Whether there is a sound track.
    pub has_sound: bool,
}

impl Probe {
    /// Pictures in a thousand seconds; 0 for a film of no length.
    pub fn frames_per_1000_s(&self) -> u64 {
        (u64::from(self.frames) * 1_000_000)
            .checked_div(self.duration_ms)
            .unwrap_or(0)
    }
}

/// Reads a file; none when it is not an MP4 file, or has no video in it.
pub fn probe(bytes: &[u8]) -> Option<Probe> {
    let brand = String::from_utf8_lossy(child(bytes, *b"ftyp")?.get(..4)?).into_owned();
    let movie = child(bytes, *b"moov")?;
    let tracks = || boxes(movie).filter(|(kind, _)| kind == b"trak");
    let kind_of = |track| handler(track).unwrap_or_default();
    let (_, video) = tracks().find(|(_, track)| kind_of(track) == *b"vide")?;
    let media = child(video, *b"mdia")?;
    let duration_ms = duration_ms(child(media, *b"mdhd")?)?;
    let table = child(child(media, *b"minf")?, *b"stbl")?;
    // The description begins with version, flags and the number of entries.
    let (codec, entry) = boxes(child(table, *b"stsd")?.get(8..)?).next()?;
    let sizes = child(table, *b"stsz")?;
    Some(Probe {
        brand,
        codec: String::from_utf8_lossy(&codec).into_owned(),
        width: u32::from(number(entry.get(24..26)?)?),
        height: u32::from(number(entry.get(26..28)?)?),
        duration_ms,
        frames: u32::from_be_bytes(sizes.get(8..12)?.try_into().ok()?),
        has_sound: tracks().any(|(_, track)| kind_of(track) == *b"soun"),
    })
}

fn number(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// The four letters that say what a track is.
fn handler(track: &[u8]) -> Option<[u8; 4]> {
    let handler = child(child(track, *b"mdia")?, *b"hdlr")?;
    handler.get(8..12)?.try_into().ok()
}

/// The length that a media header gives, in either of its versions.
fn duration_ms(header: &[u8]) -> Option<u64> {
    let small = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let (scale, duration) = if header.first() == Some(&1) {
        let long = u64::from_be_bytes(header.get(24..32)?.try_into().ok()?);
        (small(20)?, long)
    } else {
        (small(12)?, u64::from(small(16)?))
    };
    duration.checked_mul(1000)?.checked_div(u64::from(scale))
}

/// The first box of that kind.
pub(super) fn child(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes)
        .find(|(kind, _)| *kind == wanted)
        .map(|(_, body)| body)
}

/// The boxes one after another; ends at the first that does not fit.
pub(super) fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut left = bytes;
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(left.get(..4)?.try_into().ok()?);
        let kind = left.get(4..8)?.try_into().ok()?;
        let (head, size) = match size {
            0 => (8, left.len()),
            1 => {
                let long = u64::from_be_bytes(left.get(8..16)?.try_into().ok()?);
                (16, usize::try_from(long).ok()?)
            }
            size => (8, usize::try_from(size).ok()?),
        };
        let body = left.get(head..size)?;
        left = left.get(size..)?;
        Some((kind, body))
    })
}
