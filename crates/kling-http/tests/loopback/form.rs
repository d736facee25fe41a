//! Bodies that are streamed: forms and files.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart as Received};
use axum::http::HeaderMap;
use axum::routing::{post, put};
use futures::StreamExt as _;
use kling_core::{
    Asset, AssetContent, AssetInfo, AssetReadError, ByteStream, ErrorKind, MediaType,
};
use kling_http::{Bytes, Call, FileOnDisk, Multipart, Request, TransportError, Url, decode};

use crate::server::{app, client, nobody, png};

type Part = (String, Option<String>, Option<String>, usize);

async fn receive(headers: HeaderMap, mut form: Received) -> Json<(Option<u64>, Vec<Part>)> {
    let length = headers
        .get("content-length")
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let mut parts = Vec::new();
    while let Some(mut part) = form.next_field().await.unwrap() {
        let name = part.name().unwrap().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let mut size = 0;
        while let Some(chunk) = part.chunk().await.unwrap() {
            size += chunk.len();
        }
        parts.push((name, file_name, content_type, size));
    }
    Json((length, parts))
}

async fn server() -> Url {
    let echo = |body: Bytes| async move { body };
    let router = axum::Router::new()
        .route("/form", post(receive))
        .route("/file", put(echo))
        .layer(DefaultBodyLimit::disable());
    app(router).await
}

fn asset(bytes: Vec<u8>, size_bytes: u64) -> Asset {
    let info = AssetInfo {
        media_type: MediaType::Png,
        size_bytes,
        dimensions: None,
        duration: None,
        frame_rate: None,
    };
    Asset::from_bytes(info, bytes.into())
}

#[tokio::test]
async fn a_form_arrives_with_every_part_and_an_exact_length() {
    const VIDEO_BYTES: usize = 24 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    std::fs::write(&path, vec![7; VIDEO_BYTES]).unwrap();
    let picture = png(9, 9);
    let form = Multipart::new()
        .json("payload_json", &vec!["hello"])
        .unwrap()
        .text("note", "a line")
        .asset(
            "files[0]",
            "Käse \"1\".png",
            &asset(picture.clone(), picture.len() as u64),
        )
        .file(
            "files[1]",
            "clip.mp4",
            "video/mp4",
            VIDEO_BYTES as u64,
            Arc::new(FileOnDisk::new(&path)),
        );
    let url = server().await.join("/form").unwrap();

    let answer = client()
        .send(Request::post(url).multipart(form), Call::Submission)
        .await
        .unwrap();

    let (length, parts): (Option<u64>, Vec<Part>) = decode::json(&answer).unwrap();
    let part = |name: &str, file: Option<&str>, kind: Option<&str>, size| {
        (
            name.to_owned(),
            file.map(str::to_owned),
            kind.map(str::to_owned),
            size,
        )
    };
    assert_eq!(
        parts,
        [
            part("payload_json", None, Some("application/json"), 9),
            part("note", None, None, 6),
            part(
                "files[0]",
                Some("Käse %221%22.png"),
                Some("image/png"),
                picture.len()
            ),
            part("files[1]", Some("clip.mp4"), Some("video/mp4"), VIDEO_BYTES),
        ]
    );
    assert!(length.unwrap() > VIDEO_BYTES as u64, "not chunked");
}

#[tokio::test]
async fn a_file_is_a_body_too() {
    let url = server().await.join("/file").unwrap();
    let bytes = png(5, 5);
    let whole = asset(bytes.clone(), bytes.len() as u64);

    let answer = client()
        .send(Request::put(url).asset(&whole), Call::Read)
        .await
        .unwrap();

    assert_eq!(answer.body, bytes);
}

/// Content that is made as it is read, and how far it was ahead of what had arrived.
#[derive(Debug)]
struct Counted {
    pieces: usize,
    arrived: Arc<AtomicUsize>,
    furthest_ahead: Arc<AtomicUsize>,
}

const PIECE: &[u8] = &[7; 64 * 1024];

#[async_trait::async_trait]
impl AssetContent for Counted {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        let (arrived, furthest) = (Arc::clone(&self.arrived), Arc::clone(&self.furthest_ahead));
        Ok(Box::pin(futures::stream::iter(1..=self.pieces).map(
            move |made| {
                let made = made * PIECE.len();
                let ahead = made.saturating_sub(arrived.load(Ordering::SeqCst));
                furthest.fetch_max(ahead, Ordering::SeqCst);
                Ok(Bytes::from_static(PIECE))
            },
        )))
    }
}

#[tokio::test]
async fn a_large_file_is_never_in_memory_as_a_whole() {
    const PIECES: usize = 2_048;
    let arrived = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&arrived);
    let count = move |body: axum::body::Body| async move {
        let mut stream = body.into_data_stream();
        while let Some(chunk) = stream.next().await {
            counting.fetch_add(chunk.unwrap().len(), Ordering::SeqCst);
        }
    };
    let url = app(axum::Router::new().route("/file", put(count))).await;
    let furthest_ahead = Arc::new(AtomicUsize::new(0));
    let content = Counted {
        pieces: PIECES,
        arrived: Arc::clone(&arrived),
        furthest_ahead: Arc::clone(&furthest_ahead),
    };
    let info = AssetInfo {
        size_bytes: (PIECES * PIECE.len()) as u64,
        ..asset(vec![0], 1).info().clone()
    };
    let whole = Asset::from_content(info, Arc::new(content));

    let answer = client()
        .send(
            Request::put(url.join("/file").unwrap()).asset(&whole),
            Call::Read,
        )
        .await
        .unwrap();

    assert!(answer.is_success());
    assert_eq!(arrived.load(Ordering::SeqCst), PIECES * PIECE.len());
    // What both ends of a loopback connection hold is a few megabytes; the file has 128.
    let ahead = furthest_ahead.load(Ordering::SeqCst);
    assert!(ahead < 48 * 1024 * 1024, "{ahead} bytes ahead");
}

#[tokio::test]
async fn a_file_of_another_size_than_said_cuts_the_request_short() {
    let url = server().await.join("/file").unwrap();
    let bytes = png(5, 5);
    let size = bytes.len() as u64;

    for said in [size + 1, size - 1, 0] {
        let wrong = asset(bytes.clone(), said);
        let form = Multipart::new().asset("files[0]", "a.png", &wrong);
        let request = Request::put(url.clone()).multipart(form);
        let result = client().exchange(request).await;

        assert!(
            matches!(
                result,
                Err(TransportError::Input(AssetReadError::Failed(_)))
            ),
            "{said}: {result:?}"
        );
    }
}

/// Content whose place cannot be reached.
#[derive(Debug)]
struct Elsewhere(Url);

#[async_trait::async_trait]
impl AssetContent for Elsewhere {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        let failed = client()
            .exchange(Request::get(self.0.clone()))
            .await
            .unwrap_err();
        Err(AssetReadError::Failed(Box::new(failed)))
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_reached_is_not_a_server_that_cannot_be_reached() {
    let url = server().await.join("/form").unwrap();
    let content = Arc::new(Elsewhere(nobody().await));
    let form = || {
        let content = Arc::clone(&content) as Arc<dyn AssetContent>;
        Multipart::new().file("files[0]", "a.png", "image/png", 10, content)
    };
    let request = || Request::post(url.clone()).multipart(form());

    let submitted = client()
        .send(request(), Call::Submission)
        .await
        .unwrap_err();
    let read = client().send(request(), Call::Read).await.unwrap_err();

    assert_eq!(submitted.kind(), ErrorKind::Unknown);
    assert_eq!(read.name(), "input");
}
