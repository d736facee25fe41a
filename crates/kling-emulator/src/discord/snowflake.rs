//! Discord's ids, and its way of writing a moment.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds of the first moment of 2015, where Discord's ids begin to count.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// An id: 42 bits of milliseconds, then 22 that keep ids of one millisecond apart.
///
/// Written as text on the wire, because JavaScript cannot hold it as a number; read from either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snowflake(pub u64);

impl Snowflake {
    /// Reads an id; nothing but digits is one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().map(Self)
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(u64),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => {
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a snowflake"))
            }
        }
    }
}

/// Makes ids; every one is larger than the one before, whatever the clock says.
#[derive(Debug, Default)]
pub(crate) struct Mint(AtomicU64);

impl Mint {
    /// A new id made at `now_ms`.
    pub(crate) fn make(&self, now_ms: u64) -> Snowflake {
        let floor = now_ms.saturating_sub(EPOCH_MS) << 22;
        let last = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(floor.max(last + 1))
            })
            .unwrap_or_else(|last| last);
        Snowflake(floor.max(last + 1))
    }
}

/// `2026-11-20T09:38:34.120000+00:00`, as Discord writes a moment.
pub(crate) fn timestamp(ms: u64) -> String {
    crate::clock::iso(ms).replace('Z', "000+00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_discord_writes_it() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(
            timestamp(951_782_400_000),
            "2000-02-29T00:00:00.000000+00:00"
        );
        assert_eq!(
            timestamp(1_795_167_514_120),
            "2026-11-20T09:38:34.120000+00:00"
        );
    }

    #[test]
    fn ids_grow_even_when_the_clock_stands_still() {
        let mint = Mint::default();

        let first = mint.make(1_795_167_514_120);
        let second = mint.make(1_795_167_514_120);
        let third = mint.make(0);

        assert!(first < second && second < third);
        assert_eq!((first.0 >> 22) + EPOCH_MS, 1_795_167_514_120);
    }

    #[test]
    fn an_id_is_read_from_text_and_from_a_number() {
        assert_eq!(
            serde_json::from_str::<Snowflake>("\"12\"").unwrap(),
            Snowflake(12)
        );
        assert_eq!(
            serde_json::from_str::<Snowflake>("12").unwrap(),
            Snowflake(12)
        );
        assert!(serde_json::from_str::<Snowflake>("\"+12\"").is_err());
    }
}
