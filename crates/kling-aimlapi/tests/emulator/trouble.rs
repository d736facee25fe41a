//! Answers that are lost, late or nonsense: never sent again, and never taken for a no.

use std::collections::BTreeMap;
use std::time::Duration;

use kling_aimlapi::AimlApi;
use kling_core::{ErrorKind, Provider as _, ProviderError, Secret, SubmissionKey};
use kling_emulator::Options;
use kling_emulator::script::{Effect, Fault};

use super::bench::{Bench, KEY, PRICE, config, request};

const HTML: &str = "<html><body>502 Bad Gateway</body></html>";

fn status(status: u16) -> Effect {
    Effect::Status {
        status,
        headers: BTreeMap::new(),
        body: HTML.to_owned(),
        content_type: "text/html".to_owned(),
    }
}

#[tokio::test]
async fn a_lost_answer_is_never_sent_again() {
    let bench = Bench::strict().await;

    bench.play(Effect::ResetAfter);
    let after = bench.refused().await;
    assert_eq!((bench.submissions(), bench.billed()), (1, PRICE));

    bench.play(Effect::ResetBefore);
    let before = bench.refused().await;
    assert_eq!((bench.submissions(), bench.billed()), (2, PRICE));

    assert_eq!(
        (after.name(), before.name()),
        ("indeterminate", "indeterminate")
    );
    assert!(!after.is_retryable() && !before.is_retryable());
}

#[tokio::test]
async fn a_servers_error_leaves_open_whether_work_began() {
    let bench = Bench::strict().await;
    for code in [500, 502, 503, 504, 524] {
        bench.play(status(code));
        assert_eq!(bench.refused().await.name(), "indeterminate", "{code}");
    }
    bench.play(Effect::BilledThen {
        status: 502,
        body: HTML.to_owned(),
    });

    assert_eq!(bench.refused().await.kind(), ErrorKind::Unknown);
    assert_eq!((bench.submissions(), bench.billed()), (6, PRICE));
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_makes_no_sense_is_unknown() {
    let bench = Bench::strict().await;

    bench.play(Effect::Truncate);
    let truncated = bench.refused().await;
    bench.play(Effect::Garbage);
    let garbage = bench.refused().await;
    bench.play(Effect::BilledThen {
        status: 200,
        body: r#"{"id": "gen-1", "object": "image"}"#.to_owned(),
    });
    let undocumented = bench.refused().await;

    assert_eq!(truncated.name(), "indeterminate");
    assert_eq!(garbage.name(), "protocol");
    assert_eq!(undocumented.name(), "protocol");
    for error in [truncated, garbage, undocumented] {
        assert_eq!(error.kind(), ErrorKind::Unknown);
    }
    assert_eq!((bench.submissions(), bench.billed()), (3, 3 * PRICE));
}

#[tokio::test]
async fn a_redirect_of_a_submission_is_not_followed() {
    let bench = Bench::strict().await;
    let location = format!("{}/v1/images/generations", bench.emulator.base("aimlapi"));
    bench.play(Effect::Redirect { location });

    let error = bench.refused().await;

    assert_eq!(error.kind(), ErrorKind::Unknown);
    assert_eq!((bench.submissions(), bench.billed()), (1, 0));
}

#[tokio::test]
async fn a_vendor_that_never_answers_is_left_after_the_timeout() {
    let hasty = |config: &mut kling_aimlapi::Config| {
        config.request_timeout = Duration::from_millis(400);
    };
    let bench = Bench::with(Options::default(), hasty).await;
    bench.play(Effect::Hang);

    let waited = tokio::time::timeout(Duration::from_secs(20), bench.refused()).await;

    assert_eq!(waited.unwrap().name(), "indeterminate");
}

#[tokio::test]
async fn a_vendor_that_is_not_there_has_charged_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = AimlApi::new(config(&base), Secret::new(KEY).unwrap()).unwrap();

    let error = provider
        .submit(&request(1), &SubmissionKey::literal("k"))
        .await
        .expect_err("nobody is there");

    assert!(matches!(error, ProviderError::Unreachable(_)), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_balance_that_cannot_be_read_may_be_asked_for_again() {
    let bench = Bench::strict().await;
    let fault = Fault::once("aimlapi", "GET /v2/billing", status(503));
    bench.emulator.world().script.push(fault);

    let broken = bench.provider.balance().await.expect_err("503");
    let fine = bench.provider.balance().await;

    assert_eq!(broken.name(), "unavailable");
    assert!(fine.is_ok(), "{fine:?}");
}
