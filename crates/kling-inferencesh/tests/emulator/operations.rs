//! Every operation, in every generation of the vendor, to its result and its price.

use std::time::Duration;

use kling_core::{
    Asset, AssetInfo, Cancellation, MediaType, Money, Operation, Output, OutputSource,
    Provider as _, Resolution, Seconds, TaskStatus,
};
use kling_emulator::inferencesh::{Envelope, StatusTable as Numbers};
use kling_http::{DownloadOptions, Downloader, Guard};
use kling_inferencesh::{StatusTable, StreamKind, TaskFiles};

use super::bench::{Bench, picture, request};

/// The result as a file that can go in again.
fn measured(output: &Output, duration: Duration) -> Asset {
    let clip = again(output);
    let info = AssetInfo {
        duration: Some(duration),
        ..clip.info().clone()
    };
    Asset::from_url(info, clip.public_url().unwrap().clone())
}

fn again(output: &Output) -> Asset {
    let OutputSource::Url(url) = &output.assets[0].source else {
        panic!("an address");
    };
    let info = AssetInfo {
        media_type: MediaType::Mp4,
        size_bytes: 1,
        dimensions: None,
        duration: None,
        frame_rate: None,
    };
    Asset::from_url(info, url.clone())
}

async fn fetched(bench: &Bench, output: &Output) -> MediaType {
    let OutputSource::Url(url) = &output.assets[0].source else {
        panic!("an address");
    };
    let guard = Guard::for_base(&bench.provider.config().base_url);
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let mut bytes = Vec::new();
    downloader.fetch(url, &mut bytes).await.unwrap().media_type
}

fn told(output: &Output) -> i64 {
    output.cost.unwrap().amount.as_nanodollars()
}

#[tokio::test]
async fn an_image_from_words_costs_what_the_catalogue_says() {
    let bench = Bench::new().await;
    let request = request(Operation::TextToImage);

    let output = bench.result(&request).await;

    let price = Money::from_microdollars(28_000).as_nanodollars();
    assert_eq!((told(&output), bench.billed()), (price, price));
    assert_eq!(fetched(&bench, &output).await, MediaType::Png);
}

#[tokio::test]
async fn an_image_from_a_picture_is_uploaded_first() {
    let bench = Bench::new().await;
    let mut request = request(Operation::ImageToImage);
    request.images.push(picture(7));
    request.resolution = Some(Resolution::K2);

    let output = bench.result(&request).await;

    assert_eq!(fetched(&bench, &output).await, MediaType::Png);
    assert_eq!(told(&output), bench.billed());
}

#[tokio::test]
async fn every_way_to_a_video_works_and_costs_what_we_say() {
    let bench = Bench::new().await;
    let mut words = request(Operation::TextToVideo);
    words.resolution = Some(Resolution::P720);
    let mut frames = request(Operation::ImageToVideo);
    frames.first_frame = Some(picture(1));
    frames.last_frame = Some(picture(2));
    frames.duration = Seconds::new(10).ok();
    let mut references = request(Operation::ReferenceToVideo);
    references.images = vec![picture(3), picture(4)];
    references.duration = Seconds::new(3).ok();

    let mut sum = 0;
    let mut clip = None;
    for request in [words, frames, references] {
        let output = bench.result(&request).await;
        sum += told(&output);
        assert_eq!(bench.billed(), sum, "{}", request.operation);
        assert_eq!(fetched(&bench, &output).await, MediaType::Mp4);
        clip.get_or_insert(output);
    }

    let clip = clip.unwrap();
    let mut reference = request(Operation::VideoReference);
    reference.video = Some(again(&clip));
    reference.images.push(picture(5));
    sum += told(&bench.result(&reference).await);
    assert_eq!(bench.billed(), sum);

    let mut edit = request(Operation::VideoEdit);
    edit.video = Some(again(&clip));
    let before = bench.billed();
    let unmeasured = bench.result(&edit).await;
    assert_eq!(unmeasured.cost, None, "nobody looked how long the clip is");
    sum = bench.billed();
    assert!(sum > before);
    edit.video = Some(measured(&clip, Duration::from_secs(5)));
    for resolution in [Resolution::P1080, Resolution::P720] {
        edit.resolution = Some(resolution);
        sum += told(&bench.result(&edit).await);
        assert_eq!(bench.billed(), sum, "an edit at {resolution}");
    }
    let edited = bench.result(&edit).await;
    assert_eq!(fetched(&bench, &edited).await, MediaType::Mp4);
}

#[tokio::test]
async fn every_generation_of_the_vendor_is_understood() {
    for envelope in [Envelope::V3, Envelope::V1, Envelope::Bare] {
        for (numbers, table) in [
            (Numbers::Current, StatusTable::Current),
            (Numbers::Legacy, StatusTable::Legacy),
            (Numbers::Names, StatusTable::Current),
        ] {
            for (sse_only, stream) in [
                (false, StreamKind::Ndjson),
                (false, StreamKind::Sse),
                (true, StreamKind::Ndjson),
            ] {
                let bench = Bench::with(
                    |settings| {
                        settings.envelope = envelope;
                        settings.status_table = numbers;
                        settings.sse_only = sse_only;
                        settings.output_objects = sse_only;
                        settings.latency_ms = 50;
                    },
                    |config| {
                        config.status_table = table;
                        config.stream = stream;
                    },
                )
                .await;

                let output = bench.result(&request(Operation::TextToImage)).await;

                assert_eq!(
                    told(&output),
                    bench.billed(),
                    "{envelope:?} {numbers:?} {stream:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_cancelled_task_ends_cancelled_and_costs_nothing() {
    for with_task in [false, true] {
        let slow = |settings: &mut kling_emulator::inferencesh::Settings| {
            settings.latency_ms = 600_000;
            settings.cancel_with_task = with_task;
        };
        let bench = Bench::with(slow, |_| {}).await;
        let task = bench.start(&request(Operation::TextToVideo)).await;

        let cancelled = bench.provider.cancel(&task).await.unwrap();

        assert_eq!(cancelled, Cancellation::Cancelled { charged: None });
        assert_eq!(bench.end(&task).await, TaskStatus::Cancelled);
        assert_eq!(bench.billed(), 0);
    }
}

#[tokio::test]
async fn a_task_that_runs_is_not_deleted_and_goes_on() {
    let slow = |settings: &mut kling_emulator::inferencesh::Settings| settings.latency_ms = 60_000;
    let bench = Bench::with(slow, |_| {}).await;
    let task = bench.start(&request(Operation::TextToImage)).await;

    let error = bench
        .provider
        .delete(&task, TaskFiles::Keep)
        .await
        .expect_err("it runs");

    assert_eq!(error.name(), "declined");
    let clock = &bench.emulator.world().clock;
    clock.advance(Duration::from_mins(1));
    assert!(matches!(bench.end(&task).await, TaskStatus::Succeeded(_)));
}

#[tokio::test]
async fn a_finished_task_cannot_be_cancelled_and_can_be_deleted() {
    // With a grace, a task that was deleted looks like one that does not show yet.
    let bench = Bench::with(|_| {}, |config| config.unknown_task_grace = Duration::ZERO).await;
    let task = bench.start(&request(Operation::TextToImage)).await;
    bench.end(&task).await;

    assert_eq!(
        bench.provider.cancel(&task).await.unwrap(),
        Cancellation::TooLate
    );
    bench
        .provider
        .delete(&task, TaskFiles::Delete)
        .await
        .unwrap();

    let gone = bench.provider.status(&task).await.expect_err("deleted");
    assert_eq!(gone.name(), "task-gone");
}
