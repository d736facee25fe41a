//! JSON into types, with errors that say where and never what.

use kling_core::ProviderError;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::Reply;

/// Reads a reply's body as JSON.
///
/// # Errors
///
/// [`ProviderError::Protocol`] with the JSON path of the first misfit (`$` is the whole). Neither it nor its source
/// shows the body or a value from it.
pub fn json<T: DeserializeOwned>(reply: &Reply) -> Result<T, ProviderError> {
    bytes(&reply.body)
}

/// Reads bytes as JSON, such as a webhook's body or an event of a stream.
///
/// # Errors
///
/// As [`json`].
pub fn bytes<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let misfit = Misfit(describe(error.inner(), body));
        let path = match error.inner().classify() {
            Category::Data => shown(error.path()),
            Category::Io | Category::Syntax | Category::Eof => "$".to_owned(),
        };
        protocol(path, misfit)
    })?;
    reader
        .end()
        .map_err(|_| protocol("$".to_owned(), Misfit("more after the JSON".to_owned())))?;
    Ok(value)
}

/// Says that an answer is not the documented one although it could be read: a list that is empty, a
/// success without a link. `what` is ours, never a value from the answer.
pub fn unexpected(path: impl Into<String>, what: &'static str) -> ProviderError {
    protocol(path.into(), Misfit(what.to_owned()))
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misfit(String);

fn protocol(path: String, misfit: Misfit) -> ProviderError {
    ProviderError::Protocol {
        path,
        source: Box::new(misfit),
    }
}

/// The path, with every key that does not look like a field's name replaced: it may be somebody's words.
fn shown(path: &Path) -> String {
    use std::fmt::Write as _;

    let mut text = "$".to_owned();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                let _ = write!(text, "[{index}]");
            }
            Segment::Map { key } | Segment::Enum { variant: key } => {
                text.push('.');
                text.push_str(if is_name(key) { key } else { "*" });
            }
            Segment::Unknown => text.push_str(".*"),
        }
    }
    text
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// What is wrong, without the values that serde's own message quotes.
fn describe(error: &serde_json::Error, body: &[u8]) -> String {
    match error.classify() {
        Category::Data => describe_data(&error.to_string()),
        Category::Eof if body.is_empty() => "an empty body".to_owned(),
        Category::Eof => "JSON that breaks off".to_owned(),
        Category::Syntax | Category::Io if body.trim_ascii_start().starts_with(b"<") => {
            "a web page instead of JSON".to_owned()
        }
        Category::Syntax | Category::Io => "not JSON".to_owned(),
    }
}

/// Kinds of values, as serde calls them in its messages.
const KINDS: [&str; 15] = [
    "boolean",
    "integer",
    "floating point",
    "character",
    "string",
    "byte array",
    "unit value",
    "Option value",
    "newtype struct",
    "sequence",
    "map",
    "enum",
    "unit variant",
    "null",
    "number",
];

fn describe_data(message: &str) -> String {
    for (start, said) in [
        ("missing field `", "a field is missing"),
        ("duplicate field `", "a field comes twice"),
        ("unknown field `", "a field is not known"),
        ("unknown variant `", "a word is not known"),
    ] {
        let Some(rest) = message.strip_prefix(start) else {
            continue;
        };
        let name = rest.split('`').next().unwrap_or_default();
        // Only what is missing is surely our own word; the others quote the answer.
        return if start.starts_with("missing") && is_name(name) {
            format!("{said}: {name}")
        } else {
            said.to_owned()
        };
    }
    let kind = |rest: &str| KINDS.into_iter().find(|kind| rest.starts_with(kind));
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        return match kind(rest) {
            Some(kind) => format!("a value of another type: {kind}"),
            None => "a value of another type".to_owned(),
        };
    }
    if message.starts_with("invalid length ") {
        return "a list of another length".to_owned();
    }
    "a value that does not fit".to_owned()
}

#[cfg(test)]
mod tests;
