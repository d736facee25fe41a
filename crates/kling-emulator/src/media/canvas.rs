//! A surface to draw on: rectangles, text, pictures. Whole rows are copied; no pixel is touched alone.

use image::RgbImage;

use super::font::{Glyph, glyph};

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// A picture that is being drawn. What falls outside is cut off.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Canvas {
    /// A surface that fades from `top` to `bottom`.
    pub(super) fn fading(width: usize, height: usize, top: Colour, bottom: Colour) -> Self {
        let mut bytes = Vec::with_capacity(width * height * 3);
        for row in 0..height {
            bytes.extend_from_slice(&mix(top, bottom, row, height).repeat(width));
        }
        Self {
            width,
            height,
            bytes,
        }
    }

    /// Fills a rectangle.
    pub(super) fn fill(
        &mut self,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
        colour: Colour,
    ) {
        let span = colour.repeat(width);
        self.rows(left, top, height, &span);
    }

    /// Writes a line of text whose letters are `8 * scale` pixels a side.
    pub(super) fn text(
        &mut self,
        left: usize,
        top: usize,
        scale: usize,
        colour: Colour,
        text: &str,
    ) {
        let span = colour.repeat(8 * scale);
        for (place, letter) in text.chars().enumerate() {
            self.letter(left + place * 8 * scale, top, scale, &span, glyph(letter));
        }
    }

    fn letter(&mut self, left: usize, top: usize, scale: usize, span: &[u8], glyph: Glyph) {
        for (row, bits) in glyph.into_iter().enumerate() {
            let mut column = 0;
            while column < 8 {
                let run = (column..8)
                    .take_while(|place| bits & (1 << place) != 0)
                    .count();
                if run > 0
                    && let Some(span) = span.get(..run * scale * 3)
                {
                    self.rows(left + column * scale, top + row * scale, scale, span);
                }
                column += run.max(1);
            }
        }
    }

    /// Puts a picture down.
    pub(super) fn put(&mut self, left: usize, top: usize, picture: &RgbImage) {
        let row_bytes = usize::try_from(picture.width()).unwrap_or(0) * 3;
        if row_bytes == 0 {
            return;
        }
        for (row, span) in picture.as_raw().chunks_exact(row_bytes).enumerate() {
            self.rows(left, top + row, 1, span);
        }
    }

    /// Copies `span` into `height` rows.
    fn rows(&mut self, left: usize, top: usize, height: usize, span: &[u8]) {
        let fits = self.width.saturating_sub(left) * 3;
        let span = span.get(..fits).unwrap_or(span);
        for row in top..(top + height).min(self.height) {
            let start = (row * self.width + left) * 3;
            if let Some(target) = self.bytes.get_mut(start..start + span.len()) {
                target.copy_from_slice(span);
            }
        }
    }

    /// The finished picture.
    pub(super) fn finish(self) -> Option<RgbImage> {
        let (width, height) = (
            u32::try_from(self.width).ok()?,
            u32::try_from(self.height).ok()?,
        );
        RgbImage::from_raw(width, height, self.bytes)
    }
}

/// The colour `part` of `whole` on the way from `from` to `to`.
fn mix(from: Colour, to: Colour, part: usize, whole: usize) -> Colour {
    let mut mixed = from;
    for (channel, to) in mixed.iter_mut().zip(to) {
        let sum = usize::from(*channel) * (whole - part) + usize::from(to) * part;
        *channel = u8::try_from(sum / whole.max(1)).unwrap_or(u8::MAX);
    }
    mixed
}
