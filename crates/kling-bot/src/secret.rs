//! Where secrets and other environment variables are read, and nowhere else.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kling_core::Secret;

/// The process's environment as it was at the start.
#[derive(Clone, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads it. Variables that are not UTF-8 are left out.
    pub(crate) fn of_process() -> Self {
        let text = |text: std::ffi::OsString| text.into_string().ok();
        std::env::vars_os()
            .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
            .collect()
    }

    /// A variable that is set to something.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
    }

    /// Every variable whose name begins so.
    pub(crate) fn starting(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(move |(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let owned = |(name, value): (N, V)| (name.into(), value.into());
        Self(variables.into_iter().map(owned).collect())
    }
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// In this environment variable.
    Env(String),
    /// In this file: a Docker secret, a systemd credential.
    File(PathBuf),
}

/// A file that should hold a secret and does not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// It cannot be read.
    #[error("the file `{}` cannot be read ({kind})", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        kind: std::io::ErrorKind,
    },
    /// There is nothing in it.
    #[error("the file `{}` is empty", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
}

impl SecretSource {
    /// Fetches the secret. A variable that is not set is no error: what needs the secret stays off.
    pub(crate) fn resolve(&self, environment: &Environment) -> Result<Option<Secret>, SecretError> {
        match self {
            Self::Env(name) => Ok(environment.get(name).and_then(Secret::new)),
            Self::File(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| SecretError::Unreadable {
                        path: path.clone(),
                        kind: error.kind(),
                    })?;
                let secret = Secret::new(text).ok_or(SecretError::Empty { path: path.clone() })?;
                Ok(Some(secret))
            }
        }
    }
}

impl std::fmt::Display for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Env(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_a_variable_or_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        std::fs::write(&path, "sk-file\n").expect("written");
        let environment = Environment::from_iter([("KEY", "sk-env"), ("EMPTY", " ")]);
        let found = |source: SecretSource| source.resolve(&environment).expect("no error");

        let from_variable = found(SecretSource::Env("KEY".to_owned()));
        let from_file = found(SecretSource::File(path));

        assert_eq!(from_variable, Secret::new("sk-env"));
        assert_eq!(from_file, Secret::new("sk-file"));
        assert_eq!(found(SecretSource::Env("EMPTY".to_owned())), None);
        assert_eq!(found(SecretSource::Env("ABSENT".to_owned())), None);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = SecretSource::File("/nowhere/key".into())
            .resolve(&Environment::default())
            .expect_err("no such file");

        assert_eq!(
            error.to_string(),
            "the file `/nowhere/key` cannot be read (entity not found)"
        );
    }
}
