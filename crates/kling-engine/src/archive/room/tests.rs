//! What is known about the room in an archive that several processes write to.

use std::path::Path as FolderPath;

use super::*;
use crate::archive::ArchiveLimits;
use crate::archive::tests::keep;

async fn opened(folder: &FolderPath) -> Archive {
    let limits = ArchiveLimits {
        total_bytes: Some(10),
    };
    Archive::open(folder.to_str().unwrap(), limits)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_was_there_before_a_restart_counts() {
    let folder = tempfile::tempdir().unwrap();
    keep(&opened(folder.path()).await, b"12345678")
        .await
        .unwrap();

    let refused = keep(&opened(folder.path()).await, b"abc").await;

    assert!(matches!(refused, Err(EngineError::ArchiveFull)));
}

#[tokio::test]
async fn what_another_process_wrote_counts_after_a_clean_up() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (opened(folder.path()).await, opened(folder.path()).await);
    keep(&theirs, b"12345678").await.unwrap();

    ours.count().await.unwrap();

    assert!(keep(&ours, b"abc").await.is_err());
    keep(&ours, b"ab").await.unwrap();
}

#[tokio::test]
async fn room_that_another_process_made_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (opened(folder.path()).await, opened(folder.path()).await);
    let old = keep(&ours, b"12345678").await.unwrap();
    keep(&ours, b"abc").await.unwrap_err();
    assert!(ours.is_full());

    theirs.delete(&old.key).await.unwrap();

    assert!(ours.has_room().await);
    keep(&ours, b"abc").await.unwrap();
}

#[tokio::test]
async fn a_full_archive_has_no_room_until_there_is_more_than_was_missed() {
    let folder = tempfile::tempdir().unwrap();
    let ours = opened(folder.path()).await;
    keep(&ours, b"12345678").await.unwrap();
    keep(&ours, b"abc").await.unwrap_err();

    assert!(!ours.has_room().await);
    // Looking leaves nothing behind, and what is smaller still fits.
    keep(&ours, b"a").await.unwrap();
    assert!(!ours.is_full());
}

#[tokio::test]
async fn an_archive_without_a_byte_left_is_full_before_anybody_tries() {
    let folder = tempfile::tempdir().unwrap();
    keep(&opened(folder.path()).await, b"1234567890")
        .await
        .unwrap();

    let ours = opened(folder.path()).await;

    assert!(ours.is_full());
    assert!(!ours.has_room().await);
}

#[tokio::test]
async fn a_disk_that_was_full_has_room_again_once_it_takes_something() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let ours = Archive::open(path, ArchiveLimits::default()).await.unwrap();
    ours.0.room.disk_is_full();
    assert!(ours.is_full());

    assert!(ours.has_room().await);

    assert!(!ours.is_full());
    let left = std::fs::read_dir(folder.path().join(DRAFTS)).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn counting_twice_counts_once_and_drafts_are_counted_apart() {
    let folder = tempfile::tempdir().unwrap();
    let ours = opened(folder.path()).await;
    keep(&ours, b"1234").await.unwrap();
    let mut draft = ours.draft(10).await.unwrap();
    draft.write_all(b"567").await.unwrap();

    ours.count().await.unwrap();
    ours.count().await.unwrap();

    assert!(keep(&ours, b"abcd").await.is_err());
    draft.finish().await.unwrap();
    keep(&ours, b"abc").await.unwrap();
}
