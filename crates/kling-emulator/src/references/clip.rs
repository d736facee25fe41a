//! Looks at a reference video: what it is, how long, how large.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Labels, address, compare, decode};
use crate::{
    media::{Reference, fetch, hex, video},
    reading::{Issue, Sent, Source},
};

/// The largest video, in bytes as decoded: 200 MB.
const BYTES: usize = 200_000_000;

/// The shortest and the longest video, in milliseconds.
const LENGTH_MS: (u64, u64) = (3_000, 10_050);

/// The smallest and the largest side, in pixels.
const SIDE: (u32, u32) = (720, 2160);

/// The slowest and the fastest, in pictures per thousand seconds; a little wide, for 23.976 and 59.94.
const PACE: (u64, u64) = (23_900, 60_100);

/// The brand of a MOV file.
const QUICKTIME: &str = "qt  ";

/// A reference video that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Clip {
    /// How long it is and how large; not known of public addresses.
    pub(crate) shape: Option<Shape>,
    /// What results show of it.
    pub(crate) reference: Reference,
    /// What the journal says of it.
    pub(crate) note: Value,
}

/// How long a video is, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Milliseconds.
    pub(crate) duration_ms: u64,
    /// Width and height.
    pub(crate) pixels: (u32, u32),
}

/// Looks at a video; complains when it cannot be used.
pub(crate) async fn look_at_clip(sent: Sent, labels: Labels) -> Result<Clip, Issue> {
    let Sent { path, source } = sent;
    let looked = match source {
        Source::Public(url) => {
            let name = address(&url);
            let note = json!({ "source": "public_url", "url": name });
            Ok(Clip {
                shape: None,
                reference: Reference::Named(name),
                note,
            })
        }
        Source::Loopback(url) => match fetch(&url, BYTES).await {
            Some(bytes) => blocking(move || inspect(&bytes, "loopback_url", |_| Ok(()))).await,
            None => Err("Failed to download video"),
        },
        Source::Inline { kind, base64 } => {
            let look = move || {
                let bytes = decode(&base64).ok_or("Invalid url")?;
                inspect(&bytes, "base64", |names| {
                    compare(labels, kind.as_deref(), names)
                })
            };
            blocking(look).await
        }
    };
    looked.map_err(|message| Issue::new(path, message))
}

async fn blocking(
    work: impl FnOnce() -> Result<Clip, &'static str> + Send + 'static,
) -> Result<Clip, &'static str> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err("Failed to process video"))
}

/// Looks at the bytes of a video; `label` is asked whether its type is the one that was named.
fn inspect(
    bytes: &[u8],
    source: &str,
    label: impl FnOnce(&[&str]) -> Result<(), &'static str>,
) -> Result<Clip, &'static str> {
    if bytes.len() > BYTES {
        return Err("Video size must not exceed 200 MB");
    }
    let seen = video::probe(bytes).ok_or("Invalid video: only mp4 and mov files can be read")?;
    label(if seen.brand == QUICKTIME {
        &["video/quicktime"]
    } else {
        &["video/mp4"]
    })?;
    if !(LENGTH_MS.0..=LENGTH_MS.1).contains(&seen.duration_ms) {
        return Err("Video duration must be between 3 and 10.05 seconds");
    }
    let (width, height) = (seen.width, seen.height);
    if [width, height]
        .iter()
        .any(|side| !(SIDE.0..=SIDE.1).contains(side))
    {
        return Err("Video width and height must be between 720 and 2160 px");
    }
    if !(PACE.0..=PACE.1).contains(&seen.frames_per_1000_s()) {
        return Err("Video frame rate must be between 24 and 60");
    }
    let (whole, tenths) = (seen.duration_ms / 1000, seen.duration_ms % 1000 / 100);
    let seconds = format!("{whole}.{tenths} s");
    Ok(Clip {
        shape: Some(Shape {
            duration_ms: seen.duration_ms,
            pixels: (width, height),
        }),
        reference: Reference::Named(format!("video {seconds} {width}x{height}")),
        note: json!({
            "source": source,
            "bytes": bytes.len(),
            "sha256": hex(&Sha256::digest(bytes)),
            "brand": seen.brand,
            "codec": seen.codec,
            "width": width,
            "height": height,
            "duration_ms": seen.duration_ms,
            "has_sound": seen.has_sound,
        }),
    })
}
