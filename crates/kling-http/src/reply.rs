//! A whole reply, in memory.

use std::time::Duration;

use bytes::Bytes;
use kling_core::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::retry_after;

/// What a server answered, whatever its status.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, never longer than the client's cap.
    pub body: Bytes,
    /// When it had arrived, by this machine's clock.
    pub received_at: Timestamp,
}

impl Reply {
    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// A header's value, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the server asks us to wait, from `Retry-After` in either form.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after::from_headers(&self.headers, self.received_at)
    }

    /// The media type the server claims, without parameters.
    pub fn content_type(&self) -> Option<&str> {
        let value = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        value.split(';').next().map(str::trim)
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
