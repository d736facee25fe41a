//! A person types a command in Discord, and Acme's picture arrives: with the bot as a child process.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::io::Cursor;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use kling_emulator::discord::{FileIn, Invocation};
use kling_emulator::{Emulator, Options};
use tokio::process::{Child, Command};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_mins(1);

/// The ten-line bot, told everything by its environment; its database and files are in `folder`.
fn start_bot(folder: &Path, emulator: &Emulator, acme: &acme_vendor::Acme) -> Child {
    let log = std::fs::File::create(folder.join("bot.log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_acme-discord"))
        .current_dir(folder)
        .env_clear()
        .env("DISCORD_TOKEN", "emulated-discord-token")
        .env("KLING__DISCORD__BASE_URL", emulator.base("discord"))
        .env("ACME_API_KEY", acme_vendor::KEY)
        .env("KLING__PROVIDERS__ACME__BASE_URL", acme.base_url())
        .env("KLING__PROVIDERS__ACME__REQUEST_TIMEOUT", "20s")
        .env("AIMLAPI_API_KEY", "emulated-key")
        .env(
            "KLING__PROVIDERS__AIMLAPI__BASE_URL",
            emulator.base("aimlapi"),
        )
        .env("KLING__SERVER__LISTEN", "none")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn boat() -> FileIn {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(640, 480, Rgb([200, 80, 40]));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    FileIn::new("boat.png", bytes.into_inner())
}

#[tokio::test]
async fn a_provider_from_elsewhere_answers_in_the_channel_and_charges_once() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let acme = acme_vendor::Acme::open().await.unwrap();
    let _bot = start_bot(folder.path(), &emulator, &acme);
    let said = || std::fs::read_to_string(folder.path().join("bot.log")).unwrap();
    let discord = emulator.discord();
    let connected = discord.wait_for_commands(LONG).await && discord.wait_for_bot(LONG).await;
    assert!(connected, "the bot did not connect; it said:\n{}", said());

    let command = Invocation::new("imagine")
        .option("prompt", "a paper boat in a mug")
        .option("provider", "acme")
        .option("aspect_ratio", "16:9")
        .file("image1", boat());
    let id = discord.invoke(command).unwrap();

    let done = discord
        .wait_for_event(
            |event| event.interaction_id == Some(id) && !event.attachments.is_empty(),
            LONG,
        )
        .await;
    let done = done.unwrap_or_else(|| {
        let seen = discord.events(0);
        panic!("no picture came, only {seen:#?}\nthe bot said:\n{}", said())
    });
    assert!(done.content.starts_with('✅'), "{}", done.content);
    assert!(done.content.contains("acme-sketch-2"), "{}", done.content);
    assert!(done.content.contains("$0.04"), "{}", done.content);
    assert_eq!(done.attachments.len(), 1);
    assert_eq!(acme.charges(), [acme_vendor::PICTURE_MILLS]);
    assert_eq!(acme.orders(), 1);
    assert_eq!(emulator.world().ledger.total("aimlapi"), 0);
    assert!(said().contains("set up acme-discord"), "{}", said());
}

#[tokio::test]
async fn the_bot_goes_by_its_own_name() {
    let said = async |argument: &str| {
        let mut bot = Command::new(env!("CARGO_BIN_EXE_acme-discord"));
        let output = bot.arg(argument).env_clear().output().await.unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };

    for argument in ["--help", "--version", "check", "run"] {
        let said = said(argument).await;
        assert!(said.contains("acme-discord"), "{argument}: {said}");
        // Its files keep the names that the documentation gives them.
        assert!(!said.contains("kling-discord "), "{argument}: {said}");
    }
}
