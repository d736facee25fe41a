//! `POST /v1/images/generations`, for `klingai/image-o1`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Body;
use super::media::Media;

/// The request. Only what was asked for is there.
#[derive(Clone, Serialize)]
pub(crate) struct ImageRequest {
    pub(crate) model: String,
    #[serde(serialize_with = "super::prompt")]
    pub(crate) prompt: kling_core::Prompt,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) image_urls: Vec<Media>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aspect_ratio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolution: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) num_images: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
}

impl Body for ImageRequest {
    fn json_bytes(&self) -> usize {
        let pictures: usize = self.image_urls.iter().map(Media::json_bytes).sum();
        pictures + super::words_bytes(&self.prompt)
    }
}

/// The reply.
#[derive(Debug, Deserialize)]
pub(crate) struct ImageReply {
    /// One entry an image. It must be there, and may be null.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) data: Option<Vec<Value>>,
    /// A [`Meta`](crate::wire::Meta), read on its own.
    #[serde(default)]
    pub(crate) meta: Option<Box<RawValue>>,
}

/// One entry of [`ImageReply::data`]; every field may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ImageEntry {
    pub(crate) url: Value,
    pub(crate) b64_json: Value,
    /// Not in the schema, but seen in replies.
    pub(crate) mime_type: Value,
}
