//! The generations of the API: envelopes, tables of numbers, prefixes.

use kling_emulator::inferencesh::{Envelope, Settings, StatusTable};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Caller, answer},
    ended,
    json::WithJson as _,
    picture,
};

#[tokio::test]
async fn three_envelopes_for_what_is_and_what_is_not() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    let run = |body: Value| caller.request(Method::POST, "/apps/run").with_json(&body);

    let (_, newest) = answer(run(picture("a"))).await;
    assert!(newest["data"]["id"].is_string() && newest["messages"].is_array());
    let (_, bare) = answer(run(picture("a")).header("x-api-version", "2")).await;
    assert!(bare["id"].is_string() && bare.get("data").is_none());
    vendor.change(|settings| settings.envelope = Envelope::V1);
    let (_, oldest) = answer(run(picture("a"))).await;
    assert_eq!(
        (&oldest["success"], &oldest["status"]),
        (&json!(true), &json!(200))
    );
    assert!(oldest["data"]["id"].is_string());
    let (status, refused) = answer(run(json!({ "app": "klingai/image-o1", "input": {} }))).await;
    assert_eq!((status, &refused["success"]), (400, &json!(false)));
    assert_eq!(refused["error"]["code"], "validation_error");
    let (_, problem) = answer(run(json!({})).header("x-api-version", "2")).await;
    assert_eq!(problem["status"], 400);
}

#[tokio::test]
async fn the_older_service_has_other_numbers() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| *settings = Settings::legacy());

    let task = ended(&caller, &picture("a"), "billed").await;
    assert_eq!(task["status"], 9);
    let task = ended(&caller, &picture("moderate-me"), "failed").await;
    assert_eq!(task["status"], 10);
    vendor.change(|settings| settings.status_table = StatusTable::Names);
    let (_, told) = caller
        .get(&format!("/tasks/{}", task["id"].as_str().unwrap()))
        .await;
    assert_eq!(told["data"]["status"], "failed");
}

#[tokio::test]
async fn every_route_has_a_twin_and_run_an_older_name() {
    let caller = Caller::of("inferencesh").await;

    for path in ["/run", "/run?wait=false", "/v1/run", "/v1/apps/run"] {
        let (status, told) = caller.post(path, &picture("a")).await;
        assert_eq!(
            (status, &told["data"]["status"]),
            (200, &json!(1)),
            "{path}"
        );
        let id = told["data"]["id"].as_str().unwrap();
        assert_eq!(caller.get(&format!("/v1/tasks/{id}")).await.0, 200);
    }
    assert_eq!(caller.get("/v1/nothing").await.0, 404);
}

#[tokio::test]
async fn the_settings_can_be_changed_over_http() {
    let caller = Caller::of("inferencesh").await;
    let control = format!("{}/_emulator/inferencesh", caller.emulator.origin());
    let change = json!({
        "envelope": "bare", "status_table": "legacy", "webhook_table": "current",
        "missing_secrets": ["KLING_KEY"], "keys": ["test-key"],
    });

    let (status, told) = answer(caller.http.post(&control).with_json(&change)).await;

    assert_eq!((status, &told["envelope"]), (200, &json!("bare")));
    assert_eq!(told["webhook_table"], "current");
    assert_eq!(caller.post("/apps/run", &picture("a")).await.0, 412);
    let wrong = caller
        .http
        .post(&control)
        .with_json(&json!({ "envelope": "v4" }));
    assert_eq!(wrong.send().await.unwrap().status(), 422);
}
