//! Stopping and starting: what runs is finished, what waits goes on, what is poisoned is set aside.

use std::time::Duration;

use kling_core::TaskStatus;
use kling_engine::{EngineError, Options, Stage};

use crate::acme::{Acme, Act};
use crate::chat::Seen;
use crate::house::{House, options, pictures};
use crate::world::{World, one_picture};

#[tokio::test]
async fn a_submission_on_its_way_is_waited_for_and_its_task_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Hold]));
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Submitting).await;

    let engine = house.engine.clone();
    let stopping = tokio::spawn(house.stop());
    while !matches!(
        engine.accept(pictures(1)).await,
        Err(EngineError::ShuttingDown)
    ) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    world.acme.release();
    stopping.await.unwrap();
    drop(engine);

    let house = House::open(folder.path(), &world).await;
    house.ended(&job.id).await;
    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_submission_that_does_not_end_is_dropped_and_unconfirmed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Hold]));
    let short = Options {
        drain_timeout: Duration::from_millis(50),
        ..options()
    };
    let house = House::with(folder.path(), &world, short).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Submitting).await;
    house.stop().await;

    let house = House::open(folder.path(), &world).await;
    house.reaches(&job.id, Stage::Unconfirmed).await;

    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_running_task_is_watched_by_the_next_engine() {
    let folder = tempfile::tempdir().unwrap();
    let running = || Ok(TaskStatus::Running { percent: None });
    let acme = Acme::new()
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(20));
    let world = World::of(acme);
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Running).await;
    house.stop().await;

    let house = House::open(folder.path(), &world).await;
    house.ended(&job.id).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn files_of_jobs_that_ended_long_ago_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let forgetful = Options {
        retention: Duration::ZERO,
        clean_every: Duration::from_millis(20),
        ..options()
    };
    let house = House::with(folder.path(), &world, forgetful).await;

    let job = house.order(pictures(1)).await;
    house.ended(&job.id).await;
    let started = std::time::Instant::now();
    while !house.engine.files(&job.id).await.unwrap().is_empty() {
        assert!(started.elapsed() < crate::house::BOUND);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }

    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
}

#[tokio::test]
async fn a_job_whose_every_step_panics_is_ended_after_some_tries() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let house = House::open(folder.path(), &world).await;
    let job = house.order(crate::house::made_of(&["poison"])).await;
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Failed);
    assert_eq!(world.chat.posts(), [Seen::Failed("quarantined".to_owned())]);
    assert!(house.engine.health().await.failing.is_empty());
    house.stop().await;
}
