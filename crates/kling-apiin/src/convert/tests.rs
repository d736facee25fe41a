//! Every request shape as JSON, and every variant of an answer as submission or status.

use insta::assert_snapshot;
use kling_core::{
    AspectRatio, Asset, AssetInfo, ImageCount, MediaType, OutputAsset, OutputSource, Prompt,
    Resolution,
};
use serde_json::{Value, json};

use super::*;
use crate::models::IMAGE_O1;

mod agreement;
mod arbitrary;
mod places;

const PRICE: Money = Money::from_nanodollars(60_000_000);
const AT: Timestamp = Timestamp::from_millis(1_795_167_000_042);

fn key() -> Secret {
    Secret::new("aio_5f0e1d2c3b4a59687f6e").expect("a key")
}

fn smallest(operation: Operation) -> GenerationRequest {
    let prompt = Prompt::new("a paper boat").expect("words");
    GenerationRequest::new(IMAGE_O1, operation, prompt)
}

fn picture(url: &str) -> Asset {
    let info = AssetInfo {
        media_type: MediaType::Jpeg,
        size_bytes: 9,
        dimensions: None,
        duration: None,
        frame_rate: None,
    };
    Asset::from_url(info, AssetUrl::parse(url).expect("a URL"))
}

fn sent(wanted: &GenerationRequest) -> String {
    let wire = request(wanted).expect("a request");
    serde_json::to_string_pretty(&wire).expect("JSON")
}

fn answer_of(value: &Value) -> Answer {
    serde_json::from_value(value.clone()).expect("an answer")
}

fn submitted(value: &Value) -> Result<Submission, ProviderError> {
    submission(&answer_of(value), &[], PRICE, AT)
}

fn looked(value: &Value) -> Result<TaskStatus, ProviderError> {
    status(&answer_of(value), Some(PRICE), &key())
}

fn urls(assets: &[OutputAsset]) -> Vec<String> {
    let url = |asset: &OutputAsset| match &asset.source {
        OutputSource::Url(url) => url.expose().to_string(),
        OutputSource::Inline(bytes) => panic!("{} bytes", bytes.len()),
    };
    assets.iter().map(url).collect()
}

/// A submission in few words: the handle, or the addresses.
fn told(submission: Result<Submission, ProviderError>) -> String {
    match submission {
        Ok(Submission::Started(handle)) => handle.to_string(),
        Ok(Submission::Finished(output)) => urls(&output.assets).join(" "),
        Err(error) => error.name().to_owned(),
    }
}

#[test]
fn words_alone_are_an_image_to_image_without_images() {
    assert_snapshot!(sent(&smallest(Operation::TextToImage)), @r#"
    {
      "model": "kling-image-o1",
      "prompt": "a paper boat",
      "type": "image-to-image"
    }
    "#);
}

#[test]
fn every_setting_has_its_place_in_the_vendors_spelling() {
    let mut request = smallest(Operation::ImageToImage);
    request.images = vec![
        picture("https://cdn.example.com/a.jpg?sig=1&x=%20"),
        picture("https://cdn.example.com/b.jpg"),
    ];
    request.aspect_ratio = Some(AspectRatio::of(21, 9));
    request.resolution = Some(Resolution::K2);
    request.count = ImageCount::new(9).expect("a count");

    assert_snapshot!(sent(&request), @r#"
    {
      "model": "kling-image-o1",
      "prompt": "a paper boat",
      "type": "image-to-image",
      "images": [
        "https://cdn.example.com/a.jpg?sig=1&x=%20",
        "https://cdn.example.com/b.jpg"
      ],
      "aspect_ratio": "21:9",
      "resolution": "2k",
      "num_images": 9
    }
    "#);
}

#[test]
fn a_multi_shot_names_its_type_and_may_leave_the_shape_to_the_vendor() {
    let mut request = smallest(Operation::MultiShot);
    request.images = vec![picture("https://cdn.example.com/hero.png")];
    request.aspect_ratio = Some(AspectRatio::Auto);

    assert_snapshot!(sent(&request), @r#"
    {
      "model": "kling-image-o1",
      "prompt": "a paper boat",
      "type": "ai-multi-shot",
      "images": [
        "https://cdn.example.com/hero.png"
      ],
      "aspect_ratio": "auto"
    }
    "#);
}

#[test]
fn a_picture_without_an_address_is_never_sent() {
    let mut wanted = smallest(Operation::ImageToImage);
    let info = picture("https://a.b/c").info().clone();
    wanted.images = vec![Asset::from_bytes(info, "123456789".into())];

    let error = request(&wanted).expect_err("no address");

    assert_eq!(error.name(), "input");
}

#[test]
fn both_documented_answers_to_a_submission_start_a_task() {
    let current = json!({"code": 200, "message": "success",
        "data": {"task_id": "n49xxxx_kio1", "status": "IN_PROGRESS"}});
    let older = json!({"id": "task_abc123", "status": "pending", "model": "kling-image-o1",
        "created_at": 1_795_167_000});

    assert_eq!(
        told(submitted(&current)),
        "apiin.1.1795167000042.60000000.n49xxxx_kio1"
    );
    assert_eq!(
        told(submitted(&older)),
        "apiin.1.1795167000042.60000000.task_abc123"
    );
}

#[test]
fn pictures_in_the_answer_to_a_submission_are_the_result() {
    let done = json!({"code": 200, "message": "success", "data": {"task_id": "n1_kio1",
        "status": "COMPLETED", "output": {"images": ["https://cdn.example.com/1.png?sig=a"]}}});

    assert_snapshot!(format!("{:#?}", submitted(&done).expect("a result")), @"
    Finished(
        Output {
            assets: [
                OutputAsset {
                    source: Url(https://cdn.example.com/…),
                    media_type: None,
                },
            ],
            cost: Some(
                Cost {
                    amount: Money(
                        60000000,
                    ),
                    source: Computed,
                },
            ),
        },
    )
    ");
    let direct = json!({"created": 7, "data": [{"url": "https://cdn.example.com/1.png"}]});
    assert_eq!(told(submitted(&direct)), "https://cdn.example.com/1.png");
}

#[test]
fn pictures_that_were_sent_are_never_the_result() {
    let sent = [
        "https://cdn.example.com/a.png?sig=1",
        "https://cdn.example.com/b.png",
    ]
    .map(|url| AssetUrl::parse(url).expect("a URL"));
    let told = |value: Value| told(submission(&answer_of(&value), &sent, PRICE, AT));
    let echo = [
        "https://cdn.example.com/b.png",
        "https://cdn.example.com/a.png?sig=1",
    ];

    let task = "apiin.1.1795167000042.60000000.n1";
    assert_eq!(
        told(json!({"data": {"task_id": "n1", "images": echo}})),
        task
    );
    assert_eq!(told(json!({"data": {"images": echo}})), "protocol");
    assert_eq!(
        told(json!({"data": {"images": echo, "url": "https://cdn.example.com/new.png"}})),
        "https://cdn.example.com/new.png"
    );
}

#[test]
fn a_no_that_names_its_task_starts_it_whatever_else_is_there() {
    let no = json!({"code": 10_001, "message": "queue is long", "data": {"task_id": "n1",
        "images": ["https://cdn.example.com/1.png"]}});

    assert_eq!(told(submitted(&no)), "apiin.1.1795167000042.60000000.n1");
}

#[test]
fn a_task_that_is_under_way_is_looked_at_later_whatever_else_the_answer_has() {
    let preview = json!({"data": {"task_id": "n1", "status": "QUEUED",
        "url": "https://apiin.one/api/v1/tasks/n1"}});
    let done_without_pictures = json!({"data": {"task_id": "n1", "status": "COMPLETED"}});
    let nothing_said = json!({"data": {"task_id": "n1"}});
    let unheard = json!({"data": {"task_id": "n1", "status": "SIMMERING"}});

    for started in [preview, done_without_pictures, nothing_said, unheard] {
        assert_eq!(
            told(submitted(&started)),
            "apiin.1.1795167000042.60000000.n1",
            "{started}"
        );
    }
}

#[test]
fn an_answer_without_task_and_picture_is_no_proof_that_nothing_began() {
    for (nothing, name) in [
        (json!({}), "protocol"),
        (
            json!({"code": 200, "message": "success", "data": null}),
            "protocol",
        ),
        (
            json!({"code": 200, "data": {"task_id": null, "status": "IN_PROGRESS"}}),
            "protocol",
        ),
        (
            json!({"code": 200, "data": {"task_id": "", "status": "pending"}}),
            "protocol",
        ),
        (
            json!({"code": 200, "data": {"task_id": "..", "status": "pending"}}),
            "protocol",
        ),
        (
            json!({"code": 200, "data": {"task_id": {"a": 1}}}),
            "protocol",
        ),
        (
            json!({"code": 200, "data": {"status": "COMPLETED", "output": {"images": []}}}),
            "no-result",
        ),
    ] {
        assert_eq!(told(submitted(&nothing)), name, "{nothing}");
    }
}

#[test]
fn the_emulated_answer_to_a_look_is_a_result_with_its_price() {
    let done = json!({"code": 200, "message": "success", "data": {"task_id": "n1_kio1",
        "status": "COMPLETED", "error": null, "output": {"images": [
            "https://cdn.example.com/1.png", "https://cdn.example.com/2.png"]}}});

    assert_snapshot!(format!("{:#?}", looked(&done).expect("a status")), @"
    Succeeded(
        Output {
            assets: [
                OutputAsset {
                    source: Url(https://cdn.example.com/…),
                    media_type: None,
                },
                OutputAsset {
                    source: Url(https://cdn.example.com/…),
                    media_type: None,
                },
            ],
            cost: Some(
                Cost {
                    amount: Money(
                        60000000,
                    ),
                    source: Computed,
                },
            ),
        },
    )
    ");
}

#[test]
fn a_failed_task_costs_nothing_and_does_not_repeat_the_vendors_words() {
    let failed = json!({"code": 200, "message": "success", "data": {"task_id": "n1",
        "status": "FAILED", "output": null,
        "error": {"type": "upstream_error", "message": "the marzipan lighthouse exploded"}}});

    assert_snapshot!(format!("{:#?}", looked(&failed).expect("a status")), @r#"
    Failed(
        TaskFailure {
            kind: Provider,
            reason: None,
            code: Some(
                "upstream_error",
            ),
            cost: Some(
                Cost {
                    amount: Money(
                        0,
                    ),
                    source: Computed,
                },
            ),
        },
    )
    "#);
}

#[test]
fn a_success_without_pictures_is_no_result_unless_only_the_look_succeeded() {
    let name = |value: Value| looked(&value).map_err(|error| error.name());

    let running = Ok(TaskStatus::Running { percent: None });
    assert_eq!(
        name(json!({"status": "success", "data": {"task_id": "n1"}})),
        running
    );
    assert_eq!(
        name(json!({"id": "n1", "status": "completed"})),
        Err("no-result")
    );
    assert_eq!(
        name(json!({"data": {"status": "COMPLETED", "output": null}})),
        Err("no-result")
    );
    assert_eq!(
        name(json!({"code": 200, "message": "success", "data": null})),
        Err("protocol")
    );
    assert_eq!(
        name(json!({"code": 200, "data": {"task_id": "n1"}})),
        Err("protocol")
    );
}

#[test]
fn pictures_without_a_word_about_the_task_are_its_result() {
    let bare = json!({"images": ["https://cdn.example.com/1.png"]});

    let Ok(TaskStatus::Succeeded(output)) = looked(&bare) else {
        panic!("a result");
    };

    assert_eq!(urls(&output.assets), ["https://cdn.example.com/1.png"]);
}
