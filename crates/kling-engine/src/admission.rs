//! The gate: what is asked for, what may be, and the answer.

use kling_core::{Estimate, ModelId, Money, ProviderId};

use crate::job::{Job, ReplyAddress, Requester};
use crate::reason::Reason;
use crate::request::JobRequest;

/// A wish, checked against the capability and ready to be accepted.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The platform's own name for the command; a second one with the same name is the same job.
    pub dedupe_key: String,
    /// Who asks.
    pub requester: Requester,
    /// Where to answer.
    pub reply_address: ReplyAddress,
    /// The requester's language, as the platform names it.
    pub locale: Option<String>,
    /// What is asked.
    pub request: JobRequest,
    /// Who is to do it.
    pub provider: ProviderId,
    /// Which model is to do it.
    pub model: ModelId,
    /// What it is expected to cost: held until the cost is known.
    pub estimate: Estimate,
}

/// How much may be going on at once, and spent. `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Jobs one person may have open.
    pub open_jobs_per_requester: Option<u32>,
    /// Jobs one person may start in any 24 hours.
    pub jobs_per_requester_per_day: Option<u32>,
    /// Money one person may spend in any 24 hours, open reservations included.
    pub spend_per_requester_per_day: Option<Money>,
    /// Money one server or workspace may spend in any 24 hours, open reservations included.
    pub spend_per_workspace_per_day: Option<Money>,
    /// Money everybody together may spend in any 24 hours, open reservations included.
    pub spend_per_day: Option<Money>,
}

/// The answer at the gate.
#[derive(Clone, Debug)]
pub enum Admission {
    /// Committed.
    Accepted {
        /// The job.
        job: Box<Job>,
        /// How many jobs wait for submission at the same provider in front of it; counted up to 1000.
        ahead: u32,
    },
    /// This command was accepted before.
    Duplicate {
        /// The job it became.
        job: Box<Job>,
    },
    /// Not now, or not like this; nothing was written.
    Refused(Refusal),
}

/// A polite no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Everything that stands in the way.
    pub reasons: Vec<Reason>,
}
