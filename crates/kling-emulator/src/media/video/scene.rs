//! Draws a film: the prompt's words, the references, a mark that it is emulated, and a bar that fills.

use super::{
    PICTURES_PER_SECOND,
    cells::{CELL, Cells, shade},
    h264::{Encoder, parameters},
    mp4::Film,
};
use crate::media::{
    Reference,
    canvas::Canvas,
    picture::{FAINT, INK, MARK, SHADE, draw_references, fit, palette},
};

/// How often a film can be entered, in pictures.
const KEY_EVERY: u32 = 5 * PICTURES_PER_SECOND;

/// The longest film: what 32 bits of milliseconds are far away from.
const LONGEST_MS: u64 = 60_000;

/// How many cells the bar is high: one row of macroblocks.
const BAR: usize = 4;

/// Everything that a film shows.
#[derive(Clone, Debug)]
pub(crate) struct ClipScene {
    /// The model's name.
    pub(crate) model: String,
    /// What was asked for.
    pub(crate) prompt: String,
    /// What was sent along.
    pub(crate) references: Vec<Reference>,
    /// How long it plays; to the nearest picture.
    pub(crate) length_ms: u64,
    /// Width and height in pixels: multiples of four.
    pub(crate) pixels: (u32, u32),
}

impl ClipScene {
    /// Draws and encodes the film. Slow: not for an async thread. None when its measures are not
    /// possible.
    pub(crate) fn render(&self) -> Option<Vec<u8>> {
        let (width, height) = self.pixels;
        if width == 0 || height == 0 || !width.is_multiple_of(CELL) || !height.is_multiple_of(CELL)
        {
            return None;
        }
        let length_ms = self.length_ms.min(LONGEST_MS);
        let count = (length_ms * u64::from(PICTURES_PER_SECOND) + 500) / 1000;
        let count = u32::try_from(count.max(1)).ok()?;

        let mut cells = self.draw()?;
        let (across, bar_top) = (cells.across * 4, (cells.down.checked_sub(2)?) * 4);
        let bar_row = bar_top / BAR;
        let (track, bar) = (shade(SHADE), shade(MARK));
        let mut encoder = Encoder::new(&cells);
        let mut keys = Vec::new();
        let pictures = (0..count).map(|place| {
            let filled = across * usize::try_from(place + 1).unwrap_or(across)
                / usize::try_from(count).unwrap_or(1);
            cells.fill(0, bar_top, across, BAR, track);
            cells.fill(0, bar_top, filled / 2 * 2, BAR, bar);
            if place.is_multiple_of(KEY_EVERY) {
                keys.push(place);
                encoder.key(&cells)
            } else {
                encoder.next(&cells, bar_row..bar_row + 1)
            }
        });
        let pictures = pictures.collect();
        let film = Film {
            parameters: parameters(width, height, PICTURES_PER_SECOND),
            width,
            height,
            pace: PICTURES_PER_SECOND,
            pictures,
            keys,
        };
        Some(film.file())
    }

    /// The picture behind the bar, a cell a pixel.
    fn draw(&self) -> Option<Cells> {
        let width = usize::try_from(self.pixels.0 / CELL).ok()?;
        let height = usize::try_from(self.pixels.1 / CELL).ok()?;
        let (top, bottom, fingerprint) = palette(&self.prompt, 1);
        let mut canvas = Canvas::fading(width, height, top, bottom);
        let margin = 4;
        let inside = width.saturating_sub(2 * margin);

        canvas.fill(0, 0, width, 12, SHADE);
        canvas.text(margin, 2, 1, MARK, "EMULATED");
        let length = format!(
            "{}.{} s",
            self.length_ms / 1000,
            self.length_ms % 1000 / 100
        );
        let length_left = width.saturating_sub(margin + length.len() * 8);
        canvas.text(length_left, 2, 1, INK, &length);

        // Above the bar, which is above the last row of macroblocks.
        let foot = height.saturating_sub(20);
        let name = self.model.rsplit('/').next().unwrap_or_default();
        canvas.text(margin, foot, 1, FAINT, &format!("#{fingerprint} {name}"));

        let strip = if self.references.is_empty() {
            0
        } else {
            height / 4
        };
        let strip_top = foot.saturating_sub(strip + margin);
        draw_references(
            &mut canvas,
            &self.references,
            (margin, strip_top),
            (inside, strip),
            1,
        );
        let text_top = 12 + margin;
        let room = strip_top.saturating_sub(text_top + margin);
        let (scale, lines) = fit(&self.prompt, inside, room, 3);
        for (row, line) in lines.iter().enumerate() {
            canvas.text(margin, text_top + row * 10 * scale, scale, INK, line);
        }
        Some(Cells::of(&canvas.finish()?))
    }
}
