//! An end to every wait for an answer.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kling_core::ProviderError;

use super::{Answer, Call, CallKind, Layer, LayerError};
use crate::{Sleeper, TokioSleeper};

/// How much longer than it promised a submission is waited for.
const GRACE: Duration = Duration::from_secs(5);

/// Bounds how long an answer is waited for.
///
/// Looks (status, cancel, find, balance) are free and can be repeated, so they get the time that is given here, waiting in
/// layers below included; then they are *busy*.
///
/// A submission may be paid for once it left, and its answer is what was paid for. So it gets what its provider asks for
/// ([`Provider::submit_timeout`](kling_core::Provider::submit_timeout)) and five seconds more. That is for a provider
/// that does not keep its word: the error is then [`ProviderError::Indeterminate`], and never one that invites to try
/// again. What bounds the waiting *in front of* a submission is the patience of the layer that lets it wait
/// ([`Concurrency::waiting_at_most`](super::Concurrency::waiting_at_most),
/// [`RateLimit::waiting_at_most`](super::RateLimit::waiting_at_most)), for only that layer knows that nothing was sent.
///
/// A task's own stream is not bounded: it ends with the task.
#[derive(Debug)]
pub struct Timeout {
    looks: Duration,
    sleeper: Arc<dyn Sleeper>,
}

impl Timeout {
    /// Waits that long for everything that costs nothing.
    pub fn of_looks(looks: Duration) -> Self {
        Self {
            looks,
            sleeper: Arc::new(TokioSleeper),
        }
    }

    /// Waits by `sleeper`.
    #[must_use]
    pub fn timed_by(self, sleeper: Arc<dyn Sleeper>) -> Self {
        Self { sleeper, ..self }
    }
}

impl Layer for Timeout {
    async fn call<T: Answer>(
        &self,
        call: &Call<'_>,
        next: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        let is_submission = call.kind() == CallKind::Submit;
        let waited = if is_submission {
            call.submit_timeout().saturating_add(GRACE)
        } else {
            self.looks
        };
        tokio::select! {
            biased;
            answer = next => answer,
            () = self.sleeper.sleep(waited) => {
                let source = Box::new(LayerError::NoAnswer { waited });
                Err(if is_submission {
                    ProviderError::Indeterminate(source)
                } else {
                    ProviderError::Unavailable { retry_after: None, source: Some(source) }
                })
            }
        }
    }

    fn patience(&self) -> Duration {
        GRACE
    }
}
