//! The whole house on loopback: the emulator, the real bot as a child process, and a scratch folder.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's house stops the test where it cannot go on"
)]

mod law;
mod pictures;
mod port;
mod replica;
mod watching;

use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use kling_bot::Mark;
use kling_core::SystemClock;
use kling_demo::{BotProcess, BotSettings};
use kling_emulator::discord::{Change, ChannelEvent, Discord, Invocation, Snowflake};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_engine::{Job, LedgerEntry, PlatformId, Requester, SqliteStore, Store as _};
use tempfile::TempDir;

pub use law::{Ending, Evidence, Law, Theirs};
pub use pictures::{big_file, not_a_picture, picture};
pub use port::Port;
pub use replica::{Order, Record, ReplicaSettings, SETTINGS};

/// Longer than anything takes on a busy machine; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_mins(1);

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The person who types, unless a test says otherwise.
pub const ADA: &str = "1180000000000000010";

/// The emulator and the bot.
#[derive(Debug)]
pub struct House {
    emulator: Emulator,
    settings: BotSettings,
    bot: Option<BotProcess>,
    folder: TempDir,
}

impl House {
    /// A house in which everything runs.
    pub async fn start() -> Self {
        Self::with(|_, _| {}).await
    }

    /// A house in which everything runs, after `prepare` has changed what it wants.
    pub async fn with(prepare: impl FnOnce(&Emulator, &mut BotSettings)) -> Self {
        let mut house = Self::without_bot(prepare).await;
        house.start_bot().await;
        house
    }

    /// A house whose bot is not started yet.
    pub async fn without_bot(prepare: impl FnOnce(&Emulator, &mut BotSettings)) -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let program = program();
        let mut settings = BotSettings::new(program, &[], folder.path(), &emulator);
        settings.set("KLING__JOBS__STATUS_EVERY", "1s");
        prepare(&emulator, &mut settings);
        Self {
            emulator,
            settings,
            bot: None,
            folder,
        }
    }

    /// Starts the bot and waits until it hears commands.
    pub async fn start_bot(&mut self) {
        self.launch_bot();
        self.until_connected().await;
    }

    /// Starts the bot without waiting.
    pub fn launch_bot(&mut self) {
        assert!(self.bot.is_none(), "the bot runs already");
        self.bot = Some(self.settings.start().unwrap());
    }

    /// Waits until the bot hears commands.
    pub async fn until_connected(&mut self) {
        let connected = async {
            self.emulator.discord().wait_for_commands(PATIENCE).await
                && self.emulator.discord().wait_for_bot(PATIENCE).await
        };
        assert!(
            connected.await,
            "the bot did not connect; it said:\n{}",
            self.log()
        );
    }

    /// Changes what the bot is told at its next start.
    pub fn settings(&mut self) -> &mut BotSettings {
        &mut self.settings
    }

    /// Asks the bot to stop, and waits until it has. A bot that panicked meanwhile fails the test.
    pub async fn stop_bot(&mut self) -> ExitStatus {
        let bot = self.bot.take().expect("the bot runs");
        assert!(
            !self.log().contains("panicked"),
            "the bot panicked:\n{}",
            self.log()
        );
        bot.terminate(PATIENCE)
            .await
            .unwrap_or_else(|error| panic!("{error:#}\n{}", self.log()))
    }

    /// Asks the bot to stop without waiting; `bot_ends` waits.
    pub fn ask_to_stop(&self) {
        self.bot
            .as_ref()
            .expect("the bot runs")
            .ask_to_stop()
            .unwrap();
    }

    /// Kills the bot with SIGKILL.
    pub async fn kill_bot(&mut self) {
        self.bot.take().expect("the bot runs").kill().await.unwrap();
    }

    /// Waits until the bot ends by itself.
    pub async fn bot_ends(&mut self) -> ExitStatus {
        let mut bot = self.bot.take().expect("the bot runs");
        tokio::time::timeout(PATIENCE, bot.ended())
            .await
            .unwrap_or_else(|_| panic!("the bot did not end; it said:\n{}", self.log()))
            .unwrap()
    }

    /// Runs the bot's program with other arguments to its end: exit code, and all it printed.
    pub async fn run(&self, arguments: &[&str]) -> (i32, String) {
        let (status, text) = self.output(arguments).await;
        (status.code().unwrap_or(-1), text)
    }

    /// As [`House::run`], with how it ended: it may be killed.
    pub async fn output(&self, arguments: &[&str]) -> (ExitStatus, String) {
        let output = self.settings.output(arguments).await.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status, String::from_utf8_lossy(&text).into_owned())
    }

    /// The outside world.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The chat platform.
    pub fn discord(&self) -> &Discord {
        self.emulator.discord()
    }

    /// Lets one fault happen at the next matching request.
    pub fn fault(&self, place: &str, route: &str, effect: Effect) {
        self.emulator
            .world()
            .script
            .push(Fault::once(place, route, effect));
    }

    /// Lets a fault happen at every matching request from now on.
    pub fn always(&self, place: &str, route: &str, effect: Effect) {
        let fault = Fault {
            times: u32::MAX,
            ..Fault::once(place, route, effect)
        };
        self.emulator.world().script.push(fault);
    }

    /// A person sends a command.
    pub fn send(&self, invocation: Invocation) -> Snowflake {
        self.discord()
            .invoke(invocation)
            .unwrap_or_else(|error| panic!("not sent: {error}"))
    }

    /// A person sends `/imagine` with one good picture.
    pub fn imagine(&self) -> Snowflake {
        self.send(imagine("a paper boat in the rain"))
    }

    /// The scratch folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The jobs that ada started, newest first, and our ledger's lines about them. The bot must not be
    /// running: it holds the database.
    pub async fn records(&self) -> (Vec<Job>, Vec<LedgerEntry>) {
        assert!(self.bot.is_none(), "the bot holds the database");
        let path = self.folder.path().join("kling-discord.db");
        let address = format!("sqlite://{}", path.display());
        let store = SqliteStore::open(&address, Arc::new(SystemClock))
            .await
            .unwrap();
        let ada = Requester {
            platform: PlatformId::new("discord"),
            workspace: None,
            channel: String::new(),
            user: ADA.to_owned(),
        };
        let jobs = store.jobs_of(&ada, 100).await.unwrap();
        let mut ledger = Vec::new();
        for job in &jobs {
            ledger.extend(store.ledger(&job.id).await.unwrap());
        }
        store.close().await;
        (jobs, ledger)
    }

    /// The jobs that ada started, newest first. The bot must not be running.
    pub async fn jobs(&self) -> Vec<Job> {
        self.records().await.0
    }

    /// Stops the bot and answers the one job there is.
    pub async fn the_job(&mut self) -> Job {
        self.stop_bot().await;
        let mut jobs = self.jobs().await;
        assert_eq!(jobs.len(), 1, "one job: {jobs:#?}");
        jobs.remove(0)
    }

    /// What the providers have charged, in nano-dollars.
    pub fn charged(&self) -> i64 {
        let ledger = &self.emulator.world().ledger;
        ledger.total("aimlapi") + ledger.total("apiin") + ledger.total("inferencesh")
    }
}

/// The bot's program.
fn program() -> PathBuf {
    program_named("kling-discord-under-test")
}

/// A program of this package: beside the test that runs, where cargo puts them.
pub fn program_named(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test
        .ancestors()
        .nth(2)
        .expect("tests run from target/<profile>/deps");
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "{} is built with this package's tests",
        program.display()
    );
    program
}

/// `/imagine` with one good picture.
pub fn imagine(prompt: &str) -> Invocation {
    Invocation::new("imagine")
        .option("prompt", prompt)
        .file("image1", picture("boat.png", 640, 480))
}

/// Whether a message of the bot says how a command ended.
pub fn is_an_end(event: &ChannelEvent) -> bool {
    let mark = Mark::of(&event.content);
    let over = match mark {
        Some(Mark::Done) => !event.attachments.is_empty(),
        Some(Mark::Failed | Mark::Refused | Mark::Unconfirmed | Mark::Cancelled) => true,
        Some(Mark::Progress) | None => false,
    };
    event.author.bot && event.event != Change::Delete && over
}
