//! Commands, shortcuts, messages and visits of the home tab.

use serde_json::{Value, json};

use super::delivery::DeliveryKind;
use super::files::{Progress, Stored};
use super::message::{Message, notified};
use super::payload::with;
use super::person::{Command, FileIn, NotSent, Say, Shortcut};
use super::places::{Channel, Kind, User};
use super::state::State;

/// The longest message that a client sends, in characters.
const TEXT: usize = 12_000;

impl State {
    /// Somebody, by name or id.
    pub(crate) fn somebody(&self, name: &str) -> Result<User, NotSent> {
        let user = self.find_user(name).filter(|user| !user.deleted).cloned();
        user.map_or_else(|| NotSent::because(format!("there is no user {name}")), Ok)
    }

    /// A conversation that somebody is in.
    fn place_of(&mut self, user: &User, name: &str) -> Result<Channel, NotSent> {
        if name == format!("@{}", user.name) {
            self.direct_with(&user.id);
        }
        let Some(channel) = self.find_channel(name) else {
            return NotSent::because(format!("there is no channel {name}"));
        };
        if !channel.members.contains(&user.id) {
            return NotSent::because(format!("{} is not in {name}", user.name));
        }
        if channel.archived {
            return NotSent::because(format!("{name} is archived"));
        }
        Ok(channel.clone())
    }

    fn app_is_there(&self, team: &str, scope: &str, what: &str) -> Result<(), NotSent> {
        match self.installed(team) {
            Some(token) if token.scopes.contains(scope) => Ok(()),
            Some(_) | None => NotSent::because(format!(
                "{what} is not there: the app is not installed with {scope}"
            )),
        }
    }

    /// Somebody uses a command.
    pub(crate) fn command(&mut self, now_ms: u64, given: &Command) -> Result<u64, NotSent> {
        let user = self.somebody(&given.user)?;
        let channel = self.place_of(&user, &given.channel)?;
        let command = &given.command;
        let Some(escapes) = self.app.commands.get(command).copied() else {
            return NotSent::because(format!("{command} is not a valid command"));
        };
        self.app_is_there(&user.team, "commands", command)?;
        if given.thread_ts.is_some() {
            return NotSent::because(format!("{command} is not supported in threads. Sorry!"));
        }
        let text = if escapes {
            self.mentioned(&given.text, &user.team)
        } else {
            escaped(&given.text)
        };
        let mut draft = self.draft(DeliveryKind::Command, &user.team, &user.id);
        let who = (user.team.as_str(), user.id.as_str());
        let trigger = self.new_trigger(now_ms, draft.id, who, Some(&channel.id), None);
        let (secret, url) = self.new_hook(now_ms, draft.id, who, &channel.id, None);
        let domain = self.teams.get(&user.team).map(|team| team.domain.clone());
        let is_org = self.team_shown(&user.team).is_null();
        draft.payload = json!({
            "token": self.app.verification,
            "team_id": user.team,
            "team_domain": domain,
            "channel_id": channel.id,
            "channel_name": channel.spoken(),
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": self.app.id,
            "is_enterprise_install": is_org.to_string(),
            "response_url": url,
            "trigger_id": trigger,
        });
        if let Some(enterprise) = self.app.enterprise_of(&user.team) {
            draft.payload["enterprise_id"] = json!(enterprise.id);
            draft.payload["enterprise_name"] = json!(enterprise.name);
        }
        draft.channel = Some(channel.id);
        draft.hook = Some(secret);
        Ok(self.send(draft))
    }

    /// Somebody uses a shortcut.
    pub(crate) fn shortcut(&mut self, now_ms: u64, given: &Shortcut) -> Result<u64, NotSent> {
        let user = self.somebody(&given.user)?;
        let name = &given.callback_id;
        let is_for_messages = given.message.is_some();
        let is_known = self
            .app
            .shortcuts
            .as_ref()
            .is_none_or(|known| known.get(name) == Some(&is_for_messages));
        if !is_known || !self.app.interactive {
            return NotSent::because(format!("there is no shortcut {name}"));
        }
        self.app_is_there(&user.team, "commands", name)?;
        let who = (user.team.as_str(), user.id.as_str());
        let Some((channel, ts)) = &given.message else {
            let mut draft = self.draft(DeliveryKind::Shortcut, &user.team, &user.id);
            let trigger = self.new_trigger(now_ms, draft.id, who, None, None);
            let more = json!({
                "callback_id": name,
                "trigger_id": trigger,
                "action_ts": self.mint.ts(now_ms),
            });
            draft.payload = with(self.interaction("shortcut", &user), more);
            return Ok(self.send(draft));
        };
        let channel = self.place_of(&user, channel)?;
        let message = self
            .messages
            .get(&(channel.id.clone(), ts.clone()))
            .cloned();
        let message = message.filter(|message| message.only_for.is_none());
        let Some(message) = message else {
            return NotSent::because("there is no such message");
        };
        let mut draft = self.draft(DeliveryKind::MessageAction, &user.team, &user.id);
        let trigger = self.new_trigger(now_ms, draft.id, who, Some(&channel.id), None);
        let (secret, url) = self.new_hook(now_ms, draft.id, who, &channel.id, Some(ts.clone()));
        let more = json!({
            "callback_id": name,
            "trigger_id": trigger,
            "response_url": url,
            "action_ts": self.mint.ts(now_ms),
            "message_ts": ts,
            "message": self.message_shown(&message),
            "channel": {"id": channel.id, "name": channel.spoken()},
        });
        draft.payload = with(self.interaction("message_action", &user), more);
        // A file on a message that the app is used on can be read.
        for file in &message.files {
            if let Some(file) = self.files.get_mut(file) {
                file.granted = true;
            }
        }
        draft.channel = Some(channel.id);
        draft.hook = Some(secret);
        Ok(self.send(draft))
    }

    /// Somebody writes a message; answers its `ts`.
    pub(crate) fn say(&mut self, now_ms: u64, given: Say) -> Result<String, NotSent> {
        let user = self.somebody(&given.user)?;
        let channel = self.place_of(&user, &given.channel)?;
        if given.text.trim().is_empty() && given.files.is_empty() {
            return NotSent::because("there is nothing to send");
        }
        if given.text.chars().count() > TEXT {
            return NotSent::because("the message is too long");
        }
        let text = self.mentioned(&given.text, &channel.team);
        let mut files = Vec::new();
        for file in given.files {
            files.push(self.take_file(now_ms, &user, file, false)?);
        }
        let rich = json!({
            "type": "rich_text",
            "block_id": self.mint.short(),
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": given.text}]}],
        });
        let message = Message {
            channel: channel.id.clone(),
            thread_ts: given.thread_ts,
            user: user.id,
            text,
            blocks: if given.text.is_empty() {
                Vec::new()
            } else {
                vec![rich]
            },
            files,
            ..Message::default()
        };
        let bot = self.bot_user(&channel.team).to_owned();
        let is_mention = notified(&message).contains(&bot)
            && channel.kind != Kind::Direct
            && channel.members.contains(&bot)
            && !given.in_share_dialog;
        let before = self.chores.len();
        let ts = self.post(now_ms, message);
        let message = self
            .messages
            .get(&(channel.id.clone(), ts.clone()))
            .cloned();
        if let Some(message) = message.filter(|_| is_mention) {
            let more = json!({"type": "app_mention", "channel": channel.id, "event_ts": ts});
            let event = with(self.message_shown(&message), more);
            self.tell(now_ms, &channel.team, "app_mention", &event);
            if !self.settings.message_first
                && let Some(fresh) = self.chores.get_mut(before..)
            {
                fresh.rotate_right(1);
            }
        }
        Ok(ts)
    }

    /// Somebody looks at the app's home tab.
    pub(crate) fn open_home(&mut self, now_ms: u64, user: &str) -> Result<(), NotSent> {
        let user = self.somebody(user)?;
        if !self.app.home || self.installed(&user.team).is_none() {
            return NotSent::because("there is no home tab");
        }
        let channel = self.direct_with(&user.id);
        let mut event = json!({
            "type": "app_home_opened",
            "user": user.id,
            "channel": channel,
            "tab": "home",
            "event_ts": self.mint.ts(now_ms),
        });
        let view = self.homes.get(&user.id).and_then(|id| self.views.get(id));
        if let Some(view) = view {
            event["view"] = self.view_shown(view);
        }
        self.tell(now_ms, &user.team, "app_home_opened", &event);
        Ok(())
    }

    /// Takes in a file of somebody; answers its id.
    pub(crate) fn take_file(
        &mut self,
        now_ms: u64,
        user: &User,
        file: FileIn,
        granted: bool,
    ) -> Result<String, NotSent> {
        let size = file.bytes.len() as u64;
        if size > self.settings.file_bytes {
            return NotSent::because(format!(
                "{} is larger than this workspace allows",
                file.filename
            ));
        }
        let id = self.mint.id('F');
        self.files.put(Stored {
            id: id.clone(),
            team: user.team.clone(),
            user: user.id.clone(),
            title: file.filename.clone(),
            name: file.filename,
            alt_txt: None,
            length: size,
            bytes: Some(file.bytes),
            progress: Progress::Ready,
            created_ms: now_ms,
            shares: Vec::new(),
            foreign: file.foreign,
            granted,
        });
        Ok(id)
    }

    /// A text as Slack keeps it: escaped, and with mentions.
    fn mentioned(&self, text: &str, team: &str) -> String {
        let mut kept = String::new();
        let safe = escaped(text);
        let mut parts = safe.split('@');
        kept.extend(parts.next());
        for part in parts {
            let name: String = part
                .chars()
                .take_while(|letter| {
                    letter.is_ascii_alphanumeric() || *letter == '_' || *letter == '-'
                })
                .collect();
            let rest = part.strip_prefix(name.as_str()).unwrap_or_default();
            let known = self
                .users
                .values()
                .find(|user| user.name == name && user.team == team);
            let mention = match (known, name.as_str()) {
                (Some(user), _) => format!("<@{}>", user.id),
                (None, "channel" | "here" | "everyone") => format!("<!{name}>"),
                (None, _) => format!("@{name}"),
            };
            kept.push_str(&mention);
            kept.push_str(rest);
        }
        kept
    }
}

/// A text without the three characters that Slack uses itself.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A value that nobody entered.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}
