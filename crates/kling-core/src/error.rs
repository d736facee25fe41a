//! What can go wrong at a provider, for three readers: the operator, the code, the person.

use std::time::Duration;

use crate::Cost;

/// Whatever lies below an error, boxed so that its crate's version is nobody's API.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failed call to a provider.
///
/// The variant tells the operator what happened; [`ProviderError::kind`] tells code which road is
/// left. `Display` never shows the source, a reply's body, a prompt, a key or an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The provider read the request and declined it; nothing was started.
    #[error("the provider declined the request ({code})")]
    Declined {
        /// The provider's code, or the HTTP status.
        code: String,
        /// The provider's words, only where they are meant for the person who asked.
        reason: Option<String>,
    },
    /// The provider's content rules do not allow the request.
    #[error("the provider's content rules do not allow the request ({code})")]
    Moderated {
        /// The provider's code.
        code: String,
    },
    /// The provider says it finished, and there is no result in its answer.
    #[error("the provider finished without a result")]
    NoResult {
        /// What it says it charged all the same.
        cost: Option<Cost>,
    },
    /// Too many calls; nothing was started.
    #[error("the provider asked for fewer calls")]
    RateLimited {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The request never left: nothing was started and nothing was charged.
    #[error("the provider could not be reached")]
    Unreachable(#[source] Source),
    /// The provider says it cannot work now, and that nothing was started; or a read failed.
    #[error("the provider is not available at the moment")]
    Unavailable {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
        /// What lies below.
        #[source]
        source: Option<Source>,
    },
    /// A submission left and no clear answer came: a task may exist, and may be charged.
    #[error("the provider gave no clear answer to a submission")]
    Indeterminate(#[source] Source),
    /// The answer was not one the provider documents.
    #[error("unexpected answer from the provider at `{path}`")]
    Protocol {
        /// Where in the answer, as a JSON path; `$` is the whole.
        path: String,
        /// What lies below.
        #[source]
        source: Source,
    },
    /// The key is missing, wrong, revoked or not allowed to do this.
    #[error("the provider did not accept the API key")]
    Unauthorized,
    /// The account has no money left; nothing was started.
    #[error("the account at the provider is out of funds")]
    OutOfFunds,
    /// The provider does not know the task, or knows it no more.
    #[error("the provider does not know the task")]
    TaskGone,
    /// This provider cannot do that at all.
    #[error("this provider does not support {what}")]
    Unsupported {
        /// What was asked of it.
        what: &'static str,
    },
    /// A file of the request could not be read on our side; nothing was sent.
    #[error("an input file could not be read")]
    Input(#[source] Source),
}

/// The roads that are left after a [`ProviderError`]. Closed: a new one must stop the build wherever a
/// decision is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The person must change the request.
    Request,
    /// Waiting helps, and nothing was charged.
    Busy,
    /// Whether work began is unknown: look before anything else.
    Unknown,
    /// An operator must look.
    Broken,
}

impl ErrorKind {
    /// A stable name for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::Broken => "broken",
        }
    }
}

impl ProviderError {
    /// Which road is left.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Declined { .. } | Self::Moderated { .. } | Self::NoResult { .. } => {
                ErrorKind::Request
            }
            Self::RateLimited { .. } | Self::Unreachable(_) | Self::Unavailable { .. } => {
                ErrorKind::Busy
            }
            Self::Indeterminate(_) | Self::Protocol { .. } => ErrorKind::Unknown,
            Self::Unauthorized
            | Self::OutOfFunds
            | Self::TaskGone
            | Self::Unsupported { .. }
            | Self::Input(_) => ErrorKind::Broken,
        }
    }

    /// Whether the same call may be made again without risking a second charge.
    pub const fn is_retryable(&self) -> bool {
        matches!(self.kind(), ErrorKind::Busy)
    }

    /// How long the provider asks us to wait, where it does.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// A stable name of the variant, for logs, metrics and stored rows.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Declined { .. } => "declined",
            Self::Moderated { .. } => "moderated",
            Self::NoResult { .. } => "no-result",
            Self::RateLimited { .. } => "rate-limited",
            Self::Unreachable(_) => "unreachable",
            Self::Unavailable { .. } => "unavailable",
            Self::Indeterminate(_) => "indeterminate",
            Self::Protocol { .. } => "protocol",
            Self::Unauthorized => "unauthorized",
            Self::OutOfFunds => "out-of-funds",
            Self::TaskGone => "task-gone",
            Self::Unsupported { .. } => "unsupported",
            Self::Input(_) => "input",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_have_been_charged_may_be_sent_again() {
        let unreachable = ProviderError::Unreachable("refused".into());
        let lost = ProviderError::Indeterminate("timed out".into());
        let garbled = ProviderError::Protocol {
            path: "$.data".into(),
            source: "not a list".into(),
        };

        assert!(unreachable.is_retryable());
        assert!(!lost.is_retryable());
        assert!(!garbled.is_retryable());
        assert_eq!(garbled.kind(), ErrorKind::Unknown);
    }

    #[test]
    fn an_error_does_not_print_its_source() {
        let error = ProviderError::Indeterminate("Bearer sk-123".into());

        assert_eq!(
            error.to_string(),
            "the provider gave no clear answer to a submission"
        );
    }
}
