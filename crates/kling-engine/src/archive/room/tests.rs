//! What is known about the room in an archive that several processes write to.

use super::*;
use crate::archive::ArchiveLimits;
use crate::archive::tests::{House, Kind, keep, on_both_kinds};

async fn opened(house: &House) -> Archive {
    let limits = ArchiveLimits {
        total_bytes: Some(10),
        ..ArchiveLimits::default()
    };
    house.open(limits).await.unwrap()
}

on_both_kinds! {
    what_was_there_before_a_restart_counts,
    what_another_process_wrote_counts_after_a_clean_up,
    room_that_another_process_made_is_found,
    a_full_archive_has_no_room_until_there_is_more_than_was_missed,
    an_archive_without_a_byte_left_is_full_before_anybody_tries,
    a_disk_that_was_full_has_room_again_once_it_takes_something,
    counting_twice_counts_once_and_drafts_are_counted_apart,
}

async fn what_was_there_before_a_restart_counts(kind: Kind) {
    let house = House::new(kind).await;
    keep(&opened(&house).await, b"12345678").await.unwrap();

    let refused = keep(&opened(&house).await, b"abc").await;

    assert!(matches!(refused, Err(EngineError::ArchiveFull)));
}

async fn what_another_process_wrote_counts_after_a_clean_up(kind: Kind) {
    let house = House::new(kind).await;
    let (ours, theirs) = (opened(&house).await, opened(&house).await);
    keep(&theirs, b"12345678").await.unwrap();

    ours.count().await.unwrap();

    assert!(keep(&ours, b"abc").await.is_err());
    keep(&ours, b"ab").await.unwrap();
}

async fn room_that_another_process_made_is_found(kind: Kind) {
    let house = House::new(kind).await;
    let (ours, theirs) = (opened(&house).await, opened(&house).await);
    let old = keep(&ours, b"12345678").await.unwrap();
    keep(&ours, b"abc").await.unwrap_err();
    assert!(ours.is_full());

    theirs.delete(&old.key).await.unwrap();

    assert!(ours.has_room().await);
    keep(&ours, b"abc").await.unwrap();
}

async fn a_full_archive_has_no_room_until_there_is_more_than_was_missed(kind: Kind) {
    let house = House::new(kind).await;
    let ours = opened(&house).await;
    keep(&ours, b"12345678").await.unwrap();
    keep(&ours, b"abc").await.unwrap_err();

    assert!(!ours.has_room().await);
    // Looking leaves nothing behind, and what is smaller still fits.
    keep(&ours, b"a").await.unwrap();
    assert!(!ours.is_full());
}

async fn an_archive_without_a_byte_left_is_full_before_anybody_tries(kind: Kind) {
    let house = House::new(kind).await;
    keep(&opened(&house).await, b"1234567890").await.unwrap();

    let ours = opened(&house).await;

    assert!(ours.is_full());
    assert!(!ours.has_room().await);
}

async fn a_disk_that_was_full_has_room_again_once_it_takes_something(kind: Kind) {
    let house = House::new(kind).await;
    let ours = house.open(ArchiveLimits::default()).await.unwrap();
    ours.0.room.disk_is_full();
    assert!(ours.is_full());

    assert!(ours.has_room().await);

    assert!(!ours.is_full());
    assert_eq!(house.files(), 0);
}

async fn counting_twice_counts_once_and_drafts_are_counted_apart(kind: Kind) {
    let house = House::new(kind).await;
    let ours = opened(&house).await;
    keep(&ours, b"1234").await.unwrap();
    let mut draft = ours.draft(10).await.unwrap();
    draft.write_all(b"567").await.unwrap();

    ours.count().await.unwrap();
    ours.count().await.unwrap();

    assert!(keep(&ours, b"abcd").await.is_err());
    draft.finish().await.unwrap();
    keep(&ours, b"abc").await.unwrap();
}
