//! Looks at the files that a request speaks of, and refuses those the models cannot use.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use image::ImageFormat;
use serde_json::{Value, json};
use url::Url;

use crate::{
    media::{Reference, Sniffed, fetch},
    reading::{Issue, Sent, Source},
};

mod clip;

pub(crate) use self::clip::{Clip, look_at_clip};

/// The largest picture, in bytes as decoded: 10 MB.
const BYTES: usize = 10_000_000;

/// The shortest side, in pixels.
const SIDE: u32 = 300;

/// Width by height lies between two to five and five to two.
const RATIO: (u64, u64) = (2, 5);

/// A reference picture that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    /// What results show of it.
    pub(crate) reference: Reference,
    /// Width and height; not known of public addresses.
    pub(crate) pixels: Option<(u32, u32)>,
    /// What the journal says of it.
    pub(crate) note: Value,
}

/// What becomes of a data URI that names another type than its content has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Labels {
    /// It is refused.
    Strict,
    /// The name is not looked at.
    Ignored,
}

/// Complains about a data URI that names a type which is none of `names`.
fn compare(labels: Labels, kind: Option<&str>, names: &[&str]) -> Result<(), &'static str> {
    match kind {
        Some(kind) if labels == Labels::Strict && !names.contains(&kind) => {
            Err("Invalid file: the data URI names another type than the content has")
        }
        Some(_) | None => Ok(()),
    }
}

/// Looks at every picture; complains about all that cannot be used.
pub(crate) async fn look(pictures: Vec<Sent>, labels: Labels) -> Result<Vec<Looked>, Vec<Issue>> {
    let mut looked = Vec::with_capacity(pictures.len());
    let mut issues = Vec::new();
    for picture in pictures {
        match look_at(picture.source, labels).await {
            Ok(one) => looked.push(one),
            Err(message) => issues.push(Issue::new(picture.path, message)),
        }
    }
    if issues.is_empty() {
        Ok(looked)
    } else {
        Err(issues)
    }
}

async fn look_at(source: Source, labels: Labels) -> Result<Looked, &'static str> {
    match source {
        Source::Public(url) => {
            let name = address(&url);
            let note = json!({ "source": "public_url", "url": name });
            Ok(Looked {
                reference: Reference::Named(name),
                pixels: None,
                note,
            })
        }
        Source::Loopback(url) => {
            let bytes = fetch(&url, BYTES).await.ok_or("Failed to download image")?;
            blocking(move || inspect(&bytes, "loopback_url", |_| Ok(()))).await
        }
        Source::Inline { kind, base64 } => {
            let look = move || {
                let bytes = decode(&base64).ok_or("Invalid url")?;
                inspect(&bytes, "base64", |names| {
                    compare(labels, kind.as_deref(), names)
                })
            };
            blocking(look).await
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, &'static str> + Send + 'static,
) -> Result<T, &'static str> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err("Failed to process image"))
}

/// An address without its query, which may carry a signature.
fn address(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

fn decode(base64: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, config)
        .decode(base64.trim())
        .ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// Looks at the bytes of a picture; `label` is asked whether its type, by all names it has, is the one that was named.
fn inspect(
    bytes: &[u8],
    source: &str,
    label: impl FnOnce(&[&str]) -> Result<(), &'static str>,
) -> Result<Looked, &'static str> {
    if bytes.len() > BYTES {
        return Err("Image size must not exceed 10 MB");
    }
    let picture = Sniffed::read(bytes).ok_or("Invalid image: the file could not be decoded")?;
    let (format, names): (_, &[&str]) = match picture.format {
        ImageFormat::Png => ("png", &["image/png"]),
        ImageFormat::Jpeg => ("jpeg", &["image/jpeg", "image/jpg"]),
        ImageFormat::WebP => ("webp", &["image/webp"]),
        _ => return Err("Unsupported image format. Supported formats: jpeg, png, webp"),
    };
    label(names)?;
    if picture.width < SIDE || picture.height < SIDE {
        return Err("Image width and height must be at least 300 px");
    }
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    if width * RATIO.1 < height * RATIO.0 || height * RATIO.1 < width * RATIO.0 {
        return Err("Image aspect ratio must be between 1:2.5 and 2.5:1");
    }
    let note = json!({
        "source": source,
        "bytes": bytes.len(),
        "sha256": picture.sha256,
        "format": format,
        "width": width,
        "height": height,
    });
    Ok(Looked {
        reference: Reference::Seen(picture.thumbnail),
        pixels: Some((picture.width, picture.height)),
        note,
    })
}
