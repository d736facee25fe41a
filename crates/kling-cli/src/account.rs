//! From a provider's name on the command line to a provider that can be asked.

use std::sync::Arc;

use kling_core::{Provider, Secret, TaskHandle};
use kling_http::{DownloadOptions, Downloader, Guard, Url};
use kling_providers::{Registry, RegistryError, is_local, toml};

use crate::args::Account;
use crate::exit::{Ending, chain};

/// Stands for the key where nothing is sent, or where this very machine answers.
const NO_KEY: &str = "none";

/// A provider, and how files are fetched for it.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) downloader: Downloader,
}

/// A provider with its key.
pub(crate) fn reach(name: &str, account: &Account) -> Result<Reached, Box<Ending>> {
    let registry = Registry::builtin();
    let settings = settings(account)?;
    let variable = registry.plugin(name).map_err(|error| of(&error))?.key_env();
    let key = match key(variable, account)? {
        Some(key) => Some(key),
        None if is_local(&settings) => Secret::new(NO_KEY),
        None => None,
    };
    let Some(key) = key else {
        let message = format!("no key for `{name}`: set {variable}, or give --key-file");
        return Err(Ending::usage("no-key", message));
    };
    build(&registry, name, settings, key)
}

/// Whose task it is: whose was said, or else what its handle begins with.
pub(crate) fn owner(handle: &TaskHandle, said: Option<&str>) -> Result<String, Box<Ending>> {
    if let Some(name) = said {
        return Ok(name.to_owned());
    }
    let registry = Registry::builtin();
    let beginning = handle.as_str().split_once('.').map(|(owner, _)| owner);
    let mut ids = registry.plugins().map(|plugin| plugin.id().as_str());
    if let Some(owner) = ids.find(|id| Some(*id) == beginning) {
        return Ok(owner.to_owned());
    }
    let ids = registry
        .plugins()
        .map(|plugin| format!("`{}.`", plugin.id()));
    let message = format!(
        "the task handle does not say whose it is: it takes one that starts with {}, exactly as it was printed, \
         or --provider",
        ids.collect::<Vec<_>>().join(" or ")
    );
    Err(Ending::usage("foreign-handle", message))
}

/// A provider that is only asked what it can do: nothing is sent, so no key is needed.
pub(crate) fn describe(name: &str, account: &Account) -> Result<Reached, Box<Ending>> {
    let key = Secret::new(NO_KEY);
    #[expect(clippy::expect_used, reason = "a constant that is not empty")]
    let key = key.expect("a key");
    build(&Registry::builtin(), name, settings(account)?, key)
}

/// The names of all providers, or of those whose keys are in the environment.
pub(crate) fn names(with_keys_only: bool) -> Result<Vec<String>, Box<Ending>> {
    let registry = Registry::builtin();
    let mut names = Vec::new();
    let mut variables = Vec::new();
    for plugin in registry.plugins() {
        variables.push(plugin.key_env());
        if !with_keys_only || key(plugin.key_env(), &Account::default())?.is_some() {
            names.push(plugin.id().to_string());
        }
    }
    if names.is_empty() {
        let message = format!("no provider's key is here: set {}", variables.join(", "));
        return Err(Ending::usage("no-key", message));
    }
    Ok(names)
}

fn build(
    registry: &Registry,
    name: &str,
    settings: toml::Table,
    key: Secret,
) -> Result<Reached, Box<Ending>> {
    let base = settings.get("base_url").and_then(toml::Value::as_str);
    let base = base.and_then(|text| Url::parse(text).ok());
    let guard = base.map_or_else(Guard::public_only, |base| Guard::for_base(&base));
    let provider = registry
        .build(name, settings, key)
        .map_err(|error| of(&error))?;
    let downloader = Downloader::new(DownloadOptions::default(), guard)
        .map_err(|error| Ending::usage("client", chain(&error)))?;
    Ok(Reached {
        provider,
        downloader,
    })
}

fn settings(account: &Account) -> Result<toml::Table, Box<Ending>> {
    let mut table = toml::Table::new();
    for (name, text) in &account.set {
        // What is no number, boolean or list is text, with or without quotes.
        let value = format!("v = {text}").parse().ok();
        let value = value.and_then(|mut read: toml::Table| read.remove("v"));
        let value = value.unwrap_or_else(|| toml::Value::String(text.clone()));
        if table.insert(name.clone(), value).is_some() {
            let message = format!("--set {name} is given twice");
            return Err(Ending::usage("settings", message));
        }
    }
    if let Some(base_url) = &account.base_url {
        table.insert("base_url".to_owned(), base_url.clone().into());
    }
    Ok(table)
}

/// The key, if it is anywhere; an empty variable counts as none.
fn key(variable: &str, account: &Account) -> Result<Option<Secret>, Box<Ending>> {
    if let Some(path) = &account.key_file {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Ending::usage(
                "key-file",
                format!("the key file {shown} cannot be read: {error}"),
            )
        })?;
        let empty = || Ending::usage("key-file", format!("the key file {shown} is empty"));
        return Secret::new(text).map(Some).ok_or_else(empty);
    }
    match std::env::var(variable) {
        Ok(value) => Ok(Secret::new(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            let message = format!("{variable} has characters that no key has");
            Err(Ending::usage("no-key", message))
        }
    }
}

fn of(error: &RegistryError) -> Box<Ending> {
    let code = match error {
        RegistryError::NoSuchProvider { .. } => "no-such-provider",
        _ => "settings",
    };
    Ending::usage(code, chain(error))
}
