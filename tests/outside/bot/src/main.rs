//! The Discord bot with one provider more.

use std::process::ExitCode;

use kling_providers::Registry;

fn main() -> ExitCode {
    let registry = Registry::builtin().with(acme::plugin());
    kling_bot::run_as("acme-discord", kling_discord::plugin(), registry)
}
