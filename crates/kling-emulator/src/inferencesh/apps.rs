//! The two apps: what they take, what they cost, and what Kling refuses behind them.

use serde_json::{Map, Value};

use crate::{
    media::size::{CLIP_RATIOS, picture_ratios},
    reading::{Issue, Reading, Sent},
};

/// What a picture costs; all of `n` are charged for, although one comes back.
pub const NANODOLLARS_PER_IMAGE: i64 = 28_000_000;

/// What a second of video costs at 1080p. Assumed: what fal asks for the professional mode.
pub const NANODOLLARS_PER_SECOND_1080P: i64 = 112_000_000;

/// What a second of video costs at 720p. Assumed: what fal asks for the standard mode.
pub const NANODOLLARS_PER_SECOND_720P: i64 = 84_000_000;

/// The longest prompt that Kling takes, in characters; the apps themselves check nothing.
const PROMPT_CHARS: usize = 2500;

/// The most reference pictures of the video app.
const REFERENCES: usize = 7;

/// The most pictures that Kling takes without a clip, frames included.
const PICTURES: usize = 7;

/// The lengths that Kling makes from words alone and from frames, in seconds.
const LENGTHS: [u32; 2] = [5, 10];

/// The most pictures that Kling takes beside a clip.
const REFERENCES_WITH_CLIP: usize = 4;

/// An app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum App {
    /// `klingai/image-o1`
    Image,
    /// `klingai/video-o1`
    Video,
}

impl App {
    /// The app under a name with or without a version (`@…`) and a function (`:…`).
    pub(super) fn named(reference: &str) -> Option<Self> {
        let name = reference.split(['@', ':']).next().unwrap_or_default();
        [Self::Image, Self::Video]
            .into_iter()
            .find(|app| app.name() == name)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Image => "klingai/image-o1",
            Self::Video => "klingai/video-o1",
        }
    }

    /// The version that runs.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Image => "0pbaxv40",
            Self::Video => "0vdo1o1e",
        }
    }

    /// Reads an input. Unknown fields are ignored, and null counts as absent.
    pub(super) fn read(self, input: &Map<String, Value>) -> Result<Order, Vec<Issue>> {
        let fields = input.iter().filter(|(_, value)| !value.is_null());
        let fields = fields.map(|(name, value)| (name.clone(), plain(value)));
        let mut reading = Reading::of_fields(fields.collect(), "");
        let prompt = reading.text("prompt", usize::MAX);
        let mut order = match self {
            Self::Image => image(&mut reading),
            Self::Video => video(&mut reading),
        };
        if !reading.issues.is_empty() {
            return Err(reading.issues);
        }
        if prompt.chars().count() > PROMPT_CHARS {
            let message = format!("[1201] prompt length must not exceed {PROMPT_CHARS}");
            order.refusal = Some(message);
        }
        order.prompt = prompt;
        Ok(order)
    }
}

/// A file is an address, or an object with one.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(file) => file.get("uri").cloned().unwrap_or_else(|| value.clone()),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// An input that fits its app's schema.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) prompt: String,
    /// The frames, then the references.
    pub(super) pictures: Vec<Sent>,
    pub(super) clip: Option<Sent>,
    /// None where what was sent decides.
    pub(super) aspect_ratio: Option<String>,
    pub(super) resolution: String,
    /// Of pictures.
    pub(super) count: u32,
    /// Of videos; none where the clip decides.
    pub(super) seconds: Option<u32>,
    /// Why Kling refuses it, although it fits the schema.
    pub(super) refusal: Option<String>,
}

impl Order {
    /// The price, when a result of unknown length takes `unknown_seconds`.
    pub(super) fn nanodollars(&self, unknown_seconds: u32) -> i64 {
        let seconds = i64::from(self.seconds.unwrap_or(unknown_seconds));
        match self.resolution.as_str() {
            "1080p" => NANODOLLARS_PER_SECOND_1080P * seconds,
            "720p" => NANODOLLARS_PER_SECOND_720P * seconds,
            _ => NANODOLLARS_PER_IMAGE * i64::from(self.count),
        }
    }
}

fn image(reading: &mut Reading) -> Order {
    let pictures = reading.source("image").into_iter().collect();
    if let Some(given) = reading.take("negative_prompt")
        && !given.is_string()
    {
        reading.complain("negative_prompt", "Expected string");
    }
    let ratios = picture_ratios();
    Order {
        pictures,
        aspect_ratio: Some(reading.choice("aspect_ratio", &ratios, Some("16:9"), str::to_owned)),
        resolution: reading.choice("resolution", &["1k", "2k"], Some("1k"), str::to_owned),
        count: reading.whole("n", 1..=9, 1),
        ..Order::default()
    }
}

fn video(reading: &mut Reading) -> Order {
    let first = reading.source("image");
    let last = reading.source("end_image");
    let references = reading.sources("reference_images", false, 0..=REFERENCES);
    let clip = reading.source("reference_video");
    let kind = reading.choice(
        "reference_video_type",
        &["feature", "base"],
        Some("feature"),
        str::to_owned,
    );
    let given_ratio = reading.choice("aspect_ratio", &CLIP_RATIOS, Some(""), str::to_owned);
    let aspect_ratio = Some(given_ratio).filter(|ratio| !ratio.is_empty());
    let resolution = reading.choice(
        "resolution",
        &["720p", "1080p"],
        Some("1080p"),
        str::to_owned,
    );
    let seconds = reading.whole("duration", 3..=10, 5);
    reading.flag("watermark");

    let is_edit = clip.is_some() && kind == "base";
    let frames = usize::from(first.is_some()) + usize::from(last.is_some());
    let is_frames_only = frames > 0 && references.is_empty() && clip.is_none();
    let is_text_only = first.is_none() && last.is_none() && references.is_empty() && clip.is_none();
    let refusal = if last.is_some() && first.is_none() {
        Some("[1201] end_image requires image".to_owned())
    } else if clip.is_some() && references.len() > REFERENCES_WITH_CLIP {
        let message = format!("at most {REFERENCES_WITH_CLIP} images are allowed with a video");
        Some(format!("[1201] {message}"))
    } else if clip.is_none() && frames + references.len() > PICTURES {
        Some(format!("[1201] at most {PICTURES} images are allowed"))
    } else if is_text_only && aspect_ratio.is_none() {
        Some("[1201] aspect_ratio is required for text to video".to_owned())
    } else if (is_text_only || is_frames_only) && !LENGTHS.contains(&seconds) {
        Some("[1201] duration must be 5 or 10 from text or from frames".to_owned())
    } else {
        None
    };
    Order {
        pictures: first.into_iter().chain(last).chain(references).collect(),
        clip,
        aspect_ratio,
        resolution,
        seconds: (!is_edit).then_some(seconds),
        refusal,
        ..Order::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{App, Order};

    fn read(app: App, input: &Value) -> Result<Order, Vec<String>> {
        let said = |issues: Vec<super::Issue>| issues.iter().map(super::Issue::sentence).collect();
        app.read(input.as_object().unwrap()).map_err(said)
    }

    #[test]
    fn names_may_carry_a_version_and_a_function() {
        assert_eq!(
            App::named("klingai/image-o1@0pbaxv40:run"),
            Some(App::Image)
        );
        assert_eq!(App::named("klingai/video-o1"), Some(App::Video));
        assert_eq!(App::named("klingai/video-o2"), None);
    }

    #[test]
    fn an_empty_input_lacks_its_prompt() {
        assert_eq!(
            read(App::Image, &json!({})).unwrap_err(),
            ["prompt: Required"]
        );
        assert_eq!(
            read(App::Video, &json!({})).unwrap_err(),
            ["prompt: Required"]
        );
    }

    #[test]
    fn all_of_n_is_charged_for() {
        let input = json!({ "prompt": "a cat", "n": 9, "image": null, "negative_prompt": "dogs" });
        let order = read(App::Image, &input).unwrap();

        assert_eq!((order.count, order.nanodollars(0)), (9, 252_000_000));
        assert!(read(App::Image, &json!({ "prompt": "a", "resolution": "1K" })).is_err());
        assert!(
            read(
                App::Image,
                &json!({ "prompt": "a", "aspect_ratio": "auto" })
            )
            .is_err()
        );
        assert!(read(App::Image, &json!({ "prompt": "a", "n": 10 })).is_err());
    }

    #[test]
    fn files_are_addresses_or_objects_with_one() {
        let address = "https://example.org/a.png";
        for image in [json!(address), json!({ "uri": address, "size": 3 })] {
            let order = read(App::Image, &json!({ "prompt": "a", "image": image })).unwrap();
            assert_eq!(order.pictures.len(), 1);
        }
        let wrong = read(App::Image, &json!({ "prompt": "a", "image": 5 }));
        assert_eq!(
            wrong.unwrap_err(),
            ["image: Expected string, received number"]
        );
    }

    #[test]
    fn kling_refuses_what_only_the_description_forbids() {
        let picture = "https://example.org/a.png";
        let clip = "https://example.org/a.mp4";
        let refused = |mut input: Value| {
            input["prompt"] = json!("a jeep");
            read(App::Video, &input).unwrap().refusal.is_some()
        };

        assert!(refused(json!({})));
        assert!(!refused(json!({ "aspect_ratio": "1:1", "duration": 10 })));
        assert!(refused(json!({ "aspect_ratio": "1:1", "duration": 7 })));
        let frames =
            |duration| json!({ "image": picture, "end_image": picture, "duration": duration });
        assert!(!refused(frames(10)));
        assert!(refused(frames(7)));
        let seven = vec![picture; 7];
        assert!(!refused(
            json!({ "reference_images": seven, "duration": 7 })
        ));
        assert!(refused(
            json!({ "reference_images": seven, "image": picture })
        ));
        assert!(refused(json!({ "end_image": picture })));
        let five = vec![picture; 5];
        assert!(!refused(json!({ "reference_images": five })));
        assert!(refused(
            json!({ "reference_images": five, "reference_video": clip })
        ));
        assert!(
            read(
                App::Video,
                &json!({ "prompt": "a", "reference_images": vec![picture; 8] })
            )
            .is_err()
        );
        let long = json!({ "prompt": "a".repeat(2501) });
        assert!(read(App::Image, &long).unwrap().refusal.is_some());
    }

    #[test]
    fn an_edited_clip_keeps_its_length() {
        let input = json!({
            "prompt": "a", "reference_video": "https://example.org/a.mp4",
            "reference_video_type": "base", "resolution": "720p",
        });
        let order = read(App::Video, &input).unwrap();

        assert_eq!(order.seconds, None);
        assert_eq!(order.nanodollars(4), 336_000_000);
    }
}
