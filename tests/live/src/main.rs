//! The program that spends money at the real services: see the README.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use kling_live::{Arguments, Keys, Live};
use kling_providers::TokioSleeper;

#[expect(clippy::print_stderr, reason = "a program says why it cannot start")]
fn main() -> ExitCode {
    let live = Live {
        arguments: Arguments::parse(),
        keys: Keys::of_environment(),
        sleeper: Arc::new(TokioSleeper),
    };
    let run = || -> anyhow::Result<bool> {
        let runtime = tokio::runtime::Runtime::new()?;
        let outcome = runtime.block_on(live.run(&mut std::io::stdout()))?;
        Ok(outcome.is_clean())
    };
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("kling-live cannot go on: {error:#}");
            ExitCode::from(2)
        }
    }
}
