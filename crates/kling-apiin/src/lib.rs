//! Kling O1 through API in One.
#![doc = include_str!("../README.md")]

mod config;
mod convert;
mod error;
mod models;
mod provider;
mod wire;

pub use config::Config;
pub use kling_http::setting::SettingError;
pub use provider::{Apiin, DEFAULT_KEY_ENV, ID};
