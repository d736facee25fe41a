//! Messages, who sees them, and what the bot hears of them.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use serde_json::{Value, json};

use super::event::{Change, SeenEvent, SeenFile};
use super::files::{Progress, Share};
use super::places::{Channel, Kind};
use super::state::State;

/// A message in a conversation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) channel: String,
    pub(crate) ts: String,
    pub(crate) thread_ts: Option<String>,
    pub(crate) broadcast: bool,
    pub(crate) user: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) files: Vec<String>,
    pub(crate) metadata: Option<Value>,
    /// When it was last edited.
    pub(crate) edited: Option<String>,
    /// The one person who sees it.
    pub(crate) only_for: Option<String>,
    pub(crate) reactions: BTreeMap<String, BTreeSet<String>>,
    /// The delivery that it answers.
    pub(crate) delivery: Option<u64>,
}

impl Message {
    pub(crate) fn key(&self) -> (String, String) {
        (self.channel.clone(), self.ts.clone())
    }
}

/// Finds the texts in blocks that can notify somebody.
fn walk(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            if fields
                .get("type")
                .is_some_and(|kind| kind == "mrkdwn" || kind == "markdown")
                && let Some(text) = fields.get("text").and_then(Value::as_str)
            {
                look(text);
            }
            fields.values().for_each(|inner| walk(inner, look));
        }
        Value::Array(list) => list.iter().for_each(|inner| walk(inner, look)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Who a text notifies: `<@U…>`, `<!channel>`, `<!here>`, `<!everyone>`.
pub(crate) fn notified(message: &Message) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |text: &str| {
        for part in text.split('<').skip(1) {
            let Some((inside, _)) = part.split_once('>') else {
                continue;
            };
            let word = inside.split('|').next().unwrap_or_default();
            let who = match word.strip_prefix('@') {
                Some(user) => user,
                None if ["!channel", "!here", "!everyone"].contains(&word) => word,
                None => continue,
            };
            if !found.iter().any(|known| known == who) {
                found.push(who.to_owned());
            }
        }
    };
    look(&message.text);
    message
        .blocks
        .iter()
        .for_each(|block| walk(block, &mut look));
    found
}

impl State {
    /// Puts a message up and tells everyone; answers its `ts`.
    pub(crate) fn post(&mut self, now_ms: u64, message: Message) -> String {
        let ts = self.mint.ts(now_ms);
        let message = Message {
            ts: ts.clone(),
            ..message
        };
        if message.only_for.is_none() {
            for file in &message.files {
                if let Some(file) = self.files.get_mut(file) {
                    file.shares.push(Share {
                        channel: message.channel.clone(),
                        ts: ts.clone(),
                        thread_ts: message.thread_ts.clone(),
                    });
                }
            }
        }
        let change = match message.only_for {
            Some(_) => Change::Ephemeral,
            None => Change::Message,
        };
        self.messages.insert(message.key(), message.clone());
        self.announce(now_ms, change, &message, None);
        self.forget();
        ts
    }

    /// Changes a message and tells everyone.
    pub(crate) fn edit(&mut self, now_ms: u64, message: &Message) {
        let before = self.messages.insert(message.key(), message.clone());
        self.announce(now_ms, Change::Edit, message, before.as_ref());
    }

    /// Takes a message away and tells everyone; false when there was none.
    pub(crate) fn remove(&mut self, now_ms: u64, channel: &str, ts: &str) -> bool {
        let key = (channel.to_owned(), ts.to_owned());
        let Some(message) = self.messages.remove(&key) else {
            return false;
        };
        self.announce(now_ms, Change::Delete, &message, Some(&message));
        true
    }

    fn announce(
        &mut self,
        now_ms: u64,
        change: Change,
        message: &Message,
        before: Option<&Message>,
    ) {
        let Some(channel) = self.channels.get(&message.channel).cloned() else {
            return;
        };
        let event = self.seen(change, message, &channel);
        self.show(now_ms, event);
        if message.only_for.is_none() {
            self.tell_of_message(now_ms, change, message, before, &channel);
        }
    }

    /// A message as people see it now.
    pub(crate) fn seen(&self, change: Change, message: &Message, channel: &Channel) -> SeenEvent {
        let files = message
            .files
            .iter()
            .filter_map(|id| self.files.get(id))
            .filter(|file| file.progress != Progress::Deleted)
            .map(|file| SeenFile {
                id: file.id.clone(),
                name: file.name.clone(),
                title: file.title.clone(),
                mimetype: file.kind().0.to_owned(),
                size: file.bytes.as_ref().map_or(0, Bytes::len),
                alt_txt: file.alt_txt.clone(),
                url: self.file_shown(file)["url_private"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            });
        SeenEvent {
            event: change,
            team_id: channel.team.clone(),
            channel_id: Some(message.channel.clone()),
            ts: Some(message.ts.clone()),
            thread_ts: message.thread_ts.clone(),
            broadcast: message.broadcast,
            author: Some(self.author(&message.user)),
            only_for: message.only_for.clone(),
            text: message.text.clone(),
            blocks: message.blocks.clone(),
            attachments: message.attachments.clone(),
            files: files.collect(),
            notified: notified(message),
            metadata: message.metadata.clone(),
            delivery: message.delivery,
            ..SeenEvent::default()
        }
    }

    /// A message as the API and events show it.
    pub(crate) fn message_shown(&self, message: &Message) -> Value {
        let team = self
            .channels
            .get(&message.channel)
            .map(|channel| channel.team.clone());
        let mut shown = json!({
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": team,
        });
        let bot = team
            .and_then(|team| self.teams.get(&team))
            .filter(|team| team.bot_user == message.user);
        if let Some(team) = bot {
            shown["bot_id"] = json!(team.bot_id);
            shown["app_id"] = json!(self.app.id);
            shown["bot_profile"] = json!({
                "id": team.bot_id,
                "app_id": self.app.id,
                "name": self.app.name,
                "deleted": false,
                "updated": 1_700_000_000,
                "team_id": team.id,
            });
        } else {
            shown["client_msg_id"] = json!(format!("client-{}", message.ts));
        }
        if !message.files.is_empty() {
            let files = message.files.iter().map(|id| self.file_in_payload(id));
            shown["files"] = files.collect();
            shown["upload"] = json!(false);
        }
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown[name] = value;
            }
        };
        add("thread_ts", message.thread_ts.as_ref().map(|ts| json!(ts)));
        add(
            "blocks",
            (!message.blocks.is_empty()).then(|| json!(message.blocks)),
        );
        add(
            "attachments",
            (!message.attachments.is_empty()).then(|| json!(message.attachments)),
        );
        add("metadata", message.metadata.clone());
        let edited = message.edited.as_ref();
        add(
            "edited",
            edited.map(|ts| json!({"user": message.user, "ts": ts})),
        );
        if !message.reactions.is_empty() {
            let reactions = message
                .reactions
                .iter()
                .map(|(name, users)| json!({"name": name, "users": users, "count": users.len()}));
            add("reactions", Some(reactions.collect()));
        }
        let replies = self.replies(message);
        if replies > 0 {
            add("reply_count", Some(json!(replies)));
            add("thread_ts", Some(json!(message.ts)));
        }
        shown
    }

    /// How many answers a message has in its thread.
    fn replies(&self, message: &Message) -> usize {
        let of_channel = self
            .messages
            .range((message.channel.clone(), message.ts.clone())..);
        of_channel
            .take_while(|((channel, _), _)| *channel == message.channel)
            .filter(|(_, other)| {
                other.thread_ts.as_ref() == Some(&message.ts) && other.only_for.is_none()
            })
            .count()
    }

    /// Tells the bot what happened to a message, as far as it listens.
    fn tell_of_message(
        &mut self,
        now_ms: u64,
        change: Change,
        message: &Message,
        before: Option<&Message>,
        channel: &Channel,
    ) {
        if !self.bot_is_in(channel) {
            return;
        }
        let mut event = match change {
            Change::Edit | Change::Delete => {
                let previous = before.map(|before| self.message_shown(before));
                let mut event = json!({
                    "type": "message",
                    "subtype": "message_changed",
                    "hidden": true,
                    "previous_message": previous,
                    "ts": self.mint.ts(now_ms),
                });
                if change == Change::Edit {
                    event["message"] = self.message_shown(message);
                } else {
                    event["subtype"] = json!("message_deleted");
                    event["deleted_ts"] = json!(message.ts);
                }
                event
            }
            Change::Message | Change::Ephemeral | Change::View | Change::Home | Change::Failed => {
                let mut event = self.message_shown(message);
                if !message.files.is_empty() {
                    event["subtype"] = json!("file_share");
                }
                event
            }
        };
        event["channel"] = json!(channel.id);
        event["channel_type"] = json!(channel.kind.channel_type());
        event["event_ts"] = event["ts"].clone();
        let name = match channel.kind {
            Kind::Public => "message.channels",
            Kind::Private => "message.groups",
            Kind::Direct => "message.im",
            Kind::Group => "message.mpim",
        };
        self.tell(now_ms, &channel.team, name, &event);
        for file in &message.files {
            if change != Change::Message {
                break;
            }
            let shared = json!({
                "type": "file_shared",
                "file_id": file,
                "user_id": message.user,
                "file": {"id": file},
                "channel_id": channel.id,
                "event_ts": message.ts,
            });
            self.tell(now_ms, &channel.team, "file_shared", &shared);
        }
    }
}
