//! Input files for generated requests, in every way they can travel to the model.

use std::sync::atomic::{AtomicU8, Ordering};

use bytes::Bytes;
use kling_core::{Asset, AssetInfo, Capability, Dimensions, FileRule, MediaType, Transport};

use crate::arbitrary::Pool;
use crate::picture;
use crate::shelf::Shelf;
use crate::verdict::{Stop, cannot};

/// The side of a picture where the model has no wish.
const SIDE: u32 = 320;

/// The most bytes of a clip: what the largest vendor so far takes.
const MAX_CLIP_BYTES: u64 = 200_000_000;

/// Makes files for one model.
pub(crate) struct Files {
    rule: FileRule,
    transports: Vec<Transport>,
    shelf: Shelf,
    clip: Option<Asset>,
    made: AtomicU8,
}

impl Files {
    pub(crate) async fn for_model(
        capability: &Capability,
        clip: Option<Asset>,
    ) -> Result<Self, Stop> {
        let shelf = match Shelf::open().await {
            Ok(shelf) => shelf,
            Err(error) => return cannot(format!("no loopback address is free: {error}")),
        };
        let transports = capability.transports.clone();
        let clip = match clip {
            Some(clip) if transports.contains(&Transport::Url) => {
                Some(on_shelf(&shelf, clip).await?)
            }
            other => other,
        };
        Ok(Self {
            rule: capability.image_files.clone(),
            transports,
            shelf,
            clip,
            made: AtomicU8::new(0),
        })
    }

    /// Another picture. Where addresses are taken, every second one is known by its address only.
    pub(crate) fn picture(&self) -> Asset {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let side = self.rule.min_side.unwrap_or(SIDE).max(SIDE);
        let side = self.rule.max_side.map_or(side, |max| side.min(max));
        let (info, bytes) = drawn((side, side), number.wrapping_mul(23));
        let named = format!("picture-{number}");
        let url = self.shelf.put(&named, MediaType::Png, bytes.clone());
        let by_address = self.transports.contains(&Transport::Url);
        match url {
            Some(url) if by_address && (self.transports.len() == 1 || number % 2 == 1) => {
                Asset::from_url(info, url)
            }
            Some(url) if by_address => Asset::from_bytes(info, bytes).with_public_url(url),
            _ => Asset::from_bytes(info, bytes),
        }
    }

    /// Some of these for requests that are made at random.
    pub(crate) fn pool(&self) -> Pool {
        Pool {
            pictures: (0..4).map(|_| self.picture()).collect(),
            clips: self.clip.iter().cloned().collect(),
            ..Pool::default()
        }
    }

    /// The clip, where the subject has one.
    pub(crate) fn clip(&self) -> Option<Asset> {
        self.clip.clone()
    }
}

fn drawn(pixels: (u32, u32), pattern: u8) -> (AssetInfo, Bytes) {
    let bytes = Bytes::from(picture::png(pixels, pattern));
    let (width, height) = pixels;
    let info = AssetInfo {
        media_type: MediaType::Png,
        size_bytes: bytes.len() as u64,
        dimensions: Some(Dimensions { width, height }),
        duration: None,
        frame_rate: None,
    };
    (info, bytes)
}

/// A real PNG picture of so many pixels across and down; the pattern makes one different from another.
pub fn drawn_picture(pixels: (u32, u32), pattern: u8) -> Asset {
    let (info, bytes) = drawn(pixels, pattern);
    Asset::from_bytes(info, bytes)
}

async fn on_shelf(shelf: &Shelf, clip: Asset) -> Result<Asset, Stop> {
    let Ok(bytes) = clip.read(MAX_CLIP_BYTES).await else {
        return cannot("the subject's clip cannot be read");
    };
    let url = shelf.put("clip", clip.info().media_type, bytes);
    Ok(match url {
        Some(url) => clip.with_public_url(url),
        None => clip,
    })
}
