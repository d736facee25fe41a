//! Reads and checks the body of an image request, with the complaints the vendor's validator makes.

use serde_json::{Map, Value, json};

use super::{CREDITS_PER_IMAGE, MODEL};
use crate::{
    media::{Format, size},
    reading::{Issue, Reading, Sent},
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

/// A request that fits the schema.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) prompt: String,
    pub(super) sources: Vec<Sent>,
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
        let mut reading = Reading::of(body)?;
        reading.choice("model", &[MODEL], None, str::to_owned);
        let prompt = reading.text("prompt", PROMPT_CHARS);
        let sources = reading.sources("image_urls", !lenient, 1..=IMAGES);
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
        let count = reading.whole("num_images", 1..=RESULTS, 1);

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

#[cfg(test)]
mod tests;
