//! What lies below an error that a layer answered in the provider's place.

use std::time::Duration;

/// Why a layer let a call not through, or waited for it no longer: the source of a
/// [`ProviderError`](kling_core::ProviderError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayerError {
    /// As many calls as may run at once ran all the time. Nothing was sent.
    #[error("all {places} places were taken for {waited:?}")]
    Crowded {
        /// How many may run at once.
        places: u32,
        /// How long this one waited.
        waited: Duration,
    },
    /// No answer came in time.
    #[error("there was no answer within {waited:?}")]
    NoAnswer {
        /// How long this one waited.
        waited: Duration,
    },
}
