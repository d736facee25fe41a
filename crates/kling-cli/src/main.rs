//! `kling`: the provider crates from a terminal or a script.

mod account;
mod args;
mod bar;
mod catalogue;
mod event;
mod exit;
mod generating;
mod output;
mod request;
mod stop;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;

use crate::args::{Arguments, Command};
use crate::event::Event;
use crate::exit::{Ending, Exit};
use crate::output::{Output, Style};
use crate::stop::Stop;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Arc::new(Output::new(style(&arguments)));
    let ended = match tokio::runtime::Runtime::new() {
        Ok(runtime) => {
            let ended = runtime.block_on(run(&arguments.command, &output));
            // Whatever still blocks, such as reading an answer from the terminal, is not waited for.
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(Ending::usage("runtime", format!("cannot start: {error}"))),
    };
    let exit = match ended {
        Ok(exit) => exit,
        Err(ending) => {
            let exit = ending.exit();
            output.tell(&Event::Error(ending));
            exit
        }
    };
    ExitCode::from(exit.code())
}

/// Commands that wait tell scripts every step; the others answer once, in words unless told otherwise.
fn style(arguments: &Arguments) -> Style {
    let waits = matches!(arguments.command, Command::Generate(_) | Command::Resume(_));
    if arguments.json || (waits && !std::io::stdout().is_terminal()) {
        Style::Json
    } else {
        Style::Words
    }
}

async fn run(command: &Command, output: &Arc<Output>) -> Result<Exit, Box<Ending>> {
    match command {
        Command::Generate(generate) => {
            let stop = Stop::listen()?;
            generating::generate(generate, output, stop).await
        }
        Command::Resume(resume) => {
            let stop = Stop::listen()?;
            generating::resume(resume, output, stop).await
        }
        Command::Cancel(cancel) => return generating::cancel(cancel, output).await,
        Command::Models(which) => catalogue::models(which, output),
        Command::Price(request) => catalogue::price(request, output).await,
        Command::Balance(which) => catalogue::balance(which, output).await,
    }?;
    Ok(Exit::Done)
}
