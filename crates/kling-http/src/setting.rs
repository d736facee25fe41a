//! Settings that every provider has, as people write them, and what is wrong with one.

use std::time::Duration;

use kling_core::{Money, Secret};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::{BasePolicy, ClientError, InsecureBase};

/// A setting that cannot work. Each says what would.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// An address cannot be the base of others.
    #[error(
        "{setting} is not usable: it takes http:// or https:// and a host, without user name, query or fragment"
    )]
    Address {
        /// Which setting.
        setting: &'static str,
    },
    /// The key, or another proof, would travel in the clear.
    #[error(
        "{setting} leads to `{host}` over plain http, which shows the API key: use https or a loopback address, or \
         set allow_insecure = true"
    )]
    Insecure {
        /// Which setting.
        setting: &'static str,
        /// Where it leads.
        host: String,
    },
    /// A length of time is out of range.
    #[error(
        "{setting} is out of range: it takes {} to {}",
        humantime::format_duration(*.shortest),
        humantime::format_duration(*.longest)
    )]
    Time {
        /// Which setting.
        setting: &'static str,
        /// The shortest that is allowed.
        shortest: Duration,
        /// The longest that is allowed.
        longest: Duration,
    },
    /// A number is out of range.
    #[error("{setting} is out of range: it takes {least} to {most}")]
    Number {
        /// Which setting.
        setting: &'static str,
        /// The least that is allowed.
        least: u32,
        /// The most that is allowed.
        most: u32,
    },
    /// An amount of money is out of range.
    #[error("{setting} is out of range: it takes more than 0 and at most 100 dollars")]
    Money {
        /// Which setting.
        setting: &'static str,
    },
    /// The key is not one: keys are visible ASCII without spaces.
    #[error("the API key has characters that no key has, such as a space or a line feed")]
    Key,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] ClientError),
}

/// The most that a unit can be said to cost: $100.
const DEAREST: Money = Money::from_nanodollars(100_000_000_000);

/// Checks the base address of an API, or of one's own that a vendor is told.
///
/// # Errors
///
/// [`SettingError::Address`] when nothing can lie below it, [`SettingError::Insecure`] when the policy does not allow it.
pub fn check_base(
    setting: &'static str,
    url: &Url,
    policy: BasePolicy,
) -> Result<(), SettingError> {
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_bare {
        return Err(SettingError::Address { setting });
    }
    match policy.check(url) {
        Ok(()) => Ok(()),
        Err(InsecureBase::NotWeb) => Err(SettingError::Address { setting }),
        Err(InsecureBase::PlainHttp) => Err(SettingError::Insecure {
            setting,
            host: url.host_str().unwrap_or_default().to_owned(),
        }),
    }
}

/// Checks a length of time.
///
/// # Errors
///
/// [`SettingError::Time`] when it is out of range.
pub fn check_time(
    setting: &'static str,
    value: Duration,
    (shortest, longest): (Duration, Duration),
) -> Result<(), SettingError> {
    if (shortest..=longest).contains(&value) {
        return Ok(());
    }
    Err(SettingError::Time {
        setting,
        shortest,
        longest,
    })
}

/// Checks a number.
///
/// # Errors
///
/// [`SettingError::Number`] when it is out of range.
pub fn check_number(
    setting: &'static str,
    value: u32,
    (least, most): (u32, u32),
) -> Result<(), SettingError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(SettingError::Number {
        setting,
        least,
        most,
    })
}

/// Checks what a unit is said to cost: more than nothing, and at most $100.
///
/// # Errors
///
/// [`SettingError::Money`] when it is out of range.
pub fn check_price(setting: &'static str, value: Money) -> Result<(), SettingError> {
    if value > Money::ZERO && value <= DEAREST {
        return Ok(());
    }
    Err(SettingError::Money { setting })
}

/// Checks that text can be a key and be sent in a header.
///
/// # Errors
///
/// [`SettingError::Key`].
pub fn check_key(key: &Secret) -> Result<(), SettingError> {
    let is_key = key.expose().bytes().all(|byte| byte.is_ascii_graphic());
    is_key.then_some(()).ok_or(SettingError::Key)
}

/// The address of one endpoint, below whatever path the base has. Each part is one segment, escaped where it must be.
pub fn endpoint(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

/// Reads an address, for `#[serde(deserialize_with = …)]`.
///
/// # Errors
///
/// When it is no URL.
pub fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    deserializer.deserialize_str(Text {
        wanted: "an address in quotes, such as \"https://api.example.com\"",
        wrong: "not an address: it takes https:// and a host, such as https://api.example.com",
        read: |text| Url::parse(text).ok(),
    })
}

/// Reads an address where there need not be one.
///
/// # Errors
///
/// As [`address`].
pub fn optional_address<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Url>, D::Error> {
    address(deserializer).map(Some)
}

/// Reads a length of time with its unit: `"90s"`, `"1m 30s"`.
///
/// # Errors
///
/// When it has no unit, or is no length of time.
pub fn humane<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(Text {
        wanted: "a length of time in quotes, such as \"90s\"",
        wrong: "not a length of time: it takes numbers with units, such as 90s or 5m",
        read: |text| humantime::parse_duration(text).ok(),
    })
}

/// Reads a length of time where there need not be one.
///
/// # Errors
///
/// As [`humane`].
pub fn optional_humane<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    humane(deserializer).map(Some)
}

/// Text that stands for something else. What was written is in no complaint: an address may hold a secret.
struct Text<T> {
    /// What is said of anything but text.
    wanted: &'static str,
    /// What is said of other text.
    wrong: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.wanted)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::custom(self.wrong))
    }
}

/// An amount as people write it: a number, or one in quotes.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "not an amount in dollars: it takes a number, such as 0.05"
)]
enum Amount {
    Whole(u32),
    // The shortest decimal that means the same number is what was typed.
    Decimal(f64),
    Text(String),
}

/// Reads an amount of dollars: `0.05` or `"0.05"`.
///
/// # Errors
///
/// When it is no amount.
pub fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    let text = match Amount::deserialize(deserializer)? {
        Amount::Whole(number) => number.to_string(),
        Amount::Decimal(number) => number.to_string(),
        Amount::Text(text) => text,
    };
    Money::parse_dollars(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
