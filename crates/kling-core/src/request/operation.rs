//! The eight kinds of work.

/// What a provider is asked to do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// An image from words alone.
    TextToImage,
    /// An image from words and reference images.
    ImageToImage,
    /// Several images in which the same character appears.
    MultiShot,
    /// A video from words alone.
    TextToVideo,
    /// A video from a first frame, and perhaps a last one.
    ImageToVideo,
    /// A video from reference images or elements.
    ReferenceToVideo,
    /// The given video, changed.
    VideoEdit,
    /// A new video in the manner of the given one.
    VideoReference,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 8] = [
        Self::TextToImage,
        Self::ImageToImage,
        Self::MultiShot,
        Self::TextToVideo,
        Self::ImageToVideo,
        Self::ReferenceToVideo,
        Self::VideoEdit,
        Self::VideoReference,
    ];

    /// The name in configuration, commands and stored rows: `image-to-video`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TextToImage => "text-to-image",
            Self::ImageToImage => "image-to-image",
            Self::MultiShot => "multi-shot",
            Self::TextToVideo => "text-to-video",
            Self::ImageToVideo => "image-to-video",
            Self::ReferenceToVideo => "reference-to-video",
            Self::VideoEdit => "video-edit",
            Self::VideoReference => "video-reference",
        }
    }

    /// Reads a name that [`Operation::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.as_str() == text)
    }

    /// What comes out.
    pub const fn output(self) -> MediaKind {
        match self {
            Self::TextToImage | Self::ImageToImage | Self::MultiShot => MediaKind::Image,
            Self::TextToVideo
            | Self::ImageToVideo
            | Self::ReferenceToVideo
            | Self::VideoEdit
            | Self::VideoReference => MediaKind::Video,
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A still picture or a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A still picture.
    Image,
    /// A video.
    Video,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_read_by_the_name_it_writes() {
        for operation in Operation::ALL {
            assert_eq!(Operation::parse(operation.as_str()), Some(operation));
        }
        assert_eq!(Operation::parse("upscale"), None);
    }
}
