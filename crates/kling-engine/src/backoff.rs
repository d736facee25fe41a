//! How long to wait before the next try; pure.

use std::time::Duration;

/// The shape of a wait that grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest first wait.
    pub base: Duration,
    /// The longest wait of all.
    pub cap: Duration,
}

impl Backoff {
    /// Full jitter over an interval that doubles with every try, and never less than half of `base`:
    /// many jobs that failed together come back spread out, and none comes back at once.
    ///
    /// `chance` is from 0 to 1.
    pub fn wait(&self, tries: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.min(20));
        let most = self.base.saturating_mul(doubled).min(self.cap);
        let least = self.base / 2;
        most.mul_f64(chance.clamp(0.0, 1.0)).max(least)
    }

    /// [`Backoff::wait`] by chance.
    pub(crate) fn any(&self, tries: u32) -> Duration {
        self.wait(tries, rand::random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        base: Duration::from_secs(1),
        cap: Duration::from_mins(1),
    };

    #[test]
    fn the_wait_doubles_up_to_its_cap() {
        let longest = |tries| BACKOFF.wait(tries, 1.0).as_secs();

        assert_eq!([longest(0), longest(1), longest(3)], [1, 2, 8]);
        assert_eq!([longest(6), longest(1_000)], [60, 60]);
    }

    #[test]
    fn no_wait_is_shorter_than_half_the_base() {
        assert_eq!(BACKOFF.wait(5, 0.0), Duration::from_millis(500));
    }
}
