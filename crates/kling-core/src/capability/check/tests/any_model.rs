//! Whatever is asked of whatever model: who follows the offers gets a request that passes.

use std::time::Duration;

use proptest::prelude::*;
use proptest::{collection, option, sample};

use crate::{
    AspectRatio, Asset, AssetInfo, Capability, Choices, CountRange, Dimensions, Field, FileRule,
    GenerationRequest, ImageCount, ImageFormat, MediaType, ModelId, Need, Offer, Operation, Prompt,
    ProviderOption, Resolution, Returned, Seconds, Support, Violation,
};

const SHAPES: [AspectRatio; 5] = [
    AspectRatio::Auto,
    AspectRatio::of(16, 9),
    AspectRatio::of(9, 16),
    AspectRatio::of(1, 1),
    AspectRatio::of(3, 2),
];

fn choices<T: Copy + std::fmt::Debug + 'static>(
    all: &[T],
) -> impl Strategy<Value = Choices<T>> + use<T> {
    sample::subsequence(all.to_vec(), 0..=all.len()).prop_map(|values| {
        let default = values.first().copied();
        Choices::new(values, default)
    })
}

fn support() -> impl Strategy<Value = Support> {
    sample::select(vec![Support::Yes, Support::Dropped, Support::No])
}

fn need() -> impl Strategy<Value = Need> {
    sample::select(vec![Need::Required, Need::Optional, Need::No])
}

fn lengths() -> Vec<Seconds> {
    let lengths = [3, 5, 8, 10, 15];
    lengths.map(|n| Seconds::new(n).expect("a length")).to_vec()
}

fn capability() -> impl Strategy<Value = Capability> {
    let words = (1..60_u32, support());
    let inputs = (0..=3_u8, 0..=4_u8, need(), need(), need());
    let settings = (
        choices(&SHAPES),
        choices(&Resolution::ALL),
        choices(&ImageFormat::ALL),
        choices(&lengths()),
    );
    let count = (
        1..=10_u8,
        sample::select(vec![Returned::All, Returned::FirstOnly]),
    );
    let files = (option::of(50..200_u64), option::of(100..400_u32));
    (words, inputs, settings, count, support(), files).prop_map(
        |(
            (prompt_chars, negative_prompt),
            inputs,
            settings,
            (most, returned),
            keep_audio,
            files,
        )| {
            let (fewest, more, first_frame, last_frame, video) = inputs;
            let (aspect_ratios, resolutions, formats, durations) = settings;
            let (max_bytes, min_side) = files;
            Capability {
                prompt_chars,
                negative_prompt,
                images: CountRange {
                    min: fewest,
                    max: fewest + more,
                },
                first_frame,
                last_frame,
                video,
                aspect_ratios,
                resolutions,
                formats,
                durations,
                count: CountRange { min: 1, max: most },
                returned,
                keep_audio,
                image_files: FileRule {
                    max_bytes,
                    min_side,
                    ratio: Some((0.4, 2.5)),
                    ..FileRule::any_image()
                },
                video_files: FileRule {
                    duration: Some((Duration::from_secs(3), Duration::from_secs(10))),
                    ..FileRule::any_video()
                },
                options: vec![ProviderOption {
                    name: "route",
                    about: "who runs it",
                    values: &["auto", "own"],
                }],
                ..Capability::new(Operation::ReferenceToVideo)
            }
        },
    )
}

fn file() -> impl Strategy<Value = Asset> {
    let size = (1..2_000_u32, 1..2_000_u32);
    let facts = (
        sample::select(MediaType::ALL.to_vec()),
        0..400_u64,
        option::of(size),
        option::of(0..20_000_u64),
    );
    facts.prop_map(|(media_type, size_bytes, size, millis)| {
        Asset::pending(AssetInfo {
            media_type,
            size_bytes,
            dimensions: size.map(|(width, height)| Dimensions { width, height }),
            duration: millis.map(Duration::from_millis),
            frame_rate: None,
        })
    })
}

fn prompt() -> impl Strategy<Value = Prompt> {
    "[a-zé日]{1,90}".prop_map(|text| Prompt::new(text).expect("words"))
}

fn request() -> impl Strategy<Value = GenerationRequest> {
    let words = (prompt(), option::of(prompt()));
    let inputs = (
        collection::vec(file(), 0..9),
        option::of(file()),
        option::of(file()),
        option::of(file()),
    );
    let settings = (
        option::of(sample::select(SHAPES.to_vec())),
        option::of(sample::select(Resolution::ALL.to_vec())),
        option::of(sample::select(ImageFormat::ALL.to_vec())),
        option::of(1..=Seconds::MAX),
        1..=ImageCount::MAX,
        option::of(any::<bool>()),
    );
    let options = collection::btree_map("route|turbo", "auto|OWN|moon", 0..3);
    let operation = sample::select(Operation::ALL.to_vec());
    (words, inputs, settings, options, operation).prop_map(
        |((prompt, negative_prompt), inputs, settings, provider_options, operation)| {
            let mut request = GenerationRequest::new(ModelId::literal("m"), operation, prompt);
            request.negative_prompt = negative_prompt;
            (
                request.images,
                request.first_frame,
                request.last_frame,
                request.video,
            ) = inputs;
            let (shape, resolution, format, seconds, count, keep_audio) = settings;
            request.aspect_ratio = shape;
            request.resolution = resolution;
            request.format = format;
            request.duration = seconds.map(|n| Seconds::new(n).expect("a length"));
            request.count = ImageCount::new(count).expect("a count");
            request.keep_audio = keep_audio;
            request.provider_options = provider_options;
            request
        },
    )
}

/// A file that everybody takes.
fn fine(field: &Field) -> Asset {
    let media_type = match field {
        Field::Video => MediaType::Mp4,
        _ => MediaType::Png,
    };
    Asset::pending(AssetInfo {
        media_type,
        size_bytes: 10,
        dimensions: Some(Dimensions {
            width: 800,
            height: 800,
        }),
        duration: Some(Duration::from_secs(5)),
        frame_rate: None,
    })
}

fn cut(prompt: &Prompt, chars: u32) -> Prompt {
    let short: String = prompt.as_str().chars().take(chars as usize).collect();
    Prompt::new(short).expect("words")
}

/// Does what the offer says.
fn follow(request: &mut GenerationRequest, violation: &Violation) {
    let Violation { field, offer, .. } = violation;
    match offer {
        Offer::Use(value) => use_value(request, field, value),
        Offer::LeaveOut => leave_out(request, field),
        Offer::Give => match field {
            Field::FirstFrame => request.first_frame = Some(fine(field)),
            Field::LastFrame => request.last_frame = Some(fine(field)),
            Field::Video => request.video = Some(fine(field)),
            other => panic!("{other:?} cannot be given"),
        },
        Offer::AtLeast(n) => request.images.resize(usize::from(*n), fine(field)),
        Offer::AtMost(n) => request.images.truncate(usize::from(*n)),
        Offer::Shorten(chars) if *field == Field::Prompt => {
            request.prompt = cut(&request.prompt, *chars);
        }
        Offer::Shorten(chars) => {
            let negative = request.negative_prompt.take();
            request.negative_prompt = negative.map(|prompt| cut(&prompt, *chars));
        }
        // Another file, as the offer asks: one that everybody takes.
        Offer::Convert(_)
        | Offer::Shrink(_)
        | Offer::ScaleUp(_)
        | Offer::ScaleDown(_)
        | Offer::Crop
        | Offer::Trim
        | Offer::Longer(_)
        | Offer::Repace(_)
        | Offer::PublicUrl => replace(request, field),
    }
}

fn use_value(request: &mut GenerationRequest, field: &Field, value: &str) {
    match field {
        Field::Operation => request.operation = Operation::parse(value).expect("an operation"),
        Field::AspectRatio => {
            request.aspect_ratio = Some(AspectRatio::parse(value).expect("a ratio"));
        }
        Field::Resolution => {
            request.resolution = Some(Resolution::parse(value).expect("a resolution"));
        }
        Field::Format => request.format = Some(ImageFormat::parse(value).expect("a format")),
        Field::Duration => {
            let seconds = value.parse().expect("a number");
            request.duration = Some(Seconds::new(seconds).expect("a length"));
        }
        Field::Count => {
            let count = value.parse().expect("a number");
            request.count = ImageCount::new(count).expect("a count");
        }
        Field::Option(name) => {
            let options = &mut request.provider_options;
            options.insert(name.clone(), value.to_owned());
        }
        other => panic!("{other:?} has no value"),
    }
}

fn leave_out(request: &mut GenerationRequest, field: &Field) {
    match field {
        Field::NegativePrompt => request.negative_prompt = None,
        Field::Images => request.images.clear(),
        Field::FirstFrame => request.first_frame = None,
        Field::LastFrame => request.last_frame = None,
        Field::Video => request.video = None,
        Field::AspectRatio => request.aspect_ratio = None,
        Field::Resolution => request.resolution = None,
        Field::Format => request.format = None,
        Field::Duration => request.duration = None,
        Field::KeepAudio => request.keep_audio = None,
        Field::Option(name) => drop(request.provider_options.remove(name)),
        other => panic!("{other:?} cannot be left out"),
    }
}

fn replace(request: &mut GenerationRequest, field: &Field) {
    let another = fine(field);
    match field {
        Field::Images => request.images.fill(another),
        // A file that was left out on another offer needs no replacement.
        Field::FirstFrame => request.first_frame = request.first_frame.take().map(|_| another),
        Field::LastFrame => request.last_frame = request.last_frame.take().map(|_| another),
        Field::Video => request.video = request.video.take().map(|_| another),
        other => panic!("{other:?} has no file"),
    }
}

proptest! {
    #[test]
    fn who_follows_the_offers_gets_a_request_that_passes(
        capability in capability(),
        request in request(),
    ) {
        let mut request = request;
        if let Err(violations) = capability.check(&request) {
            prop_assert!(!violations.0.is_empty());
            for violation in &violations.0 {
                follow(&mut request, violation);
            }
        }

        prop_assert_eq!(capability.check(&request), Ok(()));
    }
}
