//! The check, by what it says to requests that would not work.

mod any_model;

use super::super::{ElementRule, FileRule, ProviderOption};
use super::*;
use crate::{
    Asset, AssetInfo, AssetUrl, Dimensions, Element, FrameRate, ImageCount, ImageFormat, MediaType,
    ModelId, Operation, Prompt, Transport,
};

fn seconds(n: u16) -> Seconds {
    Seconds::new(n).expect("a length")
}

fn video_model() -> Capability {
    Capability {
        images: CountRange { min: 0, max: 7 },
        elements: Some(ElementRule {
            max: 4,
            references: CountRange { min: 1, max: 3 },
        }),
        video: Need::Optional,
        last_frame: Need::Optional,
        first_frame: Need::Optional,
        aspect_ratios: Choices::new(
            [
                AspectRatio::of(16, 9),
                AspectRatio::of(9, 16),
                AspectRatio::of(1, 1),
            ],
            Some(AspectRatio::of(16, 9)),
        ),
        resolutions: Choices::new([Resolution::P720, Resolution::P1080], None),
        durations: Choices::new([seconds(5), seconds(10)], Some(seconds(5))),
        image_files: FileRule {
            max_bytes: Some(10_000_000),
            min_side: Some(300),
            ratio: Some((0.4, 2.5)),
            ..FileRule::any_image()
        },
        transports: vec![Transport::DataUri, Transport::Url],
        options: vec![ProviderOption {
            name: "route",
            about: "who runs it",
            values: &["auto", "own"],
        }],
        rules: vec![
            Rule::Together {
                fields: vec![Field::Images, Field::Elements],
                min: 0,
                max: 4,
                when: Some(Field::Video),
            },
            Rule::Together {
                fields: vec![Field::Images, Field::Elements],
                min: 1,
                max: 7,
                when: None,
            },
            Rule::NotTogether(Field::LastFrame, Field::Images),
            Rule::Needs(Field::LastFrame, Field::FirstFrame),
        ],
        ..Capability::new(Operation::ReferenceToVideo)
    }
}

fn picture(width: u32, height: u32) -> Asset {
    Asset::pending(AssetInfo {
        media_type: MediaType::Png,
        size_bytes: 1_000,
        dimensions: Some(Dimensions { width, height }),
        duration: None,
        frame_rate: None,
    })
}

fn request() -> GenerationRequest {
    let prompt = Prompt::new("a paper boat").expect("words");
    let mut request = GenerationRequest::new(
        ModelId::literal("video"),
        Operation::ReferenceToVideo,
        prompt,
    );
    request.images.push(picture(800, 600));
    request
}

#[track_caller]
fn check(change: impl FnOnce(&mut GenerationRequest), expected: &[&str]) {
    let mut request = request();
    change(&mut request);
    let found = match video_model().check(&request) {
        Ok(()) => Vec::new(),
        Err(Violations(found)) => found.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(found, expected);
}

use super::super::Violations;

#[test]
fn a_request_within_the_capability_passes() {
    check(|_| {}, &[]);
}

#[test]
fn every_violation_is_told_at_once() {
    check(
        |request| {
            request.prompt = Prompt::new("x".repeat(2501)).expect("words");
            request.format = Some(ImageFormat::Png);
            request.keep_audio = Some(true);
            request.count = ImageCount::new(3).expect("a count");
        },
        &[
            "prompt: 2501 characters are more than 2500 (shorten it to 2500 characters)",
            "format: the model does not take it (leave it out)",
            "count: 3 are more than 1 (use 1)",
            "keep_audio: the model does not take it (leave it out)",
        ],
    );
}

#[test]
fn the_nearest_shape_is_offered() {
    check(
        |request| request.aspect_ratio = Some(AspectRatio::of(4, 5)),
        &["aspect_ratio: 4:5 is not one of 16:9, 9:16, 1:1 (use 1:1)"],
    );
    check(
        |request| request.aspect_ratio = Some(AspectRatio::of(21, 9)),
        &["aspect_ratio: 21:9 is not one of 16:9, 9:16, 1:1 (use 16:9)"],
    );
    check(
        |request| request.aspect_ratio = Some(AspectRatio::Auto),
        &["aspect_ratio: auto is not one of 16:9, 9:16, 1:1 (use 16:9)"],
    );
}

#[test]
fn the_nearest_length_and_fineness_are_offered() {
    check(
        |request| {
            request.duration = Some(seconds(8));
            request.resolution = Some(Resolution::K4);
        },
        &[
            "resolution: 4K is not one of 720p, 1080p (use 1080p)",
            "duration: 8 is not one of 5, 10 (use 10)",
        ],
    );
}

#[test]
fn inputs_are_counted_together_and_fewer_are_allowed_beside_a_video() {
    check(
        |request| request.images.clear(),
        &["images: it is required (give at least 1)"],
    );
    check(
        |request| {
            request.images.extend((0..4).map(|_| picture(800, 600)));
            request.video = Some(Asset::pending(AssetInfo {
                media_type: MediaType::Mp4,
                size_bytes: 1,
                dimensions: None,
                duration: None,
                frame_rate: None,
            }));
        },
        &["images: 5 are more than 4 (give at most 4)"],
    );
}

#[test]
fn fields_that_exclude_or_need_each_other_are_named() {
    check(
        |request| request.last_frame = Some(picture(800, 600)),
        &[
            "last_frame: it cannot go with images (leave it out)",
            "last_frame: it needs first_frame (leave it out)",
        ],
    );
}

#[test]
fn a_file_is_judged_by_kind_size_pixels_and_shape() {
    check(
        |request| {
            request.images = vec![
                picture(100, 100),
                picture(3000, 400),
                Asset::pending(AssetInfo {
                    media_type: MediaType::Gif,
                    size_bytes: 60_000_000,
                    dimensions: None,
                    duration: None,
                    frame_rate: None,
                }),
            ];
        },
        &[
            "images: file 1 is 100×100, a side under 300 pixels (scale it up to at least 300 pixels a side)",
            "images: file 2 is 3000×400, width by height outside 0.40 to 2.50 (crop it)",
            "images: file 3 is GIF (use PNG, JPEG, WebP)",
            "images: file 3 has 60000000 bytes, more than 10000000 (use a file of at most 10000000 bytes)",
        ],
    );
}

#[test]
fn a_video_is_judged_by_the_frames_it_shows_a_second() {
    let judged = |thousandths| {
        let mut capability = video_model();
        capability.video_files.frame_rate =
            Some((FrameRate::per_second(24), FrameRate::per_second(60)));
        let mut request = request();
        request.video = Some(Asset::pending(AssetInfo {
            media_type: MediaType::Mp4,
            size_bytes: 1,
            dimensions: None,
            duration: None,
            frame_rate: Some(FrameRate::from_thousandths(thousandths)),
        }));
        let judged = capability.check(&request);
        judged.map_err(|violations| violations.to_string())
    };
    let outside = |given, offer| {
        Err(format!(
            "video: file 1 shows {given} frames a second, outside 24 to 60 (convert it to {offer} frames a second)"
        ))
    };

    for fine in [23_900, 23_976, 24_000, 59_940, 60_000, 60_100] {
        assert_eq!(judged(fine), Ok(()), "{fine}");
    }
    assert_eq!(judged(0), outside("0", 24));
    assert_eq!(judged(23_899), outside("23.899", 24));
    assert_eq!(judged(60_101), outside("60.101", 60));
    assert_eq!(judged(u32::MAX), outside("4294967.295", 60));
}

#[test]
fn an_element_needs_its_other_sides() {
    check(
        |request| {
            request.elements.push(Element {
                frontal: picture(500, 500),
                references: Vec::new(),
            });
        },
        &["element_references: it is required (give at least 1)"],
    );
}

#[test]
fn a_file_that_cannot_travel_is_refused() {
    let mut capability = video_model();
    capability.transports = vec![Transport::Url];
    let mut request = request();
    let info = request.images[0].info().clone();
    request.images = vec![Asset::from_bytes(
        info.clone(),
        bytes::Bytes::from_static(b"png"),
    )];

    let Violations(found) = capability
        .check(&request)
        .expect_err("bytes cannot go by URL");

    assert_eq!(found[0].offer, Offer::PublicUrl);
    let url = AssetUrl::parse("https://example.com/a.png").expect("a URL");
    request.images = vec![Asset::from_url(info, url)];
    assert_eq!(capability.check(&request), Ok(()));
}

#[test]
fn an_unknown_provider_option_is_never_ignored() {
    check(
        |request| {
            request
                .provider_options
                .insert("route".into(), "OWN".into());
            request
                .provider_options
                .insert("turbo".into(), "yes".into());
        },
        &["turbo: the model does not take it (leave it out)"],
    );
    check(
        |request| {
            request
                .provider_options
                .insert("route".into(), "moon".into());
        },
        &["route: moon is not one of auto, own (use auto)"],
    );
}

#[test]
fn what_the_provider_would_drop_is_reported() {
    let mut capability = video_model();
    capability.negative_prompt = Support::Dropped;
    capability.count = CountRange { min: 1, max: 9 };
    capability.returned = Returned::FirstOnly;
    let mut request = request();
    request.negative_prompt = Some(Prompt::new("rain").expect("words"));
    request.count = ImageCount::new(2).expect("a count");

    let violations = capability
        .check(&request)
        .expect_err("two settings are dropped");

    assert_eq!(
        violations.to_string(),
        "negative_prompt: the provider would ignore it (leave it out); \
         count: of 2 images only the first would come back (use 1, or split it into 2 requests)"
    );
}
