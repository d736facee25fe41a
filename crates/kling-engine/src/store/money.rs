//! What each event does to the money; the same for every kind of store.

use kling_core::{Cost, CostSource, Estimate, Money};

use crate::event::{Ending, Event};
use crate::job::{Job, Stage};
use crate::ledger::{LedgerKind, LedgerSource};

/// One line of the ledger, before it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) kind: LedgerKind,
    pub(super) amount: Option<Money>,
    pub(super) source: LedgerSource,
}

/// What an event means for the money of a job.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settlement {
    /// What is written about the present submission.
    pub(super) line: Option<Line>,
    /// Whether what was held for the job is let go, if it is still held.
    pub(super) releases: bool,
}

/// What an event means for the money of a job, which is still as it was before the event.
pub(super) fn settlement(job: &Job, event: &Event) -> Settlement {
    let had_left = had_left(job.stage);
    let (line, releases) = match event {
        Event::Finished { output } => (Some(paid(job, output.cost)), true),
        Event::Ended { cost, .. } if had_left && cost.is_some() => (Some(paid(job, *cost)), true),
        Event::Ended { ending, .. } => {
            let doubtful = had_left && may_have_cost(ending);
            (doubtful.then(|| doubted(job)), true)
        }
        Event::Undeliverable { .. } => (had_left.then(|| doubted(job)), true),
        // The lost submission may have been paid for; the next one holds the reservation on.
        Event::TryAgain => (Some(doubted(job)), false),
        Event::Delivered { .. } | Event::Withdrawn => (None, true),
        Event::Collected
        | Event::Intent { .. }
        | Event::NotSent { .. }
        | Event::Started { .. }
        | Event::Lost { .. }
        | Event::NoticeShown { .. }
        | Event::Progress { .. }
        | Event::Fetched
        | Event::Delivering => (None, false),
    };
    Settlement { line, releases }
}

/// The line that holds, or lets go of, what a job is expected to cost.
pub(super) fn held(estimate: Estimate, kind: LedgerKind) -> Line {
    let amount = estimate.amount();
    let source = match amount {
        Some(_) => LedgerSource::Estimated,
        None => LedgerSource::Unknown,
    };
    Line {
        kind,
        amount,
        source,
    }
}

/// Whether a submission had left whose money is not dealt with yet.
fn had_left(before: Stage) -> bool {
    match before {
        Stage::Submitting | Stage::Unconfirmed | Stage::Submitted | Stage::Running => true,
        Stage::Accepted
        | Stage::Collected
        | Stage::Fetched
        | Stage::Delivering
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => false,
    }
}

/// Whether an ending without a known cost leaves open that something was charged.
fn may_have_cost(ending: &Ending) -> bool {
    match ending {
        Ending::Refused { .. } => false,
        Ending::Cancelled { charged } => *charged != Some(false),
        Ending::Result | Ending::Failed { .. } | Ending::Expired => true,
    }
}

fn paid(job: &Job, cost: Option<Cost>) -> Line {
    let Some(cost) = cost else {
        return held(job.estimate, LedgerKind::Settlement);
    };
    Line {
        kind: LedgerKind::Settlement,
        amount: Some(cost.amount),
        source: match cost.source {
            CostSource::Reported => LedgerSource::Reported,
            CostSource::Computed => LedgerSource::Computed,
        },
    }
}

fn doubted(job: &Job) -> Line {
    held(job.estimate, LedgerKind::Unconfirmed)
}
