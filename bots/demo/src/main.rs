//! `kling-demo`: try Kling without an account.

mod args;
mod house;
mod invocation;
mod once;
mod serve;
mod stop;
mod transcript;
mod typed;

use std::process::ExitCode;

use clap::Parser as _;
use kling_providers::Registry;
use rustix::process::{Signal, getpid, kill_process};

use crate::args::{Arguments, Mode, Platform};
use crate::invocation::BadUsage;
use crate::transcript::Outcome;

const FAILED: u8 = 1;
const BAD_USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.mode {
        Some(Mode::Bot {
            platform: Platform::Discord,
            arguments,
        }) => {
            end_with_the_demo();
            let name = "kling-discord".to_owned();
            let arguments = std::iter::once(name).chain(arguments.iter().cloned());
            kling_bot::main_with(kling_discord::plugin(), Registry::builtin(), arguments)
        }
        Some(Mode::Once(once)) => ending(block_on(once::run(&arguments.common, once))),
        None => ending(block_on(serve::run(&arguments.common)).map(|()| Outcome::Posted)),
    }
}

/// Asks this process to stop when the demo that started it is gone: then its end of our input closes.
fn end_with_the_demo() {
    std::thread::spawn(|| {
        let mut input = std::io::stdin().lock();
        let gone = std::io::copy(&mut input, &mut std::io::sink()).is_ok();
        if gone {
            // Nobody is left who could be told when this fails.
            let _ = kill_process(getpid(), Signal::TERM);
        }
    });
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

#[expect(
    clippy::print_stderr,
    reason = "a program tells its person what went wrong"
)]
fn ending(outcome: anyhow::Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(Outcome::Posted) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(FAILED),
        Err(error) => {
            eprintln!("kling-demo: {error:#}");
            ExitCode::from(if error.is::<BadUsage>() {
                BAD_USAGE
            } else {
                FAILED
            })
        }
    }
}
