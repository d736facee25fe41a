//! What a client checks before it lets a person send a command.

use serde_json::Value;

use super::command_rules::{INTEGER_BOUND, kind};
use super::message::content_type;
use super::person::{Invocation, NotSent};

/// Checks what was filled in against the options of the command.
pub(super) fn check(
    options: &[Value],
    given: &Invocation,
    focused: Option<&str>,
    file_bytes: u64,
) -> Result<(), NotSent> {
    let mut seen = Vec::new();
    let names = given.options.iter().map(|(name, _)| name);
    for name in names.chain(given.files.iter().map(|(name, _)| name)) {
        if !options.iter().any(|option| option["name"] == **name) {
            return NotSent::because(format!("the command has no option {name}"));
        }
        if seen.contains(&name) {
            return NotSent::because(format!("{name} is filled in twice"));
        }
        seen.push(name);
    }
    for option in options {
        let name = option["name"].as_str().unwrap_or_default();
        let value = given
            .options
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value);
        let file = given
            .files
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, file)| file);
        let is_file = option["type"] == kind::ATTACHMENT;
        match (value, file) {
            (Some(_), _) if is_file => return NotSent::because(format!("{name} takes a file")),
            (_, Some(_)) if !is_file => return NotSent::because(format!("{name} takes no file")),
            (None, None) if option["required"] == true && focused.is_none() => {
                return NotSent::because(format!("{name} is required"));
            }
            (Some(value), _) if focused != Some(name) => check_value(option, name, value)?,
            (_, Some(file)) => {
                fits(file.bytes.len(), file_bytes, &file.filename)?;
                check_type(option, name, &file.filename)?;
            }
            _ => {}
        }
        if focused == Some(name) && option["autocomplete"] != true {
            return NotSent::because(format!("{name} is not autocompleted"));
        }
    }
    match focused {
        Some(name) if !seen.iter().any(|known| *known == name) => {
            NotSent::because(format!("{name} is focused but not filled in"))
        }
        _ => Ok(()),
    }
}

/// Refuses a file above the limit, as the client does before it uploads.
pub(super) fn fits(bytes: usize, limit: u64, name: &str) -> Result<(), NotSent> {
    if bytes as u64 > limit {
        return NotSent::because(format!(
            "{name} is larger than the {limit} bytes allowed here"
        ));
    }
    Ok(())
}

/// `file_types` looks at the name only.
fn check_type(option: &Value, name: &str, filename: &str) -> Result<(), NotSent> {
    let types = option["file_types"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let lower = filename.to_ascii_lowercase();
    let fits = types.iter().filter_map(Value::as_str).any(|kind| {
        let group = content_type(filename).split('/').next();
        if kind.starts_with('.') {
            lower.ends_with(kind)
        } else {
            group == Some(kind)
        }
    });
    if types.is_empty() || fits {
        Ok(())
    } else {
        NotSent::because(format!("{name} does not take a file like {filename}"))
    }
}

fn check_value(option: &Value, name: &str, value: &Value) -> Result<(), NotSent> {
    let wrong = |why: &str| NotSent::because(format!("{name} {why}"));
    let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
    if !choices.is_empty() && !choices.iter().any(|choice| same(&choice["value"], value)) {
        return wrong("is not one of the choices");
    }
    match option["type"].as_u64() {
        Some(kind::STRING) => {
            let Some(text) = value.as_str() else {
                return wrong("takes a text");
            };
            let length = text.chars().count() as u64;
            if length < option["min_length"].as_u64().unwrap_or(0) || length == 0 {
                return wrong("is too short");
            }
            if length > option["max_length"].as_u64().unwrap_or(6000) {
                return wrong("is too long");
            }
            Ok(())
        }
        Some(kind::BOOLEAN) if !value.is_boolean() => wrong("takes yes or no"),
        Some(number @ (kind::INTEGER | kind::NUMBER)) => {
            let Some(amount) = value.as_f64() else {
                return wrong("takes a number");
            };
            let is_whole = value.is_i64() || value.is_u64();
            if number == kind::INTEGER && !is_whole {
                return wrong("takes a whole number");
            }
            if amount.abs() > INTEGER_BOUND
                || option["min_value"]
                    .as_f64()
                    .is_some_and(|least| amount < least)
                || option["max_value"]
                    .as_f64()
                    .is_some_and(|most| amount > most)
            {
                return wrong("is out of range");
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// 5 and 5.0 are one number.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.is_number() && one.as_f64() == other.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::discord::message::FileIn;

    fn options() -> Vec<Value> {
        vec![
            json!({"type": 3, "name": "prompt", "required": true, "max_length": 5}),
            json!({"type": 4, "name": "count", "min_value": 1, "max_value": 4}),
            json!({"type": 3, "name": "ratio", "choices": [{"name": "wide", "value": "16:9"}]}),
            json!({"type": 11, "name": "image1", "file_types": ["image"]}),
            json!({"type": 3, "name": "style", "autocomplete": true}),
        ]
    }

    fn base() -> Invocation {
        Invocation::new("imagine").option("prompt", "a cat")
    }

    #[track_caller]
    fn refused(given: &Invocation, why: &str) {
        assert_eq!(check(&options(), given, None, 10).unwrap_err().0, why);
    }

    #[test]
    fn a_client_sends_only_what_the_command_takes() {
        refused(&Invocation::new("imagine"), "prompt is required");
        refused(
            &Invocation::new("imagine").option("prompt", "a dragon"),
            "prompt is too long",
        );
        refused(&base().option("size", 1), "the command has no option size");
        refused(&base().option("count", 5), "count is out of range");
        refused(&base().option("count", 1.5), "count takes a whole number");
        refused(
            &base().option("ratio", "1:1"),
            "ratio is not one of the choices",
        );
        refused(&base().option("image1", "x"), "image1 takes a file");
        let text = FileIn::new("a.txt", "abc");
        refused(
            &base().file("image1", text),
            "image1 does not take a file like a.txt",
        );
        let large = FileIn::new("a.png", vec![0; 11]);
        refused(
            &base().file("image1", large),
            "a.png is larger than the 10 bytes allowed here",
        );

        let good = base().option("count", 4).option("ratio", "16:9");
        check(
            &options(),
            &good.file("image1", FileIn::new("a.PNG", "abc")),
            None,
            10,
        )
        .unwrap();
    }

    #[test]
    fn autocompletion_needs_no_required_option() {
        let typing = Invocation::new("imagine").option("style", "oi");

        check(&options(), &typing, Some("style"), 10).unwrap();
        let other = Invocation::new("imagine").option("prompt", "oi");
        assert!(check(&options(), &other, Some("prompt"), 10).is_err());
    }
}
