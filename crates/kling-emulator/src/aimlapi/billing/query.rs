//! The query of the list of transactions.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use time::{Date, OffsetDateTime, format_description::well_known::Iso8601};

use crate::reading::Issue;

/// How many transactions a page has unless told otherwise, and the most it may have.
const LIMIT: (usize, usize) = (50, 100);

/// Whether money came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Topup,
    Charge,
}

/// Why money came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Payment,
    Bonus,
    Refund,
    Adjustment,
    ModelUsage,
    CreditsExpired,
    Init,
}

const DIRECTIONS: [(&str, Direction); 2] =
    [("TOPUP", Direction::Topup), ("CHARGE", Direction::Charge)];

const KINDS: [(&str, Kind); 7] = [
    ("PAYMENT", Kind::Payment),
    ("BONUS", Kind::Bonus),
    ("REFUND", Kind::Refund),
    ("ADJUSTMENT", Kind::Adjustment),
    ("MODEL_USAGE", Kind::ModelUsage),
    ("CREDITS_EXPIRED", Kind::CreditsExpired),
    ("INIT", Kind::Init),
];

/// Which transactions are wanted.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) from_ms: Option<u64>,
    pub(super) to_ms: Option<u64>,
    pub(super) direction: Option<Direction>,
    pub(super) kind: Option<Kind>,
    pub(super) limit: usize,
    /// Those with a number below this.
    pub(super) before: Option<u64>,
}

impl Wanted {
    /// Reads a query; unknown keys are ignored.
    pub(super) fn read(query: &str) -> Result<Self, Vec<Issue>> {
        let mut wanted = Self {
            limit: LIMIT.0,
            ..Self::default()
        };
        let mut issues = Vec::new();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let read = match &*key {
                "from" => moment(&value).map(|at| wanted.from_ms = Some(at)),
                "to" => moment(&value).map(|at| wanted.to_ms = Some(at)),
                "direction" => {
                    named(&DIRECTIONS, &value).map(|found| wanted.direction = Some(found))
                }
                "type" => named(&KINDS, &value).map(|found| wanted.kind = Some(found)),
                "limit" => limit(&value).map(|limit| wanted.limit = limit),
                "cursor" => number(&value).map(|before| wanted.before = Some(before)),
                _ => Ok(()),
            };
            if let Err(message) = read {
                issues.push(Issue {
                    path: key.into_owned(),
                    message,
                });
            }
        }
        if issues.is_empty() {
            Ok(wanted)
        } else {
            Err(issues)
        }
    }
}

/// The cursor that leads on from the transaction with this number.
pub(super) fn cursor(number: u64) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("before:{number}"))
}

fn number(cursor: &str) -> Result<u64, String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    text.strip_prefix("before:")
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| "Invalid cursor".to_owned())
}

fn named<T: Copy>(names: &[(&str, T)], given: &str) -> Result<T, String> {
    names
        .iter()
        .find(|(name, _)| *name == given)
        .map(|(_, value)| *value)
        .ok_or_else(|| {
            let expected: Vec<String> = names.iter().map(|(name, _)| format!("'{name}'")).collect();
            format!(
                "Invalid enum value. Expected {}, received '{given}'",
                expected.join(" | ")
            )
        })
}

fn limit(given: &str) -> Result<usize, String> {
    match given.parse::<usize>() {
        Ok(0) => Err("Number must be greater than or equal to 1".to_owned()),
        Ok(limit) if limit > LIMIT.1 => {
            Err(format!("Number must be less than or equal to {}", LIMIT.1))
        }
        Ok(limit) => Ok(limit),
        Err(_) => Err("Expected number, received nan".to_owned()),
    }
}

/// A day or a moment of ISO 8601, in milliseconds since the Unix epoch.
fn moment(given: &str) -> Result<u64, String> {
    let day = || Date::parse(given, &Iso8601::DATE).map(|date| date.midnight().assume_utc());
    OffsetDateTime::parse(given, &Iso8601::DATE_TIME_OFFSET)
        .or_else(|_| day())
        .ok()
        .and_then(|at| u64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok())
        .ok_or_else(|| "Invalid date".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Direction, Wanted, cursor};

    #[test]
    fn a_query_is_read_in_full() {
        let query = format!(
            "from=2026-11-20&to=2026-11-20T09:30:00.042Z&direction=CHARGE&limit=7&cursor={}",
            cursor(12)
        );

        let wanted = Wanted::read(&query).unwrap();

        assert_eq!(wanted.from_ms, Some(1_795_132_800_000));
        assert_eq!(wanted.to_ms, Some(1_795_167_000_042));
        assert_eq!(wanted.direction, Some(Direction::Charge));
        assert_eq!((wanted.limit, wanted.before), (7, Some(12)));
    }

    #[test]
    fn every_wrong_part_is_named() {
        let issues =
            Wanted::read("from=soon&direction=UP&type=GIFT&limit=101&cursor=x").unwrap_err();

        let paths: Vec<&str> = issues.iter().map(|issue| issue.path.as_str()).collect();
        assert_eq!(paths, ["from", "direction", "type", "limit", "cursor"]);
    }
}
