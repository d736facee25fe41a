//! Slack as a bot meets it: Web API, sockets, requests, files and people, over real sockets.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod bot;
mod receiver;

mod calls;
mod files;
mod install;
mod messages;
mod modals;
mod people;
mod requests;
mod sockets;
mod worlds;
