//! Media, going in or coming out: what it is, and where its bytes are.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

mod frame_rate;
mod url;

pub use self::frame_rate::FrameRate;
pub use self::url::{AssetUrl, InvalidUrl};

/// A kind of file that pictures and videos come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/webp`
    Webp,
    /// `image/gif`
    Gif,
    /// `video/mp4`
    Mp4,
    /// `video/quicktime`
    Mov,
    /// `video/webm`
    Webm,
}

impl MediaType {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Gif,
        Self::Mp4,
        Self::Mov,
        Self::Webm,
    ];

    /// The IANA name, as in `Content-Type`.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
        }
    }

    /// The usual end of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
        }
    }

    /// What people call it: `PNG`, `JPEG`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Mp4 => "MP4",
            Self::Mov => "MOV",
            Self::Webm => "WebM",
        }
    }

    /// Reads an IANA name; parameters after a semicolon are passed over.
    pub fn from_mime(text: &str) -> Option<Self> {
        let essence = text
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        if essence == "image/jpg" {
            return Some(Self::Jpeg);
        }
        Self::ALL.into_iter().find(|kind| kind.mime() == essence)
    }

    /// Whether it is a still picture (GIF counts as one).
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp | Self::Gif)
    }

    /// Whether it is a video.
    pub const fn is_video(self) -> bool {
        !self.is_image()
    }
}

/// Width and height, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dimensions {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl std::fmt::Display for Dimensions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

/// How a file travels to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// The provider has an upload endpoint of its own.
    Upload,
    /// Inside the request, as a `data:` URI.
    DataUri,
    /// The provider fetches a public address.
    Url,
}

/// What is known about a file without reading it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetInfo {
    /// What the bytes are (or, before they were read, are said to be).
    pub media_type: MediaType,
    /// How many bytes there are.
    pub size_bytes: u64,
    /// Width and height as it is seen, where known.
    pub dimensions: Option<Dimensions>,
    /// Playing time, to the millisecond where it was read from the file; `None` for a still picture, and where it
    /// is not known.
    pub duration: Option<Duration>,
    /// Frames a second; `None` for a still picture, and where it is not known.
    pub frame_rate: Option<FrameRate>,
}

/// A failure to read a file's bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssetReadError {
    /// The place that holds the bytes could not give them.
    #[error("the file could not be read")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no content to read: only an address, or only a description.
    #[error("the file has no content here")]
    NoContent,
    /// More bytes came than the caller allowed.
    #[error("the file is larger than the {limit_bytes} bytes allowed")]
    TooLarge {
        /// The most bytes the caller allowed.
        limit_bytes: u64,
    },
}

/// The most memory that is set aside for a file on the word of its description alone.
const MAX_RESERVED: u64 = 32 * 1024 * 1024;

/// A file's bytes as they arrive.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, AssetReadError>> + Send>>;

/// Something that can give a file's bytes, from the start, as often as it is asked.
#[async_trait::async_trait]
pub trait AssetContent: Send + Sync + std::fmt::Debug {
    /// Opens the content at its first byte.
    ///
    /// # Errors
    ///
    /// [`AssetReadError::Failed`] when the place that holds the bytes does not give them.
    async fn open(&self) -> Result<ByteStream, AssetReadError>;
}

/// A file that goes into a generation.
#[derive(Clone, Debug)]
pub struct Asset {
    info: AssetInfo,
    content: Option<Arc<dyn AssetContent>>,
    public_url: Option<AssetUrl>,
    announced: Option<Announced>,
}

/// How a file that is not here yet will be able to travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Announced {
    Anyhow,
    WithoutAddress,
}

impl Asset {
    /// A file whose bytes are in memory.
    pub fn from_bytes(info: AssetInfo, bytes: Bytes) -> Self {
        Self::from_content(info, Arc::new(InMemory(bytes)))
    }

    /// A file whose bytes something else holds.
    pub fn from_content(info: AssetInfo, content: Arc<dyn AssetContent>) -> Self {
        Self {
            info,
            content: Some(content),
            public_url: None,
            announced: None,
        }
    }

    /// A file known by a public address only.
    pub fn from_url(info: AssetInfo, url: AssetUrl) -> Self {
        Self {
            info,
            content: None,
            public_url: Some(url),
            announced: None,
        }
    }

    /// A file that is described but not here yet; it is taken to be able to travel in every way.
    pub fn pending(info: AssetInfo) -> Self {
        Self {
            info,
            content: None,
            public_url: None,
            announced: Some(Announced::Anyhow),
        }
    }

    /// The same file, when it is known that it will have no public address. Only a pending file changes.
    #[must_use]
    pub fn without_address(self) -> Self {
        Self {
            announced: self.announced.map(|_| Announced::WithoutAddress),
            ..self
        }
    }

    /// The same file, described anew: when more of it is known than before.
    #[must_use]
    pub fn described(self, info: AssetInfo) -> Self {
        Self { info, ..self }
    }

    /// The same file, also to be had at a public address.
    #[must_use]
    pub fn with_public_url(self, url: AssetUrl) -> Self {
        Self {
            public_url: Some(url),
            ..self
        }
    }

    /// What is known about it.
    pub fn info(&self) -> &AssetInfo {
        &self.info
    }

    /// The address anyone can fetch it from, if there is one.
    pub fn public_url(&self) -> Option<&AssetUrl> {
        self.public_url.as_ref()
    }

    /// Whether it can travel this way.
    pub fn can_travel(&self, transport: Transport) -> bool {
        match (transport, self.announced) {
            (_, Some(Announced::Anyhow)) => true,
            (Transport::Upload | Transport::DataUri, Some(Announced::WithoutAddress)) => true,
            (Transport::Upload | Transport::DataUri, None) => self.content.is_some(),
            (Transport::Url, _) => self.public_url.is_some(),
        }
    }

    /// Opens the bytes from the start.
    ///
    /// # Errors
    ///
    /// [`AssetReadError::NoContent`] for a file known by address or description only, else what
    /// its holder reports.
    pub async fn open(&self) -> Result<ByteStream, AssetReadError> {
        match &self.content {
            Some(content) => content.open().await,
            None => Err(AssetReadError::NoContent),
        }
    }

    /// Reads all bytes into memory, up to a limit.
    ///
    /// # Errors
    ///
    /// As [`Asset::open`], and [`AssetReadError::TooLarge`] when more than `limit_bytes` come.
    pub async fn read(&self, limit_bytes: u64) -> Result<Bytes, AssetReadError> {
        let mut stream = self.open().await?;
        // Memory that grows as it is needed can end up twice as large; the said size may be wrong, so it is a hint.
        let expected = self.info.size_bytes.min(limit_bytes).min(MAX_RESERVED);
        let mut all = BytesMut::with_capacity(usize::try_from(expected).unwrap_or_default());
        while let Some(chunk) =
            std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
        {
            let chunk = chunk?;
            if (all.len() + chunk.len()) as u64 > limit_bytes {
                return Err(AssetReadError::TooLarge { limit_bytes });
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

struct InMemory(Bytes);

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InMemory({} bytes)", self.0.len())
    }
}

#[async_trait::async_trait]
impl AssetContent for InMemory {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        Ok(Box::pin(Once(Some(self.0.clone()))))
    }
}

struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = Result<Bytes, AssetReadError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_read_from_the_name_servers_send() {
        assert_eq!(
            MediaType::from_mime("image/JPEG; charset=binary"),
            Some(MediaType::Jpeg)
        );
        assert_eq!(MediaType::from_mime("text/html"), None);
        for kind in MediaType::ALL {
            assert_eq!(MediaType::from_mime(kind.mime()), Some(kind));
        }
    }
}
