//! One command, from being typed to being answered.

use anyhow::bail;
use kling_emulator::discord::Discord;
use tokio::time::timeout;

use crate::args::{Common, Once};
use crate::house::{FOR_EVER, House, stop_signal};
use crate::invocation::{self, BadUsage};
use crate::transcript::{self, Outcome, Transcript};
use crate::typed::Typed;

/// Runs it; answers how it ended.
pub(crate) async fn run(common: &Common, once: &Once) -> anyhow::Result<Outcome> {
    let mut typed = Typed::parse(&once.command).map_err(|error| BadUsage(error.to_string()))?;
    invocation::fill_provider(&mut typed, once.provider.as_deref())?;
    let mut transcript = Transcript::new(&common.out, common.json)?;

    let mut house = House::start(common, once.platform).await?;
    house.send(&typed)?;
    let discord = house.discord().clone();
    let outcome = tokio::select! {
        seen = timeout(once.patience, until_the_end(&discord, &mut transcript)) => match seen {
            Ok(outcome) => outcome,
            Err(_) => Err(anyhow::anyhow!(
                "the channel showed no end within {} s; the bot's last words:\n{}",
                once.patience.as_secs(),
                house.last_words()
            )),
        },
        error = house.bot_ended() => Err(error),
        () = stop_signal() => Err(anyhow::anyhow!("stopped before the end")),
    };
    house.stop().await?;
    outcome
}

async fn until_the_end(discord: &Discord, transcript: &mut Transcript) -> anyhow::Result<Outcome> {
    let mut seen = 0;
    loop {
        let event = discord
            .wait_for_event(|event| event.seq > seen, FOR_EVER)
            .await;
        let Some(event) = event else {
            bail!("the emulator stopped")
        };
        seen = event.seq;
        transcript.show(discord, &event, &mut std::io::stdout())?;
        if let Some(outcome) = transcript::outcome(&event) {
            return Ok(outcome);
        }
    }
}
