//! An operator decides about unconfirmed jobs, at the command line of a bot that is stopped.

use kling_emulator::script::Effect;
use kling_engine::{Job, Stage};
use kling_tests::{Ending, House, Law, imagine};

const UNKNOWN: &str = "01arz3ndektsv4rrffq69g5fav";

/// A house whose bot is stopped, with one job that was charged and whose answer was lost.
async fn unconfirmed() -> (House, Job) {
    let mut house = House::start().await;
    let lost = Effect::BilledThen {
        status: 502,
        body: String::new(),
    };
    house.fault("aimlapi", "POST /v1/images/generations", lost);
    house.imagine();
    house.end().await;
    house.until_settled().await;
    let job = house.the_job().await;
    assert_eq!(job.stage, Stage::Unconfirmed);
    (house, job)
}

async fn carried_out(house: &mut House) -> Law {
    house.start_bot().await;
    house.until_settled().await;
    house.stop_bot().await;
    Law::read(house).await
}

#[tokio::test]
async fn a_job_is_found_and_tried_again_and_the_sentence_says_that_it_may_bill_twice() {
    let (mut house, job) = unconfirmed().await;

    let (listed, list) = house.run(&["unconfirmed"]).await;
    let (done, said) = house.run(&["resolve", job.id.as_str(), "try-again"]).await;
    let (_, left) = house.run(&["unconfirmed"]).await;

    assert_eq!((listed, done), (0, 0), "{list}\n{said}");
    assert!(
        list.contains(job.id.as_str()) && list.contains("$0.0294"),
        "{list}"
    );
    assert!(said.contains("may bill twice"), "{said}");
    assert_eq!(said.lines().count(), 1, "one sentence: {said}");
    assert!(left.contains("No job is unconfirmed"), "{left}");
    let law = carried_out(&mut house).await;
    assert_eq!(law.breaches_by_choice(2), Vec::<String>::new());
    assert_eq!(
        (law.ending(), law.results, law.paid),
        (Ending::Result, 1, 2)
    );
    assert_eq!(law.recorded + law.may_have_cost, law.charged);
}

#[tokio::test]
async fn a_job_that_is_given_up_is_told_to_its_requester_and_stays_in_the_ledger() {
    let (mut house, job) = unconfirmed().await;

    let (code, said) = house.run(&["resolve", job.id.as_str(), "give-up"]).await;

    assert_eq!(code, 0, "{said}");
    assert!(said.contains("may have cost about $0.0294"), "{said}");
    let law = carried_out(&mut house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!((law.ending(), law.paid), (Ending::Sentence, 1));
    assert_eq!(law.may_have_cost, law.charged);
}

#[tokio::test]
async fn a_look_that_proves_nothing_changes_nothing() {
    let (house, job) = unconfirmed().await;

    let (code, said) = house.run(&["resolve", job.id.as_str(), "look-again"]).await;

    assert_eq!(code, 1, "{said}");
    assert!(said.contains("cannot tell what became of job"), "{said}");
    assert_eq!(house.jobs().await[0].stage, Stage::Unconfirmed);
    assert_eq!(house.charged(), 29_400_000, "nothing was sent");
}

#[tokio::test]
async fn a_look_that_finds_the_task_brings_its_result_and_nothing_is_paid_twice() {
    let mut house = House::with(|emulator, settings| {
        settings.set("INFERENCE_API_KEY", "emulated-key");
        let base = emulator.base("inferencesh");
        settings.set("KLING__PROVIDERS__INFERENCESH__BASE_URL", base);
        // Nobody answers there: it is only what a task is found by.
        let hooks = "https://127.0.0.1:9/hooks";
        settings.set("KLING__PROVIDERS__INFERENCESH__WEBHOOK_BASE_URL", hooks);
    })
    .await;
    house.fault("inferencesh", "POST /apps/run", Effect::ResetAfter);
    house.send(imagine("a paper boat").option("provider", "inferencesh"));
    house.end().await;
    house.until_settled().await;
    let job = house.the_job().await;
    assert_eq!(job.stage, Stage::Unconfirmed);

    let (code, said) = house.run(&["resolve", job.id.as_str(), "look-again"]).await;

    assert_eq!(code, 0, "{said}");
    assert!(said.contains("its result is posted"), "{said}");
    let law = carried_out(&mut house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!((law.ending(), law.paid), (Ending::Result, 1));
}

#[tokio::test]
async fn a_provider_without_a_key_cannot_be_asked_and_giving_up_needs_none() {
    let (mut house, job) = unconfirmed().await;
    house.settings().unset("AIMLAPI_API_KEY");
    house.settings().unset("DISCORD_TOKEN");

    let (looked, said) = house.run(&["resolve", job.id.as_str(), "look-again"]).await;
    let (given_up, _) = house.run(&["resolve", job.id.as_str(), "give-up"]).await;

    assert_eq!((looked, given_up), (1, 0), "{said}");
    assert!(said.contains("AIMLAPI_API_KEY"), "{said}");
}

#[tokio::test]
async fn what_cannot_be_decided_says_why() {
    let mut house = House::start().await;
    house.imagine();
    house.end().await;
    house.until_settled().await;

    let (running, said_running) = house.run(&["resolve", UNKNOWN, "give-up"]).await;
    let job = house.the_job().await;
    let (unknown, said_unknown) = house.run(&["resolve", UNKNOWN, "give-up"]).await;
    let (over, said_over) = house.run(&["resolve", job.id.as_str(), "try-again"]).await;

    assert_eq!((running, unknown, over), (1, 1, 1));
    assert!(
        said_running.contains("in use by another process"),
        "{said_running}"
    );
    assert!(said_unknown.contains("there is no job"), "{said_unknown}");
    assert!(said_over.contains("is delivered"), "{said_over}");
    assert_eq!(house.charged(), 29_400_000);
}

#[tokio::test]
async fn what_is_no_decision_is_bad_usage() {
    let house = House::without_bot(|_, _| {}).await;

    for arguments in [
        &["resolve"][..],
        &["resolve", UNKNOWN],
        &["resolve", UNKNOWN, "maybe"],
        &["resolve", "the-last-one", "give-up"],
        &["resolve", UNKNOWN, "give-up", "now"],
        &["unconfirmed", "all"],
    ] {
        let (code, said) = house.run(arguments).await;
        assert_eq!(code, 2, "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn the_configuration_names_the_database_and_a_wrong_name_makes_none() {
    let (mut house, job) = unconfirmed().await;
    house.settings().unset("KLING__STORE__URL");
    let file = house.folder().join("kling.toml");
    let named = |name: &str| format!("[store]\nurl = \"sqlite://{name}\"\n");
    let config = ["--config", file.to_str().unwrap()];
    let resolve = [&["resolve", job.id.as_str(), "give-up"][..], &config].concat();

    std::fs::write(&file, named("elsewhere.db")).unwrap();
    let (nowhere, said) = house.run(&resolve).await;
    std::fs::write(&file, named("kling-discord.db")).unwrap();
    let (here, _) = house.run(&resolve).await;

    assert_eq!((nowhere, here), (1, 0), "{said}");
    assert!(said.contains("there is no database elsewhere.db"), "{said}");
    assert!(!house.folder().join("elsewhere.db").exists());
}
