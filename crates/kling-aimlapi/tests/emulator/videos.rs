//! Videos: what comes out when all goes well, and what the vendor is told.

use std::time::Duration;

use kling_core::{
    AspectRatio, Asset, AssetUrl, Cost, CostSource, Element, Money, Operation, Output,
    OutputSource, Provider as _, Seconds, TaskHandle, TaskStatus,
};
use kling_emulator::media::video::{Probe, probe};
use kling_http::{DownloadOptions, Downloader, Guard};
use serde_json::Value;

use super::bench::{Bench, KEY, PROMPT, SIGNED, clip, picture, sized, video};

/// What a second costs, in nano-dollars.
const SECOND: i64 = 117_600_000;

const ALL: [Operation; 4] = [
    Operation::ImageToVideo,
    Operation::ReferenceToVideo,
    Operation::VideoEdit,
    Operation::VideoReference,
];

fn reported(nanodollars: i64) -> Cost {
    Cost {
        amount: Money::from_nanodollars(nanodollars),
        source: CostSource::Reported,
    }
}

fn element(shade: u8, references: u8) -> Element {
    Element {
        frontal: picture(shade),
        references: (0..references)
            .map(|number| picture(shade + 1 + number))
            .collect(),
    }
}

/// The same file, known by its address only.
fn elsewhere(asset: &Asset) -> Asset {
    Asset::from_url(asset.info().clone(), AssetUrl::parse(SIGNED).unwrap())
}

/// Fetches the one film there is.
async fn film(bench: &Bench, output: &Output) -> Probe {
    let [asset] = output.assets.as_slice() else {
        panic!("one film, not {output:?}");
    };
    let OutputSource::Url(url) = &asset.source else {
        panic!("an address");
    };
    let guard = Guard::for_base(&bench.provider.config().base_url);
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let mut bytes = Vec::new();
    downloader.fetch(url, &mut bytes).await.unwrap();
    probe(&bytes).unwrap()
}

/// What the vendor understood of the last request that it accepted.
fn understood(bench: &Bench) -> Value {
    let entries = bench.emulator.world().journal.entries(0);
    let accepted = entries
        .iter()
        .rev()
        .find(|entry| entry.event() == "accepted");
    accepted.unwrap().detail.clone()
}

#[tokio::test]
async fn every_model_makes_a_film_and_charges_by_the_second() {
    let bench = Bench::strict().await;
    let mut billed = 0;
    for (operation, seconds) in [
        (Operation::ImageToVideo, 5),
        (Operation::ReferenceToVideo, 5),
        // As long as its clip.
        (Operation::VideoEdit, 4),
        (Operation::VideoReference, 5),
    ] {
        let task = bench.start(&video(operation)).await.unwrap();
        let output = bench.succeeded(&task).await;

        let price = seconds * SECOND;
        billed += price;
        assert_eq!(output.cost, Some(reported(price)), "{operation}");
        assert_eq!(bench.billed(), billed, "{operation}");
        let film = film(&bench, &output).await;
        assert_eq!(film.duration_ms, u64::try_from(seconds).unwrap() * 1_000);
    }
    assert_eq!(bench.submissions(), 4);
    for charge in bench.emulator.world().ledger.list() {
        assert_eq!(charge.client_request_id.as_deref(), Some("part:1.a_b-c"));
    }
}

#[tokio::test]
async fn a_first_and_a_last_frame_make_ten_seconds() {
    let bench = Bench::strict().await;
    let mut request = video(Operation::ImageToVideo);
    request.last_frame = Some(elsewhere(&picture(9)));
    request.duration = Seconds::new(10).ok();
    request
        .provider_options
        .insert("provider".to_owned(), "Kling".to_owned());

    let task = bench.start(&request).await.unwrap();
    let output = bench.succeeded(&task).await;

    assert_eq!(film(&bench, &output).await.duration_ms, 10_000);
    assert_eq!(output.cost, Some(reported(10 * SECOND)));
    let told = understood(&bench);
    assert_eq!(
        (&told["duration"], &told["provider"]),
        (&10.into(), &"kling".into())
    );
    let sources: Vec<_> = told["images"].as_array().unwrap().iter().collect();
    assert_eq!(sources.len(), 2);
    assert_eq!(
        (&sources[0]["source"], &sources[1]["source"]),
        (&"base64".into(), &"public_url".into())
    );
}

#[tokio::test]
async fn references_and_elements_arrive_whole_and_in_order() {
    let bench = Bench::strict().await;
    let mut request = video(Operation::ReferenceToVideo);
    request.images = (0..3)
        .map(|number| sized(number, 300 + u32::from(number), 400))
        .collect();
    request.elements = vec![
        element(50, 1),
        element(60, 4),
        element(70, 2),
        element(80, 4),
    ];
    request.elements[1].frontal = elsewhere(&picture(1));
    request.aspect_ratio = Some(AspectRatio::of(9, 16));

    let task = bench.start(&request).await.unwrap();
    let output = bench.succeeded(&task).await;

    let told = understood(&bench);
    let images = told["images"].as_array().unwrap();
    assert_eq!(images.len(), 3 + 4 + 11);
    let widths: Vec<_> = images
        .iter()
        .take(3)
        .map(|image| image["width"].as_u64())
        .collect();
    assert_eq!(widths, [Some(300), Some(301), Some(302)]);
    assert_eq!(images[3 + 2]["source"], "public_url");
    let film = film(&bench, &output).await;
    assert_eq!((film.width, film.height), (1080, 1920));
}

#[tokio::test]
async fn an_edit_keeps_sound_and_shape_of_its_clip() {
    let bench = Bench::strict().await;
    for keep_audio in [true, false] {
        let mut request = video(Operation::VideoEdit);
        request.keep_audio = Some(keep_audio);
        request.images = vec![picture(1), picture(2)];
        request.elements = vec![element(10, 1), element(20, 2)];

        let task = bench.start(&request).await.unwrap();
        let output = bench.succeeded(&task).await;

        assert_eq!(understood(&bench)["keep_audio"], keep_audio);
        let film = film(&bench, &output).await;
        assert_eq!(
            (film.width, film.height, film.duration_ms),
            (1280, 720, 4_000)
        );
    }
}

#[tokio::test]
async fn a_clip_that_is_known_by_its_address_goes_as_that() {
    let bench = Bench::strict().await;
    for operation in [Operation::VideoEdit, Operation::VideoReference] {
        let mut request = video(operation);
        request.video = Some(elsewhere(&clip(3)));

        bench.start(&request).await.unwrap();

        assert_eq!(understood(&bench)["video"]["source"], "public_url");
    }
}

#[tokio::test]
async fn every_shape_length_and_route_of_the_catalogue_is_taken() {
    let bench = Bench::strict().await;
    for entry in bench.provider.models() {
        let operation = entry.operation();
        if !ALL.contains(&operation) {
            continue;
        }
        let mut requests = Vec::new();
        for ratio in &entry.capability.aspect_ratios.values {
            let mut request = video(operation);
            request.aspect_ratio = Some(*ratio);
            requests.push(request);
        }
        for length in &entry.capability.durations.values {
            let mut request = video(operation);
            request.duration = Some(*length);
            requests.push(request);
        }
        for route in entry.capability.options[0].values {
            let mut request = video(operation);
            let route = (*route).to_owned();
            request
                .provider_options
                .insert("provider".to_owned(), route);
            requests.push(request);
        }
        for request in requests {
            assert!(bench.start(&request).await.is_ok(), "{request:?}");
        }
    }
}

#[tokio::test]
async fn as_many_pictures_as_are_allowed_are_taken_upstream_too() {
    let bench = Bench::strict().await;
    for (operation, most) in [
        (Operation::ReferenceToVideo, 7),
        (Operation::VideoEdit, 4),
        (Operation::VideoReference, 4),
    ] {
        let mut request = video(operation);
        request.images = (0..most).map(picture).collect();
        let task = bench.start(&request).await.unwrap();
        assert_eq!(bench.succeeded(&task).await.assets.len(), 1, "{operation}");

        request.images.push(picture(99));
        let error = bench.start(&request).await.expect_err("one too many");
        assert_eq!(error.name(), "declined");
    }
    assert_eq!(bench.submissions(), 3);
}

#[tokio::test]
async fn a_video_is_queued_then_running_then_done() {
    let bench = Bench::strict().await;
    let world = bench.emulator.world();
    for sample_words in [false, true] {
        world.aimlapi.change(|settings| {
            settings.video.latency_ms = 3_600_000;
            settings.video.sample_words = sample_words;
        });

        let task = bench.start(&video(Operation::ImageToVideo)).await.unwrap();
        let at_first = bench.look(&task).await.unwrap();
        world.clock.advance(Duration::from_mins(30));
        let later = bench.look(&task).await.unwrap();
        world.clock.advance(Duration::from_mins(31));
        let output = bench.succeeded(&task).await;

        assert_eq!(at_first, TaskStatus::Queued { position: None });
        assert_eq!(later, TaskStatus::Running { percent: None });
        assert_eq!(output.assets.len(), 1);
    }
}

#[tokio::test]
async fn newer_shapes_of_answers_are_read_as_well() {
    let bench = Bench::strict().await;
    bench.emulator.world().aimlapi.change(|settings| {
        settings.video.as_array = true;
        settings.video.created_201 = true;
    });

    let task = bench
        .start(&video(Operation::ReferenceToVideo))
        .await
        .unwrap();
    let output = bench.succeeded(&task).await;

    assert_eq!(
        (output.assets.len(), output.cost),
        (1, Some(reported(5 * SECOND)))
    );
}

#[tokio::test]
async fn a_handle_works_in_a_fresh_instance_and_from_text() {
    let bench = Bench::strict().await;
    let task = bench.start(&video(Operation::ImageToVideo)).await.unwrap();
    bench.succeeded(&task).await;

    let key = kling_core::Secret::new(KEY).unwrap();
    let later = kling_aimlapi::AimlApi::new(bench.provider.config().clone(), key).unwrap();
    let text = task.to_string();
    let status = later.status(&TaskHandle::parse(text).unwrap()).await;

    assert!(task.as_str().starts_with("aimlapi.1."), "{task}");
    assert!(matches!(status, Ok(TaskStatus::Succeeded(_))), "{status:?}");
}

#[tokio::test]
async fn neither_key_nor_prompt_nor_signature_shows_in_debug_output_of_a_video() {
    let bench = Bench::strict().await;
    let mut request = video(Operation::ImageToVideo);
    request.last_frame = Some(elsewhere(&picture(9)));
    let task = bench.start(&request).await.unwrap();

    let told = format!(
        "{:?} {request:?} {task:?} {:?}",
        bench.provider,
        bench.ended(&task).await,
    );

    for secret in [KEY, PROMPT, "marzipan", "5ec2e7", "cat.png"] {
        assert!(!told.contains(secret), "{told}");
    }
}
