//! People: commands, shortcuts, mentions, buttons, response URLs.

use kling_emulator::slack::{
    ADA, BOT_USER, Change, Command, DIRECT, FileIn, Kind, NewChannel, PICTURES, Press, Say,
    Shortcut, TEAM,
};
use serde_json::{Value, json};

use crate::bot::{Answer, Bot, LONG, button, png};

#[tokio::test]
async fn a_client_sends_only_what_works() {
    let bot = Bot::start().await;
    let why = |command: Command| bot.slack().command(&command).unwrap_err().0;
    let in_thread = Command {
        thread_ts: Some("1.000001".to_owned()),
        ..Command::new("x")
    };
    let unknown = Command {
        command: "/paint".to_owned(),
        ..Command::new("x")
    };

    assert_eq!(why(in_thread), "/kling is not supported in threads. Sorry!");
    assert_eq!(why(unknown), "/paint is not a valid command");
    assert_eq!(
        why(Command::new("x").by("linus")),
        "linus is not in pictures"
    );
    assert_eq!(
        why(Command::new("x").in_channel("attic")),
        "attic is archived"
    );
    bot.slack().set_scopes(TEAM, ["chat:write"]);
    assert!(why(Command::new("x")).contains("not installed with commands"));
}

#[tokio::test]
async fn a_mention_with_a_file_reaches_the_bot_in_a_thread() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let first = bot.slack().say(Say::new("look").by("grace")).unwrap();
    let say = Say::new("@kling animate this")
        .in_thread(&first)
        .file(FileIn::new("cat.png", png()));

    let ts = bot.slack().say(say).unwrap();
    let payload = line.event("app_mention").await;

    let event = &payload["event"];
    assert_eq!(event["text"], format!("<@{BOT_USER}> animate this"));
    assert_eq!(
        (&event["ts"], &event["thread_ts"]),
        (&json!(ts), &json!(first))
    );
    assert_eq!(event["files"][0]["mimetype"], "image/png");
    assert_eq!(payload["authorizations"][0]["team_id"], TEAM);
}

#[tokio::test]
async fn a_mention_has_a_twin_where_the_bot_reads_the_channel() {
    let bot = Bot::start().await;
    let manifest = json!({
        "display_information": {"name": "Kling"},
        "oauth_config": {"scopes": {"bot": ["app_mentions:read", "channels:history"]}},
        "settings": {"socket_mode_enabled": true,
            "event_subscriptions": {"bot_events": ["app_mention", "message.channels"]}},
    });
    bot.slack().adopt(&manifest).unwrap();
    let mut line = bot.connect().await;

    bot.slack().say(Say::new("@kling hi")).unwrap();
    let heard = [
        line.envelope("events_api").await,
        line.envelope("events_api").await,
    ];
    let twins = heard.map(|envelope| envelope["payload"].clone());

    assert_eq!(twins[0]["event"]["type"], "app_mention");
    assert_eq!(twins[1]["event"]["type"], "message");
    assert_eq!(twins[0]["event"]["ts"], twins[1]["event"]["ts"]);
    assert_ne!(twins[0]["event_id"], twins[1]["event_id"]);
}

#[tokio::test]
async fn a_direct_message_with_a_file_is_a_message_and_no_mention() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let say = Say::new("animate")
        .in_channel("@ada")
        .file(FileIn::new("cat.png", png()));

    bot.slack().say(say).unwrap();
    let payload = line.event("message").await;
    bot.post(DIRECT, "on it").await;
    let own = line.event("message").await;

    assert_eq!(payload["event"]["subtype"], "file_share");
    assert_eq!(
        (
            &payload["event"]["channel"],
            &payload["event"]["channel_type"]
        ),
        (&json!(DIRECT), &json!("im"))
    );
    assert!(
        own["event"]["bot_id"].is_string(),
        "the bot hears itself there"
    );
}

#[tokio::test]
async fn shortcuts_carry_their_message_or_nothing() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let ts = bot
        .slack()
        .say(Say::new("look").file(FileIn::new("cat.png", png())))
        .unwrap();

    bot.slack()
        .shortcut(&Shortcut::on_message("kling_from_message", "pictures", &ts))
        .unwrap();
    let on_message = line.envelope("interactive").await;
    bot.slack()
        .shortcut(&Shortcut::global("kling_new").by("grace"))
        .unwrap();
    let global = line.envelope("interactive").await;

    let payload = &on_message["payload"];
    assert_eq!(payload["type"], "message_action");
    assert_eq!(payload["message"]["files"][0]["name"], "cat.png");
    assert_eq!(
        (&payload["channel"]["id"], &payload["message_ts"]),
        (&json!(PICTURES), &json!(ts))
    );
    assert!(payload["response_url"].is_string() && payload["trigger_id"].is_string());
    assert_eq!(global["payload"]["type"], "shortcut");
    assert_eq!(global["payload"].get("channel"), None);
}

#[tokio::test]
async fn a_person_presses_a_button() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let body = json!({"channel": PICTURES, "text": "done", "blocks": [button("again")]});
    let ts = bot.call("chat.postMessage", body).await.text("/ts");

    let id = bot
        .slack()
        .press(&Press::message(PICTURES, &ts, "again").by("grace"))
        .unwrap()
        .unwrap();
    let envelope = line.envelope("interactive").await;
    line.acknowledge(&envelope, None).await;
    let answered = bot.slack().wait_for_answer(id, LONG).await.unwrap();

    let payload = &envelope["payload"];
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(envelope["accepts_response_payload"], false);
    assert_eq!(payload["user"]["name"], "grace");
    assert_eq!(
        (
            &payload["actions"][0]["action_id"],
            &payload["actions"][0]["value"]
        ),
        (&json!("again"), &json!("job-1"))
    );
    assert_eq!(
        (
            &payload["container"]["message_ts"],
            &payload["message"]["ts"]
        ),
        (&json!(ts), &json!(ts))
    );
    assert!(answered.acknowledged);
    let nobody = bot
        .slack()
        .press(&Press::message(PICTURES, &ts, "again").by("linus"));
    assert_eq!(nobody.unwrap_err().0, "linus does not see that message");
}

async fn respond(bot: &Bot, url: &Value, body: Value) -> Answer {
    let request = bot
        .http
        .post(url.as_str().unwrap())
        .header("content-type", "application/json");
    Bot::read(request.body(body.to_string())).await
}

#[tokio::test]
async fn a_response_url_works_five_times_and_half_an_hour() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let (_, heard) = bot
        .heard(&mut line, &Command::new("x").in_channel("videos"))
        .await;
    let url = &heard["payload"]["response_url"];

    for index in 0..5 {
        let said = respond(&bot, url, json!({"text": format!("{index}")})).await;
        assert_eq!((said.status, &said.body), (200, &json!("ok")));
    }
    let sixth = respond(&bot, url, json!({"text": "6"})).await;
    let (_, other) = bot.heard(&mut line, &Command::new("x")).await;
    let empty = respond(&bot, &other["payload"]["response_url"], json!({})).await;
    bot.push_clock(1801);
    let late = respond(
        &bot,
        &other["payload"]["response_url"],
        json!({"text": "late"}),
    )
    .await;

    assert_eq!((sixth.status, sixth.error()), (404, "used_url"));
    assert_eq!((empty.status, &empty.body), (400, &json!("no_text")));
    assert_eq!((late.status, late.error()), (404, "expired_url"));
    let seen = bot.seen(|event| event.text == "0").await;
    assert_eq!(
        (seen.event, seen.only_for.as_deref()),
        (Change::Ephemeral, Some(ADA))
    );
}

#[tokio::test]
async fn a_response_url_replaces_and_deletes_the_message_of_its_button() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let (_, heard) = bot.heard(&mut line, &Command::new("x")).await;
    line.acknowledge(
        &heard,
        Some(json!({"text": "sure?", "blocks": [button("yes")]})),
    )
    .await;
    let whisper = bot.seen(|event| event.text == "sure?").await.ts.unwrap();

    bot.slack()
        .press(&Press::message(PICTURES, &whisper, "yes"))
        .unwrap();
    let pressed = line.envelope("interactive").await;
    let url = &pressed["payload"]["response_url"];
    respond(
        &bot,
        url,
        json!({"text": "started", "replace_original": true}),
    )
    .await;
    let edit = bot.seen(|event| event.event == Change::Edit).await;
    respond(&bot, url, json!({"delete_original": true})).await;
    bot.seen(|event| event.event == Change::Delete).await;

    assert_eq!(pressed["payload"]["container"]["is_ephemeral"], true);
    assert_eq!(pressed["payload"].get("message"), None);
    assert_eq!(
        (edit.text.as_str(), edit.ts.as_deref()),
        ("started", Some(whisper.as_str()))
    );
}

#[tokio::test]
async fn people_are_looked_up_with_zone_language_and_role() {
    let bot = Bot::start().await;
    let info = async |user: &str| {
        let fields = [("user", user), ("include_locale", "true")];
        bot.form("users.info", &fields).await.body["user"].clone()
    };
    let change =
        serde_json::from_value(json!({"tz": "Asia/Tokyo", "tz_offset": 32400, "locale": "ja-JP"}));
    assert!(bot.slack().change_user("ada", change.unwrap()));

    let (ada, grace, gus) = (
        info(ADA).await,
        info("U0GRACE001").await,
        info("U0GUS00001").await,
    );

    assert_eq!(
        (&ada["tz_offset"], &ada["locale"]),
        (&json!(32400), &json!("ja-JP"))
    );
    assert_eq!(
        (&ada["is_admin"], &grace["is_admin"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        (&gus["is_restricted"], &gus["is_ultra_restricted"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn a_private_channel_is_named_as_slack_names_it() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let new = NewChannel {
        team: TEAM.to_owned(),
        name: "quiet".to_owned(),
        kind: Kind::Private,
        members: vec!["ada".to_owned(), "kling".to_owned()],
    };
    let id = bot.slack().add_channel(&new).unwrap();

    let (_, private) = bot
        .heard(&mut line, &Command::new("x").in_channel("quiet"))
        .await;
    let (_, direct) = bot
        .heard(&mut line, &Command::new("x").in_channel("@ada"))
        .await;

    assert_eq!(private["payload"]["channel_name"], "privategroup");
    assert_eq!(direct["payload"]["channel_name"], "directmessage");
    assert_eq!(bot.post(&id, "hi").await.error(), "");
}
