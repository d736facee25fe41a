//! Reads a table into a settings type, and tells everything that does not fit, not only the first.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::layers::{Origins, join, unguessed};
use super::problem::ConfigError;

/// Reads the table at `at`. What does not fit is noted, left out, and the rest is read again; `None`
/// only when nothing is left to leave out. `taken` are the keys that somebody else reads from the table.
pub(crate) fn read<T: DeserializeOwned>(
    mut table: toml::Table,
    at: &str,
    taken: &[&str],
    origins: &Origins,
    problems: &mut Vec<ConfigError>,
) -> Option<T> {
    loop {
        let whole = toml::Value::Table(table.clone());
        let error = match serde_path_to_error::deserialize(whole) {
            Ok(settings) => return Some(settings),
            Err(error) => error,
        };
        let path: Vec<String> = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                Segment::Map { key } => Some(key.clone()),
                Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
            })
            .collect();
        let key = path
            .iter()
            .fold(at.to_owned(), |key, name| join(&key, name));
        let found = find(&mut table, &path);
        if let Some(place) = found
            && origins.is_variable(&key)
            && let Some(text) = unguessed(place)
        {
            *place = text;
            continue;
        }
        let also = if path.len() == 1 { taken } else { &[] };
        let (reason, fix) = explain(error.inner().message(), also);
        problems.push(origins.problem(key, reason, fix));
        remove(&mut table, &path)?;
    }
}

/// What serde says, as a reason and a fix; `taken` are valid keys that serde was not told of.
pub(crate) fn explain(message: &str, taken: &[&str]) -> (String, String) {
    let message = message.trim();
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let fix = match rest.split_once(", expected ") {
            Some((_, valid)) => {
                let valid = valid.trim_start_matches("one of ").replace(" or ", ", ");
                let valid = valid.replace('`', "");
                let keys = std::iter::once(valid.as_str()).chain(taken.iter().copied());
                format!(
                    "the valid keys here are {}",
                    keys.collect::<Vec<_>>().join(", ")
                )
            }
            None => "there are no keys here".to_owned(),
        };
        return ("unknown key".to_owned(), fix);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ")
        && let Some((given, valid)) = rest.split_once(", expected ")
    {
        let valid = valid.trim_start_matches("one of ").replace(" or ", ", ");
        return (
            format!("unknown value {given}"),
            format!("use one of {}", valid.replace('`', "")),
        );
    }
    if let Some(rest) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        && let Some((given, wanted)) = rest.rsplit_once(", expected ")
    {
        return (
            format!("it cannot be {}", in_plain_words(given)),
            fix_of(wanted),
        );
    }
    (message.to_owned(), String::new())
}

/// serde's name for a value, as people would say it.
fn in_plain_words(given: &str) -> String {
    match given.split_once(' ') {
        Some(("string", value)) => format!("the text {value}"),
        Some(("integer" | "floating", value)) => {
            let value = value.trim_start_matches("point ");
            format!("the number {}", value.trim_matches('`'))
        }
        Some(("boolean", value)) => value.trim_matches('`').to_owned(),
        _ if given == "unit variant" => "what it is".to_owned(),
        _ if given == "map" => "a table".to_owned(),
        _ if given == "sequence" => "a list".to_owned(),
        _ => given.to_owned(),
    }
}

/// What to write where serde wants this.
fn fix_of(wanted: &str) -> String {
    match wanted {
        "a string" | "string only" => "write text in quotes".to_owned(),
        "a string representing an URL" => "write an address in quotes".to_owned(),
        "a boolean" => "write true or false".to_owned(),
        "a sequence" => "write a list, such as [\"…\", \"…\"]".to_owned(),
        "a map" => "write a table".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => {
            "write a whole number that is not negative".to_owned()
        }
        other => format!("write {other}"),
    }
}

fn find<'a>(table: &'a mut toml::Table, path: &[String]) -> Option<&'a mut toml::Value> {
    let (last, above) = path.split_last()?;
    let mut table = table;
    for name in above {
        table = table.get_mut(name)?.as_table_mut()?;
    }
    table.get_mut(last)
}

fn remove(table: &mut toml::Table, path: &[String]) -> Option<toml::Value> {
    let (last, above) = path.split_last()?;
    let mut table = table;
    for name in above {
        table = table.get_mut(name)?.as_table_mut()?;
    }
    table.remove(last)
}
