//! inference.sh as its clients meet it: over HTTP, in every generation of its API.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

#[path = "../caller/mod.rs"]
mod caller;
mod files;
mod generations;
#[path = "../json/mod.rs"]
mod json;
mod lists;
mod runs;
mod streams;
mod webhooks;

use serde_json::{Value, json};

use crate::caller::Caller;

/// A small order of a picture.
fn picture(prompt: &str) -> Value {
    json!({ "app": "klingai/image-o1", "input": { "prompt": prompt } })
}

/// Runs something that must be accepted; answers the task's id.
async fn started(caller: &Caller, body: &Value) -> String {
    let (status, told) = caller.post("/apps/run", body).await;
    assert_eq!(
        (status, &told["data"]["status"]),
        (200, &json!(1)),
        "{told}"
    );
    told["data"]["id"].as_str().unwrap().to_owned()
}

/// Waits until `event` has happened to a task.
async fn happened(caller: &Caller, id: &str, event: &str) {
    let journal = &caller.emulator.world().journal;
    let wanted = |entry: &kling_emulator::journal::Entry| {
        entry.event() == event && entry.detail["task_id"] == id
    };
    journal.wait_for(wanted, caller::LONG).await.unwrap();
}

/// Runs something and waits for its end; answers the task.
async fn ended(caller: &Caller, body: &Value, event: &str) -> Value {
    let id = started(caller, body).await;
    happened(caller, &id, event).await;
    let (status, told) = caller.get(&format!("/tasks/{id}")).await;
    assert_eq!(status, 200);
    told["data"].clone()
}
