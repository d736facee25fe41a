//! A declined call, in any generation of the vendor's error bodies, read into our words.

use std::time::Duration;

use kling_core::{ProviderError, ReplyNote, Secret};
use kling_http::{Call, Places, Reply, Told, classify, note_of_success, retry_after, words};
use serde_json::Value;

use crate::wire::{Unmet, header};

/// Problem details (`type`, `title`, `detail`), and the older `error {code, message}`. No document names a request
/// id; the header is the usual one.
const PLACES: Places = Places {
    codes: &["/type", "/error/code"],
    messages: &["/detail", "/title", "/message", "/error/message", "/error"],
    request_ids: &[],
    request_id_headers: &[header::REQUEST_ID],
};

/// What was being done when the vendor said no: it decides what the no can mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt<'a> {
    /// A submission, with the words that must never come back to anyone.
    Submission {
        /// The request's prompt.
        prompt: &'a str,
    },
    /// A call about one task, which does not exist if it is not found.
    Task,
    /// Any other call that costs nothing.
    Other,
}

impl<'a> Attempt<'a> {
    const fn call(self) -> Call {
        match self {
            Self::Submission { .. } => Call::Submission,
            Self::Task | Self::Other => Call::Read,
        }
    }

    const fn prompt(self) -> Option<&'a str> {
        match self {
            Self::Submission { prompt } => Some(prompt),
            Self::Task | Self::Other => None,
        }
    }
}

/// The most names of missing settings that are told.
const MAX_NAMES: usize = 8;

/// Reads a reply whose status is not 2xx. Whatever its body repeats of `key` is taken out first.
pub(crate) fn refusal(reply: &Reply, attempt: Attempt<'_>, key: &Secret) -> ProviderError {
    refusal_with(reply.status, reply, attempt, key)
}

/// Reads a reply as if it had this status: the oldest generation says it in the body.
pub(crate) fn refusal_with(
    status: u16,
    reply: &Reply,
    attempt: Attempt<'_>,
    key: &Secret,
) -> ProviderError {
    let told = Told::read(reply, &PLACES, key, attempt.prompt());
    let note = told.note(status);
    match (status, attempt) {
        (402, _) => ProviderError::OutOfFunds { note },
        (400 | 403 | 422 | 451, _) if told.is_moderation() => ProviderError::Moderated { note },
        // Somebody in between shows a page of their own. The task is there all the same.
        (403 | 404, Attempt::Task) if !told.is_answer() => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(classify::unexpected(status, note)),
        },
        (403, _) => ProviderError::Unauthorized { note },
        (404, Attempt::Task) => ProviderError::TaskGone { note },
        (412, _) => ProviderError::NotSetUp {
            missing: missing(&reply.body, key),
            note: told.note_as(told.code().unwrap_or("requirements_not_met")),
        },
        (429, _) => ProviderError::RateLimited {
            note,
            retry_after: reply.retry_after().or_else(|| window_end(reply)),
        },
        // Documented: the app is being worked on, and the task was not taken.
        (503, _) if told.code() == Some("app_maintenance") => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(classify::unexpected(status, note)),
        },
        _ => {
            let seen = Reply {
                status,
                ..reply.clone()
            };
            classify::status_noted(&seen, attempt.call(), note.clone()).unwrap_or_else(|| {
                ProviderError::Declined {
                    note,
                    reason: told.reason(),
                }
            })
        }
    }
}

/// What is noted of an answer that is no refusal.
pub(crate) fn note_of(reply: &Reply, key: &Secret) -> ReplyNote {
    note_of_success(reply, &PLACES, key)
}

/// What a failure before the submission means: nothing was started, whatever it was.
pub(crate) fn before_submission(error: ProviderError) -> ProviderError {
    match error {
        ProviderError::Indeterminate(source) | ProviderError::Protocol { source, .. } => {
            ProviderError::Unavailable {
                retry_after: None,
                source: Some(source),
            }
        }
        clear => clear,
    }
}

/// How long until the window of the rate limit ends, by the vendor's own header.
fn window_end(reply: &Reply) -> Option<Duration> {
    let end: i64 = reply
        .header(header::RATE_LIMIT_RESET)?
        .trim()
        .parse()
        .ok()?;
    let wait = end.saturating_sub(reply.received_at.as_seconds());
    let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0));
    Some(wait.min(retry_after::MAX_WAIT))
}

/// What a 412 says is missing: names, never values.
fn missing(body: &[u8], key: &Secret) -> Vec<String> {
    let unmet: Unmet = serde_json::from_slice(body).unwrap_or_default();
    let errors = unmet.errors.as_array().map_or(&[][..], Vec::as_slice);
    errors
        .iter()
        .filter_map(|error| error.get("key").and_then(Value::as_str))
        .filter(|name| words::is_name(name) && !name.contains(key.expose()))
        .take(MAX_NAMES)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
