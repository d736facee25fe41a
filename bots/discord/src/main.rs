//! The Discord bot.

use std::process::ExitCode;

use kling_providers::Registry;

fn main() -> ExitCode {
    let plugin = kling_discord::plugin();
    let registry = Registry::builtin();
    kling_bot::run(plugin, registry)
}
