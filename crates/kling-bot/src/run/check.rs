//! `check`: what is configured, which providers answer, what is missing and what to do.

use std::sync::Arc;

use kling_core::{ProviderError, Source};
use kling_providers::Catalogue;

use super::serve::context_of;
use super::{DONE, FAILED, store, tell};
use crate::config::{Config, Listen, ProviderSettings};
use crate::platform::{ChatPlatform as _, CheckLine, PlatformPlugin, Verdict};

/// Looks at everything without starting.
pub(super) async fn lines<P: PlatformPlugin>(
    plugin: P,
    config: Config<P::Config>,
) -> Vec<CheckLine> {
    let mut lines = settings(&config);
    lines.extend(store::line(&config.store).await);
    for provider in &config.providers {
        lines.push(of_provider(provider).await);
    }
    lines.extend(no_provider(&config.providers));
    let missing = &config.missing;
    lines.extend(
        missing
            .iter()
            .map(|secret| CheckLine::missing(secret.to_string())),
    );
    if missing.is_empty() {
        lines.extend(of_platform(plugin, config).await);
    }
    lines
}

/// Looks at everything without starting, and tells it line by line.
pub(super) async fn check<P: PlatformPlugin>(
    name: &str,
    plugin: P,
    config: Config<P::Config>,
) -> u8 {
    let lines = lines(plugin, config).await;
    for line in &lines {
        tell(&line.to_string());
    }
    let lacking = lines
        .iter()
        .filter(|line| line.verdict == Verdict::Missing)
        .count();
    if lacking == 0 {
        tell(&format!("{name} is ready to run."));
        DONE
    } else {
        let things = if lacking == 1 {
            "thing is"
        } else {
            "things are"
        };
        tell(&format!("{name} is not ready: {lacking} {things} missing."));
        FAILED
    }
}

fn settings<C>(config: &Config<C>) -> Vec<CheckLine> {
    let read = match &config.file {
        Some(path) => format!("settings from {} and the environment", path.display()),
        None => "built-in settings and the environment; there is no configuration file".to_owned(),
    };
    let archive = config.archive.url.clone();
    let archive = archive.unwrap_or_else(|| config.store.folder_beside());
    let server = match config.server.listen {
        Listen::None => "no server (server.listen is \"none\")".to_owned(),
        Listen::At(address) => format!("health at http://{address}/healthz and /readyz"),
    };
    let mut lines = vec![
        CheckLine::good(read),
        CheckLine::good(format!("jobs in {}", config.store.shown())),
        CheckLine::good(format!("files in {archive}")),
        CheckLine::good(server),
    ];
    if !config.limits.deployment.have_budget() {
        lines.push(CheckLine::note(
            "there is no limit on spending: limits.spend_per_day = \"20.00\" would set one",
        ));
    }
    lines
}

async fn of_provider(settings: &ProviderSettings) -> CheckLine {
    let ProviderSettings {
        id,
        key_source,
        provider,
        other_accounts,
        ..
    } = settings;
    let Some(provider) = provider else {
        return CheckLine::note(format!(
            "provider {id} is off: there is no key in {key_source}"
        ));
    };
    let accounts = if other_accounts.is_empty() {
        String::new()
    } else {
        let labels = other_accounts.join(", ");
        format!("; the accounts {labels} have keys, and are not used by this version")
    };
    match provider.balance().await {
        Ok(Some(balance)) => CheckLine::good(format!(
            "provider {id} answers; {} left on the account{accounts}",
            balance.available
        )),
        Ok(None) => CheckLine::good(format!(
            "provider {id} is set up; it does not tell what is left on the account{accounts}"
        )),
        Err(ProviderError::Unauthorized { .. }) => CheckLine::missing(format!(
            "provider {id} does not accept the key in {key_source}: put a valid one there"
        )),
        Err(error) => CheckLine::missing(format!(
            "provider {id} does not answer: {}; check base_url and the network",
            chain(error)
        )),
    }
}

/// The one sentence for a bot that could not do anything.
pub(super) fn no_provider(providers: &[ProviderSettings]) -> Option<CheckLine> {
    if providers.iter().any(|provider| provider.provider.is_some()) {
        return None;
    }
    let keys: Vec<_> = providers
        .iter()
        .map(|provider| format!("{} ({})", provider.key_source, provider.id))
        .collect();
    Some(CheckLine::missing(if keys.is_empty() {
        "this build has no provider".to_owned()
    } else {
        format!(
            "no provider has a key: put one into {}",
            keys.join(", or into ")
        )
    }))
}

async fn of_platform<P: PlatformPlugin>(plugin: P, config: Config<P::Config>) -> Vec<CheckLine> {
    let providers = config.providers.iter();
    let providers = providers.filter_map(|settings| settings.provider.clone());
    let catalogue = Arc::new(Catalogue::new(providers));
    let context = context_of(&config, &catalogue);
    let connected = match context {
        Ok(context) => {
            plugin
                .connect(config.platform, config.secrets, context)
                .await
        }
        Err(error) => Err(error),
    };
    match connected {
        Ok(platform) => platform.check().await,
        Err(error) => vec![CheckLine::missing(format!("{error:#}"))],
    }
}

/// An error with everything below it.
fn chain(error: ProviderError) -> String {
    let error: Source = Box::new(error);
    format!("{:#}", anyhow::Error::from_boxed(error))
}
