//! Settings that are text with units: lengths of time, sizes, dollars, and things that can be `none`.

use std::net::SocketAddr;
use std::time::Duration;

use kling_core::Money;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use url::Url;

/// Reads `"90s"`, `"1h 30m"`.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| {
            D::Error::custom(
                "not a length of time: it takes numbers with units, such as \"90s\" or \"1h 30m\"",
            )
        })
}

/// Reads a length of time that a claim may hold: below 200 ms renewals come too late, and beyond an hour the work of a
/// dead process waits longer than anybody does.
pub(super) fn lease<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let bounds = Duration::from_millis(200)..=Duration::from_hours(1);
    let given = duration(deserializer)?;
    if bounds.contains(&given) {
        Ok(given)
    } else {
        Err(D::Error::custom(
            "not a lease that works: it takes 200 ms to 1 h, such as \"1m\"",
        ))
    }
}

/// Reads `"64 MB"`, `"32MiB"`.
pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_size(&text).ok_or_else(|| {
        D::Error::custom(
            "not a size: it takes a whole number with B, kB, MB, GB, KiB, MiB or GiB, such as \"64 MB\"",
        )
    })
}

/// Reads as [`size`] does, or `"none"`.
pub(super) fn optional_size<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "none" {
        return Ok(None);
    }
    parse_size(&text).map(Some).ok_or_else(|| {
        D::Error::custom(
            "not a size: it takes a whole number with a unit, such as \"20 GB\", or \"none\"",
        )
    })
}

/// Reads a web address.
pub(super) fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Url::parse(&text)
        .map(Some)
        .map_err(|_| D::Error::custom("not a web address: it takes https:// and a host"))
}

/// Reads a whole number from 1.
pub(super) fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(D::Error::custom("it takes a whole number from 1")),
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let unit = text.strip_prefix(digits.as_str())?.trim();
    let unit: u64 = match unit.to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(unit).filter(|&bytes| bytes > 0)
}

/// Reads `"2.50"`, or `"none"`.
pub(super) fn dollars<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Money>, D::Error> {
    let wrong = "not an amount: it takes dollars as text, such as \"2.50\", or \"none\"";
    let text = String::deserialize(deserializer).map_err(|_| D::Error::custom(wrong))?;
    if text == "none" {
        return Ok(None);
    }
    Money::parse_dollars(&text)
        .ok()
        .filter(|amount| *amount > Money::ZERO)
        .map(Some)
        .ok_or_else(|| D::Error::custom(wrong))
}

/// Reads `5`, or `"none"`.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Number(u32),
        Text(String),
    }
    match Given::deserialize(deserializer) {
        Ok(Given::Number(number)) if number > 0 => Ok(Some(number)),
        Ok(Given::Text(text)) if text == "none" => Ok(None),
        _ => Err(D::Error::custom(
            "not a limit: it takes a whole number from 1, or \"none\"",
        )),
    }
}

/// Where the bot's server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// Nowhere: there is no server.
    None,
    /// At this address; port 0 lets the system choose.
    At(SocketAddr),
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "none" {
            return Ok(Self::None);
        }
        text.parse().map(Self::At).map_err(|_| {
            D::Error::custom(
                "not a place to listen: it takes an address and a port, such as \"127.0.0.1:8080\", or \"none\"",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("64 MB"), Some(64_000_000));
        assert_eq!(parse_size("32MiB"), Some(33_554_432));
        for wrong in ["64", "MB", "-1 MB", "0 MB", "1.5 MB", "99999999999 GB"] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }
}
