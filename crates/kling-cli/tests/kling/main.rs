//! The real executable against the emulator: what it prints, saves and answers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests may fail loudly"
)]

mod bench;
mod generating;
mod interrupting;
mod looking;
mod refusing;
mod splitting;
mod terminal;
mod trouble;
