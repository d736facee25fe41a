//! Files fetched from addresses that others named: guarded, capped, sniffed, streamed.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{AssetUrl, Dimensions, MediaType, Secret};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tokio::io::AsyncWrite;
use tracing::Instrument;
use url::{Origin, Url};

use crate::client::bare_builder;
use crate::{ClientError, Guard};

mod error;
mod hops;
mod stream;

pub use error::DownloadError;

/// How a [`Downloader`] behaves.
#[derive(Clone, Debug)]
pub struct DownloadOptions {
    /// What we call ourselves.
    pub user_agent: String,
    /// For name, TCP and TLS together. 10 s.
    pub connect_timeout: Duration,
    /// The longest silence, before the first byte or between two. 30 s.
    pub idle_timeout: Duration,
    /// For the whole download, redirects included. 5 min.
    pub timeout: Duration,
    /// The most bytes a file may have. 512 MiB.
    pub max_bytes: u64,
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("kling/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            timeout: Duration::from_mins(5),
            max_bytes: 512 * 1024 * 1024,
        }
    }
}

/// What came down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// What the bytes are.
    pub media_type: MediaType,
    /// How many there are.
    pub size_bytes: u64,
    /// A picture's width and height, where its header could be read.
    pub dimensions: Option<Dimensions>,
}

/// A key that goes along, but only to some origins (scheme, host and port), whatever a redirect says.
#[derive(Clone, Debug)]
pub struct DownloadAuth {
    header: HeaderValue,
    origins: Vec<Origin>,
}

impl DownloadAuth {
    /// Sends `Authorization: <authorization>` (the whole value, such as `Bearer …`) to the origins of `allowed`.
    ///
    /// `None` when the value has characters that no header can carry.
    pub fn new(authorization: &Secret, allowed: &[Url]) -> Option<Self> {
        let mut header = HeaderValue::from_str(authorization.expose()).ok()?;
        header.set_sensitive(true);
        Some(Self {
            header,
            origins: allowed.iter().map(Url::origin).collect(),
        })
    }

    fn apply(&self, request: &mut reqwest::Request) {
        if self.origins.contains(&request.url().origin()) {
            request
                .headers_mut()
                .insert(AUTHORIZATION, self.header.clone());
        }
    }
}

/// Fetches files. Clones share their connections.
#[derive(Clone)]
pub struct Downloader {
    client: reqwest::Client,
    guard: Guard,
    options: Arc<DownloadOptions>,
}

impl Downloader {
    /// Builds a downloader whose connections go only where the guard allows.
    ///
    /// # Errors
    ///
    /// When the user agent cannot be used.
    pub fn new(options: DownloadOptions, guard: Guard) -> Result<Self, ClientError> {
        let connect_timeout = options.connect_timeout.min(options.timeout);
        let client = bare_builder(&options.user_agent, connect_timeout)?
            .dns_resolver(guard.clone())
            .build()?;
        Ok(Self {
            client,
            guard,
            options: Arc::new(options),
        })
    }

    /// The same downloader with another cap on a file's size.
    #[must_use]
    pub fn with_max_bytes(&self, max_bytes: u64) -> Self {
        let options = DownloadOptions {
            max_bytes,
            ..DownloadOptions::clone(&self.options)
        };
        Self {
            options: Arc::new(options),
            ..self.clone()
        }
    }

    /// The guard it goes by, for an early [`Guard::check_url`].
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Streams a file into `sink` and tells what it is. Nothing is written before the first bytes have shown that it is
    /// a picture or a video; after an error the sink may hold a part, which the caller throws away.
    ///
    /// # Errors
    ///
    /// [`DownloadError`], by what happened.
    pub async fn fetch(
        &self,
        url: &AssetUrl,
        sink: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
    ) -> Result<Downloaded, DownloadError> {
        self.run(url, None, sink).await
    }

    /// As [`Downloader::fetch`], with a key for the origins that the key is for.
    ///
    /// # Errors
    ///
    /// [`DownloadError`], by what happened.
    pub async fn fetch_with(
        &self,
        url: &AssetUrl,
        auth: &DownloadAuth,
        sink: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
    ) -> Result<Downloaded, DownloadError> {
        self.run(url, Some(auth), sink).await
    }

    async fn run(
        &self,
        url: &AssetUrl,
        auth: Option<&DownloadAuth>,
        sink: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
    ) -> Result<Downloaded, DownloadError> {
        let span = tracing::debug_span!(
            "download",
            host = url.expose().host_str().unwrap_or_default(),
            size_bytes = tracing::field::Empty,
            duration_ms = tracing::field::Empty,
        );
        let started = tokio::time::Instant::now();
        let in_span = span.clone();
        async {
            let whole = async {
                let response = hops::open(self, url, auth).await?;
                stream::copy(response, &self.options, sink).await
            };
            let result = tokio::time::timeout(self.options.timeout, whole)
                .await
                .unwrap_or(Err(DownloadError::Timeout));
            in_span.record("duration_ms", started.elapsed().as_millis());
            match &result {
                Ok(file) => {
                    in_span.record("size_bytes", file.size_bytes);
                    tracing::debug!(media_type = file.media_type.mime(), "downloaded");
                }
                Err(error) => {
                    tracing::debug!(error = error as &dyn std::error::Error, "not downloaded");
                }
            }
            result
        }
        .instrument(span)
        .await
    }
}

impl std::fmt::Debug for Downloader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Downloader")
            .field("options", &self.options)
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}
