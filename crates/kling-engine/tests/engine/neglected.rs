//! Jobs whose provider is gone, or that nobody decides about: none is open for ever.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{Clock as _, ManualClock, SystemClock, TaskStatus};
use kling_engine::{
    Archive, ArchiveLimits, Deliverer, Engine, Job, Loop, Options, SqliteStore, Stage,
};

use crate::acme::{Acme, Act};
use crate::chat::Seen;
use crate::house::{House, options, order, pictures};
use crate::world::World;

/// An engine at rest on a clock of its own, with or without the provider.
async fn engine(
    folder: &std::path::Path,
    world: &World,
    clock: &ManualClock,
    has_provider: bool,
) -> Engine {
    let path = folder.join("jobs.db");
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(clock.clone()))
        .await
        .unwrap();
    let archive = folder.join("archive");
    let archive = Archive::open(archive.to_str().unwrap(), ArchiveLimits::default())
        .await
        .unwrap();
    let mut builder = Engine::builder(Arc::new(store), archive)
        .deliverer(Arc::clone(&world.chat) as Arc<dyn Deliverer>)
        .clock(Arc::new(clock.clone()))
        .options(options());
    if has_provider {
        builder = builder.provider(Arc::clone(&world.acme) as _);
    }
    builder.build().unwrap()
}

async fn passes(engine: &Engine, loops: &[Loop]) {
    for who in loops {
        engine.one_pass(*who).await.unwrap();
    }
}

async fn stage(engine: &Engine, job: &Job) -> Stage {
    engine.job(&job.id).await.unwrap().unwrap().stage
}

fn now() -> ManualClock {
    ManualClock::new(SystemClock.now())
}

#[tokio::test]
async fn an_unconfirmed_job_that_nobody_decides_about_is_given_up_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let clock = now();
    let engine = engine(folder.path(), &world, &clock, true).await;
    let job = order(&engine, pictures(1)).await;
    passes(&engine, &[Loop::Collect, Loop::Dispatch, Loop::Deliver]).await;
    clock.advance(Duration::from_hours(29 * 24));
    passes(&engine, &[Loop::Clean]).await;
    assert_eq!(stage(&engine, &job).await, Stage::Unconfirmed);

    clock.advance(Duration::from_hours(2 * 24));
    passes(&engine, &[Loop::Clean, Loop::Deliver]).await;

    assert_eq!(stage(&engine, &job).await, Stage::Failed);
    let given_up = Seen::Failed("given-up".to_owned());
    assert!(world.chat.posts().contains(&given_up));
    assert_eq!(world.acme.submissions(), 1);
}

#[tokio::test]
async fn a_submission_cut_short_is_told_though_its_provider_is_not_configured_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Hold]));
    let short = Options {
        drain_timeout: Duration::from_millis(50),
        ..options()
    };
    let house = House::with(folder.path(), &world, short).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Submitting).await;
    let left = house.engine.clone();
    house.stop().await;
    drop(left);
    let clock = now();
    clock.advance(Duration::from_hours(2));

    let engine = engine(folder.path(), &world, &clock, false).await;
    passes(&engine, &[Loop::Clean, Loop::Deliver]).await;

    assert_eq!(stage(&engine, &job).await, Stage::Unconfirmed);
    assert_eq!(world.chat.posts(), [Seen::Unconfirmed]);
}

#[tokio::test]
async fn paid_work_does_not_wait_for_ever_for_a_provider_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let running = || Ok(TaskStatus::Running { percent: None });
    let acme = Acme::new()
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(10_000));
    let world = World::of(acme);
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Running).await;
    house.stop().await;
    // Nobody is there while the time passes: a clock that is seen to be set ends nothing.
    let clock = now();
    clock.advance(Duration::from_hours(24));
    let early = engine(folder.path(), &world, &clock, false).await;
    passes(&early, &[Loop::Clean]).await;
    assert_eq!(stage(&early, &job).await, Stage::Running);
    early.close().await;

    clock.advance(Duration::from_hours(25));
    let engine = engine(folder.path(), &world, &clock, false).await;
    passes(&engine, &[Loop::Clean, Loop::Deliver]).await;

    let job = engine.job(&job.id).await.unwrap().unwrap();
    assert_eq!((job.stage, job.cost), (Stage::Failed, None));
    let missing = Seen::Failed("provider-missing".to_owned());
    assert_eq!(world.chat.posts(), [missing]);
}
