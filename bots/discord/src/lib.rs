//! Kling O1 in Discord: `/imagine` over the gateway, answered in the channel it was asked in.
#![doc = include_str!("../README.md")]

/// The platform's name: its table in the configuration, and what its jobs are marked with.
pub const PLATFORM: &str = "discord";

mod config;
mod platform;

mod inbound;
mod menu;
mod outbound;

mod acknowledging;
mod address;
mod escape;
mod gateway;
mod limits;
mod ratelimit;
mod rest;

pub use config::Config;
pub use platform::{Discord, DiscordPlugin};

/// What starts this bot: `kling_bot::run(kling_discord::plugin(), …)`.
pub const fn plugin() -> DiscordPlugin {
    DiscordPlugin
}
