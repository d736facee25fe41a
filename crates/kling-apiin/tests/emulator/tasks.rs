//! Tasks that fail, hide, are gone, or are told of in words nobody has heard.

use std::time::Duration;

use kling_core::{
    ErrorKind, FailureKind, Money, Prompt, Provider as _, ProviderError, TaskHandle, TaskStatus,
};
use kling_emulator::apiin::FailureShape;
use kling_emulator::moderation::MAGIC_WORD;
use kling_emulator::script::Effect;

use super::bench::{Bench, CREATE, LOOK, PRICE, request, status};

/// A handle of the present version, submitted long ago.
fn of_old(id: &str) -> TaskHandle {
    TaskHandle::parse(format!("apiin.1.0.{PRICE}.{id}")).unwrap()
}

/// Answers the next look with this.
async fn told(bench: &Bench, http: u16, body: &str) -> Result<TaskStatus, ProviderError> {
    bench.play(LOOK, status(http, body));
    bench.look(&of_old("n1")).await
}

#[tokio::test]
async fn a_failed_task_is_a_status_and_costs_nothing() {
    let bench = Bench::start().await;
    let message = "Upstream went away".to_owned();
    bench.play(CREATE, Effect::Fail { message });

    let task = bench.started(&request(0)).await;
    let failure = bench.failed(&task).await;

    assert_eq!(
        (failure.kind, failure.reason),
        (FailureKind::Provider, None)
    );
    assert_eq!(failure.cost.map(|cost| cost.amount), Some(Money::ZERO));
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_prompt_against_the_rules_ends_as_moderated() {
    let bench = Bench::start().await;
    let mut request = request(0);
    request.prompt = Prompt::new(format!("a marzipan {MAGIC_WORD}")).unwrap();

    let task = bench.started(&request).await;
    let failure = bench.failed(&task).await;

    assert_eq!(failure.kind, FailureKind::Moderated);
    assert!(!format!("{failure:?}").contains("marzipan"), "{failure:?}");
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn every_shape_of_a_failure_is_read() {
    let bench = Bench::start().await;
    for shape in [
        FailureShape::Text,
        FailureShape::Object,
        FailureShape::ErrorMessage,
        FailureShape::FailReason,
        FailureShape::Message,
    ] {
        let world = bench.emulator.world();
        world
            .apiin
            .change(|settings| settings.failure_shape = shape);
        for (message, kind) in [
            ("Content policy violation", FailureKind::Moderated),
            ("Failed to download image", FailureKind::Declined),
            ("No capacity", FailureKind::Provider),
        ] {
            let message = message.to_owned();
            bench.play(CREATE, Effect::Fail { message });
            let task = bench.started(&request(1)).await;
            assert_eq!(bench.failed(&task).await.kind, kind, "{shape:?}");
        }
    }
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_result_without_results_is_no_result() {
    let bench = Bench::start().await;
    for effect in [Effect::NullData, Effect::EmptyData] {
        bench.play(CREATE, effect);
        let task = bench.started(&request(0)).await;
        let looked = async {
            loop {
                match bench.look(&task).await {
                    Ok(status) if !status.is_terminal() => tokio::task::yield_now().await,
                    other => return other,
                }
            }
        };
        let looked = tokio::time::timeout(Duration::from_mins(1), looked).await;
        assert_eq!(looked.unwrap().expect_err("nothing").name(), "no-result");
    }
}

#[tokio::test]
async fn a_task_that_is_not_visible_yet_counts_as_queued_and_then_comes() {
    let bench = Bench::start().await;
    bench.play(CREATE, Effect::Hidden { ms: 60_000 });

    let task = bench.started(&request(0)).await;
    let at_first = bench.look(&task).await.unwrap();
    let output = bench.succeeded(&task).await;

    assert_eq!(at_first, TaskStatus::Queued { position: None });
    assert_eq!((output.assets.len(), bench.billed()), (1, PRICE));
}

#[tokio::test]
async fn without_grace_an_invisible_task_is_gone() {
    let bench = Bench::with(|config| config.unknown_task_grace = Duration::ZERO).await;
    bench.play(CREATE, Effect::Hidden { ms: 60_000 });

    let task = bench.started(&request(0)).await;
    let error = bench.look(&task).await.expect_err("not there");

    assert_eq!(error.name(), "task-gone");
}

#[tokio::test]
async fn a_task_of_old_that_is_not_known_is_gone() {
    let bench = Bench::start().await;

    let error = bench
        .look(&of_old("n49_never_was"))
        .await
        .expect_err("gone");

    assert_eq!(error.name(), "task-gone");
}

#[tokio::test]
async fn an_id_cannot_lead_a_look_astray() {
    let bench = Bench::start().await;

    for id in ["%2E%2E%2Fimages", "a%2Fb%3Fc%23d", "a%20b"] {
        let error = bench.look(&of_old(id)).await.expect_err("no such task");
        assert_eq!(error.name(), "task-gone", "{id}");
    }
}

#[tokio::test]
async fn a_handle_that_is_not_ours_is_never_asked_for() {
    let bench = Bench::start().await;

    for (handle, name, says) in [
        (
            "inferencesh.1.abc",
            "foreign-handle",
            "one of `inferencesh`",
        ),
        ("task-1", "foreign-handle", "starts with `apiin.`"),
        ("apiin.2.abc", "handle-from-the-future", "reads `apiin.2.`"),
        ("apiin.1.abc", "damaged-handle", "exactly as it was given"),
    ] {
        let error = bench.look(&TaskHandle::literal(handle)).await;
        let error = error.expect_err("not ours");
        assert_eq!((error.name(), error.kind()), (name, ErrorKind::Broken));
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(bench.emulator.world().journal.entries(0).len(), 0);
}

#[tokio::test]
async fn an_unheard_of_state_counts_as_running() {
    let bench = Bench::start().await;

    let odd = told(
        &bench,
        200,
        r#"{"code":200,"data":{"task_id":"n1","status":"SIMMERING"}}"#,
    )
    .await;
    let older = told(&bench, 200, r#"{"id":"n1","status":"processing"}"#).await;

    assert_eq!(odd.unwrap(), TaskStatus::Running { percent: None });
    assert_eq!(older.unwrap(), TaskStatus::Running { percent: None });
}

#[tokio::test]
async fn a_success_without_a_picture_is_no_result() {
    let bench = Bench::start().await;

    let empty =
        r#"{"code":200,"data":{"task_id":"n1","status":"COMPLETED","output":{"images":[]}}}"#;
    let error = told(&bench, 200, empty).await.expect_err("no picture");

    assert!(
        matches!(error, ProviderError::NoResult { cost: None, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_look_that_fails_is_a_nuisance_and_the_task_goes_on() {
    let bench = Bench::start().await;
    let html = "<html><body>Bad Gateway</body></html>";
    let task = bench.started(&request(0)).await;
    for (effect, name) in [
        (status(502, html), "unavailable"),
        (status(404, html), "unavailable"),
        (status(503, "{}"), "unavailable"),
        (
            status(429, r#"{"error":{"code":429,"message":"slow down"}}"#),
            "rate-limited",
        ),
        (
            status(200, r#"{"code":500,"message":"oops"}"#),
            "unavailable",
        ),
        (
            status(200, r#"{"code":429,"message":"slow down"}"#),
            "rate-limited",
        ),
        (status(200, html), "protocol"),
        (status(200, "[]"), "protocol"),
        (Effect::Garbage, "protocol"),
        (Effect::Truncate, "unavailable"),
        (Effect::ResetBefore, "unavailable"),
        (Effect::ResetAfter, "unavailable"),
        (
            Effect::Huge {
                bytes: 64 * 1024 * 1024,
            },
            "protocol",
        ),
    ] {
        let shown = format!("{effect:?}");
        bench.play(LOOK, effect);
        let error = bench.look(&task).await.expect_err(&shown);
        assert_eq!(error.name(), name, "{shown}");
    }

    let output = bench.succeeded(&task).await;

    assert_eq!((output.assets.len(), bench.billed()), (1, PRICE));
}

#[tokio::test]
async fn a_look_that_is_never_answered_is_left_after_the_timeout() {
    let bench = Bench::with(|config| config.request_timeout = Duration::from_millis(400)).await;
    bench.play(LOOK, Effect::Hang);

    let task = of_old("n1");
    let waited = tokio::time::timeout(Duration::from_secs(20), bench.look(&task)).await;

    let error = waited.unwrap().expect_err("no answer");
    assert!(error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_revoked_key_is_told_by_a_look_too() {
    let bench = Bench::start().await;
    let task = bench.started(&request(0)).await;
    let revoked = kling_core::Secret::new("revoked").unwrap();
    let provider = kling_apiin::Apiin::new(bench.provider.config().clone(), revoked).unwrap();

    let error = provider.status(&task).await.expect_err("revoked");

    assert_eq!(error.name(), "unauthorized");
    assert!(
        bench.restarted().status(&task).await.is_ok(),
        "the other key is good"
    );
}
