//! Replies that differ from what is known, one thing at a time.

use std::time::Duration;

use kling_http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::*;
use crate::expect::VENDORS;

fn told(path: (&str, &str), status: u16, headers: &[&'static str], body: &str) -> Vec<String> {
    told_of(path, status, headers, body, true)
}

fn told_of(
    path: (&str, &str),
    status: u16,
    headers: &[&'static str],
    body: &str,
    is_whole: bool,
) -> Vec<String> {
    let vendor = VENDORS
        .iter()
        .find(|vendor| vendor.reply_to(path.0, path.1).is_some());
    let value = || HeaderValue::from_static("1");
    let name = |name: &&'static str| (HeaderName::from_static(name), value());
    let exchange = Exchange {
        method: path.0.to_owned(),
        path: path.1.to_owned(),
        status: Some(status),
        headers: headers.iter().map(name).collect::<HeaderMap>(),
        body: body.as_bytes().to_vec(),
        is_whole,
        took: Duration::ZERO,
    };
    let drifts = of_exchange(vendor.expect("a vendor"), &exchange);
    drifts.into_iter().collect()
}

const VIDEO: (&str, &str) = ("GET", "/v2/video/generations");
const TRACE: &[&str] = &["x-inference-id"];

#[test]
fn a_reply_as_it_is_known_is_no_drift() {
    let body = json!({"id": "a", "status": "completed", "video": {"url": "https://x/y.mp4"}, "error": null,
        "meta": {"usage": {"credits_used": 1_176_000, "usd_spent": 0.588}}});

    assert_eq!(told(VIDEO, 200, TRACE, &body.to_string()), [""; 0]);
}

#[test]
fn each_difference_is_told_and_no_value_that_came() {
    let body = json!({"id": 7, "status": "done", "video": [{"url": "https://x/secret?sig=1"}],
        "prompt": "my words", "meta": {"usage": {"usd_spent": 1}}});

    let drifts = told(VIDEO, 201, &[], &body.to_string());

    assert_eq!(
        drifts,
        [
            "`id` is a number, known is text",
            "`meta.usage.credits_used` is not there",
            "`prompt` is not known (text)",
            "`status` is `done`, known is queued, generating, completed, error",
            "`video` is a list, known is an object or a list",
            "the status is 201, known is 200",
            "there is no header x-inference-id",
        ]
    );
}

#[test]
fn a_stream_is_read_line_by_line() {
    let stream = ("GET", "/tasks/abc/stream");
    let lines = [
        json!({"id": "abc", "status": 7, "status_text": "running"}),
        json!({"type": "heartbeat"}),
        json!({"data": {"progress": 40}, "fields": ["progress"]}),
        json!({"event": "shrug", "data": null}),
        json!({"id": "abc", "status": "completed"}),
    ];
    let body = lines.map(|line| line.to_string()).join("\n");

    assert_eq!(
        told(stream, 200, &[], &body),
        [
            "`progress` is not known (a number)",
            "`status` is `completed`, known is a whole number from 0 to 13",
            "the stream tells `shrug`",
        ]
    );
}

#[test]
fn a_stream_that_was_left_at_its_end_is_no_drift() {
    let stream = ("GET", "/tasks/abc/stream");
    let body = "{\"id\": \"abc\", \"status\": 10}\n{\"id\": \"ab";

    assert_eq!(told_of(stream, 200, &[], body, false), [""; 0]);
    assert_eq!(
        told_of(stream, 200, &[], body, true),
        ["a line of the stream is no JSON"]
    );
    assert_eq!(
        told_of(("GET", "/tasks/abc"), 200, &[], body, false),
        ["the body is not here to its end"]
    );
}

#[test]
fn a_refusal_has_fields_of_its_own() {
    let call = ("GET", "/tasks/no-such-task");

    assert_eq!(
        told(
            call,
            404,
            &[],
            r#"{"error": {"code": 404, "message": "no", "hint": "x"}}"#
        ),
        ["`error.hint` is not known (text)"]
    );
    assert_eq!(told(call, 404, &[], "<html>"), ["the body is no JSON"]);
}

#[test]
fn a_model_that_is_not_listed_any_more_is_told() {
    let body = json!({"object": "list", "data": [{"id": "klingai/image-o1", "type": "t"}]});

    let drifts = told(("GET", "/v1/models"), 200, &["etag"], &body.to_string());

    assert_eq!(drifts.len(), 4, "{drifts:?}");
    assert!(
        drifts
            .iter()
            .all(|drift| drift.starts_with("no `data[].id` is "))
    );
}
