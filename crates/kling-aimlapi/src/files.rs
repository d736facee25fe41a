//! The files of a request, read and ready to travel.

use bytes::Bytes;
use kling_core::{Asset, Capability, GenerationRequest, ProviderError, Transport};

use crate::wire::Body;
use crate::wire::media::Media;
use crate::wire::video::VideoElement;

/// What is encoded or decoded on the async threads; more goes to a thread that may block.
const SMALL_BYTES: usize = 256 * 1024;

/// Everything that goes in beside the words.
#[derive(Clone, Default)]
pub(crate) struct Files {
    /// In the request's order.
    pub(crate) images: Vec<Media>,
    pub(crate) first_frame: Option<Media>,
    pub(crate) last_frame: Option<Media>,
    pub(crate) video: Option<Media>,
    pub(crate) elements: Vec<VideoElement>,
}

impl Files {
    /// Takes every file along in the first way that the model takes and the file can go.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Input`] when one cannot be read, or is larger than it was said to be and may be.
    pub(crate) async fn take(
        request: &GenerationRequest,
        capability: &Capability,
    ) -> Result<Self, ProviderError> {
        let pictures = Taker {
            ways: &capability.transports,
            limit: capability.image_files.max_bytes.unwrap_or(u64::MAX),
        };
        let clips = Taker {
            limit: capability.video_files.max_bytes.unwrap_or(u64::MAX),
            ..pictures
        };
        let mut elements = Vec::with_capacity(request.elements.len());
        for element in &request.elements {
            elements.push(VideoElement {
                frontal_image_url: pictures.take(&element.frontal).await?,
                reference_image_urls: pictures.take_all(&element.references).await?,
            });
        }
        Ok(Self {
            images: pictures.take_all(&request.images).await?,
            first_frame: pictures.take_some(request.first_frame.as_ref()).await?,
            last_frame: pictures.take_some(request.last_frame.as_ref()).await?,
            video: clips.take_some(request.video.as_ref()).await?,
            elements,
        })
    }
}

/// How files of one kind are taken along.
#[derive(Clone, Copy)]
struct Taker<'a> {
    ways: &'a [Transport],
    limit: u64,
}

impl Taker<'_> {
    async fn take(self, asset: &Asset) -> Result<Media, ProviderError> {
        let way = self.ways.iter().find(|&&way| asset.can_travel(way));
        if let (Some(Transport::Url), Some(url)) = (way, asset.public_url()) {
            return Ok(Media::Url(url.clone()));
        }
        let bytes = asset
            .read(self.limit)
            .await
            .map_err(|error| ProviderError::Input(Box::new(error)))?;
        Ok(Media::Data(asset.info().media_type, bytes))
    }

    async fn take_some(self, asset: Option<&Asset>) -> Result<Option<Media>, ProviderError> {
        match asset {
            Some(asset) => self.take(asset).await.map(Some),
            None => Ok(None),
        }
    }

    async fn take_all(self, assets: &[Asset]) -> Result<Vec<Media>, ProviderError> {
        let mut taken = Vec::with_capacity(assets.len());
        for asset in assets {
            taken.push(self.take(asset).await?);
        }
        Ok(taken)
    }
}

/// Writes a body down. Nothing has been sent when this fails.
pub(crate) async fn encode<B: Body + Send + 'static>(body: B) -> Result<Bytes, ProviderError> {
    off_thread(body.json_bytes(), move || body.to_json())
        .await
        .map_err(|gone| ProviderError::Input(gone.into()))?
        .map(Bytes::from)
        .map_err(|error| ProviderError::Input(Box::new(error)))
}

/// Does heavy work where it may block, and light work here.
pub(crate) async fn off_thread<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    if bytes <= SMALL_BYTES {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await
}
