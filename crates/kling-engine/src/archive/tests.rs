//! What an archive promises.

use kling_core::Secret;
use kling_emulator::{Emulator, Options, World, s3};
use tokio::io::AsyncWriteExt as _;

use super::*;

/// What an archive is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    Bucket,
}

/// A place for archives, of one kind.
pub(super) struct House {
    pub(super) folder: tempfile::TempDir,
    pub(super) emulator: Option<Emulator>,
}

impl House {
    pub(super) async fn new(kind: Kind) -> Self {
        let emulator = match kind {
            Kind::Folder => None,
            Kind::Bucket => Some(Emulator::start(Options::default()).await.unwrap()),
        };
        Self {
            folder: tempfile::tempdir().unwrap(),
            emulator,
        }
    }

    pub(super) fn bucket(&self) -> BucketOptions {
        let origin = self.emulator.as_ref().unwrap().base("s3");
        BucketOptions {
            bucket: "kling".to_owned(),
            prefix: "of/ours".to_owned(),
            endpoint: Some(url::Url::parse(&origin).unwrap()),
            region: s3::REGION.to_owned(),
            path_style: true,
            access_key_id: Secret::new(s3::ACCESS_KEY).unwrap(),
            secret_access_key: Secret::new(s3::SECRET_KEY).unwrap(),
            session_token: None,
            policy: kling_http::BasePolicy::HttpsOrLoopback,
            work_folder: self.folder.path().join("work"),
        }
    }

    pub(super) async fn open(&self, limits: ArchiveLimits) -> Result<Archive, EngineError> {
        if self.emulator.is_some() {
            return Archive::open_bucket(&self.bucket(), limits).await;
        }
        let path = self.folder.path().join("archive");
        Archive::open(path.to_str().unwrap(), limits).await
    }

    pub(super) fn world(&self) -> &World {
        self.emulator.as_ref().unwrap().world()
    }

    /// How many files there are, finished or not.
    pub(super) fn files(&self) -> usize {
        let objects = self.emulator.as_ref().map_or(0, |emulator| {
            emulator.world().s3.keys("kling").len() + emulator.world().s3.open_uploads("kling")
        });
        objects + files_below(self.folder.path())
    }
}

/// The same promises, whatever the archive is in.
macro_rules! on_both_kinds {
    ($($(#[$about:meta])* $name:ident),+ $(,)?) => {
        mod in_a_folder {
            $(#[tokio::test] $(#[$about])* async fn $name() {
                super::$name($crate::archive::tests::Kind::Folder).await;
            })+
        }
        mod in_a_bucket {
            $(#[tokio::test] $(#[$about])* async fn $name() {
                super::$name($crate::archive::tests::Kind::Bucket).await;
            })+
        }
    };
}
pub(super) use on_both_kinds;

async fn archive(kind: Kind, total_bytes: Option<u64>) -> (House, Archive) {
    let house = House::new(kind).await;
    let limits = ArchiveLimits {
        total_bytes,
        ..ArchiveLimits::default()
    };
    let archive = house.open(limits).await.unwrap();
    (house, archive)
}

pub(super) async fn keep(archive: &Archive, bytes: &[u8]) -> Result<Kept, EngineError> {
    let mut draft = archive.draft(u64::MAX).await?;
    draft
        .write_all(bytes)
        .await
        .map_err(|error| failed("write", error))?;
    draft.finish().await
}

fn files_below(folder: &FolderPath) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| match entry.unwrap().path() {
            path if path.is_dir() => files_below(&path),
            _ => 1,
        })
        .sum()
}

on_both_kinds! {
    a_file_is_found_by_its_hash_and_reads_as_it_was_written,
    the_hash_is_the_one_everybody_knows,
    the_same_bytes_are_one_file_and_leave_no_draft,
    a_draft_stops_at_its_limit_and_says_why,
    a_full_archive_takes_nothing_until_something_is_deleted,
    deleting_twice_is_no_failure_and_the_bytes_are_gone,
    a_disk_with_too_little_left_counts_as_full_before_anybody_writes,
    a_draft_that_is_dropped_leaves_nothing,
}

async fn a_file_is_found_by_its_hash_and_reads_as_it_was_written(kind: Kind) {
    let (_house, archive) = archive(kind, None).await;
    let bytes = vec![7; 700_000];

    let kept = keep(&archive, &bytes).await.unwrap();

    assert_eq!(kept.size_bytes, 700_000);
    assert_eq!(kept.key.replace('/', ""), kept.sha256);
    assert_eq!(archive.read(&kept.key, 700_000).await.unwrap(), bytes);
    assert!(archive.read(&kept.key, 699_999).await.is_err());
    assert_eq!(
        archive.piece(&kept.key, 10..30).await.unwrap(),
        bytes[10..30]
    );
    let end = archive.piece(&kept.key, 699_990..900_000).await.unwrap();
    assert_eq!(end.len(), 10);
}

async fn the_hash_is_the_one_everybody_knows(kind: Kind) {
    let (_house, archive) = archive(kind, None).await;

    let kept = keep(&archive, b"abc").await.unwrap();

    assert_eq!(
        kept.key,
        "ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

async fn the_same_bytes_are_one_file_and_leave_no_draft(kind: Kind) {
    let (house, archive) = archive(kind, None).await;

    let first = keep(&archive, b"boat").await.unwrap();
    let second = keep(&archive, b"boat").await.unwrap();

    assert_eq!(first, second);
    assert_eq!(house.files(), 1);
}

async fn a_draft_stops_at_its_limit_and_says_why(kind: Kind) {
    let (_house, archive) = archive(kind, None).await;
    let mut draft = archive.draft(3).await.unwrap();

    draft.write_all(b"four").await.expect_err("one too many");

    assert!(draft.is_too_large());
    assert!(!draft.found_no_room());
}

async fn a_full_archive_takes_nothing_until_something_is_deleted(kind: Kind) {
    let (_house, archive) = archive(kind, Some(10)).await;
    let kept = keep(&archive, b"12345678").await.unwrap();

    let refused = keep(&archive, b"abcd").await;

    assert!(matches!(refused, Err(EngineError::ArchiveFull)));
    assert!(archive.is_full());

    archive.delete(&kept.key).await.unwrap();
    keep(&archive, b"abcd").await.unwrap();
    assert!(!archive.is_full());
}

async fn deleting_twice_is_no_failure_and_the_bytes_are_gone(kind: Kind) {
    let (_house, archive) = archive(kind, None).await;
    let kept = keep(&archive, b"boat").await.unwrap();

    archive.delete(&kept.key).await.unwrap();
    archive.delete(&kept.key).await.unwrap();

    assert!(archive.content(&kept.key).open().await.is_err());
}

#[tokio::test]
async fn what_fills_the_disk_is_known_by_the_bottom_of_the_error() {
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let wrapped = object_store::Error::Generic {
        store: "a test",
        source: Box::new(full),
    };

    assert!(is_no_room(&wrapped));
    assert!(is_no_room(&std::io::Error::other(wrapped)));
    assert!(!is_no_room(&std::io::Error::other("something else")));
}

#[test]
fn a_folder_is_named_by_a_path_or_a_file_address() {
    let named = |text| folder_of(text).map(|path| path.display().to_string());

    assert_eq!(named("archive").as_deref(), Some("archive"));
    assert_eq!(named("file:archive").as_deref(), Some("archive"));
    assert_eq!(
        named("file:///var/my%20files").as_deref(),
        Some("/var/my files")
    );
    assert_eq!(named("s3://bucket"), None);
    assert_eq!(named(""), None);
}

async fn a_disk_with_too_little_left_counts_as_full_before_anybody_writes(kind: Kind) {
    let house = House::new(kind).await;
    let limits = ArchiveLimits {
        free_bytes: Some(u64::MAX),
        ..ArchiveLimits::default()
    };
    let low = house.open(limits).await.unwrap();

    assert!(low.is_full());
    assert!(matches!(
        keep(&low, b"boat").await,
        Err(EngineError::ArchiveFull)
    ));
    assert!(!low.has_room().await);

    let limits = ArchiveLimits {
        free_bytes: Some(1),
        ..ArchiveLimits::default()
    };
    let wide = house.open(limits).await.unwrap();
    assert!(!wide.is_full());
    keep(&wide, b"boat").await.unwrap();
}

async fn a_draft_that_is_dropped_leaves_nothing(kind: Kind) {
    let (house, archive) = archive(kind, None).await;
    let mut draft = archive.draft(u64::MAX).await.unwrap();
    draft.write_all(&vec![7; 600_000]).await.unwrap();

    drop(draft);

    // What is half-written goes in its own time.
    let is_gone = async {
        while house.files() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), is_gone)
        .await
        .unwrap();
}
