//! A real bot as a child process: it can be started, stopped politely, killed and started again.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use kling_emulator::Emulator;
use tokio::process::{Child, ChildStdin, Command};

/// The token that the emulated Discord knows its bot by.
const TOKEN: &str = "emulated-discord-token";

/// How to start a bot: which program, where its files are, and what it is told by the environment.
#[derive(Clone, Debug)]
pub struct BotSettings {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl BotSettings {
    /// A bot that talks to this emulator and keeps its database, archive and log in `folder`.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: &[&str],
        folder: &Path,
        emulator: &Emulator,
    ) -> Self {
        let mut settings = Self {
            program: program.into(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
            folder: folder.to_owned(),
            variables: Vec::new(),
        };
        let database = folder.join("kling-discord.db");
        let archive = folder.join("archive");
        settings.set("DISCORD_TOKEN", TOKEN);
        settings.set("AIMLAPI_API_KEY", "emulated-key");
        settings.set("KLING__DISCORD__BASE_URL", emulator.base("discord"));
        settings.set(
            "KLING__PROVIDERS__AIMLAPI__BASE_URL",
            emulator.base("aimlapi"),
        );
        settings.set(
            "KLING__STORE__URL",
            format!("sqlite://{}", database.display()),
        );
        settings.set("KLING__ARCHIVE__URL", format!("file:{}", archive.display()));
        settings.set("KLING__SERVER__LISTEN", "127.0.0.1:0");
        settings
    }

    /// Tells the bot one thing more, or otherwise, by an environment variable.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Takes back what an environment variable would have told.
    pub fn unset(&mut self, name: &str) {
        self.variables.retain(|(known, _)| known != name);
    }

    /// Where the bot writes what it has to say to the operator.
    pub fn log_path(&self) -> PathBuf {
        self.folder.join("bot.log")
    }

    /// Starts the bot. It does not outlive this process's interest in it: dropping kills it.
    ///
    /// # Errors
    ///
    /// When the program cannot be started or its log cannot be written.
    pub fn start(&self) -> anyhow::Result<BotProcess> {
        let log = self.open_log()?;
        let mut child = self
            .command()
            .stdout(log.try_clone().context("the log cannot be shared")?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        let we_live = child.stdin.take();
        Ok(BotProcess {
            child,
            _we_live: we_live,
        })
    }

    /// Runs the bot's program to its end with other arguments, such as `check`, and answers what it printed.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub async fn output(&self, arguments: &[&str]) -> anyhow::Result<std::process::Output> {
        let mut command = self.command();
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
            .output()
            .await
            .with_context(|| format!("{} cannot be started", self.program.display()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            // Never written to: it ends when we do, whatever ends us.
            .stdin(Stdio::piped())
            // Ctrl-C is for the demo, which then asks the bot.
            .process_group(0)
            .env_clear()
            .kill_on_drop(true);
        // Only what a program needs to run; no setting of the person's own gets through.
        for name in ["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn open_log(&self) -> anyhow::Result<File> {
        let path = self.log_path();
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// A bot that is running.
#[derive(Debug)]
pub struct BotProcess {
    child: Child,
    // Waiting for a child closes its input unless it was taken out, and the bot would stop.
    _we_live: Option<ChildStdin>,
}

impl BotProcess {
    /// Asks it to finish what it is doing and stop (SIGTERM).
    ///
    /// # Errors
    ///
    /// When it had ended before.
    pub fn ask_to_stop(&self) -> anyhow::Result<()> {
        let pid = self.child.id().context("the bot had ended already")?;
        let pid = i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let pid = pid.context("the bot's process number is odd")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)
            .context("the bot cannot be asked to stop")
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    ///
    /// When it has not stopped within `patience`, or had ended before.
    pub async fn terminate(mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        self.ask_to_stop()?;
        tokio::time::timeout(patience, self.child.wait())
            .await
            .context("the bot did not stop in time")?
            .context("the bot cannot be waited for")
    }

    /// The system's number for it, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills it at once (SIGKILL), as a power cut would.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("the bot cannot be killed")
    }

    /// Kills it at once (SIGKILL), without waiting; [`Self::ended`] tells when it is gone.
    ///
    /// # Errors
    ///
    /// When it had ended before.
    pub fn crash(&mut self) -> anyhow::Result<()> {
        self.child.start_kill().context("the bot cannot be killed")
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    ///
    /// When the system does not let us wait.
    pub async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        self.child
            .wait()
            .await
            .context("the bot cannot be waited for")
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    ///
    /// When the system does not let us look.
    pub fn has_ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child.try_wait().context("the bot cannot be looked at")
    }
}
