//! Writes blocks of coefficients in CAVLC, for blocks whose neighbours have none (ITU-T H.264, 9.2).

use super::bits::Bits;

/// The most coefficients of a block.
pub(super) const MOST: usize = 16;

/// A code: how many bits, and their value.
type Code = (u32, u32);

/// Which kind of block is written; each has its own codes for counts and zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The sixteen DC values of a macroblock's brightness.
    Luma,
    /// The four DC values of one of its colours.
    Chroma,
}

/// Codes for how many coefficients there are (row) and how many of the last are ones (column);
/// table 9-5 for fewer than two around.
const LUMA_COUNTS: [[Code; 4]; MOST + 1] = [
    [(1, 1), (0, 0), (0, 0), (0, 0)],
    [(6, 5), (2, 1), (0, 0), (0, 0)],
    [(8, 7), (6, 4), (3, 1), (0, 0)],
    [(9, 7), (8, 6), (7, 5), (5, 3)],
    [(10, 7), (9, 6), (8, 5), (6, 3)],
    [(11, 7), (10, 6), (9, 5), (7, 4)],
    [(13, 15), (11, 6), (10, 5), (8, 4)],
    [(13, 11), (13, 14), (11, 5), (9, 4)],
    [(13, 8), (13, 10), (13, 13), (10, 4)],
    [(14, 15), (14, 14), (13, 9), (11, 4)],
    [(14, 11), (14, 10), (14, 13), (13, 12)],
    [(15, 15), (15, 14), (14, 9), (14, 12)],
    [(15, 11), (15, 10), (15, 13), (14, 8)],
    [(16, 15), (15, 1), (15, 9), (15, 12)],
    [(16, 11), (16, 14), (16, 13), (15, 8)],
    [(16, 7), (16, 10), (16, 9), (16, 12)],
    [(16, 4), (16, 6), (16, 5), (16, 8)],
];

/// The same for a colour's four values.
const CHROMA_COUNTS: [[Code; 4]; 5] = [
    [(2, 1), (0, 0), (0, 0), (0, 0)],
    [(6, 7), (1, 1), (0, 0), (0, 0)],
    [(6, 4), (6, 6), (3, 1), (0, 0)],
    [(6, 3), (7, 3), (7, 2), (6, 5)],
    [(6, 2), (8, 3), (8, 2), (7, 0)],
];

/// Codes for how many zeros stand before the last coefficient, by how many coefficients there are;
/// tables 9-7 and 9-8.
const LUMA_ZEROS: [&[Code]; MOST - 1] = [
    &[
        (1, 1),
        (3, 3),
        (3, 2),
        (4, 3),
        (4, 2),
        (5, 3),
        (5, 2),
        (6, 3),
        (6, 2),
        (7, 3),
        (7, 2),
        (8, 3),
        (8, 2),
        (9, 3),
        (9, 2),
        (9, 1),
    ],
    &[
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (4, 5),
        (4, 4),
        (4, 3),
        (4, 2),
        (5, 3),
        (5, 2),
        (6, 3),
        (6, 2),
        (6, 1),
        (6, 0),
    ],
    &[
        (4, 5),
        (3, 7),
        (3, 6),
        (3, 5),
        (4, 4),
        (4, 3),
        (3, 4),
        (3, 3),
        (4, 2),
        (5, 3),
        (5, 2),
        (6, 1),
        (5, 1),
        (6, 0),
    ],
    &[
        (5, 3),
        (3, 7),
        (4, 5),
        (4, 4),
        (3, 6),
        (3, 5),
        (3, 4),
        (4, 3),
        (3, 3),
        (4, 2),
        (5, 2),
        (5, 1),
        (5, 0),
    ],
    &[
        (4, 5),
        (4, 4),
        (4, 3),
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (4, 2),
        (5, 1),
        (4, 1),
        (5, 0),
    ],
    &[
        (6, 1),
        (5, 1),
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (3, 2),
        (4, 1),
        (3, 1),
        (6, 0),
    ],
    &[
        (6, 1),
        (5, 1),
        (3, 5),
        (3, 4),
        (3, 3),
        (2, 3),
        (3, 2),
        (4, 1),
        (3, 1),
        (6, 0),
    ],
    &[
        (6, 1),
        (4, 1),
        (5, 1),
        (3, 3),
        (2, 3),
        (2, 2),
        (3, 2),
        (3, 1),
        (6, 0),
    ],
    &[
        (6, 1),
        (6, 0),
        (4, 1),
        (2, 3),
        (2, 2),
        (3, 1),
        (2, 1),
        (5, 1),
    ],
    &[(5, 1), (5, 0), (3, 1), (2, 3), (2, 2), (2, 1), (4, 1)],
    &[(4, 0), (4, 1), (3, 1), (3, 2), (1, 1), (3, 3)],
    &[(4, 0), (4, 1), (2, 1), (1, 1), (3, 1)],
    &[(3, 0), (3, 1), (1, 1), (2, 1)],
    &[(2, 0), (2, 1), (1, 1)],
    &[(1, 0), (1, 1)],
];

/// The same for a colour's four values; table 9-9.
const CHROMA_ZEROS: [&[Code]; 3] = [
    &[(1, 1), (2, 1), (3, 1), (3, 0)],
    &[(1, 1), (2, 1), (2, 0)],
    &[(1, 1), (1, 0)],
];

/// Codes for how many zeros stand right before a coefficient, by how many are left; table 9-10.
const RUNS: [&[Code]; 7] = [
    &[(1, 1), (1, 0)],
    &[(1, 1), (2, 1), (2, 0)],
    &[(2, 3), (2, 2), (2, 1), (2, 0)],
    &[(2, 3), (2, 2), (2, 1), (3, 1), (3, 0)],
    &[(2, 3), (2, 2), (3, 3), (3, 2), (3, 1), (3, 0)],
    &[(2, 3), (3, 0), (3, 1), (3, 3), (3, 2), (3, 5), (3, 4)],
    &[
        (3, 7),
        (3, 6),
        (3, 5),
        (3, 4),
        (3, 3),
        (3, 2),
        (3, 1),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
        (8, 1),
        (9, 1),
        (10, 1),
        (11, 1),
    ],
];

/// Writes a block whose `levels` are in the order of the scan.
pub(super) fn write(bits: &mut Bits, kind: Kind, levels: &[i32]) {
    let mut nonzero = [(0, 0); MOST];
    let mut count = 0;
    for (place, level) in levels.iter().enumerate().rev() {
        if *level != 0 {
            nonzero[count] = (place, *level);
            count += 1;
        }
    }
    // The highest first.
    let nonzero = &nonzero[..count];
    let ones = nonzero
        .iter()
        .take(3)
        .take_while(|(_, level)| level.abs() == 1)
        .count();
    let counts: &[[Code; 4]] = match kind {
        Kind::Luma => &LUMA_COUNTS,
        Kind::Chroma => &CHROMA_COUNTS,
    };
    put(bits, counts[count][ones]);
    let Some((last, _)) = nonzero.first() else {
        return;
    };
    for (_, level) in &nonzero[..ones] {
        bits.put(u32::from(*level < 0), 1);
    }
    write_levels(bits, &nonzero[ones..], count, ones);

    let mut zeros_left = last + 1 - count;
    if count < levels.len() {
        let zeros: &[&[Code]] = match kind {
            Kind::Luma => &LUMA_ZEROS,
            Kind::Chroma => &CHROMA_ZEROS,
        };
        put(bits, zeros[count - 1][zeros_left]);
    }
    for pair in nonzero.windows(2) {
        if zeros_left == 0 {
            break;
        }
        let run = pair[0].0 - pair[1].0 - 1;
        put(bits, RUNS[zeros_left.min(RUNS.len()) - 1][run]);
        zeros_left -= run;
    }
}

fn put(bits: &mut Bits, (count, value): Code) {
    bits.put(value, count);
}

/// Writes the levels that are not among the closing ones, the highest first (9.2.2.1).
fn write_levels(bits: &mut Bits, levels: &[(usize, i32)], count: usize, ones: usize) {
    let mut suffix = u32::from(count > 10 && ones < 3);
    for (place, (_, level)) in levels.iter().enumerate() {
        let mut code = 2 * (level.unsigned_abs() - 1) + u32::from(*level < 0);
        if place == 0 && ones < 3 {
            // It would have been counted among the ones.
            code -= 2;
        }
        let escape = if suffix == 0 { 30 } else { 15 << suffix };
        if suffix == 0 && code < 14 {
            bits.put(1, code + 1);
        } else if code >= escape {
            bits.put(1, 16);
            bits.put(code - escape, 12);
        } else if suffix == 0 {
            bits.put(1, 15);
            bits.put(code - 14, 4);
        } else {
            bits.put(1, (code >> suffix) + 1);
            bits.put(code & ((1 << suffix) - 1), suffix);
        }
        suffix = suffix.max(1);
        if level.unsigned_abs() > (3 << (suffix - 1)) && suffix < 6 {
            suffix += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CHROMA_COUNTS, CHROMA_ZEROS, Code, LUMA_COUNTS, LUMA_ZEROS, RUNS};

    /// No code may begin with another.
    #[track_caller]
    fn assert_prefix_free(codes: &[Code]) {
        for (place, (count, value)) in codes.iter().enumerate() {
            for (other_count, other) in &codes[place + 1..] {
                let shared = (*count).min(*other_count);
                assert_ne!(value >> (count - shared), other >> (other_count - shared));
            }
        }
    }

    #[test]
    fn every_code_can_be_told_from_the_others() {
        for table in [&LUMA_COUNTS[..], &CHROMA_COUNTS[..]] {
            let codes: Vec<Code> = table
                .iter()
                .flatten()
                .copied()
                .filter(|(count, _)| *count > 0)
                .collect();
            assert_prefix_free(&codes);
        }
        for table in LUMA_ZEROS.iter().chain(&CHROMA_ZEROS).chain(&RUNS) {
            assert_prefix_free(table);
        }
    }
}
