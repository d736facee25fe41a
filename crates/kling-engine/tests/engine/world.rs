//! The outside world as a test wants it, and the files in it.

use std::sync::Arc;

use kling_core::{AssetUrl, Cost, CostSource, Output, OutputAsset, OutputSource};

use crate::acme::{Acme, PRICE};
use crate::chat::{Chat, Seen};

/// A picture that decodes: every width is another file.
pub(crate) fn picture(width: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, 400)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

pub(crate) fn inline(width: u32) -> OutputAsset {
    OutputAsset {
        source: OutputSource::Inline(picture(width).into()),
        media_type: None,
    }
}

pub(crate) fn linked(address: &str) -> OutputAsset {
    OutputAsset {
        source: OutputSource::Url(AssetUrl::parse(address).unwrap()),
        media_type: None,
    }
}

pub(crate) fn output(assets: Vec<OutputAsset>) -> Output {
    Output {
        assets,
        cost: Some(Cost {
            amount: PRICE,
            source: CostSource::Reported,
        }),
    }
}

/// One picture, as it arrives.
pub(crate) fn one_picture() -> Seen {
    Seen::Result {
        files: vec![picture(500)],
        missing: 0,
    }
}

/// What outlives the engine.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) acme: Arc<Acme>,
    pub(crate) chat: Arc<Chat>,
}

impl World {
    pub(crate) fn of(acme: Acme) -> Self {
        Self {
            acme: Arc::new(acme),
            chat: Arc::default(),
        }
    }
}
