//! Why a file did not come down.

use std::time::Duration;

use kling_core::Source;

use crate::Blocked;

/// A download that brought no file. `Display` shows no address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// The link is dead or has expired: a 4xx that waiting does not mend.
    #[error("the link is dead or has expired (status {status})")]
    Gone {
        /// The HTTP status.
        status: u16,
    },
    /// The file is, or says it is, larger than allowed.
    #[error("the file is larger than the {limit_bytes} bytes allowed")]
    TooLarge {
        /// The most bytes a file may have.
        limit_bytes: u64,
    },
    /// The bytes are not those of a picture or a video of our kinds.
    #[error("the file is neither a picture nor a video but {found}")]
    NotMedia {
        /// What it seems to be, in words of ours: `a web page`, `text`, `an empty file`.
        found: &'static str,
        /// What the server called it, without parameters; at most 60 plain characters.
        said: Option<String>,
    },
    /// The address, or one it redirects to, must not be fetched from.
    #[error("the address is not allowed: {why}")]
    Blocked {
        /// What is wrong with it.
        why: Blocked,
    },
    /// The server redirects without end, or to nowhere.
    #[error("the link redirects without end or to nowhere")]
    BadRedirect,
    /// The server could not be reached, broke off, or answered 5xx, 408, 425 or 429.
    #[error("the file is not available at the moment")]
    Unavailable {
        /// How long the server asks us to wait.
        retry_after: Option<Duration>,
        /// What lies below.
        #[source]
        source: Source,
    },
    /// Silence for too long, or the whole took too long.
    #[error("the file did not arrive in time")]
    Timeout,
    /// The bytes could not be written on our side.
    #[error("the file could not be stored")]
    Sink(#[source] std::io::Error),
}

impl DownloadError {
    /// Whether trying again later may help.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Timeout | Self::Sink(_) => true,
            Self::Gone { .. }
            | Self::TooLarge { .. }
            | Self::NotMedia { .. }
            | Self::Blocked { .. }
            | Self::BadRedirect => false,
        }
    }

    /// A stable name of the variant, for logs, metrics and stored rows.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Gone { .. } => "gone",
            Self::TooLarge { .. } => "too-large",
            Self::NotMedia { .. } => "not-media",
            Self::Blocked { .. } => "blocked",
            Self::BadRedirect => "bad-redirect",
            Self::Unavailable { .. } => "unavailable",
            Self::Timeout => "timeout",
            Self::Sink(_) => "sink",
        }
    }

    pub(crate) fn unavailable(source: impl Into<Source>) -> Self {
        Self::Unavailable {
            retry_after: None,
            source: source.into(),
        }
    }
}
