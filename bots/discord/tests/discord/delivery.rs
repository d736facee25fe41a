//! The delivery ladder, rung by rung, and crashes on it.

use std::collections::BTreeMap;

use kling_emulator::discord::permission::VIEW_CHANNEL;
use kling_emulator::discord::{ADA, Change, RateLimits, RateRule};
use kling_emulator::script::Effect;

use crate::bot::Bot;

#[tokio::test]
async fn after_the_token_died_the_status_message_is_edited_through_its_channel() {
    let bot = Bot::start().await;
    bot.slow_provider();

    let id = bot.imagine(|command| command);
    let status = bot.marked("⏳").await;
    bot.discord().expire_token(id);
    bot.finish().await;
    let result = bot.marked("✅").await;

    assert_eq!(
        (result.event, result.message_id),
        (Change::Edit, status.message_id)
    );
    assert_eq!(result.attachments.len(), 1);
    assert_eq!(bot.public("pictures").len(), 1);
}

#[tokio::test]
async fn a_status_message_that_was_deleted_is_replaced_by_a_new_message() {
    let bot = Bot::start().await;
    bot.slow_provider();

    bot.imagine(|command| command);
    let status = bot.marked("⏳").await;
    bot.discord().delete_message(status.message_id.unwrap());
    bot.finish().await;
    let result = bot.marked("✅").await;

    assert_eq!(result.event, Change::Message);
    assert_eq!(result.mentions, [ADA]);
    assert_eq!(result.attachments.len(), 1);
    assert_eq!((bot.public("pictures").len(), bot.charges()), (1, 1));
}

#[tokio::test]
async fn where_it_may_not_post_the_result_comes_directly() {
    let bot = Bot::start().await;
    bot.slow_provider();

    let id = bot.imagine(|command| command);
    let status = bot.marked("⏳").await;
    bot.discord().set_bot_permissions("pictures", VIEW_CHANNEL);
    bot.discord().delete_message(status.message_id.unwrap());
    bot.discord().expire_token(id);
    bot.finish().await;
    bot.marked("✅").await;

    assert_eq!(bot.public("pictures").len(), 0);
    assert_eq!(bot.public("@ada").len(), 1, "{:#?}", bot.story());
}

#[tokio::test]
async fn a_file_above_the_limit_is_named_and_not_uploaded() {
    let bot = Bot::start().await;

    let id = bot.imagine(|mut command| {
        command.files[0].1.bytes = small_picture();
        command.attachment_size_limit = Some(command.files[0].1.bytes.len() as u64);
        command
    });
    let result = bot.marked("✅").await;

    let answer = bot.discord().answer(id).unwrap();
    assert_eq!(result.message_id, answer.message_id);
    assert!(result.attachments.is_empty());
    assert!(result.content.contains("kling-"), "{}", result.content);
    assert!(result.content.contains("too large"), "{}", result.content);
}

#[tokio::test]
async fn a_file_that_discord_finds_too_large_is_left_out() {
    let bot = Bot::start().await;
    bot.slow_provider();

    let id = bot.imagine(|command| command.option("count", 2));
    let status = bot.marked("⏳").await;
    // Without the token the server's own limit holds, and it is lower than anybody told us.
    bot.discord().expire_token(id);
    bot.discord().set_file_limit("Kling Studio", 100);
    bot.finish().await;
    let result = bot.marked("✅").await;

    assert_eq!(result.message_id, status.message_id);
    assert!(result.attachments.is_empty());
    assert!(result.content.contains("too large"), "{}", result.content);
}

#[tokio::test]
async fn a_storm_of_429_delays_the_result_and_loses_nothing() {
    let bot = Bot::start().await;
    bot.slow_provider();
    let mut limits = RateLimits::default();
    limits.rules.retain(|rule| rule.group != "webhook");
    limits.rules.push(RateRule {
        group: "webhook".to_owned(),
        limit: 1,
        window_ms: 1_500,
    });
    bot.discord().set_rate_limits(limits);

    bot.imagine(|command| command);
    bot.marked("⏳").await;
    let headers = BTreeMap::from([("retry-after".to_owned(), "1".to_owned())]);
    let body = r#"{"message": "You are being rate limited.", "retry_after": 0.6, "global": false}"#;
    let busy = Effect::Status {
        status: 429,
        headers,
        body: body.to_owned(),
        content_type: String::new(),
    };
    bot.fault("discord", "PATCH", 2, busy);
    bot.finish().await;
    let result = bot.marked("✅").await;

    assert_eq!(result.attachments.len(), 1);
    assert_eq!(bot.public("pictures").len(), 1);
}

#[tokio::test]
async fn a_crash_around_the_delivery_shows_one_result() {
    for point in [
        "delivery.before=kill",
        "delivery.after=kill",
        "commit.delivered.before=kill",
    ] {
        let mut bot = Bot::asleep().await;
        bot.wake(&[("KLING_FAILPOINT", point)]).await;

        bot.imagine(|command| command);
        bot.died().await;
        bot.wake(&[]).await;
        bot.marked("✅").await;
        bot.settled().await;

        let public = bot.public("pictures");
        assert_eq!(public.len(), 1, "{point}: {:#?}", bot.story());
        assert_eq!(public[0].attachments.len(), 1, "{point}");
        // One for this job, one for the job that shows that nothing is left to do.
        assert_eq!(bot.charges(), 2, "{point}");
    }
}

#[tokio::test]
async fn a_crash_after_a_late_post_does_not_post_again() {
    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING_FAILPOINT", "delivery.after=kill")])
        .await;
    bot.slow_provider();

    bot.imagine(|command| command);
    let status = bot.marked("⏳").await;
    bot.discord().delete_message(status.message_id.unwrap());
    bot.finish().await;
    bot.died().await;
    bot.wake(&[]).await;
    bot.marked("✅").await;
    bot.settled().await;

    assert_eq!(bot.public("pictures").len(), 1, "{:#?}", bot.story());
}

#[tokio::test]
async fn a_crash_before_the_acknowledgement_still_brings_the_result() {
    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING_FAILPOINT", "commit.accepted.after=kill")])
        .await;

    bot.imagine(|command| command);
    bot.died().await;
    bot.wake(&[]).await;
    let result = bot.marked("✅").await;

    assert_eq!(result.event, Change::Message);
    assert_eq!((bot.public("pictures").len(), bot.charges()), (1, 1));
}

fn small_picture() -> bytes::Bytes {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(400, 400, image::Rgb([10, 90, 200]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    png.into_inner().into()
}
