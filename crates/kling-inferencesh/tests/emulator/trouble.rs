//! Lost answers, late visibility, cut streams, empty accounts: nothing is sent twice, nothing is lost.

use std::time::Duration;

use kling_core::{
    ErrorKind, FailureKind, Operation, Prompt, Provider as _, ProviderError, TaskStatus,
};
use kling_emulator::inferencesh::Settings;
use kling_emulator::script::Effect;
use kling_http::Url;
use kling_inferencesh::{Config, StreamKind};

use super::bench::{BOUND, Bench, SUBMISSION, assert_quiet, request};

const RUN: &str = "POST /apps/run";

fn unchanged(_: &mut Settings) {}

fn hooked(config: &mut Config) {
    // A port that nobody listens on: the address alone is what is looked for.
    config.webhook_base_url = Url::parse("http://127.0.0.1:9/hook").ok();
}

#[tokio::test]
async fn a_lost_answer_is_found_again_and_billed_once() {
    for lost in [Effect::ResetAfter, Effect::Truncate] {
        let bench = Bench::with(unchanged, hooked).await;
        bench.play(RUN, lost);

        let error = bench
            .submit(&request(Operation::TextToImage))
            .await
            .expect_err("lost");
        let found = bench.provider.find(&SUBMISSION).await.unwrap();

        assert_eq!(error.kind(), ErrorKind::Unknown);
        let task = found.expect("the task");
        assert!(matches!(bench.end(&task).await, TaskStatus::Succeeded(_)));
        assert_eq!(bench.billed(), 28_000_000);
    }
}

#[tokio::test]
async fn what_never_arrived_is_not_found_and_that_is_proof_only_by_choice() {
    let bench = Bench::with(unchanged, hooked).await;
    let sure = |config: &mut Config| {
        hooked(config);
        config.absence_is_proof = true;
    };
    let trusting = Bench::with(unchanged, sure).await;
    for bench in [&bench, &trusting] {
        bench.play(RUN, Effect::ResetBefore);
        let error = bench
            .submit(&request(Operation::TextToImage))
            .await
            .expect_err("lost");
        assert_eq!(error.kind(), ErrorKind::Unknown);
    }

    let unproven = bench
        .provider
        .find(&SUBMISSION)
        .await
        .expect_err("no proof");

    assert_eq!(unproven.name(), "unavailable");
    assert_eq!(trusting.provider.find(&SUBMISSION).await.unwrap(), None);
    assert_eq!(bench.billed() + trusting.billed(), 0);
}

#[tokio::test]
async fn a_list_without_webhooks_proves_nothing() {
    let silent = |settings: &mut Settings| settings.list_without_webhook = true;
    let bench = Bench::with(silent, |config| {
        hooked(config);
        config.absence_is_proof = true;
    })
    .await;
    bench.start(&request(Operation::TextToImage)).await;

    let error = bench
        .provider
        .find(&SUBMISSION)
        .await
        .expect_err("no proof");

    assert_eq!(error.name(), "unavailable");
}

/// Longer than any test takes; the emulator's clock is pushed past it.
const HIDDEN: Duration = Duration::from_hours(1);

/// How often a task is looked at, or its stream asked for, before it shows: more often than a stream that cannot be had
/// is asked for.
const PATIENCE: usize = 12;

#[tokio::test]
async fn a_task_that_is_hidden_at_first_is_waited_for_by_streams_and_looks() {
    for stream in [StreamKind::Ndjson, StreamKind::Sse, StreamKind::Off] {
        let bench = Bench::with(unchanged, |config| {
            config.stream = stream;
            config.stream_reconnect_after = Config::TIMEOUTS.0;
        })
        .await;
        let ms = u64::try_from(HIDDEN.as_millis()).unwrap();
        bench.play(RUN, Effect::Hidden { ms });
        let task = bench.start(&request(Operation::TextToImage)).await;
        let looked_at = || {
            let entries = bench.emulator.world().journal.entries(0);
            let looks = entries
                .iter()
                .filter(|entry| entry.event() == "answered" && entry.path.contains("/tasks/"));
            looks.count()
        };
        let shows = async {
            while looked_at() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            bench.emulator.world().clock.advance(HIDDEN);
        };

        let watched = async {
            if stream != StreamKind::Off {
                return bench.end(&task).await;
            }
            loop {
                let status = bench.provider.status(&task).await.unwrap();
                if status.is_terminal() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let both = futures::future::join(shows, watched);
        let ((), end) = tokio::time::timeout(BOUND, both).await.expect("it ends");

        assert!(
            matches!(end, TaskStatus::Succeeded(_)),
            "{stream:?} {end:?}"
        );
        assert_eq!(bench.billed(), 28_000_000, "{stream:?}");
    }
}

#[tokio::test]
async fn a_task_that_is_hidden_is_gone_without_a_grace_and_may_be_cancelled_later_within_it() {
    let ms = u64::try_from(HIDDEN.as_millis()).unwrap();
    let usual = Bench::new().await;
    usual.play(RUN, Effect::Hidden { ms });
    let waited_for = usual.start(&request(Operation::TextToImage)).await;
    let sure = Bench::with(unchanged, |config| {
        config.unknown_task_grace = Duration::ZERO;
    })
    .await;
    sure.play(RUN, Effect::Hidden { ms });
    let given_up = sure.start(&request(Operation::TextToImage)).await;

    let cancelled = usual.provider.cancel(&waited_for).await;
    let gone = sure.provider.status(&given_up).await;

    assert!(cancelled.expect_err("it does not show").is_retryable());
    assert_eq!(gone.expect_err("no grace").name(), "task-gone");
}

#[tokio::test]
async fn a_cut_or_senseless_stream_does_not_lose_the_end() {
    for stream in [StreamKind::Ndjson, StreamKind::Sse] {
        for effect in [Effect::CutStream { events: 1 }, Effect::MalformedLine] {
            let slow = |settings: &mut Settings| settings.latency_ms = 400;
            let bench = Bench::with(slow, |config| config.stream = stream).await;
            let task = bench.start(&request(Operation::TextToImage)).await;
            bench.play("/stream", effect.clone());

            let status = bench.end(&task).await;

            assert!(
                matches!(status, TaskStatus::Succeeded(_)),
                "{effect:?} {status:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_failed_task_is_a_status_with_a_reason_and_no_price() {
    let bench = Bench::new().await;
    for (message, kind) in [
        (
            "[1301] Failure to pass the risk control system",
            FailureKind::Moderated,
        ),
        ("[1201] Image width is too small", FailureKind::Declined),
        ("worker lost", FailureKind::Provider),
    ] {
        let message = message.to_owned();
        bench.play(RUN, Effect::Fail { message });
        let task = bench.start(&request(Operation::TextToImage)).await;
        let TaskStatus::Failed(failure) = bench.end(&task).await else {
            panic!("failed");
        };
        assert_eq!((failure.kind, failure.cost), (kind, None));
    }
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_task_that_is_done_without_a_result_is_no_result() {
    let bench = Bench::new().await;
    for effect in [Effect::NullData, Effect::EmptyData] {
        bench.play(RUN, effect);
        let task = bench.start(&request(Operation::TextToImage)).await;
        let error = loop {
            match bench.provider.status(&task).await {
                Ok(status) => assert!(!status.is_terminal(), "{status:?}"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, ProviderError::NoResult { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_account_without_money_is_told_before_the_work_or_after() {
    let poor = |bench: &Bench| {
        let ledger = &bench.emulator.world().ledger;
        ledger.set_every_balance("inferencesh", 1_000);
    };
    let strict = Bench::new().await;
    poor(&strict);
    let lax = Bench::with(|settings| settings.reject_unfunded = true, |_| {}).await;
    poor(&lax);

    let refused = strict
        .submit(&request(Operation::TextToImage))
        .await
        .expect_err("402");
    let task = lax.start(&request(Operation::TextToImage)).await;

    assert_eq!(refused.name(), "out-of-funds");
    let TaskStatus::Failed(failure) = lax.end(&task).await else {
        panic!("rejected");
    };
    assert_eq!(failure.code.as_deref(), Some("rejected"));
    assert!(failure.cost.expect("a cost").amount.is_zero());
}

#[tokio::test]
async fn what_the_account_lacks_is_told_by_name() {
    let lacking = |settings: &mut Settings| settings.missing_secrets = vec!["KLING_KEY".to_owned()];
    let bench = Bench::with(lacking, |_| {}).await;

    let error = bench
        .submit(&request(Operation::TextToImage))
        .await
        .expect_err("412");

    let ProviderError::NotSetUp { missing, note } = error else {
        panic!("{error:?}");
    };
    assert_eq!(missing, ["KLING_KEY"]);
    assert_eq!(note.code(), Some("requirements_not_met"));
}

#[tokio::test]
async fn too_many_calls_are_told_with_the_end_of_the_window() {
    let counting = |settings: &mut Settings| settings.enforce_rate_limits = true;
    let bench = Bench::with(counting, |_| {}).await;
    let task = bench.start(&request(Operation::TextToImage)).await;

    let mut last = None;
    for _ in 0..1_001 {
        last = bench.provider.status(&task).await.err();
    }

    let error = last.expect("too many");
    assert_eq!(error.name(), "rate-limited");
    assert!(error.retry_after().is_some());
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_unauthorized_for_every_call() {
    let bench = Bench::with(unchanged, hooked).await;
    let task = bench.start(&request(Operation::TextToImage)).await;
    bench.emulator.world().inferencesh.accept_only(["another"]);

    let submitted = bench.submit(&request(Operation::TextToImage)).await.err();
    let looked = bench.provider.status(&task).await.err();
    let found = bench.provider.find(&SUBMISSION).await.err();
    let cancelled = bench.provider.cancel(&task).await.err();

    for error in [submitted, looked, found, cancelled] {
        let error = error.expect("no");
        assert_eq!(error.name(), "unauthorized");
        assert_quiet(&error);
    }
}

#[tokio::test]
async fn a_prompt_that_only_the_model_refuses_fails_as_a_task() {
    let bench = Bench::with(unchanged, |config| config.prompt_chars = 6_000).await;
    let mut long = request(Operation::TextToImage);
    long.prompt = Prompt::new("word ".repeat(600)).unwrap();

    let task = bench.start(&long).await;

    let TaskStatus::Failed(failure) = bench.end(&task).await else {
        panic!("failed");
    };
    assert_eq!(
        (failure.kind, failure.code.as_deref()),
        (FailureKind::Declined, Some("1201"))
    );
    assert_eq!(failure.reason, None);
}
