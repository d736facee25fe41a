//! The good road: generate, and take up again what was started.

use std::time::Duration;

use kling_emulator::script::Effect;

use crate::bench::{Bench, KEY, finish};

#[tokio::test]
async fn pictures_are_saved_and_every_step_is_one_line_of_json() {
    let bench = Bench::start().await;

    let ended = bench
        .generate(
            "aimlapi",
            &["--count", "2", "--format", "jpeg", "--name", "boat"],
        )
        .await;

    let names = ["boat-1.jpg", "boat-2.jpg"];
    let expected = names.map(|name| bench.path("out").join(name));
    assert_eq!(ended.saved(&bench), expected);
    let events = ended.events();
    let told: Vec<_> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(told, ["start", "fetching", "fetching", "done"]);
    assert_eq!(events[0]["estimate"]["exactness"], "approximate");
    let cost = &events[3]["cost"];
    assert_eq!(cost["nanodollars"], bench.billed("aimlapi"));
    assert_eq!(
        cost["nanodollars"],
        events[0]["estimate"]["amount"]["nanodollars"]
    );
    assert_eq!(
        (&cost["usd"], &cost["source"]),
        (&"0.0588".into(), &"reported".into())
    );
    assert_eq!(events[3]["files"][0]["media_type"], "image/jpeg");
}

#[tokio::test]
async fn a_task_is_started_watched_and_saved() {
    let bench = Bench::start().await;

    let ended = bench.generate("inferencesh", &[]).await;

    assert_eq!(ended.saved(&bench).len(), 1);
    let events = ended.events();
    assert_eq!(events[1]["event"], "submitted");
    assert_eq!(events[1]["handle"], ended.last()["handle"]);
}

#[tokio::test]
async fn a_picture_given_by_its_address_goes_as_that() {
    let bench = Bench::start().await;
    let file = kling_emulator::media::File {
        name: "boat.png".to_owned(),
        content_type: "image/png".to_owned(),
        bytes: std::fs::read(bench.path("boat.png")).unwrap().into(),
    };
    let link = bench.world().media.put("token", file);
    let link = format!("{}{link}", bench.emulator.origin());
    let words = [
        "generate",
        "--operation",
        "multi-shot",
        "--prompt",
        "a boat in four rooms",
        "--image",
        &link,
        "--out",
        "out",
        "--json",
        "--yes",
    ];
    bench.world().apiin.change(|set| set.immediate = true);

    let ended = bench.at("apiin", &words).await;

    assert!(!ended.saved(&bench).is_empty());
    assert_eq!(bench.billed("apiin"), 160_000_000);
}

#[tokio::test]
async fn a_video_is_made_from_a_first_frame() {
    let bench = Bench::start().await;
    let words = [
        "generate",
        "--operation",
        "image-to-video",
        "--prompt",
        "the boat drifts out",
        "--first-frame",
        "boat.png",
        "--duration",
        "5",
        "--option",
        "watermark=false",
        "--out",
        "out",
    ];

    let ended = bench.at("inferencesh", &words).await;

    assert_eq!(ended.saved(&bench).len(), 1);
    let last = ended.last();
    assert_eq!(last["files"][0]["media_type"], "video/mp4");
    assert_eq!(last["cost"]["source"], "computed");
}

#[tokio::test]
async fn what_ran_into_the_timeout_is_resumed() {
    for provider in ["apiin", "inferencesh"] {
        let bench = Bench::start().await;
        bench.play(provider, "GET ", Effect::Hang);
        bench.world().apiin.change(|set| set.latency_ms = 60_000);
        bench
            .world()
            .inferencesh
            .change(|set| set.latency_ms = 60_000);

        let ended = bench.generate(provider, &["--timeout", "1s"]).await;

        ended.error(4, "timed-out");
        let handle = ended.handle();
        bench.world().clock.advance(Duration::from_mins(10));
        let resumed = bench.resume(provider, &handle).await;
        assert_eq!(resumed.saved(&bench).len(), 1, "{provider}");
        assert_eq!(resumed.last()["handle"], handle);
        assert_eq!(bench.world().ledger.list().len(), 1);
    }
}

#[tokio::test]
async fn a_handle_says_whose_task_it_is_and_the_result_goes_where_one_is() {
    for provider in ["apiin", "inferencesh"] {
        let bench = Bench::start().await;
        let hour = 3_600_000;
        bench.world().apiin.change(|set| set.latency_ms = hour);
        bench
            .world()
            .inferencesh
            .change(|set| set.latency_ms = hour);
        let started = bench.generate(provider, &["--timeout", "1ms"]).await;
        let handle = started.handle();
        bench.world().clock.advance(Duration::from_hours(2));

        let base = bench.emulator.base(provider);
        let words = ["resume", &handle, "--base-url", &base, "--name", "boat"];
        let resumed = bench.run(&words).await;

        assert_eq!(resumed.saved(&bench), [bench.path("./boat-1.png")]);
    }
}

#[tokio::test]
async fn a_key_is_taken_from_a_file_and_needed_only_elsewhere() {
    let bench = Bench::start().await;
    std::fs::write(bench.path("key"), format!("{KEY}\n")).unwrap();
    bench.world().aimlapi.accept_only([KEY]);
    let base = bench.emulator.base("aimlapi");
    let here = [
        "balance",
        "--provider",
        "aimlapi",
        "--base-url",
        &base,
        "--json",
    ];
    let without = |more: &[&str]| {
        let mut command = bench.command(&here);
        command.args(more).env_remove("AIMLAPI_API_KEY");
        command
    };

    let from_file = finish(without(&["--key-file", "key"])).await;
    let no_key = finish(without(&[])).await;
    let no_file = finish(without(&["--key-file", "nowhere"])).await;
    let mut elsewhere = bench.command(&["balance", "--provider", "aimlapi", "--json"]);
    elsewhere.env_remove("AIMLAPI_API_KEY");
    let elsewhere = finish(elsewhere).await;

    assert_eq!(from_file.last()["available"]["usd"], "100.00");
    no_key.error(5, "unauthorized");
    no_file.error(2, "key-file");
    let told = elsewhere.error(2, "no-key")["message"].to_string();
    assert!(
        told.contains("AIMLAPI_API_KEY") && told.contains("--key-file"),
        "{told}"
    );
}
