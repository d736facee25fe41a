//! A declined call, in any generation of the vendor's error bodies, read into our words.

pub(crate) mod words;

use std::time::Duration;

use kling_core::ProviderError;
use kling_http::{Call, Reply, classify, retry_after};
use serde_json::Value;

use crate::wire::{ErrorBody, header};

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

impl Attempt<'_> {
    const fn call(self) -> Call {
        match self {
            Self::Submission { .. } => Call::Submission,
            Self::Task | Self::Other => Call::Read,
        }
    }
}

/// The most names of missing settings that are told.
const MAX_NAMES: usize = 8;

/// Reads a reply whose status is not 2xx.
pub(crate) fn refusal(reply: &Reply, attempt: Attempt<'_>) -> ProviderError {
    refusal_with(reply.status, reply, attempt)
}

/// Reads a reply as if it had this status: the oldest generation says it in the body.
pub(crate) fn refusal_with(status: u16, reply: &Reply, attempt: Attempt<'_>) -> ProviderError {
    let told = Told::read(&reply.body);
    let code = || told.code.clone().unwrap_or_else(|| status.to_string());
    match (status, attempt) {
        (402, _) => ProviderError::OutOfFunds,
        (400 | 403 | 422 | 451, _) if told.is_moderation() => {
            ProviderError::Moderated { code: code() }
        }
        (403, _) => ProviderError::Unauthorized,
        (404, Attempt::Task) => ProviderError::TaskGone,
        (412, _) => ProviderError::Declined {
            code: told.requirements(),
            reason: None,
        },
        (429, _) => ProviderError::RateLimited {
            retry_after: reply.retry_after().or_else(|| window_end(reply)),
        },
        // Documented: the app is being worked on, and the task was not taken.
        (503, _) if told.code.as_deref() == Some("app_maintenance") => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(Box::new(classify::UnexpectedStatus(status))),
        },
        _ => {
            let seen = Reply {
                status,
                ..reply.clone()
            };
            classify::status(&seen, attempt.call()).unwrap_or_else(|| ProviderError::Declined {
                code: code(),
                reason: match attempt {
                    Attempt::Submission { prompt } => words::for_people(&told.message, prompt),
                    Attempt::Task | Attempt::Other => None,
                },
            })
        }
    }
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

/// What a body says, whichever generation it is of; empty for HTML and other noise.
#[derive(Default)]
struct Told {
    /// The last part of `type`, else `error.code`; only where it looks like a code.
    code: Option<String>,
    /// The first of `detail`, `title`, `message`, `error.message` and `error` that is text.
    message: String,
    /// What a 412 says is missing: names, never values.
    missing: Vec<String>,
}

impl Told {
    fn read(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else {
            return Self::default();
        };
        let kind = body.kind.as_str().and_then(|kind| kind.rsplit('/').next());
        let code = [kind, body.error["code"].as_str()]
            .into_iter()
            .flatten()
            .find(|code| words::is_code(code));
        let message = [
            &body.detail,
            &body.title,
            &body.message,
            &body.error["message"],
            &body.error,
        ]
        .into_iter()
        .map(words::joined)
        .find(|message| !message.is_empty());
        let missing = body.errors.as_array().map_or(&[][..], Vec::as_slice);
        Self {
            code: code.map(str::to_owned),
            message: message.unwrap_or_default(),
            missing: missing
                .iter()
                .filter_map(|error| error.get("key").and_then(Value::as_str))
                .filter(|name| words::is_name(name))
                .take(MAX_NAMES)
                .map(str::to_owned)
                .collect(),
        }
    }

    fn is_moderation(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        words::about_moderation(code) || words::about_moderation(&self.message)
    }

    /// The code of a 412, with what the account at the vendor lacks.
    fn requirements(&self) -> String {
        if self.missing.is_empty() {
            "requirements_not_met".to_owned()
        } else {
            format!("requirements_not_met: {}", self.missing.join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
