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
    /// Every part is well, and there is a provider.
    pub(crate) ready: bool,
    #[serde(flatten)]
    parts: Parts,
    /// The providers that have a key.
    providers: Vec<String>,
    /// Models whose estimates are far off what they cost, by how many percent. It is no reason not to be ready.
    drifting: BTreeMap<String, i64>,
    /// How many jobs there are, by stage; empty when the store does not answer.
    jobs: BTreeMap<&'static str, u64>,
}

/// What a bot cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Parts {
    /// The store answers.
    pub(crate) store: bool,
    /// The archive has room.
    pub(crate) archive: bool,
    /// The platform's commands are being heard.
    pub(crate) platform: bool,
}

impl Parts {
    const fn are_well(self) -> bool {
        self.store && self.archive && self.platform
    }
}

impl Readiness {
    pub(crate) fn new(
        parts: Parts,
        providers: Vec<String>,
        drifting: BTreeMap<String, i64>,
        jobs: BTreeMap<&'static str, u64>,
    ) -> Self {
        Self {
            ready: parts.are_well() && !providers.is_empty(),
            parts,
            providers,
            drifting,
            jobs,
        }
    }
}

impl Probe {
    pub(crate) async fn readiness(&self) -> Readiness {
        let health = self.engine.health().await;
        let parts = Parts {
            store: health.store_ok,
            archive: !health.archive_full,
            platform: self.platform.is_ready(),
        };
        let counts = health.counts.iter();
        let jobs = counts.map(|(stage, count)| (stage.as_str(), *count));
        let drifting = health.drifting.iter();
        let drifting = drifting.map(|drift| {
            let whose = format!("{} {}", drift.provider, drift.model);
            (whose, drift.percent())
        });
        Readiness::new(
            parts,
            self.providers.clone(),
            drifting.collect(),
            jobs.collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Parts = Parts {
        store: true,
        archive: true,
        platform: true,
    };

    fn readiness(parts: Parts, providers: &[&str]) -> Readiness {
        let providers = providers.iter().map(ToString::to_string).collect();
        Readiness::new(
            parts,
            providers,
            BTreeMap::from([("painter brush".to_owned(), 25)]),
            BTreeMap::from([("running", 2)]),
        )
    }

    #[test]
    fn a_bot_is_ready_when_every_part_is() {
        let without = |change: fn(&mut Parts)| {
            let mut parts = WELL;
            change(&mut parts);
            readiness(parts, &["strict"]).ready
        };

        assert!(readiness(WELL, &["strict"]).ready);
        assert!(!readiness(WELL, &[]).ready);
        assert!(!without(|parts| parts.store = false));
        assert!(!without(|parts| parts.archive = false));
        assert!(!without(|parts| parts.platform = false));
    }

    #[test]
    fn every_part_is_told_by_its_name() {
        let told = toml::Value::try_from(readiness(WELL, &["strict"])).expect("it is a table");

        let keys: Vec<_> = told.as_table().expect("a table").keys().collect();
        assert_eq!(
            keys,
            [
                "archive",
                "drifting",
                "jobs",
                "platform",
                "providers",
                "ready",
                "store"
            ]
        );
        assert_eq!(told["jobs"]["running"].as_integer(), Some(2));
    }
}
