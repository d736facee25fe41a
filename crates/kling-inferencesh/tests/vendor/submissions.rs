//! Uploads and submissions: in which order, with which key, and what a no or a silence means.

use std::time::Duration;

use kling_core::{
    Asset, AssetUrl, ErrorKind, ImageCount, Operation, Provider as _, ProviderError, Secret,
    Submission,
};
use kling_inferencesh::InferenceSh;
use serde_json::{Value, json};

use super::bench::{
    Answer, Bench, KEY, PROMPT, Piece, assert_is_task, config, picture, problem, request,
};

const RUN: &str = "POST /apps/run";

fn task() -> Value {
    json!({"data": {"id": "t1", "status": 1}, "messages": []})
}

/// A place for one file, at this path of the vendor.
fn place(bench: &Bench, name: &str) -> Value {
    json!({"data": [{"id": "f1", "uri": format!("https://cloud.inference.sh/u/{name}"),
        "upload_url": format!("{}/put/{name}?signature=private", bench.origin)}], "messages": []})
}

#[track_caller]
fn handle(submitted: Result<Submission, ProviderError>) {
    match submitted {
        Ok(Submission::Started(handle)) => assert_is_task(&handle),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_picture_is_brought_to_its_place_before_the_task_is_started() {
    let bench = Bench::new().await;
    bench.play("POST /files", Answer::json(200, &place(&bench, "a.png")));
    bench.play(
        "PUT /put/a.png?signature=private",
        Answer::pieces(200, vec![]),
    );
    bench.play(RUN, Answer::json(200, &task()));
    let mut request = request(Operation::ImageToImage);
    request.images.push(picture(b"0123456789"));

    handle(bench.submit(&request).await);

    let calls = bench.calls();
    assert_eq!(
        bench.routes(),
        ["POST /files", "PUT /put/a.png?signature=private", RUN]
    );
    let wanted = &calls[0].json()["files"][0];
    assert_eq!(wanted["size"], 10);
    assert_eq!(wanted["content_type"], "image/png");
    assert_eq!(wanted["public"], false);
    assert_eq!(&calls[1].body[..], b"0123456789");
    assert_eq!(calls[1].header("content-length"), Some("10"));
    assert_eq!(calls[1].header("content-type"), Some("image/png"));
    assert_eq!(calls[1].header("authorization"), None);
    let input = &calls[2].json()["input"];
    assert_eq!(
        *input,
        json!({"prompt": PROMPT, "image": "https://cloud.inference.sh/u/a.png"})
    );
    assert_eq!(
        calls[2].header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert_eq!(calls[2].header("x-api-version"), None);
}

#[tokio::test]
async fn every_file_of_a_video_gets_its_own_place() {
    let bench = Bench::new().await;
    for name in ["a", "b", "c"] {
        bench.play("POST /files", Answer::json(200, &place(&bench, name)));
        let route = format!("PUT /put/{name}?signature=private");
        bench.play(&route, Answer::pieces(204, vec![]));
    }
    bench.play(RUN, Answer::json(201, &task()));
    let mut request = request(Operation::ReferenceToVideo);
    request.images = vec![picture(b"one"), picture(b"two")];
    request.first_frame = Some(picture(b"three"));

    handle(bench.submit(&request).await);

    let calls = bench.calls();
    let input = &calls[6].json()["input"];
    assert_eq!(
        input["reference_images"][1],
        "https://cloud.inference.sh/u/b"
    );
    assert_eq!(input["image"], "https://cloud.inference.sh/u/c");
}

#[tokio::test]
async fn a_file_known_by_its_address_goes_as_that() {
    let bench = Bench::new().await;
    bench.play(RUN, Answer::json(200, &task()));
    let url = AssetUrl::parse("https://cdn.example.com/a.png?x=1").unwrap();
    let mut request = request(Operation::ImageToImage);
    let info = picture(b"x").info().clone();
    request.images.push(Asset::from_url(info, url));

    handle(bench.submit(&request).await);

    assert_eq!(bench.routes(), [RUN]);
    let sent = &bench.calls()[0].json()["input"]["image"];
    assert_eq!(sent, "https://cdn.example.com/a.png?x=1");
}

#[tokio::test]
async fn an_upload_that_fails_starts_nothing_and_leaves_no_doubt() {
    let elsewhere = |url: &str| json!({"data": [{"uri": "inf://files/1", "upload_url": url}]});
    for (slot, expected) in [
        (Answer::json(500, &json!({})), ErrorKind::Busy),
        (
            Answer::json(401, &problem("unauthorized", 401)),
            ErrorKind::Broken,
        ),
        (
            Answer::json(400, &problem("validation_error", 400)),
            ErrorKind::Request,
        ),
        (Answer::json(200, &json!({"data": []})), ErrorKind::Busy),
        (
            Answer::json(200, &json!({"data": [{"uri": ""}]})),
            ErrorKind::Busy,
        ),
        (
            Answer::pieces(200, vec![Piece::Text("<html>".into())]),
            ErrorKind::Busy,
        ),
        (
            Answer::pieces(200, vec![Piece::Text("{".into()), Piece::Break]),
            ErrorKind::Busy,
        ),
        // Plain http, a private network, no web address: the file goes nowhere.
        (
            Answer::json(200, &elsewhere("http://storage.example.com/x?signature=1")),
            ErrorKind::Busy,
        ),
        (
            Answer::json(200, &elsewhere("https://10.0.0.7/x?signature=1")),
            ErrorKind::Busy,
        ),
        (
            Answer::json(200, &elsewhere("file:///etc/passwd")),
            ErrorKind::Busy,
        ),
    ] {
        let bench = Bench::new().await;
        bench.play("POST /files", slot);
        let mut request = request(Operation::ImageToImage);
        request.images.push(picture(b"x"));

        let error = bench.submit(&request).await.expect_err("no upload");

        assert_eq!(error.kind(), expected, "{error:?}");
        assert_eq!(bench.routes(), ["POST /files"]);
    }
}

#[tokio::test]
async fn a_place_that_does_not_take_the_file_starts_nothing() {
    let bench = Bench::new().await;
    bench.play("POST /files", Answer::json(200, &place(&bench, "a")));
    bench.play("PUT /put/a?signature=private", Answer::pieces(403, vec![]));
    let mut request = request(Operation::ImageToImage);
    request.images.push(picture(b"x"));

    let error = bench.submit(&request).await.expect_err("403");

    assert_eq!(error.name(), "unavailable");
    assert_eq!(bench.calls().len(), 2);
}

#[tokio::test]
async fn every_refusal_has_its_kind_and_is_sent_once() {
    let missing = json!({"errors": [{"type": "secret", "key": "KLING_KEY", "message": KEY}]});
    let v1 = json!({"success": false, "status": 402, "error": {"code": "payment_required", "message": PROMPT}});
    let rejected = json!({"data": {"id": "t1", "status": 13, "error": "no balance"}});
    for (status, body, name) in [
        (400, problem("validation_error", 400), "declined"),
        (401, problem("unauthorized", 401), "unauthorized"),
        (402, problem("payment_required", 402), "out-of-funds"),
        (403, problem("insufficient_scope", 403), "unauthorized"),
        (404, problem("not_found", 404), "declined"),
        (412, missing, "not-set-up"),
        (429, problem("rate_limited", 429), "rate-limited"),
        (503, problem("app_maintenance", 503), "unavailable"),
        (200, v1, "out-of-funds"),
        (200, rejected, "out-of-funds"),
        (500, problem("internal_error", 500), "indeterminate"),
        (503, json!({}), "indeterminate"),
        (200, json!({"data": null}), "protocol"),
        (200, json!({"data": {"status": 1}}), "protocol"),
    ] {
        let bench = Bench::new().await;
        bench.play(RUN, Answer::json(status, &body).header("retry-after", "40"));

        let error = bench
            .submit(&request(Operation::TextToImage))
            .await
            .expect_err("no");

        assert_eq!(error.name(), name, "{status} {body}");
        assert_eq!(bench.routes(), [RUN]);
        if ["rate-limited", "unavailable"].contains(&name) {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
        }
    }
}

#[tokio::test]
async fn a_lost_answer_is_never_sent_again() {
    let half = vec![Piece::Text("{\"data\":".into()), Piece::Break];
    for answer in [
        Answer::pieces(200, half),
        Answer::pieces(200, vec![Piece::Break]),
        Answer::pieces(502, vec![Piece::Text("<html>".into())]),
        Answer::pieces(307, vec![]).header("location", "/apps/run"),
    ] {
        let bench = Bench::new().await;
        bench.play(RUN, answer);

        let error = bench
            .submit(&request(Operation::TextToImage))
            .await
            .expect_err("lost");

        assert_eq!(error.kind(), ErrorKind::Unknown, "{error:?}");
        assert_eq!(bench.routes(), [RUN]);
    }
}

#[tokio::test]
async fn a_vendor_that_never_answers_is_left_after_the_timeout() {
    let hasty = |config: &mut kling_inferencesh::Config| {
        config.request_timeout = Duration::from_millis(400);
    };
    let bench = Bench::with(hasty).await;
    bench.play(RUN, Answer::pieces(200, vec![Piece::Hang]));

    let error = bench
        .submit(&request(Operation::TextToImage))
        .await
        .expect_err("silence");

    assert_eq!(error.name(), "indeterminate");
}

#[tokio::test]
async fn uploads_that_hang_are_left_in_time_and_start_nothing() {
    let slow = |config: &mut kling_inferencesh::Config| {
        config.request_timeout = Duration::from_hours(1);
        config.upload_timeout = Duration::from_millis(200);
    };
    let bench = Bench::with(slow).await;
    bench.play("POST /files", Answer::pieces(200, vec![Piece::Hang]));
    let mut request = request(Operation::ImageToImage);
    request.images.push(picture(b"0123456789"));

    let submitted = tokio::time::timeout(Duration::from_mins(1), bench.submit(&request)).await;

    let error = submitted.expect("an end").expect_err("silence");
    assert_eq!(error.name(), "unavailable");
    assert_eq!(bench.routes(), ["POST /files"]);
    let whole = Duration::from_hours(1) + Duration::from_millis(200);
    assert_eq!(bench.provider.submit_timeout(), whole);
}

#[tokio::test]
async fn what_does_not_fit_is_never_sent() {
    let bench = Bench::new().await;
    let mut three = request(Operation::TextToImage);
    three.count = ImageCount::new(3).unwrap();
    let mut negative = request(Operation::TextToImage);
    negative.negative_prompt = kling_core::Prompt::new("rain").ok();

    for (request, said) in [
        (three, "of 3 images only the first would come back"),
        (negative, "the provider would ignore it"),
        (
            request(Operation::ImageToVideo),
            "first_frame: it is required",
        ),
        (request(Operation::VideoEdit), "video: it is required"),
    ] {
        let error = bench.submit(&request).await.expect_err("it does not fit");
        let ProviderError::Declined { note, reason } = error else {
            panic!("{error:?}");
        };
        assert_eq!(note.code(), Some("outside-capability"));
        assert!(reason.unwrap().contains(said), "{said}");
    }
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_vendor_that_is_not_there_has_charged_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = InferenceSh::new(config(&base), Secret::new(KEY).unwrap()).unwrap();

    let key = kling_core::SubmissionKey::literal("k");
    let error = provider
        .submit(&request(Operation::TextToImage), &key)
        .await
        .expect_err("nobody is there");

    assert!(matches!(error, ProviderError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn neither_key_nor_prompt_shows_in_debug_output() {
    let bench = Bench::new().await;

    let told = format!(
        "{:?} {:#?}",
        bench.provider,
        request(Operation::TextToVideo)
    );

    assert!(!told.contains(KEY) && !told.contains(PROMPT), "{told}");
    let two_lines = Secret::new("inf_one\ninf_two").unwrap();
    let error = InferenceSh::new(config(&bench.origin), two_lines).expect_err("two lines");
    assert!(!format!("{error} {error:?}").contains("inf_"), "{error}");
}
