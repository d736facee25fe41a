//! From a provider's name and settings to a provider.

mod complaint;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use kling_core::{Provider, ProviderId, Secret, Source};
use kling_http::Url;
use serde::de::DeserializeOwned;

use crate::builtin;

pub use complaint::explain;

type Factory =
    Arc<dyn Fn(toml::Table, Secret) -> Result<Arc<dyn Provider>, RegistryError> + Send + Sync>;

/// What a provider's crate hands to a [`Registry`]: its name, its settings and how it is built.
#[derive(Clone)]
pub struct Plugin {
    id: ProviderId,
    key_env: &'static str,
    factory: Factory,
}

impl Plugin {
    /// Describes a provider.
    ///
    /// `key_env` is the environment variable that people keep its key in. `build` gets the settings,
    /// read from the provider's table, and the key of one account. The settings' type should
    /// have `#[serde(deny_unknown_fields)]`, so that a misspelt key is an error that lists the valid ones.
    pub fn new<C, P, E>(
        id: ProviderId,
        key_env: &'static str,
        build: impl Fn(C, Secret) -> Result<P, E> + Send + Sync + 'static,
    ) -> Self
    where
        C: DeserializeOwned,
        P: Provider + 'static,
        E: Error + Send + Sync + 'static,
    {
        let name = id.clone();
        let factory = move |settings: toml::Table, key: Secret| -> Result<Arc<dyn Provider>, _> {
            let settings = serde_path_to_error::deserialize(toml::Value::Table(settings)).map_err(
                |error| RegistryError::Settings {
                    provider: name.clone(),
                    setting: setting(error.path()),
                    reason: error.inner().message().trim().to_owned(),
                },
            )?;
            let provider = build(settings, key).map_err(|error| RegistryError::Build {
                provider: name.clone(),
                source: Box::new(error),
            })?;
            Ok(Arc::new(provider))
        };
        Self {
            id,
            key_env,
            factory: Arc::new(factory),
        }
    }

    /// The provider's name, as its table is called.
    pub fn id(&self) -> &ProviderId {
        &self.id
    }

    /// The environment variable that its key is in unless the operator says otherwise.
    pub fn key_env(&self) -> &'static str {
        self.key_env
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("id", &self.id)
            .field("key_env", &self.key_env)
            .finish_non_exhaustive()
    }
}

/// The providers that a program knows by name.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    plugins: BTreeMap<ProviderId, Plugin>,
}

impl Registry {
    /// Knows nobody.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Knows every provider whose feature is on.
    pub fn builtin() -> Self {
        builtin::plugins()
            .into_iter()
            .fold(Self::empty(), Self::with)
    }

    /// Knows one more; one of the same name is replaced.
    #[must_use]
    pub fn with(mut self, plugin: Plugin) -> Self {
        self.plugins.insert(plugin.id.clone(), plugin);
        self
    }

    /// Every plugin, by name.
    pub fn plugins(&self) -> impl Iterator<Item = &Plugin> {
        self.plugins.values()
    }

    /// The plugin of that name.
    ///
    /// # Errors
    ///
    /// [`RegistryError::NoSuchProvider`], which lists the names there are.
    pub fn plugin(&self, name: &str) -> Result<&Plugin, RegistryError> {
        let found = ProviderId::parse(name)
            .ok()
            .and_then(|id| self.plugins.get(&id));
        found.ok_or_else(|| RegistryError::NoSuchProvider {
            name: name.to_owned(),
            available: self.plugins.keys().cloned().collect(),
        })
    }

    /// Builds a provider for one account. Nothing is sent.
    ///
    /// `settings` is the provider's table without its keys and accounts; an empty one means the defaults.
    ///
    /// # Errors
    ///
    /// When there is no such provider, its settings cannot be read, or they cannot work.
    pub fn build(
        &self,
        name: &str,
        settings: toml::Table,
        key: Secret,
    ) -> Result<Arc<dyn Provider>, RegistryError> {
        (self.plugin(name)?.factory)(settings, key)
    }
}

/// Whether a provider's table leads to this very machine, so that its results may lie there too.
pub fn is_local(settings: &toml::Table) -> bool {
    settings
        .get("base_url")
        .and_then(toml::Value::as_str)
        .and_then(|text| Url::parse(text).ok())
        .is_some_and(|url| kling_http::is_loopback(&url))
}

/// A provider that could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Nobody is registered under that name.
    #[error("there is no provider `{name}`: this build has {}", listed(available))]
    NoSuchProvider {
        /// The name that was given.
        name: String,
        /// The names there are.
        available: Vec<ProviderId>,
    },
    /// The table does not fit the provider's settings.
    #[error(
        "the settings of provider `{provider}` are not valid: {}",
        told(setting, reason)
    )]
    Settings {
        /// Whose settings.
        provider: ProviderId,
        /// The path of the setting in the provider's table, such as `request_timeout` or `workers[0]`; empty where it
        /// is about the table as a whole.
        setting: String,
        /// What is wrong, in serde's words, which [`explain`] makes words for people of.
        reason: String,
    },
    /// The settings can be read and cannot work.
    #[error("provider `{provider}` cannot be set up")]
    Build {
        /// Whose settings.
        provider: ProviderId,
        /// What is wrong.
        #[source]
        source: Source,
    },
}

/// A path as people write it.
fn setting(path: &serde_path_to_error::Path) -> String {
    match path.to_string() {
        // Its own way to say that there is none.
        path if path == "." => String::new(),
        path => path,
    }
}

/// Which setting, what is wrong with it, and what would work.
fn told(setting: &str, reason: &str) -> String {
    let (reason, fix) = explain(reason, &[]);
    let setting = match setting {
        "" => String::new(),
        setting => format!("`{setting}`: "),
    };
    let fix = match fix.as_str() {
        "" => String::new(),
        fix => format!("; {fix}"),
    };
    format!("{setting}{reason}{fix}")
}

fn listed(names: &[ProviderId]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<_> = names.iter().map(ProviderId::as_str).collect();
    names.join(", ")
}

#[cfg(test)]
#[cfg(feature = "aimlapi")]
mod tests {
    use super::*;

    fn key() -> Secret {
        Secret::new("sk-very-private").expect("a key")
    }

    fn settings(text: &str) -> toml::Table {
        text.parse().expect("a table")
    }

    #[test]
    fn an_unknown_provider_is_told_the_names_there_are() {
        for name in ["aiml", "AIML API", ""] {
            let error = Registry::builtin()
                .build(name, toml::Table::new(), key())
                .expect_err("no such provider");

            assert_eq!(
                error.to_string(),
                format!(
                    "there is no provider `{name}`: this build has aimlapi, apiin, inferencesh"
                )
            );
        }
        assert!(
            Registry::empty()
                .plugin("aimlapi")
                .is_err_and(|error| error.to_string().ends_with("this build has none"))
        );
    }

    #[test]
    fn a_provider_is_built_from_an_empty_table() {
        let provider = Registry::builtin()
            .build("aimlapi", toml::Table::new(), key())
            .expect("a provider");

        assert_eq!(provider.id().as_str(), "aimlapi");
        assert!(!format!("{provider:?}").contains("sk-very-private"));
    }

    #[test]
    fn a_misspelt_setting_is_told_the_valid_ones() {
        let error = Registry::builtin()
            .build("aimlapi", settings("base-url = 'x'"), key())
            .expect_err("a misspelt setting");

        let told = error.to_string();
        assert!(told.contains("`base-url`: unknown key"), "{told}");
        assert!(told.contains("base_url, request_timeout"), "{told}");
    }

    #[test]
    fn a_setting_of_the_wrong_type_or_shape_is_named_with_what_would_work() {
        for (provider, table, setting, expected) in [
            (
                "aimlapi",
                "request_timeout = 5",
                "request_timeout",
                "it cannot be the number 5; write a length of time in quotes, such as \"90s\"",
            ),
            (
                "aimlapi",
                "request_timeout = '5x'",
                "request_timeout",
                "not a length of time: it takes numbers with units, such as 90s or 5m",
            ),
            (
                "apiin",
                "base_url = 'nonsense'",
                "base_url",
                "not an address: it takes https:// and a host, such as https://api.example.com",
            ),
            (
                "apiin",
                "base_url = 7",
                "base_url",
                "it cannot be the number 7; write an address in quotes, such as \"https://api.example.com\"",
            ),
            (
                "aimlapi",
                "image_usd = 'cheap'",
                "image_usd",
                "not an amount in dollars: it takes digits with at most nine decimals, such as 0.0294",
            ),
            (
                "aimlapi",
                "image_usd = true",
                "image_usd",
                "not an amount in dollars: it takes a number, such as 0.05",
            ),
            (
                "aimlapi",
                "data_uris = 'yes'",
                "data_uris",
                "it cannot be the text \"yes\"; write true or false",
            ),
            (
                "inferencesh",
                "stream = 'pigeon'",
                "stream",
                "unknown value `pigeon`; use one of ndjson, sse, off",
            ),
            (
                "inferencesh",
                "workers = ['w1', 2]",
                "workers[1]",
                "it cannot be the number 2; write text in quotes",
            ),
        ] {
            let error = Registry::builtin().build(provider, settings(table), key());

            let told = error.expect_err(table).to_string();
            let expected = format!(
                "the settings of provider `{provider}` are not valid: `{setting}`: {expected}"
            );
            assert_eq!(told, expected, "{table}");
        }
    }

    #[test]
    fn a_setting_that_cannot_work_says_why_below() {
        let error = Registry::builtin()
            .build(
                "aimlapi",
                settings("base_url = 'http://example.com'"),
                key(),
            )
            .expect_err("plain http");

        assert_eq!(error.to_string(), "provider `aimlapi` cannot be set up");
        let below = error.source().expect("a reason").to_string();
        assert!(below.contains("plain http"), "{below}");
    }

    #[test]
    fn a_plugin_of_the_same_name_takes_the_place_of_the_first() {
        let plugin = Plugin::new(kling_aimlapi::ID, "OTHER_KEY", kling_aimlapi::AimlApi::new);

        let registry = Registry::builtin().with(plugin);

        let envs: Vec<_> = registry.plugins().map(Plugin::key_env).collect();
        assert_eq!(envs, ["OTHER_KEY", "APIIN_API_KEY", "INFERENCE_API_KEY"]);
    }

    #[test]
    fn only_a_table_that_leads_to_this_machine_is_local() {
        assert!(is_local(&settings(
            "base_url = 'http://127.0.0.1:4700/aimlapi'"
        )));
        assert!(!is_local(&settings("base_url = 'https://api.aimlapi.com'")));
        assert!(!is_local(&toml::Table::new()));
    }
}
