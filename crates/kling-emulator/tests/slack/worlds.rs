//! The person's side and the world over HTTP.

use base64::Engine as _;
use kling_emulator::slack::{BOT_TOKEN, PICTURES, TEAM};
use serde_json::{Value, json};

use crate::bot::{Answer, Bot, button, png};

async fn control(bot: &Bot, method: &str, path: &str, body: Option<Value>) -> Answer {
    let url = format!("{}/_emulator/slack/{path}", bot.emulator.origin());
    let mut request = bot.http.request(method.parse().unwrap(), url);
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    Bot::read(request).await
}

async fn post(bot: &Bot, path: &str, body: Value) -> Answer {
    let answer = control(bot, "POST", path, Some(body)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer
}

#[tokio::test]
async fn a_job_is_played_over_http_from_command_to_button() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;

    let asked = post(&bot, "command", json!({"text": "image a cat"})).await;
    let envelope = line.envelope("slash_commands").await;
    line.acknowledge(&envelope, Some(json!({"text": "started"})))
        .await;
    let id = asked.body["delivery"].as_u64().unwrap();
    let answered = control(&bot, "GET", &format!("deliveries/{id}?wait_ms=20000"), None).await;
    let body = json!({"channel": PICTURES, "text": "done", "blocks": [button("again")]});
    let ts = bot.call("chat.postMessage", body).await.text("/ts");
    let press = json!({"user": "grace", "on": {"message": ["pictures", ts]}, "action": "again"});
    post(&bot, "press", press).await;
    let pressed = line.envelope("interactive").await;
    let events = control(&bot, "GET", "events?after=0&wait_ms=1000", None).await;
    let messages = control(&bot, "GET", "messages?channel=pictures&user=ada", None).await;

    assert_eq!(
        (
            &answered.body["acknowledged"],
            &answered.body["answer"]["text"]
        ),
        (&json!(true), &json!("started"))
    );
    assert_eq!(pressed["payload"]["user"]["name"], "grace");
    assert_eq!(
        (&events.body[0]["event"], &events.body[1]["event"]),
        (&json!("ephemeral"), &json!("message"))
    );
    assert_eq!(messages.body.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn files_are_said_submitted_and_fetched_over_http() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let data = base64::engine::general_purpose::STANDARD.encode(png());
    let file = json!({"name": "files", "filename": "cat.png", "data": data});

    post(
        &bot,
        "say",
        json!({"text": "@kling animate", "files": [file]}),
    )
    .await;
    let mention = line.event("app_mention").await;
    let id = mention["event"]["files"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let element = json!({"type": "file_input", "action_id": "files"});
    let view = bot
        .open(
            &mut line,
            crate::bot::modal(&json!([crate::bot::input("files", &element)])),
        )
        .await;
    post(&bot, "submit", json!({"view": view, "files": [file]})).await;
    let submitted = line.envelope("interactive").await;
    let url = format!("{}/_emulator/slack/files/{id}", bot.emulator.origin());
    let bytes = bot
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();

    assert_eq!(bytes, png());
    let files = &submitted["payload"]["view"]["state"]["values"]["files"]["files"]["files"];
    assert_eq!(files[0]["name"], "cat.png");
}

#[tokio::test]
async fn the_world_is_changed_over_http() {
    let bot = Bot::start().await;

    post(
        &bot,
        "channel",
        json!({"channel": "pictures", "archived": true}),
    )
    .await;
    assert_eq!(bot.post(PICTURES, "x").await.error(), "is_archived");
    post(
        &bot,
        "channel",
        json!({"channel": "pictures", "archived": false}),
    )
    .await;
    post(
        &bot,
        "members",
        json!({"channel": "pictures", "user": "kling", "is_in": false}),
    )
    .await;
    assert_eq!(bot.post(PICTURES, "x").await.error(), "not_in_channel");
    post(&bot, "scopes", json!({"team": TEAM, "scopes": []})).await;
    assert_eq!(bot.post(PICTURES, "x").await.error(), "missing_scope");
    post(&bot, "tokens/revoke", json!({"token": BOT_TOKEN})).await;
    assert_eq!(bot.post(PICTURES, "x").await.error(), "token_revoked");
    let user = post(
        &bot,
        "users",
        json!({"team": "Second Studio", "name": "mary", "role": "guest"}),
    )
    .await;
    let channel = json!({"team": TEAM, "name": "new", "kind": "public", "members": ["ada"]});
    let channel = post(&bot, "channels", channel).await;
    assert!(user.text("/id").starts_with('U') && channel.text("/id").starts_with('C'));
    post(&bot, "settings", json!({"images_only": true})).await;
    assert!(bot.slack().settings().images_only);
    let wrong = control(&bot, "POST", "settings", Some(json!({"images": true}))).await;
    assert_eq!(wrong.status, 422);
    let unknown = control(&bot, "POST", "command", Some(json!({"user": "nobody"}))).await;
    assert_eq!(
        (unknown.status, &unknown.body["error"]),
        (422, &json!("there is no user nobody"))
    );
    post(&bot, "sockets", json!({"kind": "refresh"})).await;
    post(
        &bot,
        "rate-limits",
        json!({"enabled": true, "post_burst": 3}),
    )
    .await;
    assert_eq!(bot.slack().rate_limits().post_burst, 3);
}

#[tokio::test]
async fn a_manifest_is_adopted() {
    let bot = Bot::start().await;
    let manifest = json!({
        "display_information": {"name": "Kling Studio"},
        "features": {
            "slash_commands": [{"command": "/draw", "description": "Draw", "should_escape": true}],
            "shortcuts": [{"name": "Animate", "type": "message", "callback_id": "animate", "description": "x"}],
        },
        "oauth_config": {"scopes": {"bot": ["commands"], "bot_optional": ["chat:write"]}},
        "settings": {"socket_mode_enabled": true, "interactivity": {"is_enabled": true}},
    });

    post(&bot, "manifest", manifest).await;
    let draw = post(
        &bot,
        "command",
        json!({"command": "/draw", "text": "@grace"}),
    )
    .await;
    let old = control(&bot, "POST", "command", Some(json!({"text": "x"}))).await;
    let global = control(
        &bot,
        "POST",
        "shortcut",
        Some(json!({"callback_id": "animate"})),
    )
    .await;

    let id = draw.body["delivery"].as_u64().unwrap();
    assert_eq!(
        bot.slack().answer(id).unwrap().payload["text"],
        "<@U0GRACE001>"
    );
    assert_eq!(old.body["error"], "/kling is not a valid command");
    assert_eq!(global.body["error"], "there is no shortcut animate");
    assert_eq!(bot.post(PICTURES, "hi").await.error(), "");
}
