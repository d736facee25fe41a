//! The channel routes: what a bot does on its own account, with its permissions.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::form::Form;
use super::limits;
use super::mention::is;
use super::message::{DEFAULT, Message, REPLY};
use super::people::Channel;
use super::permission::{
    ATTACH_FILES, EMBED_LINKS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL,
};
use super::post::Origin;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply};
use super::snowflake::Snowflake;
use super::state::{State, UsedNonce};

impl State {
    /// The channel, if the bot may see it.
    fn visible(&self, channel: Snowflake) -> Result<&Channel, Refusal> {
        let channel = self.channel(channel)?;
        if channel.bot_may(VIEW_CHANNEL) {
            Ok(channel)
        } else {
            Err(Refusal::missing_access())
        }
    }

    /// A message that the channel routes reach: in this channel, not ephemeral, not loading.
    fn reachable(&self, channel: Snowflake, message: Snowflake) -> Result<&Message, Refusal> {
        self.visible(channel)?;
        let message = self.message(message)?;
        if message.channel == channel && !message.is_ephemeral() && !message.is_loading() {
            Ok(message)
        } else {
            Err(Refusal::unknown_message())
        }
    }

    /// A message as the bot sees it: without the message-content intent, other people's words
    /// are blank unless they mention the bot or are written to it directly.
    pub(crate) fn bot_view(&self, now_ms: u64, message: &Message) -> Value {
        let mut json = self.message_json(now_ms, message);
        let is_direct = self.guild_of(message.channel).is_none();
        let concerns_bot = message.author == self.application
            || message.mentions.users.contains(&self.application);
        if !is_direct && !concerns_bot {
            json["content"] = json!("");
            for list in ["embeds", "attachments", "components"] {
                json[list] = json!([]);
            }
        }
        json
    }

    pub(crate) fn get_channel(&self, channel: Snowflake) -> Outcome {
        self.visible(channel)?;
        Ok(Reply::ok(self.channel_json(channel)))
    }

    pub(crate) fn typing(&self, channel: Snowflake) -> Outcome {
        may(self.visible(channel)?, SEND_MESSAGES)?;
        Ok(Reply::nothing())
    }

    pub(crate) fn get_message(&self, now_ms: u64, channel: Snowflake, id: Snowflake) -> Outcome {
        may(self.visible(channel)?, READ_MESSAGE_HISTORY)?;
        let message = self.reachable(channel, id)?;
        Ok(Reply::ok(self.bot_view(now_ms, message)))
    }

    pub(crate) fn list_messages(
        &self,
        now_ms: u64,
        channel: Snowflake,
        query: &HashMap<String, String>,
    ) -> Outcome {
        if !self.visible(channel)?.bot_may(READ_MESSAGE_HISTORY) {
            return Ok(Reply::ok(json!([])));
        }
        let limit = query
            .get("limit")
            .map_or(Ok(50), |limit| limit.parse::<usize>());
        let limit = limit
            .ok()
            .filter(|limit| (1..=100).contains(limit))
            .ok_or_else(|| {
                Refusal::field(
                    "limit",
                    "NUMBER_TYPE_MAX",
                    "int value should be between 1 and 100.",
                )
            })?;
        let bound = |key: &str| query.get(key).and_then(|id| Snowflake::parse(id));
        let mut found: Vec<&Message> = self
            .messages
            .values()
            .rev()
            .filter(|message| message.channel == channel && !message.is_ephemeral())
            .filter(|message| bound("before").is_none_or(|before| message.id < before))
            .filter(|message| bound("after").is_none_or(|after| message.id > after))
            .collect();
        if bound("after").is_some() {
            let surplus = found.len().saturating_sub(limit);
            found.drain(..surplus);
        } else if let Some(around) = bound("around") {
            let at = found.partition_point(|message| message.id > around);
            found.drain(..at.saturating_sub(limit / 2));
        }
        found.truncate(limit);
        let list: Vec<Value> = found
            .into_iter()
            .map(|message| self.bot_view(now_ms, message))
            .collect();
        Ok(Reply::ok(json!(list)))
    }

    pub(crate) fn create_message(
        &mut self,
        now_ms: u64,
        channel: Snowflake,
        form: &Form,
    ) -> Outcome {
        let payload = &form.json;
        let place = self.visible(channel)?;
        may(place, SEND_MESSAGES)?;
        may_post(place, payload, form)?;
        if let Some(recipient) = place.recipient.and_then(|user| self.users.get(&user))
            && !recipient.takes_messages
        {
            return Err(Refusal::cannot_message());
        }
        let nonce = Some(&payload["nonce"])
            .filter(|nonce| !nonce.is_null() && payload["enforce_nonce"] == true)
            .cloned();
        if let Some(nonce) = &nonce
            && let Some(message) = self.used(now_ms, channel, nonce)
        {
            let message = self.message(message)?;
            return Ok(Reply::ok(self.message_json(now_ms, message)));
        }
        let reference = self.reference(channel, payload)?;
        let origin = Origin {
            kind: if reference.is_some() { REPLY } else { DEFAULT },
            reference,
            ..Origin::new(channel, self.application, self.file_bytes(channel))
        };
        let message = self.post(now_ms, origin, payload, form)?;
        if let Some(nonce) = nonce {
            self.nonces.push_back(UsedNonce {
                channel,
                nonce,
                message,
                at_ms: now_ms,
            });
        }
        let message = self.message(message)?;
        Ok(Reply::ok(self.message_json(now_ms, message)))
    }

    /// The message that a nonce made within the past few minutes.
    fn used(&mut self, now_ms: u64, channel: Snowflake, nonce: &Value) -> Option<Snowflake> {
        self.nonces
            .retain(|used| used.at_ms + limits::NONCE_MEMORY_MS > now_ms);
        self.nonces
            .iter()
            .find(|used| used.channel == channel && used.nonce == *nonce)
            .map(|used| used.message)
    }

    /// The message that a payload replies to.
    fn reference(&self, channel: Snowflake, payload: &Value) -> Result<Option<Snowflake>, Refusal> {
        let reference = &payload["message_reference"];
        if reference.is_null() {
            return Ok(None);
        }
        if !self.channel(channel)?.bot_may(READ_MESSAGE_HISTORY) {
            return Err(Refusal::no_history());
        }
        let is_here = reference["channel_id"].is_null() || is(&reference["channel_id"], channel);
        let wanted = &reference["message_id"];
        let found = self.messages.values().rev().find(|message| {
            is(wanted, message.id)
                && message.channel == channel
                && !message.is_ephemeral()
                && !message.is_loading()
        });
        match found.filter(|_| is_here) {
            Some(message) => Ok(Some(message.id)),
            None if reference["fail_if_not_exists"] == false => Ok(None),
            None => Err(Refusal::field(
                "message_reference",
                "REPLIES_UNKNOWN_MESSAGE",
                "Unknown message",
            )),
        }
    }

    pub(crate) fn edit_message(
        &mut self,
        now_ms: u64,
        channel: Snowflake,
        id: Snowflake,
        form: &Form,
    ) -> Outcome {
        let message = self.reachable(channel, id)?;
        if message.author != self.application {
            return Err(Refusal::not_the_author());
        }
        may_post(self.channel(channel)?, &form.json, form)?;
        let file_bytes = self.file_bytes(channel);
        self.edit(now_ms, id, &form.json, form, file_bytes)?;
        Ok(Reply::ok(self.message_json(now_ms, self.message(id)?)))
    }

    pub(crate) fn delete_message(
        &mut self,
        now_ms: u64,
        channel: Snowflake,
        id: Snowflake,
    ) -> Outcome {
        let message = self.reachable(channel, id)?;
        if message.author != self.application {
            may(self.channel(channel)?, MANAGE_MESSAGES)?;
        }
        self.remove_message(now_ms, id);
        Ok(Reply::nothing())
    }

    /// The direct channel with a person, made when there is none.
    pub(crate) fn open_direct(&mut self, now_ms: u64, form: &Form) -> Outcome {
        let wanted = &form.json["recipient_id"];
        let user = self
            .users
            .values()
            .find(|user| is(wanted, user.id))
            .cloned();
        let user = user
            .filter(|user| !user.bot)
            .ok_or_else(Refusal::unknown_user)?;
        let channel = self.direct_channel(now_ms, user.id);
        Ok(Reply::ok(self.channel_json(channel)))
    }

    /// The direct channel with a person; made when there is none.
    pub(crate) fn direct_channel(&mut self, now_ms: u64, user: Snowflake) -> Snowflake {
        if let Some(known) = self
            .channels
            .values()
            .find(|channel| channel.recipient == Some(user))
        {
            return known.id;
        }
        let id = self.mint.make(now_ms);
        let name = self.users.get(&user).map(|user| format!("@{}", user.name));
        let channel = Channel {
            id,
            name: name.unwrap_or_default(),
            guild: None,
            recipient: Some(user),
            nsfw: false,
            bot_permissions: super::permission::BOT,
            last_message: None,
            position: 0,
        };
        self.channels.insert(id, channel);
        id
    }
}

/// Refuses with 50013 what the bot may not do here.
fn may(channel: &Channel, wanted: u64) -> Result<(), Refusal> {
    if channel.bot_may(wanted) {
        Ok(())
    } else {
        Err(Refusal::missing_permissions())
    }
}

/// What the contents of a payload need.
fn may_post(channel: &Channel, payload: &Value, form: &Form) -> Result<(), Refusal> {
    if !form.uploads.is_empty() {
        may(channel, ATTACH_FILES)?;
    }
    if payload["embeds"]
        .as_array()
        .is_some_and(|embeds| !embeds.is_empty())
    {
        may(channel, EMBED_LINKS)?;
    }
    Ok(())
}
