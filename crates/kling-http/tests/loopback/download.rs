//! Downloads that go well, and links that are dead, wrong or too large.

use std::time::Duration;

use kling_core::{AssetUrl, Dimensions, MediaType};
use kling_http::{DownloadError, DownloadOptions, Downloaded, Downloader, Guard};
use tokio::io::AsyncWriteExt;

use crate::server::{PATIENCE, Raw, nobody, png, read_request, reply};

pub(crate) fn downloader(server: &Raw) -> Downloader {
    let options = DownloadOptions {
        max_bytes: 1_000_000,
        ..DownloadOptions::default()
    };
    Downloader::new(options, Guard::for_base(&server.url())).unwrap()
}

async fn fetch(server: &Raw) -> (Result<Downloaded, DownloadError>, Vec<u8>) {
    let mut sink = Vec::new();
    let (downloader, url) = (downloader(server), server.asset());
    let fetching = downloader.fetch(&url, &mut sink);
    let result = tokio::time::timeout(PATIENCE, fetching)
        .await
        .expect("an end");
    (result, sink)
}

#[tokio::test]
async fn a_picture_comes_down_whole_and_is_known_by_its_bytes() {
    let picture = png(640, 360);
    let wrong_type = "Content-Type: text/plain\r\n";
    let server = Raw::answering(reply("200 OK", wrong_type, &picture)).await;

    let (result, sink) = fetch(&server).await;

    assert_eq!(
        result.unwrap(),
        Downloaded {
            media_type: MediaType::Png,
            size_bytes: picture.len() as u64,
            dimensions: Some(Dimensions {
                width: 640,
                height: 360
            }),
        }
    );
    assert_eq!(sink, picture);
}

#[tokio::test]
async fn a_picture_in_small_pieces_is_the_same_picture() {
    let picture = png(200, 100);
    let sent = picture.clone();
    let server = Raw::start(move |mut stream| {
        let sent = sent.clone();
        async move {
            read_request(&mut stream).await;
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head).await.unwrap();
            for piece in sent.chunks(7) {
                let size = format!("{:x}\r\n", piece.len());
                let chunk = [size.as_bytes(), piece, b"\r\n"].concat();
                stream.write_all(&chunk).await.unwrap();
                stream.flush().await.unwrap();
            }
            stream.write_all(b"0\r\n\r\n").await.unwrap();
        }
    })
    .await;

    let (result, sink) = fetch(&server).await;

    assert_eq!(result.unwrap().media_type, MediaType::Png);
    assert_eq!(sink, picture);
}

#[tokio::test]
async fn a_jpegs_size_is_found_behind_metadata_in_later_chunks() {
    let mut plain = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(321, 123)
        .write_to(&mut plain, image::ImageFormat::Jpeg)
        .unwrap();
    let plain = plain.into_inner();
    let mut long = plain[..2].to_vec();
    for _ in 0..6 {
        long.extend_from_slice(&[0xff, 0xe2, 0xff, 0xff]);
        long.resize(long.len() + 0xfffd, 0);
    }
    long.extend_from_slice(&plain[2..]);
    let server = Raw::answering(reply("200 OK", "", &long)).await;

    let (result, sink) = fetch(&server).await;

    let size = result.unwrap().dimensions.unwrap();
    assert_eq!((size.width, size.height), (321, 123));
    assert_eq!(sink, long);
}

#[tokio::test]
async fn what_is_not_media_is_named_and_nothing_is_written() {
    let as_png = "Content-Type: image/png; charset=binary\r\n";
    for (body, expected) in [
        ("<!DOCTYPE html><title>Sign in</title>", "a web page"),
        ("words in a file called cat.png", "text"),
        ("{\"error\":\"expired\"}", "JSON"),
        ("", "an empty file"),
    ] {
        let server = Raw::answering(reply("200 OK", as_png, body)).await;

        let (result, sink) = fetch(&server).await;

        match result {
            Err(DownloadError::NotMedia { found, said }) => {
                assert_eq!(found, expected);
                assert_eq!(said.as_deref(), Some("image/png"));
            }
            other => panic!("{other:?}"),
        }
        assert!(sink.is_empty());
    }
}

#[tokio::test]
async fn a_dead_link_is_gone_and_a_broken_server_is_not() {
    for (status, name, retryable) in [
        ("404 Not Found", "gone", false),
        ("403 Forbidden", "gone", false),
        ("410 Gone", "gone", false),
        ("401 Unauthorized", "gone", false),
        ("429 Slow Down", "unavailable", true),
        ("500 Oops", "unavailable", true),
        ("503 Later", "unavailable", true),
        ("204 No Content", "unavailable", true),
        ("304 Not Modified", "unavailable", true),
    ] {
        let server = Raw::answering(reply(status, "Retry-After: 9\r\n", "<html>")).await;

        let error = fetch(&server).await.0.unwrap_err();

        assert_eq!(
            (error.name(), error.is_retryable()),
            (name, retryable),
            "{status}"
        );
        if let DownloadError::Unavailable { retry_after, .. } = error
            && status.starts_with("503")
        {
            assert_eq!(retry_after, Some(Duration::from_secs(9)));
        }
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let server = Raw::answering("").await;
    let gone = AssetUrl::parse(nobody().await.as_str()).unwrap();

    let error = downloader(&server).fetch(&gone, &mut Vec::new()).await;

    assert_eq!(error.unwrap_err().name(), "unavailable");
}

#[tokio::test]
async fn a_file_said_to_be_too_large_is_not_begun() {
    let picture = png(64, 64);
    let server = Raw::answering(reply("200 OK", "", &picture)).await;
    let limit_bytes = picture.len() as u64 - 1;
    let mut sink = Vec::new();

    let result = downloader(&server)
        .with_max_bytes(limit_bytes)
        .fetch(&server.asset(), &mut sink)
        .await;

    assert!(
        matches!(result, Err(DownloadError::TooLarge { limit_bytes: limit }) if limit == limit_bytes)
    );
    assert!(sink.is_empty());
}

#[tokio::test]
async fn a_file_that_never_ends_is_cut_off() {
    let start = png(64, 64);
    let server = Raw::start(move |mut stream| {
        let start = start.clone();
        async move {
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok();
            stream.write_all(&start).await.ok();
            let filler = vec![0; 65_536];
            while stream.write_all(&filler).await.is_ok() {}
        }
    })
    .await;

    let (result, sink) = fetch(&server).await;

    assert_eq!(result.unwrap_err().name(), "too-large");
    assert!(sink.len() <= 1_000_000);
}

#[tokio::test]
async fn a_length_that_lies_is_believed_only_where_it_hurts_nobody() {
    let picture = png(64, 64);
    let answer = |length: usize| {
        let mut bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        bytes.extend_from_slice(&picture);
        bytes
    };
    let too_short = Raw::answering(answer(picture.len() + 100)).await;
    let too_long = Raw::answering(answer(picture.len() - 10)).await;

    let broken_off = fetch(&too_short).await.0;
    let (cut, sink) = fetch(&too_long).await;

    assert_eq!(broken_off.unwrap_err().name(), "unavailable");
    assert_eq!(cut.unwrap().size_bytes, sink.len() as u64);
    assert_eq!(sink.len(), picture.len() - 10);
}

#[tokio::test]
async fn silence_and_dripping_both_end_in_a_timeout() {
    let silent = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let stalled = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\x89PNG";
        stream.write_all(head).await.ok();
        std::future::pending::<()>().await;
    })
    .await;
    let dripping = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n";
        stream.write_all(head).await.ok();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let short = Duration::from_millis(300);

    for (server, idle_timeout, timeout) in [
        (&silent, short, PATIENCE),
        (&stalled, short, PATIENCE),
        (&dripping, PATIENCE, short),
    ] {
        let options = DownloadOptions {
            idle_timeout,
            timeout,
            ..DownloadOptions::default()
        };
        let downloader = Downloader::new(options, Guard::for_base(&server.url())).unwrap();

        let result = downloader.fetch(&server.asset(), &mut Vec::new()).await;

        assert_eq!(result.unwrap_err().name(), "timeout");
    }
}

#[tokio::test]
async fn a_sink_that_fails_says_so() {
    let server = Raw::answering(reply("200 OK", "", png(64, 64))).await;
    let (mut sink, reader) = tokio::io::duplex(16);
    drop(reader);

    let result = downloader(&server).fetch(&server.asset(), &mut sink).await;

    assert!(matches!(result, Err(DownloadError::Sink(_))));
}
