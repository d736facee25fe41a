//! A vendor that follows a script and keeps a journal, with one client.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures::StreamExt as _;
use kling_core::{
    Asset, AssetInfo, Dimensions, GenerationRequest, MediaType, ModelId, Operation, Prompt,
    Provider as _, ProviderError, Secret, Submission, SubmissionKey, TaskHandle,
};
use kling_http::Url;
use kling_inferencesh::{Config, InferenceSh};
use serde_json::Value;

pub(crate) const KEY: &str = "inf_very-private_0815";
pub(crate) const PROMPT: &str = "zanzibar lighthouse made of marzipan";
pub(crate) const TASK: TaskHandle = TaskHandle::literal("inferencesh.1.t1");

/// The handle of a new task is of the layout's second version, and leads to the vendor's `t1`.
#[track_caller]
pub(crate) fn assert_is_task(handle: &TaskHandle) {
    let text = handle.as_str();
    assert!(
        text.starts_with("inferencesh.2.") && text.rsplit('.').next() == Some("t1"),
        "{text}"
    );
}

/// No test waits for longer, whatever goes wrong.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// A piece of an answer's body.
#[derive(Clone)]
pub(crate) enum Piece {
    Text(String),
    /// Nothing more, and no end.
    Hang,
    /// The connection breaks.
    Break,
}

#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Piece>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::pieces(status, vec![Piece::Text(body.to_string())])
    }

    pub(crate) fn pieces(status: u16, pieces: Vec<Piece>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            pieces,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn respond(self) -> Response {
        let pieces = futures::stream::iter(self.pieces).then(|piece| async move {
            match piece {
                Piece::Text(text) => Ok(Bytes::from(text)),
                Piece::Hang => futures::future::pending().await,
                Piece::Break => {
                    // The server writes out what it has whenever it must wait for more.
                    tokio::task::yield_now().await;
                    Err(io::Error::other("broken off on purpose"))
                }
            }
        });
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from_stream(pieces)).unwrap()
    }
}

/// What came in.
#[derive(Clone)]
pub(crate) struct Call {
    /// `METHOD /path?query`.
    pub(crate) route: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

#[derive(Default)]
struct Script {
    answers: Vec<(String, Answer)>,
    calls: Vec<Call>,
}

type Shared = Arc<Mutex<Script>>;

pub(crate) struct Bench {
    pub(crate) origin: String,
    pub(crate) provider: InferenceSh,
    script: Shared,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let script = Shared::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut config = config(&origin);
        change(&mut config);
        let provider = InferenceSh::new(config, Secret::new(KEY).unwrap()).unwrap();
        Self {
            origin,
            provider,
            script,
        }
    }

    /// What is answered to the next call of this route; a route that is played no more is 404.
    pub(crate) fn play(&self, route: &str, answer: Answer) {
        let mut script = self.script.lock().unwrap();
        script.answers.push((route.to_owned(), answer));
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.script.lock().unwrap().calls.clone()
    }

    pub(crate) fn routes(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.route).collect()
    }

    pub(crate) async fn submit(
        &self,
        request: &GenerationRequest,
    ) -> Result<Submission, ProviderError> {
        let key = SubmissionKey::literal("part:1.a_b-c");
        let submitted = self.provider.submit(request, &key).await;
        submitted.inspect_err(assert_quiet)
    }
}

async fn answer(State(script): State<Shared>, request: Request) -> Result<Response, Infallible> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let target = parts.uri.path_and_query().unwrap();
    let route = format!("{} {target}", parts.method);
    let mut script = script.lock().unwrap();
    script.calls.push(Call {
        route: route.clone(),
        headers: parts.headers,
        body,
    });
    let at = script.answers.iter().position(|(known, _)| *known == route);
    let answer = match at {
        Some(at) => script.answers.remove(at).1,
        None => Answer::json(404, &problem("not_found", 404)),
    };
    Ok(answer.respond())
}

pub(crate) fn problem(code: &str, status: u16) -> Value {
    let kind = format!("https://api.inference.sh/errors/{code}");
    serde_json::json!({"type": kind, "title": "No", "status": status, "detail": "No."})
}

pub(crate) fn config(base_url: &str) -> Config {
    let mut config = Config::default();
    config.base_url = Url::parse(base_url).unwrap();
    config.stream_reconnect_after = Config::TIMEOUTS.0;
    config
}

pub(crate) fn request(operation: Operation) -> GenerationRequest {
    let model = match operation {
        Operation::TextToImage | Operation::ImageToImage => "klingai/image-o1",
        _ => "klingai/video-o1",
    };
    let model = ModelId::parse(model).unwrap();
    GenerationRequest::new(model, operation, Prompt::new(PROMPT).unwrap())
}

/// Bytes that only say that they are a picture.
pub(crate) fn picture(bytes: &'static [u8]) -> Asset {
    let info = AssetInfo {
        media_type: MediaType::Png,
        size_bytes: bytes.len() as u64,
        dimensions: Some(Dimensions {
            width: 400,
            height: 300,
        }),
        duration: None,
        frame_rate: None,
    };
    Asset::from_bytes(info, Bytes::from_static(bytes))
}

/// Nothing of an error may show the key, the prompt or a body: neither it nor what lies below.
pub(crate) fn assert_quiet(error: &ProviderError) {
    let mut told = vec![format!("{error:#?}")];
    let mut below: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = below {
        told.push(format!("{error} {error:?}"));
        below = error.source();
    }
    let told = told.join("\n");
    for secret in [KEY, PROMPT, "marzipan", "<html", "signature"] {
        assert!(!told.contains(secret), "`{secret}` shows in: {told}");
    }
}
