//! Whether the bot can do its work, part by part.

use std::collections::BTreeMap;
use std::sync::Arc;

use kling_engine::Engine;
use serde::Serialize;

use crate::ChatPlatform;

/// Looks at the parts of a running bot.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) engine: Engine,
    pub(crate) platform: Arc<dyn ChatPlatform>,
    pub(crate) providers: Vec<String>,
}

/// What `/readyz` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Readiness {
    /// Everything below is well.
    pub(crate) ready: bool,
    /// The store answers.
    pub(crate) store: bool,
    /// The archive has room.
    pub(crate) archive: bool,
    /// The platform's commands are being heard.
    pub(crate) platform: bool,
    /// The providers that have a key.
    pub(crate) providers: Vec<String>,
    /// How many jobs there are, by stage.
    pub(crate) jobs: BTreeMap<&'static str, u64>,
}

impl Readiness {
    pub(crate) fn of(store: bool, platform: bool, providers: Vec<String>) -> Self {
        Self {
            ready: store && platform && !providers.is_empty(),
            store,
            archive: true,
            platform,
            providers,
            jobs: BTreeMap::new(),
        }
    }
}

impl Probe {
    pub(crate) async fn readiness(&self) -> Readiness {
        let health = self.engine.health().await;
        let platform = self.platform.is_ready();
        let jobs = health
            .counts
            .iter()
            .map(|(stage, count)| (stage.as_str(), *count))
            .collect();
        let parts = Readiness::of(health.store_ok, platform, self.providers.clone());
        Readiness {
            ready: parts.ready && !health.archive_full,
            archive: !health.archive_full,
            jobs,
            ..parts
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_ready_when_every_part_is() {
        let providers = || vec!["strict".to_owned()];

        assert!(Readiness::of(true, true, providers()).ready);
        assert!(!Readiness::of(false, true, providers()).ready);
        assert!(!Readiness::of(true, false, providers()).ready);
        assert!(!Readiness::of(true, true, Vec::new()).ready);
    }
}
