//! What needs a person now: told when it begins, once an hour while it lasts, and when it is over.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use kling_core::{ModelId, ProviderError, ProviderId};
use tokio::time::Instant;

use crate::books::Drift;
use crate::context::lock;
use crate::error::EngineError;

/// What an answer that costs nothing proves to be over, by the names of the errors.
const FREE: [&str; 2] = ["unauthorized", "unreachable"];

/// How soon the same is told again while it lasts.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// What an alarm is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Provider(ProviderId),
    Archive,
    /// What a model of a provider is expected to cost.
    Estimates(ProviderId, ModelId),
    /// The engine's own machinery, by what it says.
    Machinery(String),
}

/// The alarms that are on, with when each was told last.
#[derive(Debug, Default)]
pub(crate) struct Alarms(Mutex<BTreeMap<About, (&'static str, Instant)>>);

impl Alarms {
    /// Whether it is worth telling: it is new, or was told long ago.
    fn raise(&self, about: About, what: &'static str) -> bool {
        let now = Instant::now();
        let mut alarms = lock(&self.0);
        let is_news = alarms.get(&about).is_none_or(|(before, told)| {
            *before != what || now.saturating_duration_since(*told) >= AGAIN_AFTER
        });
        if is_news {
            alarms.insert(about, (what, now));
        }
        is_news
    }

    /// Whether there was something to be over.
    fn end(&self, about: &About, is_over: impl FnOnce(&'static str) -> bool) -> bool {
        let mut alarms = lock(&self.0);
        let ends = alarms.get(about).is_some_and(|(what, _)| is_over(what));
        if ends {
            alarms.remove(about);
        }
        ends
    }

    /// A provider said no in a way that an operator can mend, or cannot be reached; other errors are none of this.
    pub(crate) fn provider_failed(&self, provider: &ProviderId, error: &ProviderError) {
        let to_do = match error {
            ProviderError::Unauthorized { .. } => "give it a key that it accepts, and start again",
            ProviderError::OutOfFunds { .. } => "top up the account",
            ProviderError::NotSetUp { .. } => "set the account up for this",
            ProviderError::Unreachable(_) => "see to the network, or to the provider's address",
            ProviderError::Declined { .. }
            | ProviderError::Moderated { .. }
            | ProviderError::NoResult { .. } => return self.provider_answered(provider),
            _ => return,
        };
        if self.raise(About::Provider(provider.clone()), error.name()) {
            tracing::warn!(
                %provider, kind = error.name(), to_do,
                "nothing can be made at the provider {provider}: {error}",
            );
        }
    }

    /// A provider answered something that costs nothing.
    pub(crate) fn provider_answered(&self, provider: &ProviderId) {
        self.provider_mended(provider, |what| FREE.contains(&what));
    }

    /// A provider took work.
    pub(crate) fn provider_worked(&self, provider: &ProviderId) {
        self.provider_mended(provider, |_| true);
    }

    fn provider_mended(&self, provider: &ProviderId, is_over: impl FnOnce(&'static str) -> bool) {
        if self.end(&About::Provider(provider.clone()), is_over) {
            tracing::info!(%provider, "the provider {provider} works again");
        }
    }

    /// Jobs wait for a provider that is not configured any more.
    pub(crate) fn provider_is_missing(&self, provider: &ProviderId) {
        if self.raise(About::Provider(provider.clone()), "missing") {
            tracing::warn!(
                %provider, to_do = "configure it again, or its jobs end without their results",
                "paid jobs wait for the provider {provider}, which is not configured any more",
            );
        }
    }

    /// There was no room for a file.
    pub(crate) fn archive_is_full(&self) {
        if self.raise(About::Archive, "full") {
            tracing::warn!(
                to_do = "make room, or allow it more",
                "the archive is full: no input is taken, and results wait",
            );
        }
    }

    /// A file found room.
    pub(crate) fn archive_has_room(&self) {
        if self.end(&About::Archive, |_| true) {
            tracing::info!("the archive has room again");
        }
    }

    /// What a model is expected to cost was compared with what it did.
    pub(crate) fn estimates_are_off(&self, drift: &Drift, are_off: bool) {
        let Drift {
            provider, model, ..
        } = drift;
        let about = About::Estimates(provider.clone(), model.clone());
        if !are_off {
            if self.end(&about, |_| true) {
                tracing::info!(%provider, %model, "what {model} costs is expected rightly again");
            }
        } else if self.raise(about, "off") {
            tracing::warn!(
                %provider, %model, expected = %drift.expected, actual = %drift.actual,
                submissions = drift.submissions,
                to_do = "compare the provider's price list with the prices that are configured",
                "what {model} costs is {} percent off what was expected", drift.percent(),
            );
        }
    }

    /// A job's step failed in the engine's own machinery, and is tried again.
    pub(crate) fn machinery_failed(&self, error: &EngineError) {
        if self.raise(About::Machinery(error.to_string()), "fails") {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "jobs cannot be taken further; they are tried again",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::ReplyNote;

    static ACME: ProviderId = ProviderId::literal("acme");

    fn acme() -> About {
        About::Provider(ACME.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_is_told_once_an_hour_and_something_else_at_once() {
        let alarms = Alarms::default();

        assert!(alarms.raise(acme(), "unauthorized"));
        assert!(!alarms.raise(acme(), "unauthorized"));
        assert!(alarms.raise(acme(), "out-of-funds"));
        assert!(alarms.raise(About::Archive, "full"));
        tokio::time::advance(AGAIN_AFTER).await;
        assert!(alarms.raise(acme(), "out-of-funds"));
    }

    #[tokio::test]
    async fn an_answer_that_costs_nothing_proves_the_key_and_not_the_funds() {
        let alarms = Alarms::default();

        let note = ReplyNote::default;
        alarms.provider_failed(&ACME, &ProviderError::Unauthorized { note: note() });
        alarms.provider_answered(&ACME);
        assert!(!alarms.end(&acme(), |_| true));
        alarms.provider_failed(&ACME, &ProviderError::OutOfFunds { note: note() });
        alarms.provider_answered(&ACME);
        assert!(alarms.end(&acme(), |_| true));
    }
}
