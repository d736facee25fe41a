//! The boxes of an MP4 or QuickTime file, by ISO/IEC 14496-12 and Apple's QuickTime File Format.
//!
//! Every number in the file is the sender's: sizes are held against the box around them and against the file,
//! the number of boxes is bounded, and nothing is set aside by what a number says. The boxes in question are
//! looked for by name, each in the one before, so that no nesting is followed for its own sake.

use std::cell::Cell;
use std::time::Duration;

use kling_core::{Dimensions, FrameRate};

use super::pieces::Pieces;

/// The most boxes that are looked at. A film from a camera has a few dozen.
const MOST_BOXES: u32 = 4_096;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Bytes from here on are needed and not here.
    Missing(u64),
    /// Something does not fit, or is not there.
    Damaged,
    /// No track shows anything.
    NoPicture,
    /// The kind of file has no boxes.
    NotAVideo,
}

/// What the description of a film says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Film {
    /// As it is seen: a film that was taken upright is taller than wide.
    pub(super) dimensions: Option<Dimensions>,
    /// Whole milliseconds.
    pub(super) duration: Option<Duration>,
    /// On average.
    pub(super) frame_rate: Option<FrameRate>,
}

/// Reads the description of a film.
pub(super) fn read(pieces: &Pieces<'_>) -> Result<Film, Stop> {
    let boxes = Boxes {
        pieces,
        left: Cell::new(MOST_BOXES),
    };
    boxes.film()
}

/// A box: what it is called, and where its content is.
#[derive(Clone, Copy)]
struct Found {
    kind: [u8; 4],
    body: u64,
    end: u64,
}

struct Boxes<'a> {
    pieces: &'a Pieces<'a>,
    left: Cell<u32>,
}

impl Boxes<'_> {
    fn film(&self) -> Result<Film, Stop> {
        let movie = self.movie()?;
        let clock = match self.child(movie, *b"mvhd")? {
            Some(header) => self.clock(header)?,
            None => Clock::default(),
        };
        let mut video = None;
        let mut at = movie.body;
        while let Some(found) = self.next(at, movie.end)? {
            if found.kind == *b"trak"
                && let Some(track) = self.video_track(found)?
                && video.is_none_or(|known: Track| known.dimensions.is_none())
            {
                video = Some(track);
            }
            at = found.end;
        }
        let video = video.ok_or(Stop::NoPicture)?;
        let duration = match clock.duration() {
            Some(known) => Some(known),
            None => self.of_fragments(movie, clock.scale)?,
        };
        Ok(Film {
            dimensions: video.dimensions,
            duration: duration.or(video.duration),
            frame_rate: video.frame_rate,
        })
    }

    /// The film's description, once the pictures themselves were seen to be there as well: in front of it or
    /// behind.
    fn movie(&self) -> Result<Found, Stop> {
        let mut movie = None;
        let mut has_media = false;
        let mut at = 0;
        while let Some(found) = self.next_of_file(at)? {
            match &found.kind {
                b"moov" if movie.is_none() => movie = Some(found),
                b"mdat" | b"moof" => has_media = true,
                _ => {}
            }
            if let Some(movie) = movie.filter(|_| has_media) {
                return Ok(movie);
            }
            at = found.end;
        }
        Err(Stop::Damaged)
    }

    /// The track, if it is one that is seen.
    fn video_track(&self, track: Found) -> Result<Option<Track>, Stop> {
        let Some(media) = self.child(track, *b"mdia")? else {
            return Ok(None);
        };
        let Some(handler) = self.child(media, *b"hdlr")? else {
            return Ok(None);
        };
        if self.read::<4>(handler, 8)? != *b"vide" {
            return Ok(None);
        }
        let clock = match self.child(media, *b"mdhd")? {
            Some(header) => self.clock(header)?,
            None => Clock::default(),
        };
        let (shown, is_turned) = match self.child(track, *b"tkhd")? {
            Some(header) => self.shown(header)?,
            None => (None, false),
        };
        let table = self.table(media)?;
        let (mut coded, mut frames) = (None, None);
        if let Some(table) = table {
            coded = self.coded(table)?;
            frames = self.frames(table)?;
        }
        let size = coded.or(shown);
        Ok(Some(Track {
            dimensions: size.map(|size| if is_turned { turned(size) } else { size }),
            duration: clock.duration(),
            frame_rate: frames.and_then(|frames| clock.rate(frames)),
        }))
    }

    /// What describes the pictures one by one.
    fn table(&self, media: Found) -> Result<Option<Found>, Stop> {
        match self.child(media, *b"minf")? {
            Some(inner) => self.child(inner, *b"stbl"),
            None => Ok(None),
        }
    }

    /// Width and height of the pictures as they are stored.
    fn coded(&self, table: Found) -> Result<Option<Dimensions>, Stop> {
        let Some(entries) = self.child(table, *b"stsd")? else {
            return Ok(None);
        };
        // Version, flags and the number of entries stand in front of the first.
        let Some(entry) = self.next(entries.body.saturating_add(8), entries.end)? else {
            return Ok(None);
        };
        let [a, b, c, d] = self.read::<4>(entry, 24)?;
        let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
        Ok(sides(side(a, b), side(c, d)))
    }

    /// How many pictures there are: a number in front of the list of their sizes, of which there are two kinds. None
    /// where the list is behind the part of the file that is all there will be.
    fn frames(&self, table: Found) -> Result<Option<u32>, Stop> {
        let counted = |kind| match self.child(table, kind)? {
            Some(sizes) => self.number(sizes, 8).map(Some),
            None => Ok(None),
        };
        match counted(*b"stsz")
            .and_then(|found| found.map_or_else(|| counted(*b"stz2"), |n| Ok(Some(n))))
        {
            Err(Stop::Missing(_)) if self.pieces.is_head() => Ok(None),
            frames => frames,
        }
    }

    /// Width and height as the track's header has them, and whether it turns the picture on its side.
    fn shown(&self, header: Found) -> Result<(Option<Dimensions>, bool), Stop> {
        let [version] = self.read::<1>(header, 0)?;
        let matrix = if version == 1 { 52 } else { 40 };
        let entry = |place: u64| self.number(header, matrix + place * 4);
        let is_turned = entry(0)? == 0 && entry(4)? == 0 && entry(1)? != 0 && entry(3)? != 0;
        let (width, height) = (entry(9)? >> 16, entry(10)? >> 16);
        Ok((sides(width, height), is_turned))
    }

    /// The scale and the length in the header of a film or of a track's media, which begin alike.
    fn clock(&self, header: Found) -> Result<Clock, Stop> {
        let [version] = self.read::<1>(header, 0)?;
        let (scale, units) = if version == 1 {
            (self.number(header, 20)?, self.long(header, 24)?)
        } else {
            (self.number(header, 12)?, self.short(header, 16)?)
        };
        Ok(Clock { scale, units })
    }

    /// The length of a film that comes in fragments, where its maker wrote it down.
    fn of_fragments(&self, movie: Found, scale: u32) -> Result<Option<Duration>, Stop> {
        let Some(extension) = self.child(movie, *b"mvex")? else {
            return Ok(None);
        };
        let Some(header) = self.child(extension, *b"mehd")? else {
            return Ok(None);
        };
        let [version] = self.read::<1>(header, 0)?;
        let units = if version == 1 {
            self.long(header, 4)?
        } else {
            self.short(header, 4)?
        };
        Ok(Clock { scale, units }.duration())
    }

    /// The first box of that kind in another one.
    fn child(&self, parent: Found, kind: [u8; 4]) -> Result<Option<Found>, Stop> {
        let mut at = parent.body;
        while let Some(found) = self.next(at, parent.end)? {
            if found.kind == kind {
                return Ok(Some(found));
            }
            at = found.end;
        }
        Ok(None)
    }

    /// The next box inside another one; a size of 0 ends the list, as QuickTime writes it.
    fn next(&self, at: u64, end: u64) -> Result<Option<Found>, Stop> {
        self.header(at, end, false)
    }

    /// The next box of the file; a size of 0 means that it goes on to the end.
    fn next_of_file(&self, at: u64) -> Result<Option<Found>, Stop> {
        self.header(at, self.pieces.size_bytes(), true)
    }

    fn header(&self, at: u64, end: u64, to_end: bool) -> Result<Option<Found>, Stop> {
        let room = end.saturating_sub(at);
        if room < 8 {
            return Ok(None);
        }
        let left = self.left.get().checked_sub(1).ok_or(Stop::Damaged)?;
        self.left.set(left);
        let [a, b, c, d, kind @ ..] = self.pieces.read::<8>(at)?;
        let (head, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 if to_end => (8, room),
            0 => return Ok(None),
            1 if room < 16 => return Err(Stop::Damaged),
            1 => (16, u64::from_be_bytes(self.pieces.read::<8>(at + 8)?)),
            size => (8, u64::from(size)),
        };
        if size < head || size > room {
            return Err(Stop::Damaged);
        }
        Ok(Some(Found {
            kind,
            body: at + head,
            end: at + size,
        }))
    }

    /// Bytes of a box, from so far behind its header.
    fn read<const N: usize>(&self, found: Found, offset: u64) -> Result<[u8; N], Stop> {
        let room = found.end.saturating_sub(found.body);
        if offset.saturating_add(N as u64) > room {
            return Err(Stop::Damaged);
        }
        self.pieces.read(found.body + offset)
    }

    fn number(&self, found: Found, offset: u64) -> Result<u32, Stop> {
        Ok(u32::from_be_bytes(self.read(found, offset)?))
    }

    /// A length in 32 bits; all of them set means that it is not known.
    fn short(&self, found: Found, offset: u64) -> Result<Option<u64>, Stop> {
        let units = self.number(found, offset)?;
        Ok((units != u32::MAX).then_some(u64::from(units)))
    }

    /// A length in 64 bits; all of them set means that it is not known.
    fn long(&self, found: Found, offset: u64) -> Result<Option<u64>, Stop> {
        let units = u64::from_be_bytes(self.read(found, offset)?);
        Ok((units != u64::MAX).then_some(units))
    }
}

#[derive(Clone, Copy)]
struct Track {
    dimensions: Option<Dimensions>,
    duration: Option<Duration>,
    frame_rate: Option<FrameRate>,
}

/// A length in units of which so many are a second.
#[derive(Clone, Copy, Default)]
struct Clock {
    scale: u32,
    units: Option<u64>,
}

impl Clock {
    /// Whole milliseconds. Nothing for a length of 0, which a film in fragments has, and for one without a scale.
    fn duration(self) -> Option<Duration> {
        let millis = u128::from(self.units?)
            .checked_mul(1_000)?
            .checked_div(u128::from(self.scale))?;
        let millis = u64::try_from(millis).ok().filter(|&millis| millis > 0)?;
        Some(Duration::from_millis(millis))
    }

    /// How many of so many frames are shown a second, on average. Nothing for a film in fragments, whose frames
    /// are not counted in front, and for what no number can hold.
    fn rate(self, frames: u32) -> Option<FrameRate> {
        let units = self.units.map(u128::from).filter(|&units| units > 0)?;
        let in_thousand_seconds = u128::from(frames) * u128::from(self.scale) * 1_000;
        let thousandths = u32::try_from((in_thousand_seconds + units / 2) / units).ok();
        thousandths
            .filter(|&thousandths| thousandths > 0)
            .map(FrameRate::from_thousandths)
    }
}

const fn turned(Dimensions { width, height }: Dimensions) -> Dimensions {
    Dimensions {
        width: height,
        height: width,
    }
}

fn sides(width: u32, height: u32) -> Option<Dimensions> {
    (width > 0 && height > 0).then_some(Dimensions { width, height })
}
