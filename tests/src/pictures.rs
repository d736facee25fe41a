//! Files that people attach, good and bad.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use kling_emulator::discord::FileIn;

/// A real PNG of that size; its colours follow from its name, so two names are two pictures.
pub fn picture(name: &str, width: u32, height: u32) -> FileIn {
    let seed = name.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let [red, green, blue, _] = seed.to_le_bytes();
    let picture = RgbImage::from_pixel(width, height, Rgb([red, green, blue]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    FileIn::new(name, bytes.into_inner())
}

/// A text file with the name of a picture.
pub fn not_a_picture(name: &str) -> FileIn {
    FileIn::new(
        name,
        "This is a shopping list: milk, bread, paper boats.\n".repeat(20),
    )
}

/// A file of that many bytes that starts like a PNG.
pub fn big_file(name: &str, bytes: usize) -> FileIn {
    let mut content = vec![0; bytes];
    content[..8].copy_from_slice(b"\x89PNG\r\n\x1a\n");
    FileIn::new(name, content)
}
