//! Films: drawn, encoded as H.264 and put into MP4 files, all in this process.
//!
//! A film shows one picture, drawn in cells of four by four pixels, over a bar that fills while it
//! plays. Real players play it, and report exactly the length and the size that were asked for.

mod bits;
mod cavlc;
mod cells;
mod h264;
mod mp4;
mod probe;
mod scene;

pub use self::probe::{Probe, probe};
pub(crate) use self::scene::ClipScene;

/// The media type of films.
pub const CONTENT_TYPE: &str = "video/mp4";

/// How many pictures a second has.
pub const PICTURES_PER_SECOND: u32 = 24;

/// A film to send as a reference: `words` over so many whole seconds, of `pixels` width and height.
/// None when a side is not a multiple of four, or is 0.
pub fn sample(words: &str, seconds: u32, pixels: (u32, u32)) -> Option<Vec<u8>> {
    let scene = ClipScene {
        model: "sample".to_owned(),
        prompt: words.to_owned(),
        references: Vec::new(),
        length_ms: u64::from(seconds) * 1000,
        pixels,
    };
    scene.render()
}

#[cfg(test)]
mod tests;
