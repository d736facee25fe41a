//! Whether what is registered is what we would register. Pure.

use serde_json::{Map, Value};

/// One difference, as a log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is not registered.
    New(String),
    /// It is registered otherwise, in these parts.
    Changed(String, Vec<String>),
    /// It is registered and not ours any more.
    Gone(String),
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::New(name) => write!(f, "the command `{name}` is new"),
            Self::Changed(name, parts) => {
                write!(f, "the command `{name}` has changed: {}", parts.join(", "))
            }
            Self::Gone(name) => write!(f, "the command `{name}` is taken away"),
        }
    }
}

/// Every difference between what is registered and what should be.
pub(crate) fn changes(registered: &[Value], wanted: &[Value]) -> Vec<Change> {
    let registered: Vec<Value> = registered.iter().map(normal).collect();
    let wanted: Vec<Value> = wanted.iter().map(normal).collect();
    let mut changes = Vec::new();
    for command in &wanted {
        match registered.iter().find(|other| same_command(command, other)) {
            None => changes.push(Change::New(name(command))),
            Some(other) if other != command => {
                changes.push(Change::Changed(name(command), parts(other, command)));
            }
            Some(_) => {}
        }
    }
    let gone = registered
        .iter()
        .filter(|other| !wanted.iter().any(|command| same_command(command, other)));
    changes.extend(gone.map(|other| Change::Gone(name(other))));
    changes
}

fn same_command(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["type"] == other["type"]
}

fn name(command: &Value) -> String {
    command["name"].as_str().unwrap_or_default().to_owned()
}

/// The keys in which two commands differ; for options, their names.
fn parts(one: &Value, other: &Value) -> Vec<String> {
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
    };
    let mut all = keys(one);
    all.extend(keys(other));
    all.sort_unstable();
    all.dedup();
    all.retain(|key| one[key.as_str()] != other[key.as_str()]);
    if let Some(at) = all.iter().position(|key| key == "options") {
        all.remove(at);
        all.extend(option_names(&one["options"], &other["options"]));
    }
    all
}

fn option_names(one: &Value, other: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (one, other) = (list(one), list(other));
    let differing = |from: &[Value], to: &[Value]| -> Vec<String> {
        from.iter()
            .filter(|option| !to.contains(option))
            .map(name)
            .collect()
    };
    let mut names = differing(&one, &other);
    names.extend(differing(&other, &one));
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        names.push("the order of its fields".to_owned());
    }
    names
}

/// A definition without what Discord adds, and without what says nothing.
fn normal(command: &Value) -> Value {
    const KEPT: [&str; 17] = [
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "options",
        "required",
        "choices",
        "value",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "file_types",
        "integration_types",
        "contexts",
        "channel_types",
    ];
    let mut kept = Map::new();
    for key in KEPT {
        let value = match &command[key] {
            Value::Array(list) if matches!(key, "options" | "choices") => {
                Value::from(list.iter().map(normal).collect::<Vec<_>>())
            }
            Value::Array(list) => sorted(list),
            Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
            other => other.clone(),
        };
        let says_nothing = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Number(number) => key == "min_length" && number.as_f64() == Some(0.0),
            Value::Bool(true) | Value::String(_) => false,
        };
        if !says_nothing {
            kept.insert(key.to_owned(), value);
        }
    }
    Value::from(kept)
}

fn sorted(list: &[Value]) -> Value {
    let mut list = list.to_vec();
    list.sort_by_key(Value::to_string);
    Value::from(list)
}
