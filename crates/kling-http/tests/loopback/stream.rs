//! Replies that are read as they come.

use std::time::Duration;

use kling_core::ProviderError;
use kling_http::{Line, LineEnd, Lines, StreamRequest, TransportError, Url};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

use crate::server::{PATIENCE, Raw, client, nobody, read_request};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

#[tokio::test]
async fn what_was_sent_is_read_before_the_rest_is_there() {
    let server = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(HEAD).await.unwrap();
        stream.write_all(b"6\r\none\ntw\r\n").await.unwrap();
        // The rest comes when the client says so, by closing; this one never does.
        stream.read_u8().await.ok();
    })
    .await;

    let mut reply = client()
        .stream(StreamRequest::get(server.url()))
        .await
        .unwrap();
    let mut lines = Lines::new(LineEnd::LineFeed, 100);
    let first = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(line) = lines.next_line() {
                return line;
            }
            lines.push(&reply.body.chunk().await.unwrap().unwrap());
        }
    });

    assert_eq!(first.await.unwrap(), Line::Whole("one".into()));
    assert!(reply.is_success());
}

#[tokio::test]
async fn dropping_the_reply_closes_the_connection() {
    let (closed, mut told) = mpsc::channel(1);
    let server = Raw::start(move |mut stream| {
        let closed = closed.clone();
        async move {
            read_request(&mut stream).await;
            stream.write_all(HEAD).await.unwrap();
            let left = stream.read(&mut [0]).await.unwrap_or(0);
            closed.send(left).await.unwrap();
        }
    })
    .await;

    drop(
        client()
            .stream(StreamRequest::get(server.url()))
            .await
            .unwrap(),
    );

    let left = tokio::time::timeout(PATIENCE, told.recv()).await.unwrap();
    assert_eq!(left, Some(0));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_lost_and_not_at_its_end() {
    let server = Raw::answering([HEAD, b"3\r\none\r\n"].concat()).await;

    let mut reply = client()
        .stream(StreamRequest::get(server.url()))
        .await
        .unwrap();
    let mut last = reply.body.chunk().await;
    while let Ok(Some(_)) = last {
        last = reply.body.chunk().await;
    }

    assert!(matches!(last, Err(TransportError::Lost(_))), "{last:?}");
}

#[tokio::test]
async fn the_deadline_covers_the_time_to_the_headers() {
    let server = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        stream.read_u8().await.ok();
    })
    .await;
    let request = StreamRequest::get(server.url()).timeout(Duration::from_millis(300));

    let error = tokio::time::timeout(PATIENCE, client().stream(request)).await;

    assert!(
        matches!(error, Ok(Err(ProviderError::Unavailable { .. }))),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_or_reached_is_told_apart_here_too() {
    let insecure = StreamRequest::get(Url::parse("http://example.com/").unwrap());
    let spoilt = StreamRequest::get(nobody().await).header("a\nb", "c");

    let insecure = client().stream(insecure).await.unwrap_err();
    let spoilt = client().stream(spoilt).await.unwrap_err();
    let nobody = client()
        .stream(StreamRequest::get(nobody().await))
        .await
        .unwrap_err();

    assert!(matches!(insecure, ProviderError::Unsupported { what } if what.contains("https")));
    assert!(matches!(spoilt, ProviderError::Unsupported { what } if what.contains("header")));
    assert!(matches!(nobody, ProviderError::Unreachable(_)));
}
