//! Every request shape as JSON, and every documented reply as output.

mod agreement;
mod video;

use insta::assert_snapshot;
use kling_core::{
    AspectRatio, AssetUrl, CostSource, Estimate, ImageCount, ImageFormat, Money, Operation,
    OutputSource, Prompt, Resolution,
};
use proptest::prelude::*;

use super::cost::CostHeaders;
use super::*;
use crate::models::IMAGE_O1;
use crate::wire::Body as _;
use crate::wire::image::ImageReply;
use crate::wire::media::Media;

const LISTED: Estimate = Estimate::Exact(Money::from_nanodollars(29_400_000));

fn smallest(operation: Operation) -> GenerationRequest {
    GenerationRequest::new(
        IMAGE_O1,
        operation,
        Prompt::new("a paper boat").expect("words"),
    )
}

fn two_pictures() -> Vec<Media> {
    let url = AssetUrl::parse("https://cdn.example.com/b.jpg?x=1").expect("a URL");
    vec![
        Media::Data(MediaType::Png, Bytes::from_static(b"\x89PNG")),
        Media::Url(url),
    ]
}

fn json(request: &GenerationRequest, pictures: Vec<Media>, route: Option<Route>) -> String {
    let wire = image::request(request, pictures, route);
    serde_json::to_string_pretty(&wire).expect("JSON")
}

fn read(reply: &str, headers: CostHeaders<'_>) -> Result<kling_core::Output, ProviderError> {
    let reply: ImageReply = serde_json::from_str(reply).expect("a reply");
    image::output(reply, headers, LISTED)
}

fn shown(reply: &str) -> String {
    match read(reply, CostHeaders::default()) {
        Ok(output) => format!("{output:#?}"),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn the_smallest_request_has_nothing_but_model_and_prompt() {
    assert_snapshot!(json(&smallest(Operation::TextToImage), vec![], None), @r#"
    {
      "model": "klingai/image-o1",
      "prompt": "a paper boat"
    }
    "#);
}

#[test]
fn pictures_go_as_data_or_by_address_in_the_order_given() {
    assert_snapshot!(json(&smallest(Operation::ImageToImage), two_pictures(), None), @r#"
    {
      "model": "klingai/image-o1",
      "prompt": "a paper boat",
      "image_urls": [
        "data:image/png;base64,iVBORw==",
        "https://cdn.example.com/b.jpg?x=1"
      ]
    }
    "#);
}

#[test]
fn every_setting_has_its_place() {
    let mut request = smallest(Operation::ImageToImage);
    request.aspect_ratio = Some(AspectRatio::of(21, 9));
    request.resolution = Some(Resolution::K2);
    request.format = Some(ImageFormat::Webp);
    request.count = ImageCount::new(9).expect("a count");
    request
        .provider_options
        .insert("provider".to_owned(), "FAL".to_owned());

    assert_snapshot!(json(&request, two_pictures(), Some(Route::Kling)), @r#"
    {
      "model": "klingai/image-o1",
      "prompt": "a paper boat",
      "image_urls": [
        "data:image/png;base64,iVBORw==",
        "https://cdn.example.com/b.jpg?x=1"
      ],
      "aspect_ratio": "21:9",
      "resolution": "2K",
      "output_format": "webp",
      "num_images": 9,
      "provider": "fal"
    }
    "#);
}

#[test]
fn the_operators_route_counts_where_the_request_has_none() {
    let wire = image::request(
        &smallest(Operation::ImageToImage),
        vec![],
        Some(Route::Auto),
    );

    assert_eq!(wire.provider.as_deref(), Some("auto"));
}

#[test]
fn a_large_body_is_written_into_memory_that_was_taken_once() {
    let mut request = smallest(Operation::ImageToImage);
    request.prompt = Prompt::new("\"猫\\".repeat(1_000)).expect("words");
    request.count = ImageCount::new(9).expect("a count");
    request.aspect_ratio = Some(AspectRatio::of(16, 9));
    let picture = |size: usize| Media::Data(MediaType::Jpeg, vec![7; size].into());
    let mut pictures: Vec<_> = (100_000..100_008).map(picture).collect();
    pictures.extend(two_pictures());

    let wire = image::request(&request, pictures, Some(Route::KlingAi));
    let body = wire.to_json().expect("JSON");

    assert!(body.len() <= wire.json_bytes(), "{} bytes", body.len());
    assert_eq!(body.capacity(), wire.json_bytes());
}

#[test]
fn the_sample_of_the_schema_is_one_address_and_its_price() {
    assert_snapshot!(shown(
        r#"{"data": [{"url": "https://cdn.aimlapi.com/flamingo/files/b/0a/x.png", "b64_json": null}],
            "meta": {"usage": {"credits_used": 58800}}}"#,
    ), @r#"
    Output {
        assets: [
            OutputAsset {
                source: Url(https://cdn.aimlapi.com/…),
                media_type: None,
            },
        ],
        cost: Some(
            Cost {
                amount: Money(
                    29400000,
                ),
                source: Reported,
            },
        ),
    }
    "#);
}

#[test]
fn a_newer_reply_with_media_types_and_dollars_is_read_too() {
    assert_snapshot!(shown(
        r#"{"data": [{"url": "https://cdn.aimlapi.com/generations/hedgehog/1-a.png", "mime_type": "image/png"},
                     {"b64_json": "UklGRg==", "mime_type": "image/webp"}],
            "meta": {"usage": {"credits_used": 117600, "usd_spent": 0.0588}}, "extra": true}"#,
    ), @r#"
    Output {
        assets: [
            OutputAsset {
                source: Url(https://cdn.aimlapi.com/…),
                media_type: Some(
                    Png,
                ),
            },
            OutputAsset {
                source: Inline(4 bytes),
                media_type: Some(
                    Webp,
                ),
            },
        ],
        cost: Some(
            Cost {
                amount: Money(
                    58800000,
                ),
                source: Reported,
            },
        ),
    }
    "#);
}

#[test]
fn data_in_place_of_an_address_is_still_a_picture() {
    let output = read(
        r#"{"data": [{"url": "data:image/jpeg;base64,/9j/"}, {"b64_json": "data:image/png;base64,iVBORw=="}]}"#,
        CostHeaders::default(),
    )
    .expect("output");

    let kinds: Vec<_> = output.assets.iter().map(|asset| asset.media_type).collect();
    assert_eq!(kinds, [Some(MediaType::Jpeg), Some(MediaType::Png)]);
    assert!(
        output
            .assets
            .iter()
            .all(|asset| matches!(asset.source, OutputSource::Inline(_)))
    );
}

#[test]
fn without_a_word_about_cost_the_price_list_is_asked() {
    let reply = r#"{"data": [{"url": "https://cdn.aimlapi.com/a.png"}], "meta": null}"#;

    let silent = read(reply, CostHeaders::default()).expect("output");
    let told = CostHeaders {
        credits: Some("58800"),
        dollars: None,
    };
    let told = read(reply, told).expect("output");

    assert_eq!(
        silent.cost.map(|cost| cost.source),
        Some(CostSource::Computed)
    );
    assert_eq!(
        told.cost.map(|cost| cost.source),
        Some(CostSource::Reported)
    );
    assert_eq!(
        silent.cost.map(|cost| cost.amount),
        told.cost.map(|cost| cost.amount)
    );
}

#[test]
fn fewer_usable_entries_than_asked_for_are_kept() {
    let output = read(
        r#"{"data": [null, {"url": ""}, {"url": 7}, "x", {"url": "https://cdn.aimlapi.com/a.png"}, {"b64_json": "%"}]}"#,
        CostHeaders::default(),
    )
    .expect("output");

    assert_eq!(output.assets.len(), 1);
}

#[test]
fn a_reply_without_a_result_says_what_it_cost_all_the_same() {
    for empty in [
        r#"{"data": null, "meta": {"usage": {"credits_used": 2}}}"#,
        r#"{"data": [], "meta": {"usage": {"credits_used": 2}}}"#,
        r#"{"data": [{"url": null, "b64_json": null}], "meta": {"usage": {"credits_used": 2}}}"#,
        r#"{"data": [{}], "meta": {"usage": {"credits_used": 2}}}"#,
    ] {
        let error = read(empty, CostHeaders::default()).expect_err("no result");
        let ProviderError::NoResult { cost, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(
            cost.map(|cost| cost.amount),
            Some(Money::from_microdollars(1))
        );
    }
}

#[test]
fn a_reply_without_the_documented_list_is_not_read_as_empty() {
    assert!(serde_json::from_str::<ImageReply>(r#"{"meta": null}"#).is_err());
    assert!(serde_json::from_str::<ImageReply>(r#"{"data": {"url": "https://a.b/c"}}"#).is_err());
}

#[test]
fn a_balance_is_exact() {
    let billing = |json: &str| {
        let billing = serde_json::from_str(json).expect("billing");
        balance(&billing)
    };

    let exact = billing(r#"{"current_balance": 12.345678901, "currency": "USD"}"#);
    assert_eq!(
        exact.expect("a balance").available,
        Money::from_nanodollars(12_345_678_901)
    );
    assert!(billing(r#"{"current_balance": 5, "currency": "EUR"}"#).is_err());
    assert!(billing(r#"{"current_balance": "plenty"}"#).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,24}".prop_map(Value::from),
        Just(Value::from("https://cdn.aimlapi.com/a.png")),
        prop::sample::select(vec!["queued", "generating", "completed"]).prop_map(Value::from),
    ];
    let name = prop_oneof![
        "[a-z]{1,8}",
        Just("data".to_owned()),
        Just("meta".to_owned()),
        Just("usage".to_owned()),
        Just("credits_used".to_owned()),
        Just("url".to_owned()),
        Just("b64_json".to_owned()),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..5)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Reads a body the way the provider does.
fn read_body(body: &str) -> Result<kling_core::Output, ProviderError> {
    let reply = decode::bytes::<ImageReply>(body.as_bytes())?;
    image::output(reply, CostHeaders::default(), LISTED)
}

proptest! {
    #[test]
    fn arbitrary_json_is_output_or_an_error_that_nobody_retries(
        body in any_json(), data in any_json(), meta in any_json(),
    ) {
        for body in [body, serde_json::json!({"data": data, "meta": meta})] {
            match read_body(&body.to_string()) {
                Ok(output) => prop_assert!(!output.assets.is_empty()),
                Err(ProviderError::NoResult { cost, .. }) => {
                    prop_assert!(cost.is_none_or(|cost| cost.amount >= Money::ZERO));
                }
                Err(ProviderError::Protocol { .. }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn what_was_paid_for_is_found_among_whatever_else_there_is(
        before in prop::collection::vec(any_json(), 0..4),
        after in prop::collection::vec(any_json(), 0..4),
        mut extra in prop::collection::btree_map("[a-z]{1,8}", any_json(), 0..4),
        meta in any_json(),
    ) {
        let good = serde_json::json!({"url": "https://cdn.aimlapi.com/paid.png", "mime_type": before});
        let data: Vec<_> = before.iter().cloned().chain([good]).chain(after).collect();
        extra.insert("data".to_owned(), Value::from(data));
        extra.insert("meta".to_owned(), meta);

        let output = read_body(&serde_json::json!(extra).to_string()).expect("a picture");

        let paid = |asset: &kling_core::OutputAsset| {
            matches!(&asset.source, OutputSource::Url(url) if url.expose().path() == "/paid.png")
        };
        prop_assert!(output.assets.iter().any(paid));
        prop_assert!(output.cost.is_some_and(|cost| cost.amount >= Money::ZERO));
    }

    #[test]
    fn no_bytes_make_a_panic(body in "\\PC{0,60}|[\\[{\":,\\]}a-z0-9\\\\]{0,60}") {
        let read = read_body(&body);
        prop_assert!(read.is_err_and(|error| error.kind() == kling_core::ErrorKind::Unknown));
    }
}
