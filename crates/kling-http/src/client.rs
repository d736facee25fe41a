//! The one way to call an API: a deadline, a cap, and no second attempt.

mod stream;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kling_core::{Clock, ProviderError, SystemClock};
use reqwest::header::CONTENT_LENGTH;
use tracing::Instrument;

pub use stream::{StreamBody, StreamReply, StreamRequest};

use crate::body::{Failure, Outgoing};
use crate::transport::DeadlinePassed;
use crate::{BasePolicy, Call, Malformed, Reply, Request, TransportError, classify, proxy, tls};

/// How a [`Client`] behaves.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// What we call ourselves, for example `kling/0.1.0`.
    pub user_agent: String,
    /// For name, TCP and TLS together; never more than half of `request_timeout`, so that a host that does not
    /// answer is recognised as not reached. 10 s.
    pub connect_timeout: Duration,
    /// For the whole exchange, the reply's body included; a [`Request`] may have its own. 60 s.
    pub request_timeout: Duration,
    /// The most a reply's body may have. 64 MiB, since some providers answer with pictures in base64.
    pub max_body_bytes: u64,
    /// Whether plain `http` to other machines is allowed. No.
    pub base_policy: BasePolicy,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("kling/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_mins(1),
            max_body_bytes: 64 * 1024 * 1024,
            base_policy: BasePolicy::default(),
        }
    }
}

/// A client that could not be built: the user agent or the proxy in the environment cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct ClientError(#[source] pub(crate) kling_core::Source);

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        Self(Box::new(error.without_url()))
    }
}

/// Calls APIs. Clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    pooled: reqwest::Client,
    fresh: reqwest::Client,
    options: ClientOptions,
}

impl Client {
    /// Builds a client. Installs nothing process-wide and opens no connection.
    ///
    /// # Errors
    ///
    /// When the user agent or a proxy named in the environment cannot be used.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let connect_timeout = options.connect_timeout.min(options.request_timeout / 2);
        let builder = || -> Result<reqwest::ClientBuilder, ClientError> {
            let builder = bare_builder(&options.user_agent, connect_timeout)?;
            Ok(proxy::from_environment()?
                .into_iter()
                .fold(builder, reqwest::ClientBuilder::proxy))
        };
        Ok(Self(Arc::new(Inner {
            pooled: builder()?.build()?,
            fresh: builder()?.pool_max_idle_per_host(0).build()?,
            options,
        })))
    }

    /// Sends a request and tells a provider's failure apart from an answer.
    ///
    /// Any status is an answer: see [`classify::status`] for what statuses usually mean. A submission goes out on
    /// a connection of its own.
    ///
    /// # Errors
    ///
    /// As [`classify::transport`] says for the kind of call.
    pub async fn send(&self, request: Request, call: Call) -> Result<Reply, ProviderError> {
        let request = match call {
            Call::Submission => request.fresh_connection(),
            Call::Read => request,
        };
        self.exchange(request)
            .await
            .map_err(|error| classify::transport(error, call))
    }

    /// Sends a request and gives the raw reply, whatever its status.
    ///
    /// # Errors
    ///
    /// [`TransportError::NotSent`] and [`TransportError::Malformed`] when nothing left; any other when
    /// something may have.
    pub async fn exchange(&self, request: Request) -> Result<Reply, TransportError> {
        let span = tracing::debug_span!(
            "http",
            method = %request.method,
            host = request.url.host_str().unwrap_or_default(),
            status = tracing::field::Empty,
            duration_ms = tracing::field::Empty,
        );
        let started = tokio::time::Instant::now();
        let limit = request.timeout.unwrap_or(self.0.options.request_timeout);
        let in_span = span.clone();
        async {
            let whole = tokio::time::timeout(limit, self.exchange_unbounded(request));
            let result = whole.await.unwrap_or_else(|_| {
                Err(TransportError::Lost(Box::new(DeadlinePassed {
                    millis: limit.as_millis(),
                })))
            });
            in_span.record("duration_ms", started.elapsed().as_millis());
            match &result {
                Ok(reply) => {
                    in_span.record("status", reply.status);
                    tracing::debug!("answered");
                }
                Err(error) => {
                    tracing::debug!(error = error as &dyn std::error::Error, "not answered");
                }
            }
            result
        }
        .instrument(span)
        .await
    }

    async fn exchange_unbounded(&self, request: Request) -> Result<Reply, TransportError> {
        if let Some(why) = request.malformed {
            return Err(TransportError::Malformed(why));
        }
        if self.0.options.base_policy.check(&request.url).is_err() {
            return Err(TransportError::Malformed(Malformed::Address));
        }
        let client = if request.fresh {
            &self.0.fresh
        } else {
            &self.0.pooled
        };
        let failure = Failure::default();
        let response = client
            .execute(prepare(request, &failure))
            .await
            .map_err(|error| unanswered(error, &failure))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = read_whole(response, self.0.options.max_body_bytes).await?;
        Ok(Reply {
            status,
            headers,
            body,
            received_at: SystemClock.now(),
        })
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Client").field(&self.0.options).finish()
    }
}

/// What every client of this crate has in common: our TLS, no redirects, no retries, no proxy.
pub(crate) fn bare_builder(
    user_agent: &str,
    connect_timeout: Duration,
) -> Result<reqwest::ClientBuilder, ClientError> {
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client_config()?)
        .user_agent(user_agent)
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy())
}

fn prepare(request: Request, failure: &Failure) -> reqwest::Request {
    let mut prepared = reqwest::Request::new(request.method, request.url);
    *prepared.headers_mut() = request.headers;
    match request.body {
        Outgoing::Empty => {}
        Outgoing::Whole(bytes) => *prepared.body_mut() = Some(bytes.into()),
        Outgoing::Pieces(pieces) => {
            let length = crate::body::length(&pieces);
            prepared.headers_mut().insert(CONTENT_LENGTH, length.into());
            let stream = crate::body::stream(pieces, failure.clone());
            *prepared.body_mut() = Some(reqwest::Body::wrap_stream(stream));
        }
    }
    prepared
}

/// Sent, or not sent: only a failure to connect proves that nothing left.
fn unanswered(error: reqwest::Error, failure: &Failure) -> TransportError {
    if let Some(input) = failure.take() {
        return TransportError::Input(input);
    }
    let error = error.without_url();
    if error.is_builder() {
        TransportError::Malformed(Malformed::Header)
    } else if error.is_connect() {
        TransportError::NotSent(tls::explained(error))
    } else {
        TransportError::Lost(Box::new(error))
    }
}

async fn read_whole(
    mut response: reqwest::Response,
    limit_bytes: u64,
) -> Result<Bytes, TransportError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > limit_bytes {
        return Err(TransportError::TooLarge { limit_bytes });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| TransportError::Lost(Box::new(error.without_url())))?
    {
        if body.len() as u64 + chunk.len() as u64 > limit_bytes {
            return Err(TransportError::TooLarge { limit_bytes });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
