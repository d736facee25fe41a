//! Looking at a task, cancelling it, deleting it.

use kling_core::{
    Cancellation, ErrorKind, Money, OutputSource, Provider as _, TaskHandle, TaskStatus,
};
use kling_inferencesh::{StatusTable, TaskFiles};
use serde_json::{Value, json};

use super::bench::{Answer, Bench, Piece, TASK, assert_quiet, problem};

const LOOK: &str = "GET /tasks/t1";
const CANCEL: &str = "POST /tasks/t1/cancel";

fn done() -> Value {
    json!({"id": "t1", "status": 10, "input": {"prompt": "x", "n": 1},
        "output": {"image": {"uri": "https://cloud.inference.sh/a.png?signature=1"}}})
}

#[tokio::test]
async fn a_finished_task_is_read_in_all_three_wrappings() {
    let bench = Bench::new().await;
    for body in [
        json!({"data": done(), "messages": [{"level": "info", "code": "x", "message": "y"}]}),
        json!({"success": true, "status": 200, "data": done()}),
        done(),
    ] {
        bench.play(LOOK, Answer::json(200, &body));

        let status = bench.provider.status(&TASK).await.unwrap();

        let TaskStatus::Succeeded(output) = status else {
            panic!("{status:?}");
        };
        assert!(matches!(output.assets[0].source, OutputSource::Url(_)));
        assert_eq!(
            output.cost.unwrap().amount,
            Money::from_microdollars(28_000)
        );
    }
}

#[tokio::test]
async fn the_older_table_is_a_setting() {
    let legacy = |config: &mut kling_inferencesh::Config| config.status_table = StatusTable::Legacy;
    let bench = Bench::with(legacy).await;
    bench.play(
        LOOK,
        Answer::json(200, &json!({"data": {"id": "t1", "status": 11}})),
    );

    assert_eq!(
        bench.provider.status(&TASK).await.unwrap(),
        TaskStatus::Cancelled
    );
}

#[tokio::test]
async fn a_look_that_fails_is_told_from_a_task_that_is_gone() {
    for (answer, name) in [
        (Answer::json(404, &problem("not_found", 404)), "task-gone"),
        (
            Answer::json(200, &json!({"success": false, "status": 404, "error": {}})),
            "task-gone",
        ),
        (
            Answer::json(500, &problem("internal_error", 500)),
            "unavailable",
        ),
        (
            Answer::json(401, &problem("unauthorized", 401)),
            "unauthorized",
        ),
        (
            Answer::json(429, &problem("rate_limited", 429)),
            "rate-limited",
        ),
        (
            Answer::pieces(200, vec![Piece::Text("<html>signature".into())]),
            "protocol",
        ),
        (
            Answer::pieces(200, vec![Piece::Text("{".into()), Piece::Break]),
            "unavailable",
        ),
        (
            Answer::json(200, &json!({"data": {"id": "t1"}})),
            "protocol",
        ),
        (
            Answer::json(
                200,
                &json!({"data": {"id": "t1", "status": 10, "output": null}}),
            ),
            "no-result",
        ),
        (
            Answer::json(
                200,
                &json!({"data": {"id": "t1", "status": 10, "output": {"image": 7}}}),
            ),
            "protocol",
        ),
        (Answer::json(200, &json!([])), "protocol"),
    ] {
        let bench = Bench::new().await;
        bench.play(LOOK, answer);

        let error = bench.provider.status(&TASK).await.expect_err(name);

        assert_eq!(error.name(), name);
        assert_quiet(&error);
    }
}

#[tokio::test]
async fn a_handle_of_another_provider_or_from_the_future_is_refused_and_not_sent() {
    let bench = Bench::new().await;
    for (text, name) in [
        ("aimlapi.1.t1", "foreign-handle"),
        ("inferencesh.3.t1", "handle-from-the-future"),
        ("inferencesh.1.", "damaged-handle"),
    ] {
        let task = TaskHandle::literal(text);

        let looked = bench.provider.status(&task).await.expect_err("not ours");
        let cancelled = bench.provider.cancel(&task).await.expect_err("not ours");
        let deleted = bench
            .provider
            .delete(&task, TaskFiles::Keep)
            .await
            .expect_err("not ours");

        for error in [looked, cancelled, deleted] {
            assert_eq!((error.name(), error.kind()), (name, ErrorKind::Broken));
        }
        assert!(bench.provider.watch(&task).is_none());
    }
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_cancellation_announces_json_and_sends_none() {
    let bench = Bench::new().await;
    bench.play(CANCEL, Answer::pieces(204, vec![]));

    let cancelled = bench.provider.cancel(&TASK).await.unwrap();

    assert_eq!(cancelled, Cancellation::Cancelled { charged: None });
    let call = &bench.calls()[0];
    assert_eq!(call.header("content-type"), Some("application/json"));
    assert!(call.body.is_empty());
}

#[tokio::test]
async fn a_cancellation_that_comes_too_late_says_so() {
    let late = Cancellation::TooLate;
    let cancelled = Cancellation::Cancelled { charged: None };
    for (answer, expected) in [
        (
            Answer::json(200, &json!({"data": {"id": "t1", "status": 8}})),
            cancelled,
        ),
        (
            Answer::json(200, &json!({"id": "t1", "status": 12})),
            cancelled,
        ),
        (Answer::json(200, &json!({"id": "t1", "status": 10})), late),
        (Answer::json(409, &problem("invalid_transition", 409)), late),
        // The oldest generation says it in the body alone.
        (Answer::json(200, &no_in_the_body(409)), late),
        (
            Answer::json(200, &json!({"success": true, "status": 200, "data": null})),
            cancelled,
        ),
    ] {
        let bench = Bench::new().await;
        bench.play(CANCEL, answer);
        assert_eq!(bench.provider.cancel(&TASK).await.unwrap(), expected);
    }
    let bench = Bench::new().await;
    assert_eq!(
        bench.provider.cancel(&TASK).await.expect_err("404").name(),
        "task-gone"
    );
}

/// A no as the oldest generation says it, whatever the HTTP status is.
fn no_in_the_body(status: u16) -> Value {
    json!({"success": false, "status": status, "error": {"code": "x", "message": "No."}})
}

#[tokio::test]
async fn a_no_in_the_body_alone_neither_cancels_nor_deletes() {
    let bench = Bench::new().await;
    for (status, name) in [
        (400, "declined"),
        (401, "unauthorized"),
        (404, "task-gone"),
        (500, "unavailable"),
    ] {
        bench.play(CANCEL, Answer::json(200, &no_in_the_body(status)));
        bench.play(
            "DELETE /tasks/t1",
            Answer::json(200, &no_in_the_body(status)),
        );

        let cancelled = bench.provider.cancel(&TASK).await.expect_err(name);
        let deleted = bench.provider.delete(&TASK, TaskFiles::Keep).await;

        assert_eq!(cancelled.name(), name);
        assert_eq!(deleted.expect_err(name).name(), name);
    }
    bench.play("DELETE /tasks/t1", Answer::json(200, &no_in_the_body(409)));
    let running = bench.provider.delete(&TASK, TaskFiles::Keep).await;
    assert_eq!(running.expect_err("not ended").name(), "declined");
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_can_be_asked_about() {
    let bench = Bench::new().await;
    for body in [
        json!([]),
        json!({"data": {"id": "t1"}}),
        json!({"id": "t1", "status": 10}),
    ] {
        let answer = Answer::json(200, &body).header("x-request-id", "r-7");
        bench.play(LOOK, answer);

        let error = bench.provider.status(&TASK).await.expect_err("nonsense");

        let below = std::error::Error::source(&error).map(ToString::to_string);
        let noted = error.note().and_then(|note| note.request_id()) == Some("r-7");
        assert!(
            noted || below.as_deref().is_some_and(|below| below.contains("r-7")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_task_is_deleted_with_its_files_or_without() {
    let bench = Bench::new().await;
    bench.play("DELETE /tasks/t1", Answer::pieces(204, vec![]));
    bench.play(
        "DELETE /tasks/t1?files=true",
        Answer::json(200, &json!({"data": {}})),
    );

    bench.provider.delete(&TASK, TaskFiles::Keep).await.unwrap();
    bench
        .provider
        .delete(&TASK, TaskFiles::Delete)
        .await
        .unwrap();

    let gone = bench
        .provider
        .delete(&TASK, TaskFiles::Keep)
        .await
        .expect_err("404");
    assert_eq!(gone.name(), "task-gone");
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_endpoint() {
    let bench = Bench::new().await;
    let task = TaskHandle::literal("inferencesh.1.%2E%2E%2Fapps%3Fx");

    let error = bench.provider.status(&task).await.expect_err("404");

    assert_eq!(error.name(), "task-gone");
    assert_eq!(bench.routes(), ["GET /tasks/..%2Fapps%3Fx"]);
}
