//! People: what they can do, in Rust and over HTTP, and what a client would not send.

use kling_emulator::discord::{Change, FileIn, Invocation, ModalSubmit, Press, Snowflake};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::bot::{Bot, LONG, command};

fn imagine() -> Invocation {
    Invocation::new("imagine").option("prompt", "a cat")
}

fn buttons() -> Value {
    json!([{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "Again", "custom_id": "again"},
        {"type": 2, "style": 2, "label": "Never", "custom_id": "never", "disabled": true},
    ]}])
}

#[tokio::test]
async fn a_client_sends_only_what_the_command_takes() {
    let bot = Bot::start().await;
    let why = |invocation| bot.discord().invoke(invocation).unwrap_err().to_string();

    assert_eq!(why(Invocation::new("imagine")), "prompt is required");
    assert_eq!(why(Invocation::new("paint")), "there is no command /paint");
    assert_eq!(
        why(imagine().option("size", 2)),
        "the command has no option size"
    );
    assert_eq!(why(imagine().by("nobody")), "there is no user nobody");
    assert_eq!(why(imagine().by("linus")), "linus is not in pictures");
    let large = FileIn::new("a.png", vec![0; 10 * 1024 * 1024 + 1]);
    let why_large = why(imagine().file("image1", large));
    assert_eq!(
        why_large,
        "a.png is larger than the 10485760 bytes allowed here"
    );
}

#[tokio::test]
async fn an_interaction_says_who_where_and_what_is_allowed() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;

    let guild = bot.heard(&mut line, imagine()).await.event;
    let direct = bot
        .heard(&mut line, imagine().in_channel("@ada"))
        .await
        .event;

    assert_eq!(guild["member"]["user"]["username"], "ada");
    assert_eq!(guild["member"]["roles"].as_array().unwrap().len(), 1);
    assert_eq!(guild["channel"]["name"], "pictures");
    assert_eq!(guild["context"], 0);
    assert_eq!(guild["guild_locale"], "en-US");
    assert!(
        guild["app_permissions"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            & (1 << 15)
            != 0
    );
    assert_eq!(
        guild["data"]["options"][0],
        json!({"name": "prompt", "type": 3, "value": "a cat"})
    );
    assert_eq!(direct["user"]["username"], "ada");
    assert_eq!(direct.get("member"), None);
    assert_eq!(direct["context"], 1);
}

#[tokio::test]
async fn a_person_presses_a_button() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let data = json!({"content": "done", "components": buttons()});
    bot.callback(&heard, json!({"type": 4, "data": data})).await;
    let message = bot.discord().answer(heard.id).unwrap().message_id.unwrap();
    let why = |id: &str| {
        bot.discord()
            .press(&Press::new(message, id))
            .unwrap_err()
            .to_string()
    };

    assert_eq!(why("never"), "never is disabled");
    assert_eq!(why("other"), "the message has no component other");
    let id = bot
        .discord()
        .press(&Press::new(message, "again").by("grace"))
        .unwrap();
    let event = line.event("INTERACTION_CREATE").await;
    let pressed = crate::bot::Heard { id, event };
    let update = json!({"type": 7, "data": {"content": "again!", "components": []}});
    let updated = bot.callback(&pressed, update).await;
    let after = bot.get(&pressed.webhook("/messages/@original")).await;

    assert_eq!(pressed.event["type"], 3);
    assert_eq!(pressed.event["data"]["custom_id"], "again");
    assert_eq!(pressed.event["message"]["content"], "done");
    assert_eq!(updated.status, 204);
    assert_eq!(
        (after.id(), &after.body["content"]),
        (message.to_string(), &json!("again!"))
    );
}

#[tokio::test]
async fn a_person_fills_a_modal_in() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let field = json!({"type": 4, "custom_id": "prompt", "label": "Prompt", "style": 2,
        "value": "a cat", "max_length": 10});
    let modal = json!({"custom_id": "edit", "title": "Edit",
        "components": [{"type": 1, "components": [field]}]});
    assert_eq!(
        bot.callback(&heard, json!({"type": 9, "data": modal}))
            .await
            .status,
        204
    );
    let with = |id: &str, text: &str| ModalSubmit {
        interaction: heard.id,
        values: vec![(id.to_owned(), vec![text.to_owned()])],
        files: Vec::new(),
    };
    let why = |submit| bot.discord().submit_modal(&submit).unwrap_err().to_string();

    assert_eq!(
        why(with("prompt", "a very long dog")),
        "prompt takes between 1 and 10 characters"
    );
    assert_eq!(why(with("seed", "1")), "the modal has no field seed");
    bot.discord()
        .submit_modal(&with("prompt", "a dog"))
        .unwrap();
    let event = line.event("INTERACTION_CREATE").await;

    assert_eq!(event["type"], 5);
    assert_eq!(event["data"]["custom_id"], "edit");
    assert_eq!(
        event["data"]["components"][0]["components"][0]["value"],
        "a dog"
    );
}

#[tokio::test]
async fn a_person_is_offered_suggestions() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;

    let id = bot
        .discord()
        .autocomplete(Invocation::new("imagine").option("style", "oi"), "style")
        .unwrap();
    let event = line.event("INTERACTION_CREATE").await;
    let heard = crate::bot::Heard { id, event };
    let choices = json!([{"name": "Oil", "value": "oil"}]);
    let many = json!({"type": 8, "data": {"choices": vec![choices[0].clone(); 26]}});
    let refused = bot.callback(&heard, many).await;
    bot.callback(&heard, json!({"type": 8, "data": {"choices": choices}}))
        .await;
    let answered = bot.discord().wait_for_answer(id, LONG).await.unwrap();

    assert_eq!(heard.event["data"]["options"][0]["focused"], true);
    assert_eq!(refused.code(), (400, 50035));
    assert_eq!(json!(answered.choices), choices);
}

#[tokio::test]
async fn a_context_menu_brings_its_message_whole() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    bot.post(
        &Bot::commands(),
        json!({"type": 3, "name": "Use as reference"}),
    )
    .await;
    bot.post(&Bot::commands(), json!({"type": 2, "name": "Show jobs"}))
        .await;
    let file = FileIn::new("a.png", "abc");
    let message = bot
        .discord()
        .say("grace", "pictures", "look", vec![file])
        .unwrap();

    let on_message = bot
        .heard(&mut line, Invocation::new("Use as reference").on(message))
        .await;
    let on_user = bot
        .heard(
            &mut line,
            Invocation::new("Show jobs").on(kling_emulator::discord::GRACE),
        )
        .await;

    let data = &on_message.event["data"];
    assert_eq!(data["target_id"], message.to_string());
    assert_eq!(
        data["resolved"]["messages"][message.to_string()]["content"],
        "look"
    );
    let user = on_user.event["data"]["target_id"].as_str().unwrap();
    assert_eq!(
        on_user.event["data"]["resolved"]["users"][user]["username"],
        "grace"
    );
}

#[tokio::test]
async fn sub_commands_are_nested() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let mut kling = command();
    let options = kling["options"].take();
    kling["name"] = json!("kling");
    kling["options"] =
        json!([{"type": 1, "name": "video", "description": "Makes a clip", "options": options}]);
    assert_eq!(bot.post(&Bot::commands(), kling).await.status, 201);

    let needs = bot.discord().invoke(Invocation::new("kling")).unwrap_err();
    let heard = bot
        .heard(
            &mut line,
            Invocation::new("/kling video").option("prompt", "x"),
        )
        .await;

    assert_eq!(needs.to_string(), "/kling needs a sub-command");
    let sub = &heard.event["data"]["options"][0];
    assert_eq!((&sub["name"], &sub["type"]), (&json!("video"), &json!(1)));
    assert_eq!(sub["options"][0]["value"], "x");
}

#[tokio::test]
async fn everything_a_person_does_can_be_done_over_http() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let base = format!("{}/_emulator/discord", bot.emulator.origin());
    let post = async |path: &str, body: Value| {
        let request = bot
            .http
            .post(format!("{base}{path}"))
            .body(body.to_string());
        let response = request
            .header("content-type", "application/json")
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        (status, body)
    };

    let json = json!({"command": "imagine", "options": {"prompt": "a cat"},
        "files": [{"name": "image1", "filename": "a.png", "data": "YWJj"}]});
    let (_, by_json) = post("/invoke", json).await;
    let first = line.event("INTERACTION_CREATE").await;
    let form = Form::new()
        .text(
            "payload_json",
            json!({"command": "imagine", "user": "grace", "options": {"prompt": "x"}}).to_string(),
        )
        .part("image1", Part::bytes(b"abc".to_vec()).file_name("b.png"));
    let by_form = bot
        .http
        .post(format!("{base}/invoke"))
        .multipart(form)
        .send()
        .await
        .unwrap();
    let second = line.event("INTERACTION_CREATE").await;
    let (refused, why) = post("/invoke", json!({"command": "imagine"})).await;

    assert_eq!(by_json["interaction_id"], first["id"]);
    let attachments = &first["data"]["resolved"]["attachments"];
    assert_eq!(
        attachments.as_object().unwrap().values().next().unwrap()["size"],
        3
    );
    assert_eq!(by_form.status(), 200);
    assert_eq!(second["member"]["user"]["username"], "grace");
    assert_eq!(
        (refused, why),
        (422, json!({"error": "prompt is required"}))
    );

    let id: Snowflake = serde_json::from_value(first["id"].clone()).unwrap();
    let heard = crate::bot::Heard { id, event: first };
    bot.callback(
        &heard,
        json!({"type": 4, "data": {"content": "hi", "components": buttons()}}),
    )
    .await;
    let events = bot
        .http
        .get(format!("{base}/events?after=0&wait_ms=30000"))
        .send()
        .await
        .unwrap();
    let events: Value = serde_json::from_str(&events.text().await.unwrap()).unwrap();
    let press = json!({"message": events[0]["message_id"], "custom_id": "again"});
    let (pressed, _) = post("/press", press).await;

    assert_eq!(
        (&events[0]["event"], &events[0]["content"]),
        (&json!("message"), &json!("hi"))
    );
    assert_eq!(pressed, 200);
    assert_eq!(
        post("/gateway", json!({"kind": "request_heartbeat"}))
            .await
            .1["connections"],
        1
    );
    assert_eq!(
        post("/permissions", json!({"channel": "nowhere", "bits": 0}))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_deletion_is_seen() {
    let bot = Bot::start().await;
    let id = bot
        .discord()
        .say("ada", "pictures", "oops", Vec::new())
        .unwrap();

    assert!(bot.discord().delete_message(id));

    let event = bot
        .discord()
        .wait_for_event(|event| event.event == Change::Delete, LONG)
        .await;
    assert_eq!(event.unwrap().message_id, Some(id));
}
