//! What an operator can set about AIML API. The key is no part of it.

use std::time::Duration;

use kling_http::{BasePolicy, ClientError, InsecureBase, is_loopback};
use serde::{Deserialize, Deserializer};
use url::Url;

/// The `[providers.aimlapi]` table. The key is handed over on its own, as a
/// [`Secret`](kling_core::Secret).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where AIML API is. Another address is for an emulator or a gateway of one's own; it may have a path.
    #[serde(deserialize_with = "address")]
    pub base_url: Url,
    /// The longest any call may take, such as `"90s"`.
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
}

impl Config {
    /// The vendor's public address.
    pub const BASE_URL: &'static str = "https://api.aimlapi.com";
    /// The shortest and the longest [`Config::request_timeout`].
    pub const REQUEST_TIMEOUTS: (Duration, Duration) =
        (Duration::from_millis(100), Duration::from_hours(1));

    /// Looks for settings that cannot work together.
    ///
    /// # Errors
    ///
    /// When the address would put the key at risk or cannot be a base, or the timeout is out of range.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base_url: &str) -> Config {
        Config {
            base_url: Url::parse(base_url).expect("a URL"),
            ..Config::default()
        }
    }

    fn read(json: &str) -> Result<Config, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_valid_and_are_what_an_empty_table_means() {
        let config = read("{}").expect("an empty table");

        assert_eq!(config, Config::default());
        assert!(config.validate().is_ok());
        assert_eq!(config.request_timeout, Duration::from_mins(5));
    }

    #[test]
    fn a_table_is_read_in_humane_spelling() {
        let config = read(
            r#"{"base_url": "http://127.0.0.1:4700/aimlapi", "request_timeout": "1m 30s",
                "image_urls_required": false, "provider": "fal"}"#,
        )
        .expect("a table");

        assert_eq!(config.request_timeout, Duration::from_secs(90));
        assert_eq!(config.provider, Some(Route::Fal));
        assert!(!config.image_urls_required);
        assert!(config.is_loopback() && config.validate().is_ok());
    }

    #[test]
    fn an_unknown_key_is_told_the_valid_ones() {
        let error = read(r#"{"api_key": "sk-1"}"#).expect_err("an unknown key");

        assert!(error.contains("unknown field `api_key`"), "{error}");
        assert!(error.contains("`base_url`, `request_timeout`"), "{error}");
    }

    #[test]
    fn a_bare_number_is_no_length_of_time() {
        assert!(read(r#"{"request_timeout": "300"}"#).is_err());
        assert!(read(r#"{"request_timeout": 300}"#).is_err());
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_the_operator_insists() {
        for fine in [
            "https://gateway.example.com/v",
            "http://localhost:1",
            "http://127.8.0.1",
            "http://[::1]:8080/aimlapi/",
        ] {
            assert!(at(fine).validate().is_ok(), "{fine}");
        }

        let error = at("http://gateway.example.com")
            .validate()
            .expect_err("plain http");
        assert!(
            error.to_string().contains("`gateway.example.com`"),
            "{error}"
        );

        let insisted = Config {
            allow_insecure: true,
            ..at("http://gateway.example.com")
        };
        assert!(insisted.validate().is_ok());
    }

    #[test]
    fn an_address_that_cannot_be_a_base_is_refused() {
        for wrong in [
            "ftp://api.aimlapi.com",
            "https://me:pw@api.aimlapi.com",
            "https://api.aimlapi.com/?key=1",
            "data:text/plain,x",
        ] {
            assert!(
                matches!(at(wrong).validate(), Err(ConfigError::BaseUrl)),
                "{wrong}"
            );
        }
    }

    #[test]
    fn endpoints_lie_below_the_path_of_the_base() {
        for (base, expected) in [
            (
                "https://api.aimlapi.com",
                "https://api.aimlapi.com/v2/billing",
            ),
            (
                "http://[::1]:1/aimlapi/",
                "http://[::1]:1/aimlapi/v2/billing",
            ),
            (
                "http://[::1]:1/aimlapi",
                "http://[::1]:1/aimlapi/v2/billing",
            ),
        ] {
            assert_eq!(at(base).endpoint(&["v2", "billing"]).as_str(), expected);
        }
    }
}
