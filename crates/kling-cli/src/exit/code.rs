//! The exit codes: what scripts can tell from the end.

use serde::Serialize;

/// What the process answers with. Documented in the README and in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "u8")]
pub(crate) enum Exit {
    /// Everything asked for is here.
    Done,
    /// The provider declined, failed, knows no such task, or had ended what was to be cancelled.
    Failed,
    /// The request cannot be sent as it is; nothing was.
    Usage,
    /// No clear answer came: it may have been charged.
    Unconfirmed,
    /// A task goes on; its handle is printed.
    NotFinished,
    /// The key is not accepted, or the money is gone.
    Account,
    /// Nothing was started, and waiting helps.
    Busy,
    /// Paid for, and not all of it is here.
    NotStored,
    /// Stopped before anything was sent.
    Interrupted,
}

impl Exit {
    /// Every one, in the order of the codes.
    pub(crate) const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Unconfirmed,
        Self::NotFinished,
        Self::Account,
        Self::Busy,
        Self::NotStored,
        Self::Interrupted,
    ];

    /// What it says, as `--help` and the README have it.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => {
                "failed at the provider: declined, moderated, no result, unknown or cancelled task, too late to cancel"
            }
            Self::Usage => "bad usage, or a request that the model does not take; nothing was sent",
            Self::Unconfirmed => "unconfirmed: no clear answer came, it may have been charged",
            Self::NotFinished => {
                "not finished: timed out, stopped, or lost sight of; `kling resume` with the printed handle"
            }
            Self::Account => {
                "the account: key not accepted, out of funds, or something not set up there"
            }
            Self::Busy => {
                "busy: provider or input not reached, rate limited, not available; nothing was started, try again later"
            }
            Self::NotStored => "paid for and not stored: a result file could not be fetched",
            Self::Interrupted => {
                "interrupted, or the price not agreed to, before anything was sent"
            }
        }
    }

    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unconfirmed => 3,
            Self::NotFinished => 4,
            Self::Account => 5,
            Self::Busy => 6,
            Self::NotStored => 7,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        exit.code()
    }
}
