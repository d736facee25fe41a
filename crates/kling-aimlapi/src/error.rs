//! A declined call, in either generation of the vendor's error bodies, read into our words.

mod told;
mod words;

use kling_core::{FailureKind, ProviderError, Secret};
use kling_http::classify::{self, UnexpectedStatus};
use kling_http::{Call, Reply};

use told::Told;

/// What was being done when the vendor said no: it decides what a server's error can mean.
#[derive(Clone, Copy)]
pub(crate) enum Attempt<'a> {
    /// A submission, with the words that must never come back to anyone.
    Submission {
        /// The request's prompt.
        prompt: &'a str,
    },
    /// A look at a video, which costs nothing.
    Look,
    /// Any other read.
    Read,
}

impl<'a> Attempt<'a> {
    const fn call(self) -> Call {
        match self {
            Self::Submission { .. } => Call::Submission,
            Self::Look | Self::Read => Call::Read,
        }
    }

    const fn prompt(self) -> Option<&'a str> {
        match self {
            Self::Submission { prompt } => Some(prompt),
            Self::Look | Self::Read => None,
        }
    }
}

/// Reads a reply whose status is not 2xx. Whatever its body repeats of `key` is taken out first.
pub(crate) fn refusal(reply: &Reply, attempt: Attempt<'_>, key: &Secret) -> ProviderError {
    let told = Told::read(&reply.body, key, attempt.prompt());
    let code = || told.code().unwrap_or_else(|| reply.status.to_string());
    match (reply.status, attempt) {
        // The vendor documents no 402; what else could one say?
        (402, _) => ProviderError::OutOfFunds,
        (403, _) if told.is_out_of_funds() => ProviderError::OutOfFunds,
        // "Inference not found", which clients in the field are told without a word on the status.
        (400..=499, Attempt::Look) if told.is_not_found() => ProviderError::TaskGone,
        (404 | 410, Attempt::Look) if told.is_json => ProviderError::TaskGone,
        // Somebody in between has no such page. The video is there all the same.
        (404 | 410, Attempt::Look) => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(Box::new(UnexpectedStatus(reply.status))),
        },
        (400 | 403 | 422 | 451, _) if told.is_moderation() => {
            ProviderError::Moderated { code: code() }
        }
        (403, _) => ProviderError::Unauthorized,
        // 401, 408, 429, 5xx and what is no refusal at all mean here what they mean everywhere; 503
        // and 504 included, for the vendor does not say whether work had begun.
        _ => classify::status(reply, attempt.call()).unwrap_or_else(|| ProviderError::Declined {
            code: code(),
            reason: told.reason(),
        }),
    }
}

/// Reads the answer to a submission that says, under a 2xx, that the work has failed already. The vendor
/// charges nothing for that.
pub(crate) fn failed_at_once(reply: &Reply, prompt: &str, key: &Secret) -> ProviderError {
    let told = Told::read(&reply.body, key, Some(prompt));
    let code = told.code().unwrap_or_else(|| FAILED.to_owned());
    if told.is_out_of_funds() {
        ProviderError::OutOfFunds
    } else if told.is_moderation() {
        ProviderError::Moderated { code }
    } else {
        let reason = told.reason();
        ProviderError::Declined { code, reason }
    }
}

/// What sort of failure ended a video, and the vendor's code for it. Its words are not passed on: they may
/// repeat the prompt, and a look does not know it.
pub(crate) fn failure(reply: &Reply, key: &Secret) -> (FailureKind, String) {
    let told = Told::read(&reply.body, key, None);
    let kind = if told.is_moderation() {
        FailureKind::Moderated
    } else if told.is_about_input() {
        FailureKind::Declined
    } else {
        FailureKind::Provider
    };
    (kind, told.code().unwrap_or_else(|| FAILED.to_owned()))
}

/// The code of a failure that has none of its own: the vendor's word for the status.
const FAILED: &str = "error";

#[cfg(test)]
mod tests;
