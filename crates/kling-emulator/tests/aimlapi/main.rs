//! The AIML vendor as its clients meet it: over HTTP, with what the documents say.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod billing;
mod client;
mod faults;
mod images;
#[path = "../json/mod.rs"]
mod json;
mod money;
mod pictures;
mod refusals;
