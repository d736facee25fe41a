//! Reads the fields of a request's body, and collects every complaint in the words of a Zod validator.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use crate::media;

/// The longest address of a file, in bytes: as long as what common servers take for a request's first line.
const ADDRESS_BYTES: usize = 8_192;

/// One thing that is wrong with a request's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Issue {
    /// The field, with dots: `image_urls.2`.
    pub(crate) path: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

impl Issue {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    /// `prompt: Required`.
    pub(crate) fn sentence(&self) -> String {
        format!("{}: {}", self.path, self.message)
    }
}

/// Where a file that a request speaks of comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An address on the internet, where the emulator does not go.
    Public(Url),
    /// An address on this machine.
    Loopback(Url),
    /// Base64, with or without a data URI around it.
    Inline {
        /// The type that the data URI names, in lower case.
        kind: Option<String>,
        /// What is in it.
        base64: String,
    },
}

/// A file that a request speaks of, and the field that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The field, with dots.
    pub(crate) path: String,
    /// Where it comes from.
    pub(crate) source: Source,
}

impl Sent {
    /// The address, where it has one.
    pub(crate) fn address(&self) -> Option<String> {
        match &self.source {
            Source::Public(url) | Source::Loopback(url) => Some(url.to_string()),
            Source::Inline { .. } => None,
        }
    }
}

/// A body that is being read, and what was wrong with it so far.
#[derive(Debug)]
pub(crate) struct Reading {
    fields: Map<String, Value>,
    /// Stands before the name of every field in a complaint.
    prefix: String,
    /// What was wrong so far.
    pub(crate) issues: Vec<Issue>,
}

impl Reading {
    /// Starts on a JSON body. Unknown fields are ignored.
    pub(crate) fn of(body: &[u8]) -> Result<Self, Vec<Issue>> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self::of_fields(fields, "")),
            Ok(_) | Err(_) => Err(vec![Issue::new(
                "body",
                "Expected object, received invalid JSON",
            )]),
        }
    }

    /// Starts on the fields of an object that is found at `prefix`.
    pub(crate) fn of_fields(fields: Map<String, Value>, prefix: &str) -> Self {
        Self {
            fields,
            prefix: prefix.to_owned(),
            issues: Vec::new(),
        }
    }

    /// Notes that `name` is not as it should be.
    pub(crate) fn complain(&mut self, name: &str, message: impl Into<String>) {
        let path = format!("{}{name}", self.prefix);
        self.issues.push(Issue::new(path, message));
    }

    /// Takes a field as it is.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    /// A text that must be there, of at most so many characters.
    pub(crate) fn text(&mut self, name: &str, most_chars: usize) -> String {
        match self.take(name) {
            None => self.complain(name, "Required"),
            Some(Value::String(text)) if text.chars().count() <= most_chars => return text,
            Some(Value::String(_)) => {
                let message = format!("String must contain at most {most_chars} character(s)");
                self.complain(name, message);
            }
            Some(other) => self.complain(name, unexpected("string", &other)),
        }
        String::new()
    }

    /// One of `allowed`, compared in the form that `normal` gives; `default` when absent.
    pub(crate) fn choice(
        &mut self,
        name: &str,
        allowed: &[&str],
        default: Option<&str>,
        normal: impl Fn(&str) -> String,
    ) -> String {
        let message = match self.take(name) {
            None => match default {
                Some(default) => return default.to_owned(),
                None => "Required".to_owned(),
            },
            Some(Value::String(given)) => {
                let chosen = normal(&given);
                if allowed.contains(&chosen.as_str()) {
                    return chosen;
                }
                let expected: Vec<String> =
                    allowed.iter().map(|name| format!("'{name}'")).collect();
                let expected = expected.join(" | ");
                format!("Invalid enum value. Expected {expected}, received '{given}'")
            }
            Some(other) => unexpected("string", &other),
        };
        self.complain(name, message);
        String::new()
    }

    /// A yes or no; no when absent.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => {}
            Some(Value::Bool(given)) => return given,
            Some(other) => self.complain(name, unexpected("boolean", &other)),
        }
        false
    }

    /// A whole number in a range; `default` when absent.
    pub(crate) fn whole(&mut self, name: &str, range: RangeInclusive<u32>, default: u32) -> u32 {
        let Some(given) = self.take(name) else {
            return default;
        };
        let Some(number) = given.as_f64() else {
            self.complain(name, unexpected("number", &given));
            return default;
        };
        let (least, most) = range.into_inner();
        if number < f64::from(least) {
            let message = format!("Number must be greater than or equal to {least}");
            self.complain(name, message);
        } else if number > f64::from(most) {
            let message = format!("Number must be less than or equal to {most}");
            self.complain(name, message);
        } else if let Some(whole) =
            (least..=most).find(|whole| f64::from(*whole).total_cmp(&number).is_eq())
        {
            return whole;
        } else {
            self.complain(name, "Expected integer, received float");
        }
        default
    }

    /// A file that need not be there.
    pub(crate) fn source(&mut self, name: &str) -> Option<Sent> {
        let given = self.take(name)?;
        self.checked(name, given)
    }

    /// A file that must be there.
    pub(crate) fn required_source(&mut self, name: &str) -> Option<Sent> {
        if !self.fields.contains_key(name) {
            self.complain(name, "Required");
        }
        self.source(name)
    }

    fn checked(&mut self, name: &str, given: Value) -> Option<Sent> {
        match source(given) {
            Ok(source) => Some(Sent {
                path: format!("{}{name}", self.prefix),
                source,
            }),
            Err(message) => {
                self.complain(name, message);
                None
            }
        }
    }

    /// A list of files, whose length is checked when it is there.
    pub(crate) fn sources(
        &mut self,
        name: &str,
        is_required: bool,
        range: RangeInclusive<usize>,
    ) -> Vec<Sent> {
        let items = self.list(name, is_required, range);
        items
            .into_iter()
            .enumerate()
            .filter_map(|(place, item)| self.checked(&format!("{name}.{place}"), item))
            .collect()
    }

    /// A list, whose length is checked when it is there.
    pub(crate) fn list(
        &mut self,
        name: &str,
        is_required: bool,
        range: RangeInclusive<usize>,
    ) -> Vec<Value> {
        let items = match self.take(name) {
            None if is_required => {
                self.complain(name, "Required");
                return Vec::new();
            }
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.complain(name, unexpected("array", &other));
                return Vec::new();
            }
        };
        let (least, most) = range.into_inner();
        if items.len() < least {
            let message = format!("Array must contain at least {least} element(s)");
            self.complain(name, message);
        }
        if items.len() > most {
            let message = format!("Array must contain at most {most} element(s)");
            self.complain(name, message);
        }
        items
    }
}

/// Where a file comes from; a complaint when that is neither an address nor base64.
fn source(item: Value) -> Result<Source, String> {
    let Value::String(text) = item else {
        return Err(unexpected("string", &item));
    };
    if let Some(rest) = text.strip_prefix("data:") {
        return match rest.split_once(',') {
            Some((head, data)) if head.ends_with(";base64") => Ok(Source::Inline {
                kind: kind(head),
                base64: data.to_owned(),
            }),
            Some(_) | None => Err("Invalid url".to_owned()),
        };
    }
    if !text.contains("://") {
        // Judged when it is decoded.
        return Ok(Source::Inline {
            kind: None,
            base64: text,
        });
    }
    if text.len() > ADDRESS_BYTES {
        return Err(format!(
            "String must contain at most {ADDRESS_BYTES} character(s)"
        ));
    }
    match Url::parse(&text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Err("Invalid url".to_owned()),
        Ok(url) if media::is_loopback(&url) => Ok(Source::Loopback(url)),
        Ok(url) if url.has_host() => Ok(Source::Public(url)),
        Ok(_) | Err(_) => Err("Invalid url".to_owned()),
    }
}

/// The type that the head of a data URI names, without its parameters.
fn kind(head: &str) -> Option<String> {
    let kind = head.split(';').next().unwrap_or_default().trim();
    (!kind.is_empty()).then(|| kind.to_ascii_lowercase())
}

/// `Expected string, received null`.
pub(crate) fn unexpected(expected: &str, given: &Value) -> String {
    let received = match given {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("Expected {expected}, received {received}")
}
