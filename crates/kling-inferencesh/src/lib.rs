//! Kling O1 through inference.sh.
#![doc = include_str!("../README.md")]

mod config;
mod convert;
mod error;
mod models;
mod provider;
mod stream;
mod upload;
pub mod webhook;
mod wire;

pub use config::{Config, ConfigError, Infra, StreamKind};
pub use convert::state::StatusTable;
pub use kling_http::setting::SettingError;
pub use provider::{DEFAULT_KEY_ENV, ID, InferenceSh, TaskFiles};
