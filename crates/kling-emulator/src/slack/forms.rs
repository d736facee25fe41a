//! Buttons, menus and fields.

use serde_json::{Map, Value, json};

use super::delivery::{Delivery, DeliveryKind};
use super::element_rules::offered;
use super::message::Message;
use super::modal::{self, View, value_field};
use super::payload::with;
use super::person::{NotSent, On, Press};
use super::places::User;
use super::state::State;

/// What somebody touched.
pub(super) enum Touched {
    Message(Box<Message>),
    View(Box<View>),
}

impl Touched {
    fn blocks(&self) -> &[Value] {
        match self {
            Self::Message(message) => &message.blocks,
            Self::View(view) => view.blocks(),
        }
    }
}

impl State {
    pub(super) fn touched(&self, user: &User, on: &On) -> Result<Touched, NotSent> {
        match on {
            On::Message(channel, ts) => {
                let channel = self.find_channel(channel);
                let channel = channel.filter(|channel| channel.members.contains(&user.id));
                let message =
                    channel.and_then(|known| self.messages.get(&(known.id.clone(), ts.clone())));
                let is_seen = |message: &&Message| {
                    message
                        .only_for
                        .as_ref()
                        .is_none_or(|only| *only == user.id)
                };
                match message.filter(is_seen) {
                    Some(message) => Ok(Touched::Message(Box::new(message.clone()))),
                    None => NotSent::because(format!("{} does not see that message", user.name)),
                }
            }
            On::View(id) => {
                let view = self
                    .views
                    .get(id)
                    .filter(|view| view.open && view.user == user.id);
                let is_hidden = view.is_some_and(|view| {
                    let top = self.stacks.get(&user.id).and_then(|stack| stack.last());
                    !view.is_home() && top != Some(&view.id)
                });
                match view {
                    Some(_) if is_hidden => NotSent::because("another modal lies on top"),
                    Some(view) => Ok(Touched::View(Box::new(view.clone()))),
                    None => NotSent::because(format!("{} does not see that view", user.name)),
                }
            }
        }
    }

    /// Somebody presses, chooses or types. Nothing is sent, and none answered, for a field that waits for the
    /// submission.
    pub(crate) fn press(&mut self, now_ms: u64, given: &Press) -> Result<Option<u64>, NotSent> {
        let user = self.somebody(&given.user)?;
        let touched = self.touched(&user, &given.on)?;
        let Some((block_id, action_id, element)) = modal::find(touched.blocks(), &given.action)
        else {
            return NotSent::because(format!("there is no {}", given.action));
        };
        let kind = element["type"].as_str().unwrap_or_default().to_owned();
        let entry = match kind.as_str() {
            "button" => None,
            "overflow" => {
                Some(json!({"type": kind, "selected_option": chosen(&element, &[], &given.value)?}))
            }
            _ => Some(self.entered(&touched, &element, &given.value)?),
        };
        let block = touched
            .blocks()
            .iter()
            .find(|block| block["block_id"] == block_id)
            .cloned()
            .unwrap_or_default();
        if let (Touched::View(view), Some(entry)) =
            (&touched, entry.as_ref().filter(|_| kind != "overflow"))
        {
            self.enter(&view.id, &block_id, &action_id, entry.clone());
        }
        if block["type"] == "input" && block["dispatch_action"] != true {
            self.stir();
            return Ok(None);
        }
        let mut action = json!({
            "type": kind,
            "block_id": block_id,
            "action_id": action_id,
            "action_ts": self.mint.ts(now_ms),
        });
        for name in ["text", "value", "style", "url"] {
            if kind == "button"
                && let Some(value) = element.get(name)
            {
                action[name] = value.clone();
            }
        }
        action = with(action, entry.unwrap_or_default());
        let values = match &touched {
            Touched::Message(message) => {
                let mut values = modal::initial(&message.blocks, None);
                let slot = values
                    .get_mut(&block_id)
                    .and_then(|block| block.get_mut(&action_id));
                if let Some(slot) = slot {
                    *slot = without_ids(&action);
                }
                json!(values)
            }
            Touched::View(view) => self
                .views
                .get(&view.id)
                .map(|view| json!(view.values))
                .unwrap_or_default(),
        };
        let draft = self.draft(DeliveryKind::BlockActions, &user.team, &user.id);
        let payload = with(
            self.interaction("block_actions", &user),
            json!({"actions": [action], "state": {"values": values}}),
        );
        let draft = match touched {
            Touched::Message(message) => self.on_message(now_ms, &user, draft, payload, &message),
            Touched::View(view) => self.on_view(now_ms, &user, draft, payload, &view),
        };
        Ok(Some(self.send(draft)))
    }

    /// An action in a message.
    fn on_message(
        &mut self,
        now_ms: u64,
        user: &User,
        mut draft: Delivery,
        payload: Value,
        message: &Message,
    ) -> Delivery {
        let who = (user.team.as_str(), user.id.as_str());
        let channel = &message.channel;
        let trigger = self.new_trigger(now_ms, draft.id, who, Some(channel), None);
        let (secret, url) = self.new_hook(now_ms, draft.id, who, channel, Some(message.ts.clone()));
        let is_ephemeral = message.only_for.is_some();
        let mut container = json!({
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel,
            "is_ephemeral": is_ephemeral,
        });
        if let Some(thread) = &message.thread_ts {
            container["thread_ts"] = json!(thread);
        }
        let name = self
            .channels
            .get(channel)
            .map(|known| known.spoken().to_owned());
        draft.payload = with(
            payload,
            json!({
                "container": container,
                "channel": {"id": channel, "name": name},
                "trigger_id": trigger,
                "response_url": url,
            }),
        );
        if !is_ephemeral {
            draft.payload["message"] = self.message_shown(message);
        }
        draft.channel = Some(channel.clone());
        draft.hook = Some(secret);
        draft
    }

    /// An action in a modal or a home tab.
    fn on_view(
        &mut self,
        now_ms: u64,
        user: &User,
        mut draft: Delivery,
        payload: Value,
        view: &View,
    ) -> Delivery {
        let who = (user.team.as_str(), user.id.as_str());
        let trigger = self.new_trigger(
            now_ms,
            draft.id,
            who,
            view.channel.as_deref(),
            Some(&view.id),
        );
        let shown = self.views.get(&view.id).map(|view| self.view_shown(view));
        draft.payload = with(
            payload,
            json!({
                "container": {"type": "view", "view_id": view.id},
                "view": shown,
                "trigger_id": trigger,
            }),
        );
        draft.view = Some(view.id.clone());
        draft
    }

    /// Somebody types into an external select and waits for options.
    pub(crate) fn suggest(&mut self, given: &Press) -> Result<u64, NotSent> {
        let user = self.somebody(&given.user)?;
        let touched = self.touched(&user, &given.on)?;
        let found = modal::find(touched.blocks(), &given.action);
        let found = found.filter(|(_, _, element)| {
            element["type"]
                .as_str()
                .is_some_and(|kind| kind.ends_with("external_select"))
        });
        let Some((block_id, action_id, element)) = found else {
            return NotSent::because(format!("there is no external select {}", given.action));
        };
        let typed = given.value.as_str().unwrap_or_default();
        let least = element["min_query_length"].as_u64().unwrap_or(3);
        if (typed.chars().count() as u64) < least {
            return NotSent::because(format!("{least} characters are needed"));
        }
        let mut draft = self.draft(DeliveryKind::BlockSuggestion, &user.team, &user.id);
        let more = json!({"block_id": block_id, "action_id": action_id, "value": typed});
        draft.payload = with(self.interaction("block_suggestion", &user), more);
        match touched {
            Touched::Message(message) => {
                draft.payload["container"] = json!({"type": "message", "message_ts": message.ts, "channel_id": message.channel});
                draft.payload["message"] = self.message_shown(&message);
                draft.payload["channel"] = json!({"id": message.channel});
            }
            Touched::View(view) => {
                draft.payload["container"] = json!({"type": "view", "view_id": view.id});
                draft.payload["view"] = self.view_shown(&view);
                draft.view = Some(view.id.clone());
            }
        }
        Ok(self.send(draft))
    }

    pub(super) fn enter(&mut self, view: &str, block: &str, action: &str, entry: Value) {
        if let Some(view) = self.views.get_mut(view) {
            let actions = view.values.entry(block.to_owned()).or_default();
            actions.insert(action.to_owned(), entry);
        }
    }

    /// What `state.values` holds for an element once somebody entered a value.
    pub(super) fn entered(
        &self,
        touched: &Touched,
        element: &Value,
        value: &Value,
    ) -> Result<Value, NotSent> {
        let kind = element["type"].as_str().unwrap_or_default();
        let action = element["action_id"].as_str().unwrap_or_default();
        let Some((field, _)) = value_field(kind) else {
            return NotSent::because(format!("nothing can be entered in a {kind}"));
        };
        let loaded = match touched {
            Touched::View(view) => view.loaded.get(action).cloned().unwrap_or_default(),
            Touched::Message(_) => Vec::new(),
        };
        let one = |value: &Value| -> Result<Value, NotSent> {
            let name = value.as_str().unwrap_or_default();
            match field.trim_end_matches('s') {
                "selected_option" => chosen(element, &loaded, value),
                "selected_user" => self.somebody(name).map(|user| json!(user.id)),
                "selected_conversation" | "selected_channel" => match self.find_channel(name) {
                    Some(channel) => Ok(json!(channel.id)),
                    None => NotSent::because(format!("there is no channel {name}")),
                },
                "value" if kind == "plain_text_input" => typed(element, name),
                "file" => NotSent::because("files are given as files"),
                _ => Ok(value.clone()),
            }
        };
        let entered = match value {
            Value::Null => Value::Null,
            Value::Array(list) if field.ends_with('s') => {
                let most = element["max_selected_items"].as_u64();
                if most.is_some_and(|most| list.len() as u64 > most) {
                    return NotSent::because("that is more than can be selected");
                }
                Value::Array(list.iter().map(one).collect::<Result<_, _>>()?)
            }
            single if field.ends_with('s') => json!([one(single)?]),
            single => one(single)?,
        };
        let mut entry = Map::new();
        entry.insert("type".to_owned(), json!(kind));
        entry.insert(field.to_owned(), entered);
        Ok(Value::Object(entry))
    }
}

/// A text that keeps the limits of its field.
fn typed(element: &Value, text: &str) -> Result<Value, NotSent> {
    let count = text.chars().count() as u64;
    let most = element["max_length"].as_u64().unwrap_or(3000);
    let least = element["min_length"].as_u64().unwrap_or(0);
    if count > most {
        return NotSent::because(format!("the field takes at most {most} characters"));
    }
    if count < least {
        return NotSent::because(format!("the field takes at least {least} characters"));
    }
    Ok(if text.is_empty() {
        Value::Null
    } else {
        json!(text)
    })
}

/// An option by its value.
fn chosen(element: &Value, loaded: &[Value], value: &Value) -> Result<Value, NotSent> {
    let mut options = offered(element);
    options.extend_from_slice(loaded);
    match options.into_iter().find(|option| option["value"] == *value) {
        Some(option) => Ok(option),
        None => NotSent::because(format!("there is no option {value}")),
    }
}

/// What `state.values` keeps of an action.
fn without_ids(action: &Value) -> Value {
    let mut kept = action.clone();
    if let Some(fields) = kept.as_object_mut() {
        for name in ["block_id", "action_id", "action_ts"] {
            fields.remove(name);
        }
    }
    kept
}
