//! Everything that can happen next: a worker's next move, the provider's, a person's, the clock's, a crash.

use super::effects::{Book, Deed, Paid};
use super::{At, End, Lease, State, Truth, steps};
use crate::job::Stage;

/// A move: what it is called, whether the engine makes it by itself, and where it leads.
pub(super) type Move = (&'static str, bool, State);

/// Collects moves from one state.
pub(super) struct From<'a> {
    pub(super) state: State,
    pub(super) by: &'a Book,
    moves: Vec<Move>,
}

impl From<'_> {
    pub(super) fn own(&mut self, name: &'static str, state: State) {
        self.moves.push((name, true, state));
    }

    pub(super) fn chance(&mut self, name: &'static str, state: State) {
        self.moves.push((name, false, state));
    }

    /// A commit: written, or (somebody else has the job) not; the worker is free after it.
    pub(super) fn commit(
        &mut self,
        name: &'static str,
        who: usize,
        deed: Deed,
        then: Option<At>,
    ) -> bool {
        let keeps = then.is_some();
        let after = then.unwrap_or(At::Rest);
        if let Some(written) = self.state.write(self.by, who, deed, keeps) {
            self.own(name, written.worker(who, after));
            true
        } else {
            self.own("somebody else has it", self.state.worker(who, At::Rest));
            false
        }
    }

    pub(super) fn put_off(&mut self, who: usize) {
        let mut state = self.state;
        if state.workers[who].is_fresh {
            state.raise_epoch();
            state.lease = Lease::Free;
        }
        self.own("put off", state.worker(who, At::Rest));
    }

    fn leads(&self, deed: Deed) -> bool {
        self.by.effect(self.state.stage, deed).is_some()
    }
}

/// Everything that can happen next.
pub(super) fn moves(state: State, by: &Book) -> Vec<Move> {
    let mut from = From {
        state,
        by,
        moves: Vec::new(),
    };
    if state.stage.is_terminal() {
        // Nobody writes any more, and what is written has to hold whatever the provider still does.
        return Vec::new();
    }
    world(&mut from);
    people(&mut from);
    for who in 0..state.workers.len() {
        let worker = state.workers[who];
        if worker.at == At::Rest {
            claims(&mut from, who);
            continue;
        }
        from.chance("a crash", state.worker(who, At::Rest));
        match worker.at {
            At::Rest => {}
            At::Collect => steps::collect(&mut from, who),
            At::Dispatch => steps::dispatch(&mut from, who),
            At::Intended => steps::intended(&mut from, who),
            At::Sent => steps::sent(&mut from, who),
            At::Answered(said) => steps::answered(&mut from, who, said),
            At::Adopting(said) => steps::adopting(&mut from, who, said),
            At::Rescue => steps::rescue(&mut from, who),
            At::Asking(was_certain) => steps::ask(&mut from, who, was_certain),
            At::Found(found, was_certain) => steps::looked(&mut from, who, found, was_certain),
            At::Poll => steps::poll(&mut from, who),
            At::Fetch => steps::fetch(&mut from, who),
            At::Deliver => steps::deliver(&mut from, who),
            At::Posted => steps::posted(&mut from, who),
            At::Choose => steps::choose(&mut from, who),
            At::Cancel => {
                let is_free = worker.knows < Stage::Submitting;
                let paid = if is_free {
                    steps::unspent(state)
                } else {
                    Paid::Unknown
                };
                from.commit("cancelled", who, Deed::Ended(End::Cancelled, paid), None);
            }
            At::Clean if worker.knows == Stage::Submitting => {
                from.commit("stranded", who, Deed::Lost, None);
            }
            At::Clean => {
                from.commit(
                    "given up",
                    who,
                    Deed::Ended(End::Failed, Paid::Unknown),
                    None,
                );
            }
        }
    }
    from.moves
}

/// The provider and the clock.
fn world(from: &mut From<'_>) {
    let mut state = from.state;
    if state.lease == Lease::Held {
        state.lease = Lease::RanOut;
        from.own("the lease runs out", state);
    }
    let state = from.state;
    let can_arrive = state.truth == Truth::OnItsWay;
    if state.stage == Stage::Submitting || state.stage == Stage::Unconfirmed {
        // The deadline is longer than a request can be on its way.
        if !state.is_certain && !can_arrive {
            let mut later = state;
            later.is_certain = true;
            from.own("the deadline passes", later);
        }
    }
    let mut becomes = |name, truth: Truth, bills: u8| {
        let mut next = state;
        next.truth = truth;
        next.bills += bills;
        from.own(name, next);
    };
    match state.truth {
        Truth::OnItsWay => {
            becomes("the request is lost", Truth::Away, 0);
            becomes("the provider refuses", Truth::Refused, 0);
            becomes("the provider begins", Truth::Working, 1);
            becomes("the provider does it at once", Truth::Done, 1);
            becomes(
                "it comes to nothing at once",
                Truth::Failed { charged: true },
                1,
            );
        }
        Truth::Working => {
            becomes("the task succeeds", Truth::Done, 0);
            becomes(
                "the task fails, charged",
                Truth::Failed { charged: true },
                0,
            );
            let mut free = state;
            free.truth = Truth::Failed { charged: false };
            free.bills -= 1;
            from.own("the task fails, free", free);
        }
        Truth::Away | Truth::Refused | Truth::Done | Truth::Failed { .. } => {}
    }
}

fn people(from: &mut From<'_>) {
    let mut state = from.state;
    let may =
        from.leads(Deed::Ended(End::Cancelled, Paid::Unknown)) && state.stage != Stage::Unconfirmed;
    if may && !state.cancel_wished {
        state.cancel_wished = true;
        from.chance("somebody wishes to cancel", state);
    }
}

/// What a worker at rest can take up: a loop looks for jobs where the table lets its event happen.
fn claims(from: &mut From<'_>, who: usize) {
    let state = from.state;
    let is_free = state.lease != Lease::Held;
    let without = !state.has_output;
    let last = Deed::Delivered(state.ending.unwrap_or(End::Result));
    let by = from.by;
    let lead = |deed: Deed| by.effect(state.stage, deed).is_some();
    let owed = lead(Deed::NoticeShown) && !state.notice_shown;
    let loops = [
        (At::Collect, lead(Deed::Collected)),
        (At::Dispatch, lead(Deed::Intent)),
        (At::Rescue, lead(Deed::Lost)),
        (At::Poll, lead(Deed::Progress) && without),
        (At::Fetch, lead(Deed::Fetched) && !without),
        (At::Deliver, lead(Deed::Delivering) || lead(last) || owed),
    ];
    for (at, has_work) in loops {
        if has_work && is_free {
            from.own("claimed", state.read(who, at, true));
        }
    }
    if state.stage == Stage::Unconfirmed && is_free {
        from.chance("a choice", state.read(who, At::Choose, true));
        from.chance("a cancel", state.read(who, At::Cancel, true));
    }
    // These look without a claim, and are fenced all the same.
    if matches!(state.stage, Stage::Accepted | Stage::Collected) && state.cancel_wished {
        from.chance("a cancel", state.read(who, At::Cancel, false));
    }
    if matches!(state.stage, Stage::Submitting | Stage::Unconfirmed) {
        from.chance("clean", state.read(who, At::Clean, false));
    }
}
