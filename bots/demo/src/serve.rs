//! The demo as it is meant to be met: a sample command, then whatever is typed, until Ctrl-C.

use std::io::IsTerminal as _;
use std::path::Path;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::args::{Common, Platform};
use crate::house::{DRAIN, FOR_EVER, House};
use crate::invocation;
use crate::stop::Stop;
use crate::transcript::{self, Outcome, Transcript};
use crate::typed::Typed;

const BOAT: &[u8] = include_bytes!("../pictures/boat.png");
const MUG: &[u8] = include_bytes!("../pictures/mug.jpg");

/// Typed instead of a command, this kills the bot.
const CRASH: &str = "crash";

/// Runs until Ctrl-C.
pub(crate) async fn run(common: &Common) -> anyhow::Result<()> {
    let transcript = Transcript::new(&common.out, common.json)?;
    let boat = transcript.keep("boat.png", BOAT)?;
    let mug = transcript.keep("mug.jpg", MUG)?;
    let mut stop = Stop::listen()?;
    transcript.aside("Starting the emulator and the Discord bot …")?;
    let house = tokio::select! {
        house = House::start(common, Platform::Discord) => house?,
        () = stop.asked() => return Ok(()),
    };
    let mut room = Room {
        house,
        transcript,
        lines: keyboard(),
        echoes: !std::io::stdin().is_terminal(),
    };
    let talked = room.talk(&mut stop, &boat, &mug).await;
    let Room {
        house,
        mut transcript,
        ..
    } = room;
    transcript
        .aside("\nStopping: the bot finishes what it is doing. Ctrl-C once more does not wait.")?;
    let discord = house.discord().clone();
    let stopped = house.stop(&mut stop, DRAIN).await;
    transcript.show_new(&discord, &mut std::io::stdout())?;
    talked.and(stopped)?;
    transcript.unsaved()
}

struct Room {
    house: House,
    transcript: Transcript,
    lines: UnboundedReceiver<String>,
    /// Whether what is typed is repeated: a terminal shows it already.
    echoes: bool,
}

impl Room {
    async fn talk(&mut self, stop: &mut Stop, boat: &Path, mug: &Path) -> anyhow::Result<()> {
        self.introduce()?;
        let (boat, mug) = (boat.display(), mug.display());
        let sample = format!(
            "/imagine prompt:\"the paper boat sails across the blue mug, morning light\" \
             image1:@\"{boat}\" image2:@\"{mug}\" aspect_ratio:16:9 count:2"
        );
        self.transcript.typed(&sample, &mut std::io::stdout())?;
        self.send(&sample)?;

        let discord = self.house.discord().clone();
        let mut first = true;
        loop {
            tokio::select! {
                () = stop.asked() => return Ok(()),
                event = self.transcript.next(&discord, FOR_EVER) => {
                    let Some(event) = event else { return Ok(()) };
                    self.transcript.show(&discord, &event, &mut std::io::stdout())?;
                    if let Some(outcome) = transcript::outcome(&event).filter(|_| first) {
                        first = false;
                        self.invite(outcome, &boat.to_string())?;
                    }
                }
                Some(line) = self.lines.recv() => self.hear(line.trim())?,
                ended = self.house.bot_ended() => {
                    let status = ended?;
                    self.transcript.aside(&format!("\n  The bot ended ({status}). Starting it again, on the same database …"))?;
                    tokio::select! {
                        restarted = self.house.restart() => restarted?,
                        () = stop.asked() => return Ok(()),
                    }
                    self.tell_bot()?;
                }
            }
        }
    }

    fn introduce(&self) -> anyhow::Result<()> {
        let origin = self.house.origin();
        self.transcript.aside(&format!(
            "The emulator is at {origin}, its control below {origin}/_emulator."
        ))?;
        self.tell_bot()?;
        self.transcript.aside("\n#pictures in Kling Studio\n")
    }

    fn tell_bot(&self) -> anyhow::Result<()> {
        let Some(id) = self.house.bot_id() else {
            return Ok(());
        };
        let log = self.house.log_path();
        self.transcript.aside(&format!(
            "The bot is process {id}; its log is {}.",
            log.display()
        ))
    }

    fn invite(&self, outcome: Outcome, boat: &str) -> anyhow::Result<()> {
        let folder = self.transcript.folder();
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let pictures = match outcome {
            Outcome::Posted => format!("The pictures are in {}.\n", folder.display()),
            Outcome::Failed => String::new(),
        };
        self.transcript.aside(&format!(
            "\n{pictures}Type another command, such as /imagine prompt:\"a lighthouse\" image1:@\"{boat}\", \
             or `{CRASH}` to kill the bot and see it come back. Ctrl-C stops.\n"
        ))
    }

    fn hear(&mut self, line: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        if line.is_empty() {
            return Ok(());
        }
        if line == CRASH {
            return self.house.crash();
        }
        if self.echoes {
            self.transcript.typed(line, &mut out)?;
        }
        if let Err(error) = self.send(line) {
            self.transcript.aside(&format!("    not sent: {error:#}"))?;
        }
        Ok(())
    }

    fn send(&self, line: &str) -> anyhow::Result<()> {
        let typed = Typed::parse(line)?;
        let files = invocation::read_files(&typed)?;
        self.house.send(&typed, files)?;
        Ok(())
    }
}

/// The lines that are typed. A thread of its own reads them: it may wait for ever, and nobody waits for it.
fn keyboard() -> UnboundedReceiver<String> {
    let (typed, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if typed.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
