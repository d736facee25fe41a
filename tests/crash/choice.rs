//! An operator decides to try an unconfirmed job again, and the program that carries it out is killed.

use std::os::unix::process::ExitStatusExt as _;

use kling_engine::failpoint;
use kling_tests::{Ending, House, Law};
use libtest_mimic::Failed;

use crate::roads::Road;
use crate::{SIGKILL, start_again, verdict};

/// The choice before its commit was not made; after it, it is carried out, once. Both at the operator's own word, so that
/// two charges are within the law, as long as our ledger lists them.
pub(crate) fn killed_while_choosing(name: &'static str) -> Result<(), Failed> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut house = House::without_bot(|_, _| {}).await;
        Road::LostAnswer.prepare(&house);
        house.start_bot().await;
        house.imagine();
        house.end().await;
        let job = house.the_job().await;
        let choose = ["resolve", job.id.as_str(), "try-again"];

        house
            .settings()
            .set(failpoint::VARIABLE, format!("{name}=kill"));
        let (status, said) = house.output(&choose).await;
        if status.signal() != Some(SIGKILL) {
            return Err(format!("it was not killed but ended: {status}\n{said}").into());
        }
        let mut law = start_again(&mut house).await;
        let mut breaches = Vec::new();
        if name.ends_with(".before") {
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
        breaches.extend(breaches_of_choice(&law));
        verdict(&house, &law, &breaches)
    })
}

/// What is wrong with a job that was tried again, once, by choice.
fn breaches_of_choice(law: &Law) -> Vec<String> {
    let mut breaches = law.breaches_by_choice(2);
    if law.ending() != Ending::Result || law.results != 1 {
        breaches.push("there is not exactly one result".to_owned());
    }
    if law.recorded + law.may_have_cost != law.charged {
        breaches.push("the ledger does not list both charges".to_owned());
    }
    breaches
}
