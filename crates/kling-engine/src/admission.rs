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

/// What a platform knows about somebody at the moment they ask, beside who they are. Nothing of it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The roles they have in the workspace they ask in.
    pub roles: Vec<String>,
    /// Whether the place is for adults only.
    pub age_restricted: bool,
}

/// What holds for one job: how much may be going on at once, and spent, in every scope that it counts in.
///
/// Each scope's caps hold on their own: a job is accepted when it fits all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of the person who asks, wherever on the platform they asked before.
    pub requester: Caps,
    /// Of the channel, whoever asks in it.
    pub channel: Caps,
    /// Of the server or workspace.
    pub workspace: Caps,
    /// Of everybody together, on every platform.
    pub deployment: Caps,
    /// What becomes of a job whose price nobody knows, where any budget applies to it.
    pub unknown_price: UnknownPrice,
    /// The version of the rules that all this was read from: when the store has another one by the time the
    /// job is to be written, it answers [`EngineError::StaleRules`](crate::EngineError::StaleRules).
    /// `None` for limits that come from nowhere else.
    pub version: Option<i64>,
    /// What else stands in the way: the job is refused for it, unless its command was accepted before.
    pub against: Vec<Reason>,
}

/// What one scope may have. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Jobs that are open.
    pub open_jobs: Option<u32>,
    /// Jobs started in any 24 hours. For more than one person together it is counted in pieces of ten
    /// minutes, each of which counts until its last moment is a day ago.
    pub jobs_per_day: Option<u32>,
    /// Money spent in any 24 hours, what is held for open jobs included.
    pub spend_per_day: Option<Money>,
    /// Money spent in any 30 days, what is held for open jobs included.
    pub spend_per_month: Option<Money>,
}

impl Caps {
    /// Whether nothing is limited.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether money is limited.
    pub const fn have_budget(&self) -> bool {
        self.spend_per_day.is_some() || self.spend_per_month.is_some()
    }
}

/// What becomes of a job whose price nobody knows, where a budget applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownPrice {
    /// It is refused: a budget that anything may slip through is none.
    #[default]
    Refuse,
    /// It is accepted while anything is left of every budget. What it costs is counted when that is known, so
    /// a budget may be passed by as much as such jobs cost.
    Allow,
}

/// Where something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    Requester,
    Channel,
    Workspace,
    Deployment,
}

impl Scope {
    pub(crate) const ALL: [Self; 4] = [
        Self::Requester,
        Self::Channel,
        Self::Workspace,
        Self::Deployment,
    ];

    /// Its name in totals and reasons.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Channel => "channel",
            Self::Workspace => "workspace",
            Self::Deployment => "deployment",
        }
    }

    /// The code of a refusal for its budget.
    pub(crate) const fn budget_code(self) -> &'static str {
        match self {
            Self::Requester => "budget-requester",
            Self::Channel => "budget-channel",
            Self::Workspace => "budget-workspace",
            Self::Deployment => "budget-deployment",
        }
    }

    /// Whom it is about; `None` outside of workspaces for what belongs to one.
    pub(crate) fn whose(self, requester: &Requester) -> Option<&str> {
        match self {
            Self::Requester => Some(&requester.user),
            Self::Channel => Some(&requester.channel),
            Self::Workspace => requester.workspace.as_deref(),
            Self::Deployment => Some(""),
        }
    }

    /// The platform it is counted under: the deployment is one, on every platform.
    pub(crate) fn platform(self, requester: &Requester) -> &str {
        match self {
            Self::Requester | Self::Channel | Self::Workspace => requester.platform.as_str(),
            Self::Deployment => "",
        }
    }

    /// What it may have.
    pub(crate) const fn caps(self, limits: &Limits) -> &Caps {
        match self {
            Self::Requester => &limits.requester,
            Self::Channel => &limits.channel,
            Self::Workspace => &limits.workspace,
            Self::Deployment => &limits.deployment,
        }
    }
}

impl Limits {
    /// The scopes in which something is counted for a requester, with their caps and whom they are about.
    pub(crate) fn counted<'a>(
        &'a self,
        requester: &'a Requester,
    ) -> impl Iterator<Item = (Scope, &'a Caps, &'a str)> {
        Scope::ALL.into_iter().filter_map(|scope| {
            let caps = scope.caps(self);
            let whose = scope.whose(requester)?;
            (!caps.are_none()).then_some((scope, caps, whose))
        })
    }

    /// Why a job is refused without anything being counted.
    pub(crate) fn refused_at_once(&self, job: &NewJob) -> Vec<Reason> {
        let mut reasons = self.against.clone();
        let has_budget = self
            .counted(&job.requester)
            .any(|(_, caps, _)| caps.have_budget());
        if has_budget
            && self.unknown_price == UnknownPrice::Refuse
            && job.estimate.amount().is_none()
        {
            reasons.push(Reason::new("budget-unknown-price").with("provider", &job.provider));
        }
        reasons
    }
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
