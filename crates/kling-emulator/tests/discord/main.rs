//! Discord as bots and people meet it: over HTTP and websocket, with what the documents say.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod answers;
mod bot;
mod commands;
mod files;
mod gateway;
mod limits;
mod messages;
mod people;
