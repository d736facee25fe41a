//! A request, described before it is sent.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kling_core::{Asset, AssetContent, Secret};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use url::Url;

use crate::body::{Outgoing, Piece};
use crate::{Malformed, Multipart};

/// A request to an API.
///
/// What cannot be sent (a key with a line feed in it) is reported as
/// [`TransportError::Malformed`](crate::TransportError::Malformed) when it is sent, so building never fails.
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Outgoing,
    pub(crate) timeout: Option<Duration>,
    pub(crate) fresh: bool,
    pub(crate) malformed: Option<Malformed>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Outgoing::Empty,
            timeout: None,
            fresh: false,
            malformed: None,
        }
    }

    /// A `GET`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A `POST`.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// A `PUT`.
    pub fn put(url: Url) -> Self {
        Self::new(Method::PUT, url)
    }

    /// A `PATCH`.
    pub fn patch(url: Url) -> Self {
        Self::new(Method::PATCH, url)
    }

    /// A `DELETE`.
    pub fn delete(url: Url) -> Self {
        Self::new(Method::DELETE, url)
    }

    /// Adds `Authorization: Bearer <key>`, marked as sensitive.
    #[must_use]
    pub fn bearer(self, key: &Secret) -> Self {
        self.authorization("Bearer", key)
    }

    /// Adds `Authorization: <scheme> <key>`, marked as sensitive.
    #[must_use]
    pub fn authorization(self, scheme: &str, key: &Secret) -> Self {
        self.sensitive(AUTHORIZATION, &format!("{scheme} {}", key.expose()))
    }

    /// Adds a header that carries a key, marked as sensitive.
    #[must_use]
    pub fn secret_header(self, name: HeaderName, key: &Secret) -> Self {
        self.sensitive(name, key.expose())
    }

    /// Sets a header; a name or value that no header can carry is reported on sending.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
                self
            }
            _ => self.spoilt(Malformed::Header),
        }
    }

    /// Puts a value into the body as JSON.
    #[must_use]
    pub fn json(self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body("application/json", bytes),
            Err(_) => self.spoilt(Malformed::Body),
        }
    }

    /// Puts bytes into the body.
    #[must_use]
    pub fn body(mut self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.body = Outgoing::Whole(bytes.into());
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Puts bytes into the body as they are; what they are is told by a header, if at all.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = Outgoing::Whole(bytes.into());
        self
    }

    /// Streams so many bytes as the body, with an exact `Content-Length`; what they are is told by a header, if at all.
    #[must_use]
    pub fn content(mut self, content: Arc<dyn AssetContent>, size_bytes: u64) -> Self {
        self.body = Outgoing::Pieces(vec![Piece::Content {
            content,
            size_bytes,
        }]);
        self
    }

    /// Streams a file as the body, with an exact `Content-Length`.
    #[must_use]
    pub fn asset(mut self, asset: &Asset) -> Self {
        self.body = Outgoing::Pieces(vec![Piece::asset(asset)]);
        let content_type = asset.info().media_type.mime();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Streams a form as the body, with an exact `Content-Length`.
    #[must_use]
    pub fn multipart(mut self, form: Multipart) -> Self {
        let content_type = form.content_type();
        self.body = Outgoing::Pieces(form.into_pieces());
        self.header(CONTENT_TYPE.as_str(), &content_type)
    }

    /// Replaces the client's deadline for this exchange.
    ///
    /// Keep it at twice the connect timeout or more: a deadline that passes while a connection is still being
    /// made counts as a lost answer, to be on the safe side.
    #[must_use]
    pub fn timeout(mut self, whole_exchange: Duration) -> Self {
        self.timeout = Some(whole_exchange);
        self
    }

    /// Sends it on a connection of its own rather than a kept one, which the server may be closing at
    /// this very moment. [`Client::send`](crate::Client::send) does this for every submission.
    #[must_use]
    pub fn fresh_connection(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    fn sensitive(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
                self
            }
            Err(_) => self.spoilt(Malformed::Key),
        }
    }

    fn spoilt(mut self, why: Malformed) -> Self {
        self.malformed.get_or_insert(why);
        self
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.url.host_str().unwrap_or_default())
            .finish_non_exhaustive()
    }
}
