//! One command, from being typed to being answered.

use std::io::Write as _;
use std::time::Duration;

use anyhow::bail;
use tokio::time::timeout;

use crate::args::{Common, Once};
use crate::house::{DRAIN, FOR_EVER, House};
use crate::invocation::{self, BadUsage, Files};
use crate::stop::Stop;
use crate::transcript::{self, Outcome, Transcript};
use crate::typed::Typed;

/// Runs it; answers how it ended. What is wrong with the command line is found before anything is started,
/// except where only the bot's own command definitions can tell.
pub(crate) async fn run(common: &Common, once: &Once) -> anyhow::Result<Outcome> {
    let mut typed = Typed::parse(&once.command).map_err(|error| BadUsage(error.to_string()))?;
    invocation::fill_provider(&mut typed, once.provider.as_deref())?;
    let files = invocation::read_files(&typed)?;
    let mut transcript = Transcript::new(&common.out, common.json)?;

    let mut stop = Stop::listen()?;
    let mut house = tokio::select! {
        house = House::start(common, once.platform) => house?,
        () = stop.asked() => bail!("stopped before the bot was there"),
    };
    let told = tell(&mut house, &mut stop, once, &typed, files, &mut transcript).await;
    let discord = house.discord().clone();
    // What has no end by now is not waited for.
    let drain = if told.is_ok() { DRAIN } else { Duration::ZERO };
    let stopped = house.stop(&mut stop, drain).await;
    if let Err(error) = &stopped {
        // The command's end is what was asked for; this is only said.
        drop(writeln!(std::io::stderr(), "kling-demo: {error:#}"));
    }
    // What the bot did while it finished belongs to the transcript: it may have taken a message back.
    transcript.show_new(&discord, &mut std::io::stdout())?;
    let outcome = told?;
    transcript.unsaved()?;
    Ok(outcome)
}

async fn tell(
    house: &mut House,
    stop: &mut Stop,
    once: &Once,
    typed: &Typed,
    files: Files,
    transcript: &mut Transcript,
) -> anyhow::Result<Outcome> {
    house.send(typed, files)?;
    transcript.typed(&once.command, &mut std::io::stdout())?;
    let discord = house.discord().clone();
    let until_the_end = async {
        loop {
            let Some(event) = transcript.next(&discord, FOR_EVER).await else {
                bail!("the emulator stopped")
            };
            transcript.show(&discord, &event, &mut std::io::stdout())?;
            if let Some(outcome) = transcript::outcome(&event) {
                return Ok(outcome);
            }
        }
    };
    tokio::select! {
        seen = timeout(once.patience, until_the_end) => match seen {
            Ok(outcome) => outcome,
            Err(_) => bail!(
                "the channel showed no end within {} s; the bot's last words:\n{}",
                once.patience.as_secs(),
                house.last_words()
            ),
        },
        ended = house.bot_ended() => {
            bail!("the bot ended ({}); it said:\n{}", ended?, house.last_words())
        }
        () = stop.asked() => bail!("stopped before the end"),
    }
}
