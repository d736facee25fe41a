//! The sample requests of the vendors' pages, in our words, and what the live services are said to answer.

use serde_json::{Value, json};

use crate::caller::Caller;

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
