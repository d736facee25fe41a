//! The configuration files of the house, read by the real bot.

use kling_emulator::discord::BOT_TOKEN;

use crate::bot::Bot;

const EXAMPLE: &str = include_str!("../../../../config/kling.example.toml");
const DEMO: &str = include_str!("../../../../config/kling.demo.toml");

/// The `[discord]` table of the example, every key taken out of its comment.
fn discord_keys() -> Vec<&'static str> {
    EXAMPLE
        .lines()
        .skip_while(|line| *line != "[discord]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| {
            line.split_once(" = ")
                .is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        })
        .collect()
}

async fn check(bot: &Bot, file: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let path = bot.folder().join("settings.toml");
    std::fs::write(&path, file).unwrap();
    bot.run(&["check", "--config", path.to_str().unwrap()], variables)
        .await
}

#[tokio::test]
async fn the_example_has_every_key_of_this_bot_and_each_is_one() {
    let bot = Bot::asleep().await;
    let keys = discord_keys();
    let names: Vec<&str> = keys
        .iter()
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    // What the bot itself says that there is.
    let (code, said) = check(&bot, "[discord]\nno_such_key = 1\n", &[]).await;
    let (_, valid) = said.split_once("the valid keys here are ").unwrap();
    let mut valid: Vec<&str> = valid.trim().split(", ").collect();

    let file = format!("[discord]\n{}\n", keys.join("\n"));
    // The example's application is not the emulator's, which is told, and nothing else is.
    let variables = [
        ("DISCORD_PUBLIC_KEY", "00"),
        ("KLING__DISCORD__APPLICATION_ID", "1180000000000000001"),
    ];
    let (accepted, told) = check(&bot, &file, &variables).await;

    valid.sort_unstable();
    let mut named = names;
    named.sort_unstable();
    assert_eq!((code, named), (2, valid));
    assert_eq!(accepted, 0, "{told}");
}

#[tokio::test]
async fn the_demo_runs_as_its_comment_says() {
    let bot = Bot::asleep().await;
    let comment = format!("DISCORD_TOKEN={BOT_TOKEN} AIMLAPI_API_KEY=demo");
    assert!(
        DEMO.contains(&comment),
        "{comment} is not in the demo's comment"
    );

    let here = bot.emulator.origin();
    let file = DEMO.replace("http://127.0.0.1:4700", here);
    let (code, said) = check(&bot, &file, &[("AIMLAPI_API_KEY", "demo")]).await;

    assert_eq!(code, 0, "{said}");
}

#[tokio::test]
async fn an_id_that_is_none_is_told_with_its_line() {
    let bot = Bot::asleep().await;

    let (code, said) = check(&bot, "[discord]\nguild_ids = [\"my server\"]\n", &[]).await;

    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("settings.toml:2: `discord.guild_ids`: "),
        "{said}"
    );
    assert!(said.contains("15 to 20 digits"), "{said}");
}

#[tokio::test]
async fn a_token_that_cannot_be_one_is_told_and_not_shown() {
    let bot = Bot::asleep().await;

    let (code, said) = check(&bot, "", &[("DISCORD_TOKEN", "half a\ntoken")]).await;

    assert_eq!(code, 1, "{said}");
    assert!(said.contains("copy it again"), "{said}");
    assert!(!said.contains("half a"), "{said}");
}

#[tokio::test]
async fn help_names_the_variables_that_hold_secrets() {
    let bot = Bot::asleep().await;

    let (code, said) = bot.run(&["--help"], &[]).await;

    assert_eq!(code, 0);
    for name in ["DISCORD_TOKEN", "AIMLAPI_API_KEY", "KLING__SERVER__LISTEN"] {
        assert!(said.contains(name), "{name} is not in {said}");
    }
}
