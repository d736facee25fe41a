//! The emulator and the bot, running.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use kling_emulator::discord::{Discord, Snowflake};
use kling_emulator::{Emulator, Options};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Common, Platform};
use crate::invocation::{self, BadUsage};
use crate::typed::Typed;
use kling_demo::{BotProcess, BotSettings};

/// How long a bot may take to connect and to register its commands.
const START_UP: Duration = Duration::from_mins(1);
/// How long a bot may take to finish what it is doing.
const DRAIN: Duration = Duration::from_secs(30);

/// Longer than anybody waits.
pub(crate) const FOR_EVER: Duration = Duration::from_hours(8760);

/// The emulator, the bot as a child process, and a folder for its state.
pub(crate) struct House {
    emulator: Emulator,
    settings: BotSettings,
    bot: BotProcess,
    // Kept so that the folder lives as long as the bot.
    folder: TempDir,
}

impl House {
    pub(crate) async fn start(common: &Common, platform: Platform) -> anyhow::Result<Self> {
        let emulator = Emulator::start(Options {
            listen: common.listen,
            ..Options::default()
        })
        .await?;
        emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = common.latency_ms);
        let folder = tempfile::Builder::new()
            .prefix("kling-demo-")
            .tempdir()
            .context("no temporary folder can be made")?;
        let program = std::env::current_exe().context("the demo does not know its own program")?;
        let arguments = ["bot", platform.name(), "--"];
        let mut settings = BotSettings::new(program, &arguments, folder.path(), &emulator);
        settings.set("KLING__JOBS__STATUS_EVERY", "1s");
        let mut bot = settings.start()?;
        let connected = async {
            emulator.discord().wait_for_commands(START_UP).await
                && emulator.discord().wait_for_bot(START_UP).await
        };
        tokio::select! {
            ready = connected => if !ready {
                bail!("the bot did not connect; it said:\n{}", last_words(&settings.log_path()));
            },
            ended = bot.ended() => {
                bail!("the bot ended ({}); it said:\n{}", ended?, last_words(&settings.log_path()));
            }
        }
        Ok(Self {
            emulator,
            settings,
            bot,
            folder,
        })
    }

    pub(crate) fn discord(&self) -> &Discord {
        self.emulator.discord()
    }

    pub(crate) fn origin(&self) -> &str {
        self.emulator.origin()
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.settings.log_path()
    }

    /// Does as if somebody typed the command in the channel.
    pub(crate) fn send(&self, typed: &Typed) -> Result<Snowflake, BadUsage> {
        let invocation = invocation::build(typed, &self.discord().commands())?;
        self.discord()
            .invoke(invocation)
            .map_err(|error| BadUsage(error.to_string()))
    }

    /// Waits for the bot to end by itself, which it should not.
    pub(crate) async fn bot_ended(&mut self) -> anyhow::Error {
        match self.bot.ended().await {
            Ok(status) => {
                anyhow::anyhow!("the bot ended ({status}); it said:\n{}", self.last_words())
            }
            Err(error) => error,
        }
    }

    /// What the bot said last to the operator.
    pub(crate) fn last_words(&self) -> String {
        last_words(&self.settings.log_path())
    }

    /// Lets the bot finish what it is doing, and stops everything.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.bot.terminate(DRAIN).await?;
        self.emulator.shutdown().await;
        self.folder
            .close()
            .context("the temporary folder cannot be removed")
    }
}

/// Waits until somebody asks the demo to stop: Ctrl-C or SIGTERM.
pub(crate) async fn stop_signal() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
