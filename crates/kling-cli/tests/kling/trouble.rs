//! What goes wrong after the request left, and the exit code that scripts get for it.

use kling_emulator::script::{Effect, Fault};

use crate::bench::{Bench, finish, status};

const IMAGES: &str = "POST /v1/images";

#[tokio::test]
async fn a_lost_answer_is_unconfirmed_and_never_sent_again() {
    let bench = Bench::start().await;
    bench.play("aimlapi", IMAGES, Effect::ResetAfter);

    let ended = bench.generate("aimlapi", &[]).await;

    let error = ended.error(3, "indeterminate");
    let key = error["submission_key"].as_str().unwrap();
    assert!(ended.err.contains(key) && ended.err.contains("may have been charged"));
    let charges = bench.world().ledger.list();
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0].client_request_id.as_deref(), Some(key));
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_where_the_provider_can() {
    let bench = Bench::start().await;
    bench.play("inferencesh", "POST /apps/run", Effect::ResetAfter);
    let hook = "webhook_base_url=http://127.0.0.1:9/hook";

    let ended = bench.generate("inferencesh", &["--set", hook]).await;

    ended.error(4, "found");
    let resumed = bench.resume("inferencesh", &ended.handle()).await;
    assert_eq!(resumed.saved(&bench).len(), 1);
    assert_eq!(bench.world().ledger.list().len(), 1);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_and_an_empty_account_are_the_operators_matter() {
    let bench = Bench::start().await;
    bench.world().aimlapi.accept_only(["another"]);
    bench.world().ledger.set_every_balance("apiin", 0);

    let wrong = bench.generate("aimlapi", &[]).await;
    let broke = bench.generate("apiin", &[]).await;

    wrong.error(5, "unauthorized");
    broke.error(5, "out-of-funds");
}

#[tokio::test]
async fn what_did_not_start_anything_is_busy() {
    let bench = Bench::start().await;
    bench.play("aimlapi", IMAGES, status(429));

    let limited = bench.generate("aimlapi", &[]).await;
    let nobody = [
        "--provider",
        "apiin",
        "--base-url",
        "http://127.0.0.1:9/api",
    ];
    let words = [
        "generate",
        "--operation",
        "text-to-image",
        "--prompt",
        "x",
        "--out",
        "out",
    ];
    let nobody = bench.run(&[&words[..], &nobody[..]].concat()).await;

    limited.error(6, "rate-limited");
    nobody.error(6, "unreachable");
}

#[tokio::test]
async fn what_the_provider_declines_or_fails_is_a_failure() {
    let bench = Bench::start().await;
    bench.play("aimlapi", IMAGES, status(422));
    let message = "no machine".to_owned();
    bench.play("inferencesh", "POST /apps/run", Effect::Fail { message });

    let declined = bench.generate("aimlapi", &[]).await;
    let failed = bench.generate("inferencesh", &[]).await;

    declined.error(1, "declined");
    failed.error(1, "provider-failed");
    assert!(!failed.handle().is_empty());
}

#[tokio::test]
async fn a_paid_picture_that_cannot_be_fetched_leaves_its_address() {
    let bench = Bench::start().await;
    bench.play("media", "", status(404));

    let ended = bench.generate("aimlapi", &["--count", "2"]).await;

    let error = ended.error(7, "incomplete");
    assert_eq!(error["files"].as_array().unwrap().len(), 1);
    let links = error["links"].as_array().unwrap();
    assert_eq!(links.len(), 1);
    assert!(
        links[0]
            .as_str()
            .unwrap()
            .starts_with(bench.emulator.origin())
    );
    assert_eq!(error["cost"]["usd"], "0.0588");
}

#[tokio::test]
async fn a_task_is_cancelled_once_and_not_after_its_end() {
    let bench = Bench::start().await;
    bench
        .world()
        .inferencesh
        .change(|set| set.latency_ms = 3_600_000);
    let started = bench.generate("inferencesh", &["--timeout", "1ms"]).await;
    let handle = started.handle();
    let cancel = ["cancel", handle.as_str(), "--json"];

    let cancelled = bench.at("inferencesh", &cancel).await;
    let again = bench.at("inferencesh", &cancel).await;
    let resumed = bench.resume("inferencesh", &handle).await;

    assert_eq!(cancelled.last()["event"], "cancelled", "{cancelled:#?}");
    assert_eq!(again.last()["event"], "too_late", "{again:#?}");
    assert_eq!((cancelled.code, again.code), (Some(0), Some(1)));
    resumed.error(1, "cancelled");
}

#[tokio::test]
async fn where_nobody_can_cancel_it_is_told_that_the_task_goes_on() {
    let bench = Bench::start().await;
    bench.world().apiin.change(|set| set.latency_ms = 3_600_000);
    let started = bench.generate("apiin", &["--timeout", "1ms"]).await;
    let handle = started.handle();

    let refused = bench.at("apiin", &["cancel", &handle, "--json"]).await;

    let told = refused.error(2, "unsupported")["message"].to_string();
    assert!(told.contains(&format!("`kling resume {handle}`")), "{told}");
    assert_eq!(refused.handle(), handle);
}

#[tokio::test]
async fn an_input_that_cannot_be_reached_is_busy_and_one_that_is_gone_is_bad_usage() {
    let bench = Bench::start().await;
    let gone = format!("{}/nothing-here.png", bench.emulator.origin());
    let nobody = "http://127.0.0.1:9/boat.png";

    let unreached = bench.generate("inferencesh", &["--image", nobody]).await;
    let dead = bench.generate("inferencesh", &["--image", &gone]).await;
    let more = ["--image", nobody, "--image", "nowhere.png"];
    let both = bench.generate("inferencesh", &more).await;

    let told = unreached.error(6, "input-unavailable")["violations"][0].clone();
    assert!(
        told["offer"].to_string().contains("try again later"),
        "{told}"
    );
    let told = dead.error(2, "input")["violations"][0].clone();
    assert!(
        told["offer"]
            .to_string()
            .contains("still leads to the file"),
        "{told}"
    );
    both.error(2, "input");
    assert_eq!(bench.billed("inferencesh"), 0);
}

#[tokio::test]
async fn the_key_is_never_shown_even_when_the_provider_repeats_it() {
    let bench = Bench::start().await;
    for provider in ["aimlapi", "apiin", "inferencesh"] {
        let body = format!(r#"{{"message":"bad key {}"}}"#, crate::bench::KEY);
        let effect = Effect::Status {
            status: 400,
            headers: std::collections::BTreeMap::new(),
            body,
            content_type: String::new(),
        };
        bench
            .world()
            .script
            .push(Fault::once(provider, "POST ", effect));
        // Every run of the bench looks for the key in all that was printed.
        let ended = bench.generate(provider, &[]).await;
        ended.error(1, "declined");
    }
    let mut command = bench.command(&["balance", "--provider", "aimlapi", "--json"]);
    command.env(
        "AIMLAPI_API_KEY",
        format!("{} with a space", crate::bench::KEY),
    );
    finish(command).await.error(2, "settings");
}
