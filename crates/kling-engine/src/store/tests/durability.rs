//! What holds for a file: it is durable when the call returns, it has one owner, and it opens again.

use kling_core::{ManualClock, Timestamp};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::fixture::{Ground as _, HOLD, House, SqliteFile, way_to, wish};
use crate::{EngineError, Event, JobId, Limits, Stage, Work};

async fn raw(path: &str) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path))
        .await
        .unwrap()
}

#[tokio::test]
async fn an_answer_comes_only_after_its_commit_is_in_the_file() {
    let file = SqliteFile::new();
    let store = file.open(ManualClock::default()).await.unwrap();
    let mut other = raw(&file.path()).await;

    for number in 1..=20_i64 {
        let id = JobId::new(Timestamp::from_millis(number));
        store
            .accept(id, wish("ann"), &Limits::default())
            .await
            .unwrap();

        let committed: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs")
            .fetch_one(&mut other)
            .await
            .unwrap();
        assert_eq!(committed, number);
    }
}

#[tokio::test]
async fn a_second_store_on_the_same_file_is_refused_until_the_first_is_closed() {
    let file = SqliteFile::new();
    let first = file.open(ManualClock::default()).await.unwrap();

    let second = file.open(ManualClock::default()).await;

    assert!(matches!(second, Err(EngineError::Locked)));
    first.close().await;
    file.open(ManualClock::default()).await.unwrap();
}

#[tokio::test]
async fn opening_again_voids_every_lease_and_fences_its_holder() {
    let mut house = House::on::<SqliteFile>().await;
    house.accept("ann").await;
    let old = house.claim(Work::Collect, 1).await.remove(0);
    assert!(house.claim(Work::Collect, 1).await.is_empty());

    house.reopen().await;

    let late = house
        .store
        .advance(&old, Event::Collected, Some(HOLD))
        .await;
    assert!(late.unwrap().is_none());
    let new = house.claim(Work::Collect, 1).await.remove(0);
    assert_eq!(new.id, old.id);
}

#[tokio::test]
async fn jobs_in_every_stage_are_there_when_the_file_is_opened_again() {
    let mut house = House::on::<SqliteFile>().await;
    let mut before = Vec::new();
    for stage in Stage::ALL {
        let job = house.accept("ann").await;
        let job = house.through(job, way_to(stage)).await;
        before.push((job, stage));
    }

    house.reopen().await;

    for (job, stage) in before {
        let read = house.job(&job.id).await;
        assert_eq!(read.stage, stage);
        assert_eq!(read.request, job.request);
        assert_eq!(read.output, job.output);
        assert_eq!(read.ending, job.ending);
    }
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let file = SqliteFile::new();
    file.open(ManualClock::default())
        .await
        .unwrap()
        .close()
        .await;
    sqlx::raw_sql("PRAGMA user_version = 99")
        .execute(&mut raw(&file.path()).await)
        .await
        .unwrap();

    let opened = file.open(ManualClock::default()).await;

    assert!(matches!(opened, Err(EngineError::NewerSchema)));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_and_left_alone() {
    let file = SqliteFile::new();
    std::fs::write(file.path(), "my diary, volume one".repeat(500)).unwrap();

    let opened = file.open(ManualClock::default()).await;

    assert!(matches!(opened, Err(EngineError::Store { .. })));
    assert!(std::fs::read_to_string(file.path()).is_ok());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_does_not_keep_the_others_from_work() {
    let house = House::on::<SqliteFile>().await;
    let broken = house.accept("ann").await;
    let fine = house.accept("bob").await;
    house.store.close().await;
    let path = house.path();
    sqlx::query("UPDATE jobs SET request = '{}' WHERE id = ?1")
        .bind(broken.id.as_str())
        .execute(&mut raw(&path).await)
        .await
        .unwrap();
    let mut house = house;
    house.reopen().await;

    let claimed = house.claim(Work::Collect, 10).await;

    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].id, fine.id);
    let read = house.store.job(&broken.id).await;
    assert!(matches!(
        read,
        Err(EngineError::Corrupt { what: "request" })
    ));
}

#[tokio::test]
async fn the_ledger_cannot_be_rewritten() {
    let house = House::on::<SqliteFile>().await;
    house.accept("ann").await;
    let mut other = raw(&house.path()).await;

    for statement in ["UPDATE ledger SET amount = 0", "DELETE FROM ledger"] {
        let refused = sqlx::query(statement).execute(&mut other).await;
        assert!(refused.is_err(), "{statement}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_readable_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::on::<SqliteFile>().await;

    for name in ["", "-wal", ".lock"] {
        let path = format!("{}{name}", house.path());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[tokio::test]
async fn a_job_that_nobody_was_promised_is_taken_back_when_the_file_is_opened_again() {
    let mut house = House::on::<SqliteFile>().await;
    let promised = house.accept("ann").await;
    let unpromised = house.accept("bob").await;
    house.store.note_withdrawal(&unpromised.id).await.unwrap();
    let unborn = JobId::new(Timestamp::from_millis(1));
    house.store.note_withdrawal(&unborn).await.unwrap();

    house.reopen().await;

    assert_eq!(house.job(&unpromised.id).await.stage, Stage::Cancelled);
    assert_eq!(house.job(&promised.id).await.stage, Stage::Accepted);
    assert_eq!(house.claim(Work::Collect, 10).await.len(), 1);
    let names = format!("{}.withdrawn", house.path());
    assert!(!std::fs::exists(names).unwrap());
}

#[tokio::test]
async fn a_name_is_forgotten_once_its_job_is_taken_back() {
    let house = House::on::<SqliteFile>().await;
    let names = format!("{}.withdrawn", house.path());
    let jobs = [house.accept("ann").await, house.accept("bob").await];
    for job in &jobs {
        house.store.note_withdrawal(&job.id).await.unwrap();
    }

    house.store.withdraw(&jobs[0].id).await.unwrap();
    assert!(std::fs::exists(&names).unwrap());
    house.store.withdraw(&jobs[1].id).await.unwrap();

    assert!(!std::fs::exists(&names).unwrap());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_set_aside_for_a_while() {
    let mut house = House::on::<SqliteFile>().await;
    let broken = house.accept("ann").await;
    sqlx::query("UPDATE jobs SET request = '{}' WHERE id = ?1")
        .bind(broken.id.as_str())
        .execute(&mut raw(&house.path()).await)
        .await
        .unwrap();
    house.reopen().await;
    let due = async || {
        let due = house.store.next_due(Work::Collect, house.lease(1)).await;
        due.unwrap().unwrap().as_millis() - house.now()
    };
    assert_eq!(due().await, 0);

    assert!(house.claim(Work::Collect, 1).await.is_empty());

    assert_eq!(due().await, 3_600_000);
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_name_of_the_file_leads_to_the_same_lock() {
    let file = SqliteFile::new();
    let _first = file.open(ManualClock::default()).await.unwrap();
    let alias = file.0.path().join("alias.db");
    std::os::unix::fs::symlink(file.path(), &alias).unwrap();

    let clock = std::sync::Arc::new(ManualClock::default());
    let second = crate::SqliteStore::open(alias.to_str().unwrap(), clock).await;

    assert!(matches!(second, Err(EngineError::Locked)));
}
