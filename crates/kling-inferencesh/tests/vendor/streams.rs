//! Watching a task: merged parts, silence, streams that break off, and the look that confirms the end.

use std::time::Duration;

use futures::StreamExt as _;
use kling_core::{Provider as _, ProviderError, TaskEvent, TaskStatus};
use kling_inferencesh::{Config, StreamKind};
use serde_json::{Value, json};

use super::bench::{Answer, BOUND, Bench, Piece, TASK, problem};

const STREAM: &str = "GET /tasks/t1/stream";
const LOOK: &str = "GET /tasks/t1";

fn done() -> Value {
    json!({"id": "t1", "status": 10, "input": {"n": 1}, "output": {"image": "https://cloud.inference.sh/a.png"}})
}

fn look(bench: &Bench, task: &Value) {
    bench.play(
        LOOK,
        Answer::json(200, &json!({"data": task, "messages": []})),
    );
}

fn stream(bench: &Bench, text: &str, end: Option<Piece>) {
    let pieces = std::iter::once(Piece::Text(text.to_owned())).chain(end);
    bench.play(STREAM, Answer::pieces(200, pieces.collect()));
}

fn quick(config: &mut Config) {
    config.stream_idle_timeout = Duration::from_millis(300);
}

fn sse(config: &mut Config) {
    config.stream = StreamKind::Sse;
}

/// Every event until the end, in short.
async fn watch(bench: &Bench) -> Vec<String> {
    let events = bench.provider.watch(&TASK).expect("a stream");
    let shown = |event: Result<TaskEvent, ProviderError>| match event {
        Ok(TaskEvent::Status(TaskStatus::Queued { .. })) => "queued".to_owned(),
        Ok(TaskEvent::Status(TaskStatus::Running { .. })) => "running".to_owned(),
        Ok(TaskEvent::Status(TaskStatus::Succeeded(output))) => {
            format!("succeeded {}", output.assets.len())
        }
        Ok(TaskEvent::Status(TaskStatus::Failed(failure))) => format!("failed {:?}", failure.kind),
        Ok(TaskEvent::Status(TaskStatus::Cancelled)) => "cancelled".to_owned(),
        Ok(TaskEvent::Partial(files)) => format!("partial {}", files.len()),
        Err(error) => format!("error {}", error.name()),
    };
    let all = events.map(shown).collect::<Vec<_>>();
    tokio::time::timeout(BOUND, all).await.expect("it ends")
}

#[tokio::test]
async fn parts_are_merged_and_the_end_is_confirmed_by_a_look() {
    let bench = Bench::new().await;
    let lines = concat!(
        "{\"id\":\"t1\",\"status\":1}\n",
        "{\"type\":\"heartbeat\"}\n",
        "{broken\n",
        "{\"data\":{\"status\":7,\"error\":\"ignored\"},\"fields\":[\"status\"]}\n",
        "{\"data\":{\"output\":{\"image\":\"https://cloud.inference.sh/a.png\"}},\"fields\":[\"output\"]}\n",
        "{\"event\":\"delta\",\"data\":{\"delta\":1,\"seq\":1}}\n",
        "{\"data\":{\"status\":9},\"fields\":[\"status\"]}\n",
        "{\"data\":{\"status\":10},\"fields\":[\"status\"]}\n",
    );
    stream(&bench, lines, Some(Piece::Hang));
    look(&bench, &done());

    let told = watch(&bench).await;

    assert_eq!(told, ["queued", "running", "partial 1", "succeeded 1"]);
    assert_eq!(bench.routes(), [STREAM, LOOK]);
    let call = &bench.calls()[0];
    assert_eq!(call.header("accept"), Some("application/x-ndjson"));
    assert_eq!(call.header("accept-encoding"), Some("identity"));
    assert!(call.header("authorization").is_some());
}

#[tokio::test]
async fn a_line_that_is_cut_in_two_is_one_line() {
    let bench = Bench::new().await;
    let text = |text: &str| Piece::Text(text.to_owned());
    let pieces = vec![
        text("{\"id\":\"t1\",\"sta"),
        text("tus\":7}\n{\"id\":\"t1\",\"status\":12}"),
    ];
    bench.play(STREAM, Answer::pieces(200, pieces));
    look(&bench, &json!({"id": "t1", "status": 12}));

    assert_eq!(watch(&bench).await, ["running", "cancelled"]);
}

#[tokio::test]
async fn a_stream_of_nothing_but_heartbeats_is_replaced_by_a_look() {
    let bench = Bench::with(quick).await;
    stream(&bench, "{\"type\":\"heartbeat\"}\n", Some(Piece::Hang));
    look(&bench, &done());

    assert_eq!(watch(&bench).await, ["succeeded 1"]);
    assert_eq!(bench.routes(), [STREAM, LOOK]);
}

#[tokio::test]
async fn a_stream_that_ends_early_or_breaks_off_is_opened_again() {
    for end in [None, Some(Piece::Break)] {
        let bench = Bench::new().await;
        stream(&bench, "{\"id\":\"t1\",\"status\":2}\n", end);
        look(&bench, &json!({"id": "t1", "status": 7}));
        stream(
            &bench,
            "{\"id\":\"t1\",\"status\":11,\"error\":\"[1301] no\"}\n",
            None,
        );
        look(
            &bench,
            &json!({"id": "t1", "status": 11, "error": "[1301] no"}),
        );

        assert_eq!(
            watch(&bench).await,
            ["queued", "running", "failed Moderated"]
        );
        assert_eq!(bench.routes(), [STREAM, LOOK, STREAM, LOOK]);
    }
}

#[tokio::test]
async fn a_broken_event_stream_is_resumed_after_its_last_event() {
    let bench = Bench::with(sse).await;
    let first = concat!(
        "retry: 1\n\n: hello\n\n",
        "id: 41\nevent: update\ndata: {\"id\":\"t1\",\"status\":2}\n\n",
        "id: 42\nevent: update\ndata: {\"data\":{\"status\":7},\"fields\":[\"status\"]}\n\n",
        "id: 43\nevent: update\ndata: {\"cut",
    );
    stream(&bench, first, Some(Piece::Break));
    look(&bench, &json!({"id": "t1", "status": 7}));
    stream(
        &bench,
        "id: 44\nevent: done\ndata: {}\n\n",
        Some(Piece::Hang),
    );
    look(&bench, &done());

    let told = watch(&bench).await;

    assert_eq!(told, ["queued", "running", "succeeded 1"]);
    let calls = bench.calls();
    assert_eq!(calls[0].header("accept"), Some("text/event-stream"));
    assert_eq!(calls[0].header("last-event-id"), None);
    assert_eq!(calls[2].header("last-event-id"), Some("42"));
}

#[tokio::test]
async fn a_task_that_is_not_visible_yet_is_waited_for() {
    let bench = Bench::new().await;
    bench.play(LOOK, Answer::json(404, &problem("not_found", 404)));
    bench.play(STREAM, Answer::json(404, &problem("not_found", 404)));
    stream(&bench, "{\"id\":\"t1\",\"status\":10}\n", None);
    look(&bench, &done());

    assert_eq!(watch(&bench).await, ["succeeded 1"]);
}

#[tokio::test]
async fn the_end_that_a_stream_told_counts_when_nobody_confirms_it() {
    let bench = Bench::with(sse).await;
    for _ in 0..5 {
        let event = format!("retry: 1\nevent: update\ndata: {}\n\n", done());
        stream(&bench, &event, None);
        bench.play(LOOK, Answer::json(503, &json!({})));
    }

    assert_eq!(watch(&bench).await, ["succeeded 1"]);
}

#[tokio::test]
async fn where_there_is_no_stream_somebody_else_is_to_look() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        look(&bench, &json!({"id": "t1", "status": 7}));
    }

    assert_eq!(watch(&bench).await, ["running", "error unavailable"]);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_ends_the_stream_at_once() {
    let bench = Bench::new().await;
    bench.play(STREAM, Answer::json(401, &problem("unauthorized", 401)));
    bench.play(LOOK, Answer::json(401, &problem("unauthorized", 401)));

    assert_eq!(watch(&bench).await, ["error unauthorized"]);
}

#[tokio::test]
async fn watching_can_be_turned_off() {
    let bench = Bench::with(|config| config.stream = StreamKind::Off).await;

    assert!(bench.provider.watch(&TASK).is_none());
}
