//! The provider against a vendor that bills, forgets, breaks off and says no.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

mod any_reply;
mod bench;
mod listing;
mod looks;
mod refusals;
mod results;
mod trouble;
mod videos;
