//! The call when a task has ended, and who else may call.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, routing::post};
use kling_emulator::{inferencesh::StatusTable, journal::Entry, script::Effect};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    caller::{Caller, LONG},
    ended, picture, started,
};

type Heard = Arc<Mutex<Vec<Value>>>;

/// Somebody who listens on loopback; answers their address.
async fn listener() -> (String, Heard) {
    let heard = Heard::default();
    let note = |State(heard): State<Heard>, Json(body): Json<Value>| async move {
        heard.lock().unwrap().push(body);
    };
    let router = Router::new()
        .route("/hook", post(note))
        .with_state(Arc::clone(&heard));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook?nonce=7", socket.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(socket, router).await });
    (address, heard)
}

/// Runs a task with a webhook and waits until so many calls were made.
async fn called(caller: &Caller, address: &str, calls: usize) -> String {
    let mut body = picture("a");
    body["webhook"] = json!(address);
    let id = started(caller, &body).await;
    let journal = &caller.emulator.world().journal;
    let is_call = |entry: &Entry| {
        ["webhook", "forged_webhook"].contains(&entry.event())
            && entry.detail["task_id"] == id.as_str()
    };
    let mut after = 0;
    for _ in 0..calls {
        after = journal
            .wait_for_after(after, is_call, LONG)
            .await
            .unwrap()
            .seq;
    }
    id
}

#[tokio::test]
async fn the_end_of_a_task_is_told_to_its_webhook() {
    let caller = Caller::of("inferencesh").await;
    let (address, heard) = listener().await;

    let id = called(&caller, &address, 1).await;

    let told = heard.lock().unwrap().remove(0);
    let fields: Vec<&String> = told.as_object().unwrap().keys().collect();
    let expected = [
        "created_at",
        "error",
        "id",
        "output",
        "session_id",
        "status",
        "updated_at",
    ];
    assert_eq!(fields, expected);
    assert_eq!(
        (&told["id"], &told["status"], &told["error"]),
        (&json!(id), &json!(10), &json!(""))
    );
    assert!(told["output"]["image"].is_string());
    let entry = caller.event("webhook").await;
    assert_eq!(entry.status, Some(200));
    assert!(!entry.detail["address"].as_str().unwrap().contains("nonce"));
}

#[tokio::test]
async fn the_number_in_a_webhook_may_be_of_the_other_table() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.webhook_table = Some(StatusTable::Legacy));
    let (address, heard) = listener().await;

    called(&caller, &address, 1).await;

    assert_eq!(heard.lock().unwrap()[0]["status"], 9);
}

#[tokio::test]
async fn webhooks_can_be_doubled_forged_and_lost() {
    let caller = Caller::of("inferencesh").await;
    let (address, heard) = listener().await;

    caller.fault("POST /apps/run", Effect::DuplicateWebhook);
    called(&caller, &address, 2).await;
    let twice: Vec<Value> = std::mem::take(&mut heard.lock().unwrap());
    assert_eq!((twice.len(), &twice[0]), (2, &twice[1]));

    caller.fault("POST /apps/run", Effect::ForgedWebhook);
    called(&caller, &address, 2).await;
    let told: Vec<Value> = std::mem::take(&mut heard.lock().unwrap());
    assert_eq!(
        told[0]["output"]["image"],
        "https://attacker.invalid/result.png"
    );
    assert_eq!(told[0]["id"], told[1]["id"]);
    assert_ne!(told[0]["output"], told[1]["output"]);

    caller.fault("POST /apps/run", Effect::NoWebhook);
    let mut body = picture("a");
    body["webhook"] = json!(address);
    ended(&caller, &body, "billed").await;
    called(&caller, &address, 1).await;
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_off_this_machine_is_called() {
    let caller = Caller::of("inferencesh").await;

    called(&caller, "http://192.0.2.1/hook", 1).await;

    assert_eq!(caller.event("webhook").await.status, None);
}
