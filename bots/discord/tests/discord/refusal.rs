//! Commands that get a clear no, before and after the public answer.

use kling_emulator::discord::{ADA, Change};
use kling_emulator::script::Effect;

use crate::bot::{Bot, LONG, file, picture_of};

#[tokio::test]
async fn what_cannot_be_is_refused_at_once_and_in_private() {
    let bot = Bot::start().await;

    let id = bot.imagine(|mut command| {
        command.files.clear();
        command
    });
    let answer = bot.discord().wait_for_answer(id, LONG).await.unwrap();
    let refusal = bot.marked("🚫").await;

    assert_eq!((answer.callback, answer.ephemeral), (Some(4), true));
    assert_eq!(refusal.only_for, Some(ADA));
    assert!(
        refusal.content.contains("nothing was charged"),
        "{}",
        refusal.content
    );
    assert_eq!((bot.public("pictures").len(), bot.charges()), (0, 0));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_in_one_message() {
    let bot = Bot::start().await;

    let id = bot.imagine(|mut command| {
        command.options = vec![("prompt".to_owned(), "*".repeat(300).into())];
        command.files = (1..=10)
            .map(|n| (format!("image{n}"), picture_of(20, 20)))
            .collect();
        command
    });
    let answer = bot.discord().wait_for_answer(id, LONG).await.unwrap();
    let refusal = bot.marked("🚫").await;

    assert_eq!((answer.callback, answer.ephemeral), (Some(4), true));
    assert!(refusal.content.encode_utf16().count() <= 2_000);
    assert!(
        refusal.content.contains("Picture 10 is 20×20"),
        "{}",
        refusal.content
    );
    assert_eq!(bot.charges(), 0);
}

#[tokio::test]
async fn a_text_file_that_calls_itself_a_picture_is_refused_in_private_and_leaves_nothing_public() {
    let bot = Bot::start().await;

    let id = bot.imagine(|mut command| {
        command.files = vec![(
            "image1".to_owned(),
            file("notes.png", "just some words, and no picture at all"),
        )];
        command
    });
    let refusal = bot.marked("🚫").await;
    let gone = bot.event(|event| event.event == Change::Delete).await;

    let answer = bot.discord().answer(id).unwrap();
    assert_eq!(answer.callback, Some(5));
    assert!(
        refusal.ephemeral && refusal.only_for == Some(ADA),
        "{:#?}",
        bot.story()
    );
    assert_eq!(gone.message_id, answer.message_id);
    assert_eq!((bot.public("pictures").len(), bot.charges()), (0, 0));
    assert_eq!(answer.follow_ups.len(), 1);
    let events = bot.discord().events(0);
    let promised = |words: &str| events.iter().any(|event| event.content.contains(words));
    assert!(!promised("Posting the result"), "{:#?}", bot.story());
}

#[tokio::test]
async fn a_refusal_after_the_token_died_is_told_directly() {
    let bot = Bot::start().await;
    // The first try to fetch the file fails, so that there is time for the token to die.
    bot.fault("cdn", "", 2, Effect::ResetBefore);

    let id = bot.imagine(|mut command| {
        command.files = vec![("image1".to_owned(), file("notes.png", "only words"))];
        command
    });
    bot.marked("⏳").await;
    bot.discord().expire_token(id);
    let refusal = bot.marked("🚫").await;
    bot.event(|event| event.event == Change::Delete).await;

    assert!(!refusal.ephemeral);
    assert_eq!(bot.public("@ada").len(), 1, "{:#?}", bot.story());
    assert_eq!((bot.public("pictures").len(), bot.charges()), (0, 0));
}

#[tokio::test]
async fn an_acknowledgement_that_came_too_late_costs_nothing() {
    let bot = Bot::start().await;
    bot.slow_provider();
    let body = r#"{"message": "Unknown interaction", "code": 10062}"#.to_owned();
    let too_late = Effect::Status {
        status: 404,
        headers: std::collections::BTreeMap::new(),
        body,
        content_type: String::new(),
    };
    // The file does not come for a while, so that nothing can have been submitted.
    bot.fault("cdn", "", 20, Effect::Hang);
    bot.fault("discord", "/callback", 1, too_late);

    bot.imagine(|command| command);
    let cancelled = bot.marked("🛑").await;

    assert!(
        cancelled.content.contains("Nothing was charged"),
        "{}",
        cancelled.content
    );
    assert_eq!(bot.charges(), 0);
}

#[tokio::test]
async fn an_attachment_that_is_gone_is_told() {
    let bot = Bot::start().await;
    bot.fault("cdn", "", 1, Effect::ResetBefore);

    bot.imagine(|command| command);
    bot.marked("⏳").await;
    bot.discord().expire_links();
    let refusal = bot.marked("🚫").await;

    assert!(refusal.ephemeral, "{:#?}", bot.story());
    assert!(
        refusal.content.contains("attach it again"),
        "{}",
        refusal.content
    );
    assert_eq!(bot.charges(), 0);
}
