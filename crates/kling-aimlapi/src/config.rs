//! What an operator can set about AIML API. The key is no part of it.

use std::time::Duration;

use kling_core::Money;
use kling_http::{BasePolicy, ClientError, InsecureBase, is_loopback};
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::models;

/// The `[providers.aimlapi]` table. The key is handed over on its own, as a
/// [`Secret`](kling_core::Secret).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where AIML API is. Another address is for an emulator or a gateway of one's own; it may have a path.
    #[serde(deserialize_with = "address")]
    pub base_url: Url,
    /// The longest any call may take, such as `"90s"`; a look at a video is given up after 30 s or this,
    /// whichever is shorter.
    ///
    /// The image model answers in the same call, after about 15 s; five minutes leave room for the
    /// provider's own queue. An answer that is not waited for may still be charged, so short values cost.
    #[serde(deserialize_with = "humane")]
    pub request_timeout: Duration,
    /// Whether the image model takes only requests with at least one picture.
    ///
    /// The vendor's schema says so and its prose says otherwise, so the strict reading is the
    /// default; `false` adds text-to-image to the catalogue.
    pub image_urls_required: bool,
    /// Whether a plain http `base_url` may lead elsewhere than to this machine.
    ///
    /// Off, because the key would travel in the clear.
    pub allow_insecure: bool,
    /// Who runs requests that do not choose; unset leaves it to the vendor, whose choice is `auto`.
    pub provider: Option<Route>,
    /// What a second of video costs, in dollars: `0.1176` or `"0.1176"`.
    ///
    /// The vendor publishes no price for the video models. The default is fal's price and the twentieth
    /// that the vendor adds to fal's price of a picture; what is charged is what the vendor reports.
    #[serde(deserialize_with = "dollars")]
    pub video_second_usd: Money,
    /// How long after its submission a video that the vendor does not know still counts as queued.
    ///
    /// Clients in the field are told "Inference not found" shortly after they submitted. After this it
    /// counts as gone.
    #[serde(deserialize_with = "humane")]
    pub unknown_task_grace: Duration,
}

impl Config {
    /// The vendor's public address.
    pub const BASE_URL: &'static str = "https://api.aimlapi.com";
    /// The shortest and the longest [`Config::request_timeout`].
    pub const REQUEST_TIMEOUTS: (Duration, Duration) =
        (Duration::from_millis(100), Duration::from_hours(1));
    /// The longest [`Config::unknown_task_grace`].
    pub const LONGEST_GRACE: Duration = Duration::from_hours(1);
    /// The most a second of video can be said to cost.
    pub const DEAREST_SECOND: Money = Money::from_nanodollars(100_000_000_000);

    /// Looks for settings that cannot work together.
    ///
    /// # Errors
    ///
    /// When the address would put the key at risk or cannot be a base, or a number is out of range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let url = &self.base_url;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare {
            return Err(ConfigError::BaseUrl);
        }
        match self.base_policy().check(url) {
            Ok(()) => {}
            Err(InsecureBase::NotWeb) => return Err(ConfigError::BaseUrl),
            Err(InsecureBase::PlainHttp) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                return Err(ConfigError::Insecure { host });
            }
        }
        let (shortest, longest) = Self::REQUEST_TIMEOUTS;
        if !(shortest..=longest).contains(&self.request_timeout) {
            return Err(ConfigError::Timeout { shortest, longest });
        }
        if self.video_second_usd <= Money::ZERO || self.video_second_usd > Self::DEAREST_SECOND {
            return Err(ConfigError::VideoSecondUsd);
        }
        if self.unknown_task_grace > Self::LONGEST_GRACE {
            return Err(ConfigError::Grace);
        }
        Ok(())
    }

    /// Whether the base address is on this machine; only then may results be, too.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    pub(crate) const fn base_policy(&self) -> BasePolicy {
        if self.allow_insecure {
            BasePolicy::AllowInsecure
        } else {
            BasePolicy::HttpsOrLoopback
        }
    }

    /// The address of one endpoint, below whatever path the base has.
    pub(crate) fn endpoint(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

impl Default for Config {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant that a test parses")]
        let base_url = Url::parse(Self::BASE_URL).expect("the vendor's address is a URL");
        Self {
            base_url,
            request_timeout: Duration::from_mins(5),
            image_urls_required: true,
            allow_insecure: false,
            provider: None,
            video_second_usd: models::VIDEO_SECOND_PRICE,
            unknown_task_grace: Duration::from_mins(1),
        }
    }
}

/// Who runs a request behind AIML API: its `provider` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Kling first, then fal where Kling does not answer.
    Auto,
    /// Kling's own service, and nothing else.
    Kling,
    /// The same as [`Route::Kling`], in the vendor's other spelling.
    KlingAi,
    /// fal's mirror.
    Fal,
}

impl Route {
    /// The vendor's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Kling => "kling",
            Self::KlingAi => "klingai",
            Self::Fal => "fal",
        }
    }
}

/// A setting that cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The address cannot be the base of others.
    #[error(
        "base_url is not usable: it takes http:// or https:// and a host, without user name, query or fragment"
    )]
    BaseUrl,
    /// The key would travel in the clear.
    #[error(
        "base_url sends the API key to `{host}` over plain http: use https or a loopback address, or set allow_insecure = true"
    )]
    Insecure {
        /// Where the key would have gone.
        host: String,
    },
    /// The timeout is out of range.
    #[error("request_timeout is out of range: it takes {shortest:?} to {longest:?}")]
    Timeout {
        /// The shortest that is allowed.
        shortest: Duration,
        /// The longest that is allowed.
        longest: Duration,
    },
    /// A second of video cannot cost that.
    #[error("video_second_usd is out of range: it takes more than 0 and at most 100 dollars")]
    VideoSecondUsd,
    /// The grace for unknown videos is too long.
    #[error(
        "unknown_task_grace is out of range: it takes at most {:?}",
        Config::LONGEST_GRACE
    )]
    Grace,
    /// The key is not one: keys are visible ASCII without spaces.
    #[error("the API key has characters that no key has, such as a space or a line feed")]
    Key,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] ClientError),
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    Url::parse(&text).map_err(|_| serde::de::Error::custom(ConfigError::BaseUrl))
}

fn humane<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(|_| {
        serde::de::Error::custom(
            "not a length of time: it takes numbers with units, such as 90s or 5m",
        )
    })
}

/// An amount as people write it: a number, or one in quotes.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an amount in dollars, such as 0.1176")]
enum Amount {
    Whole(u32),
    // The shortest decimal that means the same number is what was typed.
    Decimal(f64),
    Text(String),
}

fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    let text = match Amount::deserialize(deserializer)? {
        Amount::Whole(number) => number.to_string(),
        Amount::Decimal(number) => number.to_string(),
        Amount::Text(text) => text,
    };
    Money::parse_dollars(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
