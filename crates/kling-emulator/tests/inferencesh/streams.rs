//! What happens to a task, as it happens.

use std::time::Duration;

use kling_emulator::{inferencesh::Settings, script::Effect};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{caller::Caller, ended, happened, picture, started};

async fn open(caller: &Caller, id: &str, accept: &str, last: Option<&str>) -> Response {
    let mut request = caller
        .request(Method::GET, &format!("/tasks/{id}/stream"))
        .header("accept", accept);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// Every line of a stream. Once the first is there, the clock is pushed until the last is.
async fn lines(caller: &Caller, mut response: Response, push: Duration) -> Vec<String> {
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        if bytes.is_empty() {
            caller.push(push);
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// Server-sent events: name, id and data.
async fn events(response: Response) -> Vec<(String, String, Value)> {
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    let field = |event: &str, name: &str| {
        let lines = event.lines();
        lines
            .filter_map(|line| line.strip_prefix(name))
            .collect::<String>()
    };
    text.split("\n\n")
        .filter(|event| event.starts_with("event:"))
        .map(|event| {
            let data = read(&field(event, "data: "));
            (field(event, "event: "), field(event, "id: "), data)
        })
        .collect()
}

#[tokio::test]
async fn lines_begin_and_end_with_the_whole_task() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.latency_ms = 3_600_000);
    let id = started(&caller, &picture("a")).await;

    let response = open(&caller, &id, "application/x-ndjson", None).await;
    let lines = lines(&caller, response, Duration::from_hours(1)).await;

    let whole = |line: &Value| line["id"] == id.as_str() && line.get("fields").is_none();
    let told: Vec<Value> = lines.iter().map(|line| read(line)).collect();
    assert!(whole(&told[0]));
    let last = told.last().unwrap();
    assert!(whole(last) && last["status"] == 10 && last["output"]["image"].is_string());
    let between: Vec<&Value> = told[1..told.len() - 1]
        .iter()
        .filter(|line| line["type"] != "heartbeat")
        .collect();
    assert!(!between.is_empty());
    assert!(
        between
            .iter()
            .all(|line| line["data"]["status"].is_u64() && line["fields"].is_array())
    );
}

#[tokio::test]
async fn a_quiet_stream_has_heartbeats() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.latency_ms = 3_600_000);
    let id = started(&caller, &picture("a")).await;
    let mut response = open(&caller, &id, "application/x-ndjson", None).await;

    let beating = async {
        loop {
            let chunk = response.chunk().await.unwrap().unwrap();
            if chunk == "{\"type\":\"heartbeat\"}\n" {
                return;
            }
        }
    };
    let pushing = async {
        loop {
            caller.push(Duration::from_secs(5));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = beating => {}
        () = pushing => {}
        () = tokio::time::sleep(crate::caller::LONG) => panic!("no heartbeat"),
    }
}

#[tokio::test]
async fn server_sent_events_can_be_resumed() {
    let caller = Caller::of("inferencesh").await;
    let task = ended(&caller, &picture("a"), "billed").await;
    let id = task["id"].as_str().unwrap();

    let fresh = events(open(&caller, id, "text/event-stream", None).await).await;
    let resumed = events(open(&caller, id, "*/*", Some("6")).await).await;
    let known = events(open(&caller, id, "*/*", Some("9")).await).await;
    let path = format!("/tasks/{id}/stream?last_event_id=6");
    let asked = caller.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(events(asked).await, resumed);

    assert_eq!(
        (fresh.len(), fresh[0].0.as_str(), fresh[0].1.as_str()),
        (1, "done", "9")
    );
    let steps: Vec<(&str, &str, u64)> = resumed
        .iter()
        .map(|(name, id, task)| (name.as_str(), id.as_str(), task["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        steps,
        [("update", "7", 7), ("update", "8", 9), ("done", "9", 10)]
    );
    assert_eq!(resumed[2].2["output"], task["output"]);
    assert_eq!(known.len(), 1);
    let failed = ended(&caller, &picture("moderate-me"), "failed").await;
    let told = events(open(&caller, failed["id"].as_str().unwrap(), "*/*", None).await).await;
    assert_eq!(
        (told[0].0.as_str(), &told[0].2["status"]),
        ("error", &json!(11))
    );
}

#[tokio::test]
async fn the_older_service_has_events_only() {
    let caller = Caller::of("inferencesh").await;
    let id = started(&caller, &picture("a")).await;
    happened(&caller, &id, "billed").await;
    caller
        .emulator
        .world()
        .inferencesh
        .change(|settings| *settings = Settings::legacy());

    let told = events(open(&caller, &id, "application/x-ndjson", None).await).await;

    assert_eq!(told[0].2["status"], 9);
}

#[tokio::test]
async fn streams_can_be_cut_and_broken() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.latency_ms = 10_000);
    let id = started(&caller, &picture("a")).await;

    caller.fault("stream", Effect::CutStream { events: 1 });
    let response = open(&caller, &id, "application/x-ndjson", None).await;
    let cut = lines(&caller, response, Duration::ZERO).await;
    assert_eq!(cut.len(), 1);

    caller.fault("stream", Effect::MalformedLine);
    let response = open(&caller, &id, "application/x-ndjson", None).await;
    let broken = lines(&caller, response, Duration::from_secs(10)).await;
    let bad: Vec<&String> = broken
        .iter()
        .filter(|line| serde_json::from_str::<Value>(line).is_err())
        .collect();
    assert_eq!(bad.len(), 1);
    assert_eq!(read(broken.last().unwrap())["status"], 10);

    caller.fault("stream", Effect::Truncate);
    let response = open(&caller, &id, "application/x-ndjson", None).await;
    assert!(response.text().await.is_err());
}
