//! What a file in the archive is, by its bytes.

use futures::StreamExt as _;
use kling_core::{Dimensions, MediaType};
use kling_http::sniff::{self, NotAPicture};
use tokio::sync::Semaphore;

use crate::archive::Archive;
use crate::error::EngineError;

/// Pictures are decoded one at a time, so that many at once take no more memory than one.
static DECODING: Semaphore = Semaphore::const_new(1);

/// Looks at an input: a picture must decode, whatever its name says. The inner error is the code of
/// the refusal.
pub(crate) async fn input(
    archive: &Archive,
    key: &str,
    media_type: MediaType,
    max_bytes: u64,
) -> Result<Result<Option<Dimensions>, &'static str>, EngineError> {
    if media_type.is_video() {
        return Ok(Ok(None));
    }
    // A permit is only ever refused by a closed semaphore, and this one stays open.
    let _permit = DECODING.acquire().await.ok();
    let bytes = archive.read(key, max_bytes).await?;
    let verified = tokio::task::spawn_blocking(move || sniff::verify_image(&bytes))
        .await
        .map_err(|error| EngineError::Archive {
            doing: "look at a picture",
            source: error.into(),
        })?;
    Ok(match verified {
        Ok(facts) => Ok(facts.dimensions),
        Err(NotAPicture::Unrecognised { .. }) => Err("input-not-media"),
        Err(NotAPicture::TooManyPixels | NotAPicture::Damaged(_) | NotAPicture::Unreadable(_)) => {
            Err("input-corrupt")
        }
    })
}

/// Width and height of a picture, from its first bytes.
pub(crate) async fn dimensions(
    archive: &Archive,
    key: &str,
    media_type: MediaType,
) -> Result<Option<Dimensions>, EngineError> {
    if media_type.is_video() {
        return Ok(None);
    }
    let failed = |error| EngineError::Archive {
        doing: "read a file",
        source: Box::new(error),
    };
    let mut stream = archive.content(key).open().await.map_err(failed)?;
    let mut head = Vec::new();
    while head.len() < sniff::HEAD_BYTES
        && let Some(chunk) = stream.next().await
    {
        head.extend_from_slice(&chunk.map_err(failed)?);
        if let Some(known) = sniff::dimensions(&head, media_type) {
            return Ok(Some(known));
        }
    }
    Ok(None)
}
