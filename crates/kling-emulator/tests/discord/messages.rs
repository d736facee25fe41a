//! Messages in channels, on the bot's own account.

use kling_emulator::discord::permission::{ATTACH_FILES, BOT, SEND_MESSAGES, VIEW_CHANNEL};
use kling_emulator::discord::{ADA, CHANNEL, GRACE};
use serde_json::json;

use crate::bot::Bot;

fn messages() -> String {
    format!("/channels/{CHANNEL}/messages")
}

#[tokio::test]
async fn a_nonce_makes_one_message() {
    let bot = Bot::start().await;
    let body = json!({"content": "x", "nonce": "job-1", "enforce_nonce": true});

    let first = bot.post(&messages(), body.clone()).await;
    let again = bot.post(&messages(), body.clone()).await;
    bot.delete(&format!("{}/{}", messages(), first.id())).await;
    let deleted = bot.post(&messages(), body.clone()).await;
    bot.push_clock(10 * 60);
    let later = bot.post(&messages(), body).await;

    assert_eq!(again.id(), first.id());
    assert_eq!(again.body["nonce"], "job-1");
    assert_eq!(deleted.code(), (404, 10008));
    assert_ne!(later.id(), first.id());
}

#[tokio::test]
async fn permissions_decide_what_the_bot_may_do() {
    let bot = Bot::start().await;
    let body = json!({"content": "x"});
    let file = || vec![("a.png", b"abc".to_vec())];

    bot.discord()
        .set_bot_permissions("pictures", BOT & !VIEW_CHANNEL);
    let blind = bot.post(&messages(), body.clone()).await;
    bot.discord()
        .set_bot_permissions("pictures", BOT & !SEND_MESSAGES);
    let mute = bot.post(&messages(), body.clone()).await;
    bot.discord()
        .set_bot_permissions("pictures", BOT & !ATTACH_FILES);
    let bare = bot.upload("POST", &messages(), &body, file()).await;
    let text = bot.post(&messages(), body).await;

    assert_eq!(blind.code(), (403, 50001));
    assert_eq!(mute.code(), (403, 50013));
    assert_eq!(bare.code(), (403, 50013));
    assert_eq!(text.status, 200);
    assert_eq!(
        bot.post("/channels/1/messages", json!({})).await.code(),
        (404, 10003)
    );
}

#[tokio::test]
async fn an_answer_names_the_message_it_answers() {
    let bot = Bot::start().await;
    let asked = bot
        .discord()
        .say("grace", "pictures", "where is it?", Vec::new())
        .unwrap();

    let reply = bot
        .post(
            &messages(),
            json!({"content": "here", "message_reference": {"message_id": asked}}),
        )
        .await;
    let silent = json!({"content": "here", "message_reference": {"message_id": asked},
        "allowed_mentions": {"parse": []}});
    let silent = bot.post(&messages(), silent).await;
    let unknown = json!({"content": "here", "message_reference": {"message_id": "1"}});
    let refused = bot.post(&messages(), unknown).await;

    assert_eq!(reply.body["type"], 19);
    assert_eq!(reply.body["referenced_message"]["id"], asked.to_string());
    assert_eq!(reply.body["mentions"][0]["id"], GRACE.to_string());
    assert_eq!(silent.body["mentions"], json!([]));
    let errors = &refused.body["errors"]["message_reference"]["_errors"];
    assert_eq!(errors[0]["code"], "REPLIES_UNKNOWN_MESSAGE");
}

#[tokio::test]
async fn only_who_may_be_mentioned_is_mentioned() {
    let bot = Bot::start().await;
    let content = format!("<@{ADA}> and <@{GRACE}> @everyone");
    let allowed = json!({"users": [ADA.to_string()]});

    let some = bot
        .post(
            &messages(),
            json!({"content": content, "allowed_mentions": allowed}),
        )
        .await;
    let all = bot.post(&messages(), json!({"content": content})).await;

    assert_eq!(some.body["mentions"].as_array().unwrap().len(), 1);
    assert_eq!(some.body["mention_everyone"], false);
    assert_eq!(all.body["mentions"].as_array().unwrap().len(), 2);
    assert_eq!(all.body["mention_everyone"], true);
    assert_eq!(bot.discord().events(0)[0].mentions, [ADA]);
}

#[tokio::test]
async fn an_edit_keeps_the_files_it_lists() {
    let bot = Bot::start().await;
    let payload = json!({"attachments": [
        {"id": 0, "description": "a cat"}, {"id": "1", "filename": "renamed.png"},
    ]});
    let files = vec![("a.png", b"abc".to_vec()), ("b.png", b"defg".to_vec())];

    let posted = bot.upload("POST", &messages(), &payload, files).await;
    let path = format!("{}/{}", messages(), posted.id());
    let attachments = &posted.body["attachments"];
    let kept = attachments[1]["id"].clone();
    let edit =
        json!({"content": "now", "attachments": [{"id": kept}, {"id": 0, "description": "new"}]});
    let edited = bot
        .upload("PATCH", &path, &edit, vec![("c.png", b"x".to_vec())])
        .await;
    let untouched = bot.patch(&path, json!({"content": "later"})).await;
    let wrong = bot
        .patch(&path, json!({"attachments": [{"id": "77"}]}))
        .await;

    assert_eq!(attachments[0]["description"], "a cat");
    assert_eq!(attachments[1]["filename"], "renamed.png");
    assert_eq!(attachments[1]["size"], 4);
    let names: Vec<_> = edited.body["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["filename"])
        .collect();
    assert_eq!(names, ["renamed.png", "c.png"]);
    assert_eq!(edited.body["attachments"][1]["description"], "new");
    assert_eq!(untouched.body["attachments"].as_array().unwrap().len(), 2);
    assert_eq!(wrong.code(), (400, 50035));
    let seen = bot.discord().events(0);
    assert_eq!(seen.last().unwrap().attachments.len(), 2);
}

#[tokio::test]
async fn files_and_requests_have_a_largest_size() {
    let bot = Bot::start().await;
    let mebibyte = 1024 * 1024;
    let large = vec![("a.png", vec![0; 10 * mebibyte + 1])];
    let many = vec![
        ("a", vec![0; 9 * mebibyte]),
        ("b", vec![0; 9 * mebibyte]),
        ("c", vec![0; 9 * mebibyte]),
    ];
    let eleven = vec![("a.png", vec![0]); 11];

    let large = bot.upload("POST", &messages(), &json!({}), large).await;
    let many = bot.upload("POST", &messages(), &json!({}), many).await;
    let eleven = bot.upload("POST", &messages(), &json!({}), eleven).await;
    bot.discord()
        .set_file_limit("Kling Studio", 20 * mebibyte as u64);
    let boosted = bot
        .upload(
            "POST",
            &messages(),
            &json!({}),
            vec![("a.png", vec![0; 11 * mebibyte])],
        )
        .await;

    assert_eq!(large.code(), (413, 40005));
    assert_eq!(many.code(), (413, 40005));
    assert_eq!(eleven.code(), (400, 50035));
    assert_eq!(boosted.status, 200);
}

#[tokio::test]
async fn an_embed_shows_a_file_instead_of_the_list() {
    let bot = Bot::start().await;
    let payload = json!({"embeds": [{"image": {"url": "attachment://a.png"}}]});

    let posted = bot
        .upload(
            "POST",
            &messages(),
            &payload,
            vec![("a.png", b"abc".to_vec())],
        )
        .await;

    assert_eq!(posted.body["attachments"], json!([]));
    let url = posted.body["embeds"][0]["image"]["url"].as_str().unwrap();
    assert!(url.contains("/cdn/attachments/"), "{url}");
}

#[tokio::test]
async fn messages_are_listed_newest_first() {
    let bot = Bot::start().await;
    for text in ["one", "two", "three"] {
        bot.post(&messages(), json!({"content": text})).await;
    }

    let two = bot.get(&format!("{}?limit=2", messages())).await;
    let before = two.body[1]["id"].as_str().unwrap();
    let rest = bot.get(&format!("{}?before={before}", messages())).await;

    assert_eq!(two.body[0]["content"], "three");
    assert_eq!(rest.body.as_array().unwrap().len(), 1);
    assert_eq!(
        bot.get(&format!("{}?limit=0", messages())).await.code(),
        (400, 50035)
    );
}

#[tokio::test]
async fn other_peoples_messages_are_theirs() {
    let bot = Bot::start().await;
    let theirs = bot
        .discord()
        .say("ada", "pictures", "mine", Vec::new())
        .unwrap();
    let path = format!("{}/{theirs}", messages());

    assert_eq!(
        bot.patch(&path, json!({"content": "ours"})).await.code(),
        (403, 50005)
    );
    assert_eq!(bot.delete(&path).await.code(), (403, 50013));
    assert_eq!(bot.get(&path).await.body["content"], "");
}

#[tokio::test]
async fn a_direct_message_reaches_who_takes_them() {
    let bot = Bot::start().await;
    let channel = bot
        .post("/users/@me/channels", json!({"recipient_id": GRACE}))
        .await;
    let path = format!("/channels/{}/messages", channel.id());

    let sent = bot.post(&path, json!({"content": "psst"})).await;
    bot.discord().set_takes_messages("grace", false);
    let refused = bot.post(&path, json!({"content": "psst"})).await;

    assert_eq!(channel.body["type"], 1);
    assert_eq!(sent.status, 200);
    assert_eq!(refused.code(), (403, 50007));
    assert_eq!(bot.discord().messages("@grace", None).len(), 1);
}

#[tokio::test]
async fn nothing_is_not_a_message() {
    let bot = Bot::start().await;

    assert_eq!(bot.post(&messages(), json!({})).await.code(), (400, 50006));
    assert_eq!(
        bot.post(&messages(), json!({"content": " "})).await.code(),
        (400, 50006)
    );
}
