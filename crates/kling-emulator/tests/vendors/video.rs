//! AIML's videos as a client meets them: over HTTP, with what the documents say.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kling_emulator::{
    aimlapi::CREDITS_PER_SECOND,
    media::{
        File,
        video::{CONTENT_TYPE, probe, sample},
    },
    moderation,
    script::{Effect, Fault},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, LONG, answer};
use crate::json::WithJson as _;

const PATH: &str = "/v2/video/generations";

/// What a second costs, in nano-dollars.
const SECOND: i64 = CREDITS_PER_SECOND * 500;

fn reference(prompt: &str) -> Value {
    json!({ "model": "klingai/video-o1-reference-to-video", "prompt": prompt })
}

/// Orders a video that must be accepted; answers its id.
async fn ordered(caller: &Caller, body: &Value) -> String {
    let (status, told) = caller.post(PATH, body).await;
    assert_eq!((status, &told["status"]), (200, &json!("queued")), "{told}");
    told["id"].as_str().unwrap().to_owned()
}

async fn poll(caller: &Caller, id: &str) -> (u16, Value) {
    caller.get(&format!("{PATH}?generation_id={id}")).await
}

/// Orders a video and waits until it is made; answers the last poll.
async fn made(caller: &Caller, body: &Value) -> Value {
    let id = ordered(caller, body).await;
    caller.event("billed").await;
    let (status, told) = poll(caller, &id).await;
    assert_eq!(
        (status, &told["status"]),
        (200, &json!("completed")),
        "{told}"
    );
    told
}

#[tokio::test]
async fn a_video_is_queued_then_generated_then_there_and_only_then_billed() {
    let caller = Caller::of("aimlapi").await;
    let settings = &caller.emulator.world().aimlapi;
    settings.change(|settings| settings.video.latency_ms = 240_000);

    let request = caller
        .request(Method::POST, PATH)
        .with_json(&reference("a jeep"));
    let response = request
        .header("x-client-request-id", "job-7")
        .send()
        .await
        .unwrap();
    let id = response.headers()["x-inference-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(response.headers()["x-client-request-id"], "job-7");
    assert_eq!(response.headers()["x-aimlapi-credits-used"], "1176000");
    caller.event("accepted").await;
    assert_eq!(poll(&caller, &id).await.1["status"], "queued");
    caller.push(Duration::from_mins(2));
    let (_, generating) = poll(&caller, &id).await;
    assert_eq!(generating["status"], "generating");
    assert_eq!(generating["meta"]["usage"]["credits_used"], 1_176_000);
    assert_eq!(caller.billed(), 0);
    caller.push(Duration::from_mins(2));
    caller.event("billed").await;

    let (_, told) = poll(&caller, &id).await;
    assert_eq!(
        (&told["id"], &told["status"]),
        (&json!(id), &json!("completed"))
    );
    assert_eq!(told["error"], Value::Null);
    assert_eq!(caller.billed(), 5 * SECOND);
    assert_eq!(caller.left(), 100_000_000_000 - 5 * SECOND);
    let film = probe(&caller.bytes(told["video"]["url"].as_str().unwrap()).await).unwrap();
    assert_eq!(
        (film.width, film.height, film.duration_ms),
        (1920, 1080, 5000)
    );
    let line = caller.emulator.world().ledger.list().remove(0);
    assert_eq!((line.operation.as_str(), &line.reference), ("video", &id));
    assert_eq!(line.client_request_id.as_deref(), Some("job-7"));
}

#[tokio::test]
async fn every_model_makes_a_film_of_the_right_shape() {
    let caller = Caller::of("aimlapi").await;
    let film = sample("a road", 4, (1280, 720)).unwrap();
    let data = format!("data:video/mp4;base64,{}", BASE64_STANDARD.encode(&film));
    let file = File {
        name: "road.mp4".to_owned(),
        content_type: CONTENT_TYPE.to_owned(),
        bytes: film.into(),
    };
    let path = caller.emulator.world().media.put("road", file);
    let link = format!("{}{path}", caller.emulator.origin());
    let public = "https://example.org/a.png";
    let element = json!({ "frontal_image_url": public, "reference_image_urls": [public] });

    for (body, shape) in [
        (
            json!({ "model": "klingai/video-o1-reference-to-video", "prompt": "a", "duration": "10",
                    "aspect_ratio": "9:16", "image_list": [public], "elements": [element] }),
            (1080, 1920, 10_000),
        ),
        (
            json!({ "model": "klingai/video-o1-image-to-video", "prompt": "a", "image_url": public,
                    "last_image_url": public, "duration": 5 }),
            (1920, 1080, 5000),
        ),
        (
            json!({ "model": "klingai/video-o1-video-to-video-edit", "prompt": "a", "video_url": link,
                    "keep_audio": true }),
            (1280, 720, 4000),
        ),
        (
            json!({ "model": "klingai/video-o1-video-to-video-reference", "prompt": "a",
                    "video_url": data, "aspect_ratio": "1:1" }),
            (1080, 1080, 5000),
        ),
    ] {
        let id = ordered(&caller, &body).await;
        let told = loop {
            let (_, told) = poll(&caller, &id).await;
            if told["status"] == "completed" {
                break told;
            }
            assert_ne!(told["status"], "error", "{told}");
            tokio::task::yield_now().await;
        };
        let film = probe(&caller.bytes(told["video"]["url"].as_str().unwrap()).await).unwrap();
        assert_eq!((film.width, film.height, film.duration_ms), shape, "{body}");
    }

    assert_eq!(caller.billed(), (10 + 5 + 4 + 5) * SECOND);
}

#[tokio::test]
async fn a_clip_that_cannot_be_used_is_refused() {
    let caller = Caller::of("aimlapi").await;
    let data = |bytes: &[u8]| format!("data:video/mp4;base64,{}", BASE64_STANDARD.encode(bytes));
    let edit = |video: String| json!({ "model": "klingai/video-o1-video-to-video-edit", "prompt": "a", "video_url": video });
    let short = sample("a", 2, (1280, 720)).unwrap();
    let small = sample("a", 3, (640, 360)).unwrap();

    for (video, complaint) in [
        (data(b"not a film"), "mp4"),
        (data(&short), "duration"),
        (data(&small), "width"),
        (
            format!("{}/media/none/none.mp4", caller.emulator.origin()),
            "download",
        ),
        ("ftp://example.org/a.mp4".to_owned(), "Invalid url"),
    ] {
        let (status, told) = caller.post(PATH, &edit(video)).await;
        assert_eq!(status, 400);
        let issue = &told["error"]["data"]["issues"][0];
        assert_eq!(issue["path"], "video_url");
        assert!(
            issue["message"].as_str().unwrap().contains(complaint),
            "{issue}"
        );
    }
    assert_eq!(caller.billed(), 0);
}

#[tokio::test]
async fn failures_are_told_by_the_poll_and_cost_nothing() {
    let caller = Caller::of("aimlapi").await;
    let public = "https://example.org/a.png";
    let too_many = json!({
        "model": "klingai/video-o1-video-to-video-edit", "prompt": "a",
        "video_url": "https://example.org/a.mp4", "image_list": vec![public; 5],
    });
    caller.fault(
        "POST",
        Effect::Fail {
            message: "no machine".to_owned(),
        },
    );

    for (body, name) in [
        (reference("anything"), "GenerationError"),
        (
            reference(&format!("please {}", moderation::MAGIC_WORD)),
            "ContentModerationError",
        ),
        (too_many, "BadRequestError"),
    ] {
        let id = ordered(&caller, &body).await;
        let journal = &caller.emulator.world().journal;
        let failed = journal.wait_for(
            |entry| entry.event() == "failed" && entry.detail["inference_id"] == id.as_str(),
            LONG,
        );
        failed.await.unwrap();
        let (status, told) = poll(&caller, &id).await;
        assert_eq!((status, &told["status"]), (200, &json!("error")));
        assert_eq!(
            (&told["video"], &told["error"]["name"]),
            (&Value::Null, &json!(name))
        );
        assert!(told["error"]["message"].is_string());
    }

    assert_eq!((caller.billed(), caller.left()), (0, 100_000_000_000));
}

#[tokio::test]
async fn a_new_video_may_not_be_found_at_first() {
    let caller = Caller::of("aimlapi").await;
    caller.fault("POST", Effect::Hidden { ms: 30_000 });

    let id = ordered(&caller, &reference("a jeep")).await;
    let (status, told) = poll(&caller, &id).await;
    caller.push(Duration::from_secs(31));

    assert_eq!(
        (status, &told["message"]),
        (404, &json!("Inference not found"))
    );
    assert_eq!(poll(&caller, &id).await.0, 200);
}

#[tokio::test]
async fn a_poll_can_fail_for_a_while() {
    let caller = Caller::of("aimlapi").await;
    let id = ordered(&caller, &reference("a jeep")).await;
    caller.emulator.world().script.push(Fault {
        times: 2,
        ..Fault::once(
            "aimlapi",
            "GET /v2/video",
            Effect::Status {
                status: 524,
                headers: BTreeMap::new(),
                body: "<html>A timeout occurred</html>".to_owned(),
                content_type: String::new(),
            },
        )
    });

    let mut statuses = Vec::new();
    for _ in 0..3 {
        let path = format!("{PATH}?generation_id={id}");
        let response = caller.request(Method::GET, &path).send().await.unwrap();
        statuses.push(response.status().as_u16());
    }

    assert_eq!(statuses, [524, 524, 200]);
}

#[tokio::test]
async fn the_variants_of_the_answer_are_switches() {
    let caller = Caller::of("aimlapi").await;
    let settings = &caller.emulator.world().aimlapi;
    settings.change(|settings| {
        settings.video.as_array = true;
        settings.video.sample_words = true;
        settings.video.created_201 = true;
        settings.video.latency_ms = 8000;
    });

    let (status, told) = caller.post(PATH, &reference("a jeep")).await;
    let id = told["id"].as_str().unwrap().to_owned();
    assert_eq!((status, &told["status"]), (201, &json!("waiting")));
    caller.push(Duration::from_secs(4));
    assert_eq!(poll(&caller, &id).await.1["status"], "active");
    caller.push(Duration::from_secs(4));
    caller.event("billed").await;

    let (_, told) = poll(&caller, &id).await;
    assert!(told["video"][0]["url"].is_string(), "{told}");
}

#[tokio::test]
async fn a_result_can_be_missing_or_broken() {
    let caller = Caller::of("aimlapi").await;

    caller.fault("POST", Effect::NullData);
    let id = ordered(&caller, &reference("a")).await;
    caller.event("empty").await;
    let (_, told) = poll(&caller, &id).await;
    assert_eq!(
        (&told["status"], &told["video"]),
        (&json!("completed"), &Value::Null)
    );
    assert_eq!(caller.billed(), 0);

    caller.fault("POST", Effect::DeadLink);
    let told = made(&caller, &reference("a")).await;
    let link = told["video"]["url"].as_str().unwrap();
    assert_eq!(caller.http.get(link).send().await.unwrap().status(), 404);
    assert_eq!(caller.billed(), 5 * SECOND);
}

#[tokio::test]
async fn a_lost_answer_is_work_that_is_done_and_billed() {
    let caller = Caller::of("aimlapi").await;
    caller.fault("POST", Effect::ResetAfter);

    let request = caller
        .request(Method::POST, PATH)
        .with_json(&reference("a"));
    assert!(request.send().await.is_err());

    caller.event("billed").await;
    assert_eq!(caller.billed(), 5 * SECOND);
}

#[tokio::test]
async fn other_paths_keys_and_accounts() {
    let caller = Caller::of("aimlapi").await;
    let id = ordered(&caller, &reference("a jeep")).await;

    for alias in ["/v1/video/generations", "/video/generations"] {
        assert_eq!(caller.post(alias, &reference("a")).await.0, 200);
    }
    let legacy = format!("/v2/generate/video/kling/generation?generation_id={id}");
    assert_eq!(caller.get(&legacy).await.0, 200);
    let path = format!("{PATH}?generation_id={id}");
    let address = format!("{}{path}", caller.emulator.base("aimlapi"));
    let other = caller.http.get(address).bearer_auth("other-key");
    assert_eq!(answer(other).await.0, 404);
    assert_eq!(caller.get(PATH).await.0, 400);
    assert_eq!(poll(&caller, "nobody").await.0, 404);
    caller
        .emulator
        .world()
        .ledger
        .set_every_balance("aimlapi", 5 * SECOND - 1);
    let (status, told) = caller.post(PATH, &reference("a")).await;
    assert_eq!(status, 403);
    assert_eq!(told["error"]["data"]["kind"], "err_insufficent_credits");
    caller.emulator.world().aimlapi.accept_only(["another"]);
    assert_eq!(caller.post(PATH, &reference("a")).await.0, 401);
}

#[tokio::test]
async fn the_list_has_every_video_model_with_its_price() {
    let caller = Caller::of("aimlapi").await;

    let (_, list) = caller.get("/v1/models?include=pricing").await;

    let models = list["data"].as_array().unwrap();
    let films: Vec<&Value> = models
        .iter()
        .filter(|model| model["type"] == "internal/video-generations/submit")
        .collect();
    assert_eq!((models.len(), films.len()), (5, 4));
    assert!(
        films
            .iter()
            .all(|model| model["pricing"]["credits"] == 235_200)
    );
}
