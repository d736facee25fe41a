//! What each worker does next, by where it is in its step; as the loops do it.

use super::effects::{Deed, Paid};
use super::moves::From;
use super::{At, End, Lease, Said, State, Truth};
use crate::job::Stage;

pub(super) fn unspent(state: State) -> Paid {
    if state.in_doubt {
        Paid::Unknown
    } else {
        Paid::Nothing
    }
}

pub(super) fn collect(from: &mut From<'_>, who: usize) {
    let cost = unspent(from.state);
    if from.commit("collected", who, Deed::Collected, None) {
        from.commit("refused", who, Deed::Ended(End::Refused, cost), None);
        from.commit("expired", who, Deed::Ended(End::Expired, cost), None);
    }
}

pub(super) fn dispatch(from: &mut From<'_>, who: usize) {
    let cost = unspent(from.state);
    if from.state.cancel_wished {
        from.commit("cancelled", who, Deed::Ended(End::Cancelled, cost), None);
        return;
    }
    if from.commit("the intent", who, Deed::Intent, Some(At::Intended)) {
        from.commit("expired", who, Deed::Ended(End::Expired, cost), None);
    }
}

pub(super) fn intended(from: &mut From<'_>, who: usize) {
    let mut state = from.state;
    let is_present = state.workers[who].is_present;
    if !is_present || state.is_certain {
        // It stood still for longer than the margin, and says so instead of sending.
        from.commit("late, not sent", who, Deed::NotSent, None);
        return;
    }
    state.sent_twice |= state.truth != Truth::Away;
    state.truth = Truth::OnItsWay;
    from.own("sent", state.worker(who, At::Sent));
}

pub(super) fn sent(from: &mut From<'_>, who: usize) {
    let state = from.state;
    let mut says = |said| from.own("an answer", state.worker(who, At::Answered(said)));
    says(Said::Nothing);
    if !state.workers[who].is_present {
        return;
    }
    match state.truth {
        Truth::OnItsWay => {}
        Truth::Away => says(Said::NotSent),
        Truth::Refused => says(Said::Declined),
        Truth::Working => says(Said::Started),
        Truth::Done if state.has_task => says(Said::Started),
        Truth::Done => says(Said::Finished),
        Truth::Failed { charged: true } => says(Said::NoResult),
        Truth::Failed { charged: false } => says(Said::Started),
    }
}

pub(super) fn answered(from: &mut From<'_>, who: usize, said: Said) {
    let state = from.state;
    match state.write(from.by, who, Deed::Answer(said), false) {
        Some(written) => {
            from.own("the answer is written", written.worker(who, At::Rest));
            // It is asked once more whether it was.
            let mut untold = written.worker(who, At::Adopting(said));
            untold.workers[who].is_fresh = false;
            from.chance("the answer is written, and nobody hears so", untold);
        }
        None => from.own(
            "an answer comes late",
            state.worker(who, At::Adopting(said)),
        ),
    }
}

pub(super) fn adopting(from: &mut From<'_>, who: usize, said: Said) {
    let state = from.state;
    let is_worth = matches!(
        said,
        Said::Started | Said::Finished | Said::Declined | Said::NoResult
    );
    let is_open = match state.stage {
        Stage::Submitting => true,
        Stage::Unconfirmed => state.lease != Lease::Held,
        _ => false,
    };
    if !is_worth || !state.workers[who].is_present {
        from.own("too late", state.worker(who, At::Rest));
    } else if is_open {
        let held = state.read(who, At::Adopting(said), state.stage == Stage::Unconfirmed);
        if let Some(written) = held.write(from.by, who, Deed::Answer(said), false) {
            from.own("adopted", written.worker(who, At::Rest));
        }
    } else if !matches!(state.stage, Stage::Submitting | Stage::Unconfirmed) {
        from.own(
            "it is written already, or too late",
            state.worker(who, At::Rest),
        );
    }
}

pub(super) fn rescue(from: &mut From<'_>, who: usize) {
    let state = from.state;
    if !from.by.rules.finds {
        from.commit("nobody knows", who, Deed::Lost, None);
        return;
    }
    from.own("looks", state.worker(who, At::Asking(state.is_certain)));
    from.put_off(who);
}

pub(super) fn ask(from: &mut From<'_>, who: usize, was_certain: bool) {
    let state = from.state;
    let there = matches!(
        state.truth,
        Truth::Working | Truth::Done | Truth::Failed { .. }
    );
    from.own("asked", state.worker(who, At::Found(there, was_certain)));
}

pub(super) fn looked(from: &mut From<'_>, who: usize, found: bool, was_certain: bool) {
    if found {
        from.commit("found", who, Deed::Started, None);
    } else if was_certain || !from.by.rules.looks_at_the_clock_first && from.state.is_certain {
        from.commit("not there", who, Deed::NotSent, None);
    } else {
        from.put_off(who);
    }
}

pub(super) fn poll(from: &mut From<'_>, who: usize) {
    let state = from.state;
    from.put_off(who);
    match state.truth {
        Truth::Working => {
            if state.cancel_wished && state.workers[who].is_fresh {
                for charged in [false, true] {
                    stop(from, who, charged);
                }
            }
            from.commit("it works", who, Deed::Progress, None);
            from.commit(
                "it takes too long",
                who,
                Deed::Ended(End::Expired, Paid::Unknown),
                None,
            );
        }
        Truth::Done => {
            from.commit("it is done", who, Deed::Finished, None);
        }
        Truth::Failed { charged } => {
            let cost = if charged { Paid::Price } else { Paid::Nothing };
            from.commit("it failed", who, Deed::Ended(End::Failed, cost), None);
            from.commit(
                "it failed, untold",
                who,
                Deed::Ended(End::Failed, Paid::Unknown),
                None,
            );
        }
        Truth::Away | Truth::OnItsWay | Truth::Refused => {
            from.commit(
                "it is gone",
                who,
                Deed::Ended(End::Failed, Paid::Unknown),
                None,
            );
        }
    }
}

/// The provider stops its task, and says so.
pub(super) fn stop(from: &mut From<'_>, who: usize, charged: bool) {
    let mut state = from.state;
    state.truth = Truth::Failed { charged };
    state.bills -= u8::from(!charged);
    let paid = if charged {
        Paid::Unknown
    } else {
        Paid::Nothing
    };
    from.own("stopped, and nobody hears so", state.worker(who, At::Rest));
    let deed = Deed::Ended(End::Cancelled, paid);
    if let Some(ended) = state.write(from.by, who, deed, false) {
        from.own("stopped", ended.worker(who, At::Rest));
    }
}

pub(super) fn fetch(from: &mut From<'_>, who: usize) {
    from.put_off(who);
    if from.commit("fetched", who, Deed::Fetched, None) {
        let gone = Deed::Ended(End::Failed, Paid::Price);
        from.commit("the result is gone", who, gone, None);
    }
}

pub(super) fn deliver(from: &mut From<'_>, who: usize) {
    let state = from.state;
    match state.workers[who].knows {
        Stage::Fetched => {
            from.commit("delivering", who, Deed::Delivering, Some(At::Deliver));
            return;
        }
        // Whoever lost the job sees so at the fresh look, or posts the same once more.
        _ if !state.workers[who].is_fresh => {
            from.own("somebody else has it", state.worker(who, At::Rest));
            return;
        }
        _ => {}
    }
    from.put_off(who);
    let mut shown = state;
    match (state.stage, state.ending) {
        (Stage::Unconfirmed, _) => shown.seen_notice = true,
        (_, None | Some(End::Result)) => shown.seen_result = true,
        (_, Some(_)) => shown.seen_end = true,
    }
    from.own("posted", shown.worker(who, At::Posted));
    from.chance(
        "posted, and the answer is lost",
        shown.worker(who, At::Deliver),
    );
    if let Some(gone) = state.write(from.by, who, Deed::Undeliverable, false) {
        from.chance("nobody is there", gone.worker(who, At::Rest));
    }
}

pub(super) fn posted(from: &mut From<'_>, who: usize) {
    let state = from.state;
    let deed = match state.workers[who].knows {
        Stage::Unconfirmed => Deed::NoticeShown,
        _ => Deed::Delivered(state.ending.unwrap_or(End::Result)),
    };
    from.commit("shown", who, deed, None);
}

pub(super) fn choose(from: &mut From<'_>, who: usize) {
    let state = from.state;
    if state.again < from.by.rules.choices {
        from.commit("try again", who, Deed::TryAgain, None);
    }
    from.commit(
        "give up",
        who,
        Deed::Ended(End::Failed, Paid::Unknown),
        None,
    );
    if from.by.rules.finds {
        from.own(
            "looks again",
            state.worker(who, At::Asking(state.is_certain)),
        );
    } else {
        from.put_off(who);
    }
}
