//! The real bot, as a child process, against the emulator's Discord and the emulator's provider.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod bot;

mod answering;
mod commands;
mod delivery;
mod gateway;
mod imagine;
mod logs;
mod lost;
mod refusal;
mod settings;
