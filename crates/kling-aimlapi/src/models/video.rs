//! The four video models, each with its own schema; they answer with a task.

use std::time::Duration;

use kling_core::{
    AspectRatio, Capability, Choices, CountRange, ElementRule, Field, FileRule, FrameRate,
    GenerationRequest, MediaType, ModelId, ModelInfo, Money, Need, Operation, Pace, Price,
    PriceUnit, Rule, Seconds, Support,
};

use super::{pictures, route, transports};
use crate::Config;

/// Schema: `duration`, 5 or 10. Kling and fal take 3 to 10, but not through AIML API.
const LENGTHS: [u16; 2] = [5, 10];

/// Schema: `aspect_ratio`, where there is one. Unlike upstream there is no `auto`.
const ASPECT_RATIOS: [AspectRatio; 3] = [
    AspectRatio::of(16, 9),
    AspectRatio::of(9, 16),
    AspectRatio::of(1, 1),
];

/// Every video model.
pub(super) fn entries(config: &Config) -> [ModelInfo; 4] {
    [
        image_to_video(config),
        reference_to_video(config),
        video_edit(config),
        video_reference(config),
    ]
}

/// What a request that fits is expected to cost: by the length it asks for, an edit by that of its clip.
///
/// `None` when the clip's length is not known.
pub(crate) fn price(config: &Config, request: &GenerationRequest) -> Option<Money> {
    let seconds = if request.operation == Operation::VideoEdit {
        let clip = request.video.as_ref()?.info().duration?;
        // Begun seconds count (an assumption).
        u32::try_from(clip.as_millis().div_ceil(1_000)).ok()?
    } else {
        // Schema: five, when nothing is said.
        request
            .duration
            .map_or(5, |seconds| u32::from(seconds.get()))
    };
    Some(config.video_second_usd.times(seconds))
}

fn image_to_video(config: &Config) -> ModelInfo {
    let mut entry = entry(
        config,
        ModelId::literal("klingai/video-o1-image-to-video"),
        "Kling Video O1 (first and last frame)",
        Operation::ImageToVideo,
    );
    let capability = &mut entry.capability;
    // Schema: `image_url` and `last_image_url`; no further pictures, no elements, no `aspect_ratio`.
    capability.first_frame = Need::Required;
    capability.last_frame = Need::Optional;
    capability.durations = lengths();
    entry
}

fn reference_to_video(config: &Config) -> ModelInfo {
    let mut entry = entry(
        config,
        ModelId::literal("klingai/video-o1-reference-to-video"),
        "Kling Video O1 (references)",
        Operation::ReferenceToVideo,
    );
    let capability = &mut entry.capability;
    // Schema: `image_list`, 1 to 7 items, and `elements`; both may be left out.
    capability.images = CountRange { min: 0, max: 7 };
    capability.elements = Some(ELEMENTS);
    capability.aspect_ratios = Choices::new(ASPECT_RATIOS, Some(AspectRatio::of(16, 9)));
    capability.durations = lengths();
    // Upstream: "Maximum 7 total (elements + reference images)". The schema lets more pass, to fail later.
    capability.rules = vec![together(7)];
    entry
}

fn video_edit(config: &Config) -> ModelInfo {
    let mut entry = entry(
        config,
        ModelId::literal("klingai/video-o1-video-to-video-edit"),
        "Kling Video O1 (edit)",
        Operation::VideoEdit,
    );
    with_clip(&mut entry.capability);
    // No `duration` and no `aspect_ratio` in the schema: both are the clip's, so its seconds are what is billed.
    // Kling: editing "follows the input clip".
    entry.price = entry.price.map(|price| Price {
        unit: PriceUnit::InputSecond,
        ..price
    });
    entry
}

fn video_reference(config: &Config) -> ModelInfo {
    let mut entry = entry(
        config,
        ModelId::literal("klingai/video-o1-video-to-video-reference"),
        "Kling Video O1 (from a clip's motion and style)",
        Operation::VideoReference,
    );
    let capability = &mut entry.capability;
    with_clip(capability);
    capability.aspect_ratios = Choices::new(ASPECT_RATIOS, Some(AspectRatio::of(16, 9)));
    capability.durations = lengths();
    entry
}

/// What both models that take a clip have.
fn with_clip(capability: &mut Capability) {
    // Schema: `video_url`.
    capability.video = Need::Required;
    // Schema: `image_list`, up to 7 items for an edit and 4 for a reference. Upstream: four pictures and
    // elements together beside a clip, so an edit with more would be accepted and fail.
    capability.images = CountRange { min: 0, max: 4 };
    capability.elements = Some(ELEMENTS);
    capability.rules = vec![together(4)];
    // Schema: `keep_audio`, false when nothing is said.
    capability.keep_audio = Support::Yes;
}

fn together(max: u8) -> Rule {
    Rule::Together {
        fields: vec![Field::Images, Field::Elements],
        min: 0,
        max,
        when: None,
    }
}

/// Schema: at most four elements, each with one to four further pictures. fal stops at three of those; four
/// may be declined there.
const ELEMENTS: ElementRule = ElementRule {
    max: 4,
    references: CountRange { min: 1, max: 4 },
};

fn lengths() -> Choices<Seconds> {
    let values: Vec<_> = LENGTHS
        .iter()
        .filter_map(|&length| Seconds::new(length).ok())
        .collect();
    let default = values.first().copied();
    Choices::new(values, default)
}

fn entry(config: &Config, id: ModelId, name: &str, operation: Operation) -> ModelInfo {
    ModelInfo {
        id,
        name: name.to_owned(),
        capability: Capability {
            // Schema, and upstream.
            prompt_chars: 2_500,
            image_files: pictures(),
            video_files: FileRule {
                // fal's schema of `video_url`: "MP4/MOV". AIML API's own names no kind.
                types: vec![MediaType::Mp4, MediaType::Mov],
                // Upstream, all that follows; the schema is silent.
                max_bytes: Some(200_000_000),
                min_side: Some(720),
                max_side: Some(2_160),
                duration: Some((Duration::from_secs(3), Duration::from_millis(10_050))),
                frame_rate: Some((FrameRate::per_second(24), FrameRate::per_second(60))),
                // Nobody states one.
                ratio: None,
            },
            transports: transports(config),
            options: vec![route()],
            ..Capability::new(operation)
        },
        price: lengths().default.map(|default| Price {
            unit: PriceUnit::Second { default },
            amount: config.video_second_usd,
            // The vendor publishes none.
            except: None,
            stated: false,
        }),
        pace: Pace {
            // The models' pages: 1 min 19 s to 3 min 55 s.
            typical: Duration::from_secs(150),
            // The pages' samples look every 15 s, a client in the field every 2; no rate limit is stated.
            poll_every: Duration::from_secs(10),
            // The samples give up after 1000 s; a paid video is worth more patience.
            give_up_after: Duration::from_hours(1),
        },
    }
}

#[cfg(test)]
mod tests;
