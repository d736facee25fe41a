//! A job in the small: every state that it, its provider, its chat and two workers can be in together, walked
//! through breadth first. Stages, money and rows follow the functions that the stores themselves use.

mod effects;
mod law;
mod moves;
mod search;
mod steps;

use self::effects::{Book, Deed, Effect, Line};
use crate::event::{Ending, Event};
use crate::job::Stage;

/// What the walk goes by: the real rules, or rules that a test has broken on purpose.
#[derive(Clone, Copy)]
struct Rules {
    table: fn(Stage, &Event) -> Option<Stage>,
    /// Whether who lost a job to somebody else writes nothing.
    fenced: bool,
    /// Whether who looks a submission up sees first whether it may still be on its way.
    looks_at_the_clock_first: bool,
    /// Whether the provider can look a submission up.
    finds: bool,
    /// How often somebody may choose to try again.
    choices: u8,
}

/// What the provider did with the present submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Truth {
    /// It has nothing of it.
    Away,
    /// The request left, and may still reach it.
    OnItsWay,
    Refused,
    /// It works, and will charge.
    Working,
    Done,
    Failed {
        charged: bool,
    },
}

impl Truth {
    /// Whether there is, or will be, a charge.
    const fn is_charged(self) -> bool {
        matches!(
            self,
            Self::Working | Self::Done | Self::Failed { charged: true }
        )
    }

    /// Whether it is certain that there is none.
    const fn is_free(self) -> bool {
        matches!(
            self,
            Self::Away | Self::Refused | Self::Failed { charged: false }
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lease {
    Free,
    Held,
    RanOut,
}

/// How a job is to end, without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum End {
    Result,
    Refused,
    Failed,
    Cancelled,
    Expired,
}

impl End {
    fn of(ending: &Ending) -> Self {
        match ending {
            Ending::Result => Self::Result,
            Ending::Refused { .. } => Self::Refused,
            Ending::Failed { .. } => Self::Failed,
            Ending::Cancelled { .. } => Self::Cancelled,
            Ending::Expired => Self::Expired,
        }
    }
}

/// What an answer to a submission said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Said {
    Started,
    Finished,
    Declined,
    NoResult,
    NotSent,
    Nothing,
}

/// Where a worker is in its step. Whoever is dropped here left nothing but its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum At {
    Rest,
    Collect,
    Dispatch,
    /// The intent is committed, the request has not left.
    Intended,
    /// The request left.
    Sent,
    Answered(Said),
    /// The answer came too late for the one who asked.
    Adopting(Said),
    Rescue,
    /// It saw whether the deadline had passed, and asks the provider.
    Asking(bool),
    /// What the provider has, and whether the deadline had passed before it was asked.
    Found(bool, bool),
    Poll,
    Fetch,
    Deliver,
    /// The last message, or the notice, was posted.
    Posted,
    Choose,
    Cancel,
    Clean,
}

/// One worker, with the row as it was when the worker read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Worker {
    at: At,
    /// The stage in its copy of the row.
    knows: Stage,
    /// Whether its epoch is still that of the row. It never is again once it was not.
    is_fresh: bool,
    /// Whether its submission is still the present one.
    is_present: bool,
}

const RESTING: Worker = Worker {
    at: At::Rest,
    knows: Stage::Accepted,
    is_fresh: false,
    is_present: false,
};

/// Everything about one job that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a state is what is true and what is not"
)]
struct State {
    stage: Stage,
    lease: Lease,
    /// Whether it was submitted: nought or one. Later submissions differ in nothing from the first.
    attempt: u8,
    /// Whether the deadline that was written with the intent has passed.
    is_certain: bool,
    has_task: bool,
    has_output: bool,
    ending: Option<End>,
    in_doubt: bool,
    notice_shown: bool,
    cancel_wished: bool,
    // The ledger: what is held, and what is written about the present submission.
    is_held: bool,
    settled: Option<bool>,
    doubted: bool,
    // The world.
    truth: Truth,
    bills: u8,
    again: u8,
    seen_notice: bool,
    seen_result: bool,
    seen_end: bool,
    unreachable: bool,
    // What must never be.
    paid_and_forgotten: bool,
    sent_twice: bool,
    workers: [Worker; 2],
}

impl State {
    const fn accepted() -> Self {
        Self {
            stage: Stage::Accepted,
            lease: Lease::Free,
            attempt: 0,
            is_certain: false,
            has_task: false,
            has_output: false,
            ending: None,
            in_doubt: false,
            notice_shown: false,
            cancel_wished: false,
            is_held: true,
            settled: None,
            doubted: false,
            truth: Truth::Away,
            bills: 0,
            again: 0,
            seen_notice: false,
            seen_result: false,
            seen_end: false,
            unreachable: false,
            paid_and_forgotten: false,
            sent_twice: false,
            workers: [RESTING; 2],
        }
    }

    /// What a store does with an event. `None` when the one who brings it has lost the job, or it leads
    /// nowhere.
    fn write(mut self, by: &Book, who: usize, deed: Deed, keeps: bool) -> Option<Self> {
        let worker = self.workers[who];
        if by.rules.fenced && !worker.is_fresh {
            return None;
        }
        let from = if by.rules.fenced {
            self.stage
        } else {
            worker.knows
        };
        let effect = by.effect(from, deed)?;
        self.pay(effect);
        if effect.is_submission {
            self.forget_submission();
            self.attempt = self.attempt.saturating_add(1).min(1);
        }
        if effect.renames {
            self.is_certain = false;
            let is_forgotten = !effect.names && !effect.is_choice;
            self.paid_and_forgotten |= is_forgotten && self.truth.is_charged();
            for other in &mut self.workers {
                other.is_present = false;
            }
        }
        if effect.is_choice {
            self.again += 1;
            self.in_doubt = true;
            self.cancel_wished = false;
            // It may reach the provider yet: that was said to the one who chose.
            self.bills += u8::from(self.truth == Truth::OnItsWay);
            self.truth = Truth::Away;
        }
        self.has_task |= effect.has_task;
        self.has_output |= effect.has_output;
        self.ending = effect.ending.or(self.ending);
        self.unreachable |= deed == Deed::Undeliverable;
        self.notice_shown = effect.notice_shown;
        self.stage = effect.next;
        self.cancel_wished &= effect.next < Stage::Fetched;
        self.lease = if keeps { Lease::Held } else { Lease::Free };
        self.raise_epoch();
        let worker = &mut self.workers[who];
        worker.knows = effect.next;
        worker.is_fresh = true;
        worker.is_present |= effect.names;
        Some(self)
    }

    /// The ledger's lines, each at most once; what was settled is never also doubted.
    fn pay(&mut self, effect: &Effect) {
        match effect.line {
            Some(Line::Settled { paid }) => {
                self.settled.get_or_insert(paid);
            }
            Some(Line::Doubted) => self.doubted |= self.settled.is_none(),
            None => {}
        }
        self.is_held &= !effect.releases;
    }

    /// The next submission has lines of its own; what this one left open must stand in the ledger.
    fn forget_submission(&mut self) {
        let is_open = self.truth.is_charged() || self.truth == Truth::OnItsWay;
        let is_told = self.doubted || self.settled == Some(true);
        self.paid_and_forgotten |= is_open && !is_told;
        self.truth = Truth::Away;
        self.settled = None;
        self.doubted = false;
    }

    /// Whoever had read the row before has an old copy now.
    fn raise_epoch(&mut self) {
        for worker in &mut self.workers {
            worker.is_fresh = false;
        }
    }

    fn worker(mut self, who: usize, at: At) -> Self {
        self.workers[who].at = at;
        if at == At::Rest {
            self.workers[who] = RESTING;
        }
        self
    }

    /// The same state, with nothing told apart that makes no difference: which worker is which, and one that
    /// lost the job and can do nothing more than see so.
    fn plain(mut self, rules: &Rules) -> Self {
        for worker in &mut self.workers {
            let may_send = matches!(
                worker.at,
                At::Intended | At::Sent | At::Answered(_) | At::Adopting(_)
            );
            if rules.fenced && !worker.is_fresh && !may_send {
                *worker = RESTING;
            }
            worker.is_present &= may_send;
            let has_read = matches!(worker.at, At::Deliver | At::Posted | At::Cancel | At::Clean);
            if rules.fenced && !has_read {
                worker.knows = Stage::Accepted;
            }
        }
        self.workers.sort_unstable();
        self
    }

    /// A copy of the row as it is now, with a new epoch and a lease where it is a claim.
    fn read(mut self, who: usize, at: At, is_claim: bool) -> Self {
        if is_claim {
            self.raise_epoch();
            self.lease = Lease::Held;
        }
        self.workers[who] = Worker {
            at,
            knows: self.stage,
            is_fresh: true,
            is_present: true,
        };
        self
    }
}
