//! The demo as it is meant to be met: a sample command, then whatever is typed, until Ctrl-C.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::args::{Common, Platform};
use crate::house::{FOR_EVER, House, stop_signal};
use crate::transcript::{self, Transcript};
use crate::typed::Typed;

const BOAT: &[u8] = include_bytes!("../pictures/boat.png");
const MUG: &[u8] = include_bytes!("../pictures/mug.jpg");

/// Runs until Ctrl-C.
pub(crate) async fn run(common: &Common) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let mut transcript = Transcript::new(&common.out, common.json)?;
    let (boat, mug) = samples(&common.out)?;
    if !common.json {
        writeln!(out, "Starting the emulator and the Discord bot …")?;
    }
    let mut house = House::start(common, Platform::Discord).await?;
    let sample = format!(
        "/imagine prompt:\"the paper boat sails across the blue mug, morning light\" image1:@{} image2:@{} aspect_ratio:16:9 count:2",
        boat.display(),
        mug.display()
    );
    if !common.json {
        writeln!(
            out,
            "The emulator is at {}; the bot's log is {}.",
            house.origin(),
            house.log_path().display()
        )?;
        writeln!(out, "\n#pictures in Kling Studio\n\n  ada: {sample}")?;
    }
    house.send(&Typed::parse(&sample)?)?;

    let mut lines = keyboard();
    let mut seen = 0;
    let mut first_ends = true;
    loop {
        let discord = house.discord().clone();
        tokio::select! {
            () = stop_signal() => break,
            event = discord.wait_for_event(|event| event.seq > seen, FOR_EVER) => {
                let Some(event) = event else { break };
                seen = event.seq;
                transcript.show(&discord, &event, &mut out)?;
                if first_ends && transcript::outcome(&event).is_some() && !common.json {
                    first_ends = false;
                    writeln!(out, "\nThe pictures are in {}.", common.out.display())?;
                    writeln!(out, "Type another command, such as /imagine prompt:\"a lighthouse\" image1:@{}, or press Ctrl-C to stop.\n", boat.display())?;
                }
            }
            Some(line) = lines.recv() => {
                if let Err(error) = type_line(&house, &line) {
                    writeln!(out, "  {error:#}")?;
                }
            }
            error = house.bot_ended() => return Err(error),
        }
    }
    if !common.json {
        writeln!(out, "\nStopping: the bot finishes what it is doing …")?;
    }
    house.stop().await
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

fn type_line(house: &House, line: &str) -> anyhow::Result<()> {
    if line.trim().is_empty() {
        return Ok(());
    }
    house.send(&Typed::parse(line)?)?;
    Ok(())
}

/// Writes the sample pictures where the person can find them.
fn samples(folder: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok::<_, anyhow::Error>(path)
    };
    Ok((write("boat.png", BOAT)?, write("mug.jpg", MUG)?))
}
