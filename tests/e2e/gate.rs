//! What is refused before anything is spent, beyond files: one sentence for the person alone, one line for the operator.

use kling_emulator::discord::{ChannelEvent, Invocation};
use kling_tests::{ADA, House, PATIENCE, imagine};

/// Sends a command that must not pass, and looks at its one sentence and its one line.
async fn assert_turned_away(house: &House, command: Invocation, sentence: &str, code: &str) {
    let sent = house.send(command);
    let of_it = |event: &ChannelEvent| event.interaction_id == Some(sent);
    let answer = house.discord().wait_for_event(of_it, PATIENCE).await;
    let answer = answer.unwrap();

    assert!(answer.ephemeral, "only the person sees it: {answer:#?}");
    assert!(answer.content.contains(sentence), "{}", answer.content);
    let lines = house.told_about_refusals();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains(code), "{}", lines[0]);
    assert!(lines[0].contains(ADA), "{}", lines[0]);
}

#[tokio::test]
async fn a_prompt_that_another_provider_would_take_is_too_long_for_the_chosen_one() {
    let mut house = House::with(|emulator, settings| {
        settings.set("KLING__PROVIDERS__APIIN__BASE_URL", emulator.base("apiin"));
        settings.set("APIIN_API_KEY", "emulated-key");
    })
    .await;
    let prompt = "word ".repeat(900);
    let command = imagine(prompt.trim()).option("provider", "aimlapi");

    assert_turned_away(&house, command, "takes at most 4000", "violation-too-long").await;

    assert!(!house.log().contains("word word"), "no prompt is logged");
    house.stop_bot().await;
    assert!(house.jobs().await.is_empty());
    assert_eq!(house.charged(), 0);
}

#[tokio::test]
async fn what_would_go_over_the_budget_is_refused_with_what_it_would_cost() {
    let mut house = House::with(|_, settings| {
        settings.set("KLING__LIMITS__SPEND_PER_DAY", "0.05");
    })
    .await;
    let two = imagine("two paper boats")
        .option("count", 2)
        .option("provider", "aimlapi");

    assert_turned_away(&house, two, "$0.0588", "budget-deployment").await;

    house.stop_bot().await;
    assert!(house.jobs().await.is_empty());
    assert_eq!(house.charged(), 0);
}

#[tokio::test]
async fn who_has_too_many_jobs_open_is_asked_to_wait() {
    let mut house = House::with(|emulator, settings| {
        settings.set("KLING__LIMITS__OPEN_JOBS_PER_REQUESTER", "1");
        // Longer than the test: the first one is still open.
        let aimlapi = &emulator.world().aimlapi;
        aimlapi.change(|settings| settings.latency_ms = 300_000);
    })
    .await;
    let first = house.imagine();
    let answered = house.discord().wait_for_answer(first, PATIENCE).await;
    assert!(answered.is_some());

    assert_turned_away(
        &house,
        imagine("another boat"),
        "You have a job open already",
        "quota-open-jobs",
    )
    .await;

    house.kill_bot().await;
}
