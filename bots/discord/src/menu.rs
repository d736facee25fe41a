//! Slash-command definitions: drawn from the catalogue's menu, and written to Discord only when they differ.

mod compare;

use kling_bot::{FieldKind, Menu, MenuCommand, MenuField, Text, Texts};
use kling_core::MediaType;
use serde_json::{Map, Value, json};

use crate::escape;
use crate::limits;
use crate::rest::{Application, Rest, RestError};

#[cfg(test)]
use compare::Change;
pub(crate) use compare::changes;

/// Languages that Discord has names for; texts in others are for messages only.
const LOCALES: [&str; 32] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
    "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th",
    "zh-CN", "ja", "zh-TW", "ko",
];

/// A menu that Discord would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the command {command} does not fit Discord: {why}")]
pub(crate) struct MenuError {
    command: String,
    why: String,
}

/// The commands as Discord's JSON.
///
/// # Errors
///
/// When a name or the whole breaks a rule that cutting cannot mend.
pub(crate) fn commands(
    menu: &Menu,
    texts: &Texts,
    application: &Application,
) -> Result<Vec<Value>, MenuError> {
    menu.commands
        .iter()
        .map(|command| {
            let json = one(command, texts, application);
            check(command.name, &json)?;
            Ok(json)
        })
        .collect()
}

/// Registers the commands where they are not registered like this yet.
///
/// # Errors
///
/// As any call.
pub(crate) async fn register(
    rest: &Rest,
    application: &str,
    guilds: &[String],
    commands: &[Value],
) -> Result<(), RestError> {
    let everywhere: &[Option<&str>] = &[None];
    let there: Vec<Option<&str>> = guilds.iter().map(|guild| Some(guild.as_str())).collect();
    let places = if there.is_empty() { everywhere } else { &there };
    for guild in places {
        let registered = rest.commands(application, *guild).await?;
        let changes = changes(&registered, commands);
        if changes.is_empty() {
            tracing::info!(guild, "the commands are registered as they should be");
            continue;
        }
        for change in &changes {
            tracing::info!(guild, "{change}");
        }
        let all = Value::from(commands.to_vec());
        rest.overwrite_commands(application, *guild, &all).await?;
    }
    Ok(())
}

fn one(command: &MenuCommand, texts: &Texts, application: &Application) -> Value {
    let own = texts.of(None);
    let options: Vec<Value> = command
        .fields
        .iter()
        .take(limits::OPTIONS)
        .map(|field| option(field, texts))
        .collect();
    let mut json = json!({
        "type": 1,
        "name": own.command_name(command.name),
        "description": short(&own.command_about(command.name)),
        "options": options,
        "integration_types": application.integration_types(),
        "contexts": application.contexts(),
    });
    localise(
        &mut json,
        texts,
        |text| text.command_name(command.name),
        |text| text.command_about(command.name),
    );
    json
}

fn option(field: &MenuField, texts: &Texts) -> Value {
    let own = texts.of(None);
    let mut json = json!({
        "name": field.name,
        "description": short(&own.field_about(field)),
        "required": field.required,
    });
    localise(
        &mut json,
        texts,
        |text| text.field_name(field),
        |text| text.field_about(field),
    );
    match &field.kind {
        FieldKind::Text { max_chars } => {
            json["type"] = json!(3);
            json["min_length"] = json!(u8::from(field.required));
            json["max_length"] = json!((*max_chars).clamp(1, limits::STRING_OPTION_CHARS));
        }
        FieldKind::Choice(values) => {
            let choices = values.iter().take(limits::OPTIONS);
            json["type"] = json!(3);
            json["choices"] = choices
                .map(|value| json!({"name": short(value), "value": short(value)}))
                .collect();
        }
        FieldKind::Number { min, max } => {
            json["type"] = json!(4);
            json["min_value"] = json!(min);
            json["max_value"] = json!(max);
        }
        FieldKind::Attachment { types } => {
            json["type"] = json!(11);
            let endings = endings(types);
            if !endings.is_empty() {
                json["file_types"] = json!(endings);
            }
        }
    }
    json
}

/// The ends of file names that Discord offers to attach. It looks at nothing but the name.
fn endings(types: &[MediaType]) -> Vec<&'static str> {
    let of = |kind: &MediaType| match kind {
        MediaType::Png => [".png"].as_slice(),
        MediaType::Jpeg => &[".jpg", ".jpeg"],
        MediaType::Webp => &[".webp"],
        MediaType::Gif => &[".gif"],
        MediaType::Mp4 => &[".mp4"],
        MediaType::Mov => &[".mov"],
        MediaType::Webm => &[".webm"],
    };
    types
        .iter()
        .flat_map(of)
        .copied()
        .take(limits::FILE_TYPES)
        .collect()
}

/// Adds the names and descriptions of every language. The default one has its own key too, since Discord
/// falls back from one English to the other otherwise.
fn localise(
    json: &mut Value,
    texts: &Texts,
    name: impl Fn(&Text) -> String,
    about: impl Fn(&Text) -> String,
) {
    let locales = texts.locales();
    let known: Vec<&String> = locales
        .iter()
        .filter(|locale| LOCALES.contains(&locale.as_str()))
        .collect();
    if known.len() < 2 {
        return;
    }
    let mut names = Map::new();
    let mut abouts = Map::new();
    for locale in known {
        let text = texts.of(Some(locale));
        names.insert(locale.clone(), name(&text).into());
        abouts.insert(locale.clone(), short(&about(&text)).into());
    }
    json["name_localizations"] = names.into();
    json["description_localizations"] = abouts.into();
}

fn short(text: &str) -> String {
    escape::shorten(text, limits::SHORT_TEXT_CHARS)
}

fn check(command: &str, json: &Value) -> Result<(), MenuError> {
    let wrong = |why: String| {
        Err(MenuError {
            command: command.to_owned(),
            why,
        })
    };
    let mut names = Vec::new();
    collect_names(json, &mut names);
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        return wrong(format!(
            "`{name}` is no name: it takes 1 to {} lower-case letters, digits, hyphens and underscores",
            limits::NAME_CHARS
        ));
    }
    let options = json["options"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let unique: std::collections::HashSet<_> = options.iter().map(|o| o["name"].as_str()).collect();
    if unique.len() != options.len() {
        return wrong("two of its fields have the same name".to_owned());
    }
    let required: Vec<bool> = options
        .iter()
        .map(|option| option["required"] == true)
        .collect();
    if required.windows(2).any(|pair| pair == [false, true]) {
        return wrong("a required field comes after one that is not".to_owned());
    }
    match weight(json) {
        0..=limits::COMMAND_CHARS => Ok(()),
        chars => wrong(format!(
            "it has {chars} characters, and {} is the most",
            limits::COMMAND_CHARS
        )),
    }
}

fn collect_names(json: &Value, names: &mut Vec<String>) {
    names.extend(json["name"].as_str().map(str::to_owned));
    let localised = json["name_localizations"].as_object();
    let localised = localised.into_iter().flat_map(|map| map.values());
    names.extend(localised.filter_map(Value::as_str).map(str::to_owned));
    for option in json["options"].as_array().into_iter().flatten() {
        collect_names(option, names);
    }
}

fn is_name(name: &str) -> bool {
    (1..=limits::NAME_CHARS).contains(&name.chars().count())
        && name.chars().all(|c| {
            matches!(c, '-' | '_' | '\'') || (c.is_alphanumeric() && c.to_lowercase().eq([c]))
        })
}

/// How many characters Discord counts: of every text, its longest language.
fn weight(json: &Value) -> usize {
    let longest = |key: &str, localised: &str| {
        let own = json[key].as_str().map_or(0, |text| text.chars().count());
        let others = json[localised]
            .as_object()
            .into_iter()
            .flat_map(|map| map.values());
        others
            .filter_map(Value::as_str)
            .map(|text| text.chars().count())
            .fold(own, usize::max)
    };
    let mut sum = longest("name", "name_localizations")
        + longest("description", "description_localizations")
        + json["value"]
            .as_str()
            .map_or(0, |text| text.chars().count());
    for key in ["options", "choices"] {
        sum += json[key]
            .as_array()
            .into_iter()
            .flatten()
            .map(weight)
            .sum::<usize>();
    }
    sum
}

#[cfg(test)]
mod tests;
