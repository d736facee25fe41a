//! What is wrong with a request, and what would work instead.

use std::time::Duration;

use super::Field;
use crate::{Dimensions, FrameRate, MediaType, Transport};

/// Everything that is wrong with a request; never empty.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Violations(pub Vec<Violation>);

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Which field.
    pub field: Field,
    /// What is wrong with it.
    pub problem: Problem,
    /// The nearest thing that would work.
    pub offer: Offer,
}

/// What is wrong with a field. Files count from 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// It must be given.
    Missing,
    /// The model does not take it.
    NotTaken,
    /// The provider would drop it in silence.
    Dropped,
    /// Too many characters.
    TooLong {
        /// How many there are.
        chars: usize,
        /// How many there may be.
        max: u32,
    },
    /// Too many.
    TooMany {
        /// How many there are.
        given: usize,
        /// How many there may be.
        max: u8,
    },
    /// Too few.
    TooFew {
        /// How many there are.
        given: usize,
        /// How many there must be.
        min: u8,
    },
    /// Not a value the model knows.
    NotOneOf {
        /// What was given.
        given: String,
        /// What the model knows.
        allowed: Vec<String>,
    },
    /// Only the first of several images would come back. Beside the offer there is
    /// [`Capability::split`](super::Capability::split).
    OnlyFirstReturned {
        /// How many were asked for.
        asked: u8,
    },
    /// It cannot be given together with another field.
    NotWith(Field),
    /// It is of no use without another field.
    Needs(Field),
    /// A file is of a kind the model does not take.
    FileType {
        /// Which file.
        file: usize,
        /// What it is.
        given: MediaType,
    },
    /// A file has too many bytes.
    FileTooLarge {
        /// Which file.
        file: usize,
        /// How many bytes it has.
        bytes: u64,
        /// How many it may have.
        max_bytes: u64,
    },
    /// A picture or video has too few pixels on a side.
    TooSmall {
        /// Which file.
        file: usize,
        /// Its size.
        given: Dimensions,
        /// The fewest pixels of a side.
        min_side: u32,
    },
    /// A picture or video has too many pixels on a side.
    TooBig {
        /// Which file.
        file: usize,
        /// Its size.
        given: Dimensions,
        /// The most pixels of a side.
        max_side: u32,
    },
    /// A picture or video is too wide or too tall.
    Shape {
        /// Which file.
        file: usize,
        /// Its size.
        given: Dimensions,
        /// Width divided by height, from and to.
        allowed: (f64, f64),
    },
    /// A video is too short or too long.
    PlayingTime {
        /// Which file.
        file: usize,
        /// Its playing time.
        given: Duration,
        /// From and to.
        allowed: (Duration, Duration),
    },
    /// A video shows too few or too many frames a second.
    Pace {
        /// Which file.
        file: usize,
        /// Its frames a second.
        given: FrameRate,
        /// From and to.
        allowed: (FrameRate, FrameRate),
    },
    /// A file cannot travel in any way the provider takes.
    Transport {
        /// Which file.
        file: usize,
        /// The ways the provider takes.
        accepted: Vec<Transport>,
    },
}

/// The nearest thing that would work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Use this value.
    Use(String),
    /// Leave the field out.
    LeaveOut,
    /// Give the field.
    Give,
    /// Give at least this many.
    AtLeast(u8),
    /// Give at most this many.
    AtMost(u8),
    /// Shorten to this many characters.
    Shorten(u32),
    /// Use a file of one of these kinds.
    Convert(Vec<MediaType>),
    /// Use a smaller file, of at most this many bytes.
    Shrink(u64),
    /// Scale the picture or video up to at least this many pixels a side.
    ScaleUp(u32),
    /// Scale the picture or video down to at most this many pixels a side.
    ScaleDown(u32),
    /// Crop the picture or video to a shape in the allowed range.
    Crop,
    /// Cut the video to the allowed playing time.
    Trim,
    /// Use a video that plays at least this long.
    Longer(Duration),
    /// Convert the video to this many frames a second.
    Repace(FrameRate),
    /// Use a file that is publicly reachable, or configure a public address.
    PublicUrl,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {} ({}",
            self.field.as_str(),
            self.problem,
            self.offer
        )?;
        // The offer is what the request itself can become; this is what its sender can do besides.
        if let Problem::OnlyFirstReturned { asked } = self.problem {
            write!(f, ", or split it into {asked} requests")?;
        }
        f.write_str(")")
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("it is required"),
            Self::NotTaken => f.write_str("the model does not take it"),
            Self::Dropped => f.write_str("the provider would ignore it"),
            Self::TooLong { chars, max } => write!(f, "{chars} characters are more than {max}"),
            Self::TooMany { given, max } => write!(f, "{given} are more than {max}"),
            Self::TooFew { given, min } => write!(f, "{given} are fewer than {min}"),
            Self::NotOneOf { given, allowed } => {
                write!(f, "{given} is not one of {}", allowed.join(", "))
            }
            Self::OnlyFirstReturned { asked } => {
                write!(f, "of {asked} images only the first would come back")
            }
            Self::NotWith(other) => write!(f, "it cannot go with {}", other.as_str()),
            Self::Needs(other) => write!(f, "it needs {}", other.as_str()),
            Self::FileType { file, given } => write!(f, "file {file} is {}", given.name()),
            Self::FileTooLarge {
                file,
                bytes,
                max_bytes,
            } => {
                write!(f, "file {file} has {bytes} bytes, more than {max_bytes}")
            }
            Self::TooSmall {
                file,
                given,
                min_side,
            } => {
                write!(f, "file {file} is {given}, a side under {min_side} pixels")
            }
            Self::TooBig {
                file,
                given,
                max_side,
            } => {
                write!(f, "file {file} is {given}, a side over {max_side} pixels")
            }
            Self::Shape {
                file,
                given,
                allowed: (from, to),
            } => {
                write!(
                    f,
                    "file {file} is {given}, width by height outside {from:.2} to {to:.2}"
                )
            }
            Self::PlayingTime {
                file,
                given,
                allowed: (from, to),
            } => write!(
                f,
                "file {file} plays {} s, outside {} to {} s",
                seconds(*given),
                seconds(*from),
                seconds(*to)
            ),
            Self::Pace {
                file,
                given,
                allowed: (from, to),
            } => write!(
                f,
                "file {file} shows {given} frames a second, outside {from} to {to}"
            ),
            Self::Transport { file, accepted } => {
                let ways = accepted.iter().map(|way| match way {
                    Transport::Upload => "by upload",
                    Transport::DataUri => "inside the request",
                    Transport::Url => "by a public address",
                });
                let ways = ways.collect::<Vec<_>>().join(" or ");
                write!(f, "file {file} cannot go as the provider takes it: {ways}")
            }
        }
    }
}

/// A playing time as people read it, to the millisecond: `3`, `10.05`.
fn seconds(time: Duration) -> f64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(millis).as_secs_f64()
}

impl std::fmt::Display for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Use(value) => write!(f, "use {value}"),
            Self::LeaveOut => f.write_str("leave it out"),
            Self::Give => f.write_str("give one"),
            Self::AtLeast(n) => write!(f, "give at least {n}"),
            Self::AtMost(n) => write!(f, "give at most {n}"),
            Self::Shorten(chars) => write!(f, "shorten it to {chars} characters"),
            Self::Convert(types) => {
                let names: Vec<_> = types.iter().map(|kind| kind.name()).collect();
                write!(f, "use {}", names.join(", "))
            }
            Self::Shrink(bytes) => write!(f, "use a file of at most {bytes} bytes"),
            Self::ScaleUp(side) => write!(f, "scale it up to at least {side} pixels a side"),
            Self::ScaleDown(side) => write!(f, "scale it down to at most {side} pixels a side"),
            Self::Crop => f.write_str("crop it"),
            Self::Trim => f.write_str("trim it"),
            Self::Longer(least) => {
                write!(f, "use one of at least {} s", seconds(*least))
            }
            Self::Repace(rate) => write!(f, "convert it to {rate} frames a second"),
            Self::PublicUrl => f.write_str("use a publicly reachable file"),
        }
    }
}
