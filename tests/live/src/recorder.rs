//! A reverse proxy on loopback between a provider's crate and the service: it passes on, and keeps the replies.
//!
//! The crate sees the service as it is, and we see what the crate does not tell: statuses, headers, fields.
//! Requests are not kept, so neither a key nor a picture is.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use kling_http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, TRANSFER_ENCODING,
};
use kling_http::{Bytes, Client, ClientOptions, Method, Request, StreamBody, StreamRequest, Url};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The most bytes of a request: ten large pictures in base64 fit, and so does a clip.
const MAX_REQUEST_BYTES: usize = 400 * 1024 * 1024;

/// The most bytes of a reply that are kept for looking at. All of it is passed on.
const MAX_KEPT_BYTES: usize = 32 * 1024 * 1024;

/// Longer than any provider's crate waits.
const PATIENCE: Duration = Duration::from_mins(30);

/// What a service answered to one request.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// Below the base, without a query.
    pub(crate) path: String,
    /// `None` when no answer came.
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether the body is here to its end.
    pub(crate) is_whole: bool,
    /// Until the headers came.
    pub(crate) took: Duration,
}

/// A running proxy. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Recorder {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    upstream: Url,
    client: Client,
    seen: Mutex<Vec<Arc<Mutex<Exchange>>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    pub(crate) async fn start(upstream: Url) -> anyhow::Result<Self> {
        let client = Client::new(ClientOptions {
            request_timeout: PATIENCE,
            ..ClientOptions::default()
        })?;
        let shared = Arc::new(Shared {
            upstream,
            client,
            seen: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .fallback(pass_on)
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // It ends by being aborted.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self {
            address,
            shared,
            server,
        })
    }

    /// What a provider's crate is told as its base.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The replies since the last time.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        let seen = std::mem::take(&mut *lock(&self.shared.seen));
        seen.iter().map(|exchange| lock(exchange).clone()).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass_on(State(shared): State<Arc<Shared>>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut exchange = Exchange {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        status: None,
        headers: HeaderMap::new(),
        body: Vec::new(),
        is_whole: false,
        took: Duration::ZERO,
    };
    let started = Instant::now();
    let answer = shared.ask(&parts, body).await;
    exchange.took = started.elapsed();
    let Some(answer) = answer else {
        lock(&shared.seen).push(Arc::new(Mutex::new(exchange)));
        // To the crate a submission is in doubt now, which is the safe side.
        return StatusCode::BAD_GATEWAY.into_response();
    };
    exchange.status = Some(answer.status);
    exchange.headers = answer.headers.clone();
    let kept = Arc::new(Mutex::new(exchange));
    lock(&shared.seen).push(Arc::clone(&kept));
    let mut response = Response::new(match answer.body {
        Coming::Whole(bytes) => {
            let mut kept = lock(&kept);
            keep(&mut kept, &bytes);
            kept.is_whole = true;
            Body::from(bytes)
        }
        Coming::InPieces(body) => tee(body, kept),
    });
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = answer.headers;
    for ours in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        response.headers_mut().remove(ours);
    }
    response
}

/// What came from the service.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Coming,
}

enum Coming {
    Whole(Bytes),
    InPieces(StreamBody),
}

impl Shared {
    /// Passes a request on, once; `None` when no answer came.
    async fn ask(&self, parts: &Parts, body: Bytes) -> Option<Answer> {
        let mut url = self.upstream.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{}", parts.uri.path()));
        url.set_query(parts.uri.query());
        let ours = [
            HOST,
            CONNECTION,
            CONTENT_LENGTH,
            TRANSFER_ENCODING,
            ACCEPT_ENCODING,
        ];
        let passed = parts
            .headers
            .iter()
            .filter(|(name, _)| !ours.contains(name));
        let passed = passed.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        // What a look answers may be a stream, which is passed on as it comes.
        if parts.method == Method::GET {
            let call = passed.fold(StreamRequest::get(url), |call, (name, value)| {
                call.header(name, value)
            });
            let reply = self.client.stream(call).await.ok()?;
            return Some(Answer {
                status: reply.status,
                headers: reply.headers,
                body: Coming::InPieces(reply.body),
            });
        }
        let mut call = Request::new(parts.method.clone(), url).fresh_connection();
        if !body.is_empty() {
            call = call.body("application/json", body);
        }
        let call = passed.fold(call, |call, (name, value)| call.header(name, value));
        let reply = self.client.exchange(call).await.ok()?;
        Some(Answer {
            status: reply.status,
            headers: reply.headers,
            body: Coming::Whole(reply.body),
        })
    }
}

/// The body as it comes, and a copy of it.
fn tee(body: StreamBody, kept: Arc<Mutex<Exchange>>) -> Body {
    let pieces = stream::unfold(Some((body, kept)), |state| async move {
        let (mut body, kept) = state?;
        match body.chunk().await {
            Ok(Some(chunk)) => {
                keep(&mut lock(&kept), &chunk);
                Some((Ok(chunk), Some((body, kept))))
            }
            Ok(None) => {
                lock(&kept).is_whole = true;
                None
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    Body::from_stream(pieces)
}

fn keep(exchange: &mut Exchange, chunk: &Bytes) {
    let room = MAX_KEPT_BYTES.saturating_sub(exchange.body.len());
    exchange.body.extend(chunk.iter().take(room));
}
