//! Letters of eight by eight dots, and a stand-in for those the font does not have.

use font8x8::{
    BASIC_FONTS, BLOCK_FONTS, BOX_FONTS, GREEK_FONTS, HIRAGANA_FONTS, LATIN_FONTS, MISC_FONTS,
    UnicodeFonts as _,
};

/// The eight rows of a letter, the lowest bit leftmost.
pub(super) type Glyph = [u8; 8];

/// Draws `letter`. What the font does not have becomes a frame whose inside shows the code point,
/// so that two texts in any script still look different.
pub(super) fn glyph(letter: char) -> Glyph {
    BASIC_FONTS
        .get(letter)
        .or_else(|| LATIN_FONTS.get(letter))
        .or_else(|| GREEK_FONTS.get(letter))
        .or_else(|| HIRAGANA_FONTS.get(letter))
        .or_else(|| MISC_FONTS.get(letter))
        .or_else(|| BOX_FONTS.get(letter))
        .or_else(|| BLOCK_FONTS.get(letter))
        .unwrap_or_else(|| frame(letter))
}

/// Four rows of six dots: 24 bits hold any code point.
fn frame(letter: char) -> Glyph {
    let code = u32::from(letter);
    let [_, high, middle, low] = code.to_be_bytes();
    let edge = 0b0111_1111;
    let row = |bits: u8| 0b0100_0001 | ((bits & 0b1_1111) << 1);
    [
        edge,
        row(high),
        row(middle >> 4),
        row(middle & 15),
        row(low >> 4),
        row(low & 15),
        edge,
        0,
    ]
}

/// `text` in lines of at most `columns` letters, broken between words where that is possible.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut length) = (String::new(), 0);
        for word in paragraph.split_whitespace() {
            let letters: Vec<char> = word
                .chars()
                .filter(|letter| !is_invisible(*letter))
                .collect();
            if length > 0 && length + 1 + letters.len() > columns {
                lines.push(std::mem::take(&mut line));
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            for letter in letters {
                if length == columns {
                    lines.push(std::mem::take(&mut line));
                    length = 0;
                }
                line.push(letter);
                length += 1;
            }
        }
        lines.push(line);
    }
    lines
}

/// Joiners, direction marks and variation selectors take no room.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::{glyph, wrap};

    #[test]
    fn lines_break_between_words_and_inside_long_ones() {
        assert_eq!(
            wrap("a cosy café by abcdefghij", 6),
            ["a cosy", "café", "by", "abcdef", "ghij"]
        );
        assert_eq!(wrap("one\n\ntwo", 9), ["one", "", "two"]);
        assert_eq!(wrap("", 9), Vec::<String>::new());
    }

    #[test]
    fn letters_that_the_font_lacks_still_differ() {
        assert_ne!(glyph('猫'), glyph('犬'));
        assert_ne!(glyph('🦖'), glyph('猫'));
        assert_ne!(glyph('é'), glyph('e'));
    }
}
