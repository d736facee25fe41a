//! The Web API's door: tokens, scopes, argument forms, rate limits.

use kling_emulator::script::Effect;
use kling_emulator::slack::{APP_TOKEN, PICTURES, RateLimits, SECOND_TEAM, TEAM};
use serde_json::json;

use crate::bot::Bot;

#[tokio::test]
async fn a_token_comes_in_the_header_or_in_a_form_but_not_in_json() {
    let bot = Bot::start().await;
    let url = bot.url("auth.test");

    let by_get = Bot::read(bot.http.get(&url).bearer_auth(&bot.token)).await;
    let form = bot
        .http
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded");
    let by_form = Bot::read(form.body(format!("token={}", bot.token))).await;
    let in_json = bot
        .http
        .post(&url)
        .header("content-type", "application/json");
    let by_json = Bot::read(in_json.body(json!({"token": bot.token}).to_string())).await;

    assert_eq!(
        (by_get.status, &by_get.body["team_id"]),
        (200, &json!(TEAM))
    );
    assert_eq!(by_form.body["ok"], true);
    assert_eq!((by_json.status, by_json.error()), (200, "not_authed"));
    assert!(
        by_get.headers["x-oauth-scopes"]
            .to_str()
            .unwrap()
            .contains("chat:write")
    );
}

#[tokio::test]
async fn every_wrong_token_has_its_word() {
    let mut bot = Bot::start().await;
    let word = async |bot: &Bot| bot.post(PICTURES, "hi").await.error().to_owned();

    bot.token = "xoxb-unknown".to_owned();
    assert_eq!(word(&bot).await, "invalid_auth");
    bot.token = APP_TOKEN.to_owned();
    assert_eq!(word(&bot).await, "not_allowed_token_type");
    bot.token = "xoxb-second".to_owned();
    bot.slack().add_bot_token(SECOND_TEAM, &bot.token).unwrap();
    assert_eq!(word(&bot).await, "channel_not_found");
    bot.slack().expire_token(&bot.token);
    assert_eq!(word(&bot).await, "token_expired");
    bot.slack().revoke_token(&bot.token);
    assert_eq!(word(&bot).await, "token_revoked");
}

#[tokio::test]
async fn a_missing_scope_says_what_is_needed_and_what_there_is() {
    let bot = Bot::start().await;
    bot.slack().set_scopes(TEAM, ["commands", "files:read"]);

    let refused = bot.post(PICTURES, "hi").await;
    let info = bot
        .form("conversations.info", &[("channel", PICTURES)])
        .await;

    assert_eq!(refused.error(), "missing_scope");
    assert_eq!(refused.body["needed"], "chat:write");
    assert_eq!(refused.body["provided"], "commands,files:read");
    assert_eq!(info.body["needed"], "channels:read");
}

#[tokio::test]
async fn unreadable_calls_are_told_apart() {
    let bot = Bot::start().await;
    let post = |kind: &str, body: &str| {
        let request = bot
            .http
            .post(bot.url("chat.postMessage"))
            .bearer_auth(&bot.token);
        Bot::read(
            request
                .header("content-type", kind.to_owned())
                .body(body.to_owned()),
        )
    };

    assert_eq!(
        bot.call("chat.nothing", json!({})).await.error(),
        "unknown_method"
    );
    assert_eq!(post("application/json", "{").await.error(), "invalid_json");
    assert_eq!(
        post("application/json", "[]").await.error(),
        "json_not_object"
    );
    assert_eq!(post("text/plain", "a").await.error(), "invalid_post_type");
    // Methods that read no JSON ignore it.
    let json = bot.call("users.info", json!({"user": "U0ADA00001"})).await;
    assert_eq!(json.messages(), ["[ERROR] missing required field: user"]);
    let connection = bot
        .http
        .get(bot.url("apps.connections.open"))
        .bearer_auth(APP_TOKEN);
    assert_eq!(Bot::read(connection).await.error(), "insecure_request");
}

#[tokio::test]
async fn a_busy_bot_is_told_when_to_come_back() {
    let bot = Bot::limited().await;

    let first = bot.post(PICTURES, "one").await;
    let second = bot.post(PICTURES, "two").await;
    bot.push_clock(1);
    let third = bot.post(PICTURES, "three").await;
    bot.slack().set_rate_limits(RateLimits {
        per_minute: [1, 1, 1, 1],
        ..RateLimits::default()
    });
    let update = json!({"channel": PICTURES, "ts": first.text("/ts"), "text": "x"});
    let updated = bot.call("chat.update", update.clone()).await;
    let limited = bot.call("chat.update", update).await;

    assert_eq!((second.status, second.error()), (429, "ratelimited"));
    assert_eq!(second.headers["retry-after"], "1");
    assert_eq!((third.error(), updated.error()), ("", ""));
    assert_eq!(limited.status, 429);
    let wait: u64 = limited.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((50..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_scripted_word_costs_nothing_and_a_reset_after_leaves_its_effect() {
    let bot = Bot::start().await;
    let message = "fatal_error".to_owned();
    bot.fault("chat.postMessage", Effect::Fail { message });
    bot.fault("chat.postMessage", Effect::ResetAfter);

    let failed = bot.post(PICTURES, "first").await;
    let body = json!({"channel": PICTURES, "text": "second"});
    let request = bot
        .http
        .post(bot.url("chat.postMessage"))
        .bearer_auth(&bot.token);
    let request = request
        .header("content-type", "application/json")
        .body(body.to_string());
    let reset = request.send().await;

    assert_eq!(failed.error(), "fatal_error");
    assert!(reset.is_err());
    let there: Vec<_> = bot.slack().messages(PICTURES, None);
    assert_eq!(there.len(), 1);
    assert_eq!(there[0].text, "second");
}

#[tokio::test]
async fn the_journal_names_calls_and_strange_arguments_and_no_secret() {
    let bot = Bot::start().await;

    bot.form(
        "files.getUploadURLExternal",
        &[("filename", "a.png"), ("length", "1"), ("alt_text", "x")],
    )
    .await;
    let entries = bot.emulator.world().journal.entries(0);

    let call = entries
        .iter()
        .find(|entry| entry.path.contains("getUploadURL"))
        .unwrap();
    assert_eq!(call.detail["unknown_arguments"], json!(["alt_text"]));
    assert!(!json!(entries).to_string().contains(&bot.token));
}
