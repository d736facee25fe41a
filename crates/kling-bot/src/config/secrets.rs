//! Takes the secrets out of a table: what they are called, and that they are never written down.

use std::path::PathBuf;

use kling_core::Secret;

use super::layers::{Origins, join};
use super::problem::{ConfigError, Place};
use crate::secret::{Environment, SecretSource};

/// A secret that a table may name.
#[derive(Clone, Debug)]
pub(crate) struct FoundSecret {
    /// Where it is looked for.
    pub(crate) source: SecretSource,
    /// The secret, if it is there.
    pub(crate) value: Option<Secret>,
}

/// Takes the secret `name` out of the table at `at`, and fetches it.
pub(super) fn take(
    table: &mut toml::Table,
    at: &str,
    name: &str,
    default_env: &str,
    origins: &Origins,
    environment: &Environment,
    problems: &mut Vec<ConfigError>,
) -> FoundSecret {
    let key = join(at, name);
    let declared = table.remove(name);
    let source = declared
        .and_then(|value| source_of(value, &key, default_env, origins, problems))
        .unwrap_or_else(|| SecretSource::Env(default_env.to_owned()));
    let value = source.resolve(environment).unwrap_or_else(|error| {
        problems.push(origins.problem(
            &key,
            error.to_string(),
            "write the secret into it, and let this user read it",
        ));
        None
    });
    FoundSecret { source, value }
}

fn source_of(
    value: toml::Value,
    key: &str,
    default_env: &str,
    origins: &Origins,
    problems: &mut Vec<ConfigError>,
) -> Option<SecretSource> {
    let fix = format!("write {{ env = \"{default_env}\" }} or {{ file = \"PATH\" }}");
    let mut wrong = |reason: &str, fix: &str| {
        problems.push(origins.problem(key, reason, fix));
        None
    };
    let toml::Value::Table(mut table) = value else {
        return match origins.place(key) {
            Place::Variable(_) => wrong(
                "a secret is named here, not given",
                &format!("set {default_env} to the secret instead"),
            ),
            Place::File { .. } | Place::Nowhere => wrong(
                "a secret must not be written into the configuration",
                &format!("put it into the environment variable {default_env} and {fix}"),
            ),
        };
    };
    let mut text = |name: &str| match table.remove(name) {
        None => Ok(None),
        Some(toml::Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
        Some(_) => Err(()),
    };
    let (Ok(env), Ok(file)) = (text("env"), text("file")) else {
        return wrong(
            "the name of the variable or file must be text, and not empty",
            &fix,
        );
    };
    if let Some(other) = table.keys().next() {
        return wrong(&format!("unknown key `{other}`"), &fix);
    }
    // What a variable says replaces what the file says, although the two are written differently.
    let stronger = |name: &str| origins.is_variable(&join(key, name));
    match (env, file) {
        (Some(env), Some(file)) => match (stronger("env"), stronger("file")) {
            (true, false) => Some(SecretSource::Env(env)),
            (false, true) => Some(SecretSource::File(PathBuf::from(file))),
            (true, true) | (false, false) => wrong(
                "it names both `env` and `file`",
                &format!("{fix}, not both"),
            ),
        },
        (Some(env), None) => Some(SecretSource::Env(env)),
        (None, Some(file)) => Some(SecretSource::File(PathBuf::from(file))),
        (None, None) => wrong("it names neither `env` nor `file`", &fix),
    }
}
