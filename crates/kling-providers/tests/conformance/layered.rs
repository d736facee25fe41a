//! A subject of which every client is inside every layer, and of which one entry is enough: the layers do not look at it.

use std::sync::Arc;
use std::time::Duration;

use kling_conformance::{Subject, Vendor};
use kling_core::{Asset, ModelInfo, Operation, Provider};
use kling_emulated::Emulated;
use kling_providers::layers::{Concurrency, Layers as _, Metered, RateLimit, Timeout, Traced};

pub(crate) fn layered(provider: Arc<dyn Provider>) -> Arc<dyn Provider> {
    provider
        .with(Traced)
        .with(Concurrency::of(2).looks(2))
        .with(RateLimit::per_second(1_000).burst(10))
        .with(Timeout::of_looks(Duration::from_secs(20)))
        .with(Metered::new())
        .with(Traced)
}

/// The subject with its entry for this operation alone.
pub(crate) struct Only(pub(crate) Emulated, pub(crate) Operation);

#[deny(clippy::missing_trait_methods)]
#[async_trait::async_trait]
impl Subject for Only {
    fn models(&self) -> Vec<ModelInfo> {
        let mut models = self.0.models();
        models.retain(|entry| entry.operation() == self.1);
        models
    }

    async fn start(&self) -> Result<Box<dyn Vendor>, String> {
        self.0.start().await
    }

    fn secrets(&self) -> Vec<String> {
        self.0.secrets()
    }

    fn answers_at_once(&self, model: &ModelInfo) -> bool {
        Subject::answers_at_once(&self.0, model)
    }

    fn nothing_started_at(&self, status: u16) -> bool {
        self.0.nothing_started_at(status)
    }

    fn may_be_ignored(&self) -> Option<&'static [&'static str]> {
        self.0.may_be_ignored()
    }

    fn clip(&self) -> Option<Asset> {
        self.0.clip()
    }
}
