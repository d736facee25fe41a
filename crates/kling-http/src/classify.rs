//! What a failed exchange, and what a status, usually means for a provider.

use kling_core::{ProviderError, ReplyNote, Source};

use crate::{Call, Malformed, Reply, TransportError};

/// What a failed exchange means for a provider.
///
/// | | submission | read |
/// |---|---|---|
/// | not sent | `Unreachable` | `Unreachable` |
/// | lost | `Indeterminate` | `Unavailable` |
/// | too large | `Indeterminate` | `Protocol` at `$` |
/// | input file unreadable midway | `Indeterminate` | `Input` |
/// | malformed key | `Unauthorized` | `Unauthorized` |
/// | malformed otherwise | `Unsupported` | `Unsupported` |
pub fn transport(error: TransportError, call: Call) -> ProviderError {
    match (error, call) {
        (TransportError::NotSent(source), _) => ProviderError::Unreachable(source),
        (TransportError::Malformed(Malformed::Key), _) => ProviderError::Unauthorized {
            note: ReplyNote::default(),
        },
        (TransportError::Malformed(Malformed::Header), _) => ProviderError::Unsupported {
            what: "a header with such characters",
        },
        (TransportError::Malformed(Malformed::Body), _) => ProviderError::Unsupported {
            what: "a body that is not JSON",
        },
        (TransportError::Malformed(Malformed::Address), _) => ProviderError::Unsupported {
            what: "an address without https",
        },
        (TransportError::Lost(source), Call::Submission) => ProviderError::Indeterminate(source),
        (TransportError::Lost(source), Call::Read) => ProviderError::Unavailable {
            retry_after: None,
            source: Some(source),
        },
        (error @ TransportError::TooLarge { .. }, Call::Read) => ProviderError::Protocol {
            path: "$".to_owned(),
            source: Box::new(error),
        },
        (TransportError::Input(source), Call::Read) => ProviderError::Input(Box::new(source)),
        (
            error @ (TransportError::TooLarge { .. } | TransportError::Input(_)),
            Call::Submission,
        ) => ProviderError::Indeterminate(Box::new(error)),
    }
}

/// What a status means at every vendor; `None` for a success and for what only the vendor can explain
/// (400, 402, 403, 404, 409, 422 and the rest of 4xx).
///
/// | status | submission | read |
/// |---|---|---|
/// | 401 | `Unauthorized` | `Unauthorized` |
/// | 429 | `RateLimited` | `RateLimited` |
/// | 408, 5xx | `Indeterminate` | `Unavailable` |
/// | 1xx, 3xx, 6xx | `Indeterminate` | `Protocol` at `$` |
///
/// A vendor that documents a 503 as "nothing was started" looks at it before asking here.
pub fn status(reply: &Reply, call: Call) -> Option<ProviderError> {
    status_noted(reply, call, ReplyNote::of_code(&reply.status.to_string()))
}

/// The same, by a vendor whose [`Told`](crate::Told) has noted a code and a request id. Where the error has no
/// [`note`](ProviderError::note), its source tells them.
pub fn status_noted(reply: &Reply, call: Call, note: ReplyNote) -> Option<ProviderError> {
    let status = reply.status;
    match (status, call) {
        (200..=299, _) => None,
        (401, _) => Some(ProviderError::Unauthorized { note }),
        (429, _) => Some(ProviderError::RateLimited {
            note,
            retry_after: reply.retry_after(),
        }),
        (408 | 500..=599, Call::Read) => Some(ProviderError::Unavailable {
            retry_after: reply.retry_after(),
            source: Some(unexpected(status, note)),
        }),
        (400..=499, _) if status != 408 => None,
        (_, Call::Submission) => Some(ProviderError::Indeterminate(unexpected(status, note))),
        (_, Call::Read) => Some(ProviderError::Protocol {
            path: "$".to_owned(),
            source: unexpected(status, note),
        }),
    }
}

/// A status that was not expected, as the source of an error: with what the reply said, where that is more.
pub fn unexpected(status: u16, note: ReplyNote) -> Source {
    let says_more =
        note.request_id().is_some() || note.code().is_some_and(|code| code != status.to_string());
    if says_more {
        Box::new(NotedStatus { status, note })
    } else {
        Box::new(UnexpectedStatus(status))
    }
}

/// A status that was not expected, and what the reply said.
#[derive(Debug, thiserror::Error)]
#[error("status {status}{note}")]
struct NotedStatus {
    status: u16,
    note: ReplyNote,
}

/// What is left to say about a status that is not a success, after the vendor had its turn: [`status`], else
/// `Declined` with the status as its code and no reason.
pub fn refusal(reply: &Reply, call: Call) -> ProviderError {
    status(reply, call).unwrap_or_else(|| ProviderError::Declined {
        note: ReplyNote::of_code(&reply.status.to_string()),
        reason: None,
    })
}

/// A status that was not expected.
#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
pub struct UnexpectedStatus(
    /// The status.
    pub u16,
);

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::{ErrorKind, Timestamp};
    use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

    fn reply(status: u16) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("7"));
        Reply {
            status,
            headers,
            body: "<html>not for logs</html>".into(),
            received_at: Timestamp::from_millis(0),
        }
    }

    fn name(code: u16, call: Call) -> Option<&'static str> {
        status(&reply(code), call).map(|error| error.name())
    }

    #[test]
    fn a_broken_server_leaves_a_submission_in_doubt_and_a_read_in_hope() {
        for code in [500, 502, 503, 504, 599, 408] {
            assert_eq!(
                name(code, Call::Submission),
                Some("indeterminate"),
                "{code}"
            );
            assert_eq!(name(code, Call::Read), Some("unavailable"), "{code}");
        }
        let waiting = status(&reply(503), Call::Read).expect("an error");
        assert_eq!(
            waiting.retry_after(),
            Some(std::time::Duration::from_secs(7))
        );
    }

    #[test]
    fn some_statuses_mean_the_same_everywhere() {
        for call in [Call::Submission, Call::Read] {
            assert_eq!(name(401, call), Some("unauthorized"));
            assert_eq!(name(429, call), Some("rate-limited"));
            for code in [200, 201, 204, 400, 402, 403, 404, 409, 422] {
                assert_eq!(name(code, call), None, "{code}");
            }
        }
    }

    #[test]
    fn an_unfollowed_redirect_proves_nothing() {
        for code in [101, 302, 307, 600] {
            let submitted = status(&reply(code), Call::Submission).expect("an error");
            let read = status(&reply(code), Call::Read).expect("an error");

            assert_eq!(submitted.kind(), ErrorKind::Unknown);
            assert_eq!(read.kind(), ErrorKind::Unknown);
        }
    }

    #[test]
    fn what_the_vendor_does_not_explain_is_declined_by_its_number() {
        let error = refusal(&reply(418), Call::Submission);

        assert!(matches!(
            error,
            ProviderError::Declined { reason: None, .. }
        ));
        assert_eq!(error.note().and_then(ReplyNote::code), Some("418"));
    }

    #[test]
    fn what_the_vendor_said_of_itself_is_in_the_error_or_in_its_source() {
        let note = || ReplyNote::of_code("overloaded").with_request_id("r-1");

        let limited = status_noted(&reply(429), Call::Read, note()).expect("an error");
        let lost = status_noted(&reply(503), Call::Submission, note()).expect("an error");

        assert_eq!(limited.note(), Some(&note()));
        let source = std::error::Error::source(&lost).expect("a source");
        assert_eq!(source.to_string(), "status 503 (overloaded, request r-1)");
        let plain = status(&reply(503), Call::Submission).expect("an error");
        let source = std::error::Error::source(&plain).expect("a source");
        assert_eq!(source.to_string(), "status 503");
    }

    #[test]
    fn a_key_that_cannot_be_sent_is_not_a_reason_to_wait() {
        let key = transport(TransportError::Malformed(Malformed::Key), Call::Submission);
        let address = transport(TransportError::Malformed(Malformed::Address), Call::Read);

        assert_eq!(key.kind(), ErrorKind::Broken);
        assert_eq!(address.kind(), ErrorKind::Broken);
    }
}
