//! apiin.one as a client meets it: over HTTP, with everything that a client may have to understand.

use std::time::Duration;

use kling_emulator::{
    apiin::{CreateReply, FailureShape, ResultShape, Words},
    moderation,
    script::Effect,
};
use serde_json::{Value, json};

use crate::caller::{Caller, LONG, answer};
use crate::json::{ReadJson as _, WithJson as _};

const PATH: &str = "/images/generations";

const CREDIT: i64 = 10_000_000;

fn order(prompt: &str) -> Value {
    json!({ "model": "kling-image-o1", "prompt": prompt })
}

/// Orders a picture and waits until it has ended; answers the last poll.
async fn ended(caller: &Caller, body: &Value, event: &str) -> Value {
    let (status, told) = caller.post(PATH, body).await;
    assert_eq!(status, 200, "{told}");
    let id = [&told["data"]["task_id"], &told["id"]]
        .into_iter()
        .find(|id| !id.is_null())
        .unwrap();
    let journal = &caller.emulator.world().journal;
    journal
        .wait_for(
            |entry| entry.event() == event && entry.detail["task_id"] == *id,
            LONG,
        )
        .await
        .unwrap();
    let name = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    caller.get(&format!("/tasks/{name}")).await.1
}

#[tokio::test]
async fn a_picture_is_pending_then_in_progress_then_there_and_only_then_billed() {
    let caller = Caller::of("apiin").await;
    let vendor = &caller.emulator.world().apiin;
    vendor.change(|settings| settings.latency_ms = 8000);

    let body = json!({
        "model": "kling-image-o1", "prompt": "a city", "images": ["https://example.com/reference.jpg"],
        "aspect_ratio": "16:9", "resolution": "1k", "num_images": 2,
    });
    let (status, told) = caller.post(PATH, &body).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&told["code"], &told["message"]),
        (&json!(200), &json!("success"))
    );
    assert_eq!(told["data"]["status"], "IN_PROGRESS");
    let path = format!("/tasks/{}", told["data"]["task_id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.1["data"]["status"], "PENDING");
    caller.push(Duration::from_secs(3));
    assert_eq!(caller.get(&path).await.1["data"]["status"], "IN_PROGRESS");
    assert_eq!(caller.billed(), 0);
    caller.push(Duration::from_secs(5));
    caller.event("billed").await;

    let (_, told) = caller.get(&path).await;
    assert_eq!(told["data"]["status"], "COMPLETED");
    let images = told["data"]["output"]["images"].as_array().unwrap();
    assert_eq!(images.len(), 2);
    let picture = caller.bytes(images[1].as_str().unwrap()).await;
    let picture = image::load_from_memory(&picture).unwrap();
    assert_eq!((picture.width(), picture.height()), (1360, 768));
    // By the request, whatever the count.
    assert_eq!(caller.billed(), 6 * CREDIT);
}

#[tokio::test]
async fn several_shots_cost_sixteen_credits() {
    let caller = Caller::of("apiin").await;
    let body = json!({ "model": "kling-image-o1", "prompt": "a hero", "type": "ai-multi-shot" });

    ended(&caller, &body, "billed").await;

    assert_eq!(caller.billed(), 16 * CREDIT);
}

#[tokio::test]
async fn results_stand_wherever_a_client_may_have_to_look() {
    let caller = Caller::of("apiin").await;
    let vendor = &caller.emulator.world().apiin;

    for (shape, pointer) in [
        (ResultShape::OutputImages, "/data/output/images/0"),
        (ResultShape::OutputObjects, "/data/output/images/0/url"),
        (ResultShape::OutputImageUrls, "/data/output/image_urls/0"),
        (ResultShape::Output, "/data/output"),
        (ResultShape::ResultImages, "/data/result/images/0"),
        (ResultShape::DataImages, "/data/images/0"),
        (ResultShape::DataUrl, "/data/url"),
        (ResultShape::Top, "/images/0"),
    ] {
        vendor.change(|settings| settings.result_shape = shape);
        let told = ended(&caller, &order("a cat"), "billed").await;
        let link = told.pointer(pointer).and_then(Value::as_str);
        assert!(
            link.is_some_and(|link| link.starts_with("http")),
            "{shape:?}: {told}"
        );
    }
}

#[tokio::test]
async fn reasons_stand_wherever_a_client_may_have_to_look() {
    let caller = Caller::of("apiin").await;
    let vendor = &caller.emulator.world().apiin;
    let refused = order(&format!("a cat, {}", moderation::MAGIC_WORD.to_uppercase()));

    for (shape, pointer) in [
        (FailureShape::Text, "/data/error"),
        (FailureShape::Object, "/data/error/message"),
        (FailureShape::ErrorMessage, "/data/error_message"),
        (FailureShape::FailReason, "/data/fail_reason"),
        (FailureShape::Message, "/message"),
    ] {
        vendor.change(|settings| settings.failure_shape = shape);
        let told = ended(&caller, &refused, "failed").await;
        assert_eq!(told["data"]["status"], "FAILED");
        assert_eq!(
            told.pointer(pointer),
            Some(&json!("Content policy violation"))
        );
    }
    assert_eq!((caller.billed(), caller.left()), (0, 100_000_000_000));
}

#[tokio::test]
async fn older_pages_answer_with_an_id() {
    let caller = Caller::of("apiin").await;
    let vendor = &caller.emulator.world().apiin;
    vendor.change(|settings| {
        settings.create_reply = CreateReply::Older;
        settings.words = Words::Lower;
    });

    let (_, told) = caller.post(PATH, &order("a cat")).await;

    assert_eq!(
        (&told["status"], &told["model"]),
        (&json!("pending"), &json!("kling-image-o1"))
    );
    assert!(told["id"].is_string() && told["created_at"].is_string());
    let told = ended(&caller, &order("a cat"), "billed").await;
    assert_eq!(told["data"]["status"], "completed");
}

#[tokio::test]
async fn an_answer_can_come_at_once_and_ids_can_be_numbers() {
    let caller = Caller::of("apiin").await;
    let vendor = &caller.emulator.world().apiin;
    vendor.change(|settings| {
        settings.immediate = true;
        settings.numeric_ids = true;
        settings.words = Words::Other;
    });

    let (status, told) = caller.post(PATH, &order("a cat")).await;

    assert_eq!((status, &told["data"]["status"]), (200, &json!("success")));
    assert!(told["data"]["task_id"].is_u64());
    assert!(told["data"]["output"]["images"][0].is_string());
    assert_eq!(caller.billed(), 6 * CREDIT);
}

#[tokio::test]
async fn a_no_has_one_form_or_hides_behind_a_200() {
    let caller = Caller::of("apiin").await;
    let vendor = &caller.emulator.world().apiin;
    let bare = caller
        .http
        .post(format!("{}{PATH}", caller.emulator.base("apiin")));

    let (status, told) = answer(bare.bearer_auth("bad-key").with_json(&order("a"))).await;
    assert_eq!(status, 401);
    let expected = json!({ "code": 401, "message": "Invalid API key", "type": "unauthorized" });
    assert_eq!(told["error"], expected);
    let (status, told) = caller
        .post(PATH, &json!({ "model": "kling-image-o1" }))
        .await;
    assert_eq!(
        (status, &told["error"]["message"]),
        (400, &json!("prompt: Required"))
    );
    let (status, told) = caller.get("/tasks/nobody").await;
    assert_eq!(
        (status, &told["error"]["message"]),
        (404, &json!("Task not found"))
    );
    assert_eq!(caller.get("/nothing").await.0, 404);
    vendor.change(|settings| settings.per_minute = Some(1));
    assert_eq!(caller.post(PATH, &order("a")).await.0, 200);
    assert_eq!(caller.post(PATH, &order("a")).await.0, 429);
    caller.push(Duration::from_mins(1));
    caller.emulator.world().ledger.set_every_balance("apiin", 0);
    assert_eq!(caller.post(PATH, &order("a")).await.0, 402);
    caller.push(Duration::from_mins(1));
    vendor.change(|settings| settings.errors_as_200 = true);
    let (status, told) = caller.post(PATH, &order("a")).await;
    assert_eq!((status, &told["code"]), (200, &json!(402)));
}

#[tokio::test]
async fn a_task_can_be_hidden_and_belongs_to_its_account() {
    let caller = Caller::of("apiin").await;
    caller.fault("POST", Effect::Hidden { ms: 5000 });

    let (_, told) = caller.post(PATH, &order("a cat")).await;
    let path = format!("/tasks/{}", told["data"]["task_id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.0, 404);
    caller.push(Duration::from_secs(6));

    assert_eq!(caller.get(&path).await.0, 200);
    let address = format!("{}{path}", caller.emulator.base("apiin"));
    let other = caller.http.get(address).bearer_auth("other-key");
    assert_eq!(answer(other).await.0, 404);
}

#[tokio::test]
async fn a_reference_that_is_no_picture_fails_the_task() {
    let caller = Caller::of("apiin").await;
    let nowhere = format!("{}/media/none/none.png", caller.emulator.origin());
    let body = json!({ "model": "kling-image-o1", "prompt": "a", "images": [nowhere] });

    let told = ended(&caller, &body, "failed").await;

    assert_eq!(told["data"]["error"], "images.0: Failed to download image");
    assert_eq!(caller.billed(), 0);
}

#[tokio::test]
async fn the_settings_can_be_changed_over_http() {
    let caller = Caller::of("apiin").await;
    let control = format!("{}/_emulator/apiin", caller.emulator.origin());
    let change = json!({
        "latency_ms": 5, "result_shape": "data_url", "create_reply": "older", "words": "lower",
        "per_minute": 7, "keys": ["test-key"], "balance_nanodollars": 60_000_000,
    });

    let changed = caller
        .http
        .post(&control)
        .with_json(&change)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.status(), 200);
    let wrong = caller
        .http
        .post(&control)
        .with_json(&json!({ "latency": 5 }));
    assert_eq!(wrong.send().await.unwrap().status(), 422);

    let told = caller
        .http
        .get(&control)
        .send()
        .await
        .unwrap()
        .read_json()
        .await;
    assert_eq!(
        (&told["result_shape"], &told["per_minute"]),
        (&json!("data_url"), &json!(7))
    );
    assert!(!told.to_string().contains("test-key"));
    assert_eq!(caller.post(PATH, &order("a")).await.0, 200);
    assert_eq!(caller.post(PATH, &order("a")).await.0, 402);
}
