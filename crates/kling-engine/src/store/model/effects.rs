//! What each event does in each stage, asked once of the functions that the stores themselves use.

use std::collections::HashMap;

use kling_core::{
    Clock as _, Cost, CostSource, Estimate, ManualClock, ModelId, Money, Operation, Output, Prompt,
    ProviderError, ProviderId, ReplyNote, Submission, SubmissionKey, TaskHandle, Timestamp,
};

use super::{End, Rules, Said};
use crate::dispatch::answer::{self, Answer};
use crate::event::{Ending, Event};
use crate::job::{Job, JobId, NOTHING, PlatformId, Receipt, ReplyAddress, Requester, Stage};
use crate::ledger::LedgerKind;
use crate::reason::Reason;
use crate::request::JobRequest;
use crate::store::change::Change;
use crate::store::{money, stored};

const PRICE: Cost = Cost {
    amount: Money::from_microdollars(10_000),
    source: CostSource::Reported,
};

/// What is known of the cost as a job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Paid {
    Unknown,
    Nothing,
    Price,
}

/// An event that some worker brings, without what makes no difference here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Deed {
    Collected,
    Intent,
    NotSent,
    Started,
    Finished,
    Lost,
    NoticeShown,
    TryAgain,
    Progress,
    Fetched,
    Delivering,
    Ended(End, Paid),
    Delivered(End),
    Undeliverable,
    /// What the loop that submits makes of an answer.
    Answer(Said),
}

/// What is written about the present submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Settled { paid: bool },
    Doubted,
}

/// What a store does with an event.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what an event does to a row is a list of yes and no"
)]
pub(super) struct Effect {
    pub(super) next: Stage,
    pub(super) is_submission: bool,
    pub(super) renames: bool,
    pub(super) names: bool,
    pub(super) is_choice: bool,
    pub(super) has_task: bool,
    pub(super) has_output: bool,
    pub(super) ending: Option<End>,
    pub(super) notice_shown: bool,
    pub(super) line: Option<Line>,
    pub(super) releases: bool,
}

/// Every event in every stage, under some rules.
pub(super) struct Book {
    pub(super) rules: Rules,
    effects: HashMap<(Stage, Deed), Effect>,
}

impl Book {
    pub(super) fn of(rules: Rules) -> Self {
        let mut effects = HashMap::new();
        for stage in Stage::ALL {
            for deed in deeds() {
                let event = event_of(deed);
                if let Some(next) = (rules.table)(stage, &event) {
                    effects.insert((stage, deed), effect(stage, &event, next));
                }
            }
        }
        Self { rules, effects }
    }

    pub(super) fn effect(&self, stage: Stage, deed: Deed) -> Option<&Effect> {
        self.effects.get(&(stage, deed))
    }
}

const ENDS: [End; 5] = [
    End::Result,
    End::Refused,
    End::Failed,
    End::Cancelled,
    End::Expired,
];

fn deeds() -> Vec<Deed> {
    let mut deeds = vec![
        Deed::Collected,
        Deed::Intent,
        Deed::NotSent,
        Deed::Started,
        Deed::Finished,
        Deed::Lost,
        Deed::NoticeShown,
        Deed::TryAgain,
        Deed::Progress,
        Deed::Fetched,
        Deed::Delivering,
        Deed::Undeliverable,
    ];
    for end in ENDS {
        deeds.push(Deed::Delivered(end));
        for paid in [Paid::Unknown, Paid::Nothing, Paid::Price] {
            deeds.push(Deed::Ended(end, paid));
        }
    }
    let said = [
        Said::Started,
        Said::Finished,
        Said::Declined,
        Said::NoResult,
        Said::NotSent,
        Said::Nothing,
    ];
    deeds.extend(said.map(Deed::Answer));
    deeds
}

fn effect(stage: Stage, event: &Event, next: Stage) -> Effect {
    let change = Change::of(event);
    let mut job = template();
    job.stage = stage;
    let settlement = money::settlement(&job, event);
    let ending = change.ending.as_deref().map(stored::read_ending);
    let (renames, key, _) = change.submission.columns();
    Effect {
        next,
        is_submission: change.attempts > 0,
        renames,
        names: key.is_some(),
        is_choice: change.chosen,
        has_task: change.task.is_some(),
        has_output: change.output.is_some(),
        ending: ending.map(|read| End::of(&read.expect("it was written just now"))),
        notice_shown: change.notice_shown,
        line: settlement.line.map(|line| match line.kind {
            LedgerKind::Settlement => Line::Settled {
                paid: line.amount.is_none_or(|amount| amount > Money::ZERO),
            },
            _ => Line::Doubted,
        }),
        releases: settlement.releases,
    }
}

fn event_of(deed: Deed) -> Event {
    let receipt = || Receipt::new("message");
    match deed {
        Deed::Collected => Event::Collected,
        Deed::Intent => Event::Intent {
            key: SubmissionKey::literal("key"),
            deadline: Timestamp::from_millis(0),
        },
        Deed::NotSent => Event::NotSent { why: "not-found" },
        Deed::Started => Event::Started {
            task: TaskHandle::literal("task"),
        },
        Deed::Finished => Event::Finished {
            output: Output::default(),
        },
        Deed::Lost => Event::Lost {
            evidence: "restart".to_owned(),
        },
        Deed::NoticeShown => Event::NoticeShown { receipt: receipt() },
        Deed::TryAgain => Event::TryAgain,
        Deed::Progress => Event::Progress { percent: None },
        Deed::Fetched => Event::Fetched,
        Deed::Delivering => Event::Delivering,
        Deed::Ended(end, paid) => Event::Ended {
            ending: whole(end, paid),
            cost: match paid {
                Paid::Unknown => None,
                Paid::Nothing => Some(NOTHING),
                Paid::Price => Some(PRICE),
            },
        },
        Deed::Delivered(end) => Event::Delivered {
            ending: whole(end, Paid::Unknown),
            receipt: receipt(),
        },
        Deed::Undeliverable => Event::Undeliverable {
            reason: Reason::new("undeliverable"),
        },
        Deed::Answer(said) => answer(said),
    }
}

fn whole(end: End, paid: Paid) -> Ending {
    let reason = Reason::new("provider-failed");
    match end {
        End::Result => Ending::Result,
        End::Refused => Ending::Refused {
            reasons: vec![reason],
        },
        End::Failed => Ending::Failed { reason },
        End::Cancelled => Ending::Cancelled {
            charged: (paid == Paid::Nothing).then_some(false),
        },
        End::Expired => Ending::Expired,
    }
}

/// The loop's own function reads the answer.
fn answer(said: Said) -> Event {
    let note = ReplyNote::default;
    let answered = match said {
        Said::Started => Ok(Submission::Started(TaskHandle::literal("task"))),
        Said::Finished => return event_of(Deed::Finished),
        Said::Declined => Err(ProviderError::OutOfFunds { note: note() }),
        Said::NoResult => Err(ProviderError::NoResult {
            note: note(),
            cost: Some(PRICE),
        }),
        Said::NotSent => Err(ProviderError::Unreachable("refused".into())),
        Said::Nothing => Err(ProviderError::Indeterminate("broken off".into())),
    };
    match answer::read(answered) {
        Answer::Started(task) => Event::Started { task },
        Answer::Finished(output) => Event::Finished { output },
        Answer::Ended(reason, cost) => Event::Ended {
            ending: Ending::Failed { reason },
            cost,
        },
        Answer::NotSent { why, .. } => Event::NotSent { why },
        Answer::Lost(evidence) => Event::Lost {
            evidence: evidence.to_owned(),
        },
    }
}

/// A job for the functions that want a whole one; they look at its stage and its estimate.
fn template() -> Job {
    let now = ManualClock::default().now();
    let prompt = Prompt::new("a paper boat").expect("a prompt");
    Job {
        id: JobId::new(now),
        stage: Stage::Accepted,
        epoch: 0,
        requester: Requester {
            platform: PlatformId::new("chat"),
            workspace: None,
            channel: "general".to_owned(),
            user: "ada".to_owned(),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request: JobRequest::new(Operation::TextToImage, prompt),
        provider: ProviderId::literal("acme"),
        model: ModelId::literal("painter-1"),
        estimate: Estimate::Exact(PRICE.amount),
        attempt: 0,
        submission_key: None,
        submit_deadline: None,
        task: None,
        output: None,
        percent: None,
        ending: None,
        cost: None,
        status_message: None,
        tries: 0,
        cancel_requested: false,
        in_doubt: false,
        created_at: now,
        waiting_since: now,
        stage_since: now,
        finished_at: None,
    }
}
