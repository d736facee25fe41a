//! Answers that are lost, late or nonsense: never sent again, and never taken for a no.

use std::time::Duration;

use kling_apiin::Apiin;
use kling_core::{ErrorKind, Provider as _, ProviderError, Secret, SubmissionKey};
use kling_emulator::script::Effect;

use super::bench::{Bench, CREATE, KEY, config, request, status};

const HTML: &str = "<html><body>502 Bad Gateway</body></html>";

fn billed_then(status: u16, body: &str) -> Effect {
    Effect::BilledThen {
        status,
        body: body.to_owned(),
    }
}

#[tokio::test]
async fn a_lost_answer_is_never_sent_again() {
    let bench = Bench::start().await;

    bench.play(CREATE, Effect::ResetAfter);
    let after = bench.refused().await;
    assert_eq!(bench.submissions(), 1);

    bench.play(CREATE, Effect::ResetBefore);
    let before = bench.refused().await;
    assert_eq!(bench.submissions(), 2);

    assert_eq!(
        (after.name(), before.name()),
        ("indeterminate", "indeterminate")
    );
    assert!(!after.is_retryable() && !before.is_retryable());
}

#[tokio::test]
async fn a_servers_error_leaves_open_whether_work_began() {
    let bench = Bench::start().await;
    for code in [408, 500, 502, 503, 504, 524] {
        bench.play(CREATE, status(code, HTML));
        assert_eq!(bench.refused().await.name(), "indeterminate", "{code}");
    }
    for effect in [
        billed_then(502, HTML),
        billed_then(200, r#"{"code":500,"message":"oops"}"#),
    ] {
        bench.play(CREATE, effect);
        assert_eq!(bench.refused().await.kind(), ErrorKind::Unknown);
    }
    assert_eq!(bench.submissions(), 8);
}

#[tokio::test]
async fn a_no_that_names_a_task_is_a_task_to_look_at() {
    let bench = Bench::start().await;
    let odd = r#"{"code":10001,"message":"odd","data":{"task_id":"n1"}}"#;
    bench.play(CREATE, billed_then(200, odd));

    let task = bench.started(&request(0)).await;

    assert_eq!(task.as_str().rsplit('.').next(), Some("n1"), "{task:?}");
    assert_eq!(bench.submissions(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_makes_no_sense_is_unknown() {
    let bench = Bench::start().await;
    for (effect, name) in [
        (Effect::Truncate, "indeterminate"),
        (
            Effect::Huge {
                bytes: 64 * 1024 * 1024,
            },
            "indeterminate",
        ),
        (Effect::Garbage, "protocol"),
        (billed_then(200, HTML), "protocol"),
        (billed_then(200, ""), "protocol"),
        (billed_then(200, "[]"), "protocol"),
        (
            billed_then(200, r#"{"code":200,"message":"success","data":null}"#),
            "protocol",
        ),
        (
            billed_then(200, r#"{"code":200,"data":{"status":"IN_PROGRESS"}}"#),
            "protocol",
        ),
    ] {
        let shown = format!("{effect:?}");
        bench.play(CREATE, effect);
        let error = bench.refused().await;
        assert_eq!(
            (error.name(), error.kind()),
            (name, ErrorKind::Unknown),
            "{shown}"
        );
    }
    assert_eq!(bench.submissions(), 8);
}

#[tokio::test]
async fn a_redirect_of_a_submission_is_not_followed() {
    let bench = Bench::start().await;
    let location = bench.provider.config().base_url.to_string() + CREATE;
    bench.play(CREATE, Effect::Redirect { location });

    let error = bench.refused().await;

    assert_eq!(error.kind(), ErrorKind::Unknown);
    assert_eq!((bench.submissions(), bench.billed()), (1, 0));
}

#[tokio::test]
async fn a_vendor_that_never_answers_is_left_after_the_timeout() {
    let bench = Bench::with(|config| config.request_timeout = Duration::from_millis(400)).await;
    bench.play(CREATE, Effect::Hang);

    let waited = tokio::time::timeout(Duration::from_secs(20), bench.refused()).await;

    assert_eq!(waited.unwrap().name(), "indeterminate");
}

#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    let bench = Bench::start().await;
    bench.play(
        CREATE,
        Effect::Drip {
            bytes_per_second: 2_000,
        },
    );

    bench.started(&request(0)).await;

    assert_eq!(bench.submissions(), 1);
}

#[tokio::test]
async fn a_vendor_that_is_not_there_has_charged_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = Apiin::new(config(&base), Secret::new(KEY).unwrap()).unwrap();

    let error = provider
        .submit(&request(0), &SubmissionKey::literal("k"))
        .await
        .expect_err("nobody is there");

    assert!(matches!(error, ProviderError::Unreachable(_)), "{error:?}");
    assert!(error.is_retryable());
}
