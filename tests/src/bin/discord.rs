//! The Discord bot, the same as `kling-discord`, for tests to start and kill.

use std::process::ExitCode;

use kling_providers::Registry;

fn main() -> ExitCode {
    kling_bot::run(kling_discord::plugin(), Registry::builtin())
}
