//! `POST` and `GET /v2/video/generations`, for the four `klingai/video-o1-…` models.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Body;
use super::media::Media;

/// The request, with the fields of all four models. Only what was asked for is there.
#[derive(Clone, Serialize)]
pub(crate) struct VideoRequest {
    pub(crate) model: String,
    #[serde(serialize_with = "super::prompt")]
    pub(crate) prompt: kling_core::Prompt,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_url: Option<Media>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_image_url: Option<Media>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) video_url: Option<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) image_list: Vec<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) elements: Vec<VideoElement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aspect_ratio: Option<String>,
    /// A number, although the schema gives its default as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keep_audio: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
}

/// One of [`VideoRequest::elements`].
#[derive(Clone, Serialize)]
pub(crate) struct VideoElement {
    pub(crate) frontal_image_url: Media,
    pub(crate) reference_image_urls: Vec<Media>,
}

impl Body for VideoRequest {
    fn json_bytes(&self) -> usize {
        let elements = self.elements.iter().flat_map(|element| {
            std::iter::once(&element.frontal_image_url).chain(&element.reference_image_urls)
        });
        let files: usize = self
            .image_list
            .iter()
            .chain(&self.image_url)
            .chain(&self.last_image_url)
            .chain(&self.video_url)
            .chain(elements)
            .map(Media::json_bytes)
            .sum();
        files + super::words_bytes(&self.prompt)
    }
}

/// The answer to a submission, and to a look at what became of it; every field may be anything.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct VideoReply {
    /// Text.
    pub(crate) id: Value,
    /// A word.
    pub(crate) status: Value,
    /// `{url}`, a list of those, or null.
    pub(crate) video: Value,
    /// In no schema; where a sample of the vendor's has the address.
    pub(crate) output_url: Value,
    /// A [`Meta`](crate::wire::Meta), read on its own.
    pub(crate) meta: Option<Box<RawValue>>,
}
