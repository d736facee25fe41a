//! Files on their way: sent as they are read, and never a doubt when they break.

use std::sync::Arc;

use axum::body::Body;
use axum::routing::{post, put};
use futures::StreamExt as _;
use kling_core::{
    Asset, AssetContent, AssetInfo, AssetReadError, ByteStream, Dimensions, ErrorKind, MediaType,
    Operation, Provider as _, ProviderError, Secret, Submission, SubmissionKey,
};
use kling_http::Bytes;
use kling_inferencesh::InferenceSh;
use serde_json::json;
use tokio::sync::Notify;

use super::bench::{BOUND, KEY, assert_is_task, config, request};

const PIECE: &[u8] = &[7; 10_000];

/// A file whose second half is not there before the vendor has seen some of the first.
#[derive(Debug)]
struct Halves {
    seen: Arc<Notify>,
    /// Whether there is a second half.
    is_whole: bool,
}

#[async_trait::async_trait]
impl AssetContent for Halves {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        let (seen, is_whole) = (Arc::clone(&self.seen), self.is_whole);
        let second = async move {
            seen.notified().await;
            if is_whole {
                Ok(Bytes::from_static(PIECE))
            } else {
                Err(AssetReadError::Failed("the disk is gone".into()))
            }
        };
        let first = futures::future::ready(Ok(Bytes::from_static(PIECE)));
        Ok(Box::pin(
            futures::stream::once(first).chain(futures::stream::once(second)),
        ))
    }
}

/// A vendor that rings `seen` when the first bytes of a file are there.
async fn vendor(seen: Arc<Notify>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let place = json!({"data": [{"uri": "https://cloud.inference.sh/u/a.png",
        "upload_url": format!("{origin}/put")}]});
    let take = move |body: Body| {
        let seen = Arc::clone(&seen);
        async move {
            let mut pieces = body.into_data_stream();
            let mut bytes = 0;
            while let Some(Ok(piece)) = pieces.next().await {
                bytes += piece.len();
                seen.notify_one();
            }
            assert_eq!(bytes, 2 * PIECE.len());
        }
    };
    let run = || async { axum::Json(json!({"data": {"id": "t1", "status": 1}})) };
    let router = axum::Router::new()
        .route("/files", post(|| async { axum::Json(place) }))
        .route("/put", put(take))
        .route("/apps/run", post(run));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin
}

/// Submits a request with such a file.
async fn submitted(is_whole: bool) -> Result<Submission, ProviderError> {
    let seen = Arc::new(Notify::new());
    let origin = vendor(Arc::clone(&seen)).await;
    let provider = InferenceSh::new(config(&origin), Secret::new(KEY).unwrap()).unwrap();
    let info = AssetInfo {
        media_type: MediaType::Png,
        size_bytes: 2 * PIECE.len() as u64,
        dimensions: Some(Dimensions {
            width: 400,
            height: 300,
        }),
        duration: None,
        frame_rate: None,
    };
    let mut request = request(Operation::ImageToImage);
    let file = Halves { seen, is_whole };
    request.images = vec![Asset::from_content(info, Arc::new(file))];
    let key = SubmissionKey::literal("k");
    let answer = provider.submit(&request, &key);
    tokio::time::timeout(BOUND, answer).await.expect("an end")
}

#[tokio::test]
async fn a_file_is_sent_while_it_is_read_and_never_held_whole() {
    let submission = submitted(true).await.unwrap();

    let Submission::Started(handle) = submission else {
        panic!("{submission:?}");
    };
    assert_is_task(&handle);
}

#[tokio::test]
async fn a_file_that_breaks_halfway_starts_nothing_and_leaves_no_doubt() {
    let error = submitted(false).await.expect_err("half a file");

    assert_ne!(error.kind(), ErrorKind::Unknown, "{error:?}");
}
