//! The law catches a breach of each of its clauses.

use super::*;

const PRICE: i64 = 36_000_000;

/// One submission, charged, settled and seen.
fn delivered() -> Evidence {
    Evidence {
        theirs: vec![charge(PRICE)],
        stages: vec![Stage::Delivered],
        ours: vec![
            (LedgerKind::Reservation, Some(PRICE)),
            (LedgerKind::Settlement, Some(PRICE)),
            (LedgerKind::Release, Some(PRICE)),
        ],
        seen: vec![Ending::Nothing, Ending::Result],
        promised: true,
        pictures: 3,
        asked: 3,
    }
}

/// One submission, charged, about which nobody here knows.
fn unconfirmed() -> Evidence {
    Evidence {
        stages: vec![Stage::Unconfirmed],
        ours: vec![(LedgerKind::Reservation, Some(PRICE))],
        seen: vec![Ending::Unconfirmed],
        ..delivered()
    }
}

fn charge(amount: i64) -> Theirs {
    Theirs {
        amount,
        billed: true,
        held: false,
    }
}

#[track_caller]
fn breaks(evidence: &Evidence, clause: &str) {
    let breaches = Law::weigh(evidence).breaches();
    let is_caught = breaches.iter().any(|breach| breach.contains(clause));
    assert!(is_caught, "{clause}: {breaches:?}");
}

#[test]
fn a_job_that_went_well_and_one_that_nobody_knows_of_keep_the_law() {
    assert_eq!(Law::weigh(&delivered()).breaches(), Vec::<String>::new());
    assert_eq!(Law::weigh(&unconfirmed()).breaches(), Vec::<String>::new());
    let never_left = Evidence {
        theirs: Vec::new(),
        ..unconfirmed()
    };
    assert_eq!(Law::weigh(&never_left).breaches(), Vec::<String>::new());
}

#[test]
fn a_second_submission_is_caught_whether_it_is_charged_or_only_held() {
    for held in [false, true] {
        let mut twice = delivered();
        twice.theirs.push(Theirs {
            held,
            billed: !held,
            ..charge(PRICE)
        });
        breaks(&twice, "paid for more often");
        let chosen = Law::weigh(&twice).breaches_by_choice(2);
        assert!(!chosen.iter().any(|breach| breach.contains("more often")));
    }
}

#[test]
fn a_lost_command_and_one_that_made_two_jobs_are_caught() {
    let lost = Evidence {
        promised: true,
        ..Evidence::default()
    };
    breaks(&lost, "is lost");
    let mut doubled = delivered();
    doubled.stages.push(Stage::Delivered);
    breaks(&doubled, "at most one job");
    let mut stuck = delivered();
    stuck.stages = vec![Stage::Running];
    breaks(&stuck, "stuck");
}

#[test]
fn anything_but_exactly_one_visible_end_is_caught() {
    for seen in [
        vec![],
        vec![Ending::Nothing],
        vec![Ending::Result, Ending::Result],
        vec![Ending::Result, Ending::Sentence],
        vec![Ending::Result, Ending::Unconfirmed],
    ] {
        let evidence = Evidence {
            seen,
            ..delivered()
        };
        breaks(&evidence, "exactly one message");
    }
    for seen in [
        vec![],
        vec![Ending::Unconfirmed, Ending::Unconfirmed],
        vec![Ending::Unconfirmed, Ending::Result],
    ] {
        let evidence = Evidence {
            seen,
            ..unconfirmed()
        };
        breaks(&evidence, "exactly one notice");
    }
    let mut other = delivered();
    other.seen = vec![Ending::Sentence];
    breaks(&other, "not what the channel shows");
}

#[test]
fn what_happens_for_a_command_that_was_never_accepted_is_caught() {
    let paid = Evidence {
        theirs: vec![charge(PRICE)],
        ..Evidence::default()
    };
    breaks(&paid, "never accepted");
    let shown = Evidence {
        seen: vec![Ending::Sentence],
        ..Evidence::default()
    };
    breaks(&shown, "never accepted");
}

#[test]
fn a_nano_dollar_between_the_ledgers_is_caught() {
    let mut settled = delivered();
    settled.theirs = vec![charge(PRICE + 1)];
    breaks(&settled, "the ledgers differ");
    let mut listed = unconfirmed();
    listed.theirs = vec![charge(PRICE - 1)];
    breaks(&listed, "the ledgers differ");
    let mut free = delivered();
    free.theirs.clear();
    breaks(&free, "the ledgers differ");
}

#[test]
fn money_that_is_held_for_ever_is_caught() {
    let mut held = delivered();
    held.ours.pop();
    breaks(&held, "money is held");
}

#[test]
fn a_picture_that_is_missing_is_noticed() {
    let evidence = Evidence {
        pictures: 2,
        ..delivered()
    };

    let breaches = Law::weigh(&evidence).breaches();

    assert_eq!(
        breaches,
        ["not every picture that was paid for stands there"]
    );
}

/// A choice to try again, whose answer is lost too: two submissions, about neither of which anything is known here.
fn tried_again(second: Theirs) -> Vec<String> {
    let evidence = Evidence {
        theirs: vec![charge(PRICE), second],
        ours: vec![
            (LedgerKind::Reservation, Some(PRICE)),
            (LedgerKind::Unconfirmed, Some(PRICE)),
        ],
        ..unconfirmed()
    };
    Law::weigh(&evidence).breaches_by_choice(2)
}

#[test]
fn what_is_still_being_done_is_weighed_only_when_it_was_charged() {
    let at_work = Theirs {
        billed: false,
        held: true,
        ..charge(PRICE)
    };

    assert_eq!(
        tried_again(at_work),
        ["it was looked before the provider had charged for its work"]
    );
    assert_eq!(tried_again(charge(PRICE)), Vec::<String>::new());
}

#[test]
fn each_of_two_submissions_that_nobody_knows_of_may_have_been_charged_or_not() {
    let failed = Theirs {
        billed: false,
        held: false,
        ..charge(PRICE)
    };

    assert_eq!(tried_again(failed), Vec::<String>::new());
    let dearer = tried_again(charge(PRICE + 1));
    assert!(dearer[0].contains("the ledgers differ"), "{dearer:?}");
}
