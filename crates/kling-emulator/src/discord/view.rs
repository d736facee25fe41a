//! How messages and files look on the wire.

use serde_json::{Map, Value, json};

use super::message::{Attachment, Message};
use super::snowflake::{Snowflake, timestamp};
use super::state::State;

impl State {
    /// A user; one that is not there any more is a husk.
    pub(crate) fn user_json(&self, id: Snowflake) -> Value {
        self.users
            .get(&id)
            .map_or_else(|| json!({"id": id}), super::people::User::json)
    }

    /// A channel, with the person in a direct one.
    pub(crate) fn channel_json(&self, id: Snowflake) -> Value {
        let Some(channel) = self.channels.get(&id) else {
            return Value::Null;
        };
        channel.json(channel.recipient.and_then(|user| self.users.get(&user)))
    }

    /// A file with a fresh link.
    pub(crate) fn attachment_json(&self, now_ms: u64, file: &Attachment) -> Value {
        let url = self.signer.link(file, self.application, now_ms);
        let mut json = json!({
            "id": file.id,
            "filename": file.filename,
            "size": file.bytes.len(),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
        });
        if let Some((width, height)) = file.pixels {
            json["width"] = json!(width);
            json["height"] = json!(height);
        }
        if let Some(title) = &file.title {
            json["title"] = json!(title);
        }
        if let Some(description) = &file.description {
            json["description"] = json!(description);
        }
        if file.ephemeral {
            json["ephemeral"] = json!(true);
        }
        json
    }

    /// A message with fresh links, and the message it answers one level deep.
    pub(crate) fn message_json(&self, now_ms: u64, message: &Message) -> Value {
        let mut json = self.flat_message_json(now_ms, message);
        if let Some(reference) = message.reference {
            json["message_reference"] = json!({
                "type": 0,
                "message_id": reference,
                "channel_id": message.channel,
            });
            if let Some(guild) = self.guild_of(message.channel) {
                json["message_reference"]["guild_id"] = json!(guild.id);
            }
            json["referenced_message"] = self
                .messages
                .get(&reference)
                .map_or(Value::Null, |answered| {
                    self.flat_message_json(now_ms, answered)
                });
        }
        json
    }

    fn flat_message_json(&self, now_ms: u64, message: &Message) -> Value {
        let files: Vec<&Attachment> = message
            .attachments
            .iter()
            .filter_map(|id| self.attachments.get(*id))
            .collect();
        let embeds: Vec<Value> = message
            .embeds
            .iter()
            .map(|embed| self.embed_json(now_ms, embed, &files))
            .collect();
        let listed: Vec<Value> = files
            .iter()
            .filter(|file| !message.embeds_file(&file.filename))
            .map(|file| self.attachment_json(now_ms, file))
            .collect();
        let mentions: Vec<Value> = message
            .mentions
            .users
            .iter()
            .map(|id| self.user_json(*id))
            .collect();
        let mut json = json!({
            "id": message.id,
            "type": message.kind,
            "channel_id": message.channel,
            "author": self.user_json(message.author),
            "content": message.content,
            "timestamp": timestamp(message.created_ms),
            "edited_timestamp": message.edited_ms.map(timestamp),
            "tts": false,
            "pinned": false,
            "mention_everyone": message.mentions.everyone,
            "mentions": mentions,
            "mention_roles": message.mentions.roles,
            "attachments": listed,
            "embeds": embeds,
            "components": message.components,
            "flags": message.flags,
        });
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        if let Some(interaction) = message
            .interaction
            .and_then(|id| self.interactions.get(&id))
        {
            json["webhook_id"] = json!(self.application);
            json["application_id"] = json!(self.application);
            json["interaction_metadata"] = interaction.metadata(self, message.id);
            if interaction.kind.is_command() && interaction.original == Some(message.id) {
                json["interaction"] = json!({
                    "id": interaction.id,
                    "type": interaction.kind.number(),
                    "name": interaction.name,
                    "user": self.user_json(interaction.user),
                });
            }
        }
        json
    }

    /// An embed; a picture that is on the message is shown from there.
    fn embed_json(&self, now_ms: u64, embed: &Value, files: &[&Attachment]) -> Value {
        let mut embed = embed.clone();
        let Some(fields) = embed.as_object_mut() else {
            return embed;
        };
        fields.entry("type").or_insert_with(|| json!("rich"));
        for part in ["image", "thumbnail", "video", "footer", "author"] {
            if let Some(part) = fields.get_mut(part).and_then(Value::as_object_mut) {
                self.link_part(now_ms, part, files);
            }
        }
        embed
    }

    fn link_part(&self, now_ms: u64, part: &mut Map<String, Value>, files: &[&Attachment]) {
        for (key, proxy) in [("url", "proxy_url"), ("icon_url", "proxy_icon_url")] {
            let name = part
                .get(key)
                .and_then(Value::as_str)
                .and_then(|url| url.strip_prefix("attachment://"));
            let Some(file) = files
                .iter()
                .find(|file| Some(file.filename.as_str()) == name)
            else {
                continue;
            };
            let link = json!(self.signer.link(file, self.application, now_ms));
            part.insert(key.to_owned(), link.clone());
            part.insert(proxy.to_owned(), link);
            if let Some((width, height)) = file.pixels {
                part.insert("width".to_owned(), json!(width));
                part.insert("height".to_owned(), json!(height));
            }
        }
    }
}
