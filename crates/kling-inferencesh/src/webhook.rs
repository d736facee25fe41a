//! What the vendor tells when a task ends, read as a hint.
//!
//! The vendor signs nothing, so the address itself is the proof: each submission's webhook has its
//! submission key in the query, and a code that only a holder of the API key can have made. Whoever
//! does not know it cannot make a hint; whoever does can still only make one, because a hint says no more
//! than "look now": the status call is the truth.

#[cfg(feature = "axum")]
mod router;

use hmac::{Hmac, Mac as _};
use kling_core::{Secret, SubmissionKey, TaskHandle};
use kling_http::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;
use sha2::Sha256;
use url::{Url, form_urlencoded};

#[cfg(feature = "axum")]
pub use router::router;

use crate::StatusTable;
use crate::convert::envelope::{self, Opened};
use crate::convert::handle::{LONG_AGO, TaskId};
use crate::convert::state::State;
use crate::convert::task;
use crate::wire::Task;

/// The most bytes of a webhook's body. A task with its output has a few thousand.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The query parameter with the submission key.
const KEY: &str = "submission";

/// The query parameter with the code over it.
const PROOF: &str = "proof";

/// What the code is made over, so that it can stand for nothing else.
const PURPOSE: &[u8] = b"kling-inferencesh webhook 1\n";

/// Makes webhook addresses and reads what comes to them, for one account.
///
/// Both are pure: any process with the same API key can do either. After the key has changed, what was
/// sent out before is no longer believed, and is found by looking instead.
#[derive(Clone, Debug)]
pub struct Webhooks {
    key: Secret,
    table: StatusTable,
}

/// A task has probably ended. Ask for its status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint {
    /// Which submission it was.
    pub submission: SubmissionKey,
    /// Which task that became. The handle remembers less than the one that the submission gave, which has the price
    /// and the time: keep that one, and compare by `submission`.
    pub task: TaskHandle,
    /// How it seems to have ended; `None` where the two status tables leave that open.
    pub ended: Option<Ended>,
}

/// How a task seems to have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// With a result.
    Succeeded,
    /// Without one.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// Something that came to a webhook's address and is no hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The address was not made by us, or not with this key. Answer as if there were nothing here.
    #[error("the address of the webhook was not made with this account's key")]
    Forged,
    /// The body has more than [`MAX_BODY_BYTES`].
    #[error("the body of the webhook has more than {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// The body is not a task in JSON.
    #[error("the body of the webhook is not a task in JSON")]
    NotATask,
}

impl Webhooks {
    /// For the account with this API key.
    pub fn new(api_key: &Secret) -> Self {
        Self {
            key: api_key.clone(),
            table: StatusTable::Current,
        }
    }

    /// The same, for a service that uses this table of status numbers.
    #[must_use]
    pub fn with_status_table(self, table: StatusTable) -> Self {
        Self { table, ..self }
    }

    /// The address for one submission: the base with the submission key and its code in the query.
    pub fn address(&self, base: &Url, key: &SubmissionKey) -> Url {
        let mut url = base.clone();
        url.query_pairs_mut()
            .append_pair(KEY, key.as_str())
            .append_pair(PROOF, &hex(&self.code(key).finalize().into_bytes()));
        url
    }

    /// Reads what came: the query of the address it came to, its headers and its raw body.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; the query is checked before anything else is looked at, in constant time.
    pub fn read(
        &self,
        query: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Hint, WebhookError> {
        let submission = self.proven(query).ok_or(WebhookError::Forged)?;
        if body.len() > MAX_BODY_BYTES {
            return Err(WebhookError::TooLarge);
        }
        if !is_json(headers) {
            return Err(WebhookError::NotATask);
        }
        let body: Value = serde_json::from_slice(body).map_err(|_| WebhookError::NotATask)?;
        let Opened::Content(content) = envelope::open(body) else {
            return Err(WebhookError::NotATask);
        };
        let told = task::read(content).map_err(|_| WebhookError::NotATask)?;
        let task = TaskId::read(&told.id)
            .and_then(|id| id.handle(None, LONG_AGO))
            .map_err(|_| WebhookError::NotATask)?;
        Ok(Hint {
            submission,
            task,
            ended: ended(&told, self.table),
        })
    }

    /// The submission key in an address that [`Webhooks::address`] made, without asking who made it.
    pub(crate) fn key_in(address: &str) -> Option<SubmissionKey> {
        let url = Url::parse(address).ok()?;
        SubmissionKey::parse(parameter(url.query()?, KEY)?).ok()
    }

    fn proven(&self, query: &str) -> Option<SubmissionKey> {
        let key = SubmissionKey::parse(parameter(query, KEY)?).ok()?;
        let proof = unhex(&parameter(query, PROOF)?)?;
        self.code(&key).verify_slice(&proof).is_ok().then_some(key)
    }

    fn code(&self, key: &SubmissionKey) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut code = Hmac::<Sha256>::new_from_slice(self.key.expose().as_bytes())
            .expect("a key of any length");
        code.update(PURPOSE);
        code.update(key.as_str().as_bytes());
        code
    }
}

/// How a task ended, by its own words where they are clear.
///
/// The documented sample still has 9 for "completed", which has been "uploading" for long. So a number is
/// read by what comes with it: 9 with an output, and 10 with an error and no output, are the older table's. A
/// webhook is sent at the end only, so nothing here is "still running".
fn ended(told: &Task, table: StatusTable) -> Option<Ended> {
    let has_output = !told.output.is_null();
    let has_error = told.error.as_str().is_some_and(|error| !error.is_empty());
    let is_clear = told.status.is_string() || table == StatusTable::Legacy;
    match State::read(&told.status, table)? {
        State::Completed if has_output || !has_error => Some(Ended::Succeeded),
        // 10 in the older table.
        State::Completed => Some(Ended::Failed),
        // 9 in the older table.
        State::Uploading if has_output => Some(Ended::Succeeded),
        State::Failed if has_error || is_clear => Some(Ended::Failed),
        State::Rejected => Some(Ended::Failed),
        State::Cancelled => Some(Ended::Cancelled),
        // 11 is "failed" in one table and "cancelled" in the other; without an error it is either.
        State::Failed
        | State::Received
        | State::Queued
        | State::Dispatched
        | State::Preparing
        | State::Serving
        | State::SettingUp
        | State::Running
        | State::Cancelling
        | State::Uploading
        | State::Unknown => None,
    }
}

/// Whether the headers say JSON, or nothing.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

/// The one value of a query parameter; none when it comes twice.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.into_owned())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    digits.filter(|digits| digits.len() % 2 == 0).map(|digits| {
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    })
}

#[cfg(test)]
mod tests;
