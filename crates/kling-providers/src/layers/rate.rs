//! Only so many calls in a time, and none while the provider asked for a pause.

mod bucket;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _, stream};
use kling_core::{Clock, ProviderError, ReplyNote, TaskEvents, Timestamp};
use tokio::time::Instant;

use super::{Answer, Call, CallKind, Layer, PATIENCE};
use crate::{Sleeper, TokioSleeper};
use bucket::Bucket;

/// Lets only so many calls start in a time; the others wait for their turn.
///
/// Calls of every kind count, the opening of a task's own stream included, unless
/// [`only_submissions`](Self::only_submissions) says otherwise. They are spread evenly, for a vendor's window begins
/// when the vendor likes; [`burst`](Self::burst) lets some go together.
///
/// A provider that answers *too many calls* with a wait is not asked again before it is over: the call that got the
/// answer fails as it would have, is **not** repeated, and the calls after it wait.
///
/// A call whose turn would come too late fails at once with [`ProviderError::RateLimited`], which says how long it
/// would have been; nothing was sent.
#[derive(Debug)]
pub struct RateLimit {
    turns: Arc<Turns>,
    is_for_submissions_only: bool,
}

#[derive(Clone, Debug)]
struct Turns {
    bucket: Arc<Bucket>,
    patience: Duration,
    clock: Arc<dyn Clock>,
    sleeper: Arc<dyn Sleeper>,
}

impl RateLimit {
    /// At most that many calls in that time. None counts as one.
    pub fn new(calls: u32, per: Duration) -> Self {
        let turns = Turns {
            bucket: Arc::new(Bucket::new(per / calls.max(1))),
            patience: PATIENCE,
            clock: Arc::new(Monotonic(Instant::now())),
            sleeper: Arc::new(TokioSleeper),
        };
        Self {
            turns: Arc::new(turns),
            is_for_submissions_only: false,
        }
    }

    /// At most that many calls a second.
    pub fn per_second(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(1))
    }

    /// At most that many calls a minute.
    pub fn per_minute(calls: u32) -> Self {
        Self::new(calls, Duration::from_mins(1))
    }

    /// Lets that many calls go at once after a quiet time. 1.
    #[must_use]
    pub fn burst(self, calls: u32) -> Self {
        self.but(|turns| turns.bucket = Arc::new(turns.bucket.with_burst(calls)))
    }

    /// Counts submissions and nothing else; the other calls pass, and do not wait.
    #[must_use]
    pub fn only_submissions(self) -> Self {
        Self {
            is_for_submissions_only: true,
            ..self
        }
    }

    /// How long a call waits for its turn before it is *busy*, and nothing was sent. 30 seconds.
    #[must_use]
    pub fn waiting_at_most(self, patience: Duration) -> Self {
        self.but(|turns| turns.patience = patience)
    }

    /// Tells the time by `clock` and waits by `sleeper`. By default both are tokio's, which does not jump when somebody
    /// sets the machine's clock.
    #[must_use]
    pub fn timed_by(self, clock: Arc<dyn Clock>, sleeper: Arc<dyn Sleeper>) -> Self {
        self.but(|turns| {
            turns.clock = clock;
            turns.sleeper = sleeper;
        })
    }

    fn but(self, change: impl FnOnce(&mut Turns)) -> Self {
        let mut turns = Arc::unwrap_or_clone(self.turns);
        change(&mut turns);
        Self {
            turns: Arc::new(turns),
            ..self
        }
    }

    fn counts(&self, kind: CallKind) -> bool {
        match kind {
            CallKind::Submit => true,
            CallKind::Status
            | CallKind::Watch
            | CallKind::Cancel
            | CallKind::Find
            | CallKind::Balance => !self.is_for_submissions_only,
        }
    }
}

impl Turns {
    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.clock.now().as_millis()).unwrap_or(0))
    }

    /// Waits for a turn. Dropped before, it leaves the turn to others.
    async fn take(&self) -> Result<(), ProviderError> {
        let latest = self.now().saturating_add(self.patience);
        loop {
            let now = self.now();
            let turn =
                self.bucket
                    .reserve(now, latest)
                    .map_err(|wait| ProviderError::RateLimited {
                        note: ReplyNote::default(),
                        retry_after: Some(wait),
                    })?;
            let wait = turn.at().saturating_sub(now);
            if !wait.is_zero() {
                self.sleeper.sleep(whole_millis(wait)).await;
            }
            // The provider may have asked for a pause meanwhile.
            if self.bucket.is_open(self.now()) {
                turn.take();
                return Ok(());
            }
        }
    }

    /// Closes the bucket for as long as the provider asked.
    fn heed(&self, error: &ProviderError) {
        if let ProviderError::RateLimited {
            retry_after: Some(wait),
            ..
        } = error
        {
            self.bucket.close(self.now(), *wait);
        }
    }
}

/// A clock cannot tell parts of a millisecond, so they are waited out.
fn whole_millis(wait: Duration) -> Duration {
    let millis = wait.as_nanos().div_ceil(1_000_000);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

impl Layer for RateLimit {
    async fn call<T: Answer>(
        &self,
        call: &Call<'_>,
        next: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        if !self.counts(call.kind()) {
            return next.await;
        }
        self.turns.take().await?;
        let answer = next.await;
        answer.inspect_err(|error| self.turns.heed(error))
    }

    fn watch(&self, call: &Call<'_>, events: TaskEvents) -> TaskEvents {
        if !self.counts(call.kind()) {
            return events;
        }
        let turns = Arc::clone(&self.turns);
        let opening = async move {
            let heeding = Arc::clone(&turns);
            match turns.take().await {
                Ok(()) => events
                    .inspect(move |event| {
                        if let Err(error) = event {
                            heeding.heed(error);
                        }
                    })
                    .boxed(),
                Err(error) => stream::once(async { Err(error) }).boxed(),
            }
        };
        opening.flatten_stream().boxed()
    }

    fn patience(&self) -> Duration {
        self.turns.patience
    }
}

/// A clock that only goes forward, and that waits of tokio's push.
#[derive(Clone, Copy, Debug)]
struct Monotonic(Instant);

impl Clock for Monotonic {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0) + self.0.elapsed()
    }
}
