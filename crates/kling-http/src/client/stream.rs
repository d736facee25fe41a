//! A reply whose body is read as it comes, for answers that go on for as long as the work does.

use bytes::Bytes;
use reqwest::header::HeaderMap;

use super::{Client, prepare, unanswered};
use crate::body::Failure;
use crate::transport::DeadlinePassed;
use crate::{Malformed, Request, TransportError};

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
    /// As [`Client::exchange`], except for what concerns the body.
    pub async fn stream(&self, request: Request) -> Result<StreamReply, TransportError> {
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
