//! Every documented way to say no, and some that are not.

use kling_core::{ErrorKind, Timestamp};
use kling_http::header::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

const SUBMISSION: Attempt<'_> = Attempt::Submission {
    prompt: "a red kite over the sea",
};

/// What the vendor's oldest documents, and its newest, say of the same error.
fn both(code: &str, status: u16) -> [String; 2] {
    [
        format!(
            r#"{{"type": "https://api.inference.sh/errors/{code}", "title": "No", "status": {status}, "detail": "No."}}"#
        ),
        format!(
            r#"{{"success": false, "status": {status}, "error": {{"code": "{code}", "message": "No."}}}}"#
        ),
    ]
}

fn reply(status: u16, body: &[u8]) -> Reply {
    Reply {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
        received_at: Timestamp::from_millis(1_800_000_000_000),
    }
}

fn with(mut reply: Reply, name: &'static str, value: &'static str) -> Reply {
    let name = HeaderName::from_static(name);
    reply.headers.insert(name, HeaderValue::from_static(value));
    reply
}

fn shown(error: &ProviderError) -> String {
    match error {
        ProviderError::Declined { note, reason } => {
            let reason = reason.as_deref().unwrap_or("-");
            format!("declined {} {reason}", note.code().unwrap_or("-"))
        }
        ProviderError::Moderated { note } => {
            format!("moderated {}", note.code().unwrap_or("-"))
        }
        ProviderError::NotSetUp { missing, note } => {
            let missing = missing.join(", ");
            format!("{}: {missing}", note.code().unwrap_or("-"))
        }
        other => other.name().to_owned(),
    }
}

fn key() -> Secret {
    Secret::new("inf_5f0e1d2c3b4a").expect("a key")
}

fn no(reply: &Reply, attempt: Attempt<'_>) -> ProviderError {
    refusal(reply, attempt, &key())
}

#[track_caller]
fn check(status: u16, body: &str, expected: &str) {
    let error = no(&reply(status, body.as_bytes()), SUBMISSION);
    assert_eq!(shown(&error), expected, "{body}");
}

#[test]
fn every_documented_code_has_its_meaning_in_both_generations() {
    for (status, code, expected) in [
        (400, "invalid_request", "declined invalid_request -"),
        (400, "validation_error", "declined validation_error -"),
        (401, "unauthorized", "unauthorized"),
        (402, "payment_required", "out-of-funds"),
        (402, "payment_method_required", "out-of-funds"),
        (402, "limit_exceeded", "out-of-funds"),
        (403, "forbidden", "unauthorized"),
        (403, "insufficient_scope", "unauthorized"),
        (403, "feature_not_available", "unauthorized"),
        (403, "account_banned", "unauthorized"),
        (404, "not_found", "declined not_found -"),
        (409, "conflict", "declined conflict -"),
        (410, "app_retired", "declined app_retired -"),
        (412, "requirements_not_met", "requirements_not_met: "),
        (429, "rate_limited", "rate-limited"),
        (500, "internal_error", "indeterminate"),
        (503, "app_maintenance", "unavailable"),
        (503, "overloaded", "indeterminate"),
    ] {
        for body in both(code, status) {
            check(status, &body, expected);
        }
    }
}

#[test]
fn a_missing_setting_of_the_account_is_told_by_its_name_and_nothing_else() {
    check(
        412,
        r#"{"errors": [
            {"type": "secret", "key": "KLING_KEY", "message": "add sk-very-private", "action": {"type": "add_secret"}},
            {"type": "secret", "key": "KLING_ACCESS_KEY", "message": "x"},
            {"type": "scope", "key": "https://example.com/a?b=c", "message": "x"},
            {"type": "secret", "key": "inf_0123456789abcdef", "message": "x"}, 7, {"key": 7}]}"#,
        "requirements_not_met: KLING_KEY, KLING_ACCESS_KEY",
    );
    check(
        412,
        r#"{"satisfied": false, "errors": [{"key": "KLING_KEY"}]}"#,
        "requirements_not_met: KLING_KEY",
    );
    check(412, "<html>", "requirements_not_met: ");
}

#[test]
fn why_a_key_is_not_enough_is_told_by_the_vendors_code() {
    for code in ["insufficient_scope", "account_banned", "otp_required"] {
        for body in both(code, 403) {
            let refused = with(reply(403, body.as_bytes()), "x-request-id", "r-7");

            let error = no(&refused, SUBMISSION);

            let note = error.note().expect("a note");
            assert_eq!((note.code(), note.request_id()), (Some(code), Some("r-7")));
        }
    }
}

#[test]
fn maintenance_started_nothing_and_carries_its_wait() {
    let body = &both("app_maintenance", 503)[0];
    let waiting = with(reply(503, body.as_bytes()), "retry-after", "40");

    let error = no(&waiting, SUBMISSION);

    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
}

#[test]
fn a_rate_limit_carries_the_wait_of_either_header() {
    let told = with(reply(429, b""), "retry-after", "7");
    let window = with(reply(429, b""), "x-ratelimit-reset", "1800000030");
    let past = with(reply(429, b""), "x-ratelimit-reset", "1700000000");
    let odd = with(reply(429, b""), "x-ratelimit-reset", "soon");
    let far = with(reply(429, b""), "x-ratelimit-reset", "9999999999999");

    let wait = |reply: &Reply| no(reply, SUBMISSION).retry_after();
    assert_eq!(wait(&told), Some(Duration::from_secs(7)));
    assert_eq!(wait(&window), Some(Duration::from_secs(30)));
    assert_eq!(wait(&past), Some(Duration::ZERO));
    assert_eq!(wait(&odd), None);
    assert_eq!(wait(&far), Some(retry_after::MAX_WAIT));
}

#[test]
fn what_is_not_found_is_the_task_where_a_task_was_asked_for() {
    let gone = reply(404, both("not_found", 404)[0].as_bytes());

    assert_eq!(no(&gone, Attempt::Task).name(), "task-gone");
    assert_eq!(no(&gone, Attempt::Other).name(), "declined");
}

#[test]
fn a_strangers_page_says_nothing_about_a_task() {
    for page in ["<html><body>nginx</body></html>", "", "Not Found", "[]"] {
        for status in [403, 404] {
            let seen = reply(status, page.as_bytes());
            assert_eq!(no(&seen, Attempt::Task).name(), "unavailable", "{page}");
        }
    }
    let forbidden = reply(403, both("forbidden", 403)[0].as_bytes());
    assert_eq!(no(&forbidden, Attempt::Task).name(), "unauthorized");
}

#[test]
fn a_servers_error_leaves_a_submission_open_and_a_read_to_be_repeated() {
    let html = "<html><body>Bad Gateway</body></html>";
    for status in [500, 502, 503, 504, 524, 408] {
        check(status, html, "indeterminate");
        let read = no(&reply(status, html.as_bytes()), Attempt::Task);
        assert_eq!(read.name(), "unavailable");
    }
    check(307, "", "indeterminate");
}

#[test]
fn a_no_in_a_body_with_200_around_it_is_a_no() {
    let body = &both("payment_required", 402)[1];

    let error = refusal_with(402, &reply(200, body.as_bytes()), SUBMISSION, &key());

    assert_eq!(error.name(), "out-of-funds");
}

#[test]
fn moderation_is_its_own_error_and_its_code_is_never_a_sentence() {
    check(
        400,
        r#"{"title": "Blocked by our content policy", "type": "about:blank"}"#,
        "moderated 400",
    );
    check(
        422,
        r#"{"type": "https://api.inference.sh/errors/content_policy_violation"}"#,
        "moderated content_policy_violation",
    );
}

#[test]
fn words_about_a_picture_are_passed_on_when_they_are_clean() {
    check(
        400,
        r#"{"detail": "The image must be at least 300 pixels a side"}"#,
        "declined 400 The image must be at least 300 pixels a side",
    );
    check(400, r#"{"detail": "prompt is required"}"#, "declined 400 -");
    check(
        400,
        r#"{"detail": "image of a red kite is too small"}"#,
        "declined 400 -",
    );
}

#[test]
fn nothing_that_happens_before_a_submission_leaves_it_in_doubt() {
    let lost = ProviderError::Indeterminate("x".into());
    let odd = ProviderError::Protocol {
        path: "$".to_owned(),
        source: "x".into(),
    };

    for error in [
        lost,
        odd,
        ProviderError::OutOfFunds {
            note: ReplyNote::default(),
        },
        ProviderError::Unauthorized {
            note: ReplyNote::default(),
        },
    ] {
        assert_ne!(before_submission(error).kind(), ErrorKind::Unknown);
    }
}

proptest! {
    #[test]
    fn no_body_makes_a_panic_or_shows_itself(
        status in 300_u16..=600,
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let error = no(&reply(status, &body), SUBMISSION);
        prop_assert!(!error.to_string().contains('<'));
    }

    #[test]
    fn no_field_makes_a_panic(detail in "\\PC{0,80}", kind in "\\PC{0,80}", key in "\\PC{0,40}") {
        let body = serde_json::json!({"type": kind, "detail": [detail, 7], "errors": [{"key": key}]});
        for status in [400, 412, 429] {
            drop(no(&reply(status, body.to_string().as_bytes()), SUBMISSION));
        }
    }
}
