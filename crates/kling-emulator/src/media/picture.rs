//! Draws a result: the prompt's words, the references, and a mark that it is emulated.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use sha2::{Digest as _, Sha256};

use super::{
    canvas::{Canvas, Colour},
    font::wrap,
    reference::{Reference, hex},
};

pub(super) const INK: Colour = [255, 255, 255];
pub(super) const FAINT: Colour = [205, 210, 220];
pub(super) const MARK: Colour = [255, 214, 10];
pub(super) const SHADE: Colour = [16, 18, 24];

/// What a result is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, lossless.
    Webp,
}

impl Format {
    /// The format that a request names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "png" => Some(Self::Png),
            "jpeg" => Some(Self::Jpeg),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// The name that a request uses; it also ends file names.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
        }
    }

    /// The media type.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// Another format, for results that are not what they say.
    pub(crate) fn another(self) -> Self {
        match self {
            Self::Png | Self::Webp => Self::Jpeg,
            Self::Jpeg => Self::Png,
        }
    }

    fn codec(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Webp => ImageFormat::WebP,
        }
    }
}

/// Everything that a result shows.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// The model's name.
    pub(crate) model: String,
    /// What was asked for.
    pub(crate) prompt: String,
    /// What was sent along.
    pub(crate) references: Vec<Reference>,
    /// Which of the results this is, from 1.
    pub(crate) index: u32,
    /// How many results there are.
    pub(crate) count: u32,
    /// Width and height in pixels.
    pub(crate) pixels: (u32, u32),
}

impl Scene {
    /// Draws and encodes the result. Slow: not for an async thread. None when the codec fails.
    pub(crate) fn render(&self, format: Format) -> Option<Vec<u8>> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::ImageRgb8(self.draw()?);
        picture.write_to(&mut bytes, format.codec()).ok()?;
        Some(bytes.into_inner())
    }

    fn draw(&self) -> Option<RgbImage> {
        let (width, height) = (
            usize::try_from(self.pixels.0).ok()?,
            usize::try_from(self.pixels.1).ok()?,
        );
        let (top, bottom, fingerprint) = palette(&self.prompt, self.index);
        let mut canvas = Canvas::fading(width, height, top, bottom);
        // Everything is measured in this: 3 pixels on a picture of 1360 by 768.
        let unit = (width.min(height) / 256).max(1);
        let margin = 8 * unit;
        let inside = width.saturating_sub(2 * margin);

        let band = 16 * unit;
        canvas.fill(0, 0, width, band, SHADE);
        canvas.text(margin, 4 * unit, unit, MARK, "EMULATED");
        let counter = format!("{} of {}", self.index, self.count);
        let counter_width = counter.len() * 8 * unit;
        canvas.text(
            width.saturating_sub(margin + counter_width),
            4 * unit,
            unit,
            INK,
            &counter,
        );

        let small = unit.div_ceil(2);
        let foot = height.saturating_sub(margin + 8 * small);
        let signature = format!("{} {width}x{height} #{fingerprint}", self.model);
        canvas.text(margin, foot, small, FAINT, &signature);

        let strip = if self.references.is_empty() {
            0
        } else {
            // Few references are shown larger than many.
            (height * 2 / 5).min(inside / self.references.len().max(2) * 3 / 4)
        };
        let strip_top = foot.saturating_sub(strip + margin);
        draw_references(
            &mut canvas,
            &self.references,
            (margin, strip_top),
            (inside, strip),
            small,
        );

        let text_top = band + margin;
        let room = strip_top.saturating_sub(text_top + margin);
        let (scale, lines) = fit(&self.prompt, inside, room, 2 * unit);
        for (row, line) in lines.iter().enumerate() {
            canvas.text(margin, text_top + row * 10 * scale, scale, INK, line);
        }
        canvas.finish()
    }
}

/// The references side by side in a strip at `left` and `top`, in cells of one size, each with its
/// number.
pub(super) fn draw_references(
    canvas: &mut Canvas,
    references: &[Reference],
    (left, top): (usize, usize),
    (width, height): (usize, usize),
    scale: usize,
) {
    let gap = 4 * scale;
    let cell = (width / references.len().max(1))
        .min(height * 3 / 2)
        .saturating_sub(gap);
    for (place, reference) in references.iter().enumerate() {
        let left = left + place * (cell + gap);
        canvas.fill(left, top, cell, height, SHADE);
        match reference {
            Reference::Seen(thumbnail) => {
                let small = thumbnail
                    .thumbnail(
                        u32::try_from(cell).unwrap_or(1).max(1),
                        u32::try_from(height).unwrap_or(1).max(1),
                    )
                    .to_rgb8();
                let aside = (cell - usize::try_from(small.width()).unwrap_or(0).min(cell)) / 2;
                let above = (height - usize::try_from(small.height()).unwrap_or(0).min(height)) / 2;
                canvas.put(left + aside, top + above, &small);
            }
            Reference::Named(address) => {
                let digest = Sha256::digest(address.as_bytes());
                let (colour, _) = colours(&digest, 1);
                canvas.fill(left, top, cell, height, colour);
                let lines = wrap(address, cell.saturating_sub(2 * gap) / (8 * scale));
                let fits = height.saturating_sub(12 * scale) / (10 * scale);
                for (row, line) in lines.iter().take(fits).enumerate() {
                    let line_top = top + (12 + row * 10) * scale;
                    canvas.text(left + gap, line_top, scale, FAINT, line);
                }
            }
        }
        let number = format!("{}", place + 1);
        canvas.fill(left, top, (number.len() * 8 + 2) * scale, 10 * scale, SHADE);
        canvas.text(left + scale, top + scale, scale, MARK, &number);
    }
}

/// The largest scale at which `text` fits, and its lines; at the smallest, as many as there is room for.
pub(super) fn fit(text: &str, width: usize, height: usize, largest: usize) -> (usize, Vec<String>) {
    for scale in (2..=largest).rev() {
        let lines = wrap(text, width / (8 * scale));
        if lines.len() * 10 * scale <= height {
            return (scale, lines);
        }
    }
    let mut lines = wrap(text, width / 8);
    lines.truncate(height / 10);
    (1, lines)
}

/// The colours that follow from a prompt, and eight digits that name it.
pub(super) fn palette(prompt: &str, index: u32) -> (Colour, Colour, String) {
    let digest = Sha256::digest(prompt.as_bytes());
    let (top, bottom) = colours(&digest, index);
    (top, bottom, hex(digest.get(..4).unwrap_or_default()))
}

/// Two muted colours that follow from a digest; results of one prompt differ a little.
fn colours(digest: &[u8], index: u32) -> (Colour, Colour) {
    let seed = digest
        .iter()
        .take(2)
        .fold(0, |sum, byte| sum * 256 + u32::from(*byte));
    let place = seed + index * 40;
    (muted(hue(place), 110), muted(hue(place + 320), 60))
}

/// A full colour at `place` on a wheel of 1536 places.
fn hue(place: u32) -> Colour {
    let ramp = u8::try_from(place % 256).unwrap_or(u8::MAX);
    match place / 256 % 6 {
        0 => [255, ramp, 0],
        1 => [255 - ramp, 255, 0],
        2 => [0, 255, ramp],
        3 => [0, 255 - ramp, 255],
        4 => [ramp, 0, 255],
        _ => [255, 0, 255 - ramp],
    }
}

/// A darker, greyer colour, so that white letters can be read on it.
fn muted(colour: Colour, strength: u16) -> Colour {
    colour.map(|channel| u8::try_from(26 + u16::from(channel) * strength / 255).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests;
