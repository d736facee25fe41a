//! The provider against the whole vendor: it bills, forgets, breaks off, changes its mind and says no.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

mod any_reply;
mod bench;
#[cfg(feature = "axum")]
mod hooks;
mod operations;
mod trouble;
