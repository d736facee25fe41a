//! Puts messages into channels and changes them; the routes decide who may.

use serde_json::{Value, json};

use super::component_rules::kind;
use super::event::Change;
use super::form::{Form, Upload};
use super::mention;
use super::message::{
    Attachment, COMPONENTS_V2, DEFAULT, EPHEMERAL, LOADING, Mentions, Message, SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
};
use super::message_rules::{self, Purpose, number};
use super::permission;
use super::refusal::Refusal;
use super::snowflake::Snowflake;
use super::state::State;

/// What a new message is, beside its payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    pub(crate) kind: u8,
    /// The person an ephemeral message is for; where `None`, it cannot be ephemeral.
    pub(crate) only_for: Option<Snowflake>,
    pub(crate) interaction: Option<Snowflake>,
    pub(crate) reference: Option<Snowflake>,
    /// Bytes that one file may have.
    pub(crate) file_bytes: u64,
}

impl Origin {
    /// An ordinary message of `author` in `channel`.
    pub(crate) fn new(channel: Snowflake, author: Snowflake, file_bytes: u64) -> Self {
        Self {
            channel,
            author,
            kind: DEFAULT,
            only_for: None,
            interaction: None,
            reference: None,
            file_bytes,
        }
    }
}

/// Refuses files above a limit.
pub(crate) fn sizes(uploads: &[Upload], file_bytes: u64) -> Result<(), Refusal> {
    let is_too_large = |upload: &Upload| upload.file.bytes.len() as u64 > file_bytes;
    if uploads.iter().any(is_too_large) {
        Err(Refusal::too_large())
    } else {
        Ok(())
    }
}

impl State {
    /// Checks a payload and posts it. Nothing is changed when it is refused.
    pub(crate) fn post(
        &mut self,
        now_ms: u64,
        origin: Origin,
        payload: &Value,
        form: &Form,
    ) -> Result<Snowflake, Refusal> {
        let purpose = if origin.interaction.is_some() {
            Purpose::Interaction
        } else {
            Purpose::Channel
        };
        message_rules::check(payload, &form.uploads, purpose, false)?;
        sizes(&form.uploads, origin.file_bytes)?;

        let asked = payload["flags"].as_u64().unwrap_or(0);
        let mut flags = asked & (SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2);
        if origin.only_for.is_some() {
            flags |= asked & EPHEMERAL;
        }
        let mut message = Message {
            id: self.mint.make(now_ms),
            channel: origin.channel,
            author: origin.author,
            kind: origin.kind,
            content: payload["content"].as_str().unwrap_or_default().to_owned(),
            embeds: list(&payload["embeds"]),
            components: list(&payload["components"]),
            attachments: Vec::new(),
            flags,
            created_ms: now_ms,
            edited_ms: None,
            mentions: Mentions::default(),
            nonce: Some(payload["nonce"].clone()).filter(|nonce| !nonce.is_null()),
            reference: origin.reference,
            only_for: origin.only_for.filter(|_| flags & EPHEMERAL != 0),
            interaction: origin.interaction,
        };
        if message.is_empty() && form.uploads.is_empty() {
            return Err(Refusal::empty_message());
        }
        number_components(&mut message.components);
        message.mentions = self.mentions_of(&message, payload);
        message.attachments = self.take_files(now_ms, origin.channel, payload, &form.uploads);
        Ok(self.insert(now_ms, message))
    }

    /// Posts a loading message: "is thinking…".
    pub(crate) fn post_loading(
        &mut self,
        now_ms: u64,
        origin: Origin,
        ephemeral: bool,
    ) -> Snowflake {
        let flags = if ephemeral {
            LOADING | EPHEMERAL
        } else {
            LOADING
        };
        let message = Message {
            id: self.mint.make(now_ms),
            channel: origin.channel,
            author: origin.author,
            kind: origin.kind,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags,
            created_ms: now_ms,
            edited_ms: None,
            mentions: Mentions::default(),
            nonce: None,
            reference: origin.reference,
            only_for: origin.only_for.filter(|_| ephemeral),
            interaction: origin.interaction,
        };
        self.insert(now_ms, message)
    }

    fn insert(&mut self, now_ms: u64, message: Message) -> Snowflake {
        let id = message.id;
        if !message.is_ephemeral()
            && let Some(channel) = self.channels.get_mut(&message.channel)
        {
            channel.last_message = Some(id);
        }
        self.messages.insert(id, message);
        self.announce(now_ms, Change::Message, id);
        self.forget_messages();
        id
    }

    /// Checks a change and makes it. Nothing is changed when it is refused.
    pub(crate) fn edit(
        &mut self,
        now_ms: u64,
        id: Snowflake,
        payload: &Value,
        form: &Form,
        file_bytes: u64,
    ) -> Result<(), Refusal> {
        let mut message = self.message(id)?.clone();
        let is_v2 = message.flags & COMPONENTS_V2 != 0;
        message_rules::check(payload, &form.uploads, Purpose::Edit, is_v2)?;
        sizes(&form.uploads, file_bytes)?;

        let kept = Self::kept_files(&message, payload, &form.uploads)?;
        let count = kept.len() + form.uploads.len();
        if count > super::limits::ATTACHMENTS {
            return Err(Refusal::field(
                "attachments",
                "BASE_TYPE_MAX_LENGTH",
                "Must be 10 or fewer in length.",
            ));
        }
        if payload.get("content").is_some() {
            payload["content"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut message.content);
        }
        if payload.get("embeds").is_some() {
            message.embeds = list(&payload["embeds"]);
        }
        if payload.get("components").is_some() {
            message.components = list(&payload["components"]);
            number_components(&mut message.components);
        }
        if let Some(flags) = payload["flags"].as_u64() {
            message.flags =
                message.flags & !SUPPRESS_EMBEDS | flags & (SUPPRESS_EMBEDS | COMPONENTS_V2);
        }
        message.flags &= !LOADING;
        let removed: Vec<Snowflake> = message
            .attachments
            .iter()
            .filter(|file| !kept.contains(file))
            .copied()
            .collect();
        message.attachments = kept;
        if message.is_empty() && form.uploads.is_empty() {
            return Err(Refusal::empty_message());
        }
        if payload.get("content").is_some() || payload.get("allowed_mentions").is_some() {
            message.mentions = self.mentions_of(&message, payload);
        }

        for file in removed {
            self.attachments.take(file);
        }
        self.describe_kept(payload, &message.attachments);
        let fresh = self.take_files(now_ms, message.channel, payload, &form.uploads);
        message.attachments.extend(fresh);
        message.edited_ms = Some(now_ms);
        self.messages.insert(id, message);
        self.announce(now_ms, Change::Edit, id);
        Ok(())
    }

    /// The files that stay: all without an `attachments` list, else those on it.
    fn kept_files(
        message: &Message,
        payload: &Value,
        uploads: &[Upload],
    ) -> Result<Vec<Snowflake>, Refusal> {
        let Some(listed) = payload["attachments"].as_array() else {
            return Ok(if payload.get("attachments").is_some() {
                Vec::new()
            } else {
                message.attachments.clone()
            });
        };
        let mut kept = Vec::new();
        for (at, entry) in listed.iter().enumerate() {
            let id = number(&entry["id"]).unwrap_or_default();
            if message.attachments.contains(&Snowflake(id)) {
                kept.push(Snowflake(id));
            } else if !uploads.iter().any(|upload| upload.index == id) {
                return Err(Refusal::field(
                    &format!("attachments.{at}"),
                    "MESSAGE_ATTACHMENT_NOT_FOUND",
                    "Attachment data not found",
                ));
            }
        }
        Ok(kept)
    }

    /// A kept file may get another description.
    fn describe_kept(&mut self, payload: &Value, kept: &[Snowflake]) {
        for entry in payload["attachments"].as_array().into_iter().flatten() {
            let id = Snowflake(number(&entry["id"]).unwrap_or_default());
            if kept.contains(&id)
                && let Some(description) = entry.get("description")
            {
                let description = description.as_str().map(str::to_owned);
                self.attachments.describe(id, description);
            }
        }
    }

    fn take_files(
        &mut self,
        now_ms: u64,
        channel: Snowflake,
        payload: &Value,
        uploads: &[Upload],
    ) -> Vec<Snowflake> {
        let listed = payload["attachments"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let mut taken = Vec::new();
        for upload in uploads {
            let entry = listed
                .iter()
                .find(|entry| number(&entry["id"]) == Some(upload.index));
            let text = |key: &str| {
                entry
                    .and_then(|entry| entry[key].as_str())
                    .map(str::to_owned)
            };
            let mut file = upload.file.clone();
            if let Some(filename) = text("filename") {
                file.filename = filename;
            }
            let mut file = Attachment::take(self.mint.make(now_ms), channel, file, false);
            file.description = text("description").filter(|text| !text.is_empty());
            taken.push(file.id);
            self.attachments.put(file);
        }
        taken
    }

    fn mentions_of(&self, message: &Message, payload: &Value) -> Mentions {
        let replied_to = message
            .reference
            .filter(|_| message.interaction.is_none())
            .and_then(|id| self.messages.get(&id))
            .map(|answered| answered.author);
        let everyone = self
            .channels
            .get(&message.channel)
            .is_some_and(|channel| channel.bot_may(permission::MENTION_EVERYONE));
        let allowed = &payload["allowed_mentions"];
        let mut mentions = mention::mentions(&message.content, allowed, replied_to, everyone);
        mentions.users.retain(|user| self.users.contains_key(user));
        mentions
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Discord numbers components that have no `id`, and fills in what was left to it.
fn number_components(components: &mut [Value]) {
    fn walk(part: &mut Value, next: &mut u64) {
        let kind = part["type"].as_u64().unwrap_or_default();
        let Some(fields) = part.as_object_mut() else {
            return;
        };
        fields.entry("id").or_insert_with(|| Value::from(*next));
        *next += 1;
        for (key, value) in defaults(kind) {
            fields.entry(key).or_insert(value);
        }
        for key in ["components", "accessory", "component"] {
            match fields.get_mut(key) {
                Some(Value::Array(inner)) => {
                    for part in inner {
                        walk(part, next);
                    }
                }
                Some(inner @ Value::Object(_)) => walk(inner, next),
                _ => {}
            }
        }
    }
    let mut next = 1;
    for part in components {
        walk(part, &mut next);
    }
}

/// What a kind of component has when nothing was said.
fn defaults(kind: u64) -> Vec<(&'static str, Value)> {
    match kind {
        kind::CONTAINER => vec![("accent_color", Value::Null), ("spoiler", json!(false))],
        kind::SEPARATOR => vec![("divider", json!(true)), ("spacing", json!(1))],
        kind::FILE => vec![("spoiler", json!(false))],
        kind::THUMBNAIL => vec![("spoiler", json!(false)), ("description", Value::Null)],
        kind::STRING_SELECT => vec![("min_values", json!(1)), ("max_values", json!(1))],
        _ => Vec::new(),
    }
}
