//! Limits and observers around a provider, as layers; none of them can send a submission twice.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use kling_core::Provider;
//! use kling_providers::layers::{Concurrency, Layers as _, RateLimit, Timeout, Traced};
//!
//! fn tamed(provider: Arc<dyn Provider>) -> Arc<dyn Provider> {
//!     provider
//!         .with(Concurrency::of(4))
//!         .with(RateLimit::per_minute(60).burst(5))
//!         .with(Timeout::of_looks(Duration::from_secs(20)))
//!         .with(Traced)
//! }
//! ```
//!
//! The layer that is added last is the outermost: it sees a call first and its answer last. So put [`Traced`] and
//! `Metered` last when the waiting should count, and first when only the provider's own time should.
//!
//! What holds for every layer, those of other crates included, because a layer gets a call only as a future:
//!
//! - **Nothing is sent twice.** A future can be awaited once, and there is no other way to the provider.
//! - **Waiting in front can be dropped.** Nothing leaves before that future is first polled.
//! - **A prompt is out of reach.** [`Call`] says which call it is, not what is in it.
//!
//! What holds for the ones here besides:
//!
//! - Waiting in front of a submission is bounded, and [`Provider::submit_timeout`] counts it in. Who waited in vain gets a
//!   *busy* error, and nothing was sent.
//! - A submission that may have left is never answered with *busy*, and none is cut short within the time that its
//!   provider asks for.
//! - The errors of the provider pass through as they are.

mod call;
mod concurrency;
mod error;
mod layered;
#[cfg(feature = "metrics")]
mod metered;
mod rate;
mod timeout;
mod traced;

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{Provider, ProviderError, TaskEvents};

pub use call::{Answer, Answered, Call, CallKind};
pub use concurrency::Concurrency;
pub use error::LayerError;
use layered::Layered;
#[cfg(feature = "metrics")]
pub use metered::Metered;
pub use rate::RateLimit;
pub use timeout::Timeout;
pub use traced::Traced;

/// How long the limits here let a call wait in front, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// Something around a provider: it sees every call, may let it wait or refuse it, and sees the answer.
///
/// A layer of your own is one method. This one lets nothing pass while a switch is off:
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// use kling_core::ProviderError;
/// use kling_providers::layers::{Answer, Call, Layer};
///
/// #[derive(Debug, Default)]
/// struct Switch(AtomicBool);
///
/// impl Layer for Switch {
///     async fn call<T: Answer>(
///         &self,
///         _: &Call<'_>,
///         next: impl Future<Output = Result<T, ProviderError>> + Send,
///     ) -> Result<T, ProviderError> {
///         if !self.0.load(Ordering::Relaxed) {
///             return Err(ProviderError::Unavailable { retry_after: None, source: None });
///         }
///         next.await
///     }
/// }
/// ```
pub trait Layer: Send + Sync + Debug {
    /// Makes the call by awaiting `next`, or does not make it by dropping `next` unpolled.
    ///
    /// A layer that answers *busy* to a submission has not polled `next`, and one that gives it up after polling
    /// answers [`ProviderError::Indeterminate`].
    fn call<T: Answer>(
        &self,
        call: &Call<'_>,
        next: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> impl Future<Output = Result<T, ProviderError>> + Send;

    /// Wraps the provider's own stream of a task, where it has one. A layer that does not is not in its way.
    fn watch(&self, call: &Call<'_>, events: TaskEvents) -> TaskEvents {
        let _ = call;
        events
    }

    /// The longest that this layer may add to a submission; it is added to [`Provider::submit_timeout`].
    fn patience(&self) -> Duration {
        Duration::ZERO
    }
}

/// What can be wrapped in a [`Layer`]: an `Arc` of any provider, `dyn` ones included.
pub trait Layers: Sized {
    /// Puts `layer` around everything there is so far.
    #[must_use]
    fn with(self, layer: impl Layer + 'static) -> Arc<dyn Provider>;
}

impl Layers for Arc<dyn Provider> {
    fn with(self, layer: impl Layer + 'static) -> Arc<dyn Provider> {
        Arc::new(Layered::new(layer, self))
    }
}

impl<P: Provider + 'static> Layers for Arc<P> {
    fn with(self, layer: impl Layer + 'static) -> Arc<dyn Provider> {
        Arc::new(Layered::new(layer, self))
    }
}

#[cfg(test)]
mod tests;
