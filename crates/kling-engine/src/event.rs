//! What can happen to a job, with what must be written down when it does.

use kling_core::{Cost, Output, SubmissionKey, TaskHandle, Timestamp};

use crate::job::Receipt;
use crate::reason::Reason;

/// Something that moves a job from one stage to the next, in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It was accepted too late to be acknowledged: nobody is waiting for it.
    Withdrawn,
    /// Every input is in the archive and was found good.
    Collected,
    /// About to submit: written before the request leaves.
    Intent {
        /// Our name for this submission.
        key: SubmissionKey,
        /// When the answer has come, or never will.
        deadline: Timestamp,
    },
    /// The request never left, or the provider proves that it started nothing.
    NotSent {
        /// The error's stable name.
        why: &'static str,
    },
    /// The provider accepted (or the lost task was found).
    Started {
        /// Where to find the task.
        task: TaskHandle,
    },
    /// The provider is done.
    Finished {
        /// What came out.
        output: Output,
    },
    /// The answer to the submission was lost.
    Lost {
        /// What is known: the error's stable name, or `restart`.
        evidence: String,
    },
    /// The requester was told that the job is unconfirmed.
    NoticeShown {
        /// The message that says so.
        receipt: Receipt,
    },
    /// Somebody chose to submit again, knowing that it may be charged twice.
    TryAgain,
    /// The task was seen to be alive.
    Progress {
        /// How much is done, from 0 to 100, where told.
        percent: Option<u8>,
    },
    /// Every result is in the archive.
    Fetched,
    /// About to post the result.
    Delivering,
    /// The job will have no result; the requester is to be told.
    Ended {
        /// How it ends.
        ending: Ending,
        /// What it cost all the same. `None` when nobody knows: if a submission had left, and the
        /// ending does not say that nothing was spent, the ledger then says that it may have been
        /// paid for. Where nothing was charged, say so with a cost of nothing.
        cost: Option<Cost>,
    },
    /// The platform took the last message.
    Delivered {
        /// How the job ends.
        ending: Ending,
        /// The message.
        receipt: Receipt,
    },
    /// No rung of the platform's ladder holds; what result there is stays in the archive.
    Undeliverable {
        /// Why, for the operator.
        reason: Reason,
    },
}

impl Event {
    /// The name in stored rows and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Collected => "collected",
            Self::Intent { .. } => "intent",
            Self::NotSent { .. } => "not-sent",
            Self::Started { .. } => "started",
            Self::Finished { .. } => "finished",
            Self::Lost { .. } => "lost",
            Self::NoticeShown { .. } => "notice-shown",
            Self::TryAgain => "try-again",
            Self::Progress { .. } => "progress",
            Self::Fetched => "fetched",
            Self::Delivering => "delivering",
            Self::Ended { .. } => "ended",
            Self::Delivered { .. } => "delivered",
            Self::Undeliverable { .. } => "undeliverable",
        }
    }
}

/// How a job ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With its result.
    Result,
    /// With a refusal found after it was accepted; nothing was spent.
    Refused {
        /// Everything that stood in the way.
        reasons: Vec<Reason>,
    },
    /// Without a result.
    Failed {
        /// Why.
        reason: Reason,
    },
    /// Because somebody cancelled it.
    Cancelled {
        /// Whether it was charged all the same; `None` when nobody knows.
        charged: Option<bool>,
    },
    /// Because it took too long.
    Expired,
}
