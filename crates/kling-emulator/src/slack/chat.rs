//! `chat.postMessage`, `chat.update`, `chat.delete`, `chat.postEphemeral`, `chat.getPermalink`.

use serde_json::{Value, json};

use super::block_rules::{Surface, Surroundings, check};
use super::door::Call;
use super::message::Message;
use super::mint::is_ts;
use super::places::{Channel, Kind};
use super::refusal::{Outcome, Refusal};
use super::rules::Complaints;
use super::state::State;

/// Where a text is cut, in characters.
const TEXT: usize = 40_000;

/// The longest text that `chat.update` takes, in characters.
const UPDATE_TEXT: usize = 4_000;

/// The most secondary attachments.
const ATTACHMENTS: usize = 100;

/// The largest marker, in bytes of JSON.
const METADATA_BYTES: usize = 8_000;

/// What a message is made of.
struct Content {
    text: String,
    blocks: Option<Vec<Value>>,
    attachments: Option<Vec<Value>>,
    metadata: Option<Value>,
}

impl Content {
    fn is_empty(&self) -> bool {
        let none = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
        self.text.trim().is_empty() && none(&self.blocks) && none(&self.attachments)
    }
}

fn content(state: &State, call: &Call) -> Result<Content, Refusal> {
    let arguments = &call.arguments;
    let attachments = arguments.list("attachments")?;
    if attachments
        .as_ref()
        .is_some_and(|list| list.len() > ATTACHMENTS)
    {
        return Err(Refusal::new("too_many_attachments"));
    }
    let metadata = arguments.json("metadata")?;
    if let Some(metadata) = &metadata {
        let is_good = metadata["event_type"].is_string() && metadata["event_payload"].is_object();
        if !is_good {
            return Err(Refusal::new("invalid_metadata_format"));
        }
        if metadata.to_string().len() > METADATA_BYTES {
            return Err(Refusal::new("metadata_too_large"));
        }
    }
    let blocks = good_blocks(state, call)?;
    Ok(Content {
        text: arguments.text("text").unwrap_or_default(),
        blocks,
        attachments,
        metadata,
    })
}

/// The blocks of a call, if they keep every rule; ids filled in.
pub(crate) fn good_blocks(state: &State, call: &Call) -> Result<Option<Vec<Value>>, Refusal> {
    let Some(blocks) = call.arguments.list("blocks")? else {
        return Ok(None);
    };
    let embeds = call.token.scopes.contains("links.embed:write");
    let around = Surroundings {
        surface: Surface::Message,
        can_show: &|named| state.can_show(named),
        video_domains: if embeds {
            &state.app.unfurl_domains
        } else {
            &[]
        },
    };
    let mut complaints = Complaints::default();
    check(&mut complaints, "/blocks", &blocks, around);
    if !complaints.list.is_empty() {
        return Err(Refusal::invalid_blocks(&complaints.list));
    }
    let mut blocks = Value::Array(blocks);
    state.fill_ids(&mut blocks);
    Ok(blocks.as_array().cloned())
}

/// The conversation to post in, by id or name, or by the person whose direct one it is.
fn target(state: &mut State, call: &Call) -> Result<Channel, Refusal> {
    let given = call
        .arguments
        .text("channel")
        .ok_or_else(Refusal::channel_not_found)?;
    let id = if state.users.get(&given).is_some_and(|user| !user.bot) {
        state.direct_with(&given).unwrap_or_default()
    } else {
        let reached = |channel: &&Channel| state.reaches(&call.token, &channel.team);
        let name = given.trim_start_matches('#');
        let mut found = state.channels.values().filter(reached);
        let found = found.find(|channel| channel.id == given || channel.name == name);
        found
            .map(|channel| channel.id.clone())
            .ok_or_else(Refusal::channel_not_found)?
    };
    state.visible(&call.token, &id).cloned()
}

/// Whether the bot may say something in a conversation.
pub(crate) fn may_post(state: &State, call: &Call, channel: &Channel) -> Result<(), Refusal> {
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if !state.bot_is_in(channel) {
        let is_open =
            channel.kind == Kind::Public && call.token.scopes.contains("chat:write.public");
        if !is_open {
            return Err(Refusal::new("not_in_channel"));
        }
    }
    if channel.restricted {
        return Err(Refusal::new("restricted_action"));
    }
    Ok(())
}

/// The thread to post in, if it is one.
pub(crate) fn thread(
    state: &State,
    call: &Call,
    channel: &Channel,
) -> Result<Option<String>, Refusal> {
    let Some(ts) = call.arguments.text("thread_ts") else {
        return Ok(None);
    };
    if !is_ts(&ts) {
        return Err(Refusal::new("invalid_thread_ts"));
    }
    match state.messages.get(&(channel.id.clone(), ts.clone())) {
        // What came after a deleted message keeps its thread.
        None => {
            let is_thread = state
                .messages
                .values()
                .any(|other| other.channel == channel.id && other.thread_ts.as_ref() == Some(&ts));
            if is_thread {
                Ok(Some(ts))
            } else {
                Err(Refusal::new("thread_not_found"))
            }
        }
        Some(parent) if parent.only_for.is_some() => Err(Refusal::new("cannot_reply_to_message")),
        Some(parent) => Ok(Some(parent.thread_ts.clone().unwrap_or(ts))),
    }
}

/// `chat.postMessage`.
pub(crate) fn post_message(state: &mut State, call: &Call) -> Outcome {
    let channel = target(state, call)?;
    may_post(state, call, &channel)?;
    let content = content(state, call)?;
    if content.is_empty() {
        return Err(Refusal::new("no_text"));
    }
    let thread_ts = thread(state, call, &channel)?;
    state
        .tiers
        .post(call.now_ms, &channel.id)
        .map_err(Refusal::rate_limited)?;
    let message = Message {
        channel: channel.id.clone(),
        broadcast: thread_ts.is_some() && call.arguments.flag("reply_broadcast"),
        thread_ts,
        user: state.bot_user(&channel.team).to_owned(),
        text: content.text.chars().take(TEXT).collect(),
        blocks: content.blocks.unwrap_or_default(),
        attachments: content.attachments.unwrap_or_default(),
        metadata: content.metadata,
        ..Message::default()
    };
    let ts = state.post(call.now_ms, message);
    let posted = state.messages.get(&(channel.id.clone(), ts.clone()));
    let shown = posted.map(|message| state.message_shown(message));
    Ok(json!({"channel": channel.id, "ts": ts, "message": shown}))
}

/// `chat.postEphemeral`.
pub(crate) fn post_ephemeral(state: &mut State, call: &Call) -> Outcome {
    let channel = target(state, call)?;
    let user = call.arguments.required("user")?;
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if !state.bot_is_in(&channel) {
        return Err(Refusal::new("not_in_channel"));
    }
    if !channel.members.contains(&user) {
        return Err(Refusal::new("user_not_in_channel"));
    }
    let content = content(state, call)?;
    if content.is_empty() {
        return Err(Refusal::new("no_text"));
    }
    let message = Message {
        channel: channel.id.clone(),
        thread_ts: call.arguments.text("thread_ts"),
        user: state.bot_user(&channel.team).to_owned(),
        text: content.text.chars().take(TEXT).collect(),
        blocks: content.blocks.unwrap_or_default(),
        attachments: content.attachments.unwrap_or_default(),
        only_for: Some(user),
        ..Message::default()
    };
    let ts = state.post(call.now_ms, message);
    Ok(json!({"message_ts": ts}))
}

/// A message of the bot that can still be changed.
fn own(state: &mut State, call: &Call, refusal: &str) -> Result<Message, Refusal> {
    let channel = target(state, call)?;
    let ts = call.arguments.required("ts")?;
    let message = state.messages.get(&(channel.id.clone(), ts)).cloned();
    let message = message.ok_or_else(Refusal::message_not_found)?;
    // Ephemeral messages are not kept where the API looks.
    if message.only_for.is_some() {
        return Err(Refusal::message_not_found());
    }
    if message.user != state.bot_user(&channel.team) {
        return Err(Refusal::new(refusal));
    }
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    Ok(message)
}

/// `chat.update`. What is not given stays.
pub(crate) fn update(state: &mut State, call: &Call) -> Outcome {
    let message = own(state, call, "cant_update_message")?;
    let content = content(state, call)?;
    if content.text.chars().count() > UPDATE_TEXT {
        return Err(Refusal::new("msg_too_long"));
    }
    let has_text = call.arguments.fields.contains_key("text");
    if content.is_empty() && !has_text && content.blocks.is_none() && content.attachments.is_none()
    {
        return Err(Refusal::new("no_text"));
    }
    let edited = Some(state.mint.ts(call.now_ms));
    let message = Message {
        text: if has_text { content.text } else { message.text },
        blocks: content.blocks.unwrap_or(message.blocks),
        attachments: content.attachments.unwrap_or(message.attachments),
        metadata: content.metadata.or(message.metadata),
        edited,
        ..message
    };
    let (channel, ts, text) = (
        message.channel.clone(),
        message.ts.clone(),
        message.text.clone(),
    );
    let shown = state.message_shown(&message);
    state.edit(call.now_ms, &message);
    Ok(json!({"channel": channel, "ts": ts, "text": text, "message": shown}))
}

/// `chat.delete`.
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    let message = own(state, call, "cant_delete_message")?;
    state.remove(call.now_ms, &message.channel, &message.ts);
    Ok(json!({"channel": message.channel, "ts": message.ts}))
}

/// `chat.getPermalink`.
pub(crate) fn permalink(state: &mut State, call: &Call) -> Outcome {
    let channel = call.arguments.required("channel")?;
    let ts = call.arguments.required("message_ts")?;
    let channel = state.visible(&call.token, &channel)?;
    let message = state.messages.get(&(channel.id.clone(), ts));
    let message = message.filter(|message| message.only_for.is_none());
    let message = message.ok_or_else(Refusal::message_not_found)?;
    let domain = state
        .teams
        .get(&channel.team)
        .map_or("", |team| &team.domain);
    let digits = message.ts.replace('.', "");
    let mut link = format!(
        "https://{domain}.slack.com/archives/{}/p{digits}",
        channel.id
    );
    if let Some(thread) = &message.thread_ts {
        link = format!("{link}?thread_ts={thread}&cid={}", channel.id);
    }
    Ok(json!({"channel": channel.id, "permalink": link}))
}
