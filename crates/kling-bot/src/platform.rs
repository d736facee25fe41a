//! What a chat platform is to the rest: a place commands come from and results go to.

use std::collections::BTreeMap;
use std::sync::Arc;

use kling_core::{Clock, Secret};
use kling_engine::Deliverer;
use kling_providers::Catalogue;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::{Intake, Menu, Texts};

/// A chat platform that is set up: it listens for commands, and delivers what the engine hands it.
#[async_trait::async_trait]
pub trait ChatPlatform: Deliverer {
    /// Hears commands and hands them to `intake`, until `shutdown`; reconnects by itself.
    ///
    /// After `shutdown` no new command is taken; the ones already begun are answered before this returns.
    ///
    /// # Errors
    ///
    /// Only what waiting cannot mend: a token that is not accepted, a right that is missing.
    async fn listen(
        self: Arc<Self>,
        intake: Intake,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()>;

    /// Asks the platform who we are and tells what is right and what is missing, with the invite link.
    async fn check(&self) -> Vec<CheckLine>;

    /// Whether commands are being heard at this moment; `/readyz` tells it.
    fn is_ready(&self) -> bool;
}

/// How a chat platform is made from its part of the configuration.
#[async_trait::async_trait]
pub trait PlatformPlugin: Send + Sync + 'static {
    /// The platform's name: its table in the configuration, and its [`PlatformId`](kling_engine::PlatformId).
    const NAME: &'static str;
    /// What the program calls itself in its help and messages: `kling-discord`. A binary of another name says so with
    /// [`run_as`](crate::run_as).
    const BINARY: &'static str;
    /// Where the bot's own server listens when the configuration does not say: `127.0.0.1:8080`.
    const DEFAULT_LISTEN: &'static str;
    /// The secrets in the platform's table. They are taken out before [`PlatformPlugin::Config`] is read.
    const SECRETS: &'static [SecretKey];
    /// Log targets of the platform's library that print what people wrote, or tokens: off at every level.
    const UNLOGGED: &'static [&'static str] = &[];

    /// The platform's table without its secrets. Give it `#[serde(default, deny_unknown_fields)]`, so
    /// that a typing mistake is told the valid keys, and durations as text with units.
    ///
    /// A `base_url` in it may be plain http only to loopback, or beside `allow_insecure = true`; that is
    /// checked before this type is read.
    type Config: DeserializeOwned + Send;
    /// What it makes.
    type Platform: ChatPlatform;

    /// Sets the platform up. Makes no call, so that `check` can tell what is wrong by name.
    ///
    /// # Errors
    ///
    /// When the settings cannot work together; the sentence says which and what to do.
    async fn connect(
        &self,
        config: Self::Config,
        secrets: Secrets,
        context: PlatformContext,
    ) -> anyhow::Result<Self::Platform>;
}

/// One secret of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretKey {
    /// Its key in the platform's table, such as `token`.
    pub key: &'static str,
    /// The environment variable it is read from when the file says nothing, such as `DISCORD_TOKEN`.
    pub env: &'static str,
    /// Whether the bot can do without.
    pub required: bool,
    /// Where a person gets one, as the end of "… is missing: get it from". No full stop.
    pub from: &'static str,
}

/// The secrets that were found, by key.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeMap<&'static str, Secret>);

impl Secrets {
    /// One secret; `None` when it is not set. A required one is always there.
    pub fn get(&self, key: &str) -> Option<&Secret> {
        self.0.get(key)
    }
}

impl FromIterator<(&'static str, Secret)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (&'static str, Secret)>>(secrets: I) -> Self {
        Self(secrets.into_iter().collect())
    }
}

/// What a platform is given to work with.
#[derive(Clone, Debug)]
pub struct PlatformContext {
    /// What commands accept.
    pub menu: Menu,
    /// Every sentence for chat people.
    pub texts: Texts,
    /// For calls to the platform; plain http only where its table allows it.
    pub client: kling_http::Client,
    /// What the providers take.
    pub catalogue: Arc<Catalogue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The most bytes of one input file, in bytes; `archive.max_input_size`.
    pub max_input_bytes: u64,
}

/// One line of what `check` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// What it means for the exit code.
    pub verdict: Verdict,
    /// One sentence.
    pub text: String,
}

/// What a line of `check` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// In the way: `check` exits with 1.
    Missing,
}

impl CheckLine {
    /// As it should be.
    pub fn good(text: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Good,
            text: text.into(),
        }
    }

    /// Worth knowing.
    pub fn note(text: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Note,
            text: text.into(),
        }
    }

    /// In the way; the sentence says what to do.
    pub fn missing(text: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Missing,
            text: text.into(),
        }
    }
}

impl std::fmt::Display for CheckLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = match self.verdict {
            Verdict::Good => "ok     ",
            Verdict::Note => "note   ",
            Verdict::Missing => "MISSING",
        };
        write!(f, "{mark} {}", self.text)
    }
}
