//! What must hold in every state.

use super::{At, End, State, Truth};
use crate::job::Stage;

/// What is wrong with a state, if anything.
pub(super) fn broken(state: &State) -> Option<&'static str> {
    if state.bills > 1 + state.again {
        return Some("paid for more often than somebody chose");
    }
    if state.sent_twice {
        return Some("one submission was sent twice");
    }
    if state.paid_and_forgotten {
        return Some("a submission that may be charged is in no ledger");
    }
    if state.seen_result && state.seen_end {
        return Some("two last messages");
    }
    if state.settled.is_some() && state.doubted {
        return Some("settled, and doubted as well");
    }
    if state.stage == Stage::Unconfirmed {
        return unconfirmed(state);
    }
    if state.stage.is_terminal() {
        return ended(state);
    }
    None
}

fn unconfirmed(state: &State) -> Option<&'static str> {
    if state.seen_result || state.seen_end {
        return Some("unconfirmed, after its last message");
    }
    (state.notice_shown && !state.seen_notice).then_some("unconfirmed, and nobody was told")
}

fn ended(state: &State) -> Option<&'static str> {
    if state.is_held {
        return Some("money is held for a job that has ended");
    }
    let is_told = state.settled == Some(true) || state.doubted;
    if (state.truth.is_charged() || state.truth == Truth::OnItsWay) && !is_told {
        return Some("a charge that is not in the ledger");
    }
    if state.truth.is_free() && state.settled == Some(true) {
        return Some("a charge in the ledger that the provider never made");
    }
    let is_result = state.ending == Some(End::Result);
    if state.stage == Stage::Delivered && !(is_result && state.seen_result) {
        return Some("delivered, and nobody saw it");
    }
    if state.stage == Stage::Delivered && state.truth != Truth::Done {
        return Some("delivered, and nobody made it");
    }
    let is_seen = state.seen_result || state.seen_end;
    if !is_seen && !state.unreachable {
        return Some("it ended, and nobody was told");
    }
    None
}

/// Whether nothing more has to happen: it is over, or waits for somebody's choice and says so.
pub(super) fn is_at_rest(state: &State) -> bool {
    let is_shown = state.stage == Stage::Unconfirmed && state.notice_shown;
    let nobody = state.workers.iter().all(|worker| worker.at == At::Rest);
    state.stage.is_terminal() || (is_shown && nobody)
}
