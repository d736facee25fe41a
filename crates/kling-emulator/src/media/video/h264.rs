//! A small H.264 encoder: Constrained Baseline, CAVLC, macroblocks of sixteen flat cells.
//!
//! Every macroblock is either coded by itself, predicted from its edges (Intra 16x16, DC), or left as
//! it was (P_Skip). Only DC values are sent. With the quantisers chosen here, a step of a coefficient
//! is a step of brightness, so that what a decoder shows is known exactly.

use std::ops::Range;

use super::{
    bits::Bits,
    cavlc::{self, Kind},
    cells::Cells,
};

/// The quantiser of brightness, at which a coefficient's step is a brightness step.
const QUANTISER: i32 = 28;

/// What is added to it for colours, with the same effect.
const CHROMA_OFFSET: i32 = -6;

/// Pictures are numbered in eight bits.
const NUMBER_BITS: u32 = 8;

/// The places of the sixteen DC values in the order of the scan, row by four and column.
const SCAN: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

/// The parameter sets of a stream.
#[derive(Debug)]
pub(super) struct Parameters {
    /// The sequence's NAL unit.
    pub(super) sequence: Vec<u8>,
    /// The picture's NAL unit.
    pub(super) picture: Vec<u8>,
}

/// Describes a stream of pictures of `width` by `height` pixels, both even.
pub(super) fn parameters(width: u32, height: u32, pictures_per_second: u32) -> Parameters {
    let (across, down) = (width.div_ceil(16), height.div_ceil(16));
    // The levels that allow 1280 by 720, 1920 by 1080, and more.
    let level = match across * down {
        0..=3600 => 31,
        3601..=8192 => 40,
        _ => 51,
    };
    let mut bits = Bits::default();
    bits.put(66, 8); // Baseline
    bits.put(0b1100_0000, 8); // constrained
    bits.put(level, 8);
    bits.unsigned(0); // the set's number
    bits.unsigned(NUMBER_BITS - 4);
    bits.unsigned(2); // shown in the order of decoding
    bits.unsigned(1); // one reference picture
    bits.put(0, 1);
    bits.unsigned(across - 1);
    bits.unsigned(down - 1);
    bits.put(0b11, 2); // whole frames; direct 8x8
    let (right, bottom) = ((across * 16 - width) / 2, (down * 16 - height) / 2);
    if (right, bottom) == (0, 0) {
        bits.put(0, 1);
    } else {
        bits.put(1, 1);
        for cut in [0, right, 0, bottom] {
            bits.unsigned(cut);
        }
    }
    bits.put(1, 1); // usability information follows
    bits.put(0b00, 2); // pixels are square by default; no overscan
    bits.put(0b11_0101, 6); // a signal type: unspecified format, limited range, with colours
    for colours in [1, 1, 1] {
        bits.put(colours, 8); // BT.709
    }
    bits.put(0, 1);
    bits.put(1, 1); // timing
    bits.put(1, 32);
    bits.put(2 * pictures_per_second, 32);
    bits.put(1, 1); // at a fixed pace
    bits.put(0b0000, 4); // nothing on buffers, no restrictions
    let sequence = bits.into_nal(0x67);

    let mut bits = Bits::default();
    bits.unsigned(0); // the set's number
    bits.unsigned(0); // of the sequence's set
    bits.put(0b00, 2); // CAVLC
    bits.unsigned(0); // one group of slices
    bits.unsigned(0);
    bits.unsigned(0);
    bits.put(0b000, 3); // no weights
    bits.signed(QUANTISER - 26);
    bits.signed(0);
    bits.signed(CHROMA_OFFSET);
    bits.put(0b100, 3); // slices switch deblocking
    Parameters {
        sequence,
        picture: bits.into_nal(0x68),
    }
}

/// Encodes one picture after another.
#[derive(Debug)]
pub(super) struct Encoder {
    /// What the last picture was meant to be.
    meant: Cells,
    /// What a decoder shows of it.
    shown: Cells,
    /// The number of the next picture since the last key picture.
    number: u32,
    /// How many key pictures there were.
    keys: u32,
}

impl Encoder {
    /// An encoder for pictures of the size of `first`.
    pub(super) fn new(first: &Cells) -> Self {
        Self {
            meant: first.clone(),
            shown: first.clone(),
            number: 0,
            keys: 0,
        }
    }

    /// A picture that stands by itself, as a NAL unit.
    pub(super) fn key(&mut self, picture: &Cells) -> Vec<u8> {
        let mut bits = Bits::default();
        bits.unsigned(0); // from the first macroblock
        bits.unsigned(7); // all slices are intra
        bits.unsigned(0);
        bits.put(0, NUMBER_BITS);
        bits.unsigned(self.keys % 2);
        bits.put(0b00, 2); // nothing to do with older pictures
        end_of_header(&mut bits);
        self.keys += 1;
        self.number = 1;
        self.meant.clone_from(picture);
        for row in 0..picture.down {
            for column in 0..picture.across {
                self.macroblock(&mut bits, column, row, 0);
            }
        }
        bits.into_nal(0x65)
    }

    /// A picture that differs from the last in some rows of macroblocks at most, as a NAL unit.
    pub(super) fn next(&mut self, picture: &Cells, rows: Range<usize>) -> Vec<u8> {
        let mut bits = Bits::default();
        bits.unsigned(0); // from the first macroblock
        bits.unsigned(5); // all slices are predicted
        bits.unsigned(0);
        bits.put(self.number, NUMBER_BITS);
        bits.put(0b000, 3); // references as they come, kept as they come
        end_of_header(&mut bits);
        self.number = (self.number + 1) % (1 << NUMBER_BITS);

        let mut skipped = 0;
        let before = std::mem::replace(&mut self.meant, picture.clone());
        for row in 0..picture.down {
            for column in 0..picture.across {
                if rows.contains(&row) && differs(&before, picture, column, row) {
                    bits.unsigned(skipped);
                    skipped = 0;
                    // Behind the five kinds of predicted macroblocks.
                    self.macroblock(&mut bits, column, row, 5);
                } else {
                    skipped += 1;
                }
            }
        }
        if skipped > 0 {
            bits.unsigned(skipped);
        }
        bits.into_nal(0x41)
    }

    /// Writes a macroblock and notes what a decoder shows of it.
    fn macroblock(&mut self, bits: &mut Bits, column: usize, row: usize, first_kind: u32) {
        let luma = self.luma(column, row);
        let chroma = [self.chroma(0, column, row), self.chroma(1, column, row)];
        let has_colour = chroma.iter().flatten().any(|level| *level != 0);
        // 1 for Intra 16x16 without AC values, 2 for prediction by the mean, 4 for colours.
        bits.unsigned(first_kind + 3 + if has_colour { 4 } else { 0 });
        bits.unsigned(0); // colours are predicted by their mean, too
        bits.signed(0); // no change of the quantiser
        cavlc::write(bits, Kind::Luma, &SCAN.map(|place| luma[place]));
        if has_colour {
            for levels in &chroma {
                cavlc::write(bits, Kind::Chroma, levels);
            }
        }
    }

    /// The DC values of a macroblock's brightness, row by row.
    fn luma(&mut self, column: usize, row: usize) -> [i32; 16] {
        let stride = self.meant.across * 4;
        let start = row * 4 * stride + column * 4;
        let shown = &mut self.shown.luma;
        let sum = |places: [usize; 4]| -> i32 {
            let values = places.iter().map(|place| i32::from(shown[*place]));
            values.sum()
        };
        let above = (row > 0).then(|| sum([0, 1, 2, 3].map(|x| start - stride + x)));
        let left = (column > 0).then(|| sum([0, 1, 2, 3].map(|y| start + y * stride - 1)));
        let predicted = match (above, left) {
            (Some(above), Some(left)) => (above + left + 4) >> 3,
            (Some(one), None) | (None, Some(one)) => (one + 2) >> 2,
            (None, None) => 128,
        };
        let mut residual = [0; 16];
        for (place, value) in residual.iter_mut().enumerate() {
            let meant = self.meant.luma[start + place / 4 * stride + place % 4];
            *value = i32::from(meant) - predicted;
        }
        let levels = hadamard(residual).map(|sum| nearest(sum, 16));
        for (place, value) in hadamard(levels).into_iter().enumerate() {
            shown[start + place / 4 * stride + place % 4] = clip(predicted + value);
        }
        levels
    }

    /// The DC values of one of a macroblock's colours, row by row.
    fn chroma(&mut self, colour: usize, column: usize, row: usize) -> [i32; 4] {
        let stride = self.meant.across * 2;
        let start = row * 2 * stride + column * 2;
        let shown = &mut self.shown.chroma[colour];
        let at = |place: usize| i32::from(shown[place]);
        let above = (row > 0).then(|| [0, 1].map(|x| at(start - stride + x)));
        let left = (column > 0).then(|| [0, 1].map(|y| at(start + y * stride - 1)));
        // On the diagonal both edges count; elsewhere the one that is nearer comes first.
        let mean = |above: Option<i32>, left: Option<i32>| match (above, left) {
            (Some(above), Some(left)) => (above + left + 1) >> 1,
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => 128,
        };
        let (above_0, above_1) = (
            above.map(|[first, _]| first),
            above.map(|[_, second]| second),
        );
        let (left_0, left_1) = (left.map(|[first, _]| first), left.map(|[_, second]| second));
        let predicted = [
            mean(above_0, left_0),
            above_1.or(left_0).unwrap_or(128),
            left_1.or(above_0).unwrap_or(128),
            mean(above_1, left_1),
        ];
        let places = [start, start + 1, start + stride, start + stride + 1];
        let meant = &self.meant.chroma[colour];
        let mut residual = [0; 4];
        for (value, (place, predicted)) in residual.iter_mut().zip(places.iter().zip(predicted)) {
            *value = i32::from(meant[*place]) - predicted;
        }
        let levels = square(residual).map(|sum| nearest(sum, 4));
        for ((place, predicted), value) in places.iter().zip(predicted).zip(square(levels)) {
            shown[*place] = clip(predicted + value);
        }
        levels
    }
}

/// What all slice headers end with: the picture's quantiser, and no deblocking.
fn end_of_header(bits: &mut Bits) {
    bits.signed(0);
    bits.unsigned(1);
}

/// Whether two pictures differ in a macroblock.
fn differs(one: &Cells, other: &Cells, column: usize, row: usize) -> bool {
    let planes = [
        (&one.luma, &other.luma, 4),
        (&one.chroma[0], &other.chroma[0], 2),
        (&one.chroma[1], &other.chroma[1], 2),
    ];
    planes.into_iter().any(|(before, after, side)| {
        (0..side).any(|line| {
            let start = ((row * side + line) * one.across + column) * side;
            before.get(start..start + side) != after.get(start..start + side)
        })
    })
}

/// The sums and differences of four by four values, along both sides.
fn hadamard(values: [i32; 16]) -> [i32; 16] {
    let mut sums = values;
    for (step, stride) in [(1, 4), (4, 1)] {
        for line in 0..4 {
            let at = |place: usize| line * stride + place * step;
            let [a, b, c, d] = [0, 1, 2, 3].map(|place| sums[at(place)]);
            sums[at(0)] = a + b + c + d;
            sums[at(1)] = a + b - c - d;
            sums[at(2)] = a - b - c + d;
            sums[at(3)] = a - b + c - d;
        }
    }
    sums
}

/// The sums and differences of two by two values.
fn square([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    [a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d]
}

/// `sum` divided, to the nearest.
fn nearest(sum: i32, by: i32) -> i32 {
    (sum.abs() + by / 2) / by * sum.signum()
}

fn clip(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or_default()
}
