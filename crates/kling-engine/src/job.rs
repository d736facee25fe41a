//! A job, its identity, and the one table of stages.

use std::time::Duration;

use kling_core::{
    Cost, CostSource, Estimate, ModelId, Money, Output, ProviderId, SubmissionKey, TaskHandle,
    Timestamp,
};

use crate::event::{Ending, Event};
use crate::request::JobRequest;

/// Our durable record of seeing one request through, by name: a ULID, 26 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(String);

impl JobId {
    /// A new name; later ones sort after earlier ones.
    pub fn new(now: Timestamp) -> Self {
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        let ulid = ulid::Ulid::from_parts(millis, rand::random());
        Self(ulid.to_string().to_ascii_lowercase())
    }

    /// Reads a name, as a person or a button's id may carry it.
    pub fn parse(text: &str) -> Option<Self> {
        let ulid = ulid::Ulid::from_string(&text.trim().to_ascii_uppercase()).ok()?;
        Some(Self(ulid.to_string().to_ascii_lowercase()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key for platforms that drop a repeated post: the 16 random characters of the name, and a
    /// word for what is posted. At most 25 characters, Discord's limit for a nonce.
    pub fn nonce(&self, what: char) -> String {
        let random: String = self.0.chars().skip(10).collect();
        format!("{random}-{what}")
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JobId({})", self.0)
    }
}

macro_rules! opaque_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text, for its maker.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

opaque_text! {
    /// Names a chat platform, as its bot calls itself.
    PlatformId
}

/// Opaque text by which a platform finds the place to answer. It may hold a token: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyAddress(String);

impl ReplyAddress {
    /// Wraps what the platform wants to be told later.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the platform that made it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ReplyAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyAddress(..)")
    }
}

opaque_text! {
    /// Proof that a platform took a message, in its own words: what it needs to edit it.
    Receipt
}

/// Who asked, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requester {
    /// The chat platform.
    pub platform: PlatformId,
    /// The server or workspace; `None` in a direct message.
    pub workspace: Option<String>,
    /// The channel.
    pub channel: String,
    /// The person.
    pub user: String,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Committed: request, requester, reply address, reservation, dedupe key.
    Accepted,
    /// Every input is in the archive, sniffed and checked.
    Collected,
    /// The intent to submit is committed; the request may be on its way.
    Submitting,
    /// The answer to the submission was lost: a task may exist, and may be charged.
    Unconfirmed,
    /// The provider has accepted, or has already answered.
    Submitted,
    /// The provider works.
    Running,
    /// Every result is in the archive.
    Fetched,
    /// The last message is on its way.
    Delivering,
    /// The result is in the channel.
    Delivered,
    /// It ended without a result, and the requester was told (or could not be reached).
    Failed,
    /// It was cancelled, and the requester was told.
    Cancelled,
    /// It took too long, and the requester was told.
    Expired,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 12] = [
        Self::Accepted,
        Self::Collected,
        Self::Submitting,
        Self::Unconfirmed,
        Self::Submitted,
        Self::Running,
        Self::Fetched,
        Self::Delivering,
        Self::Delivered,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The name in stored rows and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Collected => "collected",
            Self::Submitting => "submitting",
            Self::Unconfirmed => "unconfirmed",
            Self::Submitted => "submitted",
            Self::Running => "running",
            Self::Fetched => "fetched",
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Reads a name that [`Stage::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Whether it will not change again.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Delivered | Self::Failed | Self::Cancelled | Self::Expired => true,
            Self::Accepted
            | Self::Collected
            | Self::Submitting
            | Self::Unconfirmed
            | Self::Submitted
            | Self::Running
            | Self::Fetched
            | Self::Delivering => false,
        }
    }

    /// What follows on an event; `None` when the two do not meet. The only transition table.
    pub const fn after(self, event: &Event) -> Option<Self> {
        match (self, event) {
            (Self::Accepted | Self::Collected, Event::Withdrawn) => Some(Self::Cancelled),
            (Self::Accepted, Event::Collected) => Some(Self::Collected),
            (Self::Collected, Event::Intent { .. }) => Some(Self::Submitting),
            // From `unconfirmed` too: the provider proves that it has nothing of ours.
            (Self::Submitting | Self::Unconfirmed, Event::NotSent { .. }) => Some(Self::Collected),
            (Self::Submitting | Self::Unconfirmed, Event::Started { .. }) => Some(Self::Submitted),
            // A late answer is better than none: it settles what was in doubt.
            (Self::Submitting | Self::Unconfirmed, Event::Finished { .. }) => Some(Self::Submitted),
            (Self::Submitting, Event::Lost { .. }) => Some(Self::Unconfirmed),
            (Self::Unconfirmed, Event::NoticeShown { .. }) => Some(Self::Unconfirmed),
            (Self::Unconfirmed, Event::TryAgain) => Some(Self::Collected),
            (Self::Submitted | Self::Running, Event::Progress { .. }) => Some(Self::Running),
            (Self::Submitted | Self::Running, Event::Finished { .. }) => Some(Self::Running),
            (Self::Submitted | Self::Running, Event::Fetched) => Some(Self::Fetched),
            (Self::Fetched, Event::Delivering) => Some(Self::Delivering),
            (
                Self::Accepted
                | Self::Collected
                | Self::Submitting
                | Self::Unconfirmed
                | Self::Submitted
                | Self::Running,
                Event::Ended { .. },
            ) => Some(Self::Delivering),
            (Self::Delivering, Event::Delivered { ending, .. }) => Some(Self::of_ending(ending)),
            (Self::Unconfirmed | Self::Delivering, Event::Undeliverable { .. }) => {
                Some(Self::Failed)
            }
            _ => None,
        }
    }

    const fn of_ending(ending: &Ending) -> Self {
        match ending {
            Ending::Result => Self::Delivered,
            Ending::Refused { .. } | Ending::Failed { .. } => Self::Failed,
            Ending::Cancelled { .. } => Self::Cancelled,
            Ending::Expired => Self::Expired,
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Proof that nothing was charged.
pub(crate) const NOTHING: Cost = Cost {
    amount: Money::ZERO,
    source: CostSource::Computed,
};

/// One job, as the store holds it.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// How far it has come.
    pub stage: Stage,
    /// The fence: rises with every claim and every transition.
    pub epoch: i64,
    /// Who asked.
    pub requester: Requester,
    /// Where to answer.
    pub reply_address: ReplyAddress,
    /// The requester's language, as the platform names it, such as `en-GB`.
    pub locale: Option<String>,
    /// What was asked.
    pub request: JobRequest,
    /// Who does it; never changes once the intent is committed.
    pub provider: ProviderId,
    /// Which model does it.
    pub model: ModelId,
    /// What it was expected to cost.
    pub estimate: Estimate,
    /// How often the intent to submit was committed.
    pub attempt: u32,
    /// Our name for the current submission.
    pub submission_key: Option<SubmissionKey>,
    /// When the answer to the current submission has come, or never will.
    pub submit_deadline: Option<Timestamp>,
    /// The provider's task.
    pub task: Option<TaskHandle>,
    /// What the provider says came out; addresses may expire.
    pub output: Option<Output>,
    /// How much is done, from 0 to 100, where the provider tells.
    pub percent: Option<u8>,
    /// How it ends, once that is decided.
    pub ending: Option<Ending>,
    /// What it cost; decided with the ending.
    pub cost: Option<Money>,
    /// The status message, once one was shown.
    pub status_message: Option<Receipt>,
    /// How often the present step was tried and put off.
    pub tries: u32,
    /// Whether somebody asked to cancel it.
    pub cancel_requested: bool,
    /// Whether an earlier submission of it may have been charged, and nobody knows.
    pub in_doubt: bool,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// Since when it has waited to be submitted: accepted then, or chosen to be tried again.
    pub waiting_since: Timestamp,
    /// When it reached the present stage.
    pub stage_since: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Job {
    /// Proof that it cost nothing, for a job that ends before anything (more) of it was submitted.
    pub(crate) fn unspent(&self) -> Option<Cost> {
        (!self.in_doubt).then_some(NOTHING)
    }

    /// Whether it is charged, for a job that is cancelled before anything (more) of it was submitted.
    pub(crate) fn charged_before(&self) -> Option<bool> {
        (!self.in_doubt).then_some(false)
    }

    /// How long it has been going, or went.
    pub fn elapsed(&self, now: Timestamp) -> Duration {
        self.finished_at.unwrap_or(now).since(self.created_at)
    }
}

#[cfg(test)]
mod tests;
