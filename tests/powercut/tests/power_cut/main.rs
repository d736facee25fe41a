//! The power is cut at every point of a recording, and the engine goes on from what is on the disk.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kling_core::SystemClock;
use kling_engine::{Checked, SqliteStore, Stage, Store as _, check_store};
use kling_powercut::{Disk, Entry, Luck, read};
use sqlx::{AssertSqlSafe, Connection as _};

use world::{BOUND, House, World, before};

/// How many disks are looked at in an ordinary run, and on how many of them the engine goes on.
const DISKS: usize = 40;
const LIVES: usize = 3;

fn is_full() -> bool {
    std::env::var_os("KLING_TESTS_FULL").is_some()
}

fn database(folder: &Path) -> PathBuf {
    folder.join("jobs.db")
}

/// Has everything recorded that is written into a database from here on.
fn record(database: &Path) {
    std::fs::write(format!("{}.writes", database.display()), []).unwrap();
}

fn recording(database: &Path) -> Vec<Entry> {
    let entries = read(&std::fs::read(format!("{}.writes", database.display())).unwrap());
    assert!(!entries.is_empty(), "nothing was recorded");
    entries
}

/// Every way of luck at every point, or an even choice of them.
fn cuts(entries: &[Entry], most: usize) -> Vec<(usize, Luck)> {
    let all = (0..=entries.len()).flat_map(|point| {
        let seed = point as u64;
        [
            Luck::None,
            Luck::All,
            Luck::LastAlone,
            Luck::AllButFirst,
            Luck::Torn,
            Luck::Any(seed),
            Luck::Any(seed + 1_000_000),
        ]
        .map(|luck| (point, luck))
    });
    let all: Vec<_> = all.collect();
    let every = if is_full() {
        1
    } else {
        all.len().div_ceil(most)
    };
    // An odd step meets every kind of luck.
    all.into_iter().step_by(every | 1).collect()
}

/// The disk after a cut, in a folder of its own.
fn after(base: &Disk, entries: &[Entry], luck: Luck) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path()).display().to_string();
    let disk = base.clone().cut(entries, luck);
    for (ending, bytes) in [
        ("", disk.main),
        ("-wal", disk.log),
        ("-journal", disk.journal),
    ] {
        if let Some(bytes) = bytes {
            std::fs::write(format!("{path}{ending}"), bytes).unwrap();
        }
    }
    folder
}

/// What the recording is about: some jobs, the end of the process in good order, and more jobs.
async fn lives(folder: &Path) -> Arc<World> {
    let path = database(folder);
    record(&path);
    let world = World::beside(&path);
    let archive = folder.join("archive");
    for life in 0..2 {
        let house = House::open(&path, &archive, &world).await;
        let mut ids = Vec::new();
        for number in 0..4 {
            ids.push(house.order(life * 4 + number).await);
        }
        for id in &ids {
            assert_eq!(house.ended(id).await.stage, Stage::Delivered);
        }
        house.stop().await;
    }
    world
}

/// What must be true of a disk, whatever is on it: the law, for all that was seen outside before the cut.
async fn obeys(folder: &Path, world: &World, size: u64, at: &str) {
    let path = database(folder);
    let path = path.to_str().unwrap();
    let store = SqliteStore::open(path, Arc::new(SystemClock)).await;
    let store = store.unwrap_or_else(|error| panic!("{at}: {error:?}"));
    for (_, id) in before(&world.promised, size) {
        let job = store.job(&id).await.unwrap();
        assert!(job.is_some(), "{at}: a job that was promised is not there");
    }
    for (_, key) in before(&world.bills, size) {
        let id = key.as_str().split('.').next().unwrap_or_default();
        let job = store.job(&kling_engine::JobId::parse(id).unwrap()).await;
        let job = job.unwrap().expect("a job that was submitted");
        assert!(
            job.attempt > 0 && job.stage >= Stage::Submitting,
            "{at}: {job:?}"
        );
        assert_eq!(job.submission_key.as_ref(), Some(&key), "{at}");
    }
    for (_, (id, _)) in before(&world.posts, size) {
        let job = store.job(&id).await.unwrap().expect("a job that was shown");
        assert!(job.stage >= Stage::Delivering, "{at}: {job:?}");
    }
    store.close().await;
    let checked = check_store(&format!("sqlite://{path}")).await;
    assert!(
        checked.as_ref().is_ok_and(Checked::is_fine),
        "{at}: {checked:?}"
    );
}

/// The engine goes on with what is there: everything that was promised is delivered once, and paid for once.
async fn goes_on(folder: &Path, archive: &Path, world: &World, size: u64, at: &str) {
    let path = database(folder);
    let world = world.until(size, &path);
    let house = House::open(&path, archive, &world).await;
    let promised = before(&world.promised, size);
    for (_, id) in &promised {
        assert_eq!(house.ended(id).await.stage, Stage::Delivered, "{at}");
    }
    // One that nobody was promised yet may have landed as well, and is seen through.
    let begun = std::time::Instant::now();
    loop {
        let counts = house.engine.health().await.counts;
        if counts.iter().all(|(stage, _)| stage.is_terminal()) {
            break;
        }
        assert!(begun.elapsed() < BOUND, "{at}: {counts:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    house.stop().await;
    for (job, times) in world.paid() {
        assert_eq!(times, 1, "{at}: job {job} was paid for {times} times");
    }
    let shown = world.shown();
    for (_, id) in &promised {
        assert_eq!(shown.get(id).map(Vec::len), Some(1), "{at}");
    }
}

#[tokio::test]
async fn every_answer_outlives_the_power() {
    let folder = tempfile::tempdir().unwrap();
    let world = lives(folder.path()).await;
    let entries = recording(&database(folder.path()));
    let cuts = cuts(&entries, DISKS);
    let every_life = cuts.len().div_ceil(if is_full() { 300 } else { LIVES });

    for (number, (point, luck)) in cuts.iter().enumerate() {
        let cut = &entries[..*point];
        let size = cut.last().map_or(0, |entry| entry.end);
        let at = format!("after entry {point} of {}, {luck:?}", entries.len());
        let disk = after(&Disk::default(), cut, *luck);
        obeys(disk.path(), &world, size, &at).await;
        if number % every_life == 0 {
            let disk = after(&Disk::default(), cut, *luck);
            goes_on(
                disk.path(),
                &folder.path().join("archive"),
                &world,
                size,
                &at,
            )
            .await;
        }
    }

    println!("{} entries, {} disks", entries.len(), cuts.len());
}

#[tokio::test]
async fn a_schema_step_is_there_or_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    old_database(&path).await;
    let base = Disk {
        main: Some(std::fs::read(&path).unwrap()),
        ..Disk::default()
    };
    record(&path);
    let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(SystemClock));
    let store = store.await.unwrap();
    let counts = store.counts().await.unwrap();
    store.close().await;
    let entries = recording(&path);

    for (point, luck) in cuts(&entries, DISKS / 3) {
        let at = format!("after entry {point} of {}, {luck:?}", entries.len());
        let disk = after(&base, &entries[..point], luck);
        let path = database(disk.path());
        let store = SqliteStore::open(path.to_str().unwrap(), Arc::new(SystemClock)).await;
        let store = store.unwrap_or_else(|error| panic!("{at}: {error:?}"));
        assert_eq!(store.counts().await.unwrap(), counts, "{at}");
        store.close().await;
        let checked = check_store(&format!("sqlite://{}", path.display())).await;
        assert!(
            checked.as_ref().is_ok_and(Checked::is_fine),
            "{at}: {checked:?}"
        );
    }
}

/// A database as the first version left it, with jobs in every stage.
async fn old_database(path: &Path) {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/kling-engine/tests/recorded");
    let statements = std::fs::read_to_string(folder.join("sqlite-1.sql")).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut db = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_delays_everything_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let world = World::beside(&path);
    let house = House::open(&path, &folder.path().join("archive"), &world).await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(house.order(number).await);
    }
    let full = format!("{}.full", path.display());

    std::fs::write(&full, []).unwrap();
    let begun = std::time::Instant::now();
    // Everything is done already, or some loop says that it cannot write.
    loop {
        let health = house.engine.health().await;
        let is_done = health.counts.iter().all(|(stage, _)| stage.is_terminal());
        if is_done || !health.failing.is_empty() {
            break;
        }
        assert!(begun.elapsed() < BOUND, "{health:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    std::fs::remove_file(&full).unwrap();

    for id in &ids {
        assert_eq!(house.ended(id).await.stage, Stage::Delivered);
    }
    ids.push(house.order(6).await);
    house.ended(&ids[6]).await;
    assert!(world.paid().values().all(|times| *times == 1));
    assert_eq!(world.paid().len(), 7);
    assert!(world.shown().values().all(|messages| messages.len() == 1));
    house.stop().await;
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let world = World::beside(&path);
    let house = House::open(&path, &folder.path().join("archive"), &world).await;
    let first = house.order(0).await;
    let mut other = connect(&path).await;
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();

    // SQLite itself waits for five seconds before anybody hears of it.
    let begun = std::time::Instant::now();
    while house.engine.health().await.failing.is_empty() {
        assert!(begun.elapsed() < BOUND, "nobody says that it is held");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    held.rollback().await.unwrap();

    house.ended(&first).await;
    let second = house.order(1).await;
    house.ended(&second).await;
    assert!(world.paid().values().all(|times| *times == 1));
    assert_eq!(world.shown().len(), 2);
    house.stop().await;
}

async fn connect(path: &Path) -> sqlx::SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap()
}
