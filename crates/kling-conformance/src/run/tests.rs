//! The laws on a made-up provider: an honest one keeps them, and each lie breaks the law it is about.

mod acme;

/// The whole of a test program, in a crate that was written from the README alone.
const QUOTED: &str = include_str!("../../../../tests/outside/acme/tests/conformance.rs");

use std::sync::Arc;

use acme::{Acme, Lie};

use super::*;

/// Every law's verdict, by name.
fn verdicts(lie: Lie, wanted: impl Fn(&str) -> bool) -> Vec<(&'static str, Verdict)> {
    let subject: Arc<dyn Subject> = Arc::new(Acme(lie));
    let model = subject.models().remove(0);
    LAWS.iter()
        .filter(|law| wanted(law.name))
        .map(|law| (law.name, verdict(Arc::clone(&subject), model.clone(), law)))
        .collect()
}

#[test]
fn an_honest_provider_breaks_no_law_and_says_what_cannot_be_judged() {
    let mut ignored = Vec::new();
    for (name, verdict) in verdicts(Lie::None, |_| true) {
        match verdict {
            Ok(()) => {}
            Err(Stop::Cannot(why)) => ignored.push((name, why)),
            Err(Stop::Broken(how)) => panic!("{name}: {how}"),
        }
    }

    let names: Vec<_> = ignored.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "submit::a_synchronous_model_answers_with_the_result",
            "any_json::in_answer_to_a_wish_to_cancel_is_classified",
            "any_json::in_answer_about_the_balance_is_classified",
            "time::a_hanging_wish_to_cancel_is_left_in_time",
            "time::a_hanging_question_for_the_balance_is_left_in_time",
            "cancel::a_finished_task_is_too_late",
        ]
    );
    assert!(
        ignored.iter().all(|(_, why)| !why.is_empty()),
        "{ignored:?}"
    );
}

/// Every lie, and a law that it breaks.
const BROKEN: &[(Lie, &str)] = &[
    (Lie::SendsTwice, "submit::one_submission_is_one_charge"),
    (
        Lie::DropsAreBusy,
        "submit::a_dropped_connection_leaves_open_whether_work_began",
    ),
    (
        Lie::ErrorsAreBusy,
        "submit::a_server_error_leaves_open_whether_work_began",
    ),
    (
        Lie::ShowsBodies,
        "senseless::an_answer_to_a_submission_is_no_refusal",
    ),
    (Lie::ShowsKey, "refusal::a_refused_key_is_unauthorized"),
    (Lie::LogsPrompts, "secrets::nothing_shows_in_a_whole_life"),
    (Lie::ForgetsWaits, "refusal::a_rate_limit_carries_its_wait"),
    (
        Lie::TakesAnything,
        "check::nothing_outside_the_capability_reaches_the_wire",
    ),
    (
        Lie::UnheardIsFailed,
        "poll::an_unheard_of_state_counts_as_running",
    ),
    (
        Lie::EmptyIsSuccess,
        "poll::a_success_without_media_is_an_error",
    ),
    (Lie::MissingIsBusy, "poll::a_missing_task_is_gone"),
    (
        Lie::LateIsGone,
        "poll::a_task_that_shows_late_is_waited_for",
    ),
    (
        Lie::LateEndsStreams,
        "watch::a_task_that_shows_late_is_waited_for",
    ),
    (
        Lie::FutureIsPresent,
        "poll::a_handle_from_the_future_is_refused",
    ),
    (
        Lie::CostsAreSecret,
        "cost::what_is_reported_is_what_was_charged",
    ),
    (Lie::WrongCost, "cost::what_is_reported_is_what_was_charged"),
    (Lie::WrongPrice, "cost::an_exact_estimate_is_exact"),
    (
        Lie::FindsNothing,
        "find::a_lost_submission_is_found_or_it_is_unsupported",
    ),
    (
        Lie::CancelsSilently,
        "cancel::a_task_ends_or_it_is_unsupported",
    ),
    (
        Lie::HidesRepeats,
        "submit::the_same_key_again_is_found_or_charged_and_never_hidden",
    ),
    (
        Lie::ForgetsTheEnd,
        "watch::a_broken_stream_is_not_the_end_of_the_task",
    ),
    (
        Lie::GoesBack,
        "watch::events_come_in_order_and_end_with_the_task",
    ),
    (
        Lie::StopsWithItsWatcher,
        "watch::whoever_stops_watching_cancels_nothing",
    ),
    (
        Lie::LosesTheTask,
        "any_json::in_answer_to_a_look_is_classified",
    ),
    (
        Lie::ShowsBodies,
        "any_json::in_answer_to_a_submission_is_classified",
    ),
    (Lie::TakesNoLongPrompts, "check::whatever_fits_is_taken"),
    (
        Lie::NeedsItsMemory,
        "submit::a_handle_survives_text_and_a_fresh_instance",
    ),
    (
        Lie::NobodyIsUnclear,
        "submit::a_refused_connection_is_retryable_and_free",
    ),
    (
        Lie::DropsAreBusy,
        "submit::a_hanging_vendor_is_left_in_time",
    ),
    (Lie::ChangesItsMind, "poll::a_terminal_state_stays"),
    (Lie::ModeratedIsBroken, "poll::a_moderated_task_is_a_status"),
    (Lie::ForeignIsBusy, "poll::a_foreign_handle_is_refused"),
    (
        Lie::LooksEndTasks,
        "poll::a_look_that_fails_does_not_end_the_task",
    ),
    (Lie::SilenceIsGone, "time::a_hanging_look_is_left_in_time"),
    (
        Lie::FailuresCost,
        "cost::a_failed_task_reports_what_was_charged",
    ),
    (
        Lie::SearchesAreSubmissions,
        "any_json::in_answer_to_a_search_is_classified",
    ),
    (
        Lie::SearchesAreSubmissions,
        "time::a_hanging_search_is_left_in_time",
    ),
];

#[test]
fn every_lie_breaks_the_law_it_is_about() {
    for &(lie, law) in BROKEN {
        let judged = verdicts(lie, |name| name == law);
        assert!(
            matches!(judged.as_slice(), [(_, Err(Stop::Broken(_)))]),
            "{lie:?} {judged:?}"
        );
    }
}

#[test]
fn what_cannot_be_judged_fails_where_a_list_of_such_does_not_have_it() {
    let list: Option<&[&str]> = Some(&["cancel::late", "find::lost::film-1"]);
    let ignored = || cannot("there is no task");

    for (name, expected) in [
        ("cancel::late", Allowed::Listed),
        ("cancel::late::film-1::video-edit", Allowed::Listed),
        ("cancel::later::film-1::video-edit", Allowed::No),
        ("find::lost::film-1::video-edit", Allowed::Listed),
        ("find::lost::film-12::video-edit", Allowed::No),
    ] {
        assert_eq!(Allowed::of(list, name), expected, "{name}");
    }
    assert_eq!(Allowed::of(None, "cancel::late"), Allowed::Either);
    assert_eq!(Allowed::Either.of_verdict(ignored()), ignored());
    assert_eq!(Allowed::Listed.of_verdict(ignored()), ignored());
    let unseen = Allowed::No.of_verdict(ignored());
    assert!(matches!(&unseen, Err(Stop::Broken(how)) if how.contains("there is no task")));
    let outdated = Allowed::Listed.of_verdict(Ok(()));
    assert!(matches!(outdated, Err(Stop::Broken(_))), "{outdated:?}");
    assert_eq!(Allowed::No.of_verdict(Ok(())), Ok(()));
}

#[test]
fn a_law_that_is_not_about_a_model_is_ignored_before_anything_is_run_with_the_reason() {
    let subject: Arc<dyn Subject> = Arc::new(Acme(Lie::None));
    let model = subject.models().remove(0);
    let law = |name| LAWS.iter().find(|law| law.name == name).unwrap();

    let cancelling = trial(&subject, &model, law("cancel::a_finished_task_is_too_late"));
    let looking = trial(&subject, &model, law("poll::a_missing_task_is_gone"));

    assert!(cancelling.has_ignored_flag());
    assert!(cancelling.kind().contains("can be cancelled"));
    assert!(!looking.has_ignored_flag() && looking.kind().is_empty());
}

#[test]
fn the_readme_quotes_a_test_program_that_is_compiled() {
    let readme = include_str!("../../README.md");
    let (_, program) = QUOTED.split_once("\n\n").unwrap();

    assert!(readme.contains(program), "{program}");
}
