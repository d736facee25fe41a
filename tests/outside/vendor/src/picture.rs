//! What Acme draws: stripes, as real PNG files.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// The picture of that name: `T-1_1_wide.png`.
pub(crate) fn png(name: &str) -> Option<Vec<u8>> {
    let (width, height) = match name.strip_suffix(".png")?.rsplit_once('_')?.1 {
        "square" => (512, 512),
        "wide" => (640, 360),
        "tall" => (360, 640),
        _ => return None,
    };
    let stripes = RgbImage::from_fn(width, height, |x, y| {
        if (x + y) / 32 % 2 == 0 {
            Rgb([240, 180, 40])
        } else {
            Rgb([30, 60, 120])
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    stripes.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}
