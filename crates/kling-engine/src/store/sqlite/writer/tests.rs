//! Group commit: what shares a commit shares its fate, and nothing else.

use std::sync::Arc;

use kling_core::{ManualClock, Timestamp};
use sqlx::sqlite::SqliteConnection;

use super::*;
use crate::store::SqliteStore;

async fn open() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kling.db");
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_000)));
    let store = SqliteStore::open(path.to_str().unwrap(), clock)
        .await
        .unwrap();
    (store, folder)
}

async fn note(connection: &mut SqliteConnection, text: &str) -> Result<(), Fault> {
    sqlx::query("CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL)")
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO notes VALUES (?1)")
        .bind(text)
        .execute(connection)
        .await?;
    Ok(())
}

fn note_abandoned(
    connection: &mut SqliteConnection,
    _: Timestamp,
) -> BoxFuture<'_, Result<(), Fault>> {
    Box::pin(note(connection, "abandoned"))
}

async fn notes(store: &SqliteStore) -> Vec<String> {
    sqlx::query_scalar("SELECT text FROM notes ORDER BY text")
        .fetch_all(&store.readers)
        .await
        .unwrap()
}

async fn write(store: &SqliteStore, text: &'static str) -> Result<(), EngineError> {
    store
        .writer
        .write("write a note", Bell::Ring, move |connection, _| {
            Box::pin(note(connection, text))
        })
        .await
}

#[tokio::test]
async fn a_failing_operation_does_not_spoil_the_others_of_its_batch() {
    let (store, _folder) = open().await;
    let bad = store
        .writer
        .write("spoil a batch", Bell::Ring, |connection, _| {
            Box::pin(async move {
                note(connection, "half done").await?;
                sqlx::query("INSERT INTO nowhere VALUES (1)")
                    .execute(connection)
                    .await?;
                Ok(())
            })
        });

    let (first, bad, last) = tokio::join!(write(&store, "first"), bad, write(&store, "last"));

    first.unwrap();
    last.unwrap();
    assert_eq!(
        bad.unwrap_err().to_string(),
        "the store failed while trying to spoil a batch"
    );
    assert_eq!(notes(&store).await, ["first", "last"]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_everybody_in_it_and_nobody_after() {
    let (store, _folder) = open().await;
    write(&store, "before").await.unwrap();
    let orphan = store
        .writer
        .write("spoil a commit", Bell::Ring, |connection, _| {
            Box::pin(async move {
                sqlx::query("PRAGMA defer_foreign_keys = ON")
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("INSERT INTO output_bytes VALUES ('no such job', 0, x'00')")
                    .execute(connection)
                    .await?;
                Ok(())
            })
        });

    let (first, orphan, last) = tokio::join!(write(&store, "first"), orphan, write(&store, "last"));

    assert!(matches!(first, Err(EngineError::Store { .. })));
    assert!(matches!(orphan, Err(EngineError::Store { .. })));
    assert!(matches!(last, Err(EngineError::Store { .. })));
    write(&store, "after").await.unwrap();
    assert_eq!(notes(&store).await, ["after", "before"]);
}

#[tokio::test]
async fn an_operation_whose_caller_went_away_is_not_run() {
    let (store, _folder) = open().await;
    let (caller, answer) = oneshot::channel();
    drop(answer);

    let abandoned = Typed {
        doing: "write a note",
        bell: Bell::Ring,
        operation: note_abandoned,
        caller,
        result: None,
    };
    store.writer.queue.send(Box::new(abandoned)).await.unwrap();
    write(&store, "present").await.unwrap();

    assert_eq!(notes(&store).await, ["present"]);
}

#[tokio::test]
async fn a_closed_store_finishes_what_is_queued_and_takes_nothing_more() {
    let (store, folder) = open().await;
    let queued = write(&store, "queued");
    let (queued, ()) = tokio::join!(queued, async {
        tokio::task::yield_now().await;
        store.writer.close().await;
    });

    queued.unwrap();
    assert!(matches!(
        write(&store, "late").await,
        Err(EngineError::ShuttingDown)
    ));
    assert_eq!(
        std::fs::metadata(folder.path().join("kling.db-wal")).map_or(0, |file| file.len()),
        0
    );
}

#[tokio::test]
async fn every_connection_waits_for_the_disk() {
    let (store, _folder) = open().await;
    let writing = store
        .writer
        .write("read the pragmas", Bell::Silent, |connection, _| {
            Box::pin(async move { Ok(pragmas(connection).await) })
        })
        .await
        .unwrap();
    let reading = pragmas(&mut store.readers.acquire().await.unwrap()).await;

    assert_eq!(writing, ("wal".to_owned(), 2, 1));
    assert_eq!(reading, writing);
}

async fn pragmas(connection: &mut SqliteConnection) -> (String, i64, i64) {
    sqlx::query_as(
        "SELECT journal_mode, synchronous, foreign_keys
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

fn panics(_: &mut SqliteConnection, _: Timestamp) -> BoxFuture<'_, Result<(), Fault>> {
    Box::pin(async { panic!("a bug in an operation") })
}

#[tokio::test]
async fn an_operation_that_panics_fails_alone() {
    let (store, _folder) = open().await;
    let bad = || store.writer.write("panic", Bell::Ring, panics);

    let alone = bad().await;
    let (first, bad, last) = tokio::join!(write(&store, "first"), bad(), write(&store, "last"));

    first.unwrap();
    last.unwrap();
    for failed in [alone, bad] {
        assert!(matches!(failed, Err(EngineError::Store { .. })));
    }
    assert_eq!(notes(&store).await, ["first", "last"]);
}
