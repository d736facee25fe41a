//! An operator sets rules and asks where the money went, at the command line of a bot that is stopped; the bot heeds them.

use kling_emulator::discord::ChannelEvent;
use kling_tests::{ADA, House, PATIENCE, imagine, is_an_end};
use serde_json::Value;

/// What a command that is turned away hears, and the operator's line about it.
async fn turned_away(house: &mut House, prompt: &str) -> (String, String) {
    house.start_bot().await;
    let sent = house.send(imagine(prompt));
    let of_it = |event: &ChannelEvent| event.interaction_id == Some(sent);
    let answer = house.discord().wait_for_event(of_it, PATIENCE).await;
    let answer = answer.unwrap();
    assert!(answer.ephemeral, "only the person sees it: {answer:#?}");
    let line = house.told_about_refusals().pop().unwrap_or_default();
    house.stop_bot().await;
    (answer.content, line)
}

async fn said(house: &House, arguments: &[&str]) -> String {
    let (code, said) = house.run(arguments).await;
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

#[tokio::test]
async fn a_rule_holds_until_it_is_taken_away_and_both_are_on_record() {
    let mut house = House::start().await;
    house.stop_bot().await;
    let ada = format!("requester:discord:{ADA}");

    let set = [
        "policy",
        "set",
        &ada,
        "spend-per-day",
        "0.01",
        "--as",
        "grace",
    ];
    let set = said(&house, &set).await;
    let (refusal, line) = turned_away(&mut house, "a paper boat").await;
    let listed = said(&house, &["policy", "list", &ada]).await;
    let elsewhere = said(&house, &["policy", "list", "deployment"]).await;
    let unset = ["policy", "unset", &ada, "spend-per-day", "--as", "linus"];
    said(&house, &unset).await;
    let audit = said(&house, &["policy", "audit"]).await;
    house.start_bot().await;
    let sent = house.imagine();
    let its_end = |event: &ChannelEvent| event.interaction_id == Some(sent) && is_an_end(event);
    let end = house.discord().wait_for_event(its_end, PATIENCE).await;
    let end = end.unwrap();
    house.stop_bot().await;

    assert!(set.contains("version 1"), "{set}");
    assert!(refusal.contains("$0.01"), "{refusal}");
    assert!(line.contains("budget-requester"), "{line}");
    assert_eq!(listed.trim(), format!("{ada} spend-per-day = 0.01"));
    assert_eq!(elsewhere.trim(), "No rule is set.");
    let changes: Vec<&str> = audit.trim().lines().collect();
    assert_eq!(changes.len(), 2, "{audit}");
    assert!(changes[0].contains("by linus") && changes[0].contains("said 0.01, says nothing"));
    assert!(changes[1].contains("by grace") && changes[1].contains("said nothing, says 0.01"));
    assert_eq!(end.attachments.len(), 1, "{}", end.content);
}

#[tokio::test]
async fn who_is_blocked_and_what_is_not_wanted_are_turned_away_before_anything_is_spent() {
    let mut house = House::start().await;
    house.stop_bot().await;
    let ada = format!("requester:discord:{ADA}");

    said(
        &house,
        &["policy", "set", "deployment", "words", "[\"a paper boat\"]"],
    )
    .await;
    let (content, content_line) = turned_away(&mut house, "a Paper  BOAT in a mug").await;
    said(&house, &["policy", "set", &ada, "access", "deny"]).await;
    let (access, access_line) = turned_away(&mut house, "a lighthouse").await;

    assert!(!content.contains("Paper"), "{content}");
    assert!(content_line.contains("content"), "{content_line}");
    assert!(access_line.contains("access"), "{access_line}");
    assert_ne!(content, access);
    assert!(house.jobs().await.is_empty());
    assert_eq!(house.charged(), 0);
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused_with_what_would_be_taken() {
    let mut house = House::start().await;
    house.stop_bot().await;

    for (arguments, code, hint) in [
        (["deployment", "spend-per-day", "much"], 1, "spend-per-day"),
        (["deployment", "spend-per-year", "1"], 2, "spend-per-year"),
        (["everywhere", "spend-per-day", "1"], 2, "everywhere"),
        (["deployment", "access", "perhaps"], 1, "allow or deny"),
        (["deployment", "patterns", "[\"(\"]"], 1, "patterns"),
        (
            ["workspaces", "admin", "allow"],
            1,
            "a role and a requester",
        ),
    ] {
        let [place, key, value] = arguments;
        let (exit, said) = house.run(&["policy", "set", place, key, value]).await;
        assert_eq!(exit, code, "{arguments:?}: {said}");
        assert!(said.contains(hint), "{arguments:?}: {said}");
    }

    let none = said(&house, &["policy", "list"]).await;
    assert_eq!(none.trim(), "No rule is set.");
    let never = said(&house, &["policy", "audit"]).await;
    assert_eq!(never.trim(), "No rule was ever changed.");
}

#[tokio::test]
async fn what_was_spent_is_told_by_person_model_and_day_to_the_nanodollar() {
    let mut house = House::start().await;
    house.imagine();
    house.end().await;
    house.until_settled().await;
    house.stop_bot().await;

    let by_person = said(&house, &["spend", "--by", "requester"]).await;
    let by_model = said(&house, &["spend", "--by", "model", "--json"]).await;
    let by_day = said(&house, &["spend", "--by", "day", "--days", "2"]).await;
    let long_ago = said(&house, &["spend", "--days", "0"]).await;

    assert!(
        by_person.contains(ADA) && by_person.contains("$0.0294 for 1 submissions"),
        "{by_person}"
    );
    let line: Value = serde_json::from_str(by_model.trim()).unwrap();
    assert_eq!(line["paid_nanodollars"], house.charged());
    assert_eq!(line["submissions"], 1);
    assert_eq!(line["submissions_of_unknown_cost"], 0);
    assert!(
        line["whose"].as_str().unwrap().contains("image-o1"),
        "{line}"
    );
    assert_eq!(by_day.trim().lines().count(), 1, "{by_day}");
    assert_eq!(long_ago.trim(), "Nothing was spent in the last 0 days.");
}
