//! How many frames a second a video shows.

/// Frames a second, on average over the whole video, to the thousandth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameRate(u32);

impl FrameRate {
    /// So many whole frames a second.
    pub const fn per_second(frames: u16) -> Self {
        Self(frames as u32 * 1_000)
    }

    /// So many thousandths of a frame a second: 23 976 for what NTSC calls 24.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        Self(thousandths)
    }

    /// The same in thousandths.
    pub const fn as_thousandths(self) -> u32 {
        self.0
    }
}

/// As people write it: `24`, `23.976`, `12.5`.
impl std::fmt::Display for FrameRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", f64::from(self.0) / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_shown_to_the_thousandth_and_no_further() {
        for (thousandths, shown) in [
            (0, "0"),
            (1, "0.001"),
            (12_500, "12.5"),
            (23_976, "23.976"),
            (24_000, "24"),
            (59_940, "59.94"),
            (u32::MAX, "4294967.295"),
        ] {
            assert_eq!(FrameRate::from_thousandths(thousandths).to_string(), shown);
        }
        assert_eq!(FrameRate::per_second(24).as_thousandths(), 24_000);
    }
}
