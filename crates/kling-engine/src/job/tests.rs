//! The transition table, checked whole: every stage, every event, every road.

use std::collections::BTreeSet;

use kling_core::{Output, SubmissionKey, TaskHandle, Timestamp};

use super::*;
use crate::reason::Reason;

fn endings() -> [Ending; 5] {
    [
        Ending::Result,
        Ending::Refused { reasons: vec![] },
        Ending::Failed {
            reason: Reason::new("provider-failed"),
        },
        Ending::Cancelled { charged: None },
        Ending::Expired,
    ]
}

/// Every event, with every ending it can carry. The match stops the build when one is added.
fn events() -> Vec<Event> {
    let mut events = vec![
        Event::Withdrawn,
        Event::Collected,
        Event::Intent {
            key: SubmissionKey::literal("key"),
            deadline: Timestamp::from_millis(0),
        },
        Event::NotSent { why: "unreachable" },
        Event::Started {
            task: TaskHandle::literal("task"),
        },
        Event::Finished {
            output: Output::default(),
        },
        Event::Lost {
            evidence: "restart".to_owned(),
        },
        Event::NoticeShown {
            receipt: Receipt::new("message"),
        },
        Event::TryAgain,
        Event::Progress { percent: None },
        Event::Fetched,
        Event::Delivering,
        Event::Undeliverable {
            reason: Reason::new("undeliverable"),
        },
    ];
    for ending in endings() {
        events.push(Event::Ended {
            ending: ending.clone(),
            cost: None,
        });
        events.push(Event::Delivered {
            ending,
            receipt: Receipt::new("message"),
        });
    }
    events
}

/// Where one step leads, by the events that lead there.
fn steps(stage: Stage) -> BTreeSet<(Stage, &'static str)> {
    events()
        .iter()
        .filter_map(|event| Some((stage.after(event)?, event.name())))
        .collect()
}

fn reachable(from: Stage) -> BTreeSet<Stage> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(stage) = open.pop() {
        for (next, _) in steps(stage) {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen
}

#[test]
fn the_list_of_events_is_whole() {
    let named: BTreeSet<_> = events().iter().map(Event::name).collect();

    assert_eq!(named.len(), 15);
}

#[test]
fn every_stage_is_reached_from_accepted() {
    assert_eq!(reachable(Stage::Accepted), BTreeSet::from(Stage::ALL));
}

#[test]
fn every_stage_has_a_way_to_an_end_and_an_end_has_no_way_out() {
    for stage in Stage::ALL {
        let ends = reachable(stage).into_iter().filter(|end| end.is_terminal());
        assert!(ends.count() > 0, "{stage}");
        if stage.is_terminal() {
            assert!(steps(stage).is_empty(), "{stage}");
        }
    }
}

#[test]
fn submitting_is_entered_only_by_an_intent_from_collected() {
    let ways_in: Vec<_> = Stage::ALL
        .into_iter()
        .flat_map(|from| steps(from).into_iter().map(move |(to, by)| (from, to, by)))
        .filter(|(_, to, _)| *to == Stage::Submitting)
        .collect();

    assert_eq!(ways_in, [(Stage::Collected, Stage::Submitting, "intent")]);
}

#[test]
fn an_unconfirmed_job_is_submitted_again_only_by_choice_or_on_the_providers_word() {
    let ways_back: Vec<_> = steps(Stage::Unconfirmed)
        .into_iter()
        .filter(|(to, _)| *to != Stage::Unconfirmed && reachable(*to).contains(&Stage::Submitting))
        .collect();

    assert_eq!(
        ways_back,
        [
            (Stage::Collected, "not-sent"),
            (Stage::Collected, "try-again")
        ]
    );
}

#[test]
fn once_a_task_is_known_nothing_leads_back_to_a_submission() {
    for stage in [
        Stage::Submitted,
        Stage::Running,
        Stage::Fetched,
        Stage::Delivering,
    ] {
        assert!(!reachable(stage).contains(&Stage::Submitting), "{stage}");
        assert!(!reachable(stage).contains(&Stage::Unconfirmed), "{stage}");
    }
}

#[test]
fn a_result_is_delivered_only_after_it_was_fetched() {
    let into_fetched: BTreeSet<_> = Stage::ALL
        .into_iter()
        .flat_map(steps)
        .filter(|(to, _)| *to == Stage::Fetched)
        .collect();

    assert_eq!(into_fetched, BTreeSet::from([(Stage::Fetched, "fetched")]));
}

#[test]
fn the_whole_table() {
    let table: Vec<String> = Stage::ALL
        .into_iter()
        .flat_map(|from| {
            steps(from)
                .into_iter()
                .map(move |(to, by)| format!("{from} + {by} = {to}"))
        })
        .collect();

    assert_eq!(
        table,
        [
            "accepted + collected = collected",
            "accepted + ended = delivering",
            "accepted + withdrawn = cancelled",
            "collected + intent = submitting",
            "collected + ended = delivering",
            "collected + withdrawn = cancelled",
            "submitting + not-sent = collected",
            "submitting + lost = unconfirmed",
            "submitting + finished = submitted",
            "submitting + started = submitted",
            "submitting + ended = delivering",
            "unconfirmed + not-sent = collected",
            "unconfirmed + try-again = collected",
            "unconfirmed + notice-shown = unconfirmed",
            "unconfirmed + finished = submitted",
            "unconfirmed + started = submitted",
            "unconfirmed + ended = delivering",
            "unconfirmed + undeliverable = failed",
            "submitted + finished = running",
            "submitted + progress = running",
            "submitted + fetched = fetched",
            "submitted + ended = delivering",
            "running + finished = running",
            "running + progress = running",
            "running + fetched = fetched",
            "running + ended = delivering",
            "fetched + delivering = delivering",
            "delivering + delivered = delivered",
            "delivering + delivered = failed",
            "delivering + undeliverable = failed",
            "delivering + delivered = cancelled",
            "delivering + delivered = expired",
        ]
    );
}
