//! Answers that were lost on the way: what was done is not done again where people would see it.

use kling_emulator::discord::permission::VIEW_CHANNEL;
use kling_emulator::discord::{Change, Snowflake};
use kling_emulator::script::Effect;

use crate::bot::{Bot, file};

/// A bot, a command whose work takes a while, and its status message.
async fn under_way() -> (Bot, Snowflake, Snowflake) {
    let bot = Bot::start().await;
    bot.slow_provider();
    let command = bot.imagine(|command| command);
    let status = bot.marked("⏳").await;
    (bot, command, status.message_id.unwrap())
}

#[tokio::test]
async fn an_edit_whose_answer_was_lost_shows_one_result() {
    let (bot, _, status) = under_way().await;

    bot.fault("discord", "PATCH", 2, Effect::ResetAfter);
    bot.finish().await;
    let result = bot.marked("✅").await;
    bot.settled().await;

    assert_eq!(result.message_id, Some(status));
    assert_eq!(bot.public("pictures").len(), 1, "{:#?}", bot.story());
    assert_eq!(bot.public("pictures")[0].attachments.len(), 1);
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_not_posted_again() {
    let (bot, command, status) = under_way().await;

    bot.discord().expire_token(command);
    bot.discord().delete_message(status);
    bot.fault("discord", "POST /api/v10/channels", 1, Effect::ResetAfter);
    bot.finish().await;
    bot.marked("✅").await;
    bot.settled().await;

    let public = bot.public("pictures");
    assert_eq!(public.len(), 1, "{:#?}", bot.story());
    assert_eq!(public[0].attachments.len(), 1);
    assert!(bot.script_is_played(), "the fault was met");
}

#[tokio::test]
async fn a_message_of_another_bot_is_not_taken_for_our_result() {
    let mut bot = Bot::asleep().await;
    bot.wake_and_listen(&[("RUST_LOG", "info,kling=debug")])
        .await;
    bot.slow_provider();
    bot.imagine(|command| command);
    let status = bot.marked("⏳").await;
    let job = bot.said_after("job.id=").await;

    let theirs = serde_json::json!([{
        "id": "1180000000000009999",
        "channel_id": status.channel_id.to_string(),
        "content": format!("✅ I saw that! job {job}"),
        "author": {"id": "1180000000000008888", "bot": true},
    }]);
    let page = Effect::Status {
        status: 200,
        headers: std::collections::BTreeMap::new(),
        body: theirs.to_string(),
        content_type: "application/json".to_owned(),
    };
    bot.discord().delete_message(status.message_id.unwrap());
    bot.fault("discord", "GET /api/v10/channels", 1, page);
    bot.finish().await;
    let result = bot.marked("✅").await;

    assert_eq!(result.event, Change::Message);
    assert_eq!(result.attachments.len(), 1);
    assert!(result.content.contains(&job), "{}", result.content);
    assert!(bot.script_is_played(), "their message was seen");
}

#[tokio::test]
async fn a_direct_message_whose_answer_was_lost_is_not_sent_again() {
    let (bot, command, status) = under_way().await;

    bot.discord().expire_token(command);
    bot.discord().delete_message(status);
    bot.discord().set_bot_permissions("pictures", VIEW_CHANNEL);
    let direct = bot.discord().direct_channel("ada").unwrap();
    let route = format!("POST /api/v10/channels/{direct}");
    bot.fault("discord", &route, 1, Effect::ResetAfter);
    bot.finish().await;
    bot.marked("✅").await;
    bot.settled().await;

    assert_eq!(bot.public("@ada").len(), 1, "{:#?}", bot.story());
    assert!(bot.script_is_played(), "the fault was met");
}

/// A command that is refused after the public answer.
fn refused(bot: &Bot) -> Snowflake {
    bot.imagine(|mut command| {
        command.files = vec![("image1".to_owned(), file("notes.png", "only words"))];
        command
    })
}

#[tokio::test]
async fn a_private_notice_whose_answer_was_lost_leaves_nothing_public() {
    let bot = Bot::start().await;
    // Discord takes no nonce here: the notice may come twice, and only its reader sees it.
    bot.fault("discord", "POST /api/v10/webhooks", 1, Effect::ResetAfter);

    refused(&bot);
    bot.event(|event| event.event == Change::Delete).await;
    bot.settled().await;

    assert_eq!((bot.public("pictures").len(), bot.charges()), (0, 1));
    assert!(bot.script_is_played(), "the fault was met");
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_told_once() {
    let bot = Bot::start().await;
    bot.fault("discord", "DELETE", 1, Effect::ResetAfter);

    let command = refused(&bot);
    bot.event(|event| event.event == Change::Delete).await;
    bot.settled().await;

    let answer = bot.discord().answer(command).unwrap();
    assert_eq!(answer.follow_ups.len(), 1, "{:#?}", bot.story());
    assert_eq!(bot.public("pictures").len(), 0);
    assert!(bot.script_is_played(), "the fault was met");
}

#[tokio::test]
async fn a_bot_that_was_thrown_out_delivers_directly() {
    let (bot, command, _) = under_way().await;

    bot.discord().expire_token(command);
    bot.discord().set_bot_permissions("pictures", 0);
    bot.finish().await;
    bot.marked("✅").await;

    assert_eq!(bot.public("@ada").len(), 1, "{:#?}", bot.story());
}

#[tokio::test]
async fn codes_of_all_kinds_lead_to_the_next_rung() {
    for (status, code) in [
        (400, 50_083),
        (400, 200_000),
        (403, 50_013),
        (404, 10_003),
        (404, 10_008),
        (400, 123_456),
        (429, 30_046),
    ] {
        let (bot, command, _) = under_way().await;
        bot.discord().expire_token(command);
        let body = format!(r#"{{"message": "No.", "code": {code}}}"#);
        let no = Effect::Status {
            status,
            headers: std::collections::BTreeMap::new(),
            body,
            content_type: String::new(),
        };
        bot.fault("discord", "PATCH /api/v10/channels", 20, no);
        bot.finish().await;
        let result = bot.marked("✅").await;

        assert_eq!(result.event, Change::Message, "{code}");
        assert_eq!(result.attachments.len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_crash_after_a_refusal_or_a_direct_message_shows_nothing_twice_in_public() {
    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING_FAILPOINT", "delivery.after=kill")])
        .await;
    refused(&bot);
    bot.died().await;
    bot.wake(&[]).await;
    bot.settled().await;
    assert_eq!(bot.public("pictures").len(), 0, "{:#?}", bot.story());

    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING_FAILPOINT", "delivery.after=kill")])
        .await;
    bot.slow_provider();
    let command = bot.imagine(|command| command);
    let status = bot.marked("⏳").await.message_id.unwrap();
    bot.discord().expire_token(command);
    bot.discord().delete_message(status);
    bot.discord().set_bot_permissions("pictures", VIEW_CHANNEL);
    bot.finish().await;
    bot.died().await;
    bot.wake(&[]).await;
    bot.settled().await;
    assert_eq!(bot.public("@ada").len(), 1, "{:#?}", bot.story());
}
