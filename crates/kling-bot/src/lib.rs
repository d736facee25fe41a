//! What every Kling bot shares: configuration, menus, intake, sentences, running.
#![doc = include_str!("../README.md")]

mod config;
#[cfg(test)]
mod fake;
mod health;
mod intake;
mod menu;
mod platform;
mod run;
mod secret;
mod server;
mod telemetry;
mod text;

pub use self::config::{
    ArchiveSettings, Config, ConfigError, ConfigErrors, JobSettings, Listen, LogFormat,
    LogSettings, MissingSecret, Place, ServerSettings, StoreSettings,
};
pub use intake::{Answer, Command, CommandAttachment, Intake};
pub use menu::{FieldKind, Menu, MenuCommand, MenuField};
pub use platform::{
    ChatPlatform, CheckLine, PlatformContext, PlatformPlugin, SecretKey, Secrets, Verdict,
};
pub use run::{main_with, run, run_as};
pub use text::{Mark, Markup, Text, TextError, Texts};
