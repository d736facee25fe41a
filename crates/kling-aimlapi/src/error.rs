//! A declined call, in either generation of the vendor's error bodies, read into our words.

use kling_core::{FailureKind, ProviderError, ReplyNote, Secret};
use kling_http::{Call, Places, Reply, Told, classify, note_of_success};

use crate::wire::header;

/// Where both generations have what: `statusCode`, `message` and `requestId` at the top, or `title`, `status` and an
/// `error` of `name`, `message` and `data.kind`.
const PLACES: Places = Places {
    codes: &["/error/data/kind", "/error/name"],
    messages: &["/message", "/error/message", "/error", "/title"],
    request_ids: &["/requestId"],
    request_id_headers: &[header::INFERENCE_ID],
};

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
    let told = Told::read(reply, &PLACES, key, attempt.prompt());
    let note = told.note(reply.status);
    match (reply.status, attempt) {
        // The vendor documents no 402; what else could one say?
        (402, _) => ProviderError::OutOfFunds { note },
        (403, _) if is_out_of_funds(&told) => ProviderError::OutOfFunds { note },
        // "Inference not found", which clients in the field are told without a word on the status.
        (400..=499, Attempt::Look) if told.says(about_not_found) => {
            ProviderError::TaskGone { note }
        }
        // Somebody in between has no such page, or lets nobody see it. The video is there all the same.
        (403 | 404 | 410, Attempt::Look) if !told.is_answer() => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(classify::unexpected(reply.status, note)),
        },
        (404 | 410, Attempt::Look) => ProviderError::TaskGone { note },
        (400 | 403 | 422 | 451, _) if told.is_moderation() => ProviderError::Moderated { note },
        (403, _) => ProviderError::Unauthorized { note },
        // 401, 408, 429, 5xx and what is no refusal at all mean here what they mean everywhere; 503
        // and 504 included, for the vendor does not say whether work had begun.
        _ => classify::status_noted(reply, attempt.call(), note.clone()).unwrap_or_else(|| {
            ProviderError::Declined {
                note,
                reason: told.reason(),
            }
        }),
    }
}

/// Reads the answer to a submission that says, under a 2xx, that the work has failed already. The vendor
/// charges nothing for that.
pub(crate) fn failed_at_once(reply: &Reply, prompt: &str, key: &Secret) -> ProviderError {
    let told = Told::read(reply, &PLACES, key, Some(prompt));
    let note = told.note_as(told.code().unwrap_or(FAILED));
    // The documented sign of missing credits is a 403; under a 2xx, words alone are what the rules are about first.
    if told.has_code(names_funds) {
        ProviderError::OutOfFunds { note }
    } else if told.is_moderation() {
        ProviderError::Moderated { note }
    } else if told.says(about_funds) {
        ProviderError::OutOfFunds { note }
    } else {
        let reason = told.reason();
        ProviderError::Declined { note, reason }
    }
}

/// What sort of failure ended a video, and the vendor's code for it. Its words are not passed on: they may
/// repeat the prompt, and a look does not know it.
pub(crate) fn failure(reply: &Reply, key: &Secret) -> (FailureKind, String) {
    let told = Told::read(reply, &PLACES, key, None);
    let kind = if told.is_moderation() {
        FailureKind::Moderated
    } else if told.is_about_input() || told.has_code(is_about_input) {
        FailureKind::Declined
    } else {
        FailureKind::Provider
    };
    (kind, told.code().unwrap_or(FAILED).to_owned())
}

/// What is noted of an answer that is no refusal.
pub(crate) fn note_of(reply: &Reply, key: &Secret) -> ReplyNote {
    note_of_success(reply, &PLACES, key)
}

/// The code of a failure that has none of its own: the vendor's word for the status.
const FAILED: &str = "error";

/// The kind starts with `err_insuff` (the vendor misspells the rest), or the name is `OutOfFundsException`, or the
/// words are about credits or funds.
fn is_out_of_funds(told: &Told<'_>) -> bool {
    told.has_code(names_funds) || told.says(about_funds)
}

/// Whether a code is one of those for an account without money.
fn names_funds(code: &str) -> bool {
    code.starts_with("err_insuff") || code == "OutOfFundsException"
}

/// Whether words are about an account without money: its credits or funds, or, on older plans, its
/// "available … resource limit".
fn about_funds(text: &str) -> bool {
    let text = text.to_lowercase();
    ["credits", "funds", "exhausted the available"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Whether words are about a video that is not known: "Inference not found".
fn about_not_found(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("not found") && (text.contains("inference") || text.contains("generation"))
}

/// Whether a code is about something that the person could change.
fn is_about_input(code: &str) -> bool {
    code.starts_with("BadRequest") || code == "err_validation"
}

#[cfg(test)]
mod tests;
