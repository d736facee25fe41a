//! The rules of a message's payload, each broken one named by its path.

use serde_json::Value;

use super::component_rules;
use super::form::Upload;
use super::limits;
use super::message::{COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS};
use super::refusal::{Complaints, Refusal};

/// What the payload is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A message in a channel.
    Channel,
    /// An answer to an interaction, or a follow-up.
    Interaction,
    /// A change of a message.
    Edit,
}

impl Purpose {
    fn flags(self) -> u64 {
        match self {
            Self::Channel => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2,
            Self::Interaction => {
                SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | EPHEMERAL
            }
            // What may not change is ignored here, as it is by Discord.
            Self::Edit => u64::MAX,
        }
    }
}

/// Checks a payload. `is_v2` says that the message edited is one of the second kind already.
pub(crate) fn check(
    payload: &Value,
    uploads: &[Upload],
    purpose: Purpose,
    is_v2: bool,
) -> Result<(), Refusal> {
    let mut wrong = Complaints::default();
    if !payload.is_object() && !payload.is_null() {
        return Err(Refusal::field(
            "",
            "DICT_TYPE_CONVERT",
            "Only dictionaries may be used in a DictType",
        ));
    }
    let flags = flags(&payload["flags"], purpose, &mut wrong);
    let v2 = is_v2 || flags & COMPONENTS_V2 != 0;
    text(&payload["content"], "content", limits::CONTENT, &mut wrong);
    embeds(&payload["embeds"], &mut wrong);
    nonce(&payload["nonce"], &mut wrong);
    allowed_mentions(&payload["allowed_mentions"], &mut wrong);
    attachments(&payload["attachments"], uploads, purpose, &mut wrong);
    wrong.below(
        "components",
        component_rules::of_message(&payload["components"], v2),
    );
    if v2 {
        for field in ["content", "embeds", "poll", "sticker_ids"] {
            if !is_blank(&payload[field]) {
                let message =
                    "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                        .replace("content", field);
                wrong.add(
                    field,
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    message,
                );
            }
        }
    }
    wrong.verdict()
}

/// Null, an empty text or an empty list.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

fn flags(value: &Value, purpose: Purpose, wrong: &mut Complaints) -> u64 {
    if value.is_null() {
        return 0;
    }
    let Some(bits) = value.as_u64() else {
        wrong.add("flags", "NUMBER_TYPE_COERCE", "Value is not an integer.");
        return 0;
    };
    if bits & !purpose.flags() != 0 {
        wrong.add(
            "flags",
            "MESSAGE_FLAGS_INVALID",
            "Only some message flags may be set here.",
        );
    }
    bits
}

/// A text or null of at most so many characters.
pub(crate) fn text(value: &Value, path: &str, most: usize, wrong: &mut Complaints) {
    match value {
        Value::Null => {}
        Value::String(text) => wrong.length(path, text.chars().count(), 0, most),
        other => {
            let message = format!("Could not interpret \"{other}\" as string.");
            wrong.add(path, "STRING_TYPE_CONVERT", message);
        }
    }
}

fn nonce(value: &Value, wrong: &mut Complaints) {
    if !value.is_i64() && !value.is_u64() {
        text(value, "nonce", limits::NONCE, wrong);
    }
}

fn allowed_mentions(value: &Value, wrong: &mut Complaints) {
    if value.is_null() {
        return;
    }
    let parse: Vec<&str> = value["parse"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (at, kind) in parse.iter().enumerate() {
        if !["roles", "users", "everyone"].contains(kind) {
            wrong.choice(
                &format!("allowed_mentions.parse.{at}"),
                "'roles', 'users', 'everyone'",
            );
        }
    }
    for list in ["users", "roles"] {
        let ids = value[list].as_array().map_or(0, Vec::len);
        wrong.length(
            &format!("allowed_mentions.{list}"),
            ids,
            0,
            limits::ALLOWED_MENTIONS,
        );
        if ids > 0 && parse.contains(&list) {
            let message =
                format!("parse:[\"{list}\"] and {list}: [ids...] are mutually exclusive.");
            wrong.add(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                message,
            );
        }
    }
}

fn attachments(value: &Value, uploads: &[Upload], purpose: Purpose, wrong: &mut Complaints) {
    let listed = value.as_array().map_or(&[][..], Vec::as_slice);
    wrong.length(
        "attachments",
        listed.len().max(uploads.len()),
        0,
        limits::ATTACHMENTS,
    );
    for (at, entry) in listed.iter().enumerate() {
        let path = format!("attachments.{at}");
        text(
            &entry["description"],
            &format!("{path}.description"),
            limits::ALT_TEXT,
            wrong,
        );
        let Some(id) = number(&entry["id"]) else {
            wrong.required(&format!("{path}.id"));
            continue;
        };
        // In an edit the id may be that of a file the message has; that is looked at there.
        let is_upload = uploads.iter().any(|upload| upload.index == id);
        if !is_upload && purpose != Purpose::Edit {
            wrong.add(
                &path,
                "MESSAGE_ATTACHMENT_NOT_FOUND",
                "Attachment data not found",
            );
        }
    }
}

/// An id that may be written as a number or as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn embeds(value: &Value, wrong: &mut Complaints) {
    let embeds = value.as_array().map_or(&[][..], Vec::as_slice);
    wrong.length("embeds", embeds.len(), 0, limits::EMBEDS);
    let mut total = 0;
    for (at, embed) in embeds.iter().enumerate() {
        let path = |field: &str| format!("embeds.{at}.{field}");
        text(&embed["title"], &path("title"), 256, wrong);
        text(&embed["description"], &path("description"), 4096, wrong);
        text(&embed["footer"]["text"], &path("footer.text"), 2048, wrong);
        text(&embed["author"]["name"], &path("author.name"), 256, wrong);
        let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
        wrong.length(&path("fields"), fields.len(), 0, 25);
        for (place, field) in fields.iter().enumerate() {
            for (key, most) in [("name", 256), ("value", 1024)] {
                let path = format!("embeds.{at}.fields.{place}.{key}");
                match field[key].as_str() {
                    Some(text) if !text.is_empty() => {
                        wrong.length(&path, text.chars().count(), 0, most);
                        total += text.chars().count();
                    }
                    _ => wrong.required(&path),
                }
            }
        }
        for link in [
            &embed["url"],
            &embed["image"]["url"],
            &embed["thumbnail"]["url"],
        ] {
            let schemes = ["http://", "https://", "attachment://"];
            if let Some(link) = link.as_str()
                && !schemes.iter().any(|scheme| link.starts_with(scheme))
            {
                let message =
                    format!("Scheme must be one of ('http', 'https'). Not well formed: \"{link}\"");
                wrong.add(&path("url"), "URL_TYPE_INVALID_SCHEME", message);
            }
        }
        total += [
            &embed["title"],
            &embed["description"],
            &embed["footer"]["text"],
            &embed["author"]["name"],
        ]
        .iter()
        .filter_map(|text| text.as_str())
        .map(|text| text.chars().count())
        .sum::<usize>();
    }
    if total > limits::EMBED_CHARACTERS {
        wrong.add(
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
            "Embed size exceeds maximum size of 6000",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn broken(payload: &Value, path: &str) {
        let refusal = check(payload, &[], Purpose::Channel, false).unwrap_err();
        let pointer = format!("/{}/_errors/0/code", path.replace('.', "/"));
        let errors = refusal.errors.unwrap();
        assert!(
            errors.pointer(&pointer).is_some(),
            "{path} is not named in {errors}"
        );
    }

    #[test]
    fn each_broken_rule_is_named_by_its_path() {
        broken(&json!({"content": "x".repeat(2001)}), "content");
        broken(&json!({"content": 5}), "content");
        broken(&json!({"nonce": "n".repeat(26)}), "nonce");
        broken(&json!({"flags": EPHEMERAL}), "flags");
        broken(
            &json!({"embeds": vec![json!({"title": "x"}); 11]}),
            "embeds",
        );
        broken(
            &json!({"embeds": [{"title": "x".repeat(257)}]}),
            "embeds.0.title",
        );
        broken(
            &json!({"embeds": vec![json!({"description": "x".repeat(4000)}); 2]}),
            "embeds",
        );
        broken(
            &json!({"embeds": [{"fields": [{"name": "a"}]}]}),
            "embeds.0.fields.0.value",
        );
        broken(&json!({"attachments": [{"id": 0}]}), "attachments.0");
        broken(
            &json!({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
            "allowed_mentions",
        );
        broken(&json!({"flags": COMPONENTS_V2, "content": "x"}), "content");
    }

    #[test]
    fn a_message_at_its_limits_passes() {
        let payload = json!({
            "content": "é".repeat(2000),
            "embeds": [{"description": "x".repeat(4096)}],
            "nonce": 12,
            "allowed_mentions": {"parse": []},
        });

        check(&payload, &[], Purpose::Channel, false).unwrap();
        check(
            &json!({"flags": EPHEMERAL}),
            &[],
            Purpose::Interaction,
            false,
        )
        .unwrap();
    }
}
