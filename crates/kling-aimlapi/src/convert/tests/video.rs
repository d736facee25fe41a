//! Video requests as JSON, and every answer about a video.

use insta::assert_snapshot;
use kling_core::{
    AspectRatio, AssetUrl, ModelId, Money, Operation, Output, Seconds, Submission, TaskStatus,
    Timestamp,
};
use proptest::prelude::*;
use serde_json::json;

use super::super::video::{self, Generation, State};
use super::*;
use crate::files::Files;
use crate::wire::video::VideoElement;

const PRICE: Money = Money::from_microdollars(588_000);

fn smallest(model: &'static str, operation: Operation) -> GenerationRequest {
    let prompt = Prompt::new("a paper boat").expect("words");
    GenerationRequest::new(ModelId::literal(model), operation, prompt)
}

fn data() -> Media {
    Media::Data(MediaType::Png, Bytes::from_static(b"\x89PNG"))
}

fn address(file: &str) -> Media {
    let url = AssetUrl::parse(&format!("https://cdn.example.com/{file}")).expect("a URL");
    Media::Url(url)
}

fn json(request: &GenerationRequest, files: Files, route: Option<Route>) -> String {
    let wire = video::request(request, files, route);
    serde_json::to_string_pretty(&wire).expect("JSON")
}

fn generation(body: &str) -> Generation {
    let reply = video::answer(body.as_bytes()).expect("an answer");
    Generation::read(reply, CostHeaders::default())
}

fn submitted(body: &str, inference_id: Option<&str>) -> Result<Submission, ProviderError> {
    let at = Timestamp::from_millis(42);
    video::submission(generation(body), inference_id, Some(PRICE), at)
}

fn handle(submission: Result<Submission, ProviderError>) -> String {
    match submission.expect("a submission") {
        Submission::Started(handle) => handle.to_string(),
        Submission::Finished(output) => panic!("a task, not {output:?}"),
    }
}

fn looked(body: &str) -> Result<TaskStatus, ProviderError> {
    video::status(generation(body), Some(PRICE))
}

fn output(status: Result<TaskStatus, ProviderError>) -> Output {
    match status.expect("a status") {
        TaskStatus::Succeeded(output) => output,
        other => panic!("a result, not {other:?}"),
    }
}

#[test]
fn the_smallest_request_has_nothing_but_the_first_frame() {
    let request = smallest("klingai/video-o1-image-to-video", Operation::ImageToVideo);
    let files = Files {
        first_frame: Some(data()),
        ..Files::default()
    };

    assert_snapshot!(json(&request, files, None), @r#"
    {
      "model": "klingai/video-o1-image-to-video",
      "prompt": "a paper boat",
      "image_url": "data:image/png;base64,iVBORw=="
    }
    "#);
}

#[test]
fn a_last_frame_has_a_field_of_its_own_and_the_length_is_a_number() {
    let mut request = smallest("klingai/video-o1-image-to-video", Operation::ImageToVideo);
    request.duration = Seconds::new(10).ok();
    let files = Files {
        first_frame: Some(address("first.png?x=1")),
        last_frame: Some(data()),
        ..Files::default()
    };

    assert_snapshot!(json(&request, files, Some(Route::Kling)), @r#"
    {
      "model": "klingai/video-o1-image-to-video",
      "prompt": "a paper boat",
      "image_url": "https://cdn.example.com/first.png?x=1",
      "last_image_url": "data:image/png;base64,iVBORw==",
      "duration": 10,
      "provider": "kling"
    }
    "#);
}

#[test]
fn references_and_elements_go_in_the_order_given() {
    let mut request = smallest(
        "klingai/video-o1-reference-to-video",
        Operation::ReferenceToVideo,
    );
    request.aspect_ratio = Some(AspectRatio::of(9, 16));
    request.duration = Seconds::new(5).ok();
    let files = Files {
        images: vec![address("1.png"), data()],
        elements: vec![VideoElement {
            frontal_image_url: data(),
            reference_image_urls: vec![address("side.png"), data()],
        }],
        ..Files::default()
    };

    assert_snapshot!(json(&request, files, None), @r#"
    {
      "model": "klingai/video-o1-reference-to-video",
      "prompt": "a paper boat",
      "image_list": [
        "https://cdn.example.com/1.png",
        "data:image/png;base64,iVBORw=="
      ],
      "elements": [
        {
          "frontal_image_url": "data:image/png;base64,iVBORw==",
          "reference_image_urls": [
            "https://cdn.example.com/side.png",
            "data:image/png;base64,iVBORw=="
          ]
        }
      ],
      "aspect_ratio": "9:16",
      "duration": 5
    }
    "#);
}

#[test]
fn a_clip_travels_like_a_picture_and_its_sound_is_kept_or_not_as_was_said() {
    let clip = Media::Data(MediaType::Mp4, Bytes::from_static(b"ftyp"));
    let mut request = smallest("klingai/video-o1-video-to-video-edit", Operation::VideoEdit);
    request.keep_audio = Some(false);
    request
        .provider_options
        .insert("provider".to_owned(), "Fal".to_owned());
    let files = Files {
        video: Some(clip),
        ..Files::default()
    };

    assert_snapshot!(json(&request, files, Some(Route::Kling)), @r#"
    {
      "model": "klingai/video-o1-video-to-video-edit",
      "prompt": "a paper boat",
      "video_url": "data:video/mp4;base64,ZnR5cA==",
      "keep_audio": false,
      "provider": "fal"
    }
    "#);
}

#[test]
fn a_large_video_body_is_written_into_memory_that_was_taken_once() {
    let mut request = smallest(
        "klingai/video-o1-video-to-video-reference",
        Operation::VideoReference,
    );
    request.prompt = Prompt::new("\"猫\\".repeat(800)).expect("words");
    request.keep_audio = Some(true);
    request.duration = Seconds::new(10).ok();
    request.aspect_ratio = Some(AspectRatio::of(16, 9));
    let picture = |size: usize| Media::Data(MediaType::Jpeg, vec![7; size].into());
    let element = || VideoElement {
        frontal_image_url: picture(50_001),
        reference_image_urls: vec![picture(50_000), address("side.png"), picture(7)],
    };
    let files = Files {
        images: vec![picture(100_000), address("1.png")],
        first_frame: Some(picture(3)),
        last_frame: Some(address("2.png")),
        video: Some(Media::Data(MediaType::Mov, vec![7; 300_000].into())),
        elements: vec![element(), element(), element(), element()],
    };

    let wire = video::request(&request, files, Some(Route::KlingAi));
    let body = wire.to_json().expect("JSON");

    assert!(body.len() <= wire.json_bytes(), "{} bytes", body.len());
    assert_eq!(body.capacity(), wire.json_bytes());
}

#[test]
fn the_captured_answer_to_a_submission_is_a_handle_with_its_price() {
    let captured = r#"{"id":"V1StGXR8_Z5jdHi6B-myT","status":"queued","meta":{"usage":{"credits_used":1040000,"usd_spent":0.52}}}"#;
    let silent = r#"{"id":"0a1b:klingai/video-o1-image-to-video","status":"generating"}"#;

    assert_eq!(
        handle(submitted(captured, None)),
        "aimlapi.1.42.520000000.V1StGXR8_Z5jdHi6B-myT"
    );
    assert_eq!(
        handle(submitted(silent, Some("other"))),
        "aimlapi.1.42.588000000.0a1b%3Aklingai%2Fvideo-o1-image-to-video"
    );
}

#[test]
fn an_answer_without_an_id_is_taken_up_by_the_header() {
    for body in [
        r#"{"status":"queued"}"#,
        r#"{"id":7}"#,
        "{}",
        r#"{"id":" "}"#,
    ] {
        assert_eq!(
            handle(submitted(body, Some("inference-1"))),
            "aimlapi.1.42.588000000.inference-1"
        );
        let lost = submitted(body, None).expect_err("nothing to look at");
        assert_eq!(lost.name(), "protocol");
    }
}

#[test]
fn a_video_in_the_first_answer_is_finished_and_nothing_in_it_is_looked_at_later() {
    let done = r#"{"id":"a","status":"completed","video":{"url":"https://cdn.aimlapi.com/a.mp4"}}"#;
    let empty = r#"{"id":"a","status":"completed","video":null}"#;

    assert!(matches!(submitted(done, None), Ok(Submission::Finished(_))));
    assert_eq!(handle(submitted(empty, None)), "aimlapi.1.42.588000000.a");
    let nothing = submitted(r#"{"status":"completed"}"#, None).expect_err("nothing");
    assert_eq!(nothing.name(), "no-result");
}

#[test]
fn every_word_for_a_state_is_read_in_any_case() {
    for (words, expected) in [
        (
            &["queued", "waiting", "pending", "submitted"][..],
            State::Queued,
        ),
        (
            &[
                "generating",
                "active",
                "processing",
                "running",
                "in_progress",
            ],
            State::Running,
        ),
        (&["completed", "succeeded", "done"], State::Done),
        (&["error", "failed"], State::Failed),
        (&["simmering", "video.generation", "0"], State::Unheard),
    ] {
        for word in words {
            for spelling in [(*word).to_owned(), word.to_uppercase(), format!(" {word} ")] {
                let body = json!({ "id": "a", "status": spelling }).to_string();
                assert_eq!(generation(&body).state, Some(expected), "{spelling}");
            }
        }
    }
}

#[test]
fn a_video_is_read_as_object_list_or_address() {
    for (video, count) in [
        (json!({"url": "https://cdn.aimlapi.com/a.mp4"}), 1),
        (json!([{"url": "https://cdn.aimlapi.com/a.mp4"}]), 1),
        (
            json!([{"url": "https://a.b/1"}, null, {"url": 7}, "https://a.b/2"]),
            2,
        ),
        (json!("https://cdn.aimlapi.com/a.mp4"), 1),
    ] {
        let body = json!({"id": "a", "status": "completed", "video": video, "error": null,
            "meta": {"usage": {"credits_used": 1_176_000}}});
        let output = output(looked(&body.to_string()));

        assert_eq!(output.assets.len(), count, "{body}");
        let cost = output.cost.expect("a cost");
        assert_eq!((cost.amount, cost.source), (PRICE, CostSource::Reported));
    }
    for video in [
        json!(null),
        json!([]),
        json!({}),
        json!({"url": "file:///a"}),
        json!(7),
    ] {
        let body = json!({"id": "a", "status": "completed", "video": video,
            "meta": {"usage": {"credits_used": 2}}});
        let Err(ProviderError::NoResult {
            cost: Some(cost), ..
        }) = looked(&body.to_string())
        else {
            panic!("no result: {body}");
        };
        assert_eq!(cost.amount, Money::from_microdollars(1));
    }
}

#[test]
fn without_a_word_about_cost_the_price_at_submission_counts() {
    let body = r#"{"id":"a","status":"completed","video":{"url":"https://cdn.aimlapi.com/a.mp4"}}"#;

    let known = output(looked(body)).cost.expect("a cost");
    let unknown = output(video::status(generation(body), None)).cost;

    assert_eq!((known.amount, known.source), (PRICE, CostSource::Computed));
    assert_eq!(unknown, None);
}

/// The vendor's prose has a sample that fits no schema of its own: it is understood, and not expected.
#[test]
fn a_sample_that_fits_no_schema_is_understood_all_the_same() {
    let fields = |status: &str| {
        json!({"id": "gen-1", "object": "video.generation", "status": status,
            "output_url": "https://cdn.aimlapi.com/a.mp4",
            "meta": {"prompt": "x", "duration_seconds": 5}, "usage": {"input_tokens": 1}})
        .to_string()
    };

    assert_eq!(
        looked(&fields("processing")).expect("a status"),
        TaskStatus::Running { percent: None }
    );
    assert_eq!(output(looked(&fields("completed"))).assets.len(), 1);
}

#[test]
fn an_answer_about_nothing_is_not_taken_for_a_status() {
    for body in ["{}", r#"{"id":"a"}"#, r#"{"id":"a","status":7}"#] {
        assert_eq!(looked(body).expect_err("nothing").name(), "protocol");
    }
    for body in [
        "[]",
        r#"["a", "queued", null]"#,
        "null",
        "7",
        "\"done\"",
        "<html>",
        "",
    ] {
        assert!(video::answer(body.as_bytes()).is_err());
    }
}

/// Reads a body the way the provider does.
fn read_body(body: &str) -> Result<Generation, ProviderError> {
    let reply = video::answer(body.as_bytes())?;
    Ok(Generation::read(reply, CostHeaders::default()))
}

proptest! {
    #[test]
    fn arbitrary_json_is_a_status_or_an_error_that_nobody_retries(
        id in any_json(), status in any_json(), video in any_json(), error in any_json(), meta in any_json(),
    ) {
        let body = json!({"id": id, "status": status, "video": video, "error": error, "meta": meta});
        for body in [body.to_string(), video.to_string()] {
            let looked = read_body(&body).and_then(|read| video::status(read, None));
            match looked {
                Ok(TaskStatus::Succeeded(output)) => prop_assert!(!output.assets.is_empty()),
                Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => {}
                Err(ProviderError::NoResult { .. } | ProviderError::Protocol { .. }) => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn a_started_video_is_never_lost(
        status in any_json(), video in any_json(), meta in any_json(), in_header: bool,
    ) {
        let id = if in_header { Value::Null } else { Value::from("a/b:c") };
        let body = json!({"id": id, "status": status, "video": video, "meta": meta}).to_string();
        let header = in_header.then_some("a/b:c");

        match submitted(&body, header).expect("a submission") {
            Submission::Started(handle) => prop_assert!(handle.as_str().ends_with(".a%2Fb%3Ac")),
            Submission::Finished(output) => prop_assert!(!output.assets.is_empty()),
        }
    }
}
