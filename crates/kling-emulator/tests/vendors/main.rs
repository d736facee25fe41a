//! The vendors that work in the background as a client meets them: over HTTP, with what the documents say.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod apiin;
#[path = "../caller/mod.rs"]
mod caller;
#[path = "../json/mod.rs"]
mod json;
mod samples;
mod video;
