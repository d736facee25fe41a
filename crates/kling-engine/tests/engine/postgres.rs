//! The same roads on PostgreSQL, and what several engines on one database do together.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kling_core::TaskStatus;
use kling_engine::{
    Admission, Archive, ArchiveLimits, Choice, Engine, EngineError, JobId, NewJob, Options,
    PostgresOptions, Stage, open_store,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};

use crate::acme::{Acme, Act};
use crate::chat::Seen;
use crate::cluster::{Cluster, Database};
use crate::house::{BOUND, House, made_of, options, pictures};
use crate::world::{World, one_picture, picture};

/// A database, and the folder that its engines share.
struct Ground {
    database: Database,
    folder: tempfile::TempDir,
}

impl Ground {
    fn new() -> Self {
        Self::on(&Cluster::shared())
    }

    fn on(cluster: &Arc<Cluster>) -> Self {
        Self {
            database: cluster.database(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn house(&self, world: &World) -> House {
        self.with(world, options()).await
    }

    async fn with(&self, world: &World, options: Options) -> House {
        let engine = engine(&self.database.url(), self.folder.path(), world, options).await;
        House::running(engine, world)
    }
}

async fn engine(url: &str, folder: &Path, world: &World, options: Options) -> Engine {
    let store = PostgresOptions {
        state_folder: folder.join("state"),
        ..PostgresOptions::default()
    };
    let store = open_store(url, store).await.unwrap();
    let archive = folder.join("archive");
    let archive = Archive::open(archive.to_str().unwrap(), ArchiveLimits::default());
    let base = Url::parse("http://127.0.0.1").unwrap();
    let downloader = Downloader::new(DownloadOptions::default(), Guard::for_base(&base)).unwrap();
    Engine::builder(store, archive.await.unwrap())
        .provider_with(Arc::clone(&world.acme) as _, downloader)
        .deliverer(Arc::clone(&world.chat) as _)
        .options(options)
        .build()
        .unwrap()
}

/// A command of its own, by one of a few people.
fn command(number: usize) -> NewJob {
    let mut job = made_of(&["cat"]);
    job.dedupe_key = format!("command-{number}");
    job.requester.user = format!("person-{}", number % 7);
    job
}

#[tokio::test]
async fn a_picture_is_made_and_delivered() {
    let ground = Ground::new();
    let running = || Ok(TaskStatus::Running { percent: Some(40) });
    let acme = Acme::new()
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(3));
    let world = World::of(acme);
    world.chat.holds("cat", picture(301));
    let house = ground.house(&world).await;

    let job = house.order(made_of(&["cat"])).await;
    let again = house.engine.accept(made_of(&["cat"])).await.unwrap();
    let job = house.ended(&job.id).await;

    assert!(matches!(again, Admission::Duplicate { .. }));
    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.billed(), 1);
    assert_eq!(world.chat.late_statuses(), 0);
    house.stop().await;
}

#[tokio::test]
async fn a_lost_answer_is_told_once_and_sent_again_only_when_somebody_says_so() {
    let ground = Ground::new();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = ground.house(&world).await;
    let job = house.order(pictures(1)).await;
    let chat = Arc::clone(&world.chat);
    house
        .until(&job.id, |job| {
            job.stage == Stage::Unconfirmed && chat.posts() == [Seen::Unconfirmed]
        })
        .await;
    house.stop().await;

    let house = ground.house(&world).await;
    for who in kling_engine::Loop::ALL {
        house.engine.one_pass(who).await.unwrap();
    }
    assert_eq!(world.acme.submissions(), 1);
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
async fn a_running_task_is_watched_by_the_next_engine() {
    let ground = Ground::new();
    let running = || Ok(TaskStatus::Running { percent: None });
    let acme = Acme::new()
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(20));
    let world = World::of(acme);
    let house = ground.house(&world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Running).await;
    house.stop().await;

    let house = ground.house(&world).await;
    house.ended(&job.id).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_submission_that_does_not_end_is_unconfirmed_once_its_lease_ran_out() {
    let ground = Ground::new();
    let acme = Acme::new().that_answers_within(Duration::from_millis(100));
    let world = World::of(acme.acting([Act::Hold]));
    let short = || Options {
        drain_timeout: Duration::from_millis(50),
        lease: Duration::from_millis(300),
        margin: Duration::from_millis(50),
        ..options()
    };
    let house = ground.with(&world, short()).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Submitting).await;
    house.stop().await;

    let house = ground.with(&world, short()).await;
    house.reaches(&job.id, Stage::Unconfirmed).await;

    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

/// Gives some commands to two engines in turn.
async fn order_all(engines: [&Engine; 2], count: usize) -> Vec<JobId> {
    let mut ids = Vec::new();
    for number in 0..count {
        let admission = engines[number % 2].accept(command(number)).await.unwrap();
        match admission {
            Admission::Accepted { job, .. } => ids.push(job.id),
            other => panic!("{other:?}"),
        }
    }
    ids
}

#[tokio::test]
async fn two_engines_share_all_the_work_and_do_nothing_twice() {
    let ground = Ground::new();
    let world = World::of(Acme::new().that_finds());
    world.chat.holds("cat", picture(301));
    let few = || Options {
        jobs_per_loop: 2,
        submissions_per_provider: 2,
        ..options()
    };
    let first = ground.with(&world, few()).await;
    let second = ground.with(&world, few()).await;
    let mut events = [first.engine.events(), second.engine.events()];

    let ids = order_all([&first.engine, &second.engine], 60).await;
    for id in &ids {
        let job = first.ended(id).await;
        assert_eq!(job.stage, Stage::Delivered);
    }

    assert_eq!(world.acme.submissions(), 60);
    assert_eq!(world.acme.billed(), 60);
    assert_eq!(world.chat.posts(), vec![one_picture(); 60]);
    for events in &mut events {
        let mut submitted = BTreeSet::new();
        while let Ok((id, stage)) = events.try_recv() {
            if stage == Stage::Submitting {
                submitted.insert(id);
            }
        }
        assert!(!submitted.is_empty(), "one engine did all the work");
    }
    first.stop().await;
    second.stop().await;
}

#[test]
fn what_an_engine_held_when_it_was_killed_is_taken_over_and_billed_once() {
    let ground = Ground::new();
    let world = World::of(
        Acme::new()
            .that_finds()
            .that_answers_within(Duration::from_millis(300)),
    );
    world.chat.holds("cat", picture(301));
    let short = || Options {
        lease: Duration::from_millis(500),
        margin: Duration::from_millis(100),
        ..options()
    };
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let (doomed, surviving) = (runtime(), runtime());
    let victim = doomed.block_on(ground.with(&world, short()));
    let survivor = surviving.block_on(ground.with(&world, short()));

    let ids = surviving.block_on(order_all([&victim.engine, &survivor.engine], 40));
    while world.chat.posts().len() < 5 {
        std::thread::sleep(Duration::from_millis(1));
    }
    // Nothing of it goes on after this: not its loops, not its connections.
    doomed.shutdown_timeout(Duration::from_secs(5));

    surviving.block_on(async {
        for id in &ids {
            let job = survivor.ended(id).await;
            assert_eq!(job.stage, Stage::Delivered);
        }
        assert_eq!(world.acme.billed(), 40);
        assert_eq!(world.chat.posts(), vec![one_picture(); 40]);
        survivor.stop().await;
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_on_when_a_database_that_was_gone_is_back() {
    let ground = Ground::on(&Arc::new(Cluster::alone()));
    let acme = Acme::new().that_answers_within(Duration::from_millis(500));
    let world = World::of(acme.that_finds());
    world.chat.holds("cat", picture(301));
    // Claims whose answers were lost on the way run out soon.
    let short = Options {
        lease: Duration::from_secs(1),
        margin: Duration::from_millis(100),
        ..options()
    };
    let house = ground.with(&world, short).await;
    let mut ids = Vec::new();
    for number in 0..10 {
        ids.push(house.order(command(number)).await.id);
    }

    ground.database.cluster().halt();
    let refused = house.engine.accept(command(100)).await;
    let asked = Instant::now();
    while house.engine.health().await.failing.is_empty() {
        assert!(asked.elapsed() < BOUND, "nobody says that it is gone");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let gone = house.engine.health().await;
    ground.database.cluster().start();

    assert!(matches!(refused, Err(EngineError::TooSlow)), "{refused:?}");
    assert!(!gone.store_ok);
    ids.push(house.order(command(11)).await.id);
    for id in &ids {
        let job = house.ended(id).await;
        assert_eq!(job.stage, Stage::Delivered);
    }
    assert_eq!(world.acme.billed(), 11);
    assert_eq!(world.chat.posts(), vec![one_picture(); 11]);
    assert_eq!(world.acme.submissions(), 11);
    while !house.engine.health().await.failing.is_empty() {
        assert!(asked.elapsed() < BOUND, "{:?}", house.engine.health().await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    house.stop().await;
}
