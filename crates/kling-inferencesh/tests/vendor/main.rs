//! The provider against a vendor that says exactly what each test has it say.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

mod bench;
#[cfg(feature = "axum")]
mod hooks;
mod lookups;
mod streams;
mod submissions;
mod tasks;
mod uploads;
