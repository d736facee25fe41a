//! Every documented way to say no, and some that are not.

use std::time::Duration;

use kling_core::{ErrorKind, Timestamp};
use kling_http::header::{HeaderMap, RETRY_AFTER};
use proptest::prelude::*;

use super::*;

const SUBMISSION: Attempt<'_> = Attempt::Submission {
    prompt: "a red kite over the sea",
};

fn reply(status: u16, body: &[u8]) -> Reply {
    Reply {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
        received_at: Timestamp::from_millis(0),
    }
}

fn answer(status: u16, body: &str) -> ProviderError {
    refusal(&reply(status, body.as_bytes()), SUBMISSION)
}

#[track_caller]
fn check(status: u16, body: &str, expected: &str) {
    let error = answer(status, body);
    let shown = match &error {
        ProviderError::Declined { code, reason } => {
            format!("declined {code} {}", reason.as_deref().unwrap_or("-"))
        }
        ProviderError::Moderated { code } => format!("moderated {code}"),
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
fn a_servers_error_leaves_a_submission_open_and_a_read_to_be_repeated() {
    let html = "<html><body>Bad Gateway</body></html>";
    for status in [500, 502, 503, 504, 524, 408] {
        check(status, html, "indeterminate");

        let read = refusal(&reply(status, html.as_bytes()), Attempt::Read);
        assert_eq!(read.name(), "unavailable");
    }
    check(307, "", "indeterminate");
}

#[test]
fn a_request_for_fewer_calls_keeps_the_wait_where_there_is_one() {
    let mut fewer = reply(429, br#"{"message":"Too Many Requests"}"#);
    fewer.headers.insert(RETRY_AFTER, 7.into());

    let error = refusal(&fewer, SUBMISSION);

    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.is_retryable());
    check(429, "", "rate-limited");
}

proptest! {
    #[test]
    fn no_body_makes_a_panic_or_shows_itself(
        status in 300_u16..=600,
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let error = refusal(&reply(status, &body), SUBMISSION);
        prop_assert!(!error.to_string().contains('<'));
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
