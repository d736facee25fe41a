//! Registering commands.

use serde_json::{Value, json};

use crate::bot::{Bot, command};

#[tokio::test]
async fn a_command_of_the_same_name_is_replaced_and_keeps_its_id() {
    let bot = Bot::start().await;
    let path = Bot::commands();
    let mut changed = command();
    changed["description"] = json!("Makes a better picture");

    let first = bot.get(&path).await.body[0].clone();
    let second = bot.post(&path, changed).await;

    assert_eq!(second.status, 200);
    assert_eq!(second.body["id"], first["id"]);
    assert_ne!(second.body["version"], first["version"]);
    assert_eq!(second.body["type"], 1);
}

#[tokio::test]
async fn overwriting_replaces_the_whole_set() {
    let bot = Bot::start().await;
    let path = Bot::commands();
    let before = bot.get(&path).await.body[0]["id"].clone();
    let menu = json!({"type": 3, "name": "Use as reference"});

    let after = bot.call("PUT", &path, Some(json!([command(), menu]))).await;
    let alone = bot.call("PUT", &path, Some(json!([menu]))).await;

    assert_eq!(after.body[0]["id"], before);
    assert_eq!(alone.body.as_array().unwrap().len(), 1);
    assert_eq!(alone.body[0]["id"], after.body[1]["id"]);
    assert_eq!(bot.get(&path).await.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn localisations_are_told_to_those_who_ask() {
    let bot = Bot::start().await;
    let path = Bot::commands();
    let mut german = command();
    german["description_localizations"] = json!({"de": "Malt ein Bild"});
    bot.post(&path, german).await;

    let short = bot.get(&path).await.body;
    let long = bot
        .get(&format!("{path}?with_localizations=true"))
        .await
        .body;

    assert_eq!(short[0].get("description_localizations"), None);
    assert_eq!(long[0]["description_localizations"]["de"], "Malt ein Bild");
}

#[tokio::test]
async fn a_broken_definition_is_refused_by_path_and_changes_nothing() {
    let bot = Bot::start().await;
    let path = Bot::commands();
    let broken = json!([command(), {"name": "No", "description": ""}]);

    let refusal = bot.call("PUT", &path, Some(broken)).await;

    assert_eq!(refusal.code(), (400, 50035));
    let errors = &refusal.body["errors"]["1"];
    assert_eq!(
        errors["name"]["_errors"][0]["code"],
        "APPLICATION_COMMAND_INVALID_NAME"
    );
    assert_eq!(
        errors["description"]["_errors"][0]["code"],
        "BASE_TYPE_BAD_LENGTH"
    );
    assert_eq!(bot.get(&path).await.body[0]["name"], "imagine");
}

#[tokio::test]
async fn a_command_is_edited_and_deleted_by_its_id() {
    let bot = Bot::start().await;
    let id = bot.get(&Bot::commands()).await.body[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("{}/{id}", Bot::commands());

    let edited = bot.patch(&path, json!({"nsfw": true})).await;
    let deleted = bot.delete(&path).await;

    assert_eq!(edited.body["nsfw"], true);
    assert_eq!(edited.body["options"].as_array().unwrap().len(), 3);
    assert_eq!((deleted.status, deleted.body), (204, Value::Null));
    assert_eq!(bot.get(&path).await.code(), (404, 10063));
}

#[tokio::test]
async fn only_the_bots_token_opens_the_door() {
    let mut bot = Bot::start().await;
    bot.discord().add_bot_token("another");

    bot.token = "another".to_owned();
    let known = bot.get("/users/@me").await;
    bot.token = "wrong".to_owned();
    let unknown = bot.get("/users/@me").await;
    let gateway = bot.get("/gateway").await;

    assert_eq!(known.body["username"], "Kling");
    assert_eq!(unknown.code(), (401, 0));
    assert_eq!(unknown.headers["content-type"], "application/json");
    assert_eq!(gateway.status, 200);
}

#[tokio::test]
async fn the_bot_finds_out_who_it_is() {
    let bot = Bot::start().await;

    let application = bot.get("/applications/@me").await.body;
    let oauth = bot.get("/oauth2/applications/@me").await.body;
    let gateway = bot.get("/gateway/bot").await.body;

    assert_eq!(application["name"], "Kling");
    assert_eq!(oauth["id"], application["id"]);
    assert_eq!(gateway["session_start_limit"]["total"], 1000);
    assert!(
        gateway["url"]
            .as_str()
            .unwrap()
            .starts_with("ws://127.0.0.1:")
    );
}

#[tokio::test]
async fn discord_may_have_a_port_of_its_own() {
    let listen = Some(([127, 0, 0, 1], 0).into());
    let options = kling_emulator::Options {
        discord_listen: listen,
        ..Default::default()
    };
    let emulator = kling_emulator::Emulator::start(options).await.unwrap();
    let bot = Bot {
        emulator,
        ..Bot::limited().await
    };

    assert_ne!(bot.emulator.base("discord"), bot.emulator.origin());
    let url = bot.get("/gateway").await.body["url"].clone();
    bot.connect().await;

    assert_eq!(
        url,
        format!(
            "{}/gateway",
            bot.emulator.base("discord").replace("http", "ws")
        )
    );
}
