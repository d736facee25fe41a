//! Only so many calls at once.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kling_core::ProviderError;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Answer, Call, CallKind, Layer, LayerError, PATIENCE};
use crate::{Sleeper, TokioSleeper};

/// Lets only so many calls run at once; the others wait, in the order they came.
///
/// Submissions and looks (status, cancel, find, balance) have places of their own, so that a look never waits behind a
/// model that answers its submission minutes later. A place is held until the answer: for such a model until
/// its result, for the others only until the task's handle. How many *tasks* run is not limited by this.
///
/// A task's own stream takes no place, because it would keep it until the task ends.
#[derive(Debug)]
pub struct Concurrency {
    submissions: Places,
    looks: Option<Places>,
    patience: Duration,
    sleeper: Arc<dyn Sleeper>,
}

#[derive(Debug)]
struct Places {
    count: u32,
    free: Semaphore,
}

impl Places {
    fn of(count: u32) -> Self {
        let count = count.max(1);
        let free = usize::try_from(count).unwrap_or(usize::MAX);
        Self {
            count,
            free: Semaphore::new(free.min(Semaphore::MAX_PERMITS)),
        }
    }
}

impl Concurrency {
    /// At most that many submissions at once, and any number of looks. None counts as one.
    pub fn of(submissions: u32) -> Self {
        Self {
            submissions: Places::of(submissions),
            looks: None,
            patience: PATIENCE,
            sleeper: Arc::new(TokioSleeper),
        }
    }

    /// At most that many looks at once as well, in places of their own. None counts as one.
    #[must_use]
    pub fn looks(self, looks: u32) -> Self {
        Self {
            looks: Some(Places::of(looks)),
            ..self
        }
    }

    /// How long a call waits for a place before it is *busy*, and nothing was sent. 30 seconds.
    #[must_use]
    pub fn waiting_at_most(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Waits by `sleeper`.
    #[must_use]
    pub fn timed_by(self, sleeper: Arc<dyn Sleeper>) -> Self {
        Self { sleeper, ..self }
    }

    fn places(&self, kind: CallKind) -> Option<&Places> {
        match kind {
            CallKind::Submit => Some(&self.submissions),
            CallKind::Status | CallKind::Cancel | CallKind::Find | CallKind::Balance => {
                self.looks.as_ref()
            }
            CallKind::Watch => None,
        }
    }

    async fn enter<'a>(&self, places: &'a Places) -> Result<SemaphorePermit<'a>, ProviderError> {
        let crowded = || ProviderError::Unavailable {
            retry_after: None,
            source: Some(Box::new(LayerError::Crowded {
                places: places.count,
                waited: self.patience,
            })),
        };
        tokio::select! {
            biased;
            place = places.free.acquire() => place.map_err(|_| crowded()),
            () = self.sleeper.sleep(self.patience) => Err(crowded()),
        }
    }
}

impl Layer for Concurrency {
    async fn call<T: Answer>(
        &self,
        call: &Call<'_>,
        next: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        let _place = match self.places(call.kind()) {
            Some(places) => Some(self.enter(places).await?),
            None => None,
        };
        next.await
    }

    fn patience(&self) -> Duration {
        self.patience
    }
}
