//! What an operator can set about AIML API. The key is no part of it.

use std::time::Duration;

use kling_core::Money;
use kling_http::setting::{self, SettingError};
use kling_http::{BasePolicy, Url, is_loopback};
use serde::Deserialize;

use crate::models;

/// The `[providers.aimlapi]` table. The key is handed over on its own, as a
/// [`Secret`](kling_core::Secret).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where AIML API is. Another address is for an emulator or a gateway of one's own; it may have a path.
    #[serde(deserialize_with = "setting::address")]
    pub base_url: Url,
    /// The longest any call may take, such as `"90s"`; a look at a video, and every other read, is given up after
    /// 30 s or this, whichever is shorter.
    ///
    /// The image model answers in the same call, after about 15 s; five minutes leave room for the
    /// provider's own queue. An answer that is not waited for may still be charged, so short values cost.
    #[serde(deserialize_with = "setting::humane")]
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
    /// Whether files with bytes are sent as `data:` URIs.
    ///
    /// The vendor's page says that base64 is taken, and its schema asks for the format of an address, so a stricter
    /// validator may refuse it; `false` sends addresses only, and a file without one is a violation.
    pub data_uris: bool,
    /// What a picture costs, in dollars: `0.0294` or `"0.0294"`.
    ///
    /// The default is the published sample's 58 800 credits, counted for each picture that is asked for. That the
    /// price is linear is an assumption; what is charged is what the vendor reports.
    #[serde(deserialize_with = "setting::dollars")]
    pub image_usd: Money,
    /// What a second of video costs, in dollars: `0.1176` or `"0.1176"`.
    ///
    /// The vendor publishes no price for the video models. The default is fal's price and the twentieth
    /// that the vendor adds to fal's price of a picture; what is charged is what the vendor reports.
    #[serde(deserialize_with = "setting::dollars")]
    pub video_second_usd: Money,
    /// How long after its submission a video that the vendor does not know still counts as queued.
    ///
    /// Clients in the field are told "Inference not found" shortly after they submitted. After this it
    /// counts as gone.
    #[serde(deserialize_with = "setting::humane")]
    pub unknown_task_grace: Duration,
}

impl Config {
    /// The vendor's public address.
    pub const BASE_URL: &'static str = "https://api.aimlapi.com";
    /// The shortest and the longest [`Config::request_timeout`]: bounds of the house's own, for the vendor states none.
    /// Below the one no answer comes in time, and beyond the other a connection is dead.
    pub const REQUEST_TIMEOUTS: (Duration, Duration) =
        (Duration::from_millis(100), Duration::from_hours(1));
    /// The longest [`Config::unknown_task_grace`]: the house's own bound, far above the seconds after which a task is
    /// usually visible. The vendor states none.
    pub const LONGEST_GRACE: Duration = Duration::from_hours(1);

    /// Looks for settings that cannot work together.
    ///
    /// # Errors
    ///
    /// When the address would put the key at risk or cannot be a base, or a number is out of range.
    pub fn validate(&self) -> Result<(), SettingError> {
        setting::check_base("base_url", &self.base_url, self.base_policy())?;
        setting::check_time(
            "request_timeout",
            self.request_timeout,
            Self::REQUEST_TIMEOUTS,
        )?;
        setting::check_price("image_usd", self.image_usd)?;
        setting::check_price("video_second_usd", self.video_second_usd)?;
        let graces = (Duration::ZERO, Self::LONGEST_GRACE);
        setting::check_time("unknown_task_grace", self.unknown_task_grace, graces)
    }

    /// Whether the base address is on this machine; only then may results be, too.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    pub(crate) const fn base_policy(&self) -> BasePolicy {
        BasePolicy::of(self.allow_insecure)
    }

    /// The address of one endpoint, below whatever path the base has.
    pub(crate) fn endpoint(&self, path: &[&str]) -> Url {
        setting::endpoint(&self.base_url, path)
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
            data_uris: true,
            image_usd: models::IMAGE_PRICE,
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

#[cfg(test)]
mod tests;
