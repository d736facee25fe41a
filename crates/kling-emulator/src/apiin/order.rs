//! Reads and checks the body of an image request to apiin.one.

use serde_json::{Map, Value, json};

use crate::{
    media::size::{nearest_ratio, picture_ratios, pixels},
    reading::{Issue, Reading, Sent, Source},
};

/// The model's name.
pub(super) const MODEL: &str = "kling-image-o1";

/// The longest prompt, in characters, by the general pages; the model's own page names none.
const PROMPT_CHARS: usize = 5000;

/// The most reference pictures.
const IMAGES: usize = 10;

/// The most results of one request.
const RESULTS: u32 = 9;

const ASPECT_RATIOS: [&str; 9] = [
    "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "auto",
];

/// What a request is for, and what it costs.
const TYPES: [(&str, i64); 2] = [("image-to-image", 6), ("ai-multi-shot", 16)];

/// A request that fits.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) prompt: String,
    pub(super) sources: Vec<Sent>,
    pub(super) count: u32,
    /// The price, whatever the count.
    pub(super) credits: i64,
    aspect_ratio: String,
    resolution: String,
    kind: String,
}

impl Order {
    /// Reads a body. Unknown fields are ignored.
    pub(super) fn read(body: &[u8]) -> Result<Self, Vec<Issue>> {
        let mut reading = Reading::of(body)?;
        reading.choice("model", &[MODEL], None, str::to_owned);
        let prompt = reading.text("prompt", PROMPT_CHARS);
        if prompt.is_empty() && reading.issues.iter().all(|issue| issue.path != "prompt") {
            reading.complain("prompt", "String must contain at least 1 character(s)");
        }
        let names = TYPES.map(|(name, _)| name);
        let kind = reading.choice("type", &names, Some("image-to-image"), str::to_owned);
        let sources = reading.sources("images", false, 0..=IMAGES);
        for sent in &sources {
            if matches!(sent.source, Source::Inline { .. }) {
                reading.complain(&sent.path, "Invalid url");
            }
        }
        let aspect_ratio =
            reading.choice("aspect_ratio", &ASPECT_RATIOS, Some("1:1"), str::to_owned);
        let resolution = reading.choice("resolution", &["1k", "2k"], Some("1k"), str::to_owned);
        let count = reading.whole("num_images", 1..=RESULTS, 1);
        let price = TYPES.iter().find(|(name, _)| *name == kind);
        match price {
            Some((_, credits)) if reading.issues.is_empty() => Ok(Self {
                prompt,
                sources,
                count,
                credits: *credits,
                aspect_ratio,
                resolution,
                kind,
            }),
            Some(_) | None => Err(reading.issues),
        }
    }

    /// The size of the results, when the first reference has this size.
    pub(super) fn pixels(&self, first: Option<(u32, u32)>) -> (u32, u32) {
        let ratio = match self.aspect_ratio.as_str() {
            "auto" => first
                .and_then(|size| nearest_ratio(size, &picture_ratios()))
                .unwrap_or("1:1"),
            named => named,
        };
        pixels(ratio, &self.resolution).unwrap_or((1024, 1024))
    }

    /// What the journal says of it.
    pub(super) fn describe(&self) -> Map<String, Value> {
        let fields = [
            ("model", json!(MODEL)),
            ("prompt", json!(self.prompt)),
            ("type", json!(self.kind)),
            ("aspect_ratio", json!(self.aspect_ratio)),
            ("resolution", json!(self.resolution)),
            ("num_images", json!(self.count)),
        ];
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Order;

    fn read(changes: &Value) -> Result<Order, Vec<String>> {
        let mut body = json!({ "model": "kling-image-o1", "prompt": "a city" });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let said = |issues: Vec<super::Issue>| issues.iter().map(super::Issue::sentence).collect();
        Order::read(body.to_string().as_bytes()).map_err(said)
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let order = read(&json!({})).unwrap();

        assert_eq!((order.count, order.credits), (1, 6));
        assert_eq!(order.pixels(None), (1024, 1024));
        let shots = read(&json!({ "type": "ai-multi-shot", "num_images": 9 })).unwrap();
        assert_eq!((shots.count, shots.credits), (9, 16));
    }

    #[test]
    fn auto_follows_the_first_reference() {
        let order = read(&json!({ "aspect_ratio": "auto", "resolution": "2k" })).unwrap();

        assert_eq!(order.pixels(Some((1600, 900))), (2720, 1536));
        assert_eq!(order.pixels(None), (2048, 2048));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let said = read(&json!({
            "prompt": "", "type": "text-to-image", "aspect_ratio": "5:4", "resolution": "1K",
            "num_images": 10, "images": ["data:image/png;base64,AAAA", "nonsense"],
        }));

        let paths: Vec<String> = said
            .unwrap_err()
            .iter()
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect();
        let expected = [
            "prompt",
            "type",
            "images.0",
            "images.1",
            "aspect_ratio",
            "resolution",
            "num_images",
        ];
        assert_eq!(paths, expected);
        assert!(read(&json!({ "images": vec!["https://example.org/a.png"; 11] })).is_err());
    }
}
