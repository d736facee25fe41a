//! The files of a result: whole, under names of their own, and never at the cost of what was paid for.

use std::path::Path;

use kling_http::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn files_appear_in_the_folder_under_names_of_their_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let fake = Fake {
        submit: Box::new(|| Ok(Submission::Finished(output(vec![inline(PNG), inline(PNG)])))),
        ..fake()
    };
    let into = folder.path().join("new");

    let generated = generate(&fake, &options(Destination::Directory(into.clone()))).await;

    let places: Vec<_> = generated
        .expect("pictures")
        .files
        .into_iter()
        .map(|file| file.place)
        .collect();
    let expected = ["job-1-1.png", "job-1-2.png"].map(|name| Place::File(into.join(name)));
    assert_eq!(places, expected);
    assert_eq!(
        std::fs::read_dir(&into).expect("a folder").count(),
        2,
        "no leftovers"
    );
}

#[tokio::test]
async fn one_bad_file_does_not_cost_the_others() {
    let blocked = OutputAsset {
        source: OutputSource::Url(AssetUrl::parse("http://10.0.0.1/a.png").expect("a URL")),
        media_type: None,
    };
    let fake = Fake {
        submit: Box::new(move || {
            let assets = vec![inline(b"<html>"), blocked.clone(), inline(PNG)];
            Ok(Submission::Finished(output(assets)))
        }),
        ..fake()
    };

    let error = generate(&fake, &in_memory())
        .await
        .expect_err("two are missing");

    assert_eq!(
        error.to_string(),
        "2 of 3 result files could not be fetched"
    );
    let kept: Vec<_> = error
        .paid()
        .expect("one")
        .files
        .iter()
        .map(|file| file.number)
        .collect();
    assert_eq!(kept, [3]);
    assert!(matches!(
        error,
        GenerateError::Incomplete {
            source: DownloadError::NotMedia { .. },
            ..
        }
    ));
}

fn ready(bytes: &'static [u8]) -> Fake {
    Fake {
        submit: Box::new(move || Ok(Submission::Finished(output(vec![inline(bytes)])))),
        ..fake()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("a file").file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_result_never_takes_the_place_of_another() {
    const OTHER: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x04\0\0\0\x07\x08\x06\0\0\0";
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(Destination::Directory(folder.path().to_owned()));
    options.stem = Some("boat".to_owned());

    for (bytes, expected) in [
        (PNG, "boat-1.png"),
        (OTHER, "boat-1-2.png"),
        (OTHER, "boat-1-2.png"),
    ] {
        let generated = generate(&ready(bytes), &options).await.expect("a picture");

        let path = folder.path().join(expected);
        assert_eq!(std::fs::read(&path).expect("a file"), bytes);
        assert_eq!(generated.files[0].place, Place::File(path));
    }
    std::fs::create_dir(folder.path().join("ship-1.png")).expect("a folder in the way");
    options.stem = Some("ship".to_owned());
    assert!(generate(&ready(PNG), &options).await.is_ok());

    assert_eq!(
        names(folder.path()),
        ["boat-1-2.png", "boat-1.png", "ship-1-2.png", "ship-1.png"]
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_found_before_anything_is_paid_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a-file");
    std::fs::write(&file, "in the way").expect("written");
    let fake = ready(PNG);

    for into in [file.clone(), file.join("below")] {
        let error = generate(&fake, &options(Destination::Directory(into)))
            .await
            .expect_err("no folder");

        assert!(matches!(error, GenerateError::Destination(_)), "{error:?}");
    }
    assert_eq!(fake.submissions.load(Ordering::SeqCst), 0);
}

/// A server that sends the start of a picture and nothing more.
async fn stalling() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 1024];
                let read = stream.read(&mut request).await;
                let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
                let body = [PNG, &[0; 2_000]].concat();
                stream
                    .write_all(&[head.as_slice(), &body].concat())
                    .await
                    .ok();
                std::future::pending::<()>().await;
                drop(read);
            });
        }
    });
    Url::parse(&format!("http://{address}/paid.png")).expect("a URL")
}

#[tokio::test]
async fn what_was_paid_for_survives_a_dropped_download_and_leaves_no_litter() {
    let folder = tempfile::tempdir().expect("a folder");
    let link = stalling().await;
    let url = AssetUrl::parse(link.as_str()).expect("a URL");
    let fake = Fake {
        submit: Box::new(move || {
            let asset = OutputAsset {
                source: OutputSource::Url(url.clone()),
                media_type: None,
            };
            Ok(Submission::Finished(output(vec![asset])))
        }),
        ..fake()
    };
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    let mut options = options(Destination::Directory(folder.path().to_owned()));
    options.downloader =
        Downloader::new(DownloadOptions::default(), Guard::for_base(&link)).expect("a downloader");
    let options = options.observed_by(move |progress| {
        if let Progress::Event(TaskEvent::Status(TaskStatus::Succeeded(output))) = progress {
            sender.send(output.clone()).ok();
        }
    });
    let has_begun = async {
        let is_part = |name: &String| name.starts_with(".kling-");
        // Before the submission there is one as well, to see whether the folder can be written.
        while fake.submissions.load(Ordering::SeqCst) == 0
            || !names(folder.path()).iter().any(is_part)
        {
            tokio::task::yield_now().await;
        }
    };

    tokio::select! {
        result = generate(&fake, &options) => panic!("it cannot end: {result:?}"),
        () = has_begun => {}
    }

    assert_eq!(told.try_recv().expect("the output").assets.len(), 1);
    // Whoever is just making the file on another thread removes it there.
    let is_tidy = async {
        while !names(folder.path()).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let tidied = tokio::time::timeout(Duration::from_secs(30), is_tidy).await;
    assert!(tidied.is_ok(), "{:?}", names(folder.path()));
}

#[test]
fn a_file_name_cannot_leave_its_folder_or_hide() {
    for (given, expected) in [
        ("job:7", "job-7"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "kling"),
        ("ключ", "kling"),
    ] {
        assert_eq!(options::file_stem(given), expected);
    }
}
