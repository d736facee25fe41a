//! `[providers.<name>]`: which providers there are, with which keys, and whether their settings work.

use std::collections::BTreeMap;
use std::sync::Arc;

use kling_core::{Provider, ProviderId, Secret};
use kling_http::{ClientError, DownloadOptions, Downloader, Guard};
use kling_providers::{Plugin, Registry, RegistryError, explain};

use url::Url;

use super::layers::{Origins, join, unguessed};
use super::problem::{ConfigError, Place};
use super::secrets::{self, FoundSecret};
use crate::secret::{Environment, SecretSource};

/// The account that a provider's plain `api_key` belongs to.
const DEFAULT_ACCOUNT: &str = "default";

/// One provider that this build knows, as the configuration has it.
#[derive(Clone, Debug)]
pub(crate) struct ProviderSettings {
    /// Its name.
    pub(crate) id: ProviderId,
    /// Where its key is looked for.
    pub(crate) key_source: SecretSource,
    /// Its address, where the table names one: when that is on this machine, its results may be too.
    pub(crate) base_url: Option<Url>,
    /// The provider, when its key is there and its settings work.
    pub(crate) provider: Option<Arc<dyn Provider>>,
    /// Further accounts whose keys are there.
    pub(crate) other_accounts: Vec<String>,
}

impl ProviderSettings {
    /// What fetches this provider's results: from the public internet, and from this machine only when
    /// the provider itself is there.
    pub(crate) fn downloader(&self) -> Result<Downloader, ClientError> {
        let guard = self
            .base_url
            .as_ref()
            .map_or_else(Guard::public_only, Guard::for_base);
        Downloader::new(DownloadOptions::default(), guard)
    }
}

/// Reads the whole `[providers]` table and builds every provider whose key is there.
pub(super) fn read(
    table: Option<toml::Value>,
    registry: &Registry,
    origins: &Origins,
    environment: &Environment,
    problems: &mut Vec<ConfigError>,
) -> Vec<ProviderSettings> {
    let mut tables = match table {
        None => toml::Table::new(),
        Some(toml::Value::Table(tables)) => tables,
        Some(_) => {
            problems.push(origins.problem("providers", "it is not a table", NAMED));
            toml::Table::new()
        }
    };
    let known: Vec<_> = registry.plugins().cloned().collect();
    let settings = known
        .iter()
        .map(|plugin| {
            let name = plugin.id().as_str();
            let table = tables.remove(name);
            one(plugin, table, registry, origins, environment, problems)
        })
        .collect();
    for name in tables.keys() {
        let known: Vec<_> = known.iter().map(|plugin| plugin.id().as_str()).collect();
        problems.push(origins.problem(
            join("providers", name),
            "there is no such provider",
            format!("the providers of this build are {}", known.join(", ")),
        ));
    }
    settings
}

const NAMED: &str = "each provider has a table of its own, such as [providers.NAME]";

fn one(
    plugin: &Plugin,
    table: Option<toml::Value>,
    registry: &Registry,
    origins: &Origins,
    environment: &Environment,
    problems: &mut Vec<ConfigError>,
) -> ProviderSettings {
    let at = join("providers", plugin.id().as_str());
    let mut table = match table {
        None => toml::Table::new(),
        Some(toml::Value::Table(table)) => table,
        Some(_) => {
            problems.push(origins.problem(&at, "it is not a table", NAMED));
            toml::Table::new()
        }
    };
    let mut take = |table: &mut toml::Table, at: &str, problems: &mut Vec<ConfigError>| {
        let env = plugin.key_env();
        secrets::take(table, at, "api_key", env, origins, environment, problems)
    };
    let has_plain_key = table.contains_key("api_key");
    let plain = take(&mut table, &at, problems);
    let mut accounts = read_accounts(&mut table, &at, origins, problems, &mut take);
    let key = match accounts.remove(DEFAULT_ACCOUNT) {
        Some(_) if has_plain_key => {
            problems.push(origins.problem(
                join(&at, "accounts.default"),
                "the account `default` has two keys",
                format!("`{at}.api_key` is the key of that account: keep one of the two"),
            ));
            plain
        }
        Some(account) => account,
        None => plain,
    };
    let fits = settings_fit(registry, plugin, &at, &mut table, origins, problems);
    let base_url = table.get("base_url").and_then(toml::Value::as_str);
    let base_url = base_url.and_then(|text| Url::parse(text).ok());
    let key_place = place_of(&key.source);
    let provider = key.value.filter(|_| fits).and_then(|key| {
        // What could go wrong was tried with another key; this one has characters no header can carry.
        registry
            .build(plugin.id().as_str(), table, key)
            .inspect_err(|error| {
                problems.push(ConfigError {
                    place: key_place,
                    key: join(&at, "api_key"),
                    reason: cause(error),
                    fix: "copy the key again".to_owned(),
                });
            })
            .ok()
    });
    ProviderSettings {
        id: plugin.id().clone(),
        key_source: key.source,
        base_url,
        provider,
        other_accounts: accounts
            .into_iter()
            .filter(|(_, key)| key.value.is_some())
            .map(|(label, _)| label)
            .collect(),
    }
}

/// Where a secret itself is, and not what names it.
fn place_of(source: &SecretSource) -> Place {
    match source {
        SecretSource::Env(name) => Place::Variable(name.clone()),
        SecretSource::File(path) => Place::File {
            path: path.clone(),
            line: None,
        },
    }
}

fn read_accounts(
    table: &mut toml::Table,
    at: &str,
    origins: &Origins,
    problems: &mut Vec<ConfigError>,
    take: &mut impl FnMut(&mut toml::Table, &str, &mut Vec<ConfigError>) -> FoundSecret,
) -> BTreeMap<String, FoundSecret> {
    let at = join(at, "accounts");
    let fix = "write [….accounts.LABEL] with an api_key; labels take lower-case letters, digits and hyphens";
    let mut found = BTreeMap::new();
    let accounts = match table.remove("accounts") {
        None => return found,
        Some(toml::Value::Table(accounts)) => accounts,
        Some(_) => {
            problems.push(origins.problem(at, "it is not a table", fix));
            return found;
        }
    };
    for (label, account) in accounts {
        let at = join(&at, &label);
        let (Ok(_), toml::Value::Table(mut account)) = (ProviderId::parse(&*label), account) else {
            problems.push(origins.problem(at, "it is not an account", fix));
            continue;
        };
        if !account.contains_key("api_key") {
            problems.push(origins.problem(&at, "the account has no api_key", fix));
        }
        let key = take(&mut account, &at, problems);
        for other in account.keys() {
            let fix = "the valid keys here are api_key";
            problems.push(origins.problem(join(&at, other), "unknown key", fix));
        }
        found.insert(label, key);
    }
    found
}

/// Whether the provider takes its table, tried without its key, so that a mistake is told even where
/// the key is not there yet.
fn settings_fit(
    registry: &Registry,
    plugin: &Plugin,
    at: &str,
    table: &mut toml::Table,
    origins: &Origins,
    problems: &mut Vec<ConfigError>,
) -> bool {
    let Some(stand_in) = Secret::new("stand-in") else {
        return true;
    };
    let build = |table: &toml::Table| {
        registry
            .build(plugin.id().as_str(), table.clone(), stand_in.clone())
            .map(drop)
    };
    match build(table) {
        Ok(()) => return true,
        Err(error @ (RegistryError::Build { .. } | RegistryError::NoSuchProvider { .. })) => {
            problems.push(at_named_key(&cause(&error), at, table, origins));
            return false;
        }
        Err(_) => {}
    }
    // The table cannot be read: its keys are tried one by one, to find which.
    let before = problems.len();
    let mut mended = false;
    for (name, value) in table.iter_mut() {
        let alone = |value: &toml::Value| toml::Table::from_iter([(name.clone(), value.clone())]);
        let Err(RegistryError::Settings { reason, .. }) = build(&alone(value)) else {
            continue;
        };
        let key = join(at, name);
        if origins.is_variable(&key)
            && let Some(text) = unguessed(value)
            && !matches!(build(&alone(&text)), Err(RegistryError::Settings { .. }))
        {
            *value = text;
            mended = true;
        } else if !reason.starts_with("missing field") {
            let (reason, fix) = explain(&reason, &["api_key", "accounts"]);
            problems.push(origins.problem(key, reason, fix));
        }
    }
    match build(table) {
        Ok(()) => mended,
        Err(error) => {
            if problems.len() == before {
                problems.push(at_named_key(&cause(&error), at, table, origins));
            }
            false
        }
    }
}

/// A complaint belongs to the key whose name it begins with.
fn at_named_key(reason: &str, at: &str, table: &toml::Table, origins: &Origins) -> ConfigError {
    let first = reason.split(' ').next().unwrap_or_default();
    let key = if table.contains_key(first) {
        join(at, first)
    } else {
        at.to_owned()
    };
    origins.problem(key, reason, "")
}

/// What is wrong, in the words of whoever knows best.
fn cause(error: &RegistryError) -> String {
    match error {
        RegistryError::Settings { reason, .. } => reason.clone(),
        RegistryError::Build { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}
