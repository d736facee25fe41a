//! What comes out when all goes well, and when a result is missing.

use kling_core::{
    AspectRatio, Cost, CostSource, ImageCount, ImageFormat, MediaType, Money, OutputSource,
    Provider as _, ProviderError, Resolution, TaskHandle,
};
use kling_emulator::Options;
use kling_emulator::script::Effect;
use kling_http::{DownloadOptions, Downloader, Guard};

use super::bench::{Bench, KEY, PRICE, PROMPT, request};

#[tokio::test]
async fn two_pictures_become_two_results_and_one_charge() {
    let bench = Bench::strict().await;
    let mut request = request(2);
    request.count = ImageCount::new(2).unwrap();
    request.aspect_ratio = Some(AspectRatio::of(1, 1));
    request.resolution = Some(Resolution::K1);
    request.format = Some(ImageFormat::Webp);

    let output = bench.submit(&request).await.unwrap();

    let expected = Cost {
        amount: Money::from_nanodollars(2 * PRICE),
        source: CostSource::Reported,
    };
    assert_eq!(output.assets.len(), 2);
    assert_eq!(output.cost, Some(expected));
    assert_eq!((bench.billed(), bench.submissions()), (2 * PRICE, 1));
    let charges = bench.emulator.world().ledger.list();
    assert_eq!(
        charges[0].client_request_id.as_deref(),
        Some("part:1.a_b-c")
    );
}

#[tokio::test]
async fn a_result_can_be_fetched_and_is_what_was_asked_for() {
    let bench = Bench::strict().await;
    let mut request = request(1);
    request.format = Some(ImageFormat::Jpeg);

    let output = bench.submit(&request).await.unwrap();

    let OutputSource::Url(url) = &output.assets[0].source else {
        panic!("an address");
    };
    let guard = Guard::for_base(&bench.provider.config().base_url);
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let mut bytes = Vec::new();
    let file = downloader.fetch(url, &mut bytes).await.unwrap();
    assert_eq!(file.media_type, MediaType::Jpeg);
}

#[tokio::test]
async fn text_alone_works_where_both_sides_are_lenient() {
    let lenient = Options {
        aimlapi_lenient: true,
        ..Options::default()
    };
    let bench = Bench::with(lenient, |config| config.image_urls_required = false).await;

    let output = bench.submit(&request(0)).await.unwrap();

    assert_eq!((output.assets.len(), bench.billed()), (1, PRICE));
}

#[tokio::test]
async fn ten_pictures_and_nine_results_are_the_most_and_work() {
    let bench = Bench::strict().await;
    let mut request = request(10);
    request.count = ImageCount::new(9).unwrap();

    let output = bench.submit(&request).await.unwrap();

    assert_eq!((output.assets.len(), bench.billed()), (9, 9 * PRICE));
}

#[tokio::test]
async fn success_without_data_is_no_result() {
    let bench = Bench::strict().await;

    bench.play(Effect::NullData);
    let null = bench.refused().await;
    bench.play(Effect::EmptyData);
    let empty = bench.refused().await;

    assert!(
        matches!(null, ProviderError::NoResult { cost: None, .. }),
        "{null:?}"
    );
    let nothing_charged =
        matches!(empty, ProviderError::NoResult { cost: Some(cost), .. } if cost.amount.is_zero());
    assert!(nothing_charged, "{empty:?}");
}

#[tokio::test]
async fn the_balance_falls_by_what_was_charged_to_the_last_digit() {
    let bench = Bench::strict().await;
    let before = bench.provider.balance().await.unwrap().unwrap().available;

    bench.submit(&request(1)).await.unwrap();
    let after = bench.provider.balance().await.unwrap().unwrap().available;

    assert_eq!(before, Money::parse_dollars("100").unwrap());
    assert_eq!(after, Money::parse_dollars("99.9706").unwrap());
}

#[tokio::test]
async fn what_the_vendor_cannot_do_is_said_to_be_unsupported() {
    let bench = Bench::strict().await;
    let task = TaskHandle::literal("task-1");

    let status = bench.provider.status(&task).await.expect_err("no tasks");
    let cancel = bench.provider.cancel(&task).await.expect_err("no tasks");

    assert_eq!(
        (status.name(), cancel.name()),
        ("foreign-handle", "unsupported")
    );
    assert_eq!(bench.emulator.world().journal.entries(0).len(), 0);
}

#[tokio::test]
async fn neither_key_nor_prompt_shows_in_debug_output() {
    let bench = Bench::strict().await;

    let told = format!(
        "{:?} {:#?} {:?}",
        bench.provider,
        bench.provider,
        request(1)
    );

    assert!(!told.contains(KEY) && !told.contains(PROMPT), "{told}");
}
