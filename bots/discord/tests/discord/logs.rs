//! What the operator reads, and what must never be in it.

use kling_emulator::discord::BOT_TOKEN;
use kling_emulator::script::Effect;

use crate::bot::{Bot, file};

/// What every interaction's token of this Discord begins with.
const INTERACTION_TOKEN: &str = "aW50ZXJhY3Rpb24";

#[tokio::test]
async fn a_bot_that_was_told_to_break_says_so_when_it_starts() {
    let mut bot = Bot::asleep().await;
    bot.wake_and_listen(&[("KLING_FAILPOINT", "commit.lost.after=kill@7")])
        .await;

    let log = bot.stop_and_read().await;

    let warning = log.lines().find(|line| line.contains(" WARN "));
    let warning = warning.unwrap_or_else(|| panic!("nothing is said: {log}"));
    assert!(warning.contains("failpoints are armed"), "{warning}");
    assert!(warning.contains("commit.lost.after=kill@7"), "{warning}");
}

#[tokio::test]
async fn no_log_carries_a_secret_or_what_people_wrote_however_loud_it_is() {
    let mut bot = Bot::asleep().await;
    bot.wake_and_listen(&[("RUST_LOG", "trace,kling=trace")])
        .await;

    // Good and bad roads, with everything that is reported on them.
    bot.fault("discord", "/callback", 1, Effect::ResetAfter);
    bot.fault("cdn", "", 1, Effect::ResetBefore);
    bot.fault("discord", "PATCH", 1, Effect::ResetBefore);
    bot.imagine(|mut command| {
        command.options = vec![("prompt".to_owned(), "xylophone-in-the-rain".into())];
        command.files[0].1.filename = "holiday-snapshot.png".to_owned();
        command
    });
    bot.marked("✅").await;
    bot.imagine(|mut command| {
        command.files = vec![("image1".to_owned(), file("holiday-notes.png", "only words"))];
        command
    });
    bot.marked("🚫").await;
    let log = bot.stop_and_read().await;

    for secret in [
        BOT_TOKEN,
        "a-good-key",
        INTERACTION_TOKEN,
        "xylophone",
        "holiday-snapshot",
        "holiday-notes",
        "hm=",
    ] {
        let lines: Vec<_> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(lines.is_empty(), "{secret} is in:\n{}", lines.join("\n"));
    }
    assert!(log.contains("acknowledged job"), "{log}");
}
