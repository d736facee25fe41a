//! A wrong setting: where it is written, why it is wrong, and what to write instead.

use std::path::PathBuf;

/// Where a setting is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the file, on that line (from 1).
    File {
        /// Which file.
        path: PathBuf,
        /// Which line, where it can be told.
        line: Option<usize>,
    },
    /// In this environment variable.
    Variable(String),
    /// Nowhere: it is missing, or a built-in default.
    Nowhere,
}

/// One wrong setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct ConfigError {
    /// Where it is written.
    pub place: Place,
    /// Its key, such as `server.listen`.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
    /// What to write instead; empty where the reason says it.
    pub fix: String,
}

impl ConfigError {
    /// By where it is: the file from top to bottom, then variables by name.
    pub(super) fn order(&self) -> (u8, usize, &str) {
        match &self.place {
            Place::File { line, .. } => (0, line.unwrap_or(0), &self.key),
            Place::Variable(name) => (1, 0, name),
            Place::Nowhere => (2, 0, &self.key),
        }
    }

    /// Whether it is about a table, or something in it.
    pub(super) fn is_in(&self, table: &str) -> bool {
        let rest = self.key.strip_prefix(table);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    fn sentence(&self) -> String {
        let Self {
            place,
            key,
            reason,
            fix,
        } = self;
        let place = match place {
            Place::File {
                path,
                line: Some(line),
            } => format!("{}:{line}: ", path.display()),
            Place::File { path, line: None } => format!("{}: ", path.display()),
            Place::Variable(name) => format!("variable {name}: "),
            Place::Nowhere => String::new(),
        };
        let key = if key.is_empty() {
            String::new()
        } else {
            format!("`{key}`: ")
        };
        let fix = if fix.is_empty() {
            String::new()
        } else {
            format!("; {fix}")
        };
        format!("{place}{key}{reason}{fix}")
    }
}

/// Everything that is wrong with the configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigErrors(pub Vec<ConfigError>);
