//! Files to send: real ones, on the emulator's shelf and off it, usable ones and others.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kling_conformance::arbitrary::Pool;
use kling_conformance::drawn_picture;
use kling_core::{Asset, AssetInfo, AssetUrl, Dimensions, MediaType};
use kling_emulator::Emulator;
use kling_emulator::media::{File, video};

/// How a clip is asked for: seconds, and pixels across and down.
type Shape = (u32, (u32, u32));

/// A real clip of so many seconds and pixels; `None` when a side is not a multiple of four. Each is drawn once.
pub fn clip(seconds: u32, (width, height): (u32, u32)) -> Option<Asset> {
    static DRAWN: Mutex<BTreeMap<Shape, Asset>> = Mutex::new(BTreeMap::new());
    let shape = (seconds, (width, height));
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(clip) = drawn.get(&shape) {
        return Some(clip.clone());
    }
    let bytes = Bytes::from(video::sample("a clip", seconds, (width, height))?);
    let info = AssetInfo {
        media_type: MediaType::Mp4,
        size_bytes: bytes.len() as u64,
        dimensions: Some(Dimensions { width, height }),
        duration: Some(Duration::from_secs(u64::from(seconds))),
        frame_rate: None,
    };
    let clip = Asset::from_bytes(info, bytes);
    drawn.insert(shape, clip.clone());
    Some(clip)
}

/// Files for requests that are made at random. What is behind an address is on the emulator's shelf, where its validator
/// looks at it, or on the internet, where it does not go.
pub async fn pool(emulator: &Emulator) -> Pool {
    let mut pool = Pool::default();
    let sized = [((320, 320), 9), ((600, 300), 90)];
    for (number, (pixels, shade)) in sized.into_iter().enumerate() {
        let picture = drawn_picture(pixels, shade);
        let known_by_both = shelved(emulator, &format!("good-{number}"), picture.clone()).await;
        // Nobody goes there to look, so it costs nothing to have many of these.
        for copy in 0..6 {
            let address = format!("https://pictures.example.com/{number}-{copy}.png?sig=0815");
            pool.pictures.extend(at(&picture, &address));
        }
        pool.pictures.push(known_by_both);
    }
    // Too few pixels, too wide, too tall, and no kind of picture that is taken.
    for (number, pixels) in [(299, 320), (800, 300), (300, 760)].into_iter().enumerate() {
        let picture = drawn_picture(pixels, 30);
        let shelved = shelved(emulator, &format!("bad-{number}"), picture).await;
        pool.unusable_pictures.push(shelved);
    }
    let gif = Asset::from_bytes(
        AssetInfo {
            media_type: MediaType::Gif,
            size_bytes: 6,
            dimensions: None,
            duration: None,
            frame_rate: None,
        },
        Bytes::from_static(b"GIF89a"),
    );
    pool.unusable_pictures
        .push(shelved(emulator, "gif", gif).await);
    if let Some(clip) = clip(3, (720, 720)) {
        let shelved = shelved(emulator, "clip", clip.clone()).await;
        let elsewhere = at(&clip, "https://clips.example.com/clip.mp4");
        pool.clips = [shelved].into_iter().chain(elsewhere).collect();
    }
    // Too short, too small, too large.
    for (seconds, pixels) in [(2, (720, 720)), (3, (640, 720)), (3, (720, 2_164))] {
        if let Some(clip) = clip(seconds, pixels) {
            let name = format!("clip-{seconds}-{}-{}", pixels.0, pixels.1);
            pool.unusable_clips
                .push(shelved(emulator, &name, clip).await);
        }
    }
    pool
}

/// The same, known by its address alone.
fn at(asset: &Asset, address: &str) -> Option<Asset> {
    let url = AssetUrl::parse(address).ok()?;
    Some(Asset::from_url(asset.info().clone(), url))
}

/// The same, on the emulator's shelf too.
async fn shelved(emulator: &Emulator, name: &str, asset: Asset) -> Asset {
    let kind = asset.info().media_type;
    let Ok(bytes) = asset.read(u64::MAX).await else {
        return asset;
    };
    let file = File {
        name: format!("{name}.{}", kind.extension()),
        content_type: kind.mime().to_owned(),
        bytes,
    };
    let path = emulator.world().media.put(name, file);
    match AssetUrl::parse(&format!("{}{path}", emulator.origin())) {
        Ok(url) => asset.with_public_url(url),
        Err(_) => asset,
    }
}
