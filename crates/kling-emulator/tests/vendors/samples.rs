//! The sample requests of the vendors' pages, in our words, and what the live services are said to answer.

use std::time::Duration;

use kling_emulator::{
    aimlapi::ErrorGeneration,
    inferencesh::{Envelope, StatusTable},
    script::Effect,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, answer};
use crate::json::WithJson as _;

const IMAGES: &str = "/v1/images/generations";
const VIDEOS: &str = "/v2/video/generations";

async fn lenient() -> Caller {
    let caller = Caller::of("aimlapi").await;
    let vendor = &caller.emulator.world().aimlapi;
    vendor.change(|settings| settings.lenient = true);
    caller
}

/// How many charges there are, and how many accepted works that were not charged for yet.
fn works(caller: &Caller) -> usize {
    caller.emulator.world().ledger.list().len()
}

#[tokio::test]
async fn words_alone_are_a_400_in_the_strict_profile_and_a_picture_in_the_lenient_one() {
    let sample = json!({
        "model": "klingai/image-o1",
        "prompt": "A dinosaur that rests in a deck chair by the sea, with dark glasses on.",
    });
    let strict = Caller::of("aimlapi").await;
    let (status, told) = strict.post(IMAGES, &sample).await;
    assert_eq!(status, 400);
    assert_eq!(
        told["error"]["data"]["issues"][0],
        json!({ "path": "image_urls", "message": "Required" })
    );
    assert_eq!(works(&strict), 0);

    let (status, told) = lenient().await.post(IMAGES, &sample).await;
    assert_eq!(
        (status, &told["meta"]["usage"]["credits_used"]),
        (200, &json!(58_800))
    );
    // What the page prints as the answer fits no schema, and is never sent.
    for made_up in ["id", "object", "created", "usage"] {
        assert!(told.get(made_up).is_none(), "{told}");
    }
}

#[tokio::test]
async fn two_pictures_on_the_internet_are_combined_without_being_fetched() {
    let caller = Caller::of("aimlapi").await;
    let sample = json!({
        "model": "klingai/image-o1",
        "prompt": "Dress the dinosaur in a suit and let it drink from the mug; the café behind it is blurred.",
        "image_urls": [
            "https://raw.example.com/reference-files/dinosaur.png",
            "https://raw.example.com/reference-files/mug.jpg",
        ],
    });

    let (status, told) = caller.post(IMAGES, &sample).await;

    assert_eq!(
        (status, &told["meta"]["usage"]["credits_used"]),
        (200, &json!(58_800))
    );
    let link = told["data"][0]["url"].as_str().unwrap();
    assert!(caller.bytes(link).await.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn a_video_after_a_clip_on_the_internet_is_queued() {
    let caller = Caller::of("aimlapi").await;
    let sample = json!({
        "model": "klingai/video-o1-video-to-video-reference",
        "prompt": "A black off-road car on a winding track through the jungle, dust behind its wheels.",
        "video_url": "https://storage.example.com/inputs/clip.mp4",
    });

    let (status, told) = caller.post(VIDEOS, &sample).await;

    assert_eq!((status, &told["status"]), (200, &json!("queued")));
    for made_up in ["object", "output_url", "created", "usage"] {
        assert!(told.get(made_up).is_none(), "{told}");
    }
    assert!(told["meta"]["prompt"].is_null(), "{told}");
    caller.event("billed").await;
    let id = told["id"].as_str().unwrap();
    let (_, told) = caller.get(&format!("{VIDEOS}?generation_id={id}")).await;
    assert_eq!(told["status"], "completed");
    assert!(told["video"]["url"].is_string());
}

#[tokio::test]
async fn apiin_starts_a_task_for_one_reference() {
    let caller = Caller::of("apiin").await;
    let sample = json!({
        "model": "kling-image-o1",
        "prompt": "A city of neon signs by night, after the reference image",
        "images": ["https://example.com/reference.jpg"],
        "aspect_ratio": "16:9",
        "resolution": "1k",
    });

    let (status, told) = caller.post("/images/generations", &sample).await;

    assert_eq!((status, &told["code"]), (200, &json!(200)));
    let id = told["data"]["task_id"].as_str().unwrap();
    caller.event("billed").await;
    let (_, told) = caller.get(&format!("/tasks/{id}")).await;
    assert_eq!(told["data"]["status"], "COMPLETED");
}

/// Every name in a JSON document, and in what is in it.
fn names(told: &Value) -> Vec<&str> {
    match told {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| [vec![name.as_str()], names(value)].concat())
            .collect(),
        Value::Array(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// Two pages print answers of AIML that fit no schema. These are the names in them that no schema has.
#[track_caller]
fn is_nothing_made_up(told: &Value) {
    const MADE_UP: [&str; 11] = [
        "object",
        "created",
        "revised_prompt",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "output_url",
        "duration_seconds",
        "input_tokens",
        "output_tokens",
        "prompt",
    ];
    let all = names(told);
    let found: Vec<_> = MADE_UP.iter().filter(|name| all.contains(name)).collect();
    assert!(found.is_empty(), "{found:?} in {told}");
    // There, it stands beside the result and not in `meta`.
    assert!(told.get("usage").is_none(), "{told}");
    assert_ne!(told["status"], "processing", "{told}");
}

#[tokio::test]
async fn what_the_pages_of_aiml_make_up_is_sent_in_no_profile_and_in_no_state() {
    let words = json!({ "model": "klingai/image-o1", "prompt": "a dinosaur by the sea" });
    let clip = json!({
        "model": "klingai/video-o1-video-to-video-reference",
        "prompt": "a car in the jungle",
        "video_url": "https://storage.example.com/inputs/clip.mp4",
    });
    for (error_generation, lenient) in [
        (ErrorGeneration::Flat, false),
        (ErrorGeneration::Nested, true),
    ] {
        let caller = Caller::of("aimlapi").await;
        let vendor = &caller.emulator.world().aimlapi;
        vendor.change(|settings| {
            settings.lenient = lenient;
            settings.error_generation = error_generation;
            settings.video.as_array = lenient;
            settings.video.latency_ms = 60_000;
        });
        for (effect, event, end) in [
            (Effect::Delay { ms: 0 }, "billed", "completed"),
            (
                Effect::Fail {
                    message: "no".to_owned(),
                },
                "failed",
                "error",
            ),
        ] {
            caller.fault("POST", effect);
            let (_, told) = caller.post(VIDEOS, &clip).await;
            is_nothing_made_up(&told);
            let id = told["id"].as_str().unwrap().to_owned();
            let look = async || {
                let (_, told) = caller.get(&format!("{VIDEOS}?generation_id={id}")).await;
                is_nothing_made_up(&told);
                told["status"].as_str().unwrap().to_owned()
            };
            assert_eq!(look().await, "queued");
            caller.push(Duration::from_secs(40));
            assert_eq!(look().await, "generating");
            caller.push(Duration::from_secs(40));
            caller.event(event).await;
            assert_eq!(look().await, end);
        }
        is_nothing_made_up(&caller.post(IMAGES, &words).await.1);
    }
}

#[tokio::test]
async fn an_empty_input_is_a_400_that_names_the_prompt() {
    let caller = Caller::of("inferencesh").await;
    let webhook = "https://service.example.com/webhook";
    for sample in [
        json!({ "app": "klingai/image-o1", "input": {} }),
        json!({ "app": "klingai/image-o1", "input": {}, "webhook": webhook }),
    ] {
        let (status, told) = caller.post("/apps/run", &sample).await;

        assert_eq!(status, 400);
        assert_eq!(told["detail"], "prompt: Required");
    }
    assert_eq!(works(&caller), 0);
}

/// The page's clients are of several generations: they ask at three addresses, and read three sorts of a no.
#[tokio::test]
async fn an_empty_input_is_the_same_400_for_every_generation_of_clients() {
    let sample = json!({ "app": "klingai/image-o1", "input": {} });
    let caller = Caller::of("inferencesh").await;
    for envelope in [Envelope::V3, Envelope::V1, Envelope::Bare] {
        let vendor = &caller.emulator.world().inferencesh;
        vendor.change(|settings| settings.envelope = envelope);
        for path in ["/apps/run", "/v1/apps/run", "/run", "/run?wait=false"] {
            for version in [None, Some("2")] {
                let mut request = caller.request(Method::POST, path);
                if let Some(version) = version {
                    request = request.header("x-api-version", version);
                }

                let (status, told) = answer(request.with_json(&sample)).await;

                let shown = format!("{envelope:?} {path} {version:?}: {told}");
                assert_eq!(status, 400, "{shown}");
                assert!(told.to_string().contains("prompt: Required"), "{shown}");
            }
        }
        assert_eq!(works(&caller), 0);
    }
}

/// As the page has it, the file is all there is: its client puts it up first, and sends where it is.
#[tokio::test]
async fn a_file_without_a_word_is_a_400_that_names_the_prompt() {
    let caller = Caller::of("inferencesh").await;
    let announced = json!({ "files": [{
        "uri": "", "filename": "image.png", "content_type": "image/png", "path": null,
    }] });
    let (_, told) = caller.post("/files", &announced).await;
    let slot = &told["data"][0];
    let upload = caller.http.put(slot["upload_url"].as_str().unwrap());
    let upload = upload.header("content-type", "image/png").body("a picture");
    assert!(upload.send().await.unwrap().status().is_success());
    let sample = json!({
        "app": "klingai/image-o1",
        "input": { "image": slot["uri"], "audio": "https://example.com/audio.mp3" },
    });

    let (status, told) = caller.post("/apps/run", &sample).await;

    assert_eq!((status, &told["detail"]), (400, &json!("prompt: Required")));
    assert_eq!(works(&caller), 0);
}

/// One of the page's samples reads a percentage of each update; no service sends one.
#[tokio::test]
async fn no_update_of_a_task_has_a_progress() {
    let caller = Caller::of("inferencesh").await;
    for (status_table, accept) in [
        (StatusTable::Current, "application/x-ndjson"),
        (StatusTable::Names, "text/event-stream"),
        (StatusTable::Legacy, "text/event-stream"),
    ] {
        let vendor = &caller.emulator.world().inferencesh;
        vendor.change(|settings| {
            settings.status_table = status_table;
            settings.latency_ms = 3_600_000;
        });
        let sample = json!({ "app": "klingai/image-o1", "input": { "prompt": "a garden" } });
        let (_, told) = caller.post("/apps/run", &sample).await;
        let id = told["data"]["id"].as_str().unwrap();
        let stream = caller.request(Method::GET, &format!("/tasks/{id}/stream"));
        let mut stream = stream.header("accept", accept).send().await.unwrap();

        let mut updates = Vec::new();
        while let Some(chunk) = stream.chunk().await.unwrap() {
            if updates.is_empty() {
                caller.push(Duration::from_hours(1));
            }
            updates.extend_from_slice(&chunk);
        }

        let updates = String::from_utf8(updates).unwrap();
        assert!(updates.contains("\"output\""), "{updates}");
        assert!(!updates.contains("\"progress\""), "{updates}");
    }
}

#[tokio::test]
async fn a_run_with_a_file_and_an_unknown_field_is_taken() {
    let caller = Caller::of("inferencesh").await;
    let sample = json!({
        "app": "klingai/image-o1",
        "input": {
            "prompt": "the same garden in the snow",
            "image": "https://example.com/garden.png",
            "audio": "https://example.com/audio.mp3",
        },
    });

    let (status, told) = caller.post("/apps/run", &sample).await;

    // Never a final status, and no `progress`, although a sample reads one.
    assert_eq!((status, &told["data"]["status"]), (200, &json!(1)));
    assert!(told["data"].get("progress").is_none());
    caller.event("billed").await;
    let id = told["data"]["id"].as_str().unwrap();
    let (_, told) = caller.get(&format!("/tasks/{id}")).await;
    assert_eq!(told["data"]["status"], 10);
    assert!(told["data"]["output"]["image"].is_string());
    let unused: &Value = &told["data"]["output"]["progress"];
    assert!(unused.is_null());
}
