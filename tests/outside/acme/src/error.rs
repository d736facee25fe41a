//! Acme's refusals in our words.

use kling_core::{ProviderError, ReplyNote};
use kling_http::{Call, Reply, classify, decode};

use crate::wire::Refusal;

/// What a reply that is no success means.
pub(crate) fn refusal(reply: &Reply, call: Call) -> ProviderError {
    let Ok(refusal) = decode::json::<Refusal>(reply) else {
        return without_words(reply, call);
    };
    let note = ReplyNote::of_code(&refusal.problem.code);
    match (reply.status, call) {
        (402, _) => ProviderError::OutOfFunds { note },
        (404 | 410, Call::Read) => ProviderError::TaskGone { note },
        _ => match classify::refusal(reply, call) {
            ProviderError::Declined { .. } if note.code() == Some("not-allowed") => {
                ProviderError::Moderated { note }
            }
            ProviderError::Declined { reason, .. } => ProviderError::Declined { note, reason },
            other => other,
        },
    }
}

/// A reply that is not from Acme itself: a look finds no page of somebody in between, and the task is there
/// all the same.
fn without_words(reply: &Reply, call: Call) -> ProviderError {
    match (reply.status, call) {
        (404 | 410, Call::Read) => ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: None,
        },
        _ => classify::refusal(reply, call),
    }
}
