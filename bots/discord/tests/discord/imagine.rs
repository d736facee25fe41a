//! The road that goes well.

use kling_emulator::discord::{ADA, Change, ChannelEvent};

use crate::bot::{Bot, LONG, picture};

#[tokio::test]
async fn a_command_becomes_pictures_in_the_message_that_answered_it() {
    let bot = Bot::start().await;

    let id = bot.imagine(|command| {
        command
            .file("image2", picture())
            .option("count", 2)
            .option("aspect_ratio", "16:9")
    });
    let answer = bot.discord().wait_for_answer(id, LONG).await.unwrap();
    let result = bot.marked("✅").await;

    assert_eq!(
        (answer.callback, answer.ephemeral, answer.failed),
        (Some(5), false, false)
    );
    assert_eq!(result.message_id, answer.message_id);
    assert_eq!(result.event, Change::Edit);
    assert_eq!(result.attachments.len(), 2);
    for file in &result.attachments {
        let alt = file.description.as_deref().unwrap();
        assert!(alt.contains("a paper boat in the rain"), "{alt}");
        assert!(file.width.is_some());
    }
    assert_eq!(result.mentions, [ADA]);
    assert_eq!(result.content.matches(&format!("<@{ADA}>")).count(), 1);
    for word in ["16\\:9", "cost $", "aimlapi", "> a paper boat"] {
        let plain =
            result.content.contains(word) || result.content.contains(&word.replace('\\', ""));
        assert!(plain, "{word} is not in {}", result.content);
    }
    let public = bot.public("pictures");
    assert_eq!(public.len(), 1, "{:#?}", bot.story());
    assert_eq!(bot.charges(), 1);
    // Nobody is mentioned before the end.
    let before = bot.discord().events(0);
    assert!(
        before
            .iter()
            .filter(|event| !event.content.starts_with('✅'))
            .all(|e| e.mentions.is_empty())
    );
}

#[tokio::test]
async fn the_status_message_tells_how_far_the_job_is() {
    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING__JOBS__STATUS_EVERY", "1s")]).await;
    bot.slow_provider();

    bot.imagine(|command| command);
    let first = bot.marked("⏳").await;
    let handing = |event: &ChannelEvent| event.content.starts_with("⏳ Handing it to aimlapi");
    let early = bot.event(handing).await;
    let (seconds, percent) = figures(&early.content);
    let later = bot
        .event(|event| {
            let is_later = event.seq > early.seq && handing(event);
            is_later && {
                let (now, done) = figures(&event.content);
                now > seconds && done > percent
            }
        })
        .await;
    bot.finish().await;
    let result = bot.marked("✅").await;

    for status in [&first, &early, &later] {
        assert_eq!(status.message_id, result.message_id);
        assert!(
            status.content.contains("> a paper boat in the rain"),
            "{}",
            status.content
        );
    }
}

/// How many seconds a status says have gone by, and how much it says is done.
fn figures(status: &str) -> (u32, u32) {
    let number_before = |end: &str| {
        let (before, _) = status.split_once(end)?;
        before.split_whitespace().last()?.parse().ok()
    };
    let figures = number_before(" s").zip(number_before(" %"));
    figures.unwrap_or_else(|| panic!("it does not tell how far it is: {status}"))
}

#[tokio::test]
async fn a_prompt_cannot_mention_or_format_anything() {
    let bot = Bot::start().await;

    let id = bot.imagine(|mut command| {
        command.options = vec![(
            "prompt".to_owned(),
            "@everyone <@1180000000000000011> **loud** \u{202e}backwards".into(),
        )];
        command
    });
    let answer = bot.discord().wait_for_answer(id, LONG).await.unwrap();
    let result = bot.marked("✅").await;

    assert_eq!(result.message_id, answer.message_id);
    assert_eq!(result.mentions, [ADA]);
    assert!(result.content.contains("\\*\\*loud\\*\\*"));
    assert!(!result.content.contains("@everyone") && !result.content.contains('\u{202e}'));
}

#[tokio::test]
async fn whatever_is_typed_fits_into_the_message_and_stays_in_its_line() {
    let bot = Bot::start().await;
    let hostile = [
        "@everyone ".repeat(200),
        "👩\u{200d}🎨".repeat(400),
        "a\n# b\n> c\n```\nd".repeat(60),
        format!("{}\u{202e}", "مرحبا بالعالم ".repeat(80)),
        "z\u{0301}\u{0302}\u{0303}\u{0304}".repeat(300),
        "\\".repeat(1_500),
    ];

    for prompt in hostile {
        let before = bot.discord().events(0).len() as u64;
        bot.imagine(|mut command| {
            command.options = vec![("prompt".to_owned(), prompt.as_str().into())];
            command
        });
        let result = bot
            .event(|event| event.seq > before && event.content.starts_with('✅'))
            .await;

        let content = &result.content;
        assert!(content.encode_utf16().count() <= 2_000, "{content}");
        assert_eq!(content.lines().count(), 3, "{content}");
        assert!(
            content.lines().last().unwrap().contains("job "),
            "{content}"
        );
        assert_eq!(result.mentions, [ADA]);
        let alt = result.attachments[0].description.as_deref().unwrap();
        assert!(alt.encode_utf16().count() <= 1_024, "{alt}");
    }
}

#[tokio::test]
async fn the_same_event_twice_is_one_job() {
    let bot = Bot::start().await;
    bot.slow_provider();

    let id = bot.imagine(|command| command);
    bot.marked("⏳").await;
    bot.discord().redeliver(id);
    bot.discord().redeliver(id);
    let duplicates = |entry: &kling_emulator::journal::Entry| {
        entry.path.contains("/callback") && entry.status == Some(400)
    };
    bot.emulator
        .world()
        .journal
        .wait_for(duplicates, LONG)
        .await
        .unwrap();
    bot.finish().await;
    bot.marked("✅").await;

    assert_eq!((bot.charges(), bot.public("pictures").len()), (1, 1));
}

#[tokio::test]
async fn in_a_direct_message_it_works_as_well() {
    let bot = Bot::start().await;

    bot.imagine(|command| command.in_channel("@ada"));
    let result = bot.marked("✅").await;

    assert_eq!(result.attachments.len(), 1);
    assert_eq!(bot.public("@ada").len(), 1);
}

#[tokio::test]
async fn where_only_the_person_has_the_app_it_works_as_well() {
    let bot = Bot::start().await;

    let id = bot.imagine(|mut command| {
        command.user_installed = true;
        command
    });
    let answer = bot.discord().wait_for_answer(id, LONG).await.unwrap();
    let result = bot.marked("✅").await;

    assert_eq!(result.message_id, answer.message_id);
    assert_eq!(result.attachments.len(), 1);
}
