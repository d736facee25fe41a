//! Reads a table into a settings type, and tells everything that does not fit, not only the first.

use kling_providers::explain;
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
