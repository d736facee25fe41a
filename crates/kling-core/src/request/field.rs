//! Field types that are checked once, where they are made, and trusted after.

use std::num::{NonZeroU8, NonZeroU16};

/// A value that no provider could take. What a certain model takes is its capability's matter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {field} is not valid: it takes {rule}")]
pub struct InvalidField {
    /// Which field.
    pub field: &'static str,
    /// What would be valid.
    pub rule: &'static str,
}

/// Words that say what to make. Its `Debug` shows only how long it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt(String);

impl Prompt {
    /// The most characters any prompt may have, whatever the model: Discord's longest option.
    pub const MAX_CHARS: usize = 6000;

    /// Takes words as a prompt; white space around them is taken off.
    ///
    /// # Errors
    ///
    /// When nothing is left, more than [`Prompt::MAX_CHARS`] characters are, or there is a control
    /// character other than a line feed, a carriage return or a tab.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidField> {
        let text = text.as_ref().trim();
        let invalid = |rule| {
            Err(InvalidField {
                field: "prompt",
                rule,
            })
        };
        if text.is_empty() {
            return invalid("at least one character");
        }
        if text.chars().count() > Self::MAX_CHARS {
            return invalid("at most 6000 characters");
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return invalid("no control characters");
        }
        Ok(Self(text.to_owned()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters (Unicode scalar values) it has.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prompt({} characters)", self.chars())
    }
}

/// Width against height, or the provider's own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AspectRatio {
    /// The provider looks at the input and chooses.
    Auto,
    /// A fixed shape, as providers spell it: `21:9` is not `7:3`.
    Fixed {
        /// Parts of width.
        width: NonZeroU8,
        /// Parts of height.
        height: NonZeroU8,
    },
}

impl AspectRatio {
    /// A fixed shape written in source code; used in a `const`, a zero stops the build.
    ///
    /// # Panics
    ///
    /// When either side is zero.
    pub const fn of(width: u8, height: u8) -> Self {
        match (NonZeroU8::new(width), NonZeroU8::new(height)) {
            (Some(width), Some(height)) => Self::Fixed { width, height },
            _ => panic_zero(),
        }
    }

    /// Reads `16:9` or `auto`.
    ///
    /// # Errors
    ///
    /// When it is neither `auto` nor two numbers from 1 to 255 with a colon between.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        let invalid = InvalidField {
            field: "aspect ratio",
            rule: "two numbers like 16:9, or auto",
        };
        let text = text.trim();
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let (width, height) = text.split_once(':').ok_or_else(|| invalid.clone())?;
        match (width.parse(), height.parse()) {
            (Ok(width), Ok(height)) => Ok(Self::Fixed { width, height }),
            _ => Err(invalid),
        }
    }

    /// Width divided by height; `None` for [`AspectRatio::Auto`].
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Auto => None,
            Self::Fixed { width, height } => Some(f64::from(width.get()) / f64::from(height.get())),
        }
    }
}

#[expect(
    clippy::panic,
    reason = "only reached by a wrong literal, at build time"
)]
const fn panic_zero() -> AspectRatio {
    panic!("an aspect ratio has two sides above zero")
}

impl std::fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed { width, height } => write!(f, "{width}:{height}"),
        }
    }
}

/// How fine the result is, from coarse to fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// Video 720 pixels high.
    P720,
    /// Video 1080 pixels high.
    P1080,
    /// A picture of about one megapixel.
    K1,
    /// A picture of about four megapixels.
    K2,
    /// A picture of about sixteen megapixels.
    K4,
}

impl Resolution {
    /// Every resolution, from coarse to fine.
    pub const ALL: [Self; 5] = [Self::P720, Self::P1080, Self::K1, Self::K2, Self::K4];

    /// The usual spelling: `1080p`, `2K`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::K1 => "1K",
            Self::K2 => "2K",
            Self::K4 => "4K",
        }
    }

    /// Reads a spelling of [`Resolution::as_str`], in either case.
    ///
    /// # Errors
    ///
    /// When it is none of them.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        Self::ALL
            .into_iter()
            .find(|resolution| resolution.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or(InvalidField {
                field: "resolution",
                rule: "720p, 1080p, 1K, 2K or 4K",
            })
    }
}

impl std::fmt::Display for Resolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What kind of file an image comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// PNG, without loss.
    Png,
    /// JPEG, small.
    Jpeg,
    /// WebP.
    Webp,
}

impl ImageFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::Webp];

    /// The usual spelling: `jpeg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
        }
    }

    /// Reads a spelling of [`ImageFormat::as_str`], in either case, or `jpg`.
    ///
    /// # Errors
    ///
    /// When it is none of them.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("jpg") {
            return Ok(Self::Jpeg);
        }
        Self::ALL
            .into_iter()
            .find(|format| format.as_str().eq_ignore_ascii_case(text))
            .ok_or(InvalidField {
                field: "format",
                rule: "png, jpeg or webp",
            })
    }
}

impl std::fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many images are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageCount(NonZeroU8);

impl ImageCount {
    /// One.
    pub const ONE: Self = Self(NonZeroU8::MIN);
    /// The most that can be asked for at once: as many as a chat message carries files.
    pub const MAX: u8 = 10;

    /// A count from 1 to [`ImageCount::MAX`].
    ///
    /// # Errors
    ///
    /// When it is 0 or more than [`ImageCount::MAX`].
    pub fn new(count: u8) -> Result<Self, InvalidField> {
        NonZeroU8::new(count)
            .filter(|count| count.get() <= Self::MAX)
            .map(Self)
            .ok_or(InvalidField {
                field: "count",
                rule: "a whole number from 1 to 10",
            })
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

/// How long a video is, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(NonZeroU16);

impl Seconds {
    /// The longest video that can be asked for, in seconds: ten minutes. The bound is this house's own, far above any
    /// model's: what a model makes is in its [`Capability::durations`](crate::Capability::durations).
    pub const MAX: u16 = 600;

    /// A length from 1 to [`Seconds::MAX`].
    ///
    /// # Errors
    ///
    /// When it is 0 or more than [`Seconds::MAX`].
    pub fn new(seconds: u16) -> Result<Self, InvalidField> {
        NonZeroU16::new(seconds)
            .filter(|seconds| seconds.get() <= Self::MAX)
            .map(Self)
            .ok_or(InvalidField {
                field: "duration",
                rule: "a whole number of seconds from 1 to 600",
            })
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl std::fmt::Display for ImageCount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_trimmed_and_never_empty() {
        assert_eq!(
            Prompt::new("  a boat \n").expect("words").as_str(),
            "a boat"
        );
        assert!(Prompt::new(" \n\t ").is_err());
        assert!(Prompt::new("a\u{0}b").is_err());
        assert!(Prompt::new("é".repeat(Prompt::MAX_CHARS)).is_ok());
        assert!(Prompt::new("é".repeat(Prompt::MAX_CHARS + 1)).is_err());
    }

    #[test]
    fn a_prompt_does_not_show_in_debug_output() {
        let prompt = Prompt::new("my secret garden").expect("words");

        assert_eq!(format!("{prompt:?}"), "Prompt(16 characters)");
    }

    #[test]
    fn fields_read_what_they_write() {
        for text in ["auto", "21:9", "1:1"] {
            assert_eq!(AspectRatio::parse(text).expect("a ratio").to_string(), text);
        }
        for resolution in Resolution::ALL {
            assert_eq!(Resolution::parse(&resolution.to_string()), Ok(resolution));
        }
        for format in ImageFormat::ALL {
            assert_eq!(ImageFormat::parse(format.as_str()), Ok(format));
        }
    }

    #[test]
    fn impossible_values_are_told_what_is_possible() {
        assert_eq!(
            AspectRatio::parse("0:9").expect_err("zero").to_string(),
            "the aspect ratio is not valid: it takes two numbers like 16:9, or auto"
        );
        assert!(ImageCount::new(0).is_err());
        assert!(ImageCount::new(11).is_err());
        assert!(Seconds::new(601).is_err());
    }
}
