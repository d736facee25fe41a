//! An emulated world and a bot in it, which can be killed and started again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use kling_emulator::discord::{
    BOT_TOKEN, Change, ChannelEvent, Discord, FileIn, Invocation, Snowflake,
};
use kling_emulator::journal::Entry;
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

/// Longer than anything takes on a slow machine.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// A world with one bot.
pub(crate) struct Bot {
    pub(crate) emulator: Emulator,
    folder: TempDir,
    child: Option<Child>,
}

impl Bot {
    /// A world whose bot is connected.
    pub(crate) async fn start() -> Self {
        let mut bot = Self::asleep().await;
        bot.wake(&[]).await;
        bot
    }

    /// A world whose bot was not started yet.
    pub(crate) async fn asleep() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let emulator = Emulator::start(Options {
            listen,
            ..Options::default()
        })
        .await
        .unwrap();
        Self {
            emulator,
            folder: TempDir::new().unwrap(),
            child: None,
        }
    }

    /// Starts the bot, or starts it again, and waits until it is connected.
    pub(crate) async fn wake(&mut self, variables: &[(&str, &str)]) {
        let child = self.command(variables).spawn().unwrap();
        self.child = Some(child);
        assert!(self.discord().wait_for_commands(LONG).await, "no commands");
        assert!(self.discord().wait_for_bot(LONG).await, "not connected");
    }

    /// As [`Bot::wake`], with everything it says kept for [`Bot::stop_and_read`].
    pub(crate) async fn wake_and_listen(&mut self, variables: &[(&str, &str)]) {
        let log = std::fs::File::create(self.log_path()).unwrap();
        let mut command = self.command(variables);
        let child = command.stderr(log).spawn().unwrap();
        self.child = Some(child);
        assert!(self.discord().wait_for_commands(LONG).await, "no commands");
        assert!(self.discord().wait_for_bot(LONG).await, "not connected");
    }

    /// Waits until the bot that is listened to says this, and gives the word that follows.
    pub(crate) async fn said_after(&self, words: &str) -> String {
        let said = async {
            loop {
                let log = std::fs::read_to_string(self.log_path()).unwrap();
                // A line that is still being written is no line yet.
                let lines = log.rsplit_once('\n').map(|(lines, _)| lines);
                if let Some((_, rest)) = lines.and_then(|lines| lines.split_once(words)) {
                    return rest
                        .split_whitespace()
                        .next()
                        .unwrap_or_default()
                        .to_owned();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let said = tokio::time::timeout(LONG, said).await;
        said.unwrap_or_else(|_| panic!("`{words}` is never said"))
    }

    /// Stops the bot and gives all it said.
    pub(crate) async fn stop_and_read(&mut self) -> String {
        self.terminate().await;
        self.ended().await;
        std::fs::read_to_string(self.log_path()).unwrap()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Where the bot runs.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program, set up for this world.
    pub(crate) fn command(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kling-discord"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("DISCORD_TOKEN", BOT_TOKEN)
            .env("AIMLAPI_API_KEY", "a-good-key")
            .env("KLING__DISCORD__BASE_URL", self.emulator.base("discord"))
            .env(
                "KLING__PROVIDERS__AIMLAPI__BASE_URL",
                self.emulator.base("aimlapi"),
            )
            .env("KLING__SERVER__LISTEN", "none")
            .env("KLING__LOG__LEVEL", "info")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Kills the bot where it stands.
    pub(crate) async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
        self.disconnected().await;
    }

    /// Waits until the bot has died by itself.
    pub(crate) async fn died(&mut self) {
        assert_eq!(self.ended().await, -1, "it was not killed");
    }

    /// Waits until Discord has noticed that the bot is gone.
    pub(crate) async fn disconnected(&self) {
        let gone = async {
            while self.discord().connections() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(LONG, gone)
            .await
            .expect("it is still connected");
    }

    /// Waits until the bot has told the gateway this (`identify`, `resume`), after the entry `after`.
    pub(crate) async fn told_gateway(&self, event: &str, after: u64) {
        let journal = &self.emulator.world().journal;
        let wanted = |entry: &Entry| entry.path == "/gateway" && entry.event() == event;
        let found = journal.wait_for_after(after, wanted, LONG).await;
        assert!(found.is_some(), "no {event} came");
    }

    pub(crate) fn discord(&self) -> &Discord {
        self.emulator.discord()
    }

    /// Plays a fault at the next matching request.
    pub(crate) fn fault(&self, place: &str, route: &str, times: u32, effect: Effect) {
        let fault = Fault {
            times,
            ..Fault::once(place, route, effect)
        };
        self.emulator.world().script.push(fault);
    }

    /// Lets the provider take its time, so that there is something to do meanwhile.
    pub(crate) fn slow_provider(&self) {
        self.emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = 480_000);
    }

    /// Waits until the provider has the work.
    pub(crate) async fn submitted(&self) {
        let journal = &self.emulator.world().journal;
        let accepted = |entry: &Entry| entry.place == "aimlapi" && entry.event() == "accepted";
        assert!(
            journal.wait_for(accepted, LONG).await.is_some(),
            "{:#?}",
            self.story()
        );
    }

    /// Asks the bot to stop.
    pub(crate) async fn terminate(&self) {
        let id = self.child.as_ref().and_then(Child::id).unwrap();
        let asked = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status()
            .await;
        assert!(asked.unwrap().success());
    }

    /// Waits until the bot has ended by itself, and gives its exit code.
    pub(crate) async fn ended(&mut self) -> i32 {
        let mut child = self.child.take().unwrap();
        let status = tokio::time::timeout(LONG, child.wait())
            .await
            .expect("it lives on");
        self.disconnected().await;
        status.unwrap().code().unwrap_or(-1)
    }

    /// Lets the provider finish, once it has the work: eight minutes pass. It is quick from then on.
    pub(crate) async fn finish(&self) {
        self.submitted().await;
        let world = self.emulator.world();
        world.aimlapi.change(|settings| settings.latency_ms = 0);
        world.clock.advance(Duration::from_mins(8));
    }

    /// ada uses `/imagine`.
    pub(crate) fn imagine(&self, change: impl FnOnce(Invocation) -> Invocation) -> Snowflake {
        let command = Invocation::new("imagine")
            .option("prompt", "a paper boat in the rain")
            .file("image1", picture());
        self.discord().invoke(change(command)).unwrap()
    }

    /// The first event that fits.
    pub(crate) async fn event(&self, wanted: impl Fn(&ChannelEvent) -> bool) -> ChannelEvent {
        let found = self.discord().wait_for_event(wanted, LONG).await;
        found.unwrap_or_else(|| panic!("it never came; what came: {:#?}", self.story()))
    }

    /// The first message that begins with this mark.
    pub(crate) async fn marked(&self, mark: &str) -> ChannelEvent {
        self.event(|event| event.content.starts_with(mark) && event.event != Change::Delete)
            .await
    }

    /// Waits until so many messages that stand there begin with this mark.
    pub(crate) async fn until_marked(&self, mark: &str, count: usize) {
        let enough = async {
            while self
                .public("pictures")
                .iter()
                .filter(|message| message.content.starts_with(mark))
                .count()
                < count
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(LONG, enough)
            .await
            .unwrap_or_else(|_| panic!("not {count} came: {:#?}", self.story()));
    }

    /// Waits until the bot has nothing left to do: another command goes all the way.
    pub(crate) async fn settled(&self) {
        let before = self.discord().events(0).len() as u64;
        let other = self.imagine(|command| command.in_channel("videos"));
        self.discord().wait_for_answer(other, LONG).await.unwrap();
        self.event(|event| {
            event.seq > before
                && event.interaction_id == Some(other)
                && event.content.starts_with('✅')
        })
        .await;
        assert_eq!(self.public("videos").len(), 1);
    }

    /// Whether every fault was met.
    pub(crate) fn script_is_played(&self) -> bool {
        self.emulator.world().script.list().is_empty()
    }

    /// Everything that happened, in one line each.
    pub(crate) fn story(&self) -> Vec<String> {
        let events = self.discord().events(0);
        events
            .iter()
            .map(|event| {
                format!(
                    "{:?} {:?} {}{}",
                    event.event,
                    event.message_id,
                    if event.ephemeral { "(private) " } else { "" },
                    event.content
                )
            })
            .collect()
    }

    /// What everybody can see in a channel that is no progress.
    pub(crate) fn public(&self, channel: &str) -> Vec<ChannelEvent> {
        let messages = self.discord().messages(channel, None);
        messages
            .into_iter()
            .filter(|message| !message.ephemeral)
            .collect()
    }

    /// What the provider charged, and how often.
    pub(crate) fn charges(&self) -> usize {
        self.emulator.world().ledger.list().len()
    }

    /// How many requests Discord got of this kind.
    pub(crate) fn requests(&self, method: &str, part: &str) -> usize {
        let entries = self.emulator.world().journal.entries(0);
        let hits = entries.iter().filter(|entry| {
            entry.place == "discord" && entry.method == method && entry.path.contains(part)
        });
        hits.count()
    }

    /// Runs the program to its end and gives its code and all it said.
    pub(crate) async fn run(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (i32, String) {
        let mut child = self
            .command(variables)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let reading = async {
            let (mut said, mut complained) = (String::new(), String::new());
            let (one, other) = tokio::join!(
                out.read_to_string(&mut said),
                err.read_to_string(&mut complained)
            );
            one.and(other).unwrap();
            said + &complained
        };
        let (said, status) =
            tokio::time::timeout(LONG, async { tokio::join!(reading, child.wait()) })
                .await
                .expect("it goes on and on");
        (status.unwrap().code().unwrap_or(-1), said)
    }
}

/// A picture that every model takes.
pub(crate) fn picture() -> FileIn {
    picture_of(512, 512)
}

/// A picture of this size.
pub(crate) fn picture_of(width: u32, height: u32) -> FileIn {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90])
    })
    .write_to(&mut png, image::ImageFormat::Png)
    .unwrap();
    file("boat.png", png.into_inner())
}

/// A file of this content, whatever its name says.
pub(crate) fn file(name: &str, bytes: impl Into<Bytes>) -> FileIn {
    FileIn::new(name, bytes)
}
