//! First answers, follow-ups, and the clocks they run against.

use kling_emulator::discord::{Change, Invocation};
use serde_json::json;

use crate::bot::{Bot, LONG};

#[tokio::test]
async fn a_deferred_answer_becomes_a_message() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;

    let early = bot.get(&heard.webhook("/messages/@original")).await;
    let loading = bot.defer(&heard, 0).await;
    let edited = bot
        .patch(
            &heard.webhook("/messages/%40original"),
            json!({"content": "<@1> half done"}),
        )
        .await;

    assert_eq!(early.code(), (404, 10015));
    assert_eq!(edited.id(), loading);
    assert_eq!(edited.body["flags"], 0);
    assert_eq!(edited.body["type"], 20);
    assert_eq!(
        edited.body["interaction_metadata"]["user"]["username"],
        "ada"
    );
    let events = bot.discord().events(0);
    assert!(events[0].loading && events[0].event == Change::Message);
    assert_eq!(events[1].content, "<@1> half done");
    assert_eq!(events[1].interaction_id, Some(heard.id));
}

#[tokio::test]
async fn an_interaction_is_answered_once() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;

    let first = bot
        .callback(&heard, json!({"type": 4, "data": {"content": "hello"}}))
        .await;
    let second = bot
        .callback(&heard, json!({"type": 4, "data": {"content": "again"}}))
        .await;

    assert_eq!(first.status, 204);
    assert_eq!(second.code(), (400, 40060));
}

#[tokio::test]
async fn a_refused_answer_leaves_room_for_a_better_one() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;

    let long = bot
        .callback(
            &heard,
            json!({"type": 4, "data": {"content": "x".repeat(2001)}}),
        )
        .await;
    let wrong = bot
        .callback(&heard, json!({"type": 7, "data": {"content": "x"}}))
        .await;
    let right = bot
        .callback(&heard, json!({"type": 4, "data": {"content": "x"}}))
        .await;

    let errors = &long.body["errors"]["data"]["content"]["_errors"];
    assert_eq!(errors[0]["code"], "BASE_TYPE_MAX_LENGTH");
    assert_eq!(wrong.code(), (400, 50035));
    assert_eq!(right.status, 204);
}

#[tokio::test]
async fn a_deferral_takes_no_flag_but_ephemeral() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;

    let silent = bot
        .callback(&heard, json!({"type": 5, "data": {"flags": 1 << 12}}))
        .await;
    let private = bot
        .callback(&heard, json!({"type": 5, "data": {"flags": 64}}))
        .await;

    assert_eq!(silent.code(), (400, 50035));
    assert!(silent.body["errors"]["data"]["flags"].is_object());
    assert_eq!(private.status, 204);
}

#[tokio::test]
async fn after_three_seconds_it_is_too_late() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;

    bot.push_clock(3);
    let failed = bot
        .discord()
        .wait_for_event(|event| event.event == Change::Failed, LONG)
        .await
        .unwrap();
    let late = bot.callback(&heard, json!({"type": 5})).await;

    assert_eq!(failed.interaction_id, Some(heard.id));
    assert_eq!(failed.message_id, None);
    assert_eq!(late.code(), (404, 10062));
}

#[tokio::test]
async fn after_fifteen_minutes_the_token_is_dead_and_the_message_is_not() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let id = bot.defer(&heard, 0).await;
    let original = heard.webhook("/messages/@original");
    assert_eq!(
        bot.patch(&original, json!({"content": "working"}))
            .await
            .status,
        200
    );

    bot.push_clock(15 * 60);
    let dead = bot.patch(&original, json!({"content": "done"})).await;
    let channel = heard.event["channel_id"].as_str().unwrap();
    let alive = bot
        .patch(
            &format!("/channels/{channel}/messages/{id}"),
            json!({"content": "done"}),
        )
        .await;

    assert_eq!(dead.code(), (401, 50027));
    assert_eq!(
        bot.post(&heard.webhook(""), json!({"content": "x"}))
            .await
            .code(),
        (401, 50027)
    );
    assert_eq!(alive.body["content"], "done");
}

#[tokio::test]
async fn a_loading_message_that_is_never_edited_fails() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let id = bot.defer(&heard, 0).await;

    bot.push_clock(15 * 60);
    let failed = bot
        .discord()
        .wait_for_event(|event| event.event == Change::Failed, LONG)
        .await
        .unwrap();

    assert_eq!(failed.message_id.unwrap().to_string(), id);
}

#[tokio::test]
async fn the_first_follow_up_fills_the_loading_message() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let loading = bot.defer(&heard, 64).await;

    let first = bot
        .post(&heard.webhook(""), json!({"content": "one"}))
        .await;
    let second = bot
        .post(&heard.webhook("?wait=true"), json!({"content": "two"}))
        .await;

    assert_eq!(first.id(), loading);
    assert_eq!(first.body["flags"], 64);
    assert_ne!(second.id(), loading);
    assert_eq!(second.body["flags"], 0);
    assert_eq!(second.body["message_reference"]["message_id"], loading);
    let path = heard.webhook(&format!("/messages/{}", second.id()));
    assert_eq!(bot.get(&path).await.body["content"], "two");
    assert_eq!(bot.delete(&path).await.status, 204);
    assert_eq!(bot.get(&path).await.code(), (404, 10008));
}

#[tokio::test]
async fn an_ephemeral_answer_is_out_of_the_channel_routes_reach() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let id = bot.defer(&heard, 64).await;
    bot.patch(
        &heard.webhook("/messages/@original"),
        json!({"content": "secret"}),
    )
    .await;
    let channel = heard.event["channel_id"].as_str().unwrap();

    let seen = bot.get(&format!("/channels/{channel}/messages/{id}")).await;
    let listed = bot.get(&format!("/channels/{channel}/messages")).await;

    assert_eq!(seen.code(), (404, 10008));
    assert_eq!(listed.body, json!([]));
    assert_eq!(bot.discord().messages("pictures", Some("ada")).len(), 1);
    assert_eq!(bot.discord().messages("pictures", Some("grace")).len(), 0);
    let event = bot.discord().events(0).pop().unwrap();
    assert!(event.ephemeral && event.only_for.is_some() && !event.loading);
}

#[tokio::test]
async fn an_app_of_a_person_has_five_follow_ups() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let mut invocation = Invocation::new("imagine").option("prompt", "a cat");
    invocation.user_installed = true;
    let heard = bot.heard(&mut line, invocation).await;
    bot.callback(&heard, json!({"type": 4, "data": {"content": "x"}}))
        .await;

    for _ in 0..5 {
        assert_eq!(
            bot.post(&heard.webhook(""), json!({"content": "x"}))
                .await
                .status,
            200
        );
    }
    let sixth = bot.post(&heard.webhook(""), json!({"content": "x"})).await;

    assert_eq!(
        heard.event["authorizing_integration_owners"],
        json!({"1": heard.event["member"]["user"]["id"]})
    );
    assert_eq!(sixth.code(), (400, 40094));
}

#[tokio::test]
async fn a_token_can_be_killed_early() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    bot.defer(&heard, 0).await;

    assert!(bot.discord().expire_token(heard.id));
    let dead = bot
        .patch(
            &heard.webhook("/messages/@original"),
            json!({"content": "x"}),
        )
        .await;

    assert_eq!(dead.code(), (401, 50027));
}

#[tokio::test]
async fn whoever_asks_is_told_what_an_answer_made() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let path = format!(
        "/interactions/{}/{}/callback?with_response=true",
        heard.id,
        heard.token()
    );

    let told = bot
        .post(
            &path,
            json!({"type": 4, "data": {"content": "x", "flags": 64}}),
        )
        .await;

    let interaction = &told.body["interaction"];
    let message = &told.body["resource"]["message"];
    assert_eq!(interaction["response_message_id"], message["id"]);
    assert_eq!(interaction["response_message_ephemeral"], true);
    assert_eq!(
        (&told.body["resource"]["type"], &message["content"]),
        (&json!(4), &json!("x"))
    );
}
