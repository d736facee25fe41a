//! An operator decides about an unconfirmed job, and the program that carries it out is killed.

use std::os::unix::process::ExitStatusExt as _;

use kling_demo::BotSettings;
use kling_emulator::Emulator;
use kling_emulator::discord::Invocation;
use kling_emulator::script::Effect;
use kling_engine::failpoint;
use kling_tests::{Ending, House, Law, imagine};
use libtest_mimic::{Failed, Trial};

use crate::roads::Road;
use crate::{SIGKILL, start_again, verdict};

/// What the operator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    TryAgain,
    GiveUp,
    LookAgain,
}

/// Every decision, with the points that it passes.
const DECISIONS: &[(Decision, [&str; 2])] = &[
    (
        Decision::TryAgain,
        ["commit.try-again.before", "commit.try-again.after"],
    ),
    (
        Decision::GiveUp,
        ["commit.ended.before", "commit.ended.after"],
    ),
    (
        Decision::LookAgain,
        ["commit.started.before", "commit.started.after"],
    ),
];

/// One trial for each point of each decision.
pub(crate) fn trials() -> impl Iterator<Item = Trial> {
    let all = DECISIONS
        .iter()
        .flat_map(|&(decision, points)| points.map(|point| (decision, point)));
    all.map(|(decision, point)| {
        let name = format!("killed_at_{point}_while_choosing_{}", decision.word());
        Trial::test(name, move || killed_while_choosing(decision, point))
    })
}

impl Decision {
    /// As it is typed.
    fn word(self) -> &'static str {
        match self {
            Self::TryAgain => "try-again",
            Self::GiveUp => "give-up",
            Self::LookAgain => "look-again",
        }
    }

    /// A look brings something only at a provider that finds tasks by our name for them.
    fn set_up(self, emulator: &Emulator, settings: &mut BotSettings) {
        if self == Self::LookAgain {
            let base = emulator.base("inferencesh");
            settings.set("INFERENCE_API_KEY", "emulated-key");
            settings.set("KLING__PROVIDERS__INFERENCESH__BASE_URL", base);
            // Nobody answers there: it is only what a task is found by.
            let hooks = "https://127.0.0.1:9/hooks";
            settings.set("KLING__PROVIDERS__INFERENCESH__WEBHOOK_BASE_URL", hooks);
        }
    }

    /// Lets the answer to the submission be lost.
    fn prepare(self, house: &House) {
        match self {
            Self::TryAgain | Self::GiveUp => Road::LostAnswer.prepare(house),
            Self::LookAgain => house.fault("inferencesh", "POST /apps/run", Effect::ResetAfter),
        }
    }

    fn command(self) -> Invocation {
        match self {
            Self::TryAgain | Self::GiveUp => Road::LostAnswer.command(),
            Self::LookAgain => imagine("a paper boat").option("provider", "inferencesh"),
        }
    }

    /// What is wrong with a job about which this was decided once.
    fn breaches(self, law: &Law) -> Vec<String> {
        let (submissions, ending) = match self {
            Self::TryAgain => (2, Ending::Result),
            Self::GiveUp => (1, Ending::Sentence),
            Self::LookAgain => (1, Ending::Result),
        };
        let mut breaches = law.breaches_by_choice(submissions);
        if law.ending() != ending || law.results + law.sentences != 1 {
            breaches.push(format!("it does not end with one {ending:?}"));
        }
        if law.recorded + law.may_have_cost != law.charged {
            breaches.push("the ledger does not list every charge".to_owned());
        }
        breaches
    }
}

/// The choice before its commit was not made; after it, it is carried out, once. It is the operator's own word, so that
/// two charges are within the law where it was to try again, as long as our ledger lists them.
fn killed_while_choosing(decision: Decision, point: &'static str) -> Result<(), Failed> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let set_up = |emulator: &Emulator, settings: &mut BotSettings| {
            decision.set_up(emulator, settings);
        };
        let mut house = House::without_bot(set_up).await;
        decision.prepare(&house);
        house.start_bot().await;
        house.send(decision.command());
        house.end().await;
        let job = house.the_job().await;
        let choose = ["resolve", job.id.as_str(), decision.word()];

        house
            .settings()
            .set(failpoint::VARIABLE, format!("{point}=kill"));
        let (status, said) = house.output(&choose).await;
        if status.signal() != Some(SIGKILL) {
            return Err(format!("it was not killed but ended: {status}\n{said}").into());
        }
        let mut law = start_again(&mut house).await;
        let mut breaches = Vec::new();
        if point.ends_with(".before") {
            // Nothing was chosen, so nothing is sent; the operator chooses again.
            breaches.extend(law.breaches());
            if law.ending() != Ending::Unconfirmed {
                breaches.push(format!("without a choice it became {:?}", law.ending()));
            }
            let (status, said) = house.output(&choose).await;
            if !status.success() {
                breaches.push(format!("the choice cannot be made again: {said}"));
            }
            law = start_again(&mut house).await;
        } else {
            let (status, said) = house.output(&choose).await;
            if status.code() != Some(1) || !said.contains("only an unconfirmed job") {
                breaches.push(format!("the choice was made twice: {said}"));
            }
        }
        breaches.extend(decision.breaches(&law));
        verdict(&house, &law, &breaches)
    })
}
