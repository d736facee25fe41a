//! Taking work on, doing it, and saying no.

use std::time::Duration;

use kling_emulator::{
    inferencesh::{
        NANODOLLARS_PER_IMAGE, NANODOLLARS_PER_SECOND_720P, NANODOLLARS_PER_SECOND_1080P,
    },
    media::{
        File,
        video::{CONTENT_TYPE, probe, sample},
    },
    moderation,
    script::Effect,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Caller, answer},
    ended, happened,
    json::WithJson as _,
    picture, started,
};

#[tokio::test]
async fn a_task_goes_its_way_and_is_billed_at_its_end() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.latency_ms = 10_000);

    let id = started(&caller, &picture("a cat")).await;
    let state = async || {
        let (_, told) = caller.get(&format!("/tasks/{id}/status")).await;
        assert_eq!(told["data"].as_object().unwrap().len(), 3);
        told["data"]["status"].as_u64().unwrap()
    };
    assert!(state().await <= 2);
    let reached = async |wanted: u64| {
        while state().await < wanted {
            tokio::task::yield_now().await;
        }
        assert_eq!(state().await, wanted);
    };
    caller.push(Duration::from_secs(5));
    reached(7).await;
    assert_eq!(caller.billed(), 0);
    caller.push(Duration::from_secs(5));
    happened(&caller, &id, "billed").await;

    let (_, told) = caller.get(&format!("/tasks/{id}")).await;
    let task = &told["data"];
    assert_eq!(
        (&task["status"], &task["status_text"]),
        (&json!(10), &json!("completed"))
    );
    let states: Vec<u64> = task["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["status"].as_u64().unwrap())
        .collect();
    assert_eq!(states, [1, 2, 3, 4, 5, 6, 7, 9, 10]);
    let bytes = caller
        .bytes(task["output"]["image"].as_str().unwrap())
        .await;
    assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 1360);
    assert_eq!(caller.billed(), NANODOLLARS_PER_IMAGE);
}

#[tokio::test]
async fn nine_pictures_are_paid_for_and_one_comes_back() {
    let caller = Caller::of("inferencesh").await;
    let body = json!({
        "app": "klingai/image-o1@0pbaxv40",
        "input": { "prompt": "a cat", "n": 9, "negative_prompt": "dogs" },
    });

    let task = ended(&caller, &body, "billed").await;

    assert!(task["output"]["image"].is_string());
    assert_eq!(task["output"].as_object().unwrap().len(), 1);
    assert_eq!(caller.billed(), 9 * NANODOLLARS_PER_IMAGE);
}

#[tokio::test]
async fn videos_are_as_long_and_as_large_as_asked_and_edits_as_their_clip() {
    let caller = Caller::of("inferencesh").await;
    let file = File {
        name: "road.mp4".to_owned(),
        content_type: CONTENT_TYPE.to_owned(),
        bytes: sample("a road", 4, (720, 1280)).unwrap().into(),
    };
    let path = caller.emulator.world().media.put("road", file);
    let clip = format!("{}{path}", caller.emulator.origin());

    for (input, shape) in [
        (
            json!({ "prompt": "a", "aspect_ratio": "16:9", "resolution": "720p", "duration": 5 }),
            (1280, 720, 5000),
        ),
        (
            json!({ "prompt": "a", "reference_video": clip, "reference_video_type": "base" }),
            (1080, 1920, 4000),
        ),
    ] {
        let body = json!({ "app": "klingai/video-o1", "input": input });
        let task = ended(&caller, &body, "billed").await;
        let film = probe(
            &caller
                .bytes(task["output"]["video"].as_str().unwrap())
                .await,
        )
        .unwrap();
        assert_eq!((film.width, film.height, film.duration_ms), shape);
    }

    let expected = 5 * NANODOLLARS_PER_SECOND_720P + 4 * NANODOLLARS_PER_SECOND_1080P;
    assert_eq!(caller.billed(), expected);
    assert_eq!(caller.left(), 100_000_000_000 - expected);
}

#[tokio::test]
async fn failures_have_klings_words_and_cost_nothing() {
    let caller = Caller::of("inferencesh").await;
    let nowhere = format!("{}/media/none/none.png", caller.emulator.origin());
    let image = |input: Value| json!({ "app": "klingai/image-o1", "input": input });

    for (body, words) in [
        (picture(moderation::MAGIC_WORD), "[1301]"),
        (picture(&"a".repeat(2501)), "[1201]"),
        (
            image(json!({ "prompt": "a", "image": nowhere })),
            "image: Failed to download image",
        ),
        (
            json!({ "app": "klingai/video-o1", "input": { "prompt": "a" } }),
            "aspect_ratio",
        ),
    ] {
        let task = ended(&caller, &body, "failed").await;
        assert_eq!(
            (&task["status"], &task["output"]),
            (&json!(11), &Value::Null)
        );
        assert!(task["error"].as_str().unwrap().contains(words), "{task}");
    }
    caller.fault(
        "POST",
        Effect::Fail {
            message: "worker lost".to_owned(),
        },
    );
    let task = ended(&caller, &picture("a"), "failed").await;
    assert_eq!(task["error"], "worker lost");
    assert_eq!((caller.billed(), caller.left()), (0, 100_000_000_000));
}

#[tokio::test]
async fn what_is_wrong_is_told_as_a_problem() {
    let caller = Caller::of("inferencesh").await;
    let run = |body: Value| caller.request(Method::POST, "/apps/run").with_json(&body);

    let response = run(json!({ "app": "klingai/image-o1", "input": {} }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let (_, told) = answer(run(json!({ "app": "klingai/image-o1", "input": {} }))).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "detail": "prompt: Required",
      "status": 400,
      "title": "Bad Request",
      "type": "https://api.inference.sh/errors/validation_error"
    }
    "#);
    for (body, status) in [
        (json!({ "input": { "prompt": "a" } }), 400),
        (
            json!({ "app": "klingai/image-o2", "input": { "prompt": "a" } }),
            404,
        ),
        (
            json!({ "app": "klingai/image-o1", "input": { "prompt": "a" }, "webhook": "nowhere" }),
            400,
        ),
        (json!({ "app": "klingai/image-o1", "input": [] }), 400),
    ] {
        assert_eq!(answer(run(body)).await.0, status);
    }
    assert_eq!(caller.get("/tasks/nobody").await.0, 404);
    assert_eq!(caller.get("/nothing").await.0, 404);
    let vendor = &caller.emulator.world().inferencesh;
    vendor.accept_only(["another"]);
    assert_eq!(caller.get("/tasks/nobody").await.0, 401);
}

#[tokio::test]
async fn money_and_secrets_may_be_missing() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;

    vendor.change(|settings| settings.missing_secrets = vec!["KLING_KEY".to_owned()]);
    let (status, told) = caller.post("/apps/run", &picture("a")).await;
    assert_eq!(
        (status, &told["errors"][0]["key"]),
        (412, &json!("KLING_KEY"))
    );
    assert_eq!(told["errors"][0]["action"]["type"], "add_secret");
    vendor.change(|settings| settings.missing_secrets.clear());

    caller
        .emulator
        .world()
        .ledger
        .set_every_balance("inferencesh", 0);
    let (status, told) = caller.post("/apps/run", &picture("a")).await;
    assert_eq!(status, 402);
    assert_eq!(
        told["type"],
        "https://api.inference.sh/errors/payment_required"
    );
    vendor.change(|settings| settings.reject_unfunded = true);
    let task = ended(&caller, &picture("a"), "rejected").await;
    assert_eq!(task["status"], 13);
}

#[tokio::test]
async fn a_task_can_be_cancelled_once_and_deleted_when_it_has_ended() {
    let caller = Caller::of("inferencesh").await;
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.latency_ms = 3_600_000);
    let id = started(&caller, &picture("a")).await;
    let send = async |method: Method, path: &str| {
        let request = caller.request(method, path);
        let response = request.header("content-type", "application/json").send();
        response.await.unwrap().status().as_u16()
    };
    let (task, cancel) = (format!("/tasks/{id}"), format!("/tasks/{id}/cancel"));

    assert_eq!(send(Method::DELETE, &task).await, 409);
    assert_eq!(send(Method::POST, &cancel).await, 204);
    happened(&caller, &id, "cancelled").await;

    assert_eq!(caller.get(&task).await.1["data"]["status"], 12);
    assert_eq!(send(Method::POST, &cancel).await, 409);
    assert_eq!((caller.billed(), caller.left()), (0, 100_000_000_000));
    assert_eq!(send(Method::DELETE, &task).await, 204);
    assert_eq!(caller.get(&task).await.0, 404);
}

#[tokio::test]
async fn requests_are_counted_and_refused_when_that_is_wanted() {
    let caller = Caller::of("inferencesh").await;
    let run = || {
        caller
            .request(Method::POST, "/apps/run")
            .with_json(&json!({}))
    };

    let first = run().send().await.unwrap();
    assert_eq!(first.headers()["x-ratelimit-remaining"], "99");
    assert!(first.headers().contains_key("x-ratelimit-reset"));
    for _ in 0..99 {
        run().send().await.unwrap();
    }
    assert_eq!(run().send().await.unwrap().status(), 400);
    let vendor = &caller.emulator.world().inferencesh;
    vendor.change(|settings| settings.enforce_rate_limits = true);
    assert_eq!(run().send().await.unwrap().status(), 429);
    caller.push(Duration::from_mins(1));
    assert_eq!(run().send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_lost_answer_is_work_that_can_be_found() {
    let caller = Caller::of("inferencesh").await;
    caller.fault("POST /apps/run", Effect::ResetAfter);

    let request = caller.request(Method::POST, "/apps/run");
    assert!(request.with_json(&picture("a")).send().await.is_err());
    caller.event("billed").await;

    let (_, told) = caller.post("/tasks/list", &json!({})).await;
    assert_eq!(told["data"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(caller.billed(), NANODOLLARS_PER_IMAGE);
}
