//! Every documented way to say no, and some that are not.

use std::time::Duration;

use kling_core::{ErrorKind, Secret, Timestamp};
use kling_http::header::{HeaderMap, RETRY_AFTER};
use proptest::prelude::*;

use super::*;

const SUBMISSION: Attempt<'_> = Attempt::Submission {
    prompt: "a red kite over the sea",
};

fn key() -> Secret {
    Secret::new("5f0e1d2c3b4a59687f6e").expect("a key")
}

fn reply(status: u16, body: &[u8]) -> Reply {
    Reply {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
        received_at: Timestamp::from_millis(0),
    }
}

fn answer(status: u16, body: &str) -> ProviderError {
    refusal(&reply(status, body.as_bytes()), SUBMISSION, &key())
}

#[track_caller]
fn check(status: u16, body: &str, expected: &str) {
    let error = answer(status, body);
    let shown = match &error {
        ProviderError::Declined { note, reason } => {
            let reason = reason.as_deref().unwrap_or("-");
            format!("declined {} {reason}", note.code().unwrap_or("-"))
        }
        ProviderError::Moderated { note } => {
            format!("moderated {}", note.code().unwrap_or("-"))
        }
        other => other.name().to_owned(),
    };
    assert_eq!(shown, expected);
}

#[test]
fn credit_exhaustion_is_told_from_other_refusals_in_both_generations() {
    for body in [
        r#"{"title":"Forbidden","status":403,"message":"x","error":{"name":"ForbiddenException","message":"x","data":{"kind":"err_insufficent_credits"}}}"#,
        r#"{"status":403,"message":["No"],"error":{"name":"OutOfFundsException","message":"No","data":{}}}"#,
        r#"{"requestId":"r","statusCode":403,"path":"/v1","message":"You've run out of credits. Please top up"}"#,
        r#"{"statusCode":"403","message":["Insufficient funds"]}"#,
        r#"{"statusCode":403,"message":"You have exhausted the available image resource limit"}"#,
        r#"{"title":"Forbidden","message":"x","error":{"name":"OutOfFundsException","data":{"kind":"err_other"}}}"#,
        r#"{"title":"Forbidden","message":"x","error":{"name":"E","message":"You have run out of credits"}}"#,
        "You've run out of credits.",
    ] {
        check(403, body, "out-of-funds");
    }
    check(
        403,
        r#"{"statusCode":403,"message":"Forbidden resource"}"#,
        "unauthorized",
    );
    check(403, "<html>blocked</html>", "unauthorized");
    check(402, "", "out-of-funds");
}

#[test]
fn what_is_refused_can_be_asked_about() {
    let body = r#"{"requestId":"V1StGXR8_Z5jdHi6B-myT","statusCode":401,"message":"No"}"#;
    let kind =
        r#"{"error":{"name":"ForbiddenException","data":{"kind":"err_insufficent_credits"}}}"#;

    let unauthorized = answer(401, body);
    let empty = answer(403, kind);

    let note = unauthorized.note().expect("a note");
    assert_eq!(note.code(), Some("401"));
    assert_eq!(note.request_id(), Some("V1StGXR8_Z5jdHi6B-myT"));
    assert_eq!(
        empty.note().and_then(ReplyNote::code),
        Some("err_insufficent_credits")
    );
}

#[test]
fn a_key_that_is_not_accepted_is_the_operators_matter() {
    let body = r#"{"statusCode":401,"message":"This request requires a valid API key."}"#;

    check(401, body, "unauthorized");
    assert_eq!(answer(401, body).kind(), ErrorKind::Broken);
}

#[test]
fn a_declined_request_keeps_its_code_and_not_the_technical_words() {
    check(
        400,
        r#"{"message":"Body validation error!"}"#,
        "declined 400 -",
    );
    check(
        422,
        r#"{"message":["Invalid enum value. Expected 'a' | 'b', received 'c'"],"error":{"name":"BadRequestException"}}"#,
        "declined BadRequestException -",
    );
    check(
        404,
        r#"{"message":"Cannot POST /v1/images"}"#,
        "declined 404 -",
    );
    check(413, "<html>Payload Too Large</html>", "declined 413 -");
    check(405, "", "declined 405 -");
}

#[test]
fn words_about_a_picture_are_passed_on_when_they_are_clean() {
    check(
        400,
        r#"{"message":"  The image must be at least 300 pixels\n a side "}"#,
        "declined 400 The image must be at least 300 pixels a side",
    );
    for dirty in [
        r#"{"message":"Could not load the image https://cdn.example.com/a?sig=1"}"#,
        r#"{"message":"The image data:image/png;base64,AAAA is broken"}"#,
        r#"{"message":"An image of a RED kite, over the moon is too small"}"#,
        r#"{"message":"Property 'image_urls' is wrong"}"#,
    ] {
        check(400, dirty, "declined 400 -");
    }
}

#[test]
fn a_long_sentence_is_cut_between_characters() {
    let body = format!(r#"{{"message":"The image is ñ{}"}}"#, "ñ".repeat(500));

    let ProviderError::Declined { reason, .. } = answer(400, &body) else {
        panic!("declined");
    };

    assert_eq!(reason.map(|reason| reason.chars().count()), Some(201));
}

#[test]
fn moderation_is_its_own_error_and_its_code_is_never_a_sentence() {
    check(
        400,
        r#"{"message":"Your request was blocked by our content policy"}"#,
        "moderated 400",
    );
    check(
        422,
        r#"{"message":"No","error":{"name":"Error","data":{"kind":"content_policy_violation"}}}"#,
        "moderated content_policy_violation",
    );
    check(
        400,
        r#"{"message":"flagged as NSFW","error":{"name":"a red kite over the sea"}}"#,
        "moderated 400",
    );
}

#[test]
fn words_about_content_rules_are_told_from_technical_ones() {
    for moderated in [
        "Your prompt violates our usage policies",
        "Failure to pass the risk control system",
        "The input may contain sensitive information",
        "Blocked by the safety system",
        "This violates the community guidelines",
    ] {
        let body = serde_json::json!({ "message": moderated });
        check(400, &body.to_string(), "moderated 400");
    }
    for technical in [
        "Field names are case-sensitive",
        "The value violates the schema",
        "Body validation error!",
    ] {
        let body = serde_json::json!({ "message": technical });
        check(400, &body.to_string(), "declined 400 -");
    }
}

#[test]
fn the_prompts_own_words_are_not_taken_for_the_vendors() {
    let prompt = "a safety helmet, moderated funds";
    let body =
        serde_json::json!({ "message": format!("Bad value in prompt: {prompt}") }).to_string();
    let answer = |status| {
        let reply = reply(status, body.as_bytes());
        refusal(&reply, Attempt::Submission { prompt }, &key()).name()
    };

    assert_eq!((answer(400), answer(403)), ("declined", "unauthorized"));
}

#[test]
fn neither_key_nor_prompt_comes_back_in_a_code_or_a_reason() {
    for body in [
        r#"{"error":{"name":"a_red_kite"}}"#,
        r#"{"error":{"name":"5f0e1d2c3b4a59687f6e","data":{"kind":"0123456789abcdef"}}}"#,
        r#"{"message":"The image was not taken from 5f0e1d2c3b4a59687f6e: a red kite"}"#,
        r#"{"message":"The image with signature hm 0123456789abcdef has expired"}"#,
        r#"{"message":"The image id=7 has expired"}"#,
    ] {
        check(400, body, "declined 400 -");
    }
}

#[test]
fn a_servers_error_leaves_a_submission_open_and_a_read_to_be_repeated() {
    let html = "<html><body>Bad Gateway</body></html>";
    for status in [500, 502, 503, 504, 524, 408] {
        check(status, html, "indeterminate");

        let read = refusal(&reply(status, html.as_bytes()), Attempt::Read, &key());
        assert_eq!(read.name(), "unavailable");
    }
    check(307, "", "indeterminate");
}

#[test]
fn a_request_for_fewer_calls_keeps_the_wait_where_there_is_one() {
    let mut fewer = reply(429, br#"{"message":"Too Many Requests"}"#);
    fewer.headers.insert(RETRY_AFTER, 7.into());

    let error = refusal(&fewer, SUBMISSION, &key());

    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.is_retryable());
    check(429, "", "rate-limited");
}

#[test]
fn a_look_knows_a_video_that_is_gone_from_a_page_that_is() {
    let look = |status, body: &str| {
        let reply = reply(status, body.as_bytes());
        refusal(&reply, Attempt::Look, &key()).name()
    };

    for (status, body) in [
        (404, r#"{"statusCode":404,"message":"Inference not found"}"#),
        (404, r#"{"title":"Not Found"}"#),
        (410, "{}"),
        (400, r#"{"message":"Generation not found"}"#),
        (422, r#"{"error":{"message":"inference NOT FOUND"}}"#),
        (404, "Inference not found"),
    ] {
        assert_eq!(look(status, body), "task-gone", "{status} {body}");
    }
    for status in [403, 404, 410, 500, 502, 524, 408] {
        assert_eq!(look(status, "<html>524</html>"), "unavailable", "{status}");
    }
    assert_eq!(
        look(400, r#"{"message":"Body validation error!"}"#),
        "declined"
    );
    assert_eq!(look(403, r#"{"message":"Forbidden"}"#), "unauthorized");
    assert_eq!(look(302, ""), "protocol");
}

#[test]
fn only_a_look_takes_what_is_not_found_for_a_video() {
    let body = br#"{"message":"Inference not found"}"#;

    assert_eq!(
        answer(404, r#"{"message":"Inference not found"}"#).name(),
        "declined"
    );
    let read = refusal(&reply(404, body), Attempt::Read, &key());
    assert_eq!(read.name(), "declined");
}

#[test]
fn a_failure_is_sorted_by_its_name_and_its_words() {
    for (name, message, kind, code) in [
        (
            "ContentModerationError",
            "No",
            FailureKind::Moderated,
            "ContentModerationError",
        ),
        (
            "Error",
            "It violates our usage policies",
            FailureKind::Moderated,
            "Error",
        ),
        (
            "BadRequestError",
            "No",
            FailureKind::Declined,
            "BadRequestError",
        ),
        (
            "E",
            "Failed to download image from a link",
            FailureKind::Declined,
            "E",
        ),
        (
            "E",
            "The video must have 24 to 60 frames",
            FailureKind::Declined,
            "E",
        ),
        (
            "InternalServerError",
            "Oops",
            FailureKind::Provider,
            "InternalServerError",
        ),
        ("a red kite", "Oops", FailureKind::Provider, "error"),
        (
            "5f0e1d2c3b4a59687f6e",
            "Oops",
            FailureKind::Provider,
            "error",
        ),
    ] {
        let body = serde_json::json!({"id": "a", "status": "error",
            "error": {"name": name, "message": message}});
        let reply = reply(200, body.to_string().as_bytes());
        assert_eq!(
            failure(&reply, &key()),
            (kind, code.to_owned()),
            "{name} {message}"
        );
    }
    assert_eq!(
        failure(&reply(200, br#"{"status":"error","error":null}"#), &key()),
        (FailureKind::Provider, "error".to_owned())
    );
}

#[test]
fn a_failure_at_once_is_a_no_with_the_words_about_a_picture() {
    let at_once = |body: serde_json::Value| {
        let reply = reply(200, body.to_string().as_bytes());
        failed_at_once(&reply, "a red kite over the sea", &key())
    };

    let declined = at_once(serde_json::json!({"status": "failed",
        "error": {"name": "BadRequestError", "message": "The video is too long"}}));
    let ProviderError::Declined { note, reason } = declined else {
        panic!("declined");
    };
    assert_eq!(note.code(), Some("BadRequestError"));
    assert_eq!(reason.as_deref(), Some("The video is too long"));

    let repeated = at_once(serde_json::json!({"status": "failed",
        "error": {"name": "a_red_kite", "message": "The image of a red kite is bad"}}));
    assert!(
        matches!(&repeated, ProviderError::Declined { note, reason: None } if note.code() == Some("error")),
        "{repeated:?}"
    );
}

#[test]
fn a_failure_at_once_is_about_funds_by_its_name_and_about_rules_by_its_words() {
    let at_once = |name: &str, message: &str| {
        let body = serde_json::json!({"status": "failed",
            "error": {"name": name, "message": message}});
        let reply = reply(200, body.to_string().as_bytes());
        failed_at_once(&reply, "a red kite over the sea", &key()).name()
    };

    let both = "It violates our usage policies; your credits were not charged";
    assert_eq!(at_once("E", both), "moderated");
    assert_eq!(at_once("OutOfFundsException", both), "out-of-funds");
    assert_eq!(at_once("E", "You've run out of credits"), "out-of-funds");
}

proptest! {
    #[test]
    fn no_body_makes_a_panic_or_shows_itself(
        status in 300_u16..=600,
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let error = refusal(&reply(status, &body), SUBMISSION, &key());

        let text = String::from_utf8_lossy(&body);
        let shows_itself = text.trim().chars().count() > 12 && format!("{error:?}").contains(&*text);
        prop_assert!(!shows_itself, "{error:?}");
    }

    #[test]
    fn no_field_makes_a_panic(
        message in "\\PC{0,80}",
        name in "\\PC{0,80}",
    ) {
        let body = serde_json::json!({"message": [message, 7], "error": {"name": name, "data": [1]}});
        prop_assert_eq!(answer(400, &body.to_string()).kind(), ErrorKind::Request);
    }
}
