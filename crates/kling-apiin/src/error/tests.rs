//! Every way to say no, under an honest HTTP status and under a 200.

use std::time::Duration;

use kling_core::{ErrorKind, Timestamp};
use kling_http::header::{HeaderMap, RETRY_AFTER};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const SUBMISSION: Attempt<'_> = Attempt::Submission {
    prompt: "a red kite over the sea",
};

fn key() -> Secret {
    Secret::new("aio_5f0e1d2c3b4a59687f6e").expect("a key")
}

fn reply(status: u16, body: &[u8]) -> Reply {
    Reply {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
        received_at: Timestamp::from_millis(0),
    }
}

fn said(status: u16, body: &str, attempt: Attempt<'_>) -> String {
    match answer(&reply(status, body.as_bytes()), attempt, &key()) {
        Ok(_) => "yes".to_owned(),
        Err(ProviderError::Declined { note, reason }) => {
            let reason = reason.as_deref().unwrap_or("-");
            format!("declined {} {reason}", note.code().unwrap_or("-"))
        }
        Err(ProviderError::Moderated { note }) => {
            format!("moderated {}", note.code().unwrap_or("-"))
        }
        Err(other) => other.name().to_owned(),
    }
}

/// The same no must mean the same under its own HTTP status, as a `code` under a 200, and as an error's code
/// under a 200.
#[track_caller]
fn check(status: u16, message: &str, submission: &str, look: &str) {
    let honest = json!({"error": {"code": status, "message": message}}).to_string();
    let code = json!({"code": status, "message": message, "data": null}).to_string();
    let text_code = json!({"code": status.to_string(), "message": message}).to_string();
    let envelope = json!({"code": status, "status": "error", "message": message}).to_string();
    for (status, body) in [
        (status, &honest),
        (200, &honest),
        (200, &code),
        (200, &text_code),
        (200, &envelope),
    ] {
        // Without a name of the vendor's, the code is the number, however it came.
        assert_eq!(
            said(status, body, SUBMISSION),
            submission,
            "{status} {body}"
        );
        assert_eq!(said(status, body, Attempt::Look), look, "{status} {body}");
    }
}

#[test]
fn a_no_means_the_same_under_its_own_status_and_under_a_200() {
    check(
        400,
        "Body validation error",
        "declined 400 -",
        "declined 400 -",
    );
    check(401, "Invalid API key", "unauthorized", "unauthorized");
    check(402, "Insufficient credits", "out-of-funds", "out-of-funds");
    check(402, "", "out-of-funds", "out-of-funds");
    check(403, "Forbidden", "unauthorized", "unauthorized");
    check(
        403,
        "Insufficient balance, please top up",
        "out-of-funds",
        "out-of-funds",
    );
    check(
        403,
        "Blocked by content policy",
        "moderated 403",
        "moderated 403",
    );
    check(404, "Task not found", "declined 404 -", "task-gone");
    check(410, "Task expired", "declined 410 -", "task-gone");
    check(
        422,
        "The prompt was flagged as NSFW",
        "moderated 422",
        "moderated 422",
    );
    check(429, "Too many requests", "rate-limited", "rate-limited");
    check(408, "Timed out", "indeterminate", "unavailable");
    for broken in [500, 502, 503, 504, 524] {
        check(broken, "Upstream error", "indeterminate", "unavailable");
    }
}

#[test]
fn a_success_is_a_success_in_every_spelling_of_its_code() {
    for code in [
        json!(200),
        json!(0),
        json!("200"),
        json!(201),
        json!(null),
        json!("success"),
    ] {
        let body =
            json!({"code": code, "data": {"task_id": "n1", "status": "pending"}}).to_string();

        assert_eq!(said(200, &body, SUBMISSION), "yes", "{body}");
        assert_eq!(said(202, &body, Attempt::Look), "yes", "{body}");
    }
}

#[test]
fn a_code_of_no_known_meaning_declines_a_submission_and_leaves_a_look_open() {
    for code in [
        json!(1),
        json!(-1),
        json!(10_001),
        json!(1e300),
        json!(199),
        json!(302),
    ] {
        let body = json!({"code": code, "message": "no"}).to_string();

        assert!(
            said(200, &body, SUBMISSION).starts_with("declined "),
            "{body}"
        );
        assert_eq!(said(200, &body, Attempt::Look), "protocol", "{body}");
    }
    let words = r#"{"error": "model is not available"}"#;
    assert_eq!(said(200, words, SUBMISSION), "declined failed -");
    assert_eq!(said(200, words, Attempt::Look), "protocol");
}

#[test]
fn a_no_that_names_a_task_is_no_proof_that_nothing_began() {
    let running = r#"{"code": 429, "data": {"task_id": "n1", "status": "IN_PROGRESS"}}"#;
    let unclear = r#"{"code": 10001, "message": "queue is long", "data": {"task_id": "n1"}}"#;

    let other_id = r#"{"code": 10001, "message": "queue is long", "id": "n1"}"#;

    // Looking is free, so the task is started.
    assert_eq!(said(200, running, SUBMISSION), "yes");
    assert_eq!(said(200, unclear, SUBMISSION), "yes");
    // What the id is of is not certain.
    assert_eq!(said(200, other_id, SUBMISSION), "indeterminate");
    assert_eq!(said(200, running, Attempt::Look), "rate-limited");
}

#[test]
fn a_submission_that_failed_at_once_says_why() {
    let failed = |error: Value| {
        json!({"code": 200, "data": {"task_id": "n1", "status": "FAILED", "error": error}})
            .to_string()
    };

    let said_of = |error| said(200, &failed(error), SUBMISSION);

    assert_eq!(
        said_of(json!({"message": "NSFW", "type": "flagged"})),
        "moderated flagged"
    );
    assert_eq!(said_of(json!("Insufficient credits")), "out-of-funds");
    assert_eq!(said_of(json!(null)), "declined failed -");
    assert_eq!(
        said(200, r#"{"status": "error", "message": "no"}"#, SUBMISSION),
        "declined failed -"
    );
}

#[test]
fn a_failed_task_is_a_status_and_no_error_whatever_the_code_beside_it() {
    for body in [
        r#"{"code": 500, "message": "NSFW", "data": {"task_id": "n1", "status": "FAILED"}}"#,
        r#"{"code": 200, "data": {"status": "failed", "error": {"code": 402, "message": "x"}}}"#,
        r#"{"status": "failed", "error": {"message": "x"}}"#,
    ] {
        assert_eq!(said(200, body, Attempt::Look), "yes", "{body}");
    }
}

#[test]
fn a_page_that_is_not_there_is_not_a_task_that_is_gone() {
    for body in ["<html>404</html>", "", "Not Found", "[]"] {
        for status in [403, 404, 410] {
            assert_eq!(said(status, body, Attempt::Look), "unavailable", "{body}");
        }
    }
}

#[test]
fn html_is_never_read_as_an_answer() {
    let html = "<html><body>Insufficient credits, NSFW</body></html>";

    for (status, submission, look) in [
        (200, "protocol", "protocol"),
        (400, "declined 400 -", "declined 400 -"),
        (403, "unauthorized", "unavailable"),
        (502, "indeterminate", "unavailable"),
        (302, "indeterminate", "protocol"),
    ] {
        assert_eq!(said(status, html, SUBMISSION), submission);
        assert_eq!(said(status, html, Attempt::Look), look);
    }
    for no_object in ["null", "[]", "7", "\"success\"", "", "{\"code\": 200"] {
        assert_eq!(said(200, no_object, SUBMISSION), "protocol", "{no_object}");
    }
}

#[test]
fn an_answer_that_makes_no_sense_can_be_asked_about() {
    for (body, attempt) in [
        ("<html>", SUBMISSION),
        ("[]", Attempt::Look),
        (r#"{"code": 10001}"#, Attempt::Look),
        (r#"{"error": "no"}"#, Attempt::Look),
        (r#"{"code": 10001, "id": "n1"}"#, SUBMISSION),
    ] {
        let mut odd = reply(200, body.as_bytes());
        odd.headers
            .insert("x-request-id", "r-7".parse().expect("a value"));

        let error = answer(&odd, attempt, &key()).expect_err("nonsense");

        let below = std::error::Error::source(&error).expect("a source");
        assert!(below.to_string().contains("r-7"), "{body}: {error:?}");
    }
}

#[test]
fn a_request_for_fewer_calls_keeps_the_wait_where_there_is_one() {
    for (status, body) in [(429, "{}"), (200, r#"{"code": 429}"#)] {
        let mut fewer = reply(status, body.as_bytes());
        fewer.headers.insert(RETRY_AFTER, 7.into());

        let error = answer(&fewer, SUBMISSION, &key()).expect_err("fewer calls");

        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert!(error.is_retryable());
    }
}

#[test]
fn words_about_a_picture_are_passed_on_when_they_are_clean() {
    let declined = |message: &str| {
        let body = json!({"error": {"code": 400, "message": message, "type": "invalid_image"}});
        said(400, &body.to_string(), SUBMISSION)
    };

    assert_eq!(
        declined("  The image must be at least 300 pixels\n a side "),
        "declined invalid_image The image must be at least 300 pixels a side"
    );
    for dirty in [
        "Could not load the image https://cdn.example.com/a?sig=1",
        "An image of a RED kite, over the moon is too small",
        "Property 'images' is wrong",
        "The image was not taken from aio_5f0e1d2c3b4a59687f6e: a red kite",
        "The image with signature hm 0123456789abcdef has expired",
    ] {
        assert_eq!(declined(dirty), "declined invalid_image -", "{dirty}");
    }
}

#[test]
fn neither_key_nor_prompt_comes_back_in_a_code() {
    for name in [
        "a_red_kite",
        "aio_5f0e1d2c3b4a59687f6e",
        "0123456789abcdef",
        "two words",
        "",
    ] {
        let body = json!({"error": {"type": name, "message": "no"}}).to_string();
        assert_eq!(said(400, &body, SUBMISSION), "declined 400 -", "{name}");
    }
}

#[test]
fn the_prompts_own_words_are_not_taken_for_the_vendors() {
    let prompt = "nsfw, out of credits";
    let body = json!({"error": {"message": format!("Bad value: {prompt}")}}).to_string();

    let error = answer(
        &reply(400, body.as_bytes()),
        Attempt::Submission { prompt },
        &key(),
    );

    assert_eq!(error.expect_err("a no").name(), "declined");
}

#[test]
fn a_short_prompt_does_not_hide_what_the_vendor_says() {
    let prompt = "i";
    let body = r#"{"error": {"message": "Insufficient credits"}}"#;

    let error = answer(
        &reply(400, body.as_bytes()),
        Attempt::Submission { prompt },
        &key(),
    );

    assert_eq!(error.expect_err("a no").kind(), ErrorKind::Broken);
}

proptest! {
    #[test]
    fn no_body_makes_a_panic_or_shows_itself(
        status in 100_u16..=600,
        body in prop::collection::vec(any::<u8>(), 0..200),
        is_look: bool,
    ) {
        let attempt = if is_look { Attempt::Look } else { SUBMISSION };
        if let Err(error) = answer(&reply(status, &body), attempt, &key()) {
            let text = String::from_utf8_lossy(&body);
            let is_long = text.trim().chars().count() > 12;
            prop_assert!(!is_long || !format!("{error:?}").contains(&*text), "{error:?}");
        }
    }

    #[test]
    fn no_field_makes_a_panic_or_shows_the_key(
        before in "\\PC{0,40}",
        code in any::<i64>(),
        status in prop::sample::select(vec![200_u16, 400, 403, 404, 422]),
    ) {
        let message = format!("{before} image {}", key().expose());
        let body = json!({"code": code, "message": [message, 7], "error": {"type": message}});
        if let Err(error) = answer(&reply(status, body.to_string().as_bytes()), SUBMISSION, &key()) {
            let shown = format!("{error:?}");
            prop_assert!(!shown.contains(key().expose()), "{shown}");
        }
    }
}
