//! A slash command as a person types it: `/imagine prompt:"a paper boat" image1:@boat.png count:2`.

use std::path::PathBuf;

/// A command that was typed, before anything looked at what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    /// The command's name, and those of its group and subcommand, without the slash.
    pub(crate) path: Vec<String>,
    /// Its options, in the order they were typed.
    pub(crate) options: Vec<(String, Value)>,
}

/// What an option was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Words, a number or a choice.
    Text(String),
    /// A file, after an `@`.
    File(PathBuf),
}

/// Text that is no slash command.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TypedError {
    #[error("a command starts with a slash, as in /imagine prompt:\"a paper boat\"")]
    NoSlash,
    #[error(
        "`{0}` belongs to no option; write option:value, and put quotes around words with spaces"
    )]
    NoOption(String),
    #[error("the option `{0}` has no value")]
    NoValue(String),
    #[error("the option `{0}` is given twice")]
    Twice(String),
    #[error("the quotation mark after `{0}:` is never closed")]
    Unclosed(String),
}

impl Typed {
    /// Reads a line.
    ///
    /// A value in quotation marks, straight or curly, may hold anything; `\"` is a quotation mark in it. A
    /// value without them goes on until the next `option:`. After an `@` it is a file's path.
    pub(crate) fn parse(line: &str) -> Result<Self, TypedError> {
        let mut rest = line.trim().strip_prefix('/').ok_or(TypedError::NoSlash)?;
        let mut typed = Self {
            path: Vec::new(),
            options: Vec::new(),
        };
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let (word, after) = split_word(rest);
            if let Some((name, first)) = option_start(word) {
                if typed.options.iter().any(|(known, _)| known == name) {
                    return Err(TypedError::Twice(name.to_owned()));
                }
                let given = rest
                    .strip_prefix(name)
                    .and_then(|text| text.strip_prefix(':'))
                    .map_or("", str::trim_start);
                let (value, after) = if let Some((make, inside)) = opened(given) {
                    let (text, after) = until_closed(inside)
                        .ok_or_else(|| TypedError::Unclosed(name.to_owned()))?;
                    (make(text), after)
                } else {
                    let (text, after) = until_next_option(first, after);
                    (Value::bare(text), after)
                };
                if value.is_empty() {
                    return Err(TypedError::NoValue(name.to_owned()));
                }
                typed.options.push((name.to_owned(), value));
                rest = after;
            } else if typed.options.is_empty() {
                typed.path.push(word.to_owned());
                rest = after;
            } else {
                return Err(TypedError::NoOption(word.to_owned()));
            }
        }
        if typed.path.is_empty() {
            Err(TypedError::NoSlash)
        } else {
            Ok(typed)
        }
    }

    /// What an option was given as text, if it was given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|(known, value)| match value {
            Value::Text(text) if known == name => Some(text.as_str()),
            Value::Text(_) | Value::File(_) => None,
        })
    }
}

impl Value {
    /// A value that stands without quotation marks.
    fn bare(text: String) -> Self {
        match text.strip_prefix('@') {
            Some(path) => Self::file(path.to_owned()),
            None => Self::Text(text),
        }
    }

    fn file(path: String) -> Self {
        Self::File(PathBuf::from(path))
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::File(path) => path.as_os_str().is_empty(),
        }
    }
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// `name:…` where the name is one a platform would allow: it starts with a letter.
fn option_start(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once(':')?;
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let named = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(letters);
    named.then_some((name, value))
}

/// Makes a value of the words in quotation marks.
type Make = fn(String) -> Value;

/// What a value in quotation marks is, and what stands behind the first of them.
fn opened(text: &str) -> Option<(Make, &str)> {
    let (make, quoted): (Make, _) = match text.strip_prefix('@') {
        Some(path) => (Value::file, path),
        None => (Value::Text, text),
    };
    let inside = quoted.strip_prefix(['"', '“', '„', '”'])?;
    Some((make, inside))
}

fn until_closed(inside: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = inside.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, next @ ('"' | '\\'))) => value.push(next),
                Some((_, next)) => value.extend(['\\', next]),
                None => return None,
            },
            '"' | '”' | '“' => {
                return inside
                    .get(at + letter.len_utf8()..)
                    .map(|rest| (value, rest));
            }
            other => value.push(other),
        }
    }
    None
}

fn until_next_option<'a>(first: &str, mut after: &'a str) -> (String, &'a str) {
    let mut value = first.to_owned();
    loop {
        let next = after.trim_start();
        let (word, rest) = split_word(next);
        if word.is_empty() || option_start(word).is_some() {
            return (value, next);
        }
        if !value.is_empty() {
            value.push(' ');
        }
        value.push_str(word);
        after = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    #[test]
    fn a_command_is_read_as_a_person_types_it() {
        let line = r#"/imagine prompt:"a \"paper\" boat: at 10:30" image1:@a.png image2:@b c.jpg image3:@"d e:1.png" aspect_ratio:16:9 count:2"#;

        let typed = Typed::parse(line).expect("a command");

        assert_eq!(typed.path, ["imagine"]);
        assert_eq!(
            typed.options,
            [
                ("prompt".to_owned(), text(r#"a "paper" boat: at 10:30"#)),
                ("image1".to_owned(), Value::File("a.png".into())),
                ("image2".to_owned(), Value::File("b c.jpg".into())),
                ("image3".to_owned(), Value::File("d e:1.png".into())),
                ("aspect_ratio".to_owned(), text("16:9")),
                ("count".to_owned(), text("2")),
            ]
        );
    }

    #[test]
    fn quotation_marks_may_be_curly_or_left_out() {
        let curly = Typed::parse("/imagine prompt:“a paper boat” count:2").expect("a command");
        let bare = Typed::parse("/imagine prompt: a paper boat  count:2").expect("a command");

        assert_eq!(curly.text("prompt"), Some("a paper boat"));
        assert_eq!(bare, curly);
    }

    #[test]
    fn a_subcommand_is_part_of_the_path() {
        let typed = Typed::parse("/kling show job:01h").expect("a command");

        assert_eq!(typed.path, ["kling", "show"]);
    }

    #[test]
    fn what_cannot_be_read_is_explained() {
        let check = |line: &str, error: TypedError| assert_eq!(Typed::parse(line), Err(error));

        check("imagine prompt:x", TypedError::NoSlash);
        check("/", TypedError::NoSlash);
        check("/imagine prompt:\"x\" y", TypedError::NoOption("y".into()));
        check("/imagine prompt:\"x", TypedError::Unclosed("prompt".into()));
        check("/imagine prompt:", TypedError::NoValue("prompt".into()));
        check("/imagine prompt:\"\"", TypedError::NoValue("prompt".into()));
        check("/imagine image1:@", TypedError::NoValue("image1".into()));
        check(
            "/imagine count:1 count:2",
            TypedError::Twice("count".into()),
        );
    }
}
