//! A declined call, whether the HTTP status or only the body says so, read into our words.

use kling_core::{FailureKind, ProviderError, ReplyNote, Secret};
use kling_http::{Call, Places, Reply, Told, classify, decode, note_of_success, words};
use serde_json::Value;

use crate::convert::answer::{self, State};
use crate::wire::{Answer, place};

/// The vendor documents `error {code, message, type}` and no request id of its own.
const PLACES: Places = Places {
    codes: &place::ERROR_NAME,
    messages: &place::MESSAGES,
    request_ids: &[],
    request_id_headers: &["x-request-id"],
};

/// What was being done when the vendor answered: it decides what a no can mean.
#[derive(Clone, Copy)]
pub(crate) enum Attempt<'a> {
    /// A submission, with the words that must never come back to anyone.
    Submission {
        /// The request's prompt.
        prompt: &'a str,
    },
    /// A look at a task, which costs nothing.
    Look,
}

impl<'a> Attempt<'a> {
    const fn call(self) -> Call {
        match self {
            Self::Submission { .. } => Call::Submission,
            Self::Look => Call::Read,
        }
    }

    const fn prompt(self) -> Option<&'a str> {
        match self {
            Self::Submission { prompt } => Some(prompt),
            Self::Look => None,
        }
    }
}

/// Reads a reply that is no refusal: 2xx, a JSON object, and no failure by its own words.
///
/// # Errors
///
/// By the HTTP status, else by the body's code, else because a submission failed at once. Whatever
/// the body repeats of `key` is left out. A body that is no JSON object is
/// [`ProviderError::Protocol`]. A submission's no that names its task is none: a look says how the task is.
pub(crate) fn answer(
    reply: &Reply,
    attempt: Attempt<'_>,
    key: &Secret,
) -> Result<Answer, ProviderError> {
    let prompt = attempt.prompt();
    if !reply.is_success() {
        let told = Told::read(reply, &PLACES, key, prompt);
        return Err(refusal(reply, &told, attempt));
    }
    let noted = |error: ProviderError| error.with_note(note_of(reply, key));
    let answer: Answer = decode::json(reply).map_err(noted)?;
    if !answer.is_object() {
        return Err(noted(decode::unexpected("$", "not an object")));
    }
    let told = || Told::read(reply, &PLACES, key, prompt);
    match (attempt, answer::task_state(&answer)) {
        // How the task is comes before how the look went.
        (Attempt::Look, Some(state)) if state.is_terminal() => return Ok(answer),
        (Attempt::Submission { .. }, Some(State::Failed)) => return Err(declined(None, &told())),
        _ => {}
    }
    if let Some(no) = No::of(&answer) {
        return match (attempt, answer::named_task(&answer)) {
            (Attempt::Submission { .. }, Some(_)) => Ok(answer),
            _ => Err(no.into_error(&answer, &told(), reply, attempt)),
        };
    }
    match (attempt, answer::state(&answer)) {
        (Attempt::Submission { .. }, Some(State::Failed)) => Err(declined(None, &told())),
        _ => Ok(answer),
    }
}

/// What is noted of an answer that is no refusal.
pub(crate) fn note_of(reply: &Reply, key: &Secret) -> ReplyNote {
    note_of_success(reply, &PLACES, key)
}

/// Whether an answer under a 2xx says no all the same.
pub(crate) fn says_no(answer: &Answer) -> bool {
    No::of(answer).is_some()
}

/// A no under an HTTP status that says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum No {
    /// The code is neither 0 nor of the two hundreds.
    Code(i64),
    /// There is no code; there are words about an error, and nothing else.
    Words,
}

impl No {
    fn of(answer: &Answer) -> Option<Self> {
        if let Some(code) = answer.first(&place::CODE, number) {
            return (code != 0 && !(200..300).contains(&code)).then_some(Self::Code(code));
        }
        if answer::task_state(answer).is_some()
            || answer::task_id(answer).is_some()
            || !answer::pictures(answer).is_empty()
        {
            return None;
        }
        let words = || answer.first(&place::ERROR, words::joined);
        match answer.first(&place::ERROR_CODE, number) {
            Some(code) => Some(Self::Code(code)),
            None if answer::state(answer).is_none() => words().map(|_| Self::Words),
            None => None,
        }
    }

    fn into_error(
        self,
        answer: &Answer,
        told: &Told<'_>,
        reply: &Reply,
        attempt: Attempt<'_>,
    ) -> ProviderError {
        let code = match self {
            Self::Code(code) => Some(code),
            Self::Words => None,
        };
        let note = || told.note_as(&code.map_or("error".to_owned(), |code| code.to_string()));
        match (code.map(u16::try_from), attempt) {
            // It has an id that may be a task's, and the task may run.
            (_, Attempt::Submission { .. }) if answer::task_id(answer).is_some() => {
                ProviderError::Indeterminate(Box::new(NoAndTask)).with_note(note())
            }
            (Some(Ok(status @ 400..=599)), _) => {
                let as_status = Reply {
                    status,
                    ..reply.clone()
                };
                refusal(&as_status, told, attempt)
            }
            (_, Attempt::Submission { .. }) => declined(code, told),
            (Some(_), Attempt::Look) => {
                decode::unexpected("$.code", "a code without a meaning").with_note(note())
            }
            (None, Attempt::Look) => {
                decode::unexpected("$.error", "an error without a code").with_note(note())
            }
        }
    }
}

/// A JSON number, or one in quotes; what is too large for us, or broken, is no code that says all is well.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(number.as_i64().unwrap_or(i64::MAX)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Reads a no with this status, of HTTP or of the body.
fn refusal(reply: &Reply, told: &Told<'_>, attempt: Attempt<'_>) -> ProviderError {
    let note = told.note(reply.status);
    match (reply.status, attempt) {
        (402, _) => ProviderError::OutOfFunds { note },
        // Somebody in between has no such page, or lets nobody see it. The task is there all the same.
        (403 | 404 | 410, Attempt::Look) if !told.is_answer() => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(classify::unexpected(reply.status, note)),
        },
        (404 | 410, Attempt::Look) => ProviderError::TaskGone { note },
        (403, _) if !is_out_of_funds(told) && !told.is_moderation() => {
            ProviderError::Unauthorized { note }
        }
        // 401, 408, 429, 5xx and what is no refusal at all mean here what they mean everywhere; 503
        // included, for the vendor does not say whether work had begun.
        _ => classify::status_noted(reply, attempt.call(), note)
            .unwrap_or_else(|| declined(Some(reply.status.into()), told)),
    }
}

/// A no that is neither the key's nor the server's fault.
fn declined(code: Option<i64>, told: &Told<'_>) -> ProviderError {
    let number = code.map(|code| code.to_string());
    let note = told.note_as(told.code().or(number.as_deref()).unwrap_or("failed"));
    if is_out_of_funds(told) {
        ProviderError::OutOfFunds { note }
    } else if told.is_moderation() {
        ProviderError::Moderated { note }
    } else {
        let reason = told.reason();
        ProviderError::Declined { note, reason }
    }
}

/// Whether the name or the words are about an account without money.
fn is_out_of_funds(told: &Told<'_>) -> bool {
    told.has_code(about_funds) || told.says(about_funds)
}

/// Whether words are about an account without money. The vendor documents none; it sells credits.
fn about_funds(text: &str) -> bool {
    const LACK: [&str; 8] = [
        "insufficient",
        "not enough",
        "out of",
        "exhausted",
        "no remaining",
        "no credits",
        "too low",
        "used up",
    ];
    const MONEY: [&str; 3] = ["credit", "fund", "balance"];
    let text = text.to_lowercase().replace(['_', '-'], " ");
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    (has(&LACK) && has(&MONEY)) || text.contains("payment required")
}

/// What sort of failure ended a task, and the vendor's name for it.
pub(crate) fn failure(answer: &Answer, key: &Secret) -> (FailureKind, Option<String>) {
    let told = Told::of(answer.value(), &PLACES, key, None);
    let kind = if told.is_moderation() {
        FailureKind::Moderated
    } else if told.is_about_input() || told.has_code(words::about_input) {
        FailureKind::Declined
    } else {
        FailureKind::Provider
    };
    (kind, told.code().map(str::to_owned))
}

/// A no and an id in one answer.
#[derive(Debug, thiserror::Error)]
#[error("a no with an id that may be a task's")]
struct NoAndTask;

#[cfg(test)]
mod tests;
