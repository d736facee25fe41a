//! Kling O1 through AIML API.
#![doc = include_str!("../README.md")]

mod config;
mod convert;
mod error;
mod models;
mod provider;
mod wire;

pub use config::{Config, ConfigError, Route};
pub use provider::{AimlApi, DEFAULT_KEY_ENV, ID};
