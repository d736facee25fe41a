//! What is written into a task handle, so that any process, of any later version, finds the video again.
//!
//! `aimlapi.1.<milliseconds since 1970>.<nano-dollars, or ->.<generation id, percent-encoded>`: when it was
//! submitted, since a video may become visible late, and what it is expected to cost, for when the
//! vendor does not say. A new layout gets a new number; the old ones stay readable.

use std::time::Duration;

use kling_core::{Money, ProviderError, TaskHandle, Timestamp};
use kling_http::decode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const NAME: &str = "aimlapi";
const VERSION: &str = "1";

/// What stands in place of a price that nobody knows.
const UNKNOWN: &str = "-";

/// The most characters of a generation's id. The longest that was seen, an id and a model, has about 80.
const MAX_ID_CHARS: usize = 256;

/// What newer ids are made of stays readable.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');

/// A video, as far as we have to remember it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// The vendor's id.
    pub(crate) id: String,
    /// What it is expected to cost, where that is known.
    pub(crate) price: Option<Money>,
    /// When the vendor's answer came, by the clock of the machine that submitted.
    pub(crate) submitted_at: Timestamp,
}

impl Task {
    /// Writes the handle.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Protocol`] when the vendor's id is too long for one.
    pub(crate) fn to_handle(&self) -> Result<TaskHandle, ProviderError> {
        let at = self.submitted_at.as_millis();
        let price = self.price.map_or_else(
            || UNKNOWN.to_owned(),
            |price| price.as_nanodollars().to_string(),
        );
        let id = self.encoded_id();
        TaskHandle::parse(format!("{NAME}.{VERSION}.{at}.{price}.{id}"))
            .map_err(|_| decode::unexpected("$.id", "an id of such a length"))
    }

    /// The id, fit to stand in an address.
    pub(crate) fn encoded_id(&self) -> String {
        utf8_percent_encode(&self.id, ESCAPED).to_string()
    }

    /// Reads a handle.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unsupported`], by what is wrong with it.
    pub(crate) fn from_handle(handle: &TaskHandle) -> Result<Self, ProviderError> {
        let unsupported = |what| ProviderError::Unsupported { what };
        let Some((NAME, rest)) = handle.as_str().split_once('.') else {
            return Err(unsupported(
                "the task handle of another provider: it takes one that starts with `aimlapi.`",
            ));
        };
        match rest.split_once('.') {
            Some((VERSION, fields)) => Self::from_fields(fields).ok_or_else(|| {
                unsupported("a damaged task handle: it takes one exactly as it was given")
            }),
            Some((version, _)) if is_later(version) => Err(unsupported(
                "a task handle of a later version: it takes one that starts with `aimlapi.1.`, so \
                 use the version that made it",
            )),
            Some(_) | None => Err(unsupported(
                "a damaged task handle: it takes one exactly as it was given",
            )),
        }
    }

    fn from_fields(fields: &str) -> Option<Self> {
        let (at, fields) = fields.split_once('.')?;
        let (price, id) = fields.split_once('.')?;
        let price = match price {
            UNKNOWN => None,
            known => Some(Money::from_nanodollars(at_least_zero(known)?)),
        };
        let id = percent_decode_str(id).decode_utf8().ok()?;
        is_generation_id(&id).then_some(Self {
            id: id.into_owned(),
            price,
            submitted_at: Timestamp::from_millis(at_least_zero(at)?),
        })
    }

    /// Whether it was submitted so shortly before (or, by another machine's clock, after) that the
    /// vendor may not know it yet.
    pub(crate) fn may_be_unknown(&self, grace: Duration, now: Timestamp) -> bool {
        let apart = now
            .since(self.submitted_at)
            .max(self.submitted_at.since(now));
        apart < grace
    }
}

/// Whether text can be a generation's id: something short that is not blank.
pub(crate) fn is_generation_id(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= MAX_ID_CHARS
        && !text.chars().any(char::is_control)
}

fn is_later(version: &str) -> bool {
    version.parse::<u32>().is_ok_and(|version| version > 1)
}

fn at_least_zero(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests;
