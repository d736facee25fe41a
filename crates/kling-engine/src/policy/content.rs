//! What prompts must not contain: words and phrases, and regular expressions.
//!
//! Words are compared as people read them: compatible forms are one (NFKC), capitals do not count, marks that
//! cannot be seen are left out, and a word that mixes Latin letters with Cyrillic or Greek ones that look the
//! same is read as Latin too. Only whole words count, but in scripts that put no space between words an entry is
//! found anywhere. It is a fence and no wall: spelled-out words, other spellings and pictures pass it.

use std::collections::BTreeSet;

use regex::{RegexSet, RegexSetBuilder};
use unicode_normalization::UnicodeNormalization as _;

use super::key::ListKind;

/// The most entries of one list.
const MOST: usize = 2_000;

/// The most characters of one entry.
const LONGEST: usize = 200;

/// The most memory that the patterns of one list may take, in bytes. Matching takes time in proportion to the
/// prompt, whatever the pattern.
const PATTERN_BYTES: usize = 4 << 20;

/// How deep a pattern may nest.
const PATTERN_DEPTH: u32 = 50;

/// Cyrillic and Greek letters that look like Latin ones, after capitals are gone.
const ALIKE: [(char, char); 30] = [
    ('а', 'a'),
    ('в', 'b'),
    ('е', 'e'),
    ('ѕ', 's'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('α', 'a'),
    ('ε', 'e'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('γ', 'y'),
    ('ω', 'w'),
];

/// Reads a list as it is kept.
fn entries(value: &str) -> Result<Vec<String>, &'static str> {
    let entries: Vec<String> =
        serde_json::from_str(value).map_err(|_| "write a JSON list of texts")?;
    if entries.len() > MOST {
        return Err("a list has at most 2000 entries");
    }
    let fits = |entry: &String| !entry.trim().is_empty() && entry.chars().count() <= LONGEST;
    if !entries.iter().all(fits) {
        return Err("an entry has from 1 to 200 characters");
    }
    Ok(entries)
}

fn compiled(patterns: &[String]) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(patterns)
        .case_insensitive(true)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_DEPTH)
        .build()
}

/// Whether a list can be kept.
pub(super) fn check(kind: ListKind, value: &str) -> Result<(), &'static str> {
    let entries = entries(value)?;
    match kind {
        ListKind::Words | ListKind::WordsOutside => {
            let empty = entries
                .iter()
                .any(|entry| words_of(&plain(entry)).is_empty());
            if empty {
                return Err("an entry has at least one letter or digit");
            }
            Ok(())
        }
        ListKind::Patterns | ListKind::PatternsOutside => compiled(&entries)
            .map(|_| ())
            .map_err(|_| "one of the patterns is no regular expression, or too large"),
    }
}

/// A list, ready to be looked for.
#[derive(Clone, Debug)]
pub(super) enum List {
    Words(BTreeSet<Vec<String>>),
    Patterns(RegexSet),
}

impl List {
    /// Reads what [`check`] let through; `None` for what it would not.
    pub(super) fn read(kind: ListKind, value: &str) -> Option<Self> {
        let entries = entries(value).ok()?;
        Some(match kind {
            ListKind::Words | ListKind::WordsOutside => Self::Words(
                entries
                    .iter()
                    .map(|entry| words_of(&plain(entry)))
                    .collect(),
            ),
            ListKind::Patterns | ListKind::PatternsOutside => {
                Self::Patterns(compiled(&entries).ok()?)
            }
        })
    }

    /// The first entry that is found in a text.
    pub(super) fn find(&self, text: &Text) -> Option<String> {
        match self {
            Self::Words(phrases) => phrases
                .iter()
                .find(|phrase| text.has(phrase))
                .map(|phrase| phrase.join(" ")),
            Self::Patterns(patterns) => {
                let found = patterns.matches(&text.plain).into_iter().next();
                found.and_then(|at| patterns.patterns().get(at).cloned())
            }
        }
    }
}

/// A text, read in every way that counts.
#[derive(Clone, Debug)]
pub(super) struct Text {
    plain: String,
    words: Vec<String>,
    /// The same with mixed words read as Latin.
    latin: Vec<String>,
}

impl Text {
    pub(super) fn read(text: &str) -> Self {
        let plain = plain(text);
        let words = words_of(&plain);
        let latin = words.iter().map(|word| latin(word)).collect();
        Self {
            plain,
            words,
            latin,
        }
    }

    fn has(&self, phrase: &[String]) -> bool {
        let stands_in =
            |words: &[String]| words.windows(phrase.len().max(1)).any(|run| run == phrase);
        let unspaced = phrase.iter().all(|word| word.chars().all(is_unspaced));
        stands_in(&self.words)
            || stands_in(&self.latin)
            || (unspaced && self.plain.contains(&phrase.concat()))
    }
}

/// Compatible forms as one, without capitals and what cannot be seen.
fn plain(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    lower.nfkc().filter(|char| !is_unseen(*char)).collect()
}

/// Soft hyphens, joiners, marks of direction, selectors of variants, and tags.
const fn is_unseen(char: char) -> bool {
    matches!(
        char,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Scripts that put no space between words: Han, kana, Thai, Lao, Burmese and Khmer.
const fn is_unspaced(char: char) -> bool {
    matches!(
        char,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// Runs of letters and digits, with the marks on them.
fn words_of(text: &str) -> Vec<String> {
    let is_mark = unicode_normalization::char::is_combining_mark;
    text.split(|char: char| !char.is_alphanumeric() && !is_mark(char))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A word that mixes Latin letters with ones that look the same, in Latin; any other as it is.
fn latin(word: &str) -> String {
    if !word.chars().any(|char| char.is_ascii_alphabetic()) {
        return word.to_owned();
    }
    let alike = |char| ALIKE.iter().find(|(other, _)| *other == char);
    word.chars()
        .map(|char| alike(char).map_or(char, |(_, latin)| *latin))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &str, text: &str) -> bool {
        let list = List::read(ListKind::Words, words).expect("a list");
        list.find(&Text::read(text)).is_some()
    }

    #[test]
    fn a_word_is_found_as_people_read_it_and_not_inside_another() {
        let words = r#"["Boat", "red  ship", "straße"]"#;

        for text in [
            "a paper BOAT.",
            "ｂｏａｔ",
            "𝐛𝐨𝐚𝐭",
            "b\u{200b}oat",
            "bo\u{ad}at!",
            "bоаt",
            "a Red—ship",
            "Stra\u{df}e",
        ] {
            assert!(found(words, text), "{text}");
        }
        for text in ["boathouse", "lifeboats", "red and ship", "b o a t", ""] {
            assert!(!found(words, text), "{text}");
        }
    }

    #[test]
    fn where_words_are_not_spaced_an_entry_is_found_anywhere() {
        assert!(found(r#"["裸体"]"#, "一张裸体照片"));
        assert!(!found(r#"["裸体"]"#, "一张照片"));
    }

    #[test]
    fn words_of_one_script_are_not_mistaken_for_those_of_another() {
        assert!(!found(r#"["cop"]"#, "сор из избы"));
        assert!(found(r#"["сор"]"#, "СОР из избы"));
    }

    #[test]
    fn patterns_take_time_in_proportion_and_have_a_size() {
        let check = |value: &str| check(ListKind::Patterns, value);
        let list = List::read(ListKind::Patterns, r#"["b[o0]+at", "(x+x+)+y"]"#).expect("a list");

        assert!(list.find(&Text::read("a B00AT")).is_some());
        assert!(list.find(&Text::read(&"x".repeat(4_000))).is_none());
        assert!(check(r#"["(a)\\1"]"#).is_err());
        assert!(check(r#"["(\\w{1000}){1000}"]"#).is_err());
        assert!(check("[\"\"]").is_err());
        assert!(check("boat").is_err());
    }
}
