//! The rules of a command's definition, each broken one named by its path.

use std::collections::HashSet;

use serde_json::Value;

use super::limits;
use super::refusal::Complaints;

/// Option types, as Discord numbers them.
pub(crate) mod kind {
    pub(crate) const SUB_COMMAND: u64 = 1;
    pub(crate) const SUB_COMMAND_GROUP: u64 = 2;
    pub(crate) const STRING: u64 = 3;
    pub(crate) const INTEGER: u64 = 4;
    pub(crate) const BOOLEAN: u64 = 5;
    pub(crate) const USER: u64 = 6;
    pub(crate) const CHANNEL: u64 = 7;
    pub(crate) const ROLE: u64 = 8;
    pub(crate) const MENTIONABLE: u64 = 9;
    pub(crate) const NUMBER: u64 = 10;
    pub(crate) const ATTACHMENT: u64 = 11;
}

/// The largest whole number that an integer option takes.
pub(crate) const INTEGER_BOUND: f64 = 9_007_199_254_740_992.0;

/// Locales that names and descriptions may be given in.
const LOCALES: [&str; 34] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
    "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th",
    "zh-CN", "ja", "zh-TW", "ko", "ar", "he",
];

/// Checks one command.
pub(crate) fn check(command: &Value) -> Complaints {
    let mut wrong = Complaints::default();
    let kind = command["type"].as_u64().unwrap_or(1);
    if !(1..=3).contains(&kind) {
        wrong.choice("type", "1, 2, 3");
        return wrong;
    }
    name(command, "", kind == 1, &mut wrong);
    if kind == 1 {
        text(command, "description", "", 1, 100, &mut wrong);
        let options = command["options"].as_array().map_or(&[][..], Vec::as_slice);
        check_options(options, "options", 0, &mut wrong);
    } else {
        if command["description"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
        {
            wrong.add(
                "description",
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
                "Context menu commands cannot have description",
            );
        }
        if command["options"]
            .as_array()
            .is_some_and(|options| !options.is_empty())
        {
            wrong.add(
                "options",
                "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS",
                "Context menu commands cannot have options",
            );
        }
    }
    members(command, "contexts", 2, &mut wrong);
    members(command, "integration_types", 1, &mut wrong);
    let bits = &command["default_member_permissions"];
    let is_bits = bits.is_null()
        || bits.is_u64()
        || bits
            .as_str()
            .is_some_and(|bits| bits.parse::<u64>().is_ok());
    if !is_bits {
        wrong.add(
            "default_member_permissions",
            "NUMBER_TYPE_COERCE",
            "Value is not an integer.",
        );
    }
    if weight(command) > limits::COMMAND_CHARACTERS {
        wrong.add(
            "",
            "APPLICATION_COMMAND_TOO_LARGE",
            "Command exceeds maximum size (8000)",
        );
    }
    wrong
}

/// Checks what only a whole set can break: names used twice, too many of a type.
pub(crate) fn check_set(commands: &[Value], wrong: &mut Complaints) {
    let mut seen = HashSet::new();
    for (at, command) in commands.iter().enumerate() {
        let kind = command["type"].as_u64().unwrap_or(1);
        let name = command["name"].as_str().unwrap_or_default();
        if !seen.insert((kind, name)) {
            wrong.add(
                &at.to_string(),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            );
        }
    }
    for (kind, most) in [(1, 100), (2, 15), (3, 15)] {
        let count = seen.iter().filter(|(known, _)| *known == kind).count();
        wrong.length("", count, 0, most);
    }
}

fn members(command: &Value, key: &str, most: u64, wrong: &mut Complaints) {
    let list = command[key].as_array().map_or(&[][..], Vec::as_slice);
    for (at, member) in list.iter().enumerate() {
        if member.as_u64().is_none_or(|number| number > most) {
            let range: Vec<String> = (0..=most).map(|number| number.to_string()).collect();
            wrong.choice(&format!("{key}.{at}"), &range.join(", "));
        }
    }
}

fn check_options(options: &[Value], path: &str, depth: u8, wrong: &mut Complaints) {
    wrong.length(path, options.len(), 0, limits::OPTIONS);
    let mut names = HashSet::new();
    let mut optional_seen = false;
    let is_sub = |option: &Value| {
        matches!(
            option["type"].as_u64(),
            Some(kind::SUB_COMMAND | kind::SUB_COMMAND_GROUP)
        )
    };
    let subs = options.iter().filter(|option| is_sub(option)).count();
    if subs > 0 && subs < options.len() {
        wrong.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types");
    }
    for (at, option) in options.iter().enumerate() {
        let path = format!("{path}.{at}");
        check_option(option, &path, depth, wrong);
        if !names.insert(option["name"].as_str().unwrap_or_default()) {
            wrong.add(
                &format!("{path}.name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            );
        }
        let required = option["required"] == true;
        if required && optional_seen {
            wrong.add(
                &path,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            );
        }
        optional_seen |= !required && !is_sub(option);
    }
}

fn check_option(option: &Value, path: &str, depth: u8, wrong: &mut Complaints) {
    name(option, path, true, wrong);
    text(option, "description", path, 1, 100, wrong);
    let at = |field: &str| format!("{path}.{field}");
    let Some(kind) = option["type"].as_u64() else {
        wrong.required(&at("type"));
        return;
    };
    let inner = option["options"].as_array().map_or(&[][..], Vec::as_slice);
    match kind {
        kind::SUB_COMMAND if depth <= 1 => {
            if inner
                .iter()
                .any(|option| option["type"].as_u64().is_some_and(|kind| kind <= 2))
            {
                wrong.add(
                    &at("options"),
                    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                    "A sub-command holds no further sub-commands",
                );
            }
            check_options(inner, &at("options"), 2, wrong);
        }
        kind::SUB_COMMAND_GROUP if depth == 0 => {
            if inner
                .iter()
                .any(|option| option["type"] != kind::SUB_COMMAND)
            {
                wrong.add(
                    &at("options"),
                    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                    "A group holds sub-commands only",
                );
            }
            check_options(inner, &at("options"), 1, wrong);
        }
        kind::STRING..=kind::ATTACHMENT => {
            choices(option, kind, path, wrong);
            bounds(option, kind, path, wrong);
        }
        _ => wrong.choice(&at("type"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
    }
}

fn choices(option: &Value, kind: u64, path: &str, wrong: &mut Complaints) {
    let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
    let takes_choices = matches!(kind, kind::STRING | kind::INTEGER | kind::NUMBER);
    wrong.length(
        &format!("{path}.choices"),
        choices.len(),
        0,
        limits::OPTIONS,
    );
    if !choices.is_empty() && (!takes_choices || option["autocomplete"] == true) {
        wrong.add(
            &format!("{path}.choices"),
            "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID",
            "Choices are for string, integer and number options without autocomplete",
        );
    }
    if option["autocomplete"] == true && !takes_choices {
        wrong.add(
            &format!("{path}.autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
            "Autocomplete is for string, integer and number options",
        );
    }
    let mut names = HashSet::new();
    for (at, choice) in choices.iter().enumerate() {
        let path = format!("{path}.choices.{at}");
        text(choice, "name", &path, 1, 100, wrong);
        localizations(choice, "name_localizations", &path, 100, false, wrong);
        if !names.insert(choice["name"].as_str().unwrap_or_default()) {
            wrong.add(
                &format!("{path}.name"),
                "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
                "Choice name already exists",
            );
        }
        let value = format!("{path}.value");
        match (kind, &choice["value"]) {
            (kind::STRING, Value::String(text)) => {
                wrong.length(&value, text.chars().count(), 1, 100);
            }
            (kind::INTEGER, number) if number.is_i64() || number.is_u64() => {}
            (kind::NUMBER, Value::Number(_)) => {}
            (_, Value::Null) => wrong.required(&value),
            (_, other) => {
                wrong.add(
                    &value,
                    "STRING_TYPE_CONVERT",
                    format!("Could not interpret \"{other}\"."),
                );
            }
        }
    }
}

fn bounds(option: &Value, kind: u64, path: &str, wrong: &mut Complaints) {
    let numbers = matches!(kind, kind::INTEGER | kind::NUMBER);
    for key in ["min_value", "max_value"] {
        let value = &option[key];
        if value.is_null() {
            continue;
        }
        let path = format!("{path}.{key}");
        match value.as_f64() {
            Some(bound) if numbers && bound.abs() <= INTEGER_BOUND => {}
            _ => wrong.add(
                &path,
                "NUMBER_TYPE_COERCE",
                "Value is not a bound of this option.",
            ),
        }
    }
    for (key, least) in [("min_length", 0), ("max_length", 1)] {
        let value = &option[key];
        if value.is_null() {
            continue;
        }
        let is_good = kind == kind::STRING
            && value
                .as_u64()
                .is_some_and(|length| (least..=6000).contains(&length));
        if !is_good {
            let message = format!("int value should be between {least} and 6000.");
            wrong.add(&format!("{path}.{key}"), "NUMBER_TYPE_MAX", message);
        }
    }
    let types = option["file_types"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    wrong.length(&format!("{path}.file_types"), types.len(), 0, 10);
    for (at, kind) in types.iter().enumerate() {
        let known = kind.as_str().is_some_and(|kind| {
            ["image", "video", "audio"].contains(&kind) || kind.len() > 1 && kind.starts_with('.')
        });
        if !known {
            wrong.choice(
                &format!("{path}.file_types.{at}"),
                "'image', 'video', 'audio', '.ext'",
            );
        }
    }
}

fn name(thing: &Value, path: &str, strict: bool, wrong: &mut Complaints) {
    let field = super::refusal::join(path, "name");
    text(thing, "name", path, 1, 32, wrong);
    if strict && thing["name"].as_str().is_some_and(|name| !is_name(name)) {
        wrong.add(
            &field,
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        );
    }
    localizations(thing, "name_localizations", path, 32, strict, wrong);
    localizations(thing, "description_localizations", path, 100, false, wrong);
}

/// Letters, digits, dash, underscore and apostrophe; small ones where there are small ones.
fn is_name(name: &str) -> bool {
    name.chars().all(|char| {
        let is_mark = matches!(char, '\u{900}'..='\u{97F}' | '\u{E00}'..='\u{E7F}');
        let is_small = char.to_lowercase().eq([char]);
        (char.is_alphanumeric() || matches!(char, '-' | '_' | '\'') || is_mark) && is_small
    })
}

fn localizations(
    thing: &Value,
    key: &str,
    path: &str,
    most: usize,
    strict: bool,
    wrong: &mut Complaints,
) {
    for (locale, value) in thing[key].as_object().into_iter().flatten() {
        let path = super::refusal::join(path, &format!("{key}.{locale}"));
        if !LOCALES.contains(&locale.as_str()) {
            wrong.choice(&path, "the locales of Discord");
        }
        let Some(text) = value.as_str() else { continue };
        wrong.length(&path, text.chars().count(), 1, most);
        if strict && !is_name(text) {
            wrong.add(
                &path,
                "APPLICATION_COMMAND_INVALID_NAME",
                "Command name is invalid",
            );
        }
    }
}

fn text(thing: &Value, key: &str, path: &str, least: usize, most: usize, wrong: &mut Complaints) {
    let path = super::refusal::join(path, key);
    match thing[key].as_str() {
        Some(text) => wrong.length(&path, text.chars().count(), least, most),
        None => wrong.required(&path),
    }
}

/// Characters of names, descriptions and values; of a localised text the longest counts.
fn weight(thing: &Value) -> usize {
    let longest = |key: &str, localized: &str| {
        let default = thing[key].as_str().map_or(0, |text| text.chars().count());
        let others = thing[localized].as_object().into_iter().flatten();
        others
            .filter_map(|(_, text)| text.as_str())
            .map(|text| text.chars().count())
            .fold(default, usize::max)
    };
    let value = thing["value"]
        .as_str()
        .map_or(0, |text| text.chars().count());
    let inner = ["options", "choices"]
        .iter()
        .flat_map(|key| thing[*key].as_array().into_iter().flatten());
    longest("name", "name_localizations")
        + longest("description", "description_localizations")
        + value
        + inner.map(weight).sum::<usize>()
}

#[cfg(test)]
mod tests;
