//! A picture as the encoder sees it: cells of 4 by 4 pixels of one brightness, 8 by 8 of one colour.

use image::RgbImage;

/// How many pixels a side a cell stands for.
pub(super) const CELL: u32 = 4;

/// Brightness and colours, in rows of whole macroblocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells {
    /// Macroblocks across.
    pub(super) across: usize,
    /// Macroblocks down.
    pub(super) down: usize,
    /// Four by four values a macroblock.
    pub(super) luma: Vec<u8>,
    /// Two by two values a macroblock: blue, then red.
    pub(super) chroma: [Vec<u8>; 2],
}

/// Brightness, blue, red; in the limited range of BT.709.
pub(super) type Shade = [u8; 3];

impl Cells {
    /// One cell a pixel of `picture`; the edge is repeated until whole macroblocks are full.
    pub(super) fn of(picture: &RgbImage) -> Self {
        let (width, height) = (size(picture.width()), size(picture.height()));
        let (across, down) = (width.div_ceil(4), height.div_ceil(4));
        let mut cells = Self {
            across,
            down,
            luma: vec![0; across * down * 16],
            chroma: [vec![128; across * down * 4], vec![128; across * down * 4]],
        };
        let pixels = picture.as_raw();
        for row in 0..down * 4 {
            let line = row.min(height.saturating_sub(1)) * width * 3;
            for column in 0..across * 4 {
                let at = line + column.min(width.saturating_sub(1)) * 3;
                if let Some([red, green, blue]) = pixels.get(at..at + 3) {
                    let [y, cb, cr] = shade([*red, *green, *blue]);
                    cells.luma[row * across * 4 + column] = y;
                    if row % 2 == 0 && column % 2 == 0 {
                        let place = row / 2 * across * 2 + column / 2;
                        cells.chroma[0][place] = cb;
                        cells.chroma[1][place] = cr;
                    }
                }
            }
        }
        cells
    }

    /// Fills a rectangle of cells, all of whose measures are even.
    pub(super) fn fill(&mut self, left: usize, top: usize, width: usize, height: usize, to: Shade) {
        let [y, cb, cr] = to;
        span(
            &mut self.luma,
            self.across * 4,
            (left, top, width, height),
            y,
        );
        let half = (left / 2, top / 2, width / 2, height / 2);
        let [blue, red] = &mut self.chroma;
        span(blue, self.across * 2, half, cb);
        span(red, self.across * 2, half, cr);
    }
}

fn span(
    plane: &mut [u8],
    stride: usize,
    (left, top, width, height): (usize, usize, usize, usize),
    value: u8,
) {
    for row in plane.chunks_exact_mut(stride).skip(top).take(height) {
        let end = (left + width).min(row.len());
        if let Some(part) = row.get_mut(left..end) {
            part.fill(value);
        }
    }
}

fn size(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or_default()
}

/// Red, green and blue as brightness and colours, in the limited range of BT.709.
pub(super) fn shade([red, green, blue]: [u8; 3]) -> Shade {
    let (red, green, blue) = (i32::from(red), i32::from(green), i32::from(blue));
    let weigh = |r: i32, g: i32, b: i32, base: i32| {
        let sum = base + (r * red + g * green + b * blue + 500) / 1000;
        u8::try_from(sum.clamp(16, 240)).unwrap_or(128)
    };
    [
        weigh(183, 614, 62, 16),
        weigh(-101, -338, 439, 128),
        weigh(439, -399, -40, 128),
    ]
}
