//! The world's clock: real time plus an offset that tests push forward.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use time::OffsetDateTime;
use tokio::sync::watch;

/// How far the clock can be pushed in all: a hundred years.
const FAREST_MS: u64 = 100 * 366 * 24 * 60 * 60 * 1000;

/// A clock that can be pushed forward. Cheap to clone; all clones are one clock.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    started: Instant,
    started_ms: u64,
    /// Milliseconds pushed so far.
    pushed: watch::Sender<u64>,
}

impl Clock {
    /// A clock that shows the machine's time and never goes backwards.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock the others are given"
    )]
    pub(crate) fn new() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let inner = Inner {
            started: Instant::now(),
            started_ms: whole_ms(since_epoch),
            pushed: watch::Sender::new(0),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Milliseconds since the Unix epoch, pushes included.
    pub fn now_ms(&self) -> u64 {
        let pushed = *self.inner.pushed.borrow();
        self.inner.started_ms + whole_ms(self.inner.started.elapsed()) + pushed
    }

    /// Pushes the clock forward and wakes everyone whose time has come. All pushes together reach a hundred years.
    pub fn advance(&self, by: Duration) {
        self.inner
            .pushed
            .send_modify(|pushed| *pushed = pushed.saturating_add(whole_ms(by)).min(FAREST_MS));
    }

    /// Waits until the clock shows `at_ms`; at once when it already does or is pushed there.
    pub async fn sleep_until(&self, at_ms: u64) {
        let mut pushes = self.inner.pushed.subscribe();
        loop {
            pushes.mark_unchanged();
            let left = at_ms.saturating_sub(self.now_ms());
            if left == 0 {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
                // The sender lives in `self`, so this ends only with a push.
                _ = pushes.changed() => {}
            }
        }
    }

    /// Waits for `duration` of the world's time.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now_ms().saturating_add(whole_ms(duration)))
            .await;
    }

    /// The time in the form JSON APIs use: `2026-11-20T09:30:00.000Z`.
    pub fn iso(&self) -> String {
        iso(self.now_ms())
    }
}

/// `at_ms` in the form JSON APIs use: `2026-11-20T09:30:00.000Z`.
pub fn iso(at_ms: u64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_ms) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// Whole milliseconds of `duration`; far beyond any use here it stays at the largest number.
fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clock, iso};

    #[tokio::test]
    async fn a_push_wakes_a_sleeper_whose_time_has_come() {
        let clock = Clock::new();
        let before = clock.now_ms();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(before + 3_600_000).await }
        });

        clock.advance(Duration::from_mins(30));
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1801));

        tokio::time::timeout(Duration::from_secs(20), sleeper)
            .await
            .unwrap()
            .unwrap();
        assert!(clock.now_ms() >= before + 3_601_000);
    }

    #[test]
    fn no_push_brings_the_clock_out_of_its_years() {
        let clock = Clock::new();
        let before = clock.now_ms();

        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);

        assert!(clock.now_ms() >= before + super::FAREST_MS);
        assert!(clock.iso().starts_with("21"), "{}", clock.iso());
    }

    #[test]
    fn a_time_is_written_with_milliseconds_and_z() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(1_795_167_000_042), "2026-11-20T09:30:00.042Z");
    }
}
