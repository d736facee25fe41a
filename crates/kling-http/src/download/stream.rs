//! From a reply to a sink, with one eye on size and kind.

use bytes::Bytes;
use kling_core::{Dimensions, MediaType};
use reqwest::header::CONTENT_TYPE;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{DownloadError, DownloadOptions, Downloaded};
use crate::sniff;

pub(super) async fn copy(
    mut response: reqwest::Response,
    options: &DownloadOptions,
    sink: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
) -> Result<Downloaded, DownloadError> {
    let limit_bytes = options.max_bytes;
    if response.content_length().unwrap_or(0) > limit_bytes {
        return Err(DownloadError::TooLarge { limit_bytes });
    }
    let said = said(&response);
    let mut head = Head::default();
    let mut size_bytes = 0_u64;
    while let Some(chunk) = next(&mut response, options).await? {
        size_bytes = size_bytes.saturating_add(chunk.len() as u64);
        if size_bytes > limit_bytes {
            return Err(DownloadError::TooLarge { limit_bytes });
        }
        if head.media_type.is_some() {
            write(sink, &chunk).await?;
            head.look_on(&chunk);
        } else {
            head.seen.extend_from_slice(&chunk);
            if head.seen.len() >= sniff::SNIFF_BYTES {
                head.decide(said.as_ref())?;
                write(sink, &head.seen).await?;
            }
        }
    }
    if head.media_type.is_none() {
        head.decide(said.as_ref())?;
        write(sink, &head.seen).await?;
    }
    let media_type = head.decide(said.as_ref())?;
    sink.flush().await.map_err(DownloadError::Sink)?;
    Ok(Downloaded {
        media_type,
        size_bytes,
        dimensions: head.dimensions,
    })
}

async fn next(
    response: &mut reqwest::Response,
    options: &DownloadOptions,
) -> Result<Option<Bytes>, DownloadError> {
    tokio::time::timeout(options.idle_timeout, response.chunk())
        .await
        .map_err(|_| DownloadError::Timeout)?
        .map_err(|error| DownloadError::unavailable(error.without_url()))
}

async fn write(
    sink: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
    bytes: &[u8],
) -> Result<(), DownloadError> {
    sink.write_all(bytes).await.map_err(DownloadError::Sink)
}

/// The first bytes, kept until they have told what they can.
#[derive(Default)]
struct Head {
    seen: Vec<u8>,
    media_type: Option<MediaType>,
    dimensions: Option<Dimensions>,
}

impl Head {
    fn decide(&mut self, said: Option<&String>) -> Result<MediaType, DownloadError> {
        if let Some(known) = self.media_type {
            return Ok(known);
        }
        let facts = sniff::inspect(&self.seen).ok_or_else(|| DownloadError::NotMedia {
            found: sniff::describe(&self.seen),
            said: said.cloned(),
        })?;
        self.media_type = Some(facts.media_type);
        self.dimensions = facts.dimensions;
        Ok(facts.media_type)
    }

    /// Keeps looking for a picture's size, which in a JPEG may stand behind long metadata.
    fn look_on(&mut self, chunk: &[u8]) {
        let Some(media_type) = self.media_type.filter(|kind| kind.is_image()) else {
            return;
        };
        if self.dimensions.is_some() || self.seen.len() >= sniff::HEAD_BYTES {
            return;
        }
        self.seen.extend_from_slice(chunk);
        self.dimensions = sniff::dimensions(&self.seen, media_type);
    }
}

/// The media type the server claims: only what such a name is made of, and not much of it.
fn said(response: &reqwest::Response) -> Option<String> {
    let value = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let essence: String = value
        .split(';')
        .next()?
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '+' | '-'))
        .take(60)
        .collect();
    (!essence.is_empty()).then_some(essence)
}
