//! A real bot as a child process beside the emulator: what the demo and the tests of the whole house start.

mod bot;

pub use bot::{BotProcess, BotSettings};
