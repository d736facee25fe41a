//! The `[providers.acme]` table.

use std::time::Duration;

use kling_http::{BasePolicy, ClientError, InsecureBase};
use serde::{Deserialize, Deserializer};
use url::Url;

/// What an operator can set. The key is no part of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where Acme is, `/v3` included.
    pub base_url: Url,
    /// The longest any call may take, such as `"90s"`.
    #[serde(deserialize_with = "humane")]
    pub request_timeout: Duration,
    /// Whether a plain http `base_url` may lead to another machine.
    pub allow_insecure: bool,
}

impl Default for Config {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant that every test parses")]
        let base_url = Url::parse("https://api.acme-pictures.example/v3").expect("a URL");
        Self {
            base_url,
            request_timeout: Duration::from_secs(90),
            allow_insecure: false,
        }
    }
}

impl Config {
    pub(crate) const fn base_policy(&self) -> BasePolicy {
        if self.allow_insecure {
            BasePolicy::AllowInsecure
        } else {
            BasePolicy::HttpsOrLoopback
        }
    }

    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        self.base_policy().check(&self.base_url)?;
        if self.request_timeout < Duration::from_millis(100) {
            return Err(ConfigError::RequestTimeout);
        }
        Ok(())
    }

    /// An address below the base.
    pub(crate) fn endpoint(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

/// A setting that cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The address cannot be called.
    #[error("base_url cannot be used: {0}")]
    BaseUrl(#[from] InsecureBase),
    /// The time is too short for any answer.
    #[error("request_timeout is too short: it takes 100ms or more")]
    RequestTimeout,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[from] ClientError),
}

fn humane<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(|_| {
        serde::de::Error::custom(
            "not a length of time: it takes numbers with units, such as 90s or 5m",
        )
    })
}
