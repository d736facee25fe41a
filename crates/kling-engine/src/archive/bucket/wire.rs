//! How requests travel to a bucket: by the house's own client, with deadlines, and tried again where that does no harm.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use kling_http::{
    BasePolicy, Client, ClientError, ClientOptions as HttpOptions, Method, Reply, Request,
    StreamBody, StreamReply, StreamRequest, TransportError, Url,
};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use tokio::sync::mpsc;

use super::trouble::{LOOK_BYTES, Trouble};

/// How often a request is tried.
const TRIES: u32 = 4;

/// The first wait between two tries; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// For a request that carries no file.
const TIMEOUT: Duration = Duration::from_secs(30);

/// For a request that carries a part of a file.
const PART_TIMEOUT: Duration = Duration::from_mins(5);

/// The longest silence while a file is read.
const IDLE: Duration = Duration::from_secs(30);

/// The most bytes of an answer that is no file; a page of a list has a thousand names.
const ANSWER_BYTES: u64 = 4 * 1024 * 1024;

/// The road to a bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Wire(Client);

impl Wire {
    pub(super) fn new(policy: BasePolicy) -> Result<Self, ClientError> {
        Client::new(HttpOptions {
            request_timeout: TIMEOUT,
            max_body_bytes: ANSWER_BYTES,
            base_policy: policy,
            ..HttpOptions::default()
        })
        .map(Self)
    }

    /// Sends a request with a file, made anew for every try.
    pub(super) async fn send(
        &self,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Reply, Trouble> {
        let once = || async {
            let reply = self.0.exchange(make().timeout(PART_TIMEOUT)).await;
            judged(reply.map_err(|error| trouble(&error))?)
        };
        patiently(once).await
    }

    async fn answered(&self, asked: &Asked) -> Result<HttpResponse, Trouble> {
        if asked.method != Method::GET {
            let request = asked.headers.iter().fold(
                Request::new(asked.method.clone(), asked.url.clone()),
                |request, (name, value)| request.header(name, value),
            );
            let request = if asked.body.is_empty() {
                request
            } else {
                request.bytes(asked.body.clone())
            };
            let reply = self.0.exchange(request).await;
            let reply = judged(reply.map_err(|error| trouble(&error))?)?;
            return Ok(response(reply.status, reply.headers, reply.body.into()));
        }
        let request = asked.headers.iter().fold(
            StreamRequest::get(asked.url.clone()),
            |request, (name, value)| request.header(name, value),
        );
        let reply = self.0.stream(request).await.map_err(|_| Trouble::Lost)?;
        if reply.is_success() {
            let body = coming(reply.body);
            return Ok(response(reply.status, reply.headers, body));
        }
        let StreamReply {
            status,
            headers,
            mut body,
        } = reply;
        let mut head = Vec::new();
        while head.len() < LOOK_BYTES
            && let Ok(Ok(Some(chunk))) = tokio::time::timeout(IDLE, body.chunk()).await
        {
            head.extend_from_slice(&chunk);
        }
        match Trouble::of(status, &head) {
            Some(trouble) => Err(trouble),
            None => Ok(response(status, headers, head.into())),
        }
    }
}

/// Tries again what may pass.
async fn patiently<T, F>(once: impl Fn() -> F + Send + Sync) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>> + Send,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match once().await {
            Err(trouble) if trouble.may_pass() => {
                tracing::debug!(error = &trouble as &dyn std::error::Error, "tried again");
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            done => return done,
        }
    }
    once().await
}

fn judged(reply: Reply) -> Result<Reply, Trouble> {
    match Trouble::of(reply.status, &reply.body) {
        Some(trouble) => Err(trouble),
        None => Ok(reply),
    }
}

fn trouble(error: &TransportError) -> Trouble {
    match error {
        TransportError::NotSent(_) => Trouble::Unreachable,
        TransportError::Lost(_) => Trouble::Lost,
        TransportError::Input(_) => Trouble::Unread,
        TransportError::Malformed(_) | TransportError::TooLarge { .. } => Trouble::Refused {
            status: 0,
            code: "not a request or answer of this kind".to_owned(),
        },
    }
}

/// A request as the store's own code made it, taken apart so that it can be sent more than once.
struct Asked {
    method: Method,
    url: Url,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Asked {
    async fn read(request: HttpRequest) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let text = |value: &http::HeaderValue| value.to_str().map(str::to_owned).ok();
        let headers = parts.headers.iter();
        Some(Self {
            url: Url::parse(&parts.uri.to_string()).ok()?,
            headers: headers
                .map(|(name, value)| Some((name.to_string(), text(value)?)))
                .collect::<Option<_>>()?,
            body: body.collect().await.ok()?.to_bytes(),
            method: parts.method,
        })
    }
}

#[async_trait::async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asked = Asked::read(request).await;
        let asked = asked.ok_or_else(|| failed(Trouble::Unread))?;
        patiently(|| self.answered(&asked)).await.map_err(failed)
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _: &object_store::ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// What the store's own code is not to try again: that was done here.
fn failed(trouble: Trouble) -> HttpError {
    HttpError::new(HttpErrorKind::Unknown, trouble)
}

fn response(status: u16, headers: http::HeaderMap, body: HttpResponseBody) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    *response.headers_mut() = headers;
    response
}

/// A body as it comes, for as long as somebody reads it.
fn coming(mut body: StreamBody) -> HttpResponseBody {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let next = tokio::select! {
                () = sender.closed() => return,
                next = tokio::time::timeout(IDLE, body.chunk()) => next,
            };
            let next = match next {
                Ok(Ok(Some(bytes))) => Ok(bytes),
                Ok(Ok(None)) => return,
                Ok(Err(_)) | Err(_) => Err(failed(Trouble::Lost)),
            };
            let is_last = next.is_err();
            if sender.send(next).await.is_err() || is_last {
                return;
            }
        }
    });
    HttpResponseBody::new(Coming(receiver))
}

struct Coming(mpsc::Receiver<Result<Bytes, HttpError>>);

impl Body for Coming {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let next = self.get_mut().0.poll_recv(context);
        next.map(|next| next.map(|bytes| bytes.map(Frame::data)))
    }
}
