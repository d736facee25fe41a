//! What an operator can set about apiin. The key is no part of it.

use std::time::Duration;

use kling_core::Money;
use kling_http::{BasePolicy, ClientError, InsecureBase, is_loopback};
use serde::{Deserialize, Deserializer};
use url::Url;

/// The `[providers.apiin]` table. The key is handed over on its own, as a
/// [`Secret`](kling_core::Secret).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where apiin is, `/api/v1` included. Another address is for an emulator or a gateway of one's own.
    #[serde(deserialize_with = "address")]
    pub base_url: Url,
    /// The longest a submission may take, such as `"90s"`; a look at a task is given up after 30 s or
    /// this, whichever is shorter.
    ///
    /// A submission usually answers at once with a task, but the vendor's prose also speaks of direct
    /// results, which take 5 to 15 s. An answer that is not waited for may still be charged.
    #[serde(deserialize_with = "humane")]
    pub request_timeout: Duration,
    /// Whether a plain http `base_url` may lead elsewhere than to this machine.
    ///
    /// Off, because the key would travel in the clear.
    pub allow_insecure: bool,
    /// What one credit costs, in dollars: `0.01` or `"0.01"`.
    ///
    /// The vendor's page says 6 credits are about $0.06; older pages of the same vendor sold them at a
    /// fifth of that. The dearer reading is the default, so that no budget is overrun.
    #[serde(deserialize_with = "dollars")]
    pub credit_usd: Money,
    /// The most characters of a prompt, at most 6000.
    ///
    /// The model's page states no limit; the vendor's general page on images says 5000, which is the default.
    pub prompt_chars: u32,
    /// The most pictures that a multi-shot request may have, 1 to 10.
    ///
    /// The vendor speaks of "a single reference image" and takes up to ten in the same field; what
    /// becomes of the others is not said, so the default is 1.
    pub multi_shot_images: u8,
    /// How long after its submission a task that apiin does not know still counts as queued.
    ///
    /// A task may become visible a little late. After this it counts as gone.
    #[serde(deserialize_with = "humane")]
    pub unknown_task_grace: Duration,
}

impl Config {
    /// The vendor's public address.
    pub const BASE_URL: &'static str = "https://apiin.one/api/v1";
    /// The shortest and the longest [`Config::request_timeout`].
    pub const REQUEST_TIMEOUTS: (Duration, Duration) =
        (Duration::from_millis(100), Duration::from_hours(1));
    /// The longest [`Config::unknown_task_grace`].
    pub const LONGEST_GRACE: Duration = Duration::from_hours(1);
    /// The most a credit can be said to cost.
    pub const DEAREST_CREDIT: Money = Money::from_nanodollars(100_000_000_000);
    /// The most characters that [`Config::prompt_chars`] can allow.
    pub const MOST_PROMPT_CHARS: u32 = 6000;

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
        if self.credit_usd <= Money::ZERO || self.credit_usd > Self::DEAREST_CREDIT {
            return Err(ConfigError::CreditUsd);
        }
        if !(1..=Self::MOST_PROMPT_CHARS).contains(&self.prompt_chars) {
            return Err(ConfigError::PromptChars);
        }
        if !(1..=10).contains(&self.multi_shot_images) {
            return Err(ConfigError::MultiShotImages);
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
            request_timeout: Duration::from_mins(2),
            allow_insecure: false,
            credit_usd: Money::from_microdollars(10_000),
            prompt_chars: 5000,
            multi_shot_images: 1,
            unknown_task_grace: Duration::from_secs(30),
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
    /// A credit cannot cost that.
    #[error("credit_usd is out of range: it takes more than 0 and at most 100 dollars")]
    CreditUsd,
    /// The limit on prompts is out of range.
    #[error(
        "prompt_chars is out of range: it takes 1 to {}",
        Config::MOST_PROMPT_CHARS
    )]
    PromptChars,
    /// The number of pictures for a multi-shot is out of range.
    #[error("multi_shot_images is out of range: it takes 1 to 10")]
    MultiShotImages,
    /// The grace for unknown tasks is too long.
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
#[serde(untagged, expecting = "an amount in dollars, such as 0.01")]
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
