//! Reads and checks the body of a video request, by the table of each model.

use serde_json::{Map, Value, json};

use crate::{
    media::size::CLIP_RATIOS,
    reading::{Issue, Reading, Sent, unexpected},
};

/// The longest prompt, in characters.
const PROMPT_CHARS: usize = 2500;

/// The most elements.
const ELEMENTS: usize = 4;

/// The most further pictures of an element.
const ELEMENT_PICTURES: usize = 4;

/// Taken in any case.
const PROVIDERS: [&str; 4] = ["kling", "klingai", "fal", "auto"];

/// The models that make videos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aimlapi) enum Model {
    /// From pictures and elements.
    Reference,
    /// From a first frame, and a last one if wanted.
    Image,
    /// A clip, changed.
    Edit,
    /// From a clip's motion and style.
    ClipReference,
}

impl Model {
    /// Every model, in the order of the vendor's list.
    pub(in crate::aimlapi) const ALL: [Self; 4] = [
        Self::Reference,
        Self::Image,
        Self::Edit,
        Self::ClipReference,
    ];

    /// The vendor's name.
    pub(in crate::aimlapi) fn id(self) -> &'static str {
        match self {
            Self::Reference => "klingai/video-o1-reference-to-video",
            Self::Image => "klingai/video-o1-image-to-video",
            Self::Edit => "klingai/video-o1-video-to-video-edit",
            Self::ClipReference => "klingai/video-o1-video-to-video-reference",
        }
    }

    /// The most items of `image_list`; none when the schema has no such field.
    fn most_images(self) -> Option<usize> {
        match self {
            Self::Reference | Self::Edit => Some(7),
            Self::ClipReference => Some(4),
            Self::Image => None,
        }
    }

    /// The most pictures and elements together that the upstream takes, where the schema lets more
    /// pass.
    fn most_upstream(self) -> usize {
        match self {
            Self::Reference | Self::Image => 7,
            Self::Edit | Self::ClipReference => 4,
        }
    }

    fn takes_clip(self) -> bool {
        matches!(self, Self::Edit | Self::ClipReference)
    }

    fn takes_ratio(self) -> bool {
        matches!(self, Self::Reference | Self::ClipReference)
    }
}

/// A request that fits its model's schema.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) model: Model,
    pub(super) prompt: String,
    /// The frames, the list and the elements, in this order.
    pub(super) pictures: Vec<Sent>,
    pub(super) clip: Option<Sent>,
    /// None where the result has the shape of what was sent.
    pub(super) aspect_ratio: Option<String>,
    /// None where the result is as long as the clip that was sent.
    pub(super) seconds: Option<u32>,
    /// Why the upstream refuses it, although it fits the schema.
    pub(super) refusal: Option<String>,
    told: Map<String, Value>,
}

impl Order {
    /// Reads a body. Unknown fields are ignored.
    pub(super) fn read(body: &[u8]) -> Result<Self, Vec<Issue>> {
        let mut reading = Reading::of(body)?;
        let name = reading.choice("model", &Model::ALL.map(Model::id), None, str::to_owned);
        let Some(model) = Model::ALL.into_iter().find(|model| model.id() == name) else {
            return Err(reading.issues);
        };
        let prompt = reading.text("prompt", PROMPT_CHARS);
        let mut pictures = Vec::new();
        if model == Model::Image {
            pictures.extend(reading.required_source("image_url"));
            pictures.extend(reading.source("last_image_url"));
        }
        let clip = if model.takes_clip() {
            reading.required_source("video_url")
        } else {
            None
        };
        let mut together = 0;
        if let Some(most) = model.most_images() {
            let images = reading.sources("image_list", false, 1..=most);
            together += images.len();
            pictures.extend(images);
            together += elements(&mut reading, &mut pictures);
        }
        let aspect_ratio = model
            .takes_ratio()
            .then(|| reading.choice("aspect_ratio", &CLIP_RATIOS, Some("16:9"), str::to_owned));
        let seconds = (model != Model::Edit).then(|| duration(&mut reading));
        let keep_audio = model.takes_clip() && reading.flag("keep_audio");
        let provider = reading.choice(
            "provider",
            &PROVIDERS,
            Some("auto"),
            str::to_ascii_lowercase,
        );
        if !reading.issues.is_empty() {
            return Err(reading.issues);
        }

        let most = model.most_upstream();
        let refusal = (together > most).then(|| {
            format!("Image and element count exceeds the limit: at most {most} are allowed")
        });
        let told = json!({
            "model": model.id(),
            "prompt": prompt,
            "aspect_ratio": aspect_ratio,
            "duration": seconds,
            "keep_audio": keep_audio,
            "provider": provider,
        });
        Ok(Self {
            model,
            prompt,
            pictures,
            clip,
            aspect_ratio,
            seconds,
            refusal,
            told: told.as_object().cloned().unwrap_or_default(),
        })
    }

    /// What the journal says of it.
    pub(super) fn describe(&self) -> Map<String, Value> {
        self.told.clone()
    }
}

/// 5 or 10, as a number or, as the vendor's own samples have it, as a text.
fn duration(reading: &mut Reading) -> u32 {
    let Some(given) = reading.take("duration") else {
        return 5;
    };
    let number = match &given {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => ["5", "10"]
            .contains(&text.as_str())
            .then(|| text.parse().ok())
            .flatten(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            reading.complain("duration", unexpected("number", &given));
            return 5;
        }
    };
    for allowed in [5, 10] {
        if number.is_some_and(|number| number.total_cmp(&f64::from(allowed)).is_eq()) {
            return allowed;
        }
    }
    let message = format!("Invalid enum value. Expected 5 | 10, received {given}");
    reading.complain("duration", message);
    5
}

/// Reads the elements and adds their pictures; answers how many elements there are.
fn elements(reading: &mut Reading, pictures: &mut Vec<Sent>) -> usize {
    let items = reading.list("elements", false, 0..=ELEMENTS);
    let count = items.len();
    for (place, item) in items.into_iter().enumerate() {
        let Value::Object(fields) = item else {
            let message = unexpected("object", &item);
            reading.complain(&format!("elements.{place}"), message);
            continue;
        };
        let mut element = Reading::of_fields(fields, &format!("elements.{place}."));
        pictures.extend(element.required_source("frontal_image_url"));
        pictures.extend(element.sources("reference_image_urls", true, 1..=ELEMENT_PICTURES));
        reading.issues.append(&mut element.issues);
    }
    count
}

#[cfg(test)]
mod tests;
