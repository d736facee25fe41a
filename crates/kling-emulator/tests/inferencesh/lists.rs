//! Finding a task among others.

use kling_emulator::script::Effect;
use serde_json::{Value, json};

use crate::{caller::Caller, ended, picture, started};

fn ids(page: &Value) -> Vec<String> {
    let items = page["data"]["items"].as_array().unwrap().iter();
    items
        .map(|task| task["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_task_is_found_by_the_nonce_in_its_webhooks_address() {
    let caller = Caller::of("inferencesh").await;
    let mut wanted = String::new();
    for nonce in ["n1", "n2", "n3"] {
        let mut body = picture("a");
        body["webhook"] = json!(format!("https://example.org/hook?submission={nonce}"));
        body["metadata"] = json!({ "nonce": nonce });
        let id = started(&caller, &body).await;
        if nonce == "n2" {
            wanted = id;
        }
    }
    let filter = |field: &str, operator: &str, value: Value| json!({ "filters": [{ "field": field, "operator": operator, "value": value }] });

    for body in [
        filter("webhook", "contains", json!("submission=n2")),
        filter("webhook", "like", json!("https://%submission=n2")),
        filter("webhook", "ilike", json!("%SUBMISSION=N2")),
        filter(
            "webhook",
            "eq",
            json!("https://example.org/hook?submission=n2"),
        ),
        filter("metadata.nonce", "in", json!(["n2", "n9"])),
        filter("id", "eq", json!(wanted)),
    ] {
        let (status, page) = caller.post("/tasks/list", &body).await;
        assert_eq!((status, ids(&page)), (200, vec![wanted.clone()]), "{body}");
    }
    let (_, page) = caller
        .post("/tasks/list", &filter("id", "not_in", json!([wanted])))
        .await;
    assert_eq!(ids(&page).len(), 2);
    let (status, _) = caller
        .post("/tasks/list", &filter("id", "resembles", json!("x")))
        .await;
    assert_eq!(status, 400);
    caller
        .emulator
        .world()
        .inferencesh
        .change(|settings| settings.list_without_webhook = true);
    let (_, page) = caller.post("/tasks/list", &json!({})).await;
    assert!(page["data"]["items"][0].get("webhook").is_none());
}

#[tokio::test]
async fn pages_follow_one_another_though_new_tasks_come() {
    let caller = Caller::of("inferencesh").await;
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(started(&caller, &picture("a")).await);
    }
    let newest_first: Vec<String> = all.iter().rev().cloned().collect();
    let sort = json!([{ "field": "created_at", "dir": "desc" }]);

    let (_, first) = caller
        .post("/tasks/list", &json!({ "limit": 2, "sort": sort }))
        .await;
    assert_eq!(ids(&first), newest_first[..2]);
    assert_eq!(first["data"]["has_next"], true);
    started(&caller, &picture("late")).await;
    let next = json!({ "limit": 2, "sort": sort, "cursor": first["data"]["next_cursor"] });
    let (_, second) = caller.post("/tasks/list", &next).await;
    assert_eq!(ids(&second), newest_first[2..4]);
    let last = json!({ "limit": 2, "sort": sort, "cursor": second["data"]["next_cursor"] });
    let (_, third) = caller.post("/tasks/list", &last).await;
    assert_eq!(ids(&third), newest_first[4..]);
    assert_eq!(
        (&third["data"]["has_next"], &third["data"]["next_cursor"]),
        (&json!(false), &json!(""))
    );
    let oldest_first = json!({ "sort": [{ "field": "created_at", "dir": "asc" }] });
    let (_, page) = caller.post("/tasks/list", &oldest_first).await;
    assert_eq!(ids(&page)[..5], all);
    let (status, _) = caller
        .post("/tasks/list", &json!({ "cursor": "t99" }))
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn states_can_be_asked_for() {
    let caller = Caller::of("inferencesh").await;
    ended(&caller, &picture("a"), "billed").await;
    let failed = ended(&caller, &picture("moderate-me"), "failed").await;
    caller.fault("POST /apps/run", Effect::Hidden { ms: 60_000 });
    started(&caller, &picture("hidden")).await;

    let body = json!({ "filters": [{ "field": "status", "operator": "gte", "value": 11 }] });
    let (_, page) = caller.post("/tasks/list", &body).await;

    assert_eq!(ids(&page), [failed["id"].as_str().unwrap()]);
    let (_, page) = caller.post("/tasks/list", &json!({})).await;
    assert_eq!(ids(&page).len(), 2);
}
