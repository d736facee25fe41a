//! Messages: posting, changing, threads, who sees what.

use kling_emulator::slack::{
    ATTIC, BOT_ID, Change, DIRECT, GRACE, PICTURES, SECRETS, Say, TEAM, VIDEOS,
};
use serde_json::json;

use crate::bot::{Bot, button, section};

#[tokio::test]
async fn where_the_bot_may_post_depends_on_membership_and_scope() {
    let bot = Bot::start().await;
    let word = async |channel: &str| bot.post(channel, "hi").await.error().to_owned();

    assert_eq!(word(PICTURES).await, "");
    assert_eq!(word("#pictures").await, "");
    assert_eq!(word(VIDEOS).await, "not_in_channel");
    assert_eq!(word(SECRETS).await, "channel_not_found");
    assert_eq!(word(ATTIC).await, "is_archived");
    assert_eq!(word("C0NOWHERE1").await, "channel_not_found");
    assert_eq!(word(GRACE).await, "", "a person is a direct conversation");
    bot.slack()
        .set_scopes(TEAM, ["chat:write", "chat:write.public"]);
    assert_eq!(word(VIDEOS).await, "");
    bot.slack().set_restricted(PICTURES, true);
    assert_eq!(word(PICTURES).await, "restricted_action");
}

#[tokio::test]
async fn a_status_message_is_posted_once_and_edited_in_place() {
    let bot = Bot::start().await;
    let metadata = json!({"event_type": "kling_job", "event_payload": {"job": "1"}});
    let body = json!({"channel": PICTURES, "text": "queued", "blocks": [section("queued"), button("stop")], "metadata": metadata});

    let posted = bot.call("chat.postMessage", body).await;
    let ts = posted.text("/ts");
    let change = json!({"channel": PICTURES, "ts": ts, "text": "running"});
    let updated = bot.call("chat.update", change).await;
    let edit = bot.seen(|event| event.event == Change::Edit).await;

    assert_eq!(posted.body["message"]["bot_id"], BOT_ID);
    assert_eq!(updated.body["text"], "running");
    assert_eq!(edit.ts, Some(ts.clone()));
    assert_eq!(edit.blocks.len(), 2, "what is not given stays");
    assert_eq!(edit.metadata.unwrap()["event_payload"]["job"], "1");
    assert_eq!(bot.slack().messages("pictures", None).len(), 1);
    let deleted = bot
        .call("chat.delete", json!({"channel": PICTURES, "ts": ts}))
        .await;
    assert_eq!(deleted.error(), "");
    assert!(bot.slack().messages("pictures", None).is_empty());
}

#[tokio::test]
async fn only_own_messages_that_are_there_can_be_changed() {
    let bot = Bot::start().await;
    let theirs = bot.slack().say(Say::new("hello")).unwrap();
    let own = bot.post(PICTURES, "hi").await.text("/ts");
    let whisper = json!({"channel": PICTURES, "user": "U0ADA00001", "text": "psst"});
    let whisper = bot
        .call("chat.postEphemeral", whisper)
        .await
        .text("/message_ts");
    let word = async |method: &str, ts: &str, text: &str| {
        let body = json!({"channel": PICTURES, "ts": ts, "text": text});
        bot.call(method, body).await.error().to_owned()
    };

    assert_eq!(
        word("chat.update", &theirs, "x").await,
        "cant_update_message"
    );
    assert_eq!(
        word("chat.delete", &theirs, "x").await,
        "cant_delete_message"
    );
    assert_eq!(
        word("chat.update", &whisper, "x").await,
        "message_not_found"
    );
    assert_eq!(
        word("chat.update", &own, &"x".repeat(4001)).await,
        "msg_too_long"
    );
    assert!(bot.slack().delete_message("pictures", &own));
    assert_eq!(word("chat.update", &own, "x").await, "message_not_found");
}

#[tokio::test]
async fn blocks_that_break_a_limit_are_refused_with_their_place() {
    let bot = Bot::start().await;
    let body =
        json!({"channel": PICTURES, "blocks": [section(&"x".repeat(3001)), {"type": "video"}]});
    let none = bot.post(PICTURES, "").await;

    let refused = bot.call("chat.postMessage", body).await;
    let many: Vec<_> = (0..51).map(|_| json!({"type": "divider"})).collect();
    let too_many = bot
        .call(
            "chat.postMessage",
            json!({"channel": PICTURES, "blocks": many}),
        )
        .await;

    assert_eq!(refused.error(), "invalid_blocks");
    assert_eq!(
        refused.messages()[0],
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    );
    assert_eq!(
        too_many.messages(),
        ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    );
    assert_eq!(none.error(), "no_text");
}

#[tokio::test]
async fn a_thread_needs_its_first_message() {
    let bot = Bot::start().await;
    let first = bot.post(PICTURES, "first").await.text("/ts");
    let reply = json!({"channel": PICTURES, "text": "reply", "thread_ts": first});
    let lost = json!({"channel": PICTURES, "text": "reply", "thread_ts": "1.000001"});

    let replied = bot.call("chat.postMessage", reply).await;
    let refused = bot.call("chat.postMessage", lost).await;
    let link = bot
        .form(
            "chat.getPermalink",
            &[("channel", PICTURES), ("message_ts", &replied.text("/ts"))],
        )
        .await;

    assert_eq!(replied.body["message"]["thread_ts"], first);
    assert_eq!(refused.error(), "thread_not_found");
    assert!(link.text("/permalink").contains("?thread_ts="));
}

#[tokio::test]
async fn an_ephemeral_message_is_for_one_member() {
    let bot = Bot::start().await;
    let whisper =
        |channel: &str, user: &str| json!({"channel": channel, "user": user, "text": "psst"});

    let told = bot
        .call("chat.postEphemeral", whisper(PICTURES, GRACE))
        .await;
    let stranger = bot
        .call("chat.postEphemeral", whisper(PICTURES, "U0LINUS001"))
        .await;
    let outside = bot.call("chat.postEphemeral", whisper(VIDEOS, GRACE)).await;
    let seen = bot.seen(|event| event.event == Change::Ephemeral).await;

    assert_eq!(seen.ts, Some(told.text("/message_ts")));
    assert_eq!(seen.only_for.as_deref(), Some(GRACE));
    assert_eq!(
        (stranger.error(), outside.error()),
        ("user_not_in_channel", "not_in_channel")
    );
    assert_eq!(bot.slack().messages("pictures", Some("ada")).len(), 0);
    assert_eq!(bot.slack().messages("pictures", Some("grace")).len(), 1);
}

#[tokio::test]
async fn a_message_shows_whom_it_notifies() {
    let bot = Bot::start().await;
    let body = json!({"channel": PICTURES, "text": "for <@U0ADA00001>", "blocks": [section("a cat <!channel>")]});

    bot.call("chat.postMessage", body).await;
    let seen = bot.seen(|event| event.event == Change::Message).await;

    assert_eq!(seen.notified, ["U0ADA00001", "!channel"]);
}

#[tokio::test]
async fn conversations_open_join_and_are_read_where_scopes_allow() {
    let bot = Bot::start().await;

    let direct = bot
        .form("conversations.open", &[("users", "U0ADA00001")])
        .await;
    let group = bot
        .form("conversations.open", &[("users", "U0ADA00001,U0GRACE001")])
        .await;
    let join = bot.form("conversations.join", &[("channel", VIDEOS)]).await;
    bot.slack().set_scopes(
        TEAM,
        [
            "channels:join",
            "channels:history",
            "channels:read",
            "chat:write",
        ],
    );
    let joined = bot.form("conversations.join", &[("channel", VIDEOS)]).await;
    let info = bot.form("conversations.info", &[("channel", VIDEOS)]).await;
    bot.post(VIDEOS, "now").await;
    let history = bot
        .form("conversations.history", &[("channel", VIDEOS)])
        .await;

    assert_eq!(direct.text("/channel/id"), DIRECT);
    assert_eq!(group.body["needed"], "mpim:write");
    assert_eq!(join.body["needed"], "channels:join");
    assert_eq!(joined.error(), "");
    assert_eq!(info.body["channel"]["is_member"], true);
    assert_eq!(history.body["messages"][0]["text"], "now");
}

#[tokio::test]
async fn the_bot_reacts_once_with_the_scope_for_it() {
    let bot = Bot::start().await;
    let ts = bot.slack().say(Say::new("hello")).unwrap();
    let react = json!({"channel": PICTURES, "timestamp": ts, "name": "eyes"});

    let unscoped = bot.call("reactions.add", react.clone()).await;
    bot.slack().set_scopes(TEAM, ["reactions:write"]);
    let first = bot.call("reactions.add", react.clone()).await;
    let second = bot.call("reactions.add", react).await;

    assert_eq!(unscoped.error(), "missing_scope");
    assert_eq!((first.error(), second.error()), ("", "already_reacted"));
}
