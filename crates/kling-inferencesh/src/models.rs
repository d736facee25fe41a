//! The catalogue: what the two apps take, as data, each limit with where it comes from.
//!
//! "App" is the source and schema of the app at inference.sh; "Kling" is what Kling, who runs the
//! model behind it, states for the same input.

use std::time::Duration;

use kling_core::Field;
use kling_core::{
    AspectRatio, Capability, Choices, CountRange, FileRule, FrameRate, GenerationRequest,
    MediaType, ModelId, ModelInfo, Money, Need, Operation, Pace, Price, PriceUnit, ProviderOption,
    Recovery, Resolution, Returned, Rule, Seconds, Support, Transport,
};

use crate::Config;

/// The image model.
pub(crate) const IMAGE_O1: ModelId = ModelId::literal("klingai/image-o1");

/// The video model.
pub(crate) const VIDEO_O1: ModelId = ModelId::literal("klingai/video-o1");

/// The name of the option, and of the app's field, that puts a watermark into a video.
pub(crate) const WATERMARK: &str = "watermark";

/// $0.028 an image, unless the operator says otherwise: the app's page. That all of `n` are charged for is an assumption: the app reports
/// `n` as its usage.
pub(crate) const IMAGE_PRICE: Money = Money::from_microdollars(28_000);

/// $0.112 a second at 1080p, unless the operator says otherwise: what fal asks for the same model. inference.sh states no price for
/// videos, so every figure made from it is approximate.
pub(crate) const SECOND_PRICE: Money = Money::from_microdollars(112_000);

/// $0.084 a second at 720p, from the same place. The estimate of a request that says no resolution takes the dearer.
pub(crate) const SECOND_PRICE_720P: Money = Money::from_microdollars(84_000);

/// App: what a video lasts when nothing is said.
pub(crate) const DEFAULT_SECONDS: u16 = 5;

/// App: the shape of a picture. Unlike Kling there is no `auto`.
const IMAGE_RATIOS: [AspectRatio; 8] = [
    AspectRatio::of(16, 9),
    AspectRatio::of(9, 16),
    AspectRatio::of(1, 1),
    AspectRatio::of(4, 3),
    AspectRatio::of(3, 4),
    AspectRatio::of(3, 2),
    AspectRatio::of(2, 3),
    AspectRatio::of(21, 9),
];

/// App: the shape of a video; Kling must be told one wherever no frame or clip decides it.
const VIDEO_RATIOS: [AspectRatio; 3] = [
    AspectRatio::of(16, 9),
    AspectRatio::of(9, 16),
    AspectRatio::of(1, 1),
];

/// What is sent for a video whose shape nobody chose and nothing else decides.
pub(crate) const DEFAULT_RATIO: AspectRatio = AspectRatio::of(16, 9);

/// The vendor fails a task that waited 24 hours for a machine; later nothing can come.
const GIVE_UP_AFTER: Duration = Duration::from_hours(25);

/// Every entry that the configuration allows.
pub(crate) fn catalogue(config: &Config) -> Vec<ModelInfo> {
    [
        image(config, Operation::TextToImage, CountRange::NONE),
        // App: `image` is one file, not a list.
        image(
            config,
            Operation::ImageToImage,
            CountRange { min: 1, max: 1 },
        ),
        text_to_video(config),
        image_to_video(config),
        reference_to_video(config),
        video_edit(config),
        video_reference(config),
    ]
    .into_iter()
    .map(|entry| configured(entry, config))
    .collect()
}

fn configured(mut entry: ModelInfo, config: &Config) -> ModelInfo {
    entry.capability.prompt_chars = config.prompt_chars;
    entry.capability.recovery = Recovery {
        // The submission's key is in the webhook's address; without one there is nothing to look for.
        find: config.webhook_base_url.is_some(),
        cancel: true,
    };
    entry
}

/// What a request that fits is expected to cost; `None` for an edit of a clip whose length is not known.
pub(crate) fn price(entry: &ModelInfo, request: &GenerationRequest) -> Option<Money> {
    let is_edit = request.operation == Operation::VideoEdit;
    let clip = request.video.as_ref().and_then(|clip| clip.info().duration);
    if is_edit && clip.is_none() {
        return None;
    }
    entry.estimate(request).amount()
}

fn image(config: &Config, operation: Operation, images: CountRange) -> ModelInfo {
    ModelInfo {
        id: IMAGE_O1,
        name: "Kling Image O1".to_owned(),
        capability: Capability {
            images,
            // App: taken, and never handed on to Kling.
            negative_prompt: Support::Dropped,
            aspect_ratios: Choices::new(IMAGE_RATIOS, Some(AspectRatio::of(16, 9))),
            // App; the k is lower-case on the wire.
            resolutions: Choices::new([Resolution::K1, Resolution::K2], Some(Resolution::K1)),
            // App: `n`, of which it hands over only the first.
            count: CountRange { min: 1, max: 9 },
            returned: Returned::FirstOnly,
            image_files: pictures(),
            transports: TRANSPORTS.to_vec(),
            ..Capability::new(operation)
        },
        price: Some(Price {
            unit: PriceUnit::Image,
            amount: config.image_usd,
            // The operator's own figure is no statement of the vendor's.
            except: None,
            stated: config.image_usd == IMAGE_PRICE,
        }),
        pace: Pace {
            typical: Duration::from_secs(30),
            poll_every: Duration::from_secs(3),
            give_up_after: GIVE_UP_AFTER,
        },
    }
}

/// The vendor's own upload comes first: links of chat attachments are private, and dead before a
/// queued task runs. The interface itself takes no `data:` URIs; only the vendor's clients do, by
/// uploading what is in them.
const TRANSPORTS: [Transport; 2] = [Transport::Upload, Transport::Url];

fn video(config: &Config, operation: Operation) -> ModelInfo {
    ModelInfo {
        id: VIDEO_O1,
        name: "Kling Video O1".to_owned(),
        capability: Capability {
            resolutions: Choices::new(
                [Resolution::P720, Resolution::P1080],
                Some(Resolution::P1080),
            ),
            image_files: pictures(),
            video_files: clips(),
            transports: TRANSPORTS.to_vec(),
            options: vec![ProviderOption {
                name: WATERMARK,
                about: "Whether the video carries a watermark",
                values: &["false", "true"],
            }],
            ..Capability::new(operation)
        },
        price: Seconds::new(DEFAULT_SECONDS).ok().map(|default| Price {
            unit: PriceUnit::Second { default },
            amount: config.video_second_usd,
            except: Some((Resolution::P720, config.video_second_720p_usd)),
            stated: false,
        }),
        pace: Pace {
            typical: Duration::from_mins(3),
            poll_every: Duration::from_secs(5),
            give_up_after: GIVE_UP_AFTER,
        },
    }
}

fn text_to_video(config: &Config) -> ModelInfo {
    let mut entry = video(config, Operation::TextToVideo);
    entry.capability.aspect_ratios = Choices::new(VIDEO_RATIOS, Some(DEFAULT_RATIO));
    // Kling: five or ten, from words alone.
    entry.capability.durations = lengths(&[5, 10]);
    entry
}

fn image_to_video(config: &Config) -> ModelInfo {
    let mut entry = video(config, Operation::ImageToVideo);
    entry.capability.first_frame = Need::Required;
    entry.capability.last_frame = Need::Optional;
    // Kling: five or ten from frames. Sources disagree about two frames; this is what all allow.
    entry.capability.durations = lengths(&[5, 10]);
    // App and Kling; said although the first frame is required, because it is a rule of theirs.
    entry.capability.rules = vec![Rule::Needs(Field::LastFrame, Field::FirstFrame)];
    entry
}

fn reference_to_video(config: &Config) -> ModelInfo {
    let mut entry = video(config, Operation::ReferenceToVideo);
    // App: at most seven without a video.
    entry.capability.images = CountRange { min: 1, max: 7 };
    entry.capability.first_frame = Need::Optional;
    entry.capability.aspect_ratios = Choices::new(VIDEO_RATIOS, Some(DEFAULT_RATIO));
    entry.capability.durations = lengths(&THREE_TO_TEN);
    // Kling: seven pictures in all, whatever they are for; a last frame does not go with references.
    entry.capability.rules = vec![Rule::Together {
        fields: vec![Field::Images, Field::FirstFrame],
        min: 1,
        max: 7,
        when: None,
    }];
    entry
}

fn video_edit(config: &Config) -> ModelInfo {
    let mut entry = video(config, Operation::VideoEdit);
    // Kling: as long as the clip that is edited, so its seconds are what is billed.
    entry.price = entry.price.map(|price| Price {
        unit: PriceUnit::InputSecond,
        ..price
    });
    entry.capability.video = Need::Required;
    // App: at most four with a video.
    entry.capability.images = CountRange { min: 0, max: 4 };
    entry
}

fn video_reference(config: &Config) -> ModelInfo {
    let mut entry = video(config, Operation::VideoReference);
    entry.capability.video = Need::Required;
    // App: at most four with a video.
    entry.capability.images = CountRange { min: 0, max: 4 };
    entry.capability.aspect_ratios = Choices::new(VIDEO_RATIOS, Some(DEFAULT_RATIO));
    entry.capability.durations = lengths(&THREE_TO_TEN);
    entry
}

/// App and Kling: the lengths of a video made from references.
const THREE_TO_TEN: [u16; 8] = [3, 4, 5, 6, 7, 8, 9, 10];

fn lengths(seconds: &[u16]) -> Choices<Seconds> {
    let values: Vec<_> = seconds
        .iter()
        .filter_map(|&seconds| Seconds::new(seconds).ok())
        .collect();
    Choices::new(values, Seconds::new(DEFAULT_SECONDS).ok())
}

/// Kling, all of it; the app states none. Read in the narrower sense of "10 MB".
fn pictures() -> FileRule {
    FileRule {
        types: vec![MediaType::Png, MediaType::Jpeg, MediaType::Webp],
        max_bytes: Some(10_000_000),
        min_side: Some(300),
        max_side: None,
        ratio: Some((0.40, 2.50)),
        duration: None,
        frame_rate: None,
    }
}

/// fal, who runs the same model: 3 to 10.05 s, 720 to 2160 pixels a side, 200 MB, 24 to 60 frames a second, and in its schema "MP4/MOV". The app states none.
fn clips() -> FileRule {
    FileRule {
        types: vec![MediaType::Mp4, MediaType::Mov],
        max_bytes: Some(200_000_000),
        min_side: Some(720),
        max_side: Some(2_160),
        ratio: None,
        duration: Some((Duration::from_secs(3), Duration::from_millis(10_050))),
        frame_rate: Some((FrameRate::per_second(24), FrameRate::per_second(60))),
    }
}

#[cfg(test)]
mod tests;
