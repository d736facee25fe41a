//! A crash at every point, with each kind of provider: a test for each kind, so that they run side by side.

use kling_engine::Stage;

use crate::chat::Seen;
use crate::kind::{self, Kind};
use crate::world::{World, one_picture};
use crate::{ALONE, first_life, second_life};

/// Cut short where the request may have left, with or without an answer.
const DOUBTFUL: &[&str] = &[
    "commit.intent.after",
    "submit.before",
    "submit.after",
    "commit.not-sent.before",
    "commit.ended.before",
];

/// What takes somebody's choice, a slow store or a chat that is gone.
const RARE: &[&str] = &[
    "commit.withdrawn",
    "commit.try-again",
    "commit.undeliverable",
];

fn loses_nothing_and_pays_for_nothing_twice(kind: Kind) {
    let _alone = ALONE.blocking_lock();
    let mut passed = Vec::new();
    for point in kind.points() {
        let folder = tempfile::tempdir().unwrap();
        let world = kind.world();

        let (went_off, id) = first_life(folder.path(), &world, point);
        passed.extend(went_off.then_some(point));
        let job = second_life(folder.path(), &world, id);

        let at = format!("{kind:?} at {point}: {:?}", job.stage);
        assert!(world.acme.billed() <= 1, "{at}");
        assert_eq!(world.chat.late_statuses(), 0, "{at}");
        assert!(is_right(kind, point, job.stage, &world), "{at}");
    }
    // A job may be over before its status is shown.
    let certain = |point: &&str| matches!(kind, Kind::Finds) || !kind::is_status(point);
    passed.retain(certain);
    let expected = kind.points().filter(|point| kind.passes(point));
    assert_eq!(passed, expected.filter(certain).collect::<Vec<_>>());
}

/// Whether a job may have ended like that, and its requester sees it.
fn is_right(kind: Kind, point: &str, stage: Stage, world: &World) -> bool {
    let posts = world.chat.posts();
    match (kind, stage) {
        (_, Stage::Delivered) => posts == [one_picture()],
        (Kind::Finds, _) => false,
        (_, Stage::Unconfirmed) => {
            let is_doubtful = DOUBTFUL.contains(&point) || world.acme.billed() == 1;
            is_doubtful && posts == [Seen::Unconfirmed]
        }
        (Kind::Declines, Stage::Failed) => {
            posts == [Seen::Failed("provider-out-of-funds".to_owned())]
        }
        _ => false,
    }
}

#[test]
fn with_a_provider_that_finds_tasks_a_crash_at_any_point_loses_nothing() {
    loses_nothing_and_pays_for_nothing_twice(Kind::Finds);
}

#[test]
fn with_a_provider_that_finds_nothing_a_crash_at_any_point_pays_for_nothing_twice() {
    loses_nothing_and_pays_for_nothing_twice(Kind::Forgets);
}

#[test]
fn with_a_provider_that_answers_at_once_a_crash_at_any_point_pays_for_nothing_twice() {
    loses_nothing_and_pays_for_nothing_twice(Kind::AtOnce);
}

#[test]
fn with_a_provider_that_is_busy_a_crash_at_any_point_pays_for_nothing_twice() {
    loses_nothing_and_pays_for_nothing_twice(Kind::Busy);
}

#[test]
fn with_a_provider_that_loses_its_answer_a_crash_at_any_point_pays_for_nothing_twice() {
    loses_nothing_and_pays_for_nothing_twice(Kind::Loses);
}

#[test]
fn with_a_provider_that_declines_a_crash_at_the_end_is_no_other_end() {
    loses_nothing_and_pays_for_nothing_twice(Kind::Declines);
}

#[test]
fn every_point_is_on_the_way_of_some_kind() {
    let mut untouched: Vec<&str> = kind::points().collect();
    untouched.retain(|point| {
        let is_rare = RARE.iter().any(|rare| point.starts_with(rare));
        let is_passed = |kind: Kind| kind.points().any(|own| own == *point) && kind.passes(point);
        !is_rare && !Kind::ALL.into_iter().any(is_passed)
    });
    assert_eq!(untouched, Vec::<&str>::new());
}
