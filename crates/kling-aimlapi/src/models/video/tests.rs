//! What each video model takes, and what it says of what it does not take.

use kling_core::{
    Asset, AssetInfo, AssetUrl, Dimensions, Element, Estimate, GenerationRequest, Prompt,
};
use proptest::prelude::*;

use super::*;

fn of(operation: Operation) -> ModelInfo {
    let entries = entries(&Config::default());
    let found = entries
        .into_iter()
        .find(|entry| entry.operation() == operation);
    found.expect("an entry")
}

fn file(media_type: MediaType, duration: Option<Duration>) -> Asset {
    let info = AssetInfo {
        media_type,
        size_bytes: 1_000,
        dimensions: Some(Dimensions {
            width: 1_280,
            height: 720,
        }),
        duration,
        frame_rate: None,
    };
    let url = AssetUrl::parse("https://cdn.example.com/a").expect("a URL");
    Asset::from_url(info, url)
}

fn picture() -> Asset {
    file(MediaType::Png, None)
}

fn clip(millis: u64) -> Asset {
    file(MediaType::Mp4, Some(Duration::from_millis(millis)))
}

fn element(references: usize) -> Element {
    Element {
        frontal: picture(),
        references: vec![picture(); references],
    }
}

/// A request with what the model requires and nothing else.
fn smallest(operation: Operation) -> GenerationRequest {
    let prompt = Prompt::new("a paper boat").expect("words");
    let mut request = GenerationRequest::new(of(operation).id, operation, prompt);
    match operation {
        Operation::ImageToVideo => request.first_frame = Some(picture()),
        Operation::VideoEdit | Operation::VideoReference => request.video = Some(clip(5_000)),
        _ => {}
    }
    request
}

const ALL: [Operation; 4] = [
    Operation::ImageToVideo,
    Operation::ReferenceToVideo,
    Operation::VideoEdit,
    Operation::VideoReference,
];

/// What the model says of a request; nothing when it takes it.
fn told(request: &GenerationRequest) -> String {
    match of(request.operation).capability.check(request) {
        Ok(()) => String::new(),
        Err(violations) => violations.to_string(),
    }
}

#[track_caller]
fn check(request: &GenerationRequest, expected: &str) {
    let told = told(request);
    if expected.is_empty() {
        assert_eq!(told, "", "{}", request.operation);
    } else {
        assert!(told.contains(expected), "{}: {told}", request.operation);
    }
}

#[test]
fn the_smallest_request_of_each_is_taken_and_less_is_not() {
    for operation in ALL {
        check(&smallest(operation), "");
    }
    for (operation, missing) in [
        (Operation::ImageToVideo, "first_frame"),
        (Operation::VideoEdit, "video"),
        (Operation::VideoReference, "video"),
    ] {
        let mut request = smallest(operation);
        request.first_frame = None;
        request.video = None;
        check(&request, missing);
    }
}

#[test]
fn only_what_the_schema_of_a_model_has_is_taken() {
    for operation in ALL {
        let has = |able: &[Operation]| able.contains(&operation);
        let mut last = smallest(operation);
        last.last_frame = Some(picture());
        let mut length = smallest(operation);
        length.duration = Seconds::new(10).ok();
        let mut shape = smallest(operation);
        shape.aspect_ratio = Some(AspectRatio::of(9, 16));
        let mut sound = smallest(operation);
        sound.keep_audio = Some(true);
        let mut images = smallest(operation);
        images.images.push(picture());
        let mut elements = smallest(operation);
        elements.elements.push(element(1));

        let with_references = has(&ALL) && operation != Operation::ImageToVideo;
        for (request, taken, field) in [
            (last, has(&[Operation::ImageToVideo]), "last_frame"),
            (length, !has(&[Operation::VideoEdit]), "duration"),
            (
                shape,
                has(&[Operation::ReferenceToVideo, Operation::VideoReference]),
                "aspect_ratio",
            ),
            (
                sound,
                has(&[Operation::VideoEdit, Operation::VideoReference]),
                "keep_audio",
            ),
            (images, with_references, "images"),
            (elements, with_references, "elements"),
        ] {
            check(&request, if taken { "" } else { field });
        }
    }
}

#[test]
fn pictures_and_elements_share_seven_places_and_four_beside_a_clip() {
    for (operation, places) in [
        (Operation::ReferenceToVideo, 7),
        (Operation::VideoEdit, 4),
        (Operation::VideoReference, 4),
    ] {
        for elements in 0..=4 {
            let mut request = smallest(operation);
            request.elements = vec![element(4); elements];
            request.images = vec![picture(); places - elements];
            check(&request, "");

            request.images.push(picture());
            let over = format!("{} are more than {places}", places + 1);
            check(&request, &over);
        }
        let mut request = smallest(operation);
        request.elements = vec![element(1); 5];
        check(&request, "5 are more than 4");
    }
}

#[test]
fn an_element_has_one_to_four_further_pictures() {
    let mut request = smallest(Operation::ReferenceToVideo);
    for (references, expected) in [
        (1, ""),
        (4, ""),
        (0, "at least 1"),
        (5, "5 are more than 4"),
    ] {
        request.elements = vec![element(references)];
        check(&request, expected);
    }
}

#[test]
fn a_video_is_five_or_ten_seconds_long() {
    let mut request = smallest(Operation::ImageToVideo);
    for (length, expected) in [
        (5, ""),
        (10, ""),
        (3, "3 is not one of 5, 10"),
        (7, "5, 10"),
    ] {
        request.duration = Seconds::new(length).ok();
        check(&request, expected);
    }
}

#[test]
fn a_clip_is_as_long_large_and_encoded_as_upstream_takes_it() {
    let mut request = smallest(Operation::VideoEdit);
    for (clip, fits) in [
        (clip(3_000), true),
        (clip(10_050), true),
        (clip(2_999), false),
        (clip(10_051), false),
        (file(MediaType::Mov, None), true),
        (file(MediaType::Webm, None), false),
        (file(MediaType::Gif, None), false),
    ] {
        request.video = Some(clip);
        assert_eq!(told(&request).is_empty(), fits, "{:?}", request.video);
    }
    for (width, height, fits) in [
        (720, 2_160, true),
        (719, 1_280, false),
        (1_280, 2_161, false),
    ] {
        let mut info = clip(5_000).info().clone();
        info.dimensions = Some(Dimensions { width, height });
        request.video = Some(Asset::pending(info));
        assert_eq!(told(&request).is_empty(), fits, "{width}×{height}");
    }
    let mut info = clip(5_000).info().clone();
    info.size_bytes = 200_000_001;
    request.video = Some(Asset::pending(info));
    check(&request, "video");
}

#[test]
fn every_limit_of_a_clip_is_told_with_what_would_do() {
    let mut request = smallest(Operation::VideoReference);
    let info = AssetInfo {
        media_type: MediaType::Webm,
        size_bytes: 200_000_001,
        dimensions: Some(Dimensions {
            width: 3_840,
            height: 640,
        }),
        duration: Some(Duration::from_millis(2_999)),
        frame_rate: Some(FrameRate::from_thousandths(12_500)),
    };
    request.video = Some(Asset::pending(info));

    for sentence in [
        "video: file 1 is WebM (use MP4, MOV)",
        "video: file 1 has 200000001 bytes, more than 200000000 (use a file of at most 200000000 bytes)",
        "video: file 1 is 3840×640, a side under 720 pixels (scale it up to at least 720 pixels a side)",
        "video: file 1 is 3840×640, a side over 2160 pixels (scale it down to at most 2160 pixels a side)",
        "video: file 1 plays 2.999 s, outside 3 to 10.05 s (use one of at least 3 s)",
        "video: file 1 shows 12.5 frames a second, outside 24 to 60 (convert it to 24 frames a second)",
    ] {
        check(&request, sentence);
    }
    request.video = Some(clip(10_051));
    check(
        &request,
        "video: file 1 plays 10.051 s, outside 3 to 10.05 s (trim it)",
    );
}

#[test]
fn a_prompt_has_2500_characters_for_a_video() {
    for operation in ALL {
        let mut request = smallest(operation);
        request.prompt = Prompt::new("猫".repeat(2_500)).expect("words");
        check(&request, "");
        request.prompt = Prompt::new("猫".repeat(2_501)).expect("words");
        check(&request, "prompt");
    }
}

#[test]
fn a_second_costs_what_the_operator_says_and_never_exactly() {
    let amount = |text| Money::parse_dollars(text).expect("an amount");
    let mut request = smallest(Operation::ReferenceToVideo);
    let unsaid = of(request.operation).estimate(&request);
    request.duration = Seconds::new(10).ok();
    let ten = of(request.operation).estimate(&request);

    assert_eq!(unsaid, Estimate::Approximate(amount("0.588")));
    assert_eq!(ten, Estimate::Approximate(amount("1.176")));

    let config = Config {
        video_second_usd: amount("0.5"),
        ..Config::default()
    };
    assert_eq!(price(&config, &request), Some(amount("5")));
}

#[test]
fn an_edit_costs_the_length_of_its_clip_and_at_most_that_of_the_longest() {
    let config = Config::default();
    let mut edit = smallest(Operation::VideoEdit);
    edit.video = Some(clip(4_001));
    assert_eq!(
        price(&config, &edit),
        Some(config.video_second_usd.times(5))
    );

    assert_eq!(
        of(Operation::VideoEdit).estimate(&edit),
        Estimate::Approximate(config.video_second_usd.times(5))
    );

    // Of a clip that nobody has looked at the estimate is the most it can come to, and the cost is not made up.
    edit.video = Some(file(MediaType::Mp4, None));
    assert_eq!(price(&config, &edit), None);
    assert_eq!(
        of(Operation::VideoEdit).estimate(&edit),
        Estimate::Approximate(config.video_second_usd.times(11))
    );
}

proptest! {
    #[test]
    fn whatever_is_taken_is_within_the_schema(
        operation in prop::sample::select(ALL.to_vec()),
        images in 0..9_usize,
        references in prop::collection::vec(0..6_usize, 0..6),
        length in prop::option::of(1..12_u16),
        first: bool, last: bool, has_clip: bool, sound in prop::option::of(any::<bool>()),
    ) {
        let mut request = smallest(operation);
        request.images = vec![picture(); images];
        request.elements = references.iter().map(|&count| element(count)).collect();
        request.duration = length.and_then(|length| Seconds::new(length).ok());
        request.first_frame = first.then(picture);
        request.last_frame = last.then(picture);
        request.video = has_clip.then(|| clip(5_000));
        request.keep_audio = sound;

        if told(&request).is_empty() {
            let clip = matches!(operation, Operation::VideoEdit | Operation::VideoReference);
            let frames = operation == Operation::ImageToVideo;
            prop_assert_eq!(has_clip, clip);
            prop_assert_eq!(first, frames);
            prop_assert!(!last || frames);
            prop_assert!(sound.is_none() || clip);
            prop_assert!(length.is_none_or(|length| [5, 10].contains(&length)));
            prop_assert!(references.iter().all(|count| (1..=4).contains(count)));
            let most = if frames { 0 } else if clip { 4 } else { 7 };
            prop_assert!(images + references.len() <= most && references.len() <= 4);
        }
    }
}
