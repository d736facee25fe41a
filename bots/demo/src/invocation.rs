//! From what was typed to what a Discord client sends: types by the registered command, files from disk.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use kling_emulator::discord::{FileIn, Invocation};
use serde_json::Value as Json;

use crate::typed::{Typed, Value};

/// A command that cannot be sent, with the sentence that says why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadUsage(pub(crate) String);

const SUBCOMMAND: [u64; 2] = [1, 2];
const INTEGER: u64 = 4;
const BOOLEAN: u64 = 5;
const NUMBER: u64 = 10;
const ATTACHMENT: u64 = 11;

/// Fills an absent `provider` option; two different ones cannot both be meant.
pub(crate) fn fill_provider(typed: &mut Typed, provider: Option<&str>) -> Result<(), BadUsage> {
    let Some(provider) = provider else {
        return Ok(());
    };
    match typed.text("provider") {
        None => typed
            .options
            .push(("provider".to_owned(), Value::Text(provider.to_owned()))),
        Some(same) if same == provider => {}
        Some(other) => {
            return Err(BadUsage(format!(
                "--provider says {provider} and the command says {other}; give only one of them"
            )));
        }
    }
    Ok(())
}

/// The files of a command, by option.
pub(crate) type Files = BTreeMap<String, FileIn>;

/// Reads every file that a command names with an `@`.
pub(crate) fn read_files(typed: &Typed) -> Result<Files, BadUsage> {
    let mut files = Files::new();
    for (name, value) in &typed.options {
        if let Value::File(path) = value {
            files.insert(name.clone(), read(path)?);
        }
    }
    Ok(files)
}

/// Makes an invocation of one of the registered commands.
pub(crate) fn build(
    typed: &Typed,
    mut files: Files,
    commands: &[Json],
) -> Result<Invocation, BadUsage> {
    let options = registered_options(typed, commands)?;
    let mut invocation = Invocation::new(typed.path.join(" "));
    for (name, value) in &typed.options {
        let Some(option) = options
            .iter()
            .find(|option| option["name"] == name.as_str())
        else {
            let known: Vec<_> = options
                .iter()
                .filter_map(|option| option["name"].as_str())
                .collect();
            return Err(BadUsage(format!(
                "/{} has no option `{name}`; it has {}",
                typed.path.join(" "),
                known.join(", ")
            )));
        };
        let kind = option["type"].as_u64().unwrap_or_default();
        match (kind, value) {
            (ATTACHMENT, Value::File(path)) => {
                let file = match files.remove(name) {
                    Some(file) => file,
                    None => read(path)?,
                };
                invocation.files.push((name.clone(), file));
            }
            (ATTACHMENT, Value::Text(text)) => match text.strip_prefix('@') {
                Some(path) => invocation
                    .files
                    .push((name.clone(), read(Path::new(path))?)),
                None => {
                    return Err(BadUsage(format!(
                        "`{name}` takes a file; write {name}:@{text}"
                    )));
                }
            },
            (_, Value::File(path)) => {
                return Err(BadUsage(format!(
                    "`{name}` takes no file; put quotation marks around it if @{} is meant as text",
                    path.display()
                )));
            }
            (_, Value::Text(text)) => {
                let value = typed_value(name, kind, text)?;
                is_offered(option, &value)?;
                invocation.options.push((name.clone(), value));
            }
        }
    }
    Ok(invocation)
}

fn registered_options<'a>(typed: &Typed, commands: &'a [Json]) -> Result<&'a [Json], BadUsage> {
    let mut level: &[Json] = commands;
    for name in &typed.path {
        let Some(next) = level.iter().find(|known| known["name"] == name.as_str()) else {
            let known: Vec<_> = level
                .iter()
                .filter_map(|known| known["name"].as_str())
                .collect();
            return Err(BadUsage(format!(
                "there is no command `{name}`; there is {}",
                known.join(", ")
            )));
        };
        level = next["options"].as_array().map_or(&[], Vec::as_slice);
    }
    let unfinished = level.iter().any(|option| {
        option["type"]
            .as_u64()
            .is_some_and(|kind| SUBCOMMAND.contains(&kind))
    });
    if unfinished {
        return Err(BadUsage(format!(
            "/{} needs a subcommand",
            typed.path.join(" ")
        )));
    }
    Ok(level)
}

fn typed_value(name: &str, kind: u64, text: &str) -> Result<Json, BadUsage> {
    let wrong = |what: &str| BadUsage(format!("`{name}` takes {what}, not `{text}`"));
    match kind {
        INTEGER => text
            .parse::<i64>()
            .map(Json::from)
            .map_err(|_| wrong("a whole number")),
        NUMBER => text
            .parse::<f64>()
            .map(Json::from)
            .map_err(|_| wrong("a number")),
        BOOLEAN => text
            .parse::<bool>()
            .map(Json::from)
            .map_err(|_| wrong("true or false")),
        _ => Ok(Json::from(text)),
    }
}

/// Where an option has choices, a client sends one of them.
fn is_offered(option: &Json, value: &Json) -> Result<(), BadUsage> {
    let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
    if choices.is_empty() || choices.iter().any(|choice| choice["value"] == *value) {
        return Ok(());
    }
    let shown = |value: &Json| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let known: Vec<_> = choices
        .iter()
        .map(|choice| shown(&choice["value"]))
        .collect();
    Err(BadUsage(format!(
        "`{}` is not one of the choices of `{}`, which are {}",
        shown(value),
        shown(&option["name"]),
        known.join(", ")
    )))
}

fn read(path: &Path) -> Result<FileIn, BadUsage> {
    let bytes = std::fs::read(path)
        .with_context(|| format!("{} cannot be read", path.display()))
        .map_err(|error| BadUsage(format!("{error:#}")))?;
    let name = path
        .file_name()
        .map_or_else(|| "file".into(), |name| name.to_string_lossy());
    Ok(FileIn::new(name, bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn commands() -> Vec<Json> {
        vec![json!({"name": "imagine", "type": 1, "options": [
            {"name": "prompt", "type": 3},
            {"name": "count", "type": 4},
            {"name": "image1", "type": 11},
            {"name": "provider", "type": 3, "choices": [
                {"name": "One", "value": "one"}, {"name": "Two", "value": "two"},
            ]},
        ]})]
    }

    #[track_caller]
    fn refused(line: &str, sentence: &str) {
        let typed = Typed::parse(line).expect("a command");
        let error = build(&typed, Files::new(), &commands()).expect_err("it cannot be sent");
        assert_eq!(error.to_string(), sentence);
    }

    #[test]
    fn what_no_client_would_send_is_explained() {
        refused(
            "/paint prompt:x",
            "there is no command `paint`; there is imagine",
        );
        refused(
            "/imagine promt:x",
            "/imagine has no option `promt`; it has prompt, count, image1, provider",
        );
        refused(
            "/imagine count:two",
            "`count` takes a whole number, not `two`",
        );
        refused(
            "/imagine provider:three",
            "`three` is not one of the choices of `provider`, which are one, two",
        );
        refused(
            "/imagine image1:boat.png",
            "`image1` takes a file; write image1:@boat.png",
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        for line in [
            "/imagine image1:@no/such.png",
            "/imagine image1:@\"no/such.png\"",
        ] {
            let typed = Typed::parse(line).expect("a command");

            let error = read_files(&typed).expect_err("no such file");

            assert!(
                error.to_string().starts_with("no/such.png cannot be read"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_stands_in_quotation_marks_is_text_even_after_an_at_sign() {
        let typed = Typed::parse("/imagine prompt:\"@ada in a boat\"").expect("a command");

        let files = read_files(&typed).expect("no file is named");
        let invocation = build(&typed, files, &commands()).expect("it can be sent");

        assert_eq!(
            invocation.options,
            [("prompt".to_owned(), json!("@ada in a boat"))]
        );
    }

    #[test]
    fn the_provider_is_filled_in_once() {
        let mut typed = Typed::parse("/imagine prompt:x").expect("a command");

        fill_provider(&mut typed, Some("one")).expect("it is absent");
        fill_provider(&mut typed, Some("one")).expect("it is the same");
        let error = fill_provider(&mut typed, Some("two")).expect_err("it is another");

        assert_eq!(typed.text("provider"), Some("one"));
        assert_eq!(
            error.to_string(),
            "--provider says two and the command says one; give only one of them"
        );
    }
}
