//! Stored JSON gives back what was written, and rows of every earlier revision are still read.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use kling_core::{
    AspectRatio, AssetInfo, AssetUrl, Cost, CostSource, Dimensions, ImageCount, ImageFormat,
    MediaType, Money, Operation, Output, OutputAsset, OutputSource, Prompt, Resolution, Seconds,
};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::{Ending, InputFile, InputRole, JobRequest, Reason};

fn words() -> impl Strategy<Value = Prompt> {
    "[a-zé日\"\\\\{}]{1,40}".prop_map(|text| Prompt::new(text).expect("words"))
}

fn media_type() -> impl Strategy<Value = MediaType> {
    prop::sample::select(MediaType::ALL.to_vec())
}

fn role() -> impl Strategy<Value = InputRole> {
    prop_oneof![
        Just(InputRole::Image),
        Just(InputRole::FirstFrame),
        Just(InputRole::LastFrame),
        Just(InputRole::Video),
        any::<u8>().prop_map(InputRole::ElementFrontal),
        any::<u8>().prop_map(InputRole::ElementReference),
    ]
}

fn aspect_ratio() -> impl Strategy<Value = AspectRatio> {
    prop_oneof![
        Just(AspectRatio::Auto),
        (1..=255u8, 1..=255u8).prop_map(|(width, height)| AspectRatio::of(width, height)),
    ]
}

fn input() -> impl Strategy<Value = InputFile> {
    let size =
        (any::<u32>(), any::<u32>()).prop_map(|(width, height)| Dimensions { width, height });
    (
        role(),
        ".{0,20}",
        ".{0,60}",
        media_type(),
        any::<u64>(),
        option::of(size),
        option::of(any::<u64>().prop_map(Duration::from_nanos)),
    )
        .prop_map(
            |(role, name, source, media_type, size_bytes, dimensions, duration)| InputFile {
                role,
                name,
                source,
                info: AssetInfo {
                    media_type,
                    size_bytes,
                    dimensions,
                    duration,
                    frame_rate: None,
                },
            },
        )
}

fn request() -> impl Strategy<Value = JobRequest> {
    let pictures = (
        option::of(aspect_ratio()),
        option::of(prop::sample::select(Resolution::ALL.to_vec())),
        1..=ImageCount::MAX,
        option::of(prop::sample::select(ImageFormat::ALL.to_vec())),
    );
    let videos = (option::of(1..=Seconds::MAX), option::of(any::<bool>()));
    (
        prop::sample::select(Operation::ALL.to_vec()),
        words(),
        option::of(words()),
        pictures,
        videos,
        prop::collection::btree_map(".{1,9}", ".{0,9}", 0..3),
        prop::collection::vec(input(), 0..4),
    )
        .prop_map(
            |(operation, prompt, negative_prompt, pictures, videos, provider_options, inputs)| {
                let (aspect_ratio, resolution, count, format) = pictures;
                let (seconds, keep_audio) = videos;
                JobRequest {
                    operation,
                    prompt,
                    negative_prompt,
                    aspect_ratio,
                    resolution,
                    count: ImageCount::new(count).expect("a count"),
                    format,
                    duration: seconds.map(|seconds| Seconds::new(seconds).expect("a length")),
                    keep_audio,
                    provider_options,
                    inputs,
                }
            },
        )
}

fn output() -> impl Strategy<Value = Output> {
    let source = prop_oneof![
        "[a-z]{1,8}\\?sig=[A-Za-z0-9%/+]{0,20}".prop_map(|tail| OutputSource::Url(
            AssetUrl::parse(&format!("https://cdn.example.com/{tail}")).expect("an address")
        )),
        prop::collection::vec(any::<u8>(), 0..40)
            .prop_map(|bytes| OutputSource::Inline(Bytes::from(bytes))),
    ];
    let asset = (source, option::of(media_type()))
        .prop_map(|(source, media_type)| OutputAsset { source, media_type });
    let cost = (
        any::<i64>(),
        prop::sample::select(vec![CostSource::Reported, CostSource::Computed]),
    )
        .prop_map(|(amount, source)| Cost {
            amount: Money::from_nanodollars(amount),
            source,
        });
    (prop::collection::vec(asset, 0..5), option::of(cost))
        .prop_map(|(assets, cost)| Output { assets, cost })
}

fn reason() -> impl Strategy<Value = Reason> {
    (
        "[a-z-]{1,20}",
        prop::collection::btree_map("[a-z]{1,9}", ".{0,20}", 0..4),
    )
        .prop_map(|(code, args)| {
            args.into_iter()
                .fold(Reason::new(code), |reason, (name, value)| {
                    reason.with(name, value)
                })
        })
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        Just(Ending::Result),
        prop::collection::vec(reason(), 0..4).prop_map(|reasons| Ending::Refused { reasons }),
        reason().prop_map(|reason| Ending::Failed { reason }),
        option::of(any::<bool>()).prop_map(|charged| Ending::Cancelled { charged }),
        Just(Ending::Expired),
    ]
}

proptest! {
    #[test]
    fn every_request_is_read_as_it_was_written(request in request()) {
        let text = write_request(&request, Sources::Kept);

        prop_assert_eq!(read_request(&text), Ok(request));
    }

    #[test]
    fn every_output_is_read_as_it_was_written(output in output()) {
        let (text, inline) = write_output(&output);

        let mut read = read_output(&text).expect("an output");
        for (place, bytes) in inline {
            read.assets[place].source = OutputSource::Inline(bytes);
        }
        prop_assert_eq!(read, output);
    }

    #[test]
    fn every_ending_is_read_as_it_was_written(ending in ending()) {
        prop_assert_eq!(read_ending(&write_ending(&ending)), Ok(ending));
    }
}

#[test]
fn an_ended_job_keeps_no_source_of_its_inputs() {
    let mut request = JobRequest::new(
        Operation::ImageToImage,
        Prompt::new("a boat").expect("words"),
    );
    request.inputs.push(InputFile {
        role: InputRole::Image,
        name: "a.png".to_owned(),
        source: "https://cdn.example.com/a.png?hm=5ec2e7".to_owned(),
        info: AssetInfo {
            media_type: MediaType::Png,
            size_bytes: 12,
            dimensions: None,
            duration: None,
            frame_rate: None,
        },
    });

    let text = write_request(&request, Sources::Blanked);

    assert!(!text.contains("5ec2e7"));
    assert_eq!(read_request(&text).expect("a request").inputs[0].source, "");
}

#[test]
fn rows_of_revision_1_are_read_with_or_without_what_came_later() {
    let request = read_request(
        r#"{"revision":1,"operation":"image-to-image","prompt":"a paper boat","count":2,
            "aspect_ratio":"16:9","resolution":"2K","format":"png","from_the_future":[1],
            "inputs":[{"role":"element-frontal","element":1,"name":"a.png","source":"x",
                       "media_type":"image/png","size_bytes":7,"width":3,"height":4}]}"#,
    )
    .expect("a request of revision 1");
    let output = read_output(
        r#"{"revision":1,"assets":[{"url":"https://cdn.example.com/a.png"},{}],
            "cost":{"amount":29400000,"source":"reported"}}"#,
    )
    .expect("an output of revision 1");
    let ending = read_ending(
        r#"{"revision":1,"kind":"failed","reasons":[{"code":"result-gone","args":{"file":"1"}}]}"#,
    )
    .expect("an ending of revision 1");

    assert_eq!(request.count.get(), 2);
    assert_eq!(request.inputs[0].role, InputRole::ElementFrontal(1));
    assert_eq!(request.provider_options, BTreeMap::new());
    assert_eq!(output.assets.len(), 2);
    assert_eq!(
        output.cost.expect("a cost").amount,
        Money::from_microdollars(29_400)
    );
    assert_eq!(
        ending,
        Ending::Failed {
            reason: Reason::new("result-gone").with("file", 1)
        }
    );
}

#[test]
fn what_is_not_ours_is_told_by_its_place_and_not_shown() {
    assert_eq!(read_request("{\"prompt\":\"secret\"}"), Err("request"));
    assert_eq!(
        read_ending(r#"{"revision":1,"kind":"exploded"}"#),
        Err("ending")
    );
}
