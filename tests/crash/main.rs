//! The real bot is killed with SIGKILL at the named failpoints, and started again; then the law is read from the provider's
//! ledger, the channel and our own record. The sweep kills at those that it has no road to.
#![expect(clippy::unwrap_used, reason = "a trial stops where it cannot go on")]

mod choice;
mod roads;

use std::os::unix::process::ExitStatusExt as _;

use kling_engine::failpoint;
use kling_tests::{House, Law};
use libtest_mimic::{Arguments, Failed, Trial};

use roads::Road;

const SIGKILL: i32 = 9;

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let names = failpoint::NAMES.iter().copied();
    let mut trials: Vec<Trial> = names
        .filter(|name| !roads::is_elsewhere(name))
        .flat_map(trials_of)
        .chain(choice::trials())
        .collect();
    trials.extend(roads::TWICE.iter().map(|&(first, second)| {
        let name = format!("killed_at_{first}_and_again_at_{second}");
        Trial::test(name, move || killed_twice(first, second))
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Some points are passed again and again: `--full` kills at later passes too, on a road that certainly has them. What a
/// job passes once at most has no trial for later passes. What is passed only when an operator decides is of [`choice`].
fn trials_of(name: &'static str) -> Vec<Trial> {
    if roads::is_of_a_choice(name) {
        return Vec::new();
    }
    let trial = |hit: u32, road: Road| {
        let named = format!("killed_at_{name}@{hit}");
        Trial::test(named, move || killed(name, hit, road))
    };
    let mut trials = vec![trial(1, roads::of(name))];
    if std::env::var_os("KLING_TESTS_FULL").is_some()
        && let Some(road) = roads::again(name)
    {
        trials.extend((2..=roads::AGAIN).map(|hit| trial(hit, road)));
    }
    trials
}

fn killed(name: &'static str, hit: u32, road: Road) -> Result<(), Failed> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut house = House::without_bot(|emulator, settings| {
            settings.set(failpoint::VARIABLE, road.arm(name, hit));
            settings.set("APIIN_API_KEY", "emulated-key");
            settings.set("KLING__PROVIDERS__APIIN__BASE_URL", emulator.base("apiin"));
        })
        .await;
        road.prepare(&house);
        house.start_bot().await;
        let command = house.send(road.command());
        road.meanwhile(&house, command).await;
        let status = house.bot_ends().await;
        if status.signal() != Some(SIGKILL) {
            return Err(format!("it was not killed but ended: {status}\n{}", house.log()).into());
        }

        road.afterwards(&house);
        let law = start_again(&mut house).await;
        let mut breaches = road.breaches(&law);
        if let Some(expected) = road.ending(name).filter(|_| hit == 1)
            && law.ending() != expected
        {
            breaches.push(format!(
                "it ended with {:?} and not {expected:?}",
                law.ending()
            ));
        }
        verdict(&house, &law, &breaches)
    })
}

/// The start after a kill is killed as well; the one after that must mend it all.
fn killed_twice(first: &'static str, second: &'static str) -> Result<(), Failed> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut house = House::without_bot(|_, settings| {
            settings.set(failpoint::VARIABLE, format!("{first}=kill"));
        })
        .await;
        house.start_bot().await;
        house.imagine();
        let status = house.bot_ends().await;
        if status.signal() != Some(SIGKILL) {
            return Err(format!("the first time it ended: {status}\n{}", house.log()).into());
        }
        house
            .settings()
            .set(failpoint::VARIABLE, format!("{second}=kill"));
        house.launch_bot();
        let status = house.bot_ends().await;
        if status.signal() != Some(SIGKILL) {
            return Err(format!("the second time it ended: {status}\n{}", house.log()).into());
        }

        let law = start_again(&mut house).await;
        verdict(&house, &law, &law.breaches())
    })
}

/// Starts the bot unarmed, lets it finish what is open, and looks at everything.
async fn start_again(house: &mut House) -> Law {
    house.settings().unset(failpoint::VARIABLE);
    house.start_bot().await;
    house.until_settled().await;
    house.stop_bot().await;
    Law::read(house).await
}

fn verdict(house: &House, law: &Law, breaches: &[String]) -> Result<(), Failed> {
    if breaches.is_empty() {
        return Ok(());
    }
    let said = house.log();
    Err(format!("{}\n{law:#?}\nthe bot said:\n{said}", breaches.join("\n")).into())
}
