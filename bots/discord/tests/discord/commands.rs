//! Registration, and what the program tells without starting.

use crate::bot::Bot;

#[tokio::test]
async fn commands_are_written_only_when_they_differ() {
    let mut bot = Bot::start().await;
    let first = bot.requests("PUT", "/commands");
    let commands = bot.discord().commands();

    bot.kill().await;
    bot.wake(&[]).await;

    assert_eq!((first, bot.requests("PUT", "/commands")), (1, 1));
    assert_eq!(commands.len(), 1);
    assert_eq!(commands[0]["name"], "imagine");
    assert_eq!(commands[0]["options"][0]["name"], "prompt");
}

#[tokio::test]
async fn commands_may_be_registered_in_some_servers_only() {
    let mut bot = Bot::asleep().await;
    let file = format!(
        "[discord]\nguild_ids = [\"{}\"]\n",
        kling_emulator::discord::GUILD
    );
    let folder = bot
        .command(&[])
        .as_std()
        .get_current_dir()
        .unwrap()
        .to_owned();
    std::fs::create_dir(folder.join("config")).unwrap();
    std::fs::write(folder.join("config/kling.toml"), file).unwrap();

    bot.wake(&[]).await;

    let commands = bot.discord().commands();
    assert_eq!(commands.len(), 1);
    assert_eq!(
        commands[0]["guild_id"],
        kling_emulator::discord::GUILD.to_string()
    );
}

#[tokio::test]
async fn check_tells_who_it_is_and_how_to_invite_it() {
    let bot = Bot::asleep().await;

    let (code, said) = bot.run(&["check"], &[]).await;

    assert_eq!(code, 0, "{said}");
    for part in [
        "Kling",
        "scope=bot+applications.commands&permissions=",
        "imagine",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert_eq!(bot.discord().connections(), 0);
    assert!(bot.discord().commands().is_empty());
}

#[tokio::test]
async fn a_wrong_token_is_told_at_once_and_by_check() {
    let bot = Bot::asleep().await;
    let wrong = [("DISCORD_TOKEN", "not-this-one")];

    let (code, said) = bot.run(&["check"], &wrong).await;
    let (start_code, complaint) = bot.run(&[], &wrong).await;

    assert_eq!((code, start_code), (1, 1));
    for text in [said, complaint] {
        assert!(text.contains("DISCORD_TOKEN"), "{text}");
        assert!(!text.contains("not-this-one"), "{text}");
    }
}

#[tokio::test]
async fn a_stand_in_without_a_gateway_is_not_replaced_by_the_real_one() {
    let bot = Bot::asleep().await;
    let elsewhere = format!("{}/nowhere", bot.emulator.origin());

    let (code, said) = bot
        .run(&[], &[("KLING__DISCORD__BASE_URL", &elsewhere)])
        .await;

    assert_eq!(code, 1, "{said}");
    assert!(!said.contains("discord.gg"), "{said}");
}
