//! What an archive promises.

use tokio::io::AsyncWriteExt as _;

use super::*;

async fn archive(total_bytes: Option<u64>) -> (tempfile::TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    let limits = ArchiveLimits { total_bytes };
    let path = folder.path().join("archive");
    let archive = Archive::open(path.to_str().unwrap(), limits).await.unwrap();
    (folder, archive)
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

#[tokio::test]
async fn a_file_is_found_by_its_hash_and_reads_as_it_was_written() {
    let (_folder, archive) = archive(None).await;
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

#[tokio::test]
async fn the_hash_is_the_one_everybody_knows() {
    let (_folder, archive) = archive(None).await;

    let kept = keep(&archive, b"abc").await.unwrap();

    assert_eq!(
        kept.key,
        "ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[tokio::test]
async fn the_same_bytes_are_one_file_and_leave_no_draft() {
    let (folder, archive) = archive(None).await;

    let first = keep(&archive, b"boat").await.unwrap();
    let second = keep(&archive, b"boat").await.unwrap();

    assert_eq!(first, second);
    assert_eq!(files_below(folder.path()), 1);
}

#[tokio::test]
async fn a_draft_stops_at_its_limit_and_says_why() {
    let (_folder, archive) = archive(None).await;
    let mut draft = archive.draft(3).await.unwrap();

    draft.write_all(b"four").await.expect_err("one too many");

    assert!(draft.is_too_large());
    assert!(!draft.found_no_room());
}

#[tokio::test]
async fn a_full_archive_takes_nothing_until_something_is_deleted() {
    let (_folder, archive) = archive(Some(10)).await;
    let kept = keep(&archive, b"12345678").await.unwrap();

    let refused = keep(&archive, b"abcd").await;

    assert!(matches!(refused, Err(EngineError::ArchiveFull)));
    assert!(archive.is_full());

    archive.delete(&kept.key).await.unwrap();
    keep(&archive, b"abcd").await.unwrap();
    assert!(!archive.is_full());
}

#[tokio::test]
async fn deleting_twice_is_no_failure_and_the_bytes_are_gone() {
    let (_folder, archive) = archive(None).await;
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
