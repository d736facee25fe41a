//! Modals and the home tab: opening, changing, filling in, sending.

use kling_emulator::slack::{ADA, Change, FileIn, PICTURES, Press, Submit, TEAM, ViewChange};
use serde_json::json;

use crate::bot::{Bot, LONG, input, modal, png};

fn prompt() -> serde_json::Value {
    input(
        "prompt",
        &json!({"type": "plain_text_input", "action_id": "text", "max_length": 2500}),
    )
}

fn files() -> serde_json::Value {
    input(
        "files",
        &json!({"type": "file_input", "action_id": "files", "max_files": 2, "filetypes": ["png", "mp4"]}),
    )
}

fn ratio() -> serde_json::Value {
    let option =
        |value: &str| json!({"text": {"type": "plain_text", "text": value}, "value": value});
    let mut block = input(
        "ratio",
        &json!({"type": "static_select", "action_id": "ratio", "options": [option("1:1"), option("16:9")]}),
    );
    block["dispatch_action"] = json!(true);
    block["optional"] = json!(true);
    block
}

#[tokio::test]
async fn a_trigger_opens_one_modal_within_three_seconds() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let command = kling_emulator::slack::Command::new("");
    let open = |trigger: serde_json::Value| json!({"trigger_id": trigger, "view": modal(&json!([prompt()]))});

    let (_, heard) = bot.heard(&mut line, &command).await;
    let trigger = heard["payload"]["trigger_id"].clone();
    let opened = bot.call("views.open", open(trigger.clone())).await;
    let again = bot.call("views.open", open(trigger)).await;
    let (_, late) = bot.heard(&mut line, &command).await;
    bot.push_clock(4);
    let expired = bot
        .call("views.open", open(late["payload"]["trigger_id"].clone()))
        .await;
    let unknown = bot.call("views.open", open(json!("1.2.3"))).await;

    assert_eq!(opened.error(), "");
    assert_eq!(again.error(), "exchanged_trigger_id");
    assert_eq!(expired.error(), "expired_trigger_id");
    assert_eq!(unknown.error(), "invalid_trigger_id");
    let seen = bot.view(&opened.text("/view/id"), ViewChange::Opened).await;
    assert_eq!(seen.only_for.as_deref(), Some(ADA));
}

#[tokio::test]
async fn a_broken_view_does_not_use_its_trigger_up() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let (_, heard) = bot
        .heard(&mut line, &kling_emulator::slack::Command::new(""))
        .await;
    let trigger = &heard["payload"]["trigger_id"];
    let mut broken = modal(&json!([prompt(), prompt()]));
    broken["title"]["text"] = json!("x".repeat(25));

    let refused = bot
        .call("views.open", json!({"trigger_id": trigger, "view": broken}))
        .await;
    let opened = bot
        .call(
            "views.open",
            json!({"trigger_id": trigger, "view": modal(&json!([prompt()]))}),
        )
        .await;

    assert_eq!(refused.error(), "invalid_arguments");
    assert_eq!(
        refused.messages(),
        [
            "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
            "[ERROR] `block_id` prompt is used more than once [json-pointer:/view/blocks]",
        ]
    );
    assert_eq!(opened.error(), "");
}

#[tokio::test]
async fn a_form_with_files_reaches_the_bot_with_everything_in_it() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let view = bot
        .open(&mut line, modal(&json!([prompt(), files(), ratio()])))
        .await;

    let submit = Submit::new(&view)
        .with("text", "a cat")
        .file("files", FileIn::new("cat.png", png()));
    let id = bot.slack().submit(submit).unwrap();
    let envelope = line.envelope("interactive").await;
    line.acknowledge(&envelope, None).await;
    let answered = bot.slack().wait_for_answer(id, LONG).await.unwrap();

    let payload = &envelope["payload"];
    assert_eq!(payload["type"], "view_submission");
    assert_eq!(payload["team"]["id"], TEAM);
    let values = &payload["view"]["state"]["values"];
    assert_eq!(
        values["prompt"]["text"],
        json!({"type": "plain_text_input", "value": "a cat"})
    );
    assert_eq!(values["ratio"]["ratio"]["selected_option"], json!(null));
    let file = &values["files"]["files"]["files"][0];
    assert_eq!(
        (&file["name"], &file["mimetype"]),
        (&json!("cat.png"), &json!("image/png"))
    );
    let bytes = bot
        .http
        .get(file["url_private_download"].as_str().unwrap())
        .bearer_auth(&bot.token);
    assert_eq!(bytes.send().await.unwrap().bytes().await.unwrap(), png());
    assert!(answered.acknowledged);
    bot.view(&view, ViewChange::Closed).await;
}

#[tokio::test]
async fn a_client_sends_only_what_the_form_takes() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let view = bot
        .open(&mut line, modal(&json!([prompt(), files()])))
        .await;
    let why = |submit: Submit| bot.slack().submit(submit).unwrap_err().0;
    let png = || FileIn::new("cat.png", png());
    let with = || Submit::new(&view).with("text", "a cat");

    assert_eq!(
        why(Submit::new(&view)),
        "prompt: please complete this required field"
    );
    assert_eq!(
        why(Submit::new(&view).with("text", "x".repeat(2501))),
        "the field takes at most 2500 characters"
    );
    assert_eq!(
        why(with().file("files", FileIn::new("a.gif", "x"))),
        "a.gif is not of a type that the field takes"
    );
    let large = FileIn::new("a.png", vec![0; 10 * 1024 * 1024 + 1]);
    assert_eq!(
        why(with().file("files", large)),
        "a.png is larger than a form takes"
    );
    let many = with()
        .file("files", png())
        .file("files", png())
        .file("files", png());
    assert_eq!(why(many), "the field takes at most 2 files");
    assert_eq!(why(Submit::new("V0NOTHING")), "there is no such modal open");
}

#[tokio::test]
async fn an_acknowledgement_shows_errors_changes_and_closes() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let view = bot.open(&mut line, modal(&json!([prompt()]))).await;
    let submit = || Submit::new(&view).with("text", "a cat");

    bot.slack().submit(submit()).unwrap();
    let first = line.envelope("interactive").await;
    let errors = json!({"response_action": "errors", "errors": {"prompt": "too dark"}});
    line.acknowledge(&first, Some(errors)).await;
    let shown = bot.view(&view, ViewChange::Errors).await;
    bot.slack().submit(submit()).unwrap();
    let second = line.envelope("interactive").await;
    let update = json!({"response_action": "update", "view": modal(&json!([prompt(), files()]))});
    line.acknowledge(&second, Some(update)).await;
    let updated = bot.view(&view, ViewChange::Updated).await;
    bot.slack()
        .submit(submit().file("files", FileIn::new("cat.png", png())))
        .unwrap();
    let third = line.envelope("interactive").await;
    line.acknowledge(&third, Some(json!({"response_action": "clear"})))
        .await;

    assert_eq!(shown.errors.unwrap(), json!({"prompt": "too dark"}));
    let kept = &updated.view.unwrap()["state"]["values"]["prompt"]["text"]["value"];
    assert_eq!(kept, "a cat", "what was entered stays");
    bot.view(&view, ViewChange::Closed).await;
}

#[tokio::test]
async fn an_acknowledgement_that_makes_no_sense_is_seen_as_a_failure() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let view = bot.open(&mut line, modal(&json!([prompt()]))).await;

    let id = bot
        .slack()
        .submit(Submit::new(&view).with("text", "a"))
        .unwrap();
    let envelope = line.envelope("interactive").await;
    let errors = json!({"response_action": "errors", "errors": {"nowhere": "?"}});
    line.acknowledge(&envelope, Some(errors)).await;
    let seen = bot.seen(|event| event.event == Change::Failed).await;

    assert_eq!(seen.delivery, Some(id));
    assert_eq!(seen.text, "We had some trouble connecting. Try again?");
    assert_eq!(
        seen.error.unwrap(),
        "invalid_response: there is no input block nowhere"
    );
}

#[tokio::test]
async fn choosing_in_a_field_that_dispatches_lets_the_bot_change_the_form() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let view = bot
        .open(&mut line, modal(&json!([prompt(), ratio()])))
        .await;

    let typed = bot
        .slack()
        .press(&Press::view(&view, "text").with("a cat"))
        .unwrap();
    bot.slack()
        .press(&Press::view(&view, "ratio").with("16:9"))
        .unwrap();
    let envelope = line.envelope("interactive").await;
    line.acknowledge(&envelope, None).await;
    let payload = &envelope["payload"];
    let hash = &payload["view"]["hash"];
    let changed = modal(&json!([prompt(), files()]));
    let update = json!({"view_id": view, "hash": hash, "view": changed});
    let updated = bot.call("views.update", update.clone()).await;
    let stale = bot.call("views.update", update).await;

    assert_eq!(typed, None, "a plain field waits for the submission");
    assert_eq!(payload["actions"][0]["selected_option"]["value"], "16:9");
    assert_eq!(
        payload["view"]["state"]["values"]["prompt"]["text"]["value"],
        "a cat"
    );
    assert_eq!(payload["container"]["type"], "view");
    assert_eq!(updated.error(), "");
    assert_eq!(stale.error(), "hash_conflict");
}

#[tokio::test]
async fn three_modals_lie_on_each_other_and_no_fourth() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let form = || modal(&json!([ratio()]));
    let mut view = bot.open(&mut line, form()).await;
    let mut words = Vec::new();

    for _ in 0..3 {
        bot.slack()
            .press(&Press::view(&view, "ratio").with("1:1"))
            .unwrap();
        let envelope = line.envelope("interactive").await;
        line.acknowledge(&envelope, None).await;
        let body = json!({"trigger_id": envelope["payload"]["trigger_id"], "view": form()});
        let pushed = bot.call("views.push", body).await;
        words.push(pushed.error().to_owned());
        view = pushed.body["view"]["id"]
            .as_str()
            .unwrap_or(&view)
            .to_owned();
    }

    assert_eq!(words, ["", "", "push_limit_reached"]);
}

#[tokio::test]
async fn a_chosen_conversation_brings_its_response_url() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let place = input(
        "place",
        &json!({"type": "conversations_select", "action_id": "place", "response_url_enabled": true,
            "default_to_current_conversation": true}),
    );
    let view = bot.open(&mut line, modal(&json!([place]))).await;

    bot.slack().submit(Submit::new(&view)).unwrap();
    let envelope = line.envelope("interactive").await;
    line.acknowledge(&envelope, None).await;
    let urls = &envelope["payload"]["response_urls"];
    let url = urls[0]["response_url"].as_str().unwrap();
    let said = bot
        .http
        .post(url)
        .header("content-type", "application/json");
    let said = said.body(json!({"text": "started", "response_type": "in_channel"}).to_string());

    assert_eq!(urls[0]["channel_id"], PICTURES);
    assert_eq!(said.send().await.unwrap().text().await.unwrap(), "ok");
    bot.seen(|event| event.text == "started" && event.only_for.is_none())
        .await;
}

#[tokio::test]
async fn an_external_select_asks_the_bot_for_its_options() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let model = input(
        "model",
        &json!({"type": "external_select", "action_id": "model", "min_query_length": 1}),
    );
    let view = bot.open(&mut line, modal(&json!([model]))).await;

    let id = bot
        .slack()
        .suggest(&Press::view(&view, "model").with("o"))
        .unwrap();
    let envelope = line.envelope("interactive").await;
    let options =
        json!({"options": [{"text": {"type": "plain_text", "text": "O1"}, "value": "o1"}]});
    line.acknowledge(&envelope, Some(options)).await;
    let answered = bot.slack().wait_for_answer(id, LONG).await.unwrap();
    bot.slack()
        .submit(Submit::new(&view).with("model", "o1"))
        .unwrap();
    let submitted = line.envelope("interactive").await;

    assert_eq!(envelope["payload"]["type"], "block_suggestion");
    assert_eq!(answered.options[0]["value"], "o1");
    let values = &submitted["payload"]["view"]["state"]["values"];
    assert_eq!(values["model"]["model"]["selected_option"]["value"], "o1");
}

#[tokio::test]
async fn a_closed_modal_is_told_of_when_asked_for_and_cannot_be_changed() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let mut form = modal(&json!([prompt()]));
    form["notify_on_close"] = json!(true);
    let view = bot.open(&mut line, form.clone()).await;

    assert!(bot.slack().close(&view).unwrap().is_some());
    let envelope = line.envelope("interactive").await;
    let late = bot
        .call("views.update", json!({"view_id": view, "view": form}))
        .await;

    assert_eq!(envelope["payload"]["type"], "view_closed");
    assert_eq!(late.error(), "not_found");
}

#[tokio::test]
async fn the_home_tab_is_published_for_one_person() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    bot.slack().open_home("ada").unwrap();
    let event = line.event("app_home_opened").await;
    let home = json!({"type": "home", "blocks": [crate::bot::section("2 of 10 jobs"), crate::bot::button("more")]});

    let published = bot
        .call("views.publish", json!({"user_id": ADA, "view": home}))
        .await;
    let seen = bot.seen(|event| event.event == Change::Home).await;
    let titled =
        json!({"type": "home", "title": {"type": "plain_text", "text": "x"}, "blocks": []});
    let refused = bot
        .call("views.publish", json!({"user_id": ADA, "view": titled}))
        .await;
    bot.slack()
        .press(&Press::view(published.text("/view/id"), "more"))
        .unwrap();
    let pressed = line.envelope("interactive").await;

    assert_eq!(event["event"]["tab"], "home");
    assert_eq!(seen.only_for.as_deref(), Some(ADA));
    assert_eq!(refused.error(), "invalid_arguments");
    assert_eq!(pressed["payload"]["view"]["type"], "home");
}
