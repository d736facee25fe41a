//! Kling O1 through AIML API.
#![doc = include_str!("../README.md")]

mod config;
mod convert;
mod error;
mod files;
mod history;
mod listing;
mod models;
mod provider;
mod wire;

pub use config::{Config, Route};
pub use history::{Charge, Charges};
pub use kling_http::setting::SettingError;
pub use listing::{ListedModel, ModelList};
pub use provider::{AimlApi, DEFAULT_KEY_ENV, ID};
