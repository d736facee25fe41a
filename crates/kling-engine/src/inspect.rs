//! What a file in the archive is, by its bytes.

use std::time::Duration;

use futures::StreamExt as _;
use kling_core::{Dimensions, FrameRate, MediaType};
use kling_http::sniff::{self, FileFacts, Look, NotAPicture, NotAVideo, VideoLook};
use tokio::sync::Semaphore;

use crate::archive::Archive;
use crate::error::EngineError;

/// Pictures are decoded one at a time, so that many at once take no more memory than one.
static DECODING: Semaphore = Semaphore::const_new(1);

/// What was found out about a file, as far as it tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Width and height.
    pub(crate) dimensions: Option<Dimensions>,
    /// How long it plays.
    pub(crate) duration: Option<Duration>,
    /// How many frames a second it shows.
    pub(crate) frame_rate: Option<FrameRate>,
}

impl From<FileFacts> for Seen {
    fn from(facts: FileFacts) -> Self {
        Self {
            dimensions: facts.dimensions,
            duration: facts.duration,
            frame_rate: facts.frame_rate,
        }
    }
}

/// Looks at an input: a picture must decode and a video be whole, whatever its name says. The inner error is
/// the code of the refusal.
pub(crate) async fn input(
    archive: &Archive,
    key: &str,
    media_type: MediaType,
    size_bytes: u64,
) -> Result<Result<Seen, &'static str>, EngineError> {
    if media_type.is_video() {
        return Ok(match video(archive, key, media_type, size_bytes).await? {
            Ok(seen) => Ok(seen),
            Err(NotAVideo::Unrecognised { .. }) => Err("input-not-media"),
            Err(NotAVideo::Damaged | NotAVideo::NoPicture | NotAVideo::Unreadable(_)) => {
                Err("input-corrupt")
            }
        });
    }
    // A permit is only ever refused by a closed semaphore, and this one stays open.
    let _permit = DECODING.acquire().await.ok();
    let bytes = archive.read(key, size_bytes).await?;
    let verified = tokio::task::spawn_blocking(move || sniff::verify_image(&bytes))
        .await
        .map_err(|error| EngineError::Archive {
            doing: "look at a picture",
            source: error.into(),
        })?;
    Ok(match verified {
        Ok(facts) => Ok(facts.into()),
        Err(NotAPicture::Unrecognised { .. }) => Err("input-not-media"),
        Err(NotAPicture::TooManyPixels | NotAPicture::Damaged(_) | NotAPicture::Unreadable(_)) => {
            Err("input-corrupt")
        }
    })
}

/// Looks at a result: what it tells of itself is good to know, and what it does not tell is no reason to
/// withhold it.
pub(crate) async fn result(
    archive: &Archive,
    key: &str,
    media_type: MediaType,
    size_bytes: u64,
) -> Result<Seen, EngineError> {
    if media_type.is_video() {
        let seen = video(archive, key, media_type, size_bytes).await?;
        return Ok(seen.unwrap_or_default());
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
            return Ok(Seen {
                dimensions: Some(known),
                ..Seen::default()
            });
        }
    }
    Ok(Seen::default())
}

/// Reads the few pieces of a video that describe it.
async fn video(
    archive: &Archive,
    key: &str,
    media_type: MediaType,
    size_bytes: u64,
) -> Result<Result<Seen, NotAVideo>, EngineError> {
    let mut looking = VideoLook::new(media_type, size_bytes);
    loop {
        match looking.look() {
            Ok(Look::Found(facts)) => return Ok(Ok(facts.into())),
            Err(refusal) => return Ok(Err(refusal)),
            Ok(Look::Read(range)) => {
                let start = range.start;
                looking.give(start, archive.piece(key, range).await?);
            }
        }
    }
}
