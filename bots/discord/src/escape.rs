//! Makes other people's words harmless in a message: no markdown, no mentions, no hidden characters.

use unicode_segmentation::UnicodeSegmentation as _;

/// Text that shows as it was typed: markdown, mentions, links and emoji codes are escaped; what hides or
/// turns text round (zero-width and bidirectional controls) is left out; line feeds become spaces, so that no
/// line can start a heading, a list or a quotation.
pub(crate) fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    let mut blank = true;
    for character in text.chars() {
        if character.is_whitespace() {
            if !blank {
                safe.push(' ');
            }
            blank = true;
            continue;
        }
        if is_hidden(character) {
            continue;
        }
        if needs_escape(character) {
            safe.push('\\');
        }
        safe.push(character);
        if character == '@' {
            // An escaped at-sign still pings `@everyone` in some clients; a joiner that shows nothing does not.
            safe.push('\u{2060}');
        }
        blank = false;
    }
    if blank {
        safe.truncate(safe.trim_end().len());
    }
    safe
}

/// The same words without the escapes, for places that show no markdown: alternative texts.
pub(crate) fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let visible: String = word.chars().filter(|c| !is_hidden(*c)).collect();
        if visible.is_empty() {
            continue;
        }
        if !safe.is_empty() {
            safe.push(' ');
        }
        safe.push_str(&visible);
    }
    safe
}

/// Cuts text to at most `most` characters without cutting a visible character apart; what was cut shows as `…`.
///
/// Discord counts UTF-16 units in some places and characters in others: the larger count holds here.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for cluster in text.graphemes(true) {
        used += units(cluster);
        if used > most {
            break;
        }
        short.push_str(cluster);
    }
    // A backslash at the end would escape the next thing shown.
    let kept = short.trim_end_matches('\\').trim_end().len();
    short.truncate(kept);
    short.push('…');
    short
}

/// How long Discord may think text is.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

const fn needs_escape(character: char) -> bool {
    matches!(
        character,
        '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | ':' | '@'
    )
}

/// Controls, zero-width characters, and those that turn the direction of text.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_cannot_mention_anyone_or_format_anything() {
        assert_eq!(
            harmless("@everyone <@123> **bold** [x](https://evil.example)"),
            "\\@\u{2060}everyone \\<\\@\u{2060}123\\> \\*\\*bold\\*\\* \\[x\\](https\\://evil.example)"
        );
        assert_eq!(
            harmless("# big\n> quote\n- list"),
            "\\# big \\> quote - list"
        );
    }

    #[test]
    fn hidden_and_turning_characters_are_left_out() {
        assert_eq!(harmless("a\u{200b}b\u{202e}c\u{2066}d\u{feff}"), "abcd");
        assert_eq!(plain(" a\u{200b}\n\u{202e} *b* "), "a *b*");
        // A joiner inside an emoji is part of it.
        assert_eq!(harmless("👩\u{200d}🎨"), "👩\u{200d}🎨");
    }

    #[test]
    fn text_is_cut_between_visible_characters() {
        assert_eq!(shorten("short", 5), "short");
        assert_eq!(shorten("longer", 5), "long…");
        assert_eq!(shorten("ab👩\u{200d}🎨cd", 6), "ab…");
        assert_eq!(shorten("ab\\*cd", 5), "ab\\*…");
        assert_eq!(shorten("abc\\*d", 5), "abc…");
        assert!(units(&shorten(&"𝕏".repeat(3_000), 2_000)) <= 2_000);
    }
}
