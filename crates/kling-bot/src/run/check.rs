//! `check`: what is configured, which providers answer, what is missing and what to do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{ProviderError, Source};
use kling_providers::Catalogue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::serve::context_of;
use super::{DONE, FAILED, store, tell};
use crate::config::{Config, Listen, ProviderSettings};
use crate::platform::{ChatPlatform as _, CheckLine, PlatformPlugin, Verdict};

/// How long a bot that runs already may take to say how it is.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(5);

/// Looks at everything without starting.
pub(super) async fn lines<P: PlatformPlugin>(
    plugin: P,
    config: Config<P::Config>,
) -> Vec<CheckLine> {
    let mut lines = settings(&config);
    lines.extend(store::line(&config.store).await);
    lines.extend(archive_trouble(&config));
    lines.extend(server_trouble(config.server.listen).await);
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
    let archive = archive_of(config);
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

fn archive_of<C>(config: &Config<C>) -> String {
    let archive = config.archive.url.clone();
    archive.unwrap_or_else(|| config.store.folder_beside())
}

/// What is in the way of a folder of files. A folder that is not there is made at the start, and not here.
fn archive_trouble<C>(config: &Config<C>) -> Option<CheckLine> {
    let folder = kling_engine::Archive::folder_of(&archive_of(config))?;
    let mut above = folder.ancestors();
    let there = above.find(|path| path.symlink_metadata().is_ok())?;
    match std::fs::metadata(there) {
        Ok(found) if found.is_dir() && !found.permissions().readonly() => None,
        Ok(found) if found.is_dir() => Some(CheckLine::missing(format!(
            "the folder {} cannot be written to: let this user write there, or set archive.url to another one",
            there.display()
        ))),
        Ok(_) => Some(CheckLine::missing(format!(
            "{} is a file, and files are to be kept in {}: set archive.url to a folder",
            there.display(),
            folder.display()
        ))),
        Err(error) => Some(CheckLine::missing(format!(
            "the folder {} cannot be looked at: {error}",
            there.display()
        ))),
    }
}

/// Whether the server could listen where it is to. A bot that runs already and is well is no trouble.
async fn server_trouble(listen: Listen) -> Option<CheckLine> {
    let Listen::At(address) = listen else {
        return None;
    };
    let error = TcpListener::bind(address).await.err()?;
    let looking = tokio::time::timeout(HEALTH_TIMEOUT, is_well(address));
    Some(if looking.await.is_ok_and(|well| well.unwrap_or(false)) {
        CheckLine::note(format!("a bot runs already at {address}, and is well"))
    } else {
        CheckLine::missing(format!(
            "nothing can listen at {address} ({error}): stop what does, or set server.listen to another address"
        ))
    })
}

/// Whether what listens there says of its health what a bot says.
async fn is_well(address: SocketAddr) -> std::io::Result<bool> {
    let mut there = TcpStream::connect(address).await?;
    there
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut status = [0; 12];
    there.read_exact(&mut status).await?;
    Ok(status == *b"HTTP/1.1 200")
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
