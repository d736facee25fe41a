//! The promises of kling-http, against real sockets on this machine.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod download;
mod exchange;
mod form;
mod hostile;
mod quiet;
mod server;
mod stream;
mod tls;
