//! Several images from a model that hands over only the first: refused, or one request for each.

use kling_emulator::script::{Effect, Fault};

use crate::bench::{Bench, status};

const THREE: [&str; 2] = ["--count", "3"];
const SPLIT: [&str; 3] = ["--count", "3", "--split"];

fn on_the_second(bench: &Bench, effect: Effect) {
    let fault = Fault::once("inferencesh", "POST /apps/run", effect);
    let script = &bench.world().script;
    script.push(Fault { after: 1, ..fault });
}

#[tokio::test]
async fn without_split_it_is_refused_and_told_what_splitting_does() {
    let bench = Bench::start().await;

    let ended = bench.generate("inferencesh", &THREE).await;

    let refusal = ended.error(2, "unfit")["violations"][0].clone();
    assert_eq!(refusal["flag"], "--count");
    assert_eq!(
        refusal["offer"],
        "use 1, or --split for 3 requests, each charged"
    );
    assert_eq!(bench.billed("inferencesh"), 0);
}

#[tokio::test]
async fn with_split_three_pictures_come_at_the_price_that_was_told() {
    let bench = Bench::start().await;

    let ended = bench.generate("inferencesh", &SPLIT).await;

    assert_eq!(ended.saved(&bench).len(), 3);
    let events = ended.events();
    assert_eq!(events[0]["estimate"]["amount"]["usd"], "0.084");
    assert_eq!(ended.last()["cost"]["nanodollars"], 84_000_000);
    assert_eq!(bench.billed("inferencesh"), 84_000_000);
    let parts: Vec<_> = events.iter().filter(|one| one["event"] == "part").collect();
    let key = events[0]["submission_key"].as_str().unwrap();
    for (number, part) in (1..).zip(&parts) {
        assert_eq!(part["submission_key"], format!("{key}.{number}"));
        assert!(part["error"].is_null(), "{part}");
    }
    assert_eq!(parts.len(), 3);
    // Whether a part is seen while it runs is a matter of when it is looked at.
    let mut on_the_way = events.iter().filter(|one| one["event"] == "running");
    assert!(on_the_way.all(|one| one["part"].is_u64()), "{events:#?}");
    for (number, part) in (1..).zip(&parts) {
        let about = |one: &&serde_json::Value, event: &str| {
            one["event"] == event && one["part"].as_u64() == Some(number)
        };
        let begun: Vec<_> = events
            .iter()
            .filter(|one| about(one, "submitted"))
            .collect();
        assert_eq!(begun.len(), 1, "{events:#?}");
        assert_eq!(begun[0]["handle"], part["handle"]);
        assert!(
            events.iter().any(|one| about(&one, "fetching")),
            "{events:#?}"
        );
    }
}

#[tokio::test]
async fn what_is_one_request_has_no_parts() {
    let bench = Bench::start().await;

    let ended = bench.generate("inferencesh", &[]).await;

    let events = ended.events();
    let begun = events.iter().find(|one| one["event"] == "submitted");
    assert_eq!(begun.unwrap().get("part"), Some(&serde_json::Value::Null));
}

#[tokio::test]
async fn a_split_price_counts_every_part() {
    let bench = Bench::start().await;
    let words = [
        "price",
        "--json",
        "--operation",
        "text-to-image",
        "--prompt",
        "a boat",
    ];
    let words: Vec<_> = words.into_iter().chain(SPLIT).collect();

    let ended = bench.at("inferencesh", &words).await;

    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(ended.last()["estimate"]["amount"]["usd"], "0.084");
}

#[tokio::test]
async fn a_part_whose_answer_is_lost_is_sent_once_and_the_paid_picture_is_there() {
    let bench = Bench::start().await;
    on_the_second(&bench, status(500));

    let ended = bench.generate("inferencesh", &SPLIT).await;

    let last = ended.error(3, "parts");
    let path = last["files"][0]["path"].as_str().unwrap();
    assert!(bench.path(path).is_file());
    let events = ended.events();
    let parts: Vec<_> = events.iter().filter(|one| one["event"] == "part").collect();
    let codes = parts.iter().map(|part| &part["error"]["code"]);
    assert_eq!(
        codes.collect::<Vec<_>>(),
        [&().into(), &"indeterminate".into(), &"held-back".into()] as [&serde_json::Value; 3]
    );
    let runs = bench.world().journal.entries(0);
    let runs = runs
        .iter()
        .filter(|one| one.path.ends_with("/apps/run") && one.event() == "answered");
    assert_eq!(runs.count(), 2);
}
