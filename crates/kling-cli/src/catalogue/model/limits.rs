//! What a file that goes in may be, for scripts and for people.

use std::fmt::{self, Display};

use kling_core::FileRule;
use serde::Serialize;

/// The limits of one field's files. What no limit is known for is null.
#[derive(Debug, Serialize)]
pub(super) struct FileLimits {
    /// Kinds of file, by their IANA names.
    types: Vec<&'static str>,
    max_bytes: Option<u64>,
    /// The fewest and the most pixels of a side.
    min_side: Option<u32>,
    max_side: Option<u32>,
    /// Width divided by height.
    ratio: Option<Bounds>,
    /// Playing time.
    seconds: Option<Bounds>,
    /// Frames a second.
    frame_rate: Option<Bounds>,
    #[serde(skip)]
    names: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Bounds {
    min: f64,
    max: f64,
}

impl FileLimits {
    pub(super) fn of(rule: &FileRule) -> Self {
        let bounds = |min, max| Bounds { min, max };
        Self {
            types: rule.types.iter().map(|kind| kind.mime()).collect(),
            max_bytes: rule.max_bytes,
            min_side: rule.min_side,
            max_side: rule.max_side,
            ratio: rule.ratio.map(|(min, max)| bounds(min, max)),
            seconds: rule
                .duration
                .map(|(min, max)| bounds(min.as_secs_f64(), max.as_secs_f64())),
            frame_rate: rule.frame_rate.map(|(min, max)| {
                let rate = |thousandths: u32| f64::from(thousandths) / 1_000.0;
                bounds(rate(min.as_thousandths()), rate(max.as_thousandths()))
            }),
            names: rule.types.iter().map(|kind| kind.name()).collect(),
        }
    }
}

impl Display for FileLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))?;
        if let Some(bytes) = self.max_bytes {
            write!(f, "; at most {}", size(bytes))?;
        }
        match (self.min_side, self.max_side) {
            (None, None) => {}
            (Some(min), None) => write!(f, "; sides of at least {min} pixels")?,
            (None, Some(max)) => write!(f, "; sides of at most {max} pixels")?,
            (Some(min), Some(max)) => write!(f, "; sides of {min} to {max} pixels")?,
        }
        if let Some(Bounds { min, max }) = self.ratio {
            write!(f, "; width by height {min:.2} to {max:.2}")?;
        }
        if let Some(Bounds { min, max }) = self.seconds {
            write!(f, "; {min} to {max} s")?;
        }
        if let Some(Bounds { min, max }) = self.frame_rate {
            write!(f, "; {min} to {max} frames a second")?;
        }
        Ok(())
    }
}

/// Bytes as people count them, where they come out even.
fn size(bytes: u64) -> String {
    for (unit, name) in [(1_048_576, "MiB"), (1_000_000, "MB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_told_in_the_unit_it_was_set_in() {
        assert_eq!(size(10 * 1_048_576), "10 MiB");
        assert_eq!(size(200_000_000), "200 MB");
        assert_eq!(size(1_234), "1234 bytes");
    }
}
