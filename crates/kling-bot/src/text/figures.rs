//! Figures as people read them: sizes, lengths of time, money, a bar, and words cut to a length.

use std::time::Duration;

use kling_core::Estimate;
use unicode_segmentation::UnicodeSegmentation as _;

use super::Text;

/// How many parts the bar has.
const BAR_PARTS: u8 = 10;

impl Text {
    /// `12.3 MB`.
    pub(super) fn size(&self, bytes: u64) -> String {
        let (unit, per) = match bytes {
            0..1_000 => ("B", 1),
            1_000..1_000_000 => ("kB", 1_000),
            1_000_000..1_000_000_000 => ("MB", 1_000_000),
            _ => ("GB", 1_000_000_000),
        };
        let tenths = bytes.saturating_mul(10) / per;
        let value = match (tenths / 10, tenths % 10) {
            (whole, 0) => whole.to_string(),
            (whole, tenth) => format!("{whole}.{tenth}"),
        };
        self.say("size", &[("value", &value), ("unit", unit)])
    }

    /// `5 s`, `1 min 5 s`, `2 h 3 min`.
    pub(super) fn duration(&self, duration: Duration) -> String {
        let seconds = duration.as_secs();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let text = |n: u64| n.to_string();
        if hours > 0 {
            let figures = [("hours", &*text(hours)), ("minutes", &*text(minutes))];
            self.say("duration-hours", &figures)
        } else if minutes > 0 {
            let figures = [
                ("minutes", &*text(minutes)),
                ("seconds", &*text(seconds % 60)),
            ];
            self.say("duration-minutes", &figures)
        } else {
            self.say("duration-seconds", &[("seconds", &text(seconds))])
        }
    }

    /// `$0.0294`, `about $0.0294`, `an unknown amount`.
    pub(super) fn estimate(&self, estimate: Estimate) -> String {
        match estimate {
            Estimate::Exact(amount) => amount.to_string(),
            Estimate::Approximate(amount) => {
                self.say("price-about", &[("amount", &amount.to_string())])
            }
            Estimate::Unknown => self.say("price-unknown", &[]),
        }
    }
}

/// How long a platform may think text is: some count an emoji as two, and none as more.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A bar that is that full, from 0 to 100.
pub(super) fn bar(percent: u8) -> String {
    let full = percent.min(100) / (100 / BAR_PARTS);
    (0..BAR_PARTS)
        .map(|part| if part < full { '▰' } else { '▱' })
        .collect()
}

/// The words on one line, cut to at most so many characters; an emoji or accented letter is never cut apart.
pub(super) fn shorten(text: &str, max_chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= max_chars {
        return line;
    }
    let mut short = String::new();
    let mut chars = 0;
    for grapheme in line.graphemes(true) {
        chars += grapheme.chars().count();
        if chars + 1 > max_chars {
            break;
        }
        short.push_str(grapheme);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Texts;

    #[test]
    fn figures_are_humane() {
        let text = Texts::builtin().expect("read").of(None);

        assert_eq!(text.size(12_345_678), "12.3 MB");
        assert_eq!(text.size(10_000_000), "10 MB");
        assert_eq!(text.size(999), "999 B");
        assert_eq!(text.duration(Duration::from_secs(5)), "5 s");
        assert_eq!(text.duration(Duration::from_secs(65)), "1 min 5 s");
        assert_eq!(text.duration(Duration::from_mins(123)), "2 h 3 min");
        assert_eq!(bar(0), "▱▱▱▱▱▱▱▱▱▱");
        assert_eq!(bar(47), "▰▰▰▰▱▱▱▱▱▱");
        assert_eq!(bar(250), "▰▰▰▰▰▰▰▰▰▰");
    }

    #[test]
    fn words_are_cut_between_characters_as_people_see_them() {
        assert_eq!(shorten("a  paper\nboat", 20), "a paper boat");
        assert_eq!(shorten("a paper boat", 8), "a paper…");
        // A family is one character to people, and five to computers.
        assert_eq!(shorten("ab👨\u{200d}👩\u{200d}👧 and more", 5), "ab…");
    }
}
