//! The emulator and the bot, running.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context as _, bail};
use kling_emulator::discord::{Discord, Snowflake};
use kling_emulator::journal::Entry;
use kling_emulator::{Emulator, Options};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::args::{Common, Platform};
use crate::invocation::{self, BadUsage, Files};
use crate::stop::Stop;
use crate::typed::Typed;
use kling_demo::{BotProcess, BotSettings};

/// How long a bot may take to connect and to register its commands.
const START_UP: Duration = Duration::from_mins(1);
/// How long a bot may take to finish what it is doing: a little longer than it gives itself.
pub(crate) const DRAIN: Duration = Duration::from_mins(7);

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
        // Empty, so that no configuration of this machine gets in.
        let configuration = folder.path().join("kling.toml");
        std::fs::write(&configuration, "")
            .with_context(|| format!("{} cannot be written", configuration.display()))?;
        let configuration = configuration.display().to_string();
        let program = std::env::current_exe().context("the demo does not know its own program")?;
        let arguments = ["bot", platform.name(), "--", "--config", &configuration];
        let mut settings = BotSettings::new(program, &arguments, folder.path(), &emulator);
        settings.set("KLING__JOBS__STATUS_EVERY", "1s");
        let bot = connect(&emulator, &settings).await?;
        Ok(Self {
            emulator,
            settings,
            bot,
            folder,
        })
    }

    /// Starts the bot again, on the same database, after it has ended.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        self.bot = connect(&self.emulator, &self.settings).await?;
        Ok(())
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

    /// The bot's process number, while it runs.
    pub(crate) fn bot_id(&self) -> Option<u32> {
        self.bot.id()
    }

    /// Does as if ada typed the command in the channel.
    pub(crate) fn send(&self, typed: &Typed, files: Files) -> Result<Snowflake, BadUsage> {
        let invocation = invocation::build(typed, files, &self.discord().commands())?;
        self.discord()
            .invoke(invocation)
            .map_err(|error| BadUsage(error.to_string()))
    }

    /// Kills the bot (SIGKILL), as a power cut would.
    pub(crate) fn crash(&mut self) -> anyhow::Result<()> {
        self.bot.crash()
    }

    /// Waits for the bot to end by itself, and tells how it did.
    pub(crate) async fn bot_ended(&mut self) -> anyhow::Result<ExitStatus> {
        self.bot.ended().await
    }

    /// What the bot said last to the operator.
    pub(crate) fn last_words(&self) -> String {
        last_words(&self.settings.log_path())
    }

    /// Lets the bot finish what it is doing for so long at most, and stops everything. Who asks to stop once more
    /// does not wait for the bot.
    pub(crate) async fn stop(mut self, stop: &mut Stop, drain: Duration) -> anyhow::Result<()> {
        let mut ended = self.bot.has_ended()?.is_some();
        let mut too_slow = false;
        if !ended {
            self.bot.ask_to_stop()?;
            tokio::select! {
                finished = timeout(drain, self.bot.ended()) => {
                    ended = finished.is_ok();
                    too_slow = !ended && !drain.is_zero();
                }
                () = stop.asked() => {}
            }
        }
        if !ended {
            self.bot.kill().await?;
        }
        self.emulator.shutdown().await;
        self.folder
            .close()
            .context("the temporary folder cannot be removed")?;
        anyhow::ensure!(
            !too_slow,
            "the bot did not finish what it was doing, and was killed"
        );
        Ok(())
    }
}

/// Starts the bot, and waits until it hears commands.
async fn connect(emulator: &Emulator, settings: &BotSettings) -> anyhow::Result<BotProcess> {
    let journal = &emulator.world().journal;
    let before = journal.last_seq();
    let mut bot = settings.start()?;
    let identified = |entry: &Entry| entry.place == "discord" && entry.event() == "identify";
    let connected = async {
        journal
            .wait_for_after(before, identified, START_UP)
            .await
            .is_some()
            && emulator.discord().wait_for_commands(START_UP).await
            && emulator.discord().wait_for_bot(START_UP).await
    };
    tokio::select! {
        ready = connected => if ready { return Ok(bot) },
        ended = bot.ended() => {
            bail!("the bot ended ({}); it said:\n{}", ended?, last_words(&settings.log_path()));
        }
    }
    bail!(
        "the bot did not connect; it said:\n{}",
        last_words(&settings.log_path())
    )
}

fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
