//! `POST /v1/images/generations`, for `klingai/image-o1`.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kling_core::{AssetUrl, MediaType};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The request. Only what was asked for is there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ImageRequest {
    pub(crate) model: String,
    #[serde(serialize_with = "prompt")]
    pub(crate) prompt: kling_core::Prompt,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) image_urls: Vec<Picture>,
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

/// One picture that goes in: an address, or the bytes themselves as a `data:` URI.
#[derive(Clone, Debug)]
pub(crate) enum Picture {
    Url(AssetUrl),
    Data(MediaType, Bytes),
}

impl Picture {
    /// How many bytes there are to encode.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Url(_) => 0,
            Self::Data(_, bytes) => bytes.len(),
        }
    }
}

/// The bytes are encoded while the body is written, so that no second copy of them is held.
impl Serialize for Picture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Url(url) => serializer.serialize_str(url.expose().as_str()),
            Self::Data(kind, bytes) => {
                let encoded = Base64Display::new(bytes, &STANDARD);
                serializer.collect_str(&format_args!("data:{};base64,{encoded}", kind.mime()))
            }
        }
    }
}

fn prompt<S: Serializer>(prompt: &kling_core::Prompt, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(prompt.as_str())
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
