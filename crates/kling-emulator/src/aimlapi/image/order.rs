//! Reads and checks the body of an image request, with the complaints the vendor's validator makes.

use serde_json::{Map, Value, json};
use url::Url;

use super::{CREDITS_PER_IMAGE, MODEL};
use crate::{
    aimlapi::error::Issue,
    media::{self, Format, size},
};

/// The longest prompt, in characters.
const PROMPT_CHARS: usize = 4000;

/// The most reference pictures.
const IMAGES: usize = 10;

/// The most results of one request.
const RESULTS: u32 = 9;

const ASPECT_RATIOS: [&str; 8] = ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16"];
const RESOLUTIONS: [&str; 2] = ["1K", "2K"];
const FORMATS: [&str; 3] = ["jpeg", "png", "webp"];
/// Taken in any case.
const PROVIDERS: [&str; 4] = ["kling", "klingai", "fal", "auto"];

/// Where a reference picture comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// An address on the internet, where the emulator does not go.
    Public(Url),
    /// An address on this machine.
    Loopback(Url),
    /// Base64, with or without a data URI around it.
    Inline(String),
}

/// A request that fits the schema.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) prompt: String,
    pub(super) sources: Vec<Source>,
    pub(super) format: Format,
    pub(super) count: u32,
    /// Width and height of the results.
    pub(super) pixels: (u32, u32),
    aspect_ratio: String,
    resolution: String,
    provider: String,
}

impl Order {
    /// Reads a body; `lenient` lets it come without `image_urls`. Unknown fields are ignored.
    pub(super) fn read(body: &[u8], lenient: bool) -> Result<Self, Vec<Issue>> {
        let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(body) else {
            let message = "Expected object, received invalid JSON".to_owned();
            return Err(vec![Issue {
                path: "body".to_owned(),
                message,
            }]);
        };
        let mut reading = Reading {
            fields,
            issues: Vec::new(),
        };
        reading.choice("model", &[MODEL], None, str::to_owned);
        let prompt = reading.prompt();
        let sources = reading.sources(lenient);
        let aspect_ratio =
            reading.choice("aspect_ratio", &ASPECT_RATIOS, Some("16:9"), str::to_owned);
        let resolution = reading.choice("resolution", &RESOLUTIONS, Some("1K"), str::to_owned);
        let format = reading.choice("output_format", &FORMATS, Some("png"), str::to_owned);
        let provider = reading.choice(
            "provider",
            &PROVIDERS,
            Some("auto"),
            str::to_ascii_lowercase,
        );
        let count = reading.count();

        let format = Format::named(&format);
        let pixels = size::pixels(&aspect_ratio, &resolution);
        match (format, pixels) {
            (Some(format), Some(pixels)) if reading.issues.is_empty() => {
                let order = Self {
                    prompt,
                    sources,
                    format,
                    count,
                    pixels,
                    aspect_ratio,
                    resolution,
                    provider,
                };
                Ok(order)
            }
            _ => Err(reading.issues),
        }
    }

    /// The price.
    pub(super) fn credits(&self) -> i64 {
        CREDITS_PER_IMAGE * i64::from(self.count)
    }

    /// What the journal says of it.
    pub(super) fn describe(&self) -> Map<String, Value> {
        let fields = [
            ("model", json!(MODEL)),
            ("prompt", json!(self.prompt)),
            ("aspect_ratio", json!(self.aspect_ratio)),
            ("resolution", json!(self.resolution)),
            ("output_format", json!(self.format.name())),
            ("num_images", json!(self.count)),
            ("provider", json!(self.provider)),
        ];
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// A body that is being read, and what was wrong with it so far.
struct Reading {
    fields: Map<String, Value>,
    issues: Vec<Issue>,
}

impl Reading {
    fn complain(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.issues.push(Issue {
            path: path.into(),
            message: message.into(),
        });
    }

    fn prompt(&mut self) -> String {
        match self.fields.remove("prompt") {
            None => self.complain("prompt", "Required"),
            Some(Value::String(prompt)) if prompt.chars().count() <= PROMPT_CHARS => return prompt,
            Some(Value::String(_)) => {
                let message = format!("String must contain at most {PROMPT_CHARS} character(s)");
                self.complain("prompt", message);
            }
            Some(other) => self.complain("prompt", unexpected("string", &other)),
        }
        String::new()
    }

    /// One of `allowed`, compared in the form that `normal` gives; `default` when absent.
    fn choice(
        &mut self,
        name: &str,
        allowed: &[&str],
        default: Option<&str>,
        normal: impl Fn(&str) -> String,
    ) -> String {
        let message = match self.fields.remove(name) {
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

    fn count(&mut self) -> u32 {
        let Some(given) = self.fields.remove("num_images") else {
            return 1;
        };
        let Some(number) = given.as_f64() else {
            self.complain("num_images", unexpected("number", &given));
            return 1;
        };
        if number < 1.0 {
            self.complain("num_images", "Number must be greater than or equal to 1");
        } else if number > f64::from(RESULTS) {
            self.complain(
                "num_images",
                format!("Number must be less than or equal to {RESULTS}"),
            );
        } else if let Some(count) =
            (1..=RESULTS).find(|count| f64::from(*count).total_cmp(&number).is_eq())
        {
            return count;
        } else {
            self.complain("num_images", "Expected integer, received float");
        }
        1
    }

    fn sources(&mut self, lenient: bool) -> Vec<Source> {
        let items = match self.fields.remove("image_urls") {
            None if lenient => return Vec::new(),
            None => {
                self.complain("image_urls", "Required");
                return Vec::new();
            }
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.complain("image_urls", unexpected("array", &other));
                return Vec::new();
            }
        };
        if items.is_empty() {
            self.complain("image_urls", "Array must contain at least 1 element(s)");
        }
        if items.len() > IMAGES {
            let message = format!("Array must contain at most {IMAGES} element(s)");
            self.complain("image_urls", message);
        }
        let mut sources = Vec::with_capacity(items.len());
        for (place, item) in items.into_iter().enumerate() {
            match source(item) {
                Ok(source) => sources.push(source),
                Err(message) => self.complain(format!("image_urls.{place}"), message),
            }
        }
        sources
    }
}

fn source(item: Value) -> Result<Source, String> {
    let Value::String(text) = item else {
        return Err(unexpected("string", &item));
    };
    if let Some(rest) = text.strip_prefix("data:") {
        return match rest.split_once(',') {
            Some((head, data)) if head.ends_with(";base64") => Ok(Source::Inline(data.to_owned())),
            Some(_) | None => Err("Invalid url".to_owned()),
        };
    }
    if !text.contains("://") {
        // Judged when it is decoded.
        return Ok(Source::Inline(text));
    }
    match Url::parse(&text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Err("Invalid url".to_owned()),
        Ok(url) if media::is_loopback(&url) => Ok(Source::Loopback(url)),
        Ok(url) if url.has_host() => Ok(Source::Public(url)),
        Ok(_) | Err(_) => Err("Invalid url".to_owned()),
    }
}

fn unexpected(expected: &str, given: &Value) -> String {
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

#[cfg(test)]
mod tests;
