//! What a person and an operator see of the engine, road by road.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

mod acme;
mod answers;
mod bad_days;
mod cancelling;
mod chat;
mod clips;
mod cluster;
mod delivery;
mod happy;
mod house;
mod inputs;
mod neglected;
mod postgres;
mod results;
mod shutdown;
mod unconfirmed;
mod world;
