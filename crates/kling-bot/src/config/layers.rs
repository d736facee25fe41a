//! Defaults, file and environment, laid over each other, with where each setting was written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::{FileFormat, Source as _, ValueKind};
use toml::de::{DeTable, DeValue};

use super::problem::{ConfigError, Place};
use crate::secret::Environment;

/// What every variable that is a setting begins with.
const PREFIX: &str = "KLING__";

/// The variable that overrides `store.url`.
const DATABASE_URL: &str = "DATABASE_URL";

/// All layers as one table.
#[derive(Clone, Debug)]
pub(crate) struct Layers {
    /// The settings, the strongest layer's where several have one.
    pub(crate) table: toml::Table,
    /// Where they were written.
    pub(crate) origins: Origins,
}

/// Where settings were written, by their dotted key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    path: Option<PathBuf>,
    lines: BTreeMap<String, usize>,
    variables: BTreeMap<String, String>,
}

impl Origins {
    /// The place of a setting: its own, or of something inside of it, or that of the nearest table around it.
    pub(crate) fn place(&self, key: &str) -> Place {
        if let Some(variable) = self
            .variables
            .get(key)
            .or_else(|| self.variable_inside(key))
        {
            return Place::Variable(variable.clone());
        }
        let mut key = key;
        loop {
            if let Some(name) = self.variables.get(key) {
                return Place::Variable(name.clone());
            }
            if let (Some(path), Some(line)) = (&self.path, self.lines.get(key)) {
                return Place::File {
                    path: path.clone(),
                    line: Some(*line),
                };
            }
            match key.rsplit_once('.') {
                Some((above, _)) => key = above,
                None => return Place::Nowhere,
            }
        }
    }

    /// A variable that makes a part of a table that the file does not have.
    fn variable_inside(&self, key: &str) -> Option<&String> {
        let below = format!("{key}.");
        let (name, variable) = self.variables.range(below.clone()..).next()?;
        (name.starts_with(&below) && !self.lines.contains_key(key)).then_some(variable)
    }

    /// Whether a variable has the last word on this very setting.
    pub(crate) fn is_variable(&self, key: &str) -> bool {
        self.variables.contains_key(key)
    }

    /// A wrong setting at its place.
    pub(crate) fn problem(
        &self,
        key: impl Into<String>,
        reason: impl Into<String>,
        fix: impl Into<String>,
    ) -> ConfigError {
        let key = key.into();
        ConfigError {
            place: self.place(&key),
            key,
            reason: reason.into(),
            fix: fix.into(),
        }
    }
}

impl Layers {
    /// Reads the layers; what is wrong with one is added to `problems`, and the rest is still read.
    pub(crate) fn read(
        defaults: &[(&str, String)],
        file: Option<&Path>,
        environment: &Environment,
        problems: &mut Vec<ConfigError>,
    ) -> Self {
        let mut origins = Origins::default();
        let mut builder = config::Config::builder();
        for (key, value) in defaults {
            builder = kept(builder.clone().set_default(*key, value.clone()), builder);
        }
        if let Some(path) = file
            && let Some(text) = read_file(path, &mut origins, problems)
        {
            builder = builder.add_source(config::File::from_str(&text, FileFormat::Toml));
        }
        let variables = settings_of(environment, &mut origins, problems);
        let source = config::Environment::with_prefix("KLING")
            .prefix_separator("__")
            .separator("__")
            .source(Some(variables.into_iter().collect()));
        builder = builder.add_source(source);
        if let Some(url) = environment.get(DATABASE_URL) {
            origins
                .variables
                .insert("store.url".to_owned(), DATABASE_URL.to_owned());
            builder = kept(builder.clone().set_override("store.url", url), builder);
        }
        let table = builder.build().and_then(|built| built.collect());
        let table = table.unwrap_or_else(|error| {
            problems.push(origins.problem("", error.to_string(), ""));
            config::Map::new()
        });
        Self {
            table: to_table(table, "", &origins),
            origins,
        }
    }
}

type Builder = config::ConfigBuilder<config::builder::DefaultState>;

/// Keys of ours are always valid paths; should one not be, the setting is left out.
fn kept(changed: Result<Builder, config::ConfigError>, before: Builder) -> Builder {
    changed.unwrap_or(before)
}

fn read_file(
    path: &Path,
    origins: &mut Origins,
    problems: &mut Vec<ConfigError>,
) -> Option<String> {
    origins.path = Some(path.to_owned());
    let wrong = |line, reason: String, fix: &str| ConfigError {
        place: Place::File {
            path: path.to_owned(),
            line,
        },
        key: String::new(),
        reason,
        fix: fix.to_owned(),
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let reason = format!("the file cannot be read ({})", error.kind());
            problems.push(wrong(None, reason, "check the path and its permissions"));
            return None;
        }
    };
    let line = |error: &toml::de::Error| error.span().map(|span| line_of(&text, span.start));
    match DeTable::parse(&text) {
        Ok(table) => note_lines(table.get_ref(), "", &text, &mut origins.lines),
        Err(error) => {
            let reason = format!("this is not TOML: {}", error.message().trim());
            problems.push(wrong(line(&error), reason, ""));
            return None;
        }
    }
    // The first reader knows lines and no numbers; this one finds those that are too large.
    if let Err(error) = toml::from_str::<toml::Table>(&text) {
        let reason = "the value cannot be read; it may be a number that is too large".to_owned();
        problems.push(wrong(line(&error), reason, "write it in quotes"));
        return None;
    }
    Some(text)
}

fn note_lines(table: &DeTable<'_>, above: &str, text: &str, lines: &mut BTreeMap<String, usize>) {
    for (name, value) in table {
        let key = join(above, name.get_ref());
        lines.insert(key.clone(), line_of(text, name.span().start));
        if let DeValue::Table(inner) = value.get_ref() {
            note_lines(inner, &key, text, lines);
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.bytes().take(at);
    1 + before.filter(|&byte| byte == b'\n').count()
}

/// The variables that are settings. Ones that name no possible key are wrong.
fn settings_of(
    environment: &Environment,
    origins: &mut Origins,
    problems: &mut Vec<ConfigError>,
) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    for (name, value) in environment.starting(PREFIX) {
        let path = name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase();
        let key = path.replace("__", ".");
        let possible = key.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        });
        if possible {
            origins.variables.insert(key, name.to_owned());
            settings.push((name.to_owned(), value.to_owned()));
        } else {
            problems.push(ConfigError {
                place: Place::Variable(name.to_owned()),
                key: String::new(),
                reason: "it names no setting".to_owned(),
                fix: "write KLING__ and then the key with __ for each dot, such as KLING__SERVER__LISTEN"
                    .to_owned(),
            });
        }
    }
    settings
}

fn to_table(
    table: config::Map<String, config::Value>,
    above: &str,
    origins: &Origins,
) -> toml::Table {
    table
        .into_iter()
        .filter_map(|(name, value)| {
            let key = join(above, &name);
            Some((name, to_value(value, &key, origins)?))
        })
        .collect()
}

fn to_value(value: config::Value, key: &str, origins: &Origins) -> Option<toml::Value> {
    Some(match value.kind {
        ValueKind::Nil => return None,
        ValueKind::Boolean(value) => toml::Value::Boolean(value),
        ValueKind::I64(value) => toml::Value::Integer(value),
        ValueKind::I128(value) => integer(value),
        ValueKind::U64(value) => integer(value),
        ValueKind::U128(value) => integer(value),
        ValueKind::Float(value) => toml::Value::Float(value),
        ValueKind::String(text) if origins.is_variable(key) => guess(&text),
        ValueKind::String(text) => toml::Value::String(text),
        ValueKind::Table(table) => toml::Value::Table(to_table(table, key, origins)),
        ValueKind::Array(values) => toml::Value::Array(
            values
                .into_iter()
                .filter_map(|value| to_value(value, key, origins))
                .collect(),
        ),
    })
}

fn integer<N: TryInto<i64> + ToString + Copy>(value: N) -> toml::Value {
    value.try_into().map_or_else(
        |_| toml::Value::String(value.to_string()),
        toml::Value::Integer,
    )
}

/// Variables are text; `true`, `12` and `["a"]` are more likely meant as what they look like. Where that
/// does not fit, the readers take the text instead.
fn guess(text: &str) -> toml::Value {
    let looks_like_more = text.starts_with('[') || text.parse::<bool>().is_ok();
    let looks_like_more = looks_like_more || text.parse::<i64>().is_ok();
    looks_like_more
        .then(|| format!("value = {text}").parse::<toml::Table>().ok())
        .flatten()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

/// The text that a guessed value was made from.
pub(crate) fn unguessed(value: &toml::Value) -> Option<toml::Value> {
    match value {
        toml::Value::Boolean(value) => Some(toml::Value::String(value.to_string())),
        toml::Value::Integer(value) => Some(toml::Value::String(value.to_string())),
        _ => None,
    }
}

pub(crate) fn join(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}.{name}")
    }
}
