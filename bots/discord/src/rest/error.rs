//! How a call can fail, and Discord's numbers for it.

use std::time::Duration;

use kling_core::Source;
use kling_engine::DeliveryError;
use kling_http::TransportError;

use crate::ratelimit::NoRoom;

/// Discord's own error codes, from its documentation.
pub(crate) mod code {
    /// No answer of Discord's own: a page of whatever stands in front of it, or nothing it has a number for.
    pub(crate) const NONE: u32 = 0;
    /// The message is not there (any more).
    pub(crate) const UNKNOWN_MESSAGE: u32 = 10_008;
    /// The message is older than an hour and was edited too often since; comes as a 429.
    pub(crate) const TOO_MANY_EDITS: u32 = 30_046;
    /// A file, or the request, is above its limit.
    pub(crate) const TOO_LARGE: u32 = 40_005;
    /// The interaction has its first answer already.
    pub(crate) const ALREADY_ACKNOWLEDGED: u32 = 40_060;
    /// The message cannot be sent empty.
    pub(crate) const EMPTY_MESSAGE: u32 = 50_006;
    /// The form is not as it should be.
    pub(crate) const INVALID_FORM: u32 = 50_035;
    /// The body is no JSON.
    pub(crate) const INVALID_JSON: u32 = 50_109;
    /// A reply needs READ_MESSAGE_HISTORY.
    pub(crate) const NO_HISTORY: u32 = 160_002;
}

/// A call that brought no success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestError {
    /// Discord said no: nothing was done.
    #[error("Discord refused the call (status {status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code; 0 when there is none.
        code: u32,
    },
    /// A limit is in the way: nothing was done.
    #[error("Discord's limits are in the way")]
    Busy {
        /// When to come back, where known.
        retry_after: Option<Duration>,
    },
    /// Discord could not be reached: nothing was done.
    #[error("Discord could not be reached")]
    NotSent(#[source] Source),
    /// No clear answer came: it may have been done.
    #[error("Discord gave no clear answer")]
    Lost(#[source] Source),
    /// A success whose body is not as documented.
    #[error("Discord's answer is not as documented")]
    Unreadable(#[source] Source),
    /// The call cannot be made from what was given.
    #[error("the call cannot be made")]
    Malformed(#[source] Source),
}

impl RestError {
    /// Whether waiting cannot mend it: the token or the address is wrong.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unreadable(_) | Self::Malformed(_) => true,
            Self::Busy { .. } | Self::NotSent(_) | Self::Lost(_) => false,
        }
    }

    /// Whether Discord gave this code.
    pub(crate) fn has_code(&self, wanted: u32) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == wanted)
    }
}

impl From<TransportError> for RestError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::NotSent(source) => Self::NotSent(source),
            TransportError::Malformed(_) => Self::Malformed(Box::new(error)),
            // A form that was cut short is never taken as a message; trying again reads the file again.
            TransportError::Lost(_)
            | TransportError::TooLarge { .. }
            | TransportError::Input(_) => Self::Lost(Box::new(error)),
        }
    }
}

impl From<NoRoom> for RestError {
    fn from(NoRoom { retry_after }: NoRoom) -> Self {
        Self::Busy { retry_after }
    }
}

impl From<RestError> for DeliveryError {
    fn from(error: RestError) -> Self {
        match error {
            RestError::Refused { status, code } => Self::Broken {
                code: format!("{status}/{code}"),
            },
            RestError::Busy { retry_after } => Self::Busy { retry_after },
            RestError::NotSent(_) => Self::Busy { retry_after: None },
            RestError::Lost(source) | RestError::Unreadable(source) => Self::Unknown(source),
            RestError::Malformed(_) => Self::Broken {
                code: "malformed".to_owned(),
            },
        }
    }
}
