//! Videos that fail, hide, are gone, or are told of in words nobody has heard; and answers that are lost.

use std::time::Duration;

use kling_core::{
    ErrorKind, FailureKind, Money, Operation, Prompt, Provider as _, ProviderError, TaskHandle,
    TaskStatus,
};
use kling_emulator::Options;
use kling_emulator::aimlapi::ErrorGeneration;
use kling_emulator::moderation::MAGIC_WORD;
use kling_emulator::script::Effect;

use super::bench::{Bench, KEY, PROMPT, status, video};

/// Where submissions go, for faults.
const CREATE: &str = "POST /v2/video";
/// Where looks go, for faults.
const LOOK: &str = "GET /v2/video";

const HTML: &str = "<html><body>524 A timeout occurred</body></html>";

fn request() -> kling_core::GenerationRequest {
    video(Operation::ReferenceToVideo)
}

/// A handle of the present version, submitted long ago.
fn of_old(id: &str) -> TaskHandle {
    TaskHandle::parse(format!("aimlapi.1.0.588000000.{id}")).unwrap()
}

/// Answers the next look with this.
async fn told(bench: &Bench, http: u16, body: &str) -> Result<TaskStatus, ProviderError> {
    bench.play_at(LOOK, status(http, body));
    bench.look(&of_old("n1")).await
}

/// Submits while that happens, and gives the error that must come of it.
async fn lost(bench: &Bench, effect: Effect) -> &'static str {
    bench.play_at(CREATE, effect);
    let error = bench.start(&request()).await.expect_err("lost");
    assert!(!error.is_retryable(), "{error:?}");
    error.name()
}

#[tokio::test]
async fn a_failed_video_is_a_status_and_costs_nothing() {
    let bench = Bench::strict().await;
    for (message, kind) in [
        ("Upstream went away", FailureKind::Provider),
        ("Failed to download image", FailureKind::Declined),
        (
            "Image and element count exceeds the limit",
            FailureKind::Declined,
        ),
        ("Content policy violation", FailureKind::Moderated),
        (
            "Failure to pass the risk control system",
            FailureKind::Moderated,
        ),
    ] {
        let message = message.to_owned();
        bench.play_at(CREATE, Effect::Fail { message });

        let task = bench.start(&request()).await.unwrap();
        let failure = bench.failed(&task).await;

        assert_eq!((failure.kind, failure.reason), (kind, None));
        assert_eq!(failure.code.as_deref(), Some("GenerationError"));
        assert_eq!(failure.cost.map(|cost| cost.amount), Some(Money::ZERO));
    }
    assert_eq!((bench.billed(), bench.submissions()), (0, 5));
}

#[tokio::test]
async fn a_prompt_against_the_rules_ends_as_moderated() {
    let bench = Bench::strict().await;
    let mut request = request();
    request.prompt = Prompt::new(format!("a marzipan {MAGIC_WORD}")).unwrap();

    let task = bench.start(&request).await.unwrap();
    let failure = bench.failed(&task).await;

    assert_eq!(failure.kind, FailureKind::Moderated);
    assert_eq!(failure.code.as_deref(), Some("ContentModerationError"));
    assert!(!format!("{failure:?}").contains("marzipan"), "{failure:?}");
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_failure_repeats_neither_key_nor_prompt() {
    let bench = Bench::strict().await;
    let body = serde_json::json!({"id": "n1", "status": "error", "video": null,
        "error": {"name": format!("{KEY} {PROMPT}"), "message": format!("{PROMPT} {KEY}")}});

    let status = told(&bench, 200, &body.to_string()).await.unwrap();

    let shown = format!("{status:?}");
    assert!(matches!(status, TaskStatus::Failed(_)));
    assert!(
        !shown.contains(KEY) && !shown.contains("marzipan"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_submission_that_fails_at_once_has_started_nothing() {
    let bench = Bench::strict().await;
    for (message, name) in [
        ("Rejected by the content policy", "moderated"),
        ("You've run out of credits", "out-of-funds"),
        ("No", "declined"),
    ] {
        let body =
            serde_json::json!({"id": "n1", "status": "error", "error": {"message": message}});
        bench.play_at(CREATE, status(200, &body.to_string()));

        let error = bench.start(&request()).await.expect_err("failed");

        assert_eq!(error.name(), name);
    }
}

#[tokio::test]
async fn a_result_without_a_video_is_no_result() {
    let bench = Bench::strict().await;
    for effect in [Effect::NullData, Effect::EmptyData] {
        bench.play_at(CREATE, effect);
        let task = bench.start(&request()).await.unwrap();

        let error = bench.ended(&task).await.expect_err("nothing");

        assert_eq!(error.name(), "no-result");
    }
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_video_that_is_not_visible_yet_counts_as_queued_and_then_comes() {
    let bench = Bench::strict().await;
    for generation in [ErrorGeneration::Flat, ErrorGeneration::Nested] {
        let world = bench.emulator.world();
        world
            .aimlapi
            .change(|settings| settings.error_generation = generation);
        bench.play_at(CREATE, Effect::Hidden { ms: 60_000 });

        let task = bench.start(&request()).await.unwrap();
        let at_first = bench.look(&task).await.unwrap();
        let output = bench.succeeded(&task).await;

        assert_eq!(at_first, TaskStatus::Queued { position: None });
        assert_eq!(output.assets.len(), 1);
    }
}

#[tokio::test]
async fn without_grace_an_invisible_video_is_gone() {
    let bench = Bench::with(Options::default(), |config| {
        config.unknown_task_grace = Duration::ZERO;
    })
    .await;
    bench.play_at(CREATE, Effect::Hidden { ms: 60_000 });

    let task = bench.start(&request()).await.unwrap();
    let error = bench.look(&task).await.expect_err("not there");

    assert_eq!(error.name(), "task-gone");
}

#[tokio::test]
async fn an_id_cannot_lead_a_look_astray() {
    let bench = Bench::strict().await;

    for id in [
        "never-was",
        "%2E%2E%2Fimages",
        "a%3Ab%2Fc",
        "a%26generation_id%3Db%23c",
        "a%20b",
    ] {
        let error = bench.look(&of_old(id)).await.expect_err("no such video");
        assert_eq!(error.name(), "task-gone", "{id}");
    }

    let entries = bench.emulator.world().journal.entries(0);
    let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths[2], "/v2/video/generations?generation_id=a%3Ab%2Fc");
    assert_eq!(
        paths[3],
        "/v2/video/generations?generation_id=a%26generation_id%3Db%23c"
    );
}

#[tokio::test]
async fn a_handle_that_is_not_ours_is_never_asked_for() {
    let bench = Bench::strict().await;

    for (handle, name, says) in [
        ("apiin.1.0.0.abc", "foreign-handle", "one of `apiin`"),
        ("task-1", "foreign-handle", "starts with `aimlapi.`"),
        (
            "aimlapi.2.abc",
            "handle-from-the-future",
            "reads `aimlapi.2.`",
        ),
        ("aimlapi.1.abc", "damaged-handle", "exactly as it was given"),
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
    let bench = Bench::strict().await;

    for word in ["simmering", "PROCESSING", "in_progress"] {
        let body = serde_json::json!({"id": "n1", "status": word});
        let status = told(&bench, 200, &body.to_string()).await;
        assert_eq!(status.unwrap(), TaskStatus::Running { percent: None });
    }
}

#[tokio::test]
async fn a_look_that_fails_is_a_nuisance_and_the_video_goes_on() {
    let bench = Bench::strict().await;
    let task = bench.start(&request()).await.unwrap();
    for (effect, name) in [
        (status(524, HTML), "unavailable"),
        (status(502, HTML), "unavailable"),
        (status(404, HTML), "unavailable"),
        (status(500, "{}"), "unavailable"),
        (
            status(429, r#"{"message":"Too Many Requests"}"#),
            "rate-limited",
        ),
        (status(200, HTML), "protocol"),
        (status(200, "[]"), "protocol"),
        (status(302, HTML), "protocol"),
        (Effect::Garbage, "protocol"),
        (Effect::Truncate, "unavailable"),
        (Effect::ResetBefore, "unavailable"),
        (Effect::ResetAfter, "unavailable"),
    ] {
        let shown = format!("{effect:?}");
        bench.play_at(LOOK, effect);
        let error = bench.look(&task).await.expect_err(&shown);
        assert_eq!(error.name(), name, "{shown}");
    }
    let unknown = r#"{"statusCode":400,"message":"Inference not found"}"#;
    bench.play_at(LOOK, status(400, unknown));
    let at_first = bench.look(&task).await.unwrap();

    let output = bench.succeeded(&task).await;

    assert_eq!(at_first, TaskStatus::Queued { position: None });
    assert_eq!((output.assets.len(), bench.submissions()), (1, 1));
}

#[tokio::test]
async fn a_look_that_is_never_answered_is_left_after_the_timeout() {
    let hasty = |config: &mut kling_aimlapi::Config| {
        config.request_timeout = Duration::from_millis(400);
    };
    let bench = Bench::with(Options::default(), hasty).await;
    bench.play_at(LOOK, Effect::Hang);

    let task = of_old("n1");
    let waited = tokio::time::timeout(Duration::from_secs(20), bench.look(&task)).await;

    let error = waited.unwrap().expect_err("no answer");
    assert!(error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_lost_answer_to_a_video_is_never_sent_again() {
    let bench = Bench::strict().await;

    for (effect, name) in [
        (Effect::ResetAfter, "indeterminate"),
        (Effect::ResetBefore, "indeterminate"),
        (Effect::Truncate, "indeterminate"),
        (status(524, HTML), "indeterminate"),
        (status(503, "{}"), "indeterminate"),
        (status(200, HTML), "protocol"),
        (status(200, "{}"), "protocol"),
        (status(200, "null"), "protocol"),
    ] {
        let shown = format!("{effect:?}");
        assert_eq!(lost(&bench, effect).await, name, "{shown}");
    }
    assert_eq!(bench.submissions(), 8);
}

#[tokio::test]
async fn a_video_whose_answer_is_garbled_is_taken_up_by_its_header() {
    let bench = Bench::strict().await;
    bench.play_at(CREATE, Effect::Garbage);

    let task = bench.start(&request()).await.unwrap();
    let output = bench.succeeded(&task).await;

    assert_eq!((output.assets.len(), bench.submissions()), (1, 1));
}

#[tokio::test]
async fn a_declined_video_starts_nothing() {
    let bench = Bench::strict().await;
    bench
        .emulator
        .world()
        .ledger
        .set_every_balance("aimlapi", 1_000_000);
    let poor = bench.start(&request()).await.expect_err("no money");
    let rules = r#"{"message":"Rejected by the content policy"}"#;
    bench.play_at(CREATE, status(422, rules));
    let moderated = bench.start(&request()).await.expect_err("moderated");
    bench.play_at(CREATE, status(413, HTML));
    let large = bench.start(&request()).await.expect_err("too large");

    assert_eq!(
        (poor.name(), moderated.name(), large.name()),
        ("out-of-funds", "moderated", "declined")
    );
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_revoked_key_is_told_by_a_look_too() {
    let bench = Bench::strict().await;
    let task = bench.start(&request()).await.unwrap();
    let revoked = kling_core::Secret::new("revoked").unwrap();
    let config = bench.provider.config().clone();
    let provider = kling_aimlapi::AimlApi::new(config, revoked).unwrap();

    let error = provider.status(&task).await.expect_err("revoked");

    assert_eq!(error.name(), "unauthorized");
    assert!(bench.look(&task).await.is_ok(), "the other key is good");
}
