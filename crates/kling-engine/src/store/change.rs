//! What an event writes into a job's row and history; the same for every kind of store.

use super::stored::{self, InlineBytes, Sources};
use crate::event::{Ending, Event};
use crate::job::{Job, Stage};

/// What becomes of our name for the submission.
#[derive(Debug, Default)]
pub(super) enum Submission {
    #[default]
    Kept,
    Named {
        key: String,
        deadline: i64,
    },
    TakenBack,
}

impl Submission {
    /// Whether it changes, and to which key and deadline.
    pub(super) fn columns(self) -> (bool, Option<String>, Option<i64>) {
        match self {
            Self::Kept => (false, None, None),
            Self::Named { key, deadline } => (true, Some(key), Some(deadline)),
            Self::TakenBack => (true, None, None),
        }
    }
}

/// What an event writes into the row, besides the stage.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) attempts: i64,
    pub(super) submission: Submission,
    pub(super) task: Option<String>,
    pub(super) output: Option<String>,
    pub(super) inline: InlineBytes,
    pub(super) percent: Option<i64>,
    pub(super) ending: Option<String>,
    pub(super) cost: Option<i64>,
    pub(super) status_message: Option<String>,
    pub(super) notice_shown: bool,
    /// Whether somebody chose to try again: its wait begins anew, and what was wished before is void.
    pub(super) chosen: bool,
}

impl Change {
    pub(super) fn of(event: &Event) -> Self {
        let mut change = Self::default();
        match event {
            Event::Collected | Event::Delivering => {}
            Event::Withdrawn => {
                change.ending = Some(stored::write_ending(&Ending::Cancelled {
                    charged: Some(false),
                }));
            }
            Event::Intent { key, deadline } => {
                change.attempts = 1;
                change.submission = Submission::Named {
                    key: key.as_str().to_owned(),
                    deadline: deadline.as_millis(),
                };
            }
            Event::NotSent { .. } => change.submission = Submission::TakenBack,
            Event::TryAgain => {
                change.submission = Submission::TakenBack;
                change.chosen = true;
            }
            Event::Started { task } => change.task = Some(task.as_str().to_owned()),
            Event::Finished { output } => {
                let (text, inline) = stored::write_output(output);
                change.output = Some(text);
                change.inline = inline;
                change.cost = output.cost.map(|cost| cost.amount.as_nanodollars());
            }
            Event::Lost { .. } => {}
            Event::NoticeShown { receipt } => {
                change.notice_shown = true;
                change.status_message = Some(receipt.as_str().to_owned());
            }
            Event::Progress { percent } => change.percent = percent.map(i64::from),
            Event::Fetched => change.ending = Some(stored::write_ending(&Ending::Result)),
            Event::Ended { ending, cost } => {
                change.ending = Some(stored::write_ending(ending));
                change.cost = cost.map(|cost| cost.amount.as_nanodollars());
            }
            Event::Delivered { ending, receipt } => {
                change.ending = Some(stored::write_ending(ending));
                change.status_message = Some(receipt.as_str().to_owned());
            }
            Event::Undeliverable { reason } => {
                change.ending = Some(stored::write_ending(&Ending::Failed {
                    reason: reason.clone(),
                }));
            }
        }
        change
    }
}

/// Where an event leads; `None`, and the operator hears of it, when it leads nowhere.
pub(super) fn next_stage(job: &Job, event: &Event) -> Option<Stage> {
    let next = job.stage.after(event);
    if next.is_none() {
        tracing::error!(
            job.id = %job.id,
            "job `{}` is {} and has no way on by `{}`: nothing was written",
            job.id,
            job.stage,
            event.name()
        );
    }
    next
}

/// Whether the history gets a line: not for each step of the progress.
pub(super) fn is_noted(job: &Job, event: &Event) -> bool {
    !matches!((job.stage, event), (Stage::Running, Event::Progress { .. }))
}

/// Whether the bytes that came inside an answer are not needed any more.
pub(super) fn forgets_bytes(next: Stage, event: &Event) -> bool {
    next.is_terminal() || matches!(event, Event::Fetched | Event::Ended { .. })
}

/// What an ended job keeps of its request: no address that may be signed.
pub(super) fn closed_request(job: &Job) -> String {
    stored::write_request(&job.request, Sources::Blanked)
}

/// What the history says beside the event's name: names and codes, never a prompt or an address.
pub(super) fn detail(event: &Event) -> Option<String> {
    match event {
        Event::Withdrawn
        | Event::Collected
        | Event::Finished { .. }
        | Event::NoticeShown { .. }
        | Event::TryAgain
        | Event::Progress { .. }
        | Event::Fetched
        | Event::Delivering => None,
        Event::Intent { key, .. } => Some(key.as_str().to_owned()),
        Event::NotSent { why } => Some((*why).to_owned()),
        Event::Started { task } => Some(task.as_str().to_owned()),
        Event::Lost { evidence } => Some(evidence.clone()),
        Event::Ended { ending, .. } | Event::Delivered { ending, .. } => Some(codes(ending)),
        Event::Undeliverable { reason } => Some(reason.code.clone().into_owned()),
    }
}

fn codes(ending: &Ending) -> String {
    match ending {
        Ending::Result => "result".to_owned(),
        Ending::Refused { reasons } => {
            let codes: Vec<_> = reasons.iter().map(|reason| reason.code.as_ref()).collect();
            codes.join(" ")
        }
        Ending::Failed { reason } => reason.code.clone().into_owned(),
        Ending::Cancelled { .. } => "cancelled".to_owned(),
        Ending::Expired => "expired".to_owned(),
    }
}

/// What the history calls a step that panicked.
pub(super) const PANICKED: &str = "panicked";

/// How often in a row a job's step has panicked, by what the history notes since its stage began. A step that
/// went well in between left no tries behind.
pub(super) fn panics_in_a_row(job: &Job, noted: i64) -> u32 {
    let noted = u32::try_from(noted).unwrap_or(u32::MAX);
    noted.min(job.tries.saturating_add(1))
}
