//! Ids in the shapes that vendors use, all from one seed.

use std::sync::{Mutex, PoisonError};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

/// The alphabet of a nanoid.
const NANOID: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

/// Makes ids. Two with the same seed make the same ids in the same order.
#[derive(Debug)]
pub struct Ids {
    random: Mutex<StdRng>,
}

impl Ids {
    /// Ids that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            random: Mutex::new(StdRng::seed_from_u64(seed)),
        }
    }

    /// 64 random bits.
    pub fn bits(&self) -> u64 {
        self.random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random()
    }

    /// A nanoid of 21 characters, as newer AIML ids are.
    pub fn nanoid(&self) -> String {
        let mut id = String::with_capacity(21);
        for _ in 0..3 {
            let bits = self.bits();
            id.extend((0..7).map(|place| {
                let index = (bits >> (place * 6)) & 63;
                NANOID
                    .get(usize::try_from(index).unwrap_or(0))
                    .copied()
                    .map_or('0', char::from)
            }));
        }
        id
    }

    /// 32 hexadecimal digits.
    pub fn hex(&self) -> String {
        format!("{:016x}{:016x}", self.bits(), self.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn the_same_seed_makes_the_same_ids() {
        let (first, again, other) = (Ids::new(7), Ids::new(7), Ids::new(8));

        let id = first.nanoid();

        assert_eq!(id.len(), 21);
        assert_eq!(id, again.nanoid());
        assert_ne!(id, other.nanoid());
        assert_ne!(id, first.nanoid());
        assert_eq!(first.hex().len(), 32);
    }
}
