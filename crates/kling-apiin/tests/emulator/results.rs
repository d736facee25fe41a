//! What comes out when all goes well.

use std::time::Duration;

use kling_core::{
    AspectRatio, Cost, CostSource, ImageCount, Money, Operation, OutputSource, Provider as _,
    Resolution, Submission, SubmissionKey, TaskHandle, TaskStatus,
};
use kling_emulator::apiin::{CreateReply, ResultShape, Words};
use kling_emulator::script::Effect;
use kling_http::{DownloadOptions, Downloader, Guard};

use super::bench::{Bench, CREATE, KEY, PRICE, PROMPT, of, picture, request};

fn cost(nanodollars: i64) -> Cost {
    Cost {
        amount: Money::from_nanodollars(nanodollars),
        source: CostSource::Computed,
    }
}

#[tokio::test]
async fn two_pictures_become_two_results_and_one_charge() {
    let bench = Bench::start().await;
    let mut request = request(2);
    request.count = ImageCount::new(2).unwrap();
    request.aspect_ratio = Some(AspectRatio::of(16, 9));
    request.resolution = Some(Resolution::K1);

    let task = bench.started(&request).await;
    let output = bench.succeeded(&task).await;

    assert_eq!(output.assets.len(), 2);
    assert_eq!(output.cost, Some(cost(PRICE)));
    assert_eq!((bench.billed(), bench.submissions()), (PRICE, 1));
}

#[tokio::test]
async fn words_alone_become_a_picture_for_the_same_price() {
    let bench = Bench::start().await;

    let task = bench.started(&request(0)).await;
    let output = bench.succeeded(&task).await;

    assert_eq!((output.assets.len(), output.cost), (1, Some(cost(PRICE))));
    assert_eq!(bench.billed(), PRICE);
}

#[tokio::test]
async fn a_multi_shot_of_one_character_costs_sixteen_credits() {
    let bench = Bench::start().await;
    let mut request = of(Operation::MultiShot);
    request.images = vec![picture(1)];
    request.count = ImageCount::new(4).unwrap();
    request.aspect_ratio = Some(AspectRatio::Auto);

    let task = bench.started(&request).await;
    let output = bench.succeeded(&task).await;

    assert_eq!(
        (output.assets.len(), output.cost),
        (4, Some(cost(160_000_000)))
    );
    assert_eq!(bench.billed(), 160_000_000);
}

#[tokio::test]
async fn ten_pictures_and_nine_results_are_the_most_and_work() {
    let bench = Bench::start().await;
    let mut request = request(10);
    request.count = ImageCount::new(9).unwrap();

    let task = bench.started(&request).await;
    let output = bench.succeeded(&task).await;

    assert_eq!((output.assets.len(), bench.billed()), (9, PRICE));
}

#[tokio::test]
async fn every_shape_and_size_of_the_catalogue_is_taken() {
    let bench = Bench::start().await;
    let capability = bench.provider.models()[0].capability.clone();
    for ratio in capability.aspect_ratios.values {
        let mut request = request(1);
        request.aspect_ratio = Some(ratio);
        assert!(bench.submit(&request).await.is_ok(), "{ratio}");
    }
    for resolution in capability.resolutions.values {
        let mut request = request(1);
        request.resolution = Some(resolution);
        assert!(bench.submit(&request).await.is_ok(), "{resolution}");
    }
}

#[tokio::test]
async fn a_result_can_be_fetched_and_is_a_picture() {
    let bench = Bench::start().await;

    let task = bench.started(&request(0)).await;
    let output = bench.succeeded(&task).await;

    let OutputSource::Url(url) = &output.assets[0].source else {
        panic!("an address");
    };
    let guard = Guard::for_base(&bench.provider.config().base_url);
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let mut bytes = Vec::new();
    let file = downloader.fetch(url, &mut bytes).await.unwrap();
    assert!(file.media_type.is_image());
}

#[tokio::test]
async fn a_handle_works_in_a_fresh_instance_and_keeps_its_price() {
    let bench = Bench::start().await;
    let task = bench.started(&request(0)).await;
    bench.succeeded(&task).await;

    let mut dearer = bench.provider.config().clone();
    dearer.credit_usd = Money::parse_dollars("5").unwrap();
    let key = kling_core::Secret::new(KEY).unwrap();
    let later = kling_apiin::Apiin::new(dearer, key).unwrap();
    let text = task.to_string();
    let status = later.status(&TaskHandle::parse(text).unwrap()).await;

    let TaskStatus::Succeeded(output) = status.unwrap() else {
        panic!("a result");
    };
    assert_eq!(output.cost, Some(cost(PRICE)));
}

#[tokio::test]
async fn every_shape_of_a_result_is_read() {
    let bench = Bench::start().await;
    let mut request = request(0);
    request.count = ImageCount::new(2).unwrap();
    let mut billed = 0;
    for (shape, pictures) in [
        (ResultShape::OutputImages, 2),
        (ResultShape::OutputObjects, 2),
        (ResultShape::OutputImageUrls, 2),
        (ResultShape::Output, 2),
        (ResultShape::ResultImages, 2),
        (ResultShape::DataImages, 2),
        (ResultShape::DataUrl, 1),
        (ResultShape::Top, 2),
    ] {
        for words in [Words::Upper, Words::Lower, Words::Other] {
            bench.emulator.world().apiin.change(|settings| {
                settings.result_shape = shape;
                settings.words = words;
            });
            let task = bench.started(&request).await;
            let output = bench.succeeded(&task).await;
            billed += PRICE;
            assert_eq!(output.assets.len(), pictures, "{shape:?} {words:?}");
        }
    }
    assert_eq!(bench.billed(), billed);
}

#[tokio::test]
async fn every_shape_of_a_first_answer_is_read() {
    let bench = Bench::start().await;
    for (create_reply, numeric_ids) in [
        (CreateReply::Current, false),
        (CreateReply::Current, true),
        (CreateReply::Older, false),
        (CreateReply::Older, true),
    ] {
        bench.emulator.world().apiin.change(|settings| {
            settings.create_reply = create_reply;
            settings.numeric_ids = numeric_ids;
        });
        let task = bench.started(&request(0)).await;
        let output = bench.succeeded(&task).await;
        assert_eq!(output.assets.len(), 1, "{create_reply:?} {numeric_ids}");
    }
}

#[tokio::test]
async fn a_vendor_that_answers_at_once_is_never_looked_at() {
    let bench = Bench::start().await;
    let world = bench.emulator.world();
    world.apiin.change(|settings| settings.immediate = true);

    let submission = bench.submit(&request(1)).await.unwrap();

    let Submission::Finished(output) = submission else {
        panic!("a result");
    };
    assert_eq!((output.assets.len(), output.cost), (1, Some(cost(PRICE))));
    assert_eq!((bench.billed(), bench.submissions()), (PRICE, 1));
}

#[tokio::test]
async fn a_task_runs_before_it_is_done() {
    let bench = Bench::start().await;
    let world = bench.emulator.world();
    world
        .apiin
        .change(|settings| settings.latency_ms = 3_600_000);

    let task = bench.started(&request(0)).await;
    let at_first = bench.look(&task).await.unwrap();
    world.clock.advance(Duration::from_mins(30));
    let later = bench.look(&task).await.unwrap();

    assert_eq!(at_first, TaskStatus::Queued { position: None });
    assert_eq!(later, TaskStatus::Running { percent: None });
    assert_eq!(bench.billed(), 0);
    world.clock.advance(Duration::from_mins(31));
    assert_eq!(bench.succeeded(&task).await.assets.len(), 1);
}

#[tokio::test]
async fn a_result_in_the_first_answer_is_finished() {
    let bench = Bench::start().await;
    let body = r#"{"code":200,"message":"success","data":{"task_id":"n1_kio1","status":"COMPLETED",
        "output":{"images":["https://cdn.example.com/1.png",{"url":"https://cdn.example.com/2.png"}]}}}"#;
    bench.play(
        CREATE,
        Effect::BilledThen {
            status: 200,
            body: body.to_owned(),
        },
    );

    let Submission::Finished(output) = bench.submit(&request(0)).await.unwrap() else {
        panic!("a result");
    };

    assert_eq!((output.assets.len(), output.cost), (2, Some(cost(PRICE))));
}

#[tokio::test]
async fn what_the_vendor_cannot_do_is_said_without_asking() {
    let bench = Bench::start().await;
    let task = TaskHandle::literal("apiin.1.0.0.n1");

    let cancel = bench.provider.cancel(&task).await.expect_err("no cancel");
    let found = bench.provider.find(&SubmissionKey::literal("k")).await;
    let balance = bench.provider.balance().await.unwrap();

    assert_eq!(cancel.name(), "unsupported");
    assert_eq!(found.expect_err("no look-up").name(), "unsupported");
    assert_eq!(balance, None);
    assert!(bench.provider.watch(&task).is_none());
    assert_eq!(bench.emulator.world().journal.entries(0).len(), 0);
}

#[tokio::test]
async fn neither_key_nor_prompt_nor_signature_shows_in_debug_output() {
    let bench = Bench::start().await;
    let task = bench.started(&request(1)).await;

    let told = format!(
        "{:?} {:#?} {:?} {task:?} {:?}",
        bench.provider,
        bench.provider,
        request(1),
        bench.ended(&task).await,
    );

    for secret in [KEY, PROMPT, "marzipan", "private-signature"] {
        assert!(!told.contains(secret), "{told}");
    }
}
