//! Acme Pictures for Kling.
#![doc = include_str!("../README.md")]

mod config;
mod convert;
mod error;
mod models;
mod provider;
mod wire;

use kling_providers::Plugin;

pub use config::{Config, ConfigError};
pub use provider::{Acme, DEFAULT_KEY_ENV, ID};

/// What a registry takes: `Registry::builtin().with(acme::plugin())`.
pub fn plugin() -> Plugin {
    Plugin::new(ID, DEFAULT_KEY_ENV, Acme::new)
}
