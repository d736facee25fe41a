//! A reply whose body is read as it comes, for answers that go on for as long as the work does.

use std::time::Duration;

use bytes::Bytes;
use kling_core::{ProviderError, Secret};
use reqwest::header::HeaderMap;
use url::Url;

use super::{Client, prepare, unanswered};
use crate::body::Failure;
use crate::transport::DeadlinePassed;
use crate::{Call, Malformed, Request, TransportError, classify};

/// A `GET` whose answer is read as it comes. It has no body and no other method, so it cannot carry a submission.
#[derive(Debug)]
pub struct StreamRequest(Request);

impl StreamRequest {
    /// Asks for what is at this address.
    pub fn get(url: Url) -> Self {
        Self(Request::get(url))
    }

    /// Adds `Authorization: Bearer <key>`, marked as sensitive.
    #[must_use]
    pub fn bearer(self, key: &Secret) -> Self {
        Self(self.0.bearer(key))
    }

    /// Sets a header; a name or value that no header can carry is reported on sending.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Replaces the client's deadline for everything up to the headers.
    #[must_use]
    pub fn timeout(self, up_to_headers: Duration) -> Self {
        Self(self.0.timeout(up_to_headers))
    }
}

/// What a server began to answer, whatever its status.
pub struct StreamReply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it comes.
    pub body: StreamBody,
}

impl StreamReply {
    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

impl std::fmt::Debug for StreamReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamReply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A body that is still coming. Dropping it closes the connection.
pub struct StreamBody(reqwest::Response);

impl StreamBody {
    /// The next bytes; `None` at the end.
    ///
    /// It waits for as long as the server keeps the connection open: the reader sets the deadline, because only
    /// it knows which silence is too long.
    ///
    /// # Errors
    ///
    /// [`TransportError::Lost`] when the connection breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.0
            .chunk()
            .await
            .map_err(|error| TransportError::Lost(Box::new(error.without_url())))
    }
}

impl std::fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StreamBody(..)")
    }
}

impl Client {
    /// Sends a request and hands over the reply as soon as its headers are there.
    ///
    /// The deadline covers everything up to the headers. The body has none, and no cap: take it apart
    /// with [`Lines`](crate::Lines) or [`SseDecoder`](crate::SseDecoder), which have one.
    ///
    /// # Errors
    ///
    /// As [`classify::transport`] says for a read.
    pub async fn stream(&self, request: StreamRequest) -> Result<StreamReply, ProviderError> {
        self.open(request.0)
            .await
            .map_err(|error| classify::transport(error, Call::Read))
    }

    async fn open(&self, request: Request) -> Result<StreamReply, TransportError> {
        if let Some(why) = request.malformed {
            return Err(TransportError::Malformed(why));
        }
        if self.0.options.base_policy.check(&request.url).is_err() {
            return Err(TransportError::Malformed(Malformed::Address));
        }
        let limit = request.timeout.unwrap_or(self.0.options.request_timeout);
        let client = if request.fresh {
            &self.0.fresh
        } else {
            &self.0.pooled
        };
        let failure = Failure::default();
        let sent = client.execute(prepare(request, &failure));
        let response = tokio::time::timeout(limit, sent)
            .await
            .map_err(|_| {
                TransportError::Lost(Box::new(DeadlinePassed {
                    millis: limit.as_millis(),
                }))
            })?
            .map_err(|error| unanswered(error, &failure))?;
        Ok(StreamReply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: StreamBody(response),
        })
    }
}
