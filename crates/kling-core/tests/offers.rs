//! Whoever takes every offer that a refusal makes gets a request that passes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

use std::time::Duration;

use kling_core::{
    AspectRatio, Asset, AssetInfo, Capability, Choices, CountRange, Dimensions, Element,
    ElementRule, Field, FileRule, FrameRate, GenerationRequest, ImageCount, ImageFormat, MediaType,
    ModelId, Need, Offer, Operation, Prompt, ProviderOption, Resolution, Returned, Rule, Seconds,
    Support, Violations,
};
use proptest::prelude::*;

fn seconds(n: u16) -> Seconds {
    Seconds::new(n).unwrap()
}

/// A model with rules of every sort.
fn capability() -> Capability {
    Capability {
        prompt_chars: 40,
        negative_prompt: Support::Dropped,
        images: CountRange { min: 0, max: 5 },
        first_frame: Need::Optional,
        last_frame: Need::Optional,
        video: Need::Optional,
        elements: Some(ElementRule {
            max: 2,
            references: CountRange { min: 1, max: 2 },
        }),
        aspect_ratios: Choices::new([AspectRatio::of(16, 9), AspectRatio::of(1, 1)], None),
        resolutions: Choices::new([Resolution::P720, Resolution::P1080], None),
        formats: Choices::none(),
        durations: Choices::new([seconds(5), seconds(10)], Some(seconds(5))),
        count: CountRange { min: 1, max: 4 },
        returned: Returned::FirstOnly,
        image_files: FileRule {
            max_bytes: Some(1_000_000),
            min_side: Some(300),
            max_side: Some(4_000),
            ratio: Some((0.4, 2.5)),
            ..FileRule::any_image()
        },
        video_files: FileRule {
            max_bytes: Some(20_000_000),
            duration: Some((Duration::from_secs(3), Duration::from_secs(10))),
            frame_rate: Some((FrameRate::per_second(24), FrameRate::per_second(60))),
            ..FileRule::any_video()
        },
        options: vec![ProviderOption {
            name: "route",
            about: "who runs it",
            values: &["auto", "own"],
        }],
        rules: vec![
            Rule::Together {
                fields: vec![Field::Images, Field::Elements],
                min: 0,
                max: 3,
                when: Some(Field::Video),
            },
            Rule::NotTogether(Field::LastFrame, Field::Images),
            Rule::Needs(Field::LastFrame, Field::FirstFrame),
            Rule::RequiredUnless(Field::AspectRatio, Field::FirstFrame),
            Rule::DurationsWhen {
                field: Field::Video,
                given: true,
                allowed: vec![seconds(5)],
            },
        ],
        ..Capability::new(Operation::ReferenceToVideo)
    }
}

prop_compose! {
    fn file(kinds: &'static [MediaType])(
        kind in prop::sample::select(kinds),
        size_bytes in 1_u64..30_000_000,
        width in 1_u32..6_000,
        height in 1_u32..6_000,
        playing in 0_u64..20,
        rate in 0_u32..90_000,
    ) -> AssetInfo {
        AssetInfo {
            media_type: kind,
            size_bytes,
            dimensions: kind.is_image().then_some(Dimensions { width, height }),
            duration: kind.is_video().then(|| Duration::from_secs(playing)),
            frame_rate: kind.is_video().then(|| FrameRate::from_thousandths(rate)),
        }
    }
}

fn picture() -> impl Strategy<Value = Asset> {
    file(&[MediaType::Png, MediaType::Gif, MediaType::Jpeg]).prop_map(Asset::pending)
}

fn video() -> impl Strategy<Value = Asset> {
    file(&[MediaType::Mp4, MediaType::Webm]).prop_map(Asset::pending)
}

prop_compose! {
    fn inputs()(
        images in prop::collection::vec(picture(), 0..8),
        frames in (prop::option::of(picture()), prop::option::of(picture())),
        video in prop::option::of(video()),
        elements in prop::collection::vec((picture(), prop::collection::vec(picture(), 0..4)), 0..4),
    ) -> GenerationRequest {
        let prompt = Prompt::new("a paper boat").unwrap();
        let mut request =
            GenerationRequest::new(ModelId::literal("m"), Operation::ReferenceToVideo, prompt);
        request.images = images;
        (request.first_frame, request.last_frame) = frames;
        request.video = video;
        request.elements = elements
            .into_iter()
            .map(|(frontal, references)| Element { frontal, references })
            .collect();
        request
    }
}

prop_compose! {
    fn request()(
        mut request in inputs(),
        words in "[a-z ]{0,60}[a-z]",
        negative in prop::bool::ANY,
        shape in prop::option::of((1_u8..30, 1_u8..30)),
        resolution in prop::option::of(prop::sample::select(&Resolution::ALL[..])),
        format in prop::option::of(prop::sample::select(&ImageFormat::ALL[..])),
        length in prop::option::of(1_u16..30),
        count in 1_u8..=10,
        sound in prop::option::of(prop::bool::ANY),
        route in prop::option::of("auto|OWN|moon"),
    ) -> GenerationRequest {
        request.prompt = Prompt::new(words).unwrap();
        request.negative_prompt = negative.then(|| Prompt::new("rain").unwrap());
        request.aspect_ratio = shape.map(|(width, height)| AspectRatio::of(width, height));
        request.resolution = resolution;
        request.format = format;
        request.duration = length.map(seconds);
        request.count = ImageCount::new(count).unwrap();
        request.keep_audio = sound;
        request.provider_options.extend(route.map(|route| ("route".to_owned(), route)));
        request
    }
}

/// Does what the offer says, as a person would.
fn take(request: &mut GenerationRequest, field: &Field, offer: &Offer, capability: &Capability) {
    match (field, offer) {
        (Field::Prompt, Offer::Shorten(chars)) => {
            let short: String = request
                .prompt
                .as_str()
                .chars()
                .take(*chars as usize)
                .collect();
            request.prompt = Prompt::new(short).unwrap();
        }
        (Field::AspectRatio, Offer::Use(value)) => {
            request.aspect_ratio = Some(AspectRatio::parse(value).unwrap());
        }
        (Field::AspectRatio, Offer::Give) => {
            request.aspect_ratio = capability.aspect_ratios.values.first().copied();
        }
        (Field::Resolution, Offer::Use(value)) => {
            request.resolution = Some(Resolution::parse(value).unwrap());
        }
        (Field::Duration, Offer::Use(value)) => {
            request.duration = Some(seconds(value.parse().unwrap()));
        }
        (Field::Count, Offer::Use(value)) => {
            request.count = ImageCount::new(value.parse().unwrap()).unwrap();
        }
        (Field::Option(name), Offer::Use(value)) => {
            request.provider_options.insert(name.clone(), value.clone());
        }
        (_, Offer::LeaveOut) => leave_out(request, field),
        (Field::Images, Offer::AtMost(most)) => request.images.truncate(usize::from(*most)),
        (Field::Elements, Offer::AtMost(most)) => request.elements.truncate(usize::from(*most)),
        (Field::ElementReferences, Offer::AtMost(most)) => {
            for element in &mut request.elements {
                element.references.truncate(usize::from(*most));
            }
        }
        (Field::ElementReferences, Offer::AtLeast(_)) => {
            for element in request
                .elements
                .iter_mut()
                .filter(|one| one.references.is_empty())
            {
                element.references.push(element.frontal.clone());
            }
        }
        (_, offer) => mend_files(request, field, offer),
    }
}

fn leave_out(request: &mut GenerationRequest, field: &Field) {
    match field {
        Field::NegativePrompt => request.negative_prompt = None,
        Field::Images => request.images.clear(),
        Field::FirstFrame => request.first_frame = None,
        Field::LastFrame => request.last_frame = None,
        Field::Video => request.video = None,
        Field::Elements => request.elements.clear(),
        Field::AspectRatio => request.aspect_ratio = None,
        Field::Resolution => request.resolution = None,
        Field::Format => request.format = None,
        Field::Duration => request.duration = None,
        Field::KeepAudio => request.keep_audio = None,
        Field::Count => request.count = ImageCount::ONE,
        Field::Option(name) => drop(request.provider_options.remove(name)),
        Field::Operation | Field::Prompt | Field::ElementReferences => {
            panic!("{field:?} cannot be left out")
        }
    }
}

fn mend_files(request: &mut GenerationRequest, field: &Field, offer: &Offer) {
    let mend = |asset: &mut Asset| {
        let mut info = asset.info().clone();
        let sides = info.dimensions;
        let both = |side| {
            Some(Dimensions {
                width: side,
                height: side,
            })
        };
        match offer {
            Offer::Convert(kinds) => info.media_type = kinds[0],
            Offer::Shrink(bytes) => info.size_bytes = info.size_bytes.min(*bytes),
            Offer::ScaleUp(least) if sides.is_some_and(|at| at.width.min(at.height) < *least) => {
                info.dimensions = both(*least);
            }
            Offer::ScaleDown(most) if sides.is_some_and(|at| at.width.max(at.height) > *most) => {
                info.dimensions = both(*most);
            }
            Offer::Crop => info.dimensions = sides.and_then(|at| both(at.width.min(at.height))),
            Offer::Trim => info.duration = Some(Duration::from_secs(10)),
            Offer::Longer(least) => info.duration = Some(*least),
            Offer::Repace(rate) => info.frame_rate = Some(*rate),
            Offer::ScaleUp(_) | Offer::ScaleDown(_) => {}
            other => panic!("{other:?} is no offer for a file"),
        }
        *asset = Asset::pending(info);
    };
    match field {
        Field::Images => request.images.iter_mut().for_each(mend),
        Field::FirstFrame => request.first_frame.iter_mut().for_each(mend),
        Field::LastFrame => request.last_frame.iter_mut().for_each(mend),
        Field::Video => request.video.iter_mut().for_each(mend),
        Field::Elements => request
            .elements
            .iter_mut()
            .flat_map(|element| {
                std::iter::once(&mut element.frontal).chain(&mut element.references)
            })
            .for_each(mend),
        other => panic!("{other:?} has no files"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_every_offer_ends_with_a_request_that_passes(mut request in request()) {
        let capability = capability();
        let mut told = Vec::new();
        for _ in 0..12 {
            let Err(Violations(found)) = capability.check(&request) else { return Ok(()) };
            told = found;
            for violation in &told {
                take(&mut request, &violation.field, &violation.offer, &capability);
            }
        }
        prop_assert!(false, "these never end: {told:?}");
    }
}
