//! What a bucket promises beyond what every archive does, at a store that really checks signatures.

use std::time::Duration;

use kling_emulator::script::{Effect, Fault};
use tokio::io::AsyncWriteExt as _;

use super::*;
use crate::archive::tests::{House, Kind, keep};
use crate::archive::{Archive, ArchiveLimits};

const MIB: usize = 1024 * 1024;

async fn house() -> (House, Archive) {
    let house = House::new(Kind::Bucket).await;
    let archive = house.open(ArchiveLimits::default()).await.unwrap();
    (house, archive)
}

fn status(status: u16, code: &str) -> Effect {
    Effect::Status {
        status,
        headers: std::collections::BTreeMap::new(),
        body: format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>"),
        content_type: "application/xml".to_owned(),
    }
}

fn fail(house: &House, route: &str, times: u32, effect: Effect) {
    house.world().script.push(Fault {
        times,
        ..Fault::once("s3", route, effect)
    });
}

/// How often the store was asked so.
fn asked(house: &House, method: &str, part: &str) -> usize {
    let entries = house.world().journal.entries(0);
    let of_it = entries
        .iter()
        .filter(|entry| entry.place == "s3" && entry.method == method && entry.path.contains(part));
    of_it.count()
}

#[tokio::test]
async fn a_large_file_goes_in_parts_and_is_one_file_below_the_prefix() {
    let (house, archive) = house().await;
    let bytes: Vec<u8> = (0..=250).cycle().take(40 * MIB).collect();

    let kept = keep(&archive, &bytes).await.unwrap();

    assert_eq!(asked(&house, "PUT", "partNumber="), 3);
    let keys = house.world().s3.keys("kling");
    assert_eq!(keys, [format!("of/ours/{}", kept.key)]);
    assert_eq!(house.world().s3.get("kling", &keys[0]).unwrap(), bytes);
    assert_eq!(
        archive.size(&kept.key).await.unwrap(),
        Some(bytes.len() as u64)
    );
    assert_eq!(house.files(), 1);
}

#[tokio::test]
async fn what_may_pass_is_sent_again_and_nothing_is_there_twice() {
    let (house, archive) = house().await;
    fail(&house, "PUT", 2, status(503, "SlowDown"));
    fail(&house, "PUT", 1, Effect::ResetAfter);

    let kept = keep(&archive, b"boat").await.unwrap();

    assert_eq!(archive.read(&kept.key, 4).await.unwrap(), "boat");
    assert_eq!(asked(&house, "PUT", &kept.key), 4);
    assert_eq!(house.files(), 1);
}

#[tokio::test]
async fn a_part_that_fails_is_sent_again_and_not_the_whole() {
    let (house, archive) = house().await;
    fail(&house, "partNumber=2", 1, status(500, "InternalError"));

    keep(&archive, &vec![1; 33 * MIB]).await.unwrap();

    assert_eq!(asked(&house, "PUT", "partNumber=1"), 1);
    assert_eq!(asked(&house, "PUT", "partNumber=2"), 2);
    assert_eq!(asked(&house, "PUT", "partNumber=3"), 1);
}

#[tokio::test]
async fn an_upload_whose_completion_was_not_heard_of_is_whole() {
    let (house, archive) = house().await;
    house.world().script.push(Fault {
        after: 1,
        ..Fault::once("s3", "POST", Effect::ResetAfter)
    });

    let kept = keep(&archive, &vec![1; 17 * MIB]).await.unwrap();

    assert_eq!(
        archive.size(&kept.key).await.unwrap(),
        Some(17 * MIB as u64)
    );
    assert_eq!(house.files(), 1);
}

#[tokio::test]
async fn an_upload_that_failed_is_aborted_and_leaves_nothing_on_either_side() {
    let (house, archive) = house().await;
    fail(&house, "partNumber=2", 1, status(403, "AccessDenied"));

    let refused = keep(&archive, &vec![1; 33 * MIB]).await.unwrap_err();

    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(source, "the bucket does not let us in (AccessDenied)");
    assert!(!archive.is_full());
    assert_eq!(house.files(), 0);
}

#[tokio::test]
async fn an_upload_that_nobody_finished_is_aborted_in_its_time() {
    let (house, archive) = house().await;
    let bucket = Bucket::open(&house.bucket()).unwrap();
    let path = Path::from("of/ours/ab/cd");
    object_store::multipart::MultipartStore::create_multipart(&bucket.s3, &path)
        .await
        .unwrap();
    let theirs = Path::from("of/others/ab/cd");
    object_store::multipart::MultipartStore::create_multipart(&bucket.s3, &theirs)
        .await
        .unwrap();

    archive.sweep().await.unwrap();
    assert_eq!(house.world().s3.open_uploads("kling"), 2);
    let aborted = bucket.abort_abandoned(Duration::ZERO).await.unwrap();

    assert_eq!(aborted, 1);
    assert_eq!(house.world().s3.open_uploads("kling"), 1);
}

#[tokio::test]
async fn a_bucket_without_room_is_a_full_archive_until_it_has_some() {
    let (house, archive) = house().await;
    house.world().s3.set_capacity(Some(10));

    let refused = keep(&archive, b"more than ten").await;

    assert!(matches!(refused, Err(EngineError::ArchiveFull)));
    assert!(archive.is_full());
    assert!(!archive.has_room().await);
    house.world().s3.set_capacity(None);
    keep(&archive, b"more than ten").await.unwrap();
    assert!(!archive.is_full());
    assert_eq!(house.files(), 1);
}

#[tokio::test]
async fn a_wrong_key_is_told_at_once_and_a_bucket_that_is_away_is_waited_for() {
    let (house, _archive) = house().await;
    let limits = ArchiveLimits::default();
    let wrong = BucketOptions {
        secret_access_key: Secret::new("another").unwrap(),
        ..house.bucket()
    };

    let refused = Archive::open_bucket(&wrong, limits).await.unwrap_err();
    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(
        source,
        "the bucket does not let us in (SignatureDoesNotMatch)"
    );
    assert!(!format!("{wrong:?}").contains("another"));

    fail(&house, "GET", 9, status(503, "SlowDown"));
    let open = Archive::open_bucket(&house.bucket(), limits).await.unwrap();
    house.world().script.clear();
    keep(&open, b"boat").await.unwrap();
}

#[tokio::test]
async fn bytes_that_changed_on_the_way_are_refused_by_the_store() {
    let (house, _archive) = house().await;
    let bucket = Bucket::open(&house.bucket()).unwrap();
    let desk = object_store::memory::InMemory::new();
    let place = Path::from("drafts/one");
    object_store::ObjectStoreExt::put(&desk, &place, "boat".into())
        .await
        .unwrap();
    let file = Arriving {
        desk: Arc::new(desk),
        place,
        size_bytes: 4,
        sha256: [7; 32],
    };

    let refused = bucket.take_in(&file, &Path::from("ab/cd")).await;

    let code = "XAmzContentSHA256Mismatch".to_owned();
    assert_eq!(refused, Err(Trouble::Refused { status: 400, code }));
    assert_eq!(house.files(), 0);
}

#[tokio::test]
async fn a_file_that_breaks_off_while_it_is_read_is_not_taken_for_a_whole_one() {
    let (house, archive) = house().await;
    let kept = keep(&archive, &vec![9; MIB]).await.unwrap();
    fail(&house, "GET", 1, Effect::Truncate);

    assert!(archive.read(&kept.key, MIB as u64).await.is_err());
    assert_eq!(
        archive.read(&kept.key, MIB as u64).await.unwrap().len(),
        MIB
    );
}

#[tokio::test]
async fn two_processes_that_keep_the_same_at_once_have_one_file() {
    let (house, ours) = house().await;
    let theirs = house.open(ArchiveLimits::default()).await.unwrap();
    let bytes = vec![3; 17 * MIB];

    let (one, two) = futures::join!(keep(&ours, &bytes), keep(&theirs, &bytes));

    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(house.files(), 1);
}

#[tokio::test]
async fn a_draft_that_fails_to_be_written_sends_nothing() {
    let (house, archive) = house().await;
    let mut draft = archive.draft(3).await.unwrap();

    draft.write_all(b"four").await.unwrap_err();
    drop(draft);

    assert_eq!(asked(&house, "PUT", ""), 0);
    assert!(house.world().s3.keys("kling").is_empty());
}

#[test]
fn a_bucket_stands_in_the_path_or_in_the_hosts_name() {
    let options = |endpoint: Option<&str>, path_style| BucketOptions {
        bucket: "pictures".to_owned(),
        prefix: String::new(),
        endpoint: endpoint.map(|endpoint| Url::parse(endpoint).unwrap()),
        region: "eu-central-1".to_owned(),
        path_style,
        access_key_id: Secret::new("id").unwrap(),
        secret_access_key: Secret::new("key").unwrap(),
        session_token: None,
        policy: BasePolicy::HttpsOrLoopback,
        work_folder: PathBuf::new(),
    };
    let base = |endpoint, path_style| base_of(&options(endpoint, path_style));

    assert_eq!(
        base(None, false).as_deref(),
        Some("https://pictures.s3.eu-central-1.amazonaws.com")
    );
    assert_eq!(
        base(Some("http://127.0.0.1:4700/s3/"), true).as_deref(),
        Some("http://127.0.0.1:4700/s3/pictures")
    );
    assert_eq!(base(Some("http://store.example"), true), None);
}
