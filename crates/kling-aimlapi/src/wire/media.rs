//! One file that goes in: an address, or the bytes themselves as a `data:` URI.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kling_core::{AssetUrl, MediaType};
use serde::{Serialize, Serializer};

/// A picture or a clip, as any field for one takes it.
#[derive(Clone)]
pub(crate) enum Media {
    Url(AssetUrl),
    Data(MediaType, Bytes),
}

impl Media {
    /// At most how many bytes it takes in JSON, with its quotes and comma.
    pub(super) fn json_bytes(&self) -> usize {
        match self {
            Self::Url(url) => url.expose().as_str().len() + 3,
            Self::Data(_, bytes) => bytes.len().div_ceil(3) * 4 + 40,
        }
    }
}

/// The bytes are encoded while the body is written, so that no second copy of them is held.
impl Serialize for Media {
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
