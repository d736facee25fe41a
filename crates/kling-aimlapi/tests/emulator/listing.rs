//! The vendor's own list of models and charges, and what they are good for.

use std::collections::BTreeSet;

use kling_aimlapi::ModelList;
use kling_core::{Money, Operation, Provider as _, Timestamp};

use super::bench::{Bench, KEY, PRICE, request, status, video};

#[tokio::test]
async fn every_model_of_the_catalogue_is_in_the_vendors_list() {
    let bench = Bench::strict().await;

    let list = bench.provider.model_list(None).await.unwrap();

    let ModelList::Changed { etag, models } = list else {
        panic!("a list");
    };
    assert!(etag.is_some());
    let listed: BTreeSet<_> = models.iter().map(|model| model.id.as_str()).collect();
    let ours = bench.provider.models().iter();
    let ours: BTreeSet<_> = ours.map(|entry| entry.id.as_str()).collect();
    assert_eq!(listed, ours);
    assert_eq!(models[0].kind.as_deref(), Some("openai/image-generations"));
    assert_eq!(models[0].name.as_deref(), Some("Kling Image O1"));
}

#[tokio::test]
async fn a_list_that_is_known_already_is_not_sent_again() {
    let bench = Bench::strict().await;
    let ModelList::Changed { etag, .. } = bench.provider.model_list(None).await.unwrap() else {
        panic!("a list");
    };

    let same = bench.provider.model_list(etag.as_deref()).await.unwrap();
    let other = bench.provider.model_list(Some("\"older\"")).await.unwrap();

    assert_eq!(same, ModelList::Unchanged);
    assert!(matches!(other, ModelList::Changed { .. }));
}

#[tokio::test]
async fn a_list_that_makes_no_sense_is_an_error_that_gives_nothing_away() {
    let bench = Bench::strict().await;
    for (code, body, name) in [
        (304, "", "protocol"),
        (200, "<html>", "protocol"),
        (200, r#"{"object":"list"}"#, "protocol"),
        (500, "{}", "unavailable"),
        (404, KEY, "declined"),
    ] {
        bench.play_at("GET /v1/models", status(code, body));
        let error = bench.provider.model_list(None).await.expect_err(body);
        assert_eq!(error.name(), name, "{code}");
        assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    }
    let broken = bench.provider.model_list(Some("a\nb")).await;
    assert_eq!(broken.expect_err("no header").name(), "unsupported");
}

#[tokio::test]
async fn a_charge_names_the_task_that_it_is_for() {
    let bench = Bench::strict().await;
    let task = bench.start(&video(Operation::VideoEdit)).await.unwrap();
    bench.succeeded(&task).await;
    bench.submit(&request(1)).await.unwrap();
    let ever = (Timestamp::from_millis(0), Timestamp::from_millis(i64::MAX));

    let page = bench.provider.charges(ever.0, ever.1, None).await.unwrap();
    let before = bench.provider.charges(ever.0, ever.0, None).await.unwrap();

    let [picture, film] = page.charges.as_slice() else {
        panic!("two charges: {page:?}");
    };
    assert_eq!(picture.amount, Some(Money::from_nanodollars(PRICE)));
    assert_eq!(film.amount, Some(Money::from_nanodollars(4 * 117_600_000)));
    assert_eq!(
        film.model.as_deref(),
        Some("klingai/video-o1-video-to-video-edit")
    );
    assert!(film.is_for(&task) && !picture.is_for(&task));
    assert!(film.at.is_some() && before.charges.is_empty());
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn a_history_goes_on_behind_its_cursor() {
    let bench = Bench::strict().await;
    let page = |cursor: &str| {
        serde_json::json!({"data": [{"reference_id": cursor}],
            "pagination": {"next_cursor": cursor, "has_more": true}})
        .to_string()
    };
    bench.play_at("GET /v2/billing/transactions", status(200, &page("a&b=c")));
    let (from, to) = (Timestamp::from_millis(0), Timestamp::from_millis(42));

    let first = bench.provider.charges(from, to, None).await.unwrap();
    let wrong = bench
        .provider
        .charges(from, to, first.next.as_deref())
        .await;

    assert_eq!(first.charges[0].reference.as_deref(), Some("a&b=c"));
    assert_eq!(wrong.expect_err("no such cursor").name(), "declined");
    let paths = bench.emulator.world().journal.entries(0);
    let path = &paths.last().unwrap().path;
    assert!(path.ends_with("&limit=100&cursor=a%26b%3Dc"), "{path}");
}

#[tokio::test]
async fn the_catalogue_needs_no_network() {
    let bench = Bench::strict().await;

    assert_eq!(bench.provider.models().len(), 5);
    assert_eq!(bench.emulator.world().journal.entries(0).len(), 0);
}
