//! What an operator can set about apiin. The key is no part of it.

use std::time::Duration;

use kling_core::Money;
use kling_http::setting::{self, SettingError};
use kling_http::{BasePolicy, Url, is_loopback};
use serde::Deserialize;

/// The `[providers.apiin]` table. The key is handed over on its own, as a
/// [`Secret`](kling_core::Secret).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where apiin is, `/api/v1` included. Another address is for an emulator or a gateway of one's own.
    #[serde(deserialize_with = "setting::address")]
    pub base_url: Url,
    /// The longest a submission may take, such as `"90s"`; a look at a task is given up after 30 s or
    /// this, whichever is shorter.
    ///
    /// A submission usually answers at once with a task, but the vendor's prose also speaks of direct
    /// results, which take 5 to 15 s. An answer that is not waited for may still be charged.
    #[serde(deserialize_with = "setting::humane")]
    pub request_timeout: Duration,
    /// Whether a plain http `base_url` may lead elsewhere than to this machine.
    ///
    /// Off, because the key would travel in the clear.
    pub allow_insecure: bool,
    /// What one credit costs, in dollars: `0.01` or `"0.01"`.
    ///
    /// The vendor's page says 6 credits are about $0.06; older pages of the same vendor sold them at a
    /// fifth of that. The dearer reading is the default, so that no budget is overrun.
    #[serde(deserialize_with = "setting::dollars")]
    pub credit_usd: Money,
    /// The most characters of a prompt, at most 6000.
    ///
    /// The model's page states no limit; the vendor's general page on images says 5000, which is the default.
    pub prompt_chars: u32,
    /// Whether words alone, without a picture, are taken.
    ///
    /// The vendor's `images` is optional and its page lists "text" as an input, while its `type` names only tasks with
    /// pictures. `false` leaves text-to-image out of the catalogue.
    pub text_to_image: bool,
    /// The most pictures that a multi-shot request may have, 1 to 10.
    ///
    /// The vendor speaks of "a single reference image" and takes up to ten in the same field; what
    /// becomes of the others is not said, so the default is 1.
    pub multi_shot_images: u8,
    /// How long after its submission a task that apiin does not know still counts as queued.
    ///
    /// A task may become visible a little late. After this it counts as gone.
    #[serde(deserialize_with = "setting::humane")]
    pub unknown_task_grace: Duration,
}

impl Config {
    /// The vendor's public address.
    pub const BASE_URL: &'static str = "https://apiin.one/api/v1";
    /// The shortest and the longest [`Config::request_timeout`]: bounds of the house's own, for the vendor states none.
    /// Below the one no answer comes in time, and beyond the other a connection is dead.
    pub const REQUEST_TIMEOUTS: (Duration, Duration) =
        (Duration::from_millis(100), Duration::from_hours(1));
    /// The longest [`Config::unknown_task_grace`]: the house's own bound, far above the seconds after which a task is
    /// usually visible. The vendor states none.
    pub const LONGEST_GRACE: Duration = Duration::from_hours(1);
    /// The most characters that [`Config::prompt_chars`] can allow.
    pub const MOST_PROMPT_CHARS: u32 = 6000;

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
        setting::check_price("credit_usd", self.credit_usd)?;
        let lengths = (1, Self::MOST_PROMPT_CHARS);
        setting::check_number("prompt_chars", self.prompt_chars, lengths)?;
        let pictures = u32::from(self.multi_shot_images);
        setting::check_number("multi_shot_images", pictures, (1, 10))?;
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
            request_timeout: Duration::from_mins(2),
            allow_insecure: false,
            credit_usd: Money::from_microdollars(10_000),
            prompt_chars: 5000,
            text_to_image: true,
            multi_shot_images: 1,
            unknown_task_grace: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests;
