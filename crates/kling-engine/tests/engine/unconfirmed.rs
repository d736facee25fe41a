//! Answers that were lost: told once, never sent again by itself.

use std::time::Duration;

use kling_core::{ErrorKind, ProviderError};
use kling_engine::{ArchiveLimits, CancelAnswer, Choice, EngineError, Options, Stage};

use crate::acme::{Acme, Act};
use crate::chat::Seen;
use crate::house::{House, at_rest, options, pictures};
use crate::world::{World, one_picture};

/// A job whose answer was lost, and whose requester knows.
async fn unconfirmed(house: &House) -> kling_engine::Job {
    let job = house.order(pictures(1)).await;
    let chat = std::sync::Arc::clone(&house.world.chat);
    house
        .until(&job.id, |job| {
            job.stage == Stage::Unconfirmed
                && chat.posts() == [Seen::Unconfirmed]
                && job
                    .status_message
                    .as_ref()
                    .is_some_and(|message| message.as_str() == "message")
        })
        .await
}

#[tokio::test]
async fn a_lost_answer_is_told_once_and_never_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = unconfirmed(&house).await;
    house.stop().await;

    let house = House::open(folder.path(), &world).await;
    for who in kling_engine::Loop::ALL {
        house.engine.one_pass(who).await.unwrap();
    }

    let job = house.engine.job(&job.id).await.unwrap().unwrap();
    assert_eq!(job.stage, Stage::Unconfirmed);
    assert_eq!(world.chat.tries(), 1);
    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_panic_while_submitting_counts_as_a_lost_answer() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Panic]));
    let house = House::open(folder.path(), &world).await;

    unconfirmed(&house).await;

    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_counts_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let garbled = ProviderError::Protocol {
        path: "$.data".to_owned(),
        source: "null".into(),
    };
    assert_eq!(garbled.kind(), ErrorKind::Unknown);
    let world = World::of(Acme::new().acting([Act::Fail(garbled)]));
    let house = House::open(folder.path(), &world).await;

    unconfirmed(&house).await;

    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn looking_again_adopts_the_task_where_the_provider_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().that_finds().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = unconfirmed(&house).await;

    let stage = house
        .engine
        .resolve(&job.id, Choice::LookAgain)
        .await
        .unwrap();
    house.ended(&job.id).await;

    assert_eq!(stage, Stage::Submitted);
    assert_eq!(world.acme.billed(), 1);
    assert!(world.chat.posts().contains(&one_picture()));
    house.stop().await;
}

#[tokio::test]
async fn a_look_that_does_not_end_is_given_up_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().that_looks_for_ever().acting([Act::Lose]));
    let soon = Options {
        look_timeout: Duration::from_millis(50),
        ..options()
    };
    let house = House::with(folder.path(), &world, soon).await;
    let job = unconfirmed(&house).await;

    let stage = house.engine.resolve(&job.id, Choice::LookAgain).await;

    assert_eq!(stage.unwrap(), Stage::Unconfirmed);
    house.stop().await;
}

#[tokio::test]
async fn looking_again_submits_where_the_provider_proves_that_nothing_was_started() {
    let folder = tempfile::tempdir().unwrap();
    let acme = Acme::new()
        .that_finds()
        .that_answers_within(Duration::from_millis(50))
        .acting([Act::Vanish]);
    let world = World::of(acme);
    let soon = Options {
        margin: Duration::from_secs(1),
        ..options()
    };
    let house = House::with(folder.path(), &world, soon).await;
    let job = unconfirmed(&house).await;

    let started = std::time::Instant::now();
    let look = async || {
        house
            .engine
            .resolve(&job.id, Choice::LookAgain)
            .await
            .unwrap()
    };
    // The request may still be on its way.
    assert_eq!(look().await, Stage::Unconfirmed);
    while look().await == Stage::Unconfirmed {
        assert!(started.elapsed() < crate::house::BOUND);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let job = house.ended(&job.id).await;

    assert!(!job.in_doubt);
    assert_eq!((world.acme.submissions(), world.acme.billed()), (2, 1));
    assert!(world.chat.posts().contains(&one_picture()));
    house.stop().await;
}

#[tokio::test]
async fn a_provider_is_waited_for_as_long_as_it_says_and_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let acme = Acme::new()
        .that_answers_within(Duration::from_millis(50))
        .acting([Act::Hold]);
    let world = World::of(acme);
    let soon = Options {
        margin: Duration::from_secs(1),
        ..options()
    };
    let house = House::with(folder.path(), &world, soon).await;

    unconfirmed(&house).await;

    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn nobody_is_told_that_nothing_was_charged_when_an_earlier_try_may_have_been() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = unconfirmed(&house).await;
    house.stop().await;
    let limits = ArchiveLimits::default();
    let engine = at_rest(folder.path(), &world, options(), limits).await;

    engine.resolve(&job.id, Choice::TryAgain).await.unwrap();
    let answer = engine.cancel(&job.id).await.unwrap();
    let house = House::running(engine, &world);
    let job = house.ended(&job.id).await;

    let charged = None;
    assert_eq!(answer, CancelAnswer::Cancelled { charged });
    assert_eq!((job.stage, job.cost), (Stage::Cancelled, None));
    assert!(world.chat.posts().contains(&Seen::Cancelled(charged)));
    house.stop().await;
}

#[tokio::test]
async fn looking_again_changes_nothing_where_the_provider_cannot_look() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = unconfirmed(&house).await;

    let first = house
        .engine
        .resolve(&job.id, Choice::LookAgain)
        .await
        .unwrap();
    let second = house
        .engine
        .resolve(&job.id, Choice::LookAgain)
        .await
        .unwrap();

    assert_eq!([first, second], [Stage::Unconfirmed; 2]);
    assert_eq!(world.chat.posts(), [Seen::Unconfirmed]);
    house.stop().await;
}

#[tokio::test]
async fn trying_again_submits_once_more_because_somebody_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = unconfirmed(&house).await;

    house
        .engine
        .resolve(&job.id, Choice::TryAgain)
        .await
        .unwrap();
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.acme.submissions(), 2);
    house.stop().await;
}

#[tokio::test]
async fn giving_up_ends_the_job_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = unconfirmed(&house).await;

    house.engine.resolve(&job.id, Choice::GiveUp).await.unwrap();
    let job = house.ended(&job.id).await;
    let too_late = house.engine.resolve(&job.id, Choice::GiveUp).await;

    assert_eq!(job.stage, Stage::Failed);
    assert!(
        world
            .chat
            .posts()
            .contains(&Seen::Failed("given-up".to_owned()))
    );
    assert!(matches!(
        too_late,
        Err(EngineError::WrongStage {
            stage: Stage::Failed
        })
    ));
    house.stop().await;
}
