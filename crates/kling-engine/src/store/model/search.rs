//! Walks through every state, checks the law in each, and that each leads to an end.

use std::collections::HashMap;

use super::effects::Book;
use super::law::{broken, is_at_rest};
use super::moves::moves;
use super::{Rules, State};
use crate::event::Event;
use crate::job::Stage;

const REAL: Rules = Rules {
    table: Stage::after,
    fenced: true,
    looks_at_the_clock_first: true,
    finds: true,
    choices: 0,
};

const BLIND: Rules = Rules {
    finds: false,
    choices: 1,
    ..REAL
};

/// A walk that went well.
#[derive(Debug)]
struct Walked {
    states: usize,
    moves: usize,
    stages: Vec<Stage>,
}

/// The states that were seen, each with the one before it and the move between them.
#[derive(Default)]
struct Seen {
    places: HashMap<State, u32>,
    states: Vec<State>,
    came_by: Vec<(u32, &'static str)>,
}

impl Seen {
    fn add(&mut self, state: State, from: u32, by: &'static str) -> (u32, bool) {
        let place = u32::try_from(self.states.len()).expect("fewer than four billion states");
        let known = *self.places.entry(state).or_insert(place);
        if known == place {
            self.states.push(state);
            self.came_by.push((from, by));
        }
        (known, known == place)
    }

    /// The shortest way to a state, for whoever has to mend it.
    fn way_to(&self, mut place: u32) -> String {
        let mut steps = Vec::new();
        while place != 0 {
            let (from, by) = self.came_by[place as usize];
            steps.push(format!("{by} -> {:?}", self.states[place as usize]));
            place = from;
        }
        steps.reverse();
        steps.join("\n")
    }
}

/// Walks through everything that can happen, or tells the shortest way to where the law is broken.
fn walk(rules: &Rules) -> Result<Walked, String> {
    let book = Book::of(*rules);
    let mut seen = Seen::default();
    let mut back: Vec<Vec<u32>> = Vec::new();
    let mut count = 0;
    seen.add(State::accepted(), 0, "accepted");
    let mut next = 0;
    while next < seen.states.len() {
        let state = seen.states[next];
        let place = u32::try_from(next).expect("as above");
        if let Some(law) = broken(&state) {
            return Err(format!("{law}:\n{}", seen.way_to(place)));
        }
        for (name, is_own, to) in moves(state, &book) {
            let (to, _) = seen.add(to.plain(rules), place, name);
            back.resize(seen.states.len(), Vec::new());
            if is_own {
                back[to as usize].push(place);
            }
            count += 1;
        }
        next += 1;
    }
    if let Some(stuck) = first_stuck(&seen, &back) {
        return Err(format!("no way to an end:\n{}", seen.way_to(stuck)));
    }
    let stages = Stage::ALL.into_iter();
    let is_there = |stage: &Stage| seen.states.iter().any(|state| state.stage == *stage);
    Ok(Walked {
        states: seen.states.len(),
        moves: count,
        stages: stages.filter(is_there).collect(),
    })
}

/// A state from which the engine by itself, with nobody choosing and nothing crashing, comes to no end.
fn first_stuck(seen: &Seen, back: &[Vec<u32>]) -> Option<u32> {
    let mut leads = vec![false; seen.states.len()];
    let mut open: Vec<u32> = Vec::new();
    for (place, state) in (0_u32..).zip(&seen.states) {
        if is_at_rest(state) {
            leads[place as usize] = true;
            open.push(place);
        }
    }
    while let Some(place) = open.pop() {
        for from in back.get(place as usize).into_iter().flatten() {
            if !std::mem::replace(&mut leads[*from as usize], true) {
                open.push(*from);
            }
        }
    }
    let stuck = leads.iter().position(|leads| !leads)?;
    u32::try_from(stuck).ok()
}

#[test]
fn no_road_through_the_table_breaks_the_law_or_leads_nowhere() {
    let mut all = vec![REAL, BLIND];
    if std::env::var_os("KLING_TESTS_FULL").is_some() {
        all.push(Rules { choices: 2, ..REAL });
    }
    for rules in all {
        let walked = walk(&rules).unwrap_or_else(|why| panic!("{why}"));

        // Withdrawn jobs apart, every stage is on some road.
        assert_eq!(walked.stages, Stage::ALL);
        assert!(walked.states > 1_000, "{walked:?}");
        assert!(walked.moves > walked.states, "{walked:?}");
        tracing::info!(states = walked.states, moves = walked.moves, "walked");
        println!("{} states, {} moves", walked.states, walked.moves);
    }
}

/// The law that is broken first when the table is.
#[track_caller]
fn breaks(table: fn(Stage, &Event) -> Option<Stage>, law: &str) {
    let rules = Rules {
        table,
        choices: 0,
        ..BLIND
    };
    match walk(&rules) {
        Ok(walked) => panic!("nobody noticed: {walked:?}"),
        Err(why) => assert!(why.starts_with(law), "{why}"),
    }
}

#[test]
fn a_table_that_submits_what_is_being_submitted_is_found_out() {
    breaks(
        |stage, event| match (stage, event) {
            (Stage::Submitting, Event::Intent { .. }) => Some(Stage::Submitting),
            _ => stage.after(event),
        },
        "a submission that may be charged is in no ledger",
    );
}

#[test]
fn a_table_that_submits_an_unconfirmed_job_by_itself_is_found_out() {
    breaks(
        |stage, event| match (stage, event) {
            (Stage::Unconfirmed, Event::Intent { .. }) => Some(Stage::Submitting),
            _ => stage.after(event),
        },
        "a submission that may be charged is in no ledger",
    );
}

#[test]
fn a_table_that_takes_a_lost_answer_for_no_submission_is_found_out() {
    breaks(
        |stage, event| match (stage, event) {
            (Stage::Submitting, Event::Lost { .. }) => Some(Stage::Collected),
            _ => stage.after(event),
        },
        "a submission that may be charged is in no ledger",
    );
}

#[test]
fn a_table_without_a_way_to_the_end_is_found_out() {
    breaks(
        |stage, event| match (stage, event) {
            (Stage::Fetched, Event::Delivering) => None,
            _ => stage.after(event),
        },
        "no way to an end",
    );
}

#[test]
fn a_table_that_ends_a_job_whose_result_is_on_its_way_is_found_out() {
    breaks(
        |stage, event| match (stage, event) {
            (Stage::Submitted | Stage::Running, Event::Ended { .. }) => Some(Stage::Failed),
            _ => stage.after(event),
        },
        "it ended, and nobody was told",
    );
}

#[test]
fn a_store_without_a_fence_is_found_out() {
    let unfenced = Rules {
        fenced: false,
        ..BLIND
    };

    assert!(walk(&unfenced).is_err());
}

#[test]
fn a_look_at_the_clock_after_the_look_at_the_provider_is_found_out() {
    let hasty = Rules {
        looks_at_the_clock_first: false,
        ..REAL
    };

    let why = walk(&hasty).expect_err("a request arrives in between");

    assert!(why.starts_with("a submission that may be charged"), "{why}");
}
