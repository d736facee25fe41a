//! What can go wrong at a provider, for three readers: the operator, the code, the person.

mod note;

use std::time::Duration;

pub use note::ReplyNote;

use crate::{Cost, HandleError};

/// Whatever lies below an error, boxed so that its crate's version is nobody's API.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failed call to a provider.
///
/// The variant tells the operator what happened; [`ProviderError::kind`] tells code which road is
/// left. `Display` never shows the source, a reply's body, a prompt, a key or an address. What comes of a reply that was
/// understood carries a [`ReplyNote`]; where it was not, the status is in the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The provider read the request and declined it; nothing was started.
    #[error("the provider declined the request{note}")]
    Declined {
        /// What the reply said: its code is the provider's, or the HTTP status.
        note: ReplyNote,
        /// The provider's words, only where they are meant for the person who asked.
        reason: Option<String>,
    },
    /// The provider's content rules do not allow the request.
    #[error("the provider's content rules do not allow the request{note}")]
    Moderated {
        /// What the reply said: its code is the provider's, or the HTTP status.
        note: ReplyNote,
    },
    /// The provider says it finished, and there is no result in its answer.
    #[error("the provider finished without a result{note}")]
    NoResult {
        /// What the reply said.
        note: ReplyNote,
        /// What it says it charged all the same.
        cost: Option<Cost>,
    },
    /// Too many calls; nothing was started.
    #[error("the provider asked for fewer calls{note}")]
    RateLimited {
        /// What the reply said.
        note: ReplyNote,
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
    #[error("the provider did not accept the API key{note}")]
    Unauthorized {
        /// What the reply said: its code tells a wrong key from one that is not allowed to do this. Empty for a key
        /// that cannot even be sent.
        note: ReplyNote,
    },
    /// The account has no money left; nothing was started.
    #[error("the account at the provider is out of funds{note}")]
    OutOfFunds {
        /// What the reply said.
        note: ReplyNote,
    },
    /// The account at the provider is not set up for this request; nothing was started.
    #[error("the account at the provider lacks {}{note}", list(.missing))]
    NotSetUp {
        /// The names of what is missing, such as `KLING_KEY`; never values. It may be empty.
        missing: Vec<String>,
        /// What the reply said.
        note: ReplyNote,
    },
    /// The provider does not know the task, or knows it no more.
    #[error("the provider does not know the task{note}")]
    TaskGone {
        /// What the reply said.
        note: ReplyNote,
    },
    /// The handle is not one that this provider, in this version, can read; nothing was sent.
    #[error(transparent)]
    Handle(#[from] HandleError),
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
            Self::Unauthorized { .. }
            | Self::OutOfFunds { .. }
            | Self::NotSetUp { .. }
            | Self::TaskGone { .. }
            | Self::Handle(_)
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
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// What the provider's reply said about itself, where the error comes of one that was understood.
    pub const fn note(&self) -> Option<&ReplyNote> {
        match self {
            Self::Declined { note, .. }
            | Self::Moderated { note }
            | Self::NoResult { note, .. }
            | Self::RateLimited { note, .. }
            | Self::Unauthorized { note }
            | Self::OutOfFunds { note }
            | Self::NotSetUp { note, .. }
            | Self::TaskGone { note } => Some(note),
            Self::Unreachable(_)
            | Self::Unavailable { .. }
            | Self::Indeterminate(_)
            | Self::Protocol { .. }
            | Self::Handle(_)
            | Self::Unsupported { .. }
            | Self::Input(_) => None,
        }
    }

    /// The same error with what its reply said, where it has no note yet. An answer that was not understood keeps a
    /// request id in its source.
    #[must_use]
    pub fn with_note(mut self, said: ReplyNote) -> Self {
        match &mut self {
            Self::Declined { note, .. }
            | Self::Moderated { note }
            | Self::NoResult { note, .. }
            | Self::RateLimited { note, .. }
            | Self::Unauthorized { note }
            | Self::OutOfFunds { note }
            | Self::NotSetUp { note, .. }
            | Self::TaskGone { note } => {
                if *note == ReplyNote::default() {
                    *note = said;
                }
                self
            }
            Self::Protocol { .. } | Self::Indeterminate(_) if said.request_id().is_none() => self,
            Self::Protocol { .. } | Self::Indeterminate(_) => self.in_reply(said),
            Self::Unreachable(_)
            | Self::Unavailable { .. }
            | Self::Handle(_)
            | Self::Unsupported { .. }
            | Self::Input(_) => self,
        }
    }

    fn in_reply(self, note: ReplyNote) -> Self {
        let noted = |source| -> Source { Box::new(InReply { note, source }) };
        match self {
            Self::Protocol { path, source } => Self::Protocol {
                path,
                source: noted(source),
            },
            Self::Indeterminate(source) => Self::Indeterminate(noted(source)),
            other => other,
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
            Self::Unauthorized { .. } => "unauthorized",
            Self::OutOfFunds { .. } => "out-of-funds",
            Self::NotSetUp { .. } => "not-set-up",
            Self::TaskGone { .. } => "task-gone",
            Self::Handle(error) => error.name(),
            Self::Unsupported { .. } => "unsupported",
            Self::Input(_) => "input",
        }
    }
}

/// Which reply an error is about.
#[derive(Debug, thiserror::Error)]
#[error("in the reply{note}")]
struct InReply {
    note: ReplyNote,
    source: Source,
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "something that it does not name".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_a_reply_tells_its_code_and_its_id() {
        let note = || ReplyNote::of_code("insufficient_scope").with_request_id("r-1");
        let unauthorized = ProviderError::Unauthorized { note: note() };
        let missing = ProviderError::NotSetUp {
            missing: vec!["KLING_KEY".to_owned()],
            note: note(),
        };

        assert_eq!(
            unauthorized.to_string(),
            "the provider did not accept the API key (insufficient_scope, request r-1)"
        );
        assert_eq!(
            missing.to_string(),
            "the account at the provider lacks KLING_KEY (insufficient_scope, request r-1)"
        );
        assert_eq!(unauthorized.note(), Some(&note()));
        assert_eq!(missing.kind(), ErrorKind::Broken);
    }

    #[test]
    fn an_answer_that_was_not_understood_can_be_asked_about() {
        let note = || ReplyNote::default().with_request_id("r-1");
        let garbled = ProviderError::Protocol {
            path: "$.id".into(),
            source: "not there".into(),
        };

        let noted = garbled.with_note(note());

        let source = std::error::Error::source(&noted).expect("a source");
        assert_eq!(source.to_string(), "in the reply (request r-1)");
        let below = source.source().expect("what was wrong");
        assert_eq!(below.to_string(), "not there");
        let empty = ProviderError::NoResult {
            note: ReplyNote::default(),
            cost: None,
        };
        assert_eq!(empty.with_note(note()).note(), Some(&note()));
        let coded = ProviderError::Moderated {
            note: ReplyNote::of_code("nsfw"),
        };
        let kept = ReplyNote::of_code("nsfw");
        assert_eq!(coded.with_note(note()).note(), Some(&kept));
    }

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
