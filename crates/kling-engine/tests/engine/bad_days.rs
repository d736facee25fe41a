//! Bad days, on both kinds of store: clocks that are set, and steps that always panic.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kling_core::{Clock, SystemClock, TaskStatus, Timestamp};
use kling_engine::{
    Archive, ArchiveLimits, Engine, LedgerKind, Options, PostgresOptions, PostgresStore,
    SqliteStore, Stage, Store, StoreTime,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};

use crate::acme::{Acme, Act, PRICE};
use crate::chat::Seen;
use crate::cluster::{Cluster, Database};
use crate::house::{House, made_of, options, pictures};
use crate::world::{World, one_picture, picture};

/// A clock that goes on by itself, and can be set.
#[derive(Clone, Debug, Default)]
struct Settable(Arc<AtomicI64>);

impl Settable {
    fn forward(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    fn back(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap();
        self.0.fetch_sub(millis, Ordering::SeqCst);
    }
}

impl Clock for Settable {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_millis();
        Timestamp::from_millis(now + self.0.load(Ordering::SeqCst))
    }
}

/// Where the rows are.
enum Ground {
    File,
    Database(Database),
}

/// A place for engines, with a clock.
struct Place {
    ground: Ground,
    folder: tempfile::TempDir,
    clock: Settable,
}

impl Place {
    fn both() -> [Self; 2] {
        let grounds = [Ground::File, Ground::Database(Cluster::shared().database())];
        grounds.map(|ground| Self {
            ground,
            folder: tempfile::tempdir().unwrap(),
            clock: Settable::default(),
        })
    }

    async fn store(&self) -> Arc<dyn Store> {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        match &self.ground {
            Ground::File => {
                let path = self.folder.path().join("jobs.db");
                Arc::new(
                    SqliteStore::open(path.to_str().unwrap(), clock)
                        .await
                        .unwrap(),
                )
            }
            Ground::Database(database) => {
                let options = PostgresOptions {
                    state_folder: self.folder.path().join("state"),
                    time: StoreTime::Handed(clock),
                    connections: 4,
                };
                Arc::new(PostgresStore::open(&database.url(), options).await.unwrap())
            }
        }
    }

    async fn house(&self, world: &World, options: Options) -> (House, Arc<dyn Store>) {
        let store = self.store().await;
        let archive = archive(self.folder.path()).await;
        let base = Url::parse("http://127.0.0.1").unwrap();
        let downloader = Downloader::new(DownloadOptions::default(), Guard::for_base(&base));
        let engine = Engine::builder(Arc::clone(&store), archive)
            .provider_with(Arc::clone(&world.acme) as _, downloader.unwrap())
            .deliverer(Arc::clone(&world.chat) as _)
            .clock(Arc::new(self.clock.clone()))
            .options(options)
            .build()
            .unwrap();
        (House::running(engine, world), store)
    }
}

async fn archive(folder: &Path) -> Archive {
    let path = folder.join("archive");
    Archive::open(path.to_str().unwrap(), ArchiveLimits::default())
        .await
        .unwrap()
}

const HOUR: Duration = Duration::from_hours(1);

/// A clock is set where it differs by more than this.
fn attentive() -> Options {
    Options {
        margin: Duration::from_secs(20),
        ..options()
    }
}

/// Until the engine has seen what the clock says now.
async fn seen(house: &House) {
    for who in kling_engine::Loop::ALL {
        house.engine.one_pass(who).await.unwrap();
    }
    tokio::time::sleep(options().period * 3).await;
}

#[tokio::test]
async fn an_hour_that_never_passed_ends_nothing_and_sends_nothing_twice() {
    for place in Place::both() {
        let running = || Ok(TaskStatus::Running { percent: None });
        let acme = Acme::new()
            .that_finds()
            .acting([Act::Start, Act::Hold])
            .telling(std::iter::repeat_with(running).take(60));
        let world = World::of(acme);
        let (house, _store) = place.house(&world, attentive()).await;
        let working = house.order(named("working")).await;
        house.reaches(&working.id, Stage::Running).await;
        let leaving = house.order(named("leaving")).await;
        house.reaches(&leaving.id, Stage::Submitting).await;
        seen(&house).await;

        place.clock.forward(HOUR);
        seen(&house).await;
        world.acme.release();

        for job in [&working, &leaving] {
            assert_eq!(house.ended(&job.id).await.stage, Stage::Delivered);
        }
        assert_eq!(world.acme.submissions(), 2);
        assert_eq!(world.acme.billed(), 2);
        assert_eq!(world.chat.posts(), [one_picture(), one_picture()]);
        house.stop().await;
    }
}

fn named(name: &str) -> kling_engine::NewJob {
    let mut job = pictures(1);
    name.clone_into(&mut job.dedupe_key);
    job
}

#[tokio::test]
async fn an_hour_that_comes_twice_keeps_nobody_waiting() {
    for place in Place::both() {
        let running = || Ok(TaskStatus::Running { percent: None });
        let acme = Acme::new()
            .that_finds()
            .acting([Act::Start])
            .telling(std::iter::repeat_with(running).take(50));
        let world = World::of(acme);
        let (house, _store) = place.house(&world, attentive()).await;
        let job = house.order(named("working")).await;
        house.reaches(&job.id, Stage::Running).await;
        seen(&house).await;

        place.clock.back(HOUR);

        assert_eq!(house.ended(&job.id).await.stage, Stage::Delivered);
        let next = house.order(named("next")).await;
        assert_eq!(house.ended(&next.id).await.stage, Stage::Delivered);
        assert_eq!(world.acme.billed(), 2);
        house.stop().await;
    }
}

#[tokio::test]
async fn panics_are_counted_across_restarts_and_stop_nobody_else() {
    for place in Place::both() {
        let world = World::of(Acme::new());
        world.chat.holds("cat", picture(301));
        let patient = || Options {
            panics_per_job: 6,
            ..options()
        };
        let slow = Options {
            backoff: kling_engine::Backoff {
                base: Duration::from_millis(100),
                cap: Duration::from_millis(100),
            },
            ..patient()
        };
        let (house, _) = place.house(&world, slow).await;
        let poisoned = house.order(made_of(&["poison"])).await;
        house.until(&poisoned.id, |job| job.tries >= 2).await;
        house.stop().await;

        let (house, _) = place.house(&world, patient()).await;
        let mut fine = made_of(&["cat"]);
        fine.dedupe_key = "fine".to_owned();
        let fine = house.order(fine).await;

        let ended = house.ended(&poisoned.id).await;
        assert_eq!(ended.stage, Stage::Failed);
        assert_eq!(house.ended(&fine.id).await.stage, Stage::Delivered);
        assert_eq!(world.chat.poisoned(), 6);
        let told = world.chat.posts();
        assert!(
            told.contains(&Seen::Failed("quarantined".to_owned())),
            "{told:?}"
        );
        assert!(house.engine.health().await.failing.is_empty());
        house.stop().await;
    }
}

#[tokio::test]
async fn a_paid_job_whose_step_always_panics_is_ended_as_perhaps_charged() {
    for place in Place::both() {
        let acme = Acme::new().acting([Act::Start]).that_breaks_when_asked();
        let world = World::of(acme);
        let (house, store) = place.house(&world, options()).await;
        let job = house.order(pictures(1)).await;

        let job = house.ended(&job.id).await;

        assert_eq!(job.stage, Stage::Failed);
        let told = [Seen::Failed("quarantined".to_owned())];
        assert_eq!(world.chat.posts(), told);
        let lines = store.ledger(&job.id).await.unwrap();
        let doubt = lines
            .iter()
            .find(|line| line.kind == LedgerKind::Unconfirmed);
        assert_eq!(doubt.and_then(|line| line.amount), Some(PRICE));
        house.stop().await;
    }
}
