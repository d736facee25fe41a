//! What is in the archive, and what waits to be.

use std::time::Duration;

use bytes::Bytes;
use kling_core::{Dimensions, MediaType, Output, OutputAsset, OutputSource, Timestamp};

use super::fixture::{HOLD, House, way_to};
use crate::{ArchivedFile, Event, FileRole, Stage, Work};

pub(super) fn file(role: FileRole, index: u32, key: &str) -> ArchivedFile {
    ArchivedFile {
        role,
        index,
        key: key.to_owned(),
        sha256: "ab".repeat(32),
        size_bytes: 1234,
        media_type: MediaType::Png,
        dimensions: Some(Dimensions {
            width: 640,
            height: 480,
        }),
        duration: Some(Duration::from_millis(10_050)),
    }
}

pub(super) async fn a_file_is_written_down_once_and_only_by_the_holder(house: House) {
    house.accept("ann").await;
    let old = house.claim(Work::Collect, 1).await.remove(0);
    house.clock.advance(HOLD);
    let job = house.claim(Work::Collect, 1).await.remove(0);
    let record = async |job, file| house.store.record_file(job, file).await.unwrap();

    assert!(record(&job, file(FileRole::Output, 0, "out")).await);
    assert!(record(&job, file(FileRole::Input, 1, "b")).await);
    assert!(record(&job, file(FileRole::Input, 0, "stale")).await);
    assert!(record(&job, file(FileRole::Input, 0, "a")).await);
    assert!(!record(&old, file(FileRole::Input, 2, "c")).await);

    assert_eq!(
        house.store.files(&job.id).await.unwrap(),
        [
            file(FileRole::Input, 0, "a"),
            file(FileRole::Input, 1, "b"),
            file(FileRole::Output, 0, "out"),
        ]
    );
}

pub(super) async fn forgotten_files_are_those_that_no_other_job_refers_to(house: House) {
    let mut ended = Vec::new();
    for keys in [["a", "shared"], ["b", "shared"], ["c", "c2"]] {
        let job = house.accept("ann").await;
        for (index, key) in (0..).zip(keys) {
            house
                .store
                .record_file(&job, file(FileRole::Output, index, key))
                .await
                .unwrap();
        }
        ended.push(house.through(job, way_to(Stage::Failed)).await);
        house.clock.advance(Duration::from_mins(1));
    }
    let open = house.accept("ann").await;
    house
        .store
        .record_file(&open, file(FileRole::Input, 0, "d"))
        .await
        .unwrap();
    let third_ended = ended[2].finished_at.unwrap();
    house
        .store
        .record_file(&open, file(FileRole::Input, 1, "e"))
        .await
        .unwrap();
    let forget_some = async |role, before| house.store.forget_files(role, before, 1).await.unwrap();
    let forget = async |before| forget_some(FileRole::Output, before).await;
    let named = async || {
        let keys = ["a", "shared", "d", "never"].map(str::to_owned);
        house.store.named_files(&keys).await.unwrap()
    };

    assert_eq!(named().await, ["a", "d", "shared"]);
    assert_eq!(forget(third_ended).await, ["a"]);
    assert_eq!(named().await, ["d", "shared"]);
    assert_eq!(forget(third_ended).await, ["b", "shared"]);
    assert!(forget(third_ended).await.is_empty());
    let end = Timestamp::from_millis(i64::MAX);
    assert_eq!(forget(end).await, ["c", "c2"]);
    assert!(forget(end).await.is_empty());
    assert_eq!(house.store.files(&open.id).await.unwrap().len(), 2);

    // Each role has its own time.
    house.through(open, way_to(Stage::Failed)).await;
    assert!(forget(end).await.is_empty());
    assert_eq!(forget_some(FileRole::Input, end).await, ["d", "e"]);
}

pub(super) async fn inline_results_come_back_whole_until_the_archive_has_them(mut house: House) {
    let picture = Bytes::from_static(b"\x89PNG and so on");
    let output = Output {
        assets: vec![OutputAsset {
            source: OutputSource::Inline(picture),
            media_type: None,
        }],
        cost: None,
    };
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Submitting)).await;
    let event = Event::Finished {
        output: output.clone(),
    };
    let job = house.advance(&job, event).await;
    assert_eq!(job.output, Some(output.clone()));

    house.reopen().await;
    house.clock.advance(HOLD);

    let held = house.claim(Work::Fetch, 1).await.remove(0);
    assert_eq!(held.output, Some(output.clone()));
    assert_eq!(house.job(&job.id).await.output, Some(output));
    let fetched = house.advance(&held, Event::Fetched).await;
    let kept = fetched.output.unwrap();
    assert_eq!(kept.assets.len(), 1);
    assert_eq!(kept.assets[0].source, OutputSource::Inline(Bytes::new()));
}
