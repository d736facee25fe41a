//! A declined call, in either generation of the vendor's error bodies, read into our words.

mod words;

use kling_core::ProviderError;
use kling_http::{Call, Reply, classify};
use serde_json::Value;

use crate::wire::ErrorBody;

/// What was being done when the vendor said no: it decides what a server's error can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt<'a> {
    /// A submission, with the words that must never come back to anyone.
    Submission {
        /// The request's prompt.
        prompt: &'a str,
    },
    /// A read that costs nothing.
    Read,
}

/// Reads a reply whose status is not 2xx.
pub(crate) fn refusal(reply: &Reply, attempt: Attempt<'_>) -> ProviderError {
    let told = Told::read(&reply.body);
    let code = || {
        told.code
            .clone()
            .unwrap_or_else(|| reply.status.to_string())
    };
    let (call, prompt) = match attempt {
        Attempt::Submission { prompt } => (Call::Submission, Some(prompt)),
        Attempt::Read => (Call::Read, None),
    };
    match reply.status {
        // The vendor documents no 402; what else could one say?
        402 => ProviderError::OutOfFunds,
        403 if told.is_out_of_funds() => ProviderError::OutOfFunds,
        400 | 403 | 422 | 451 if told.is_moderation() => ProviderError::Moderated { code: code() },
        403 => ProviderError::Unauthorized,
        // 401, 408, 429, 5xx and what is no refusal at all mean here what they mean everywhere; 503
        // and 504 included, for the vendor does not say whether work had begun.
        _ => classify::status(reply, call).unwrap_or_else(|| ProviderError::Declined {
            code: code(),
            reason: prompt.and_then(|prompt| words::for_people(&told.message, prompt)),
        }),
    }
}

/// What a body says, whichever generation it is of; empty for HTML and other noise.
#[derive(Debug, Default)]
struct Told {
    /// `error.data.kind`, else `error.name`; only where it looks like a code.
    code: Option<String>,
    /// The first of `message`, `error.message`, `error` and `title` that is text.
    message: String,
}

impl Told {
    fn read(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else {
            return Self::default();
        };
        let inner = &body.error;
        let code = [&inner["data"]["kind"], &inner["name"]]
            .into_iter()
            .filter_map(Value::as_str)
            .find(|code| words::is_code(code));
        let message = [&body.message, &inner["message"], inner, &body.title]
            .into_iter()
            .map(words::joined)
            .find(|message| !message.is_empty());
        Self {
            code: code.map(str::to_owned),
            message: message.unwrap_or_default(),
        }
    }

    /// The rule for a 403: the kind starts with `err_insuff` (the vendor misspells the rest), or the
    /// name is `OutOfFundsException`, or the words are about credits or funds.
    fn is_out_of_funds(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        let message = self.message.to_lowercase();
        code.starts_with("err_insuff")
            || code == "OutOfFundsException"
            || message.contains("credits")
            || message.contains("funds")
    }

    fn is_moderation(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        words::about_moderation(code) || words::about_moderation(&self.message)
    }
}

#[cfg(test)]
mod tests;
