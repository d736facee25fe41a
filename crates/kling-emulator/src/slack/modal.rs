//! Modals and home tabs, and what people have entered in them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::block_rules::elements;
use super::event::{Change, SeenEvent, ViewChange};
use super::state::State;

/// A modal or a home tab.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: String,
    pub(crate) team: String,
    pub(crate) user: String,
    /// What the bot sent, ids filled in.
    pub(crate) sent: Value,
    pub(crate) hash: String,
    pub(crate) root: String,
    pub(crate) previous: Option<String>,
    /// What is entered, by block and action.
    pub(crate) values: BTreeMap<String, BTreeMap<String, Value>>,
    /// Where the person was when it opened.
    pub(crate) channel: Option<String>,
    /// The delivery that opened it.
    pub(crate) delivery: u64,
    pub(crate) open: bool,
    /// Options that external selects loaded, by action.
    pub(crate) loaded: BTreeMap<String, Vec<Value>>,
}

impl View {
    pub(crate) fn is_home(&self) -> bool {
        self.sent["type"] == "home"
    }

    pub(crate) fn blocks(&self) -> &[Value] {
        self.sent["blocks"].as_array().map_or(&[], Vec::as_slice)
    }

    /// An element by action, block, or `block/action`: its block's id, its action and itself.
    pub(crate) fn find(&self, name: &str) -> Option<(String, String, Value)> {
        find(self.blocks(), name)
    }

    /// Shows something else. What was entered stays where the same field is still there.
    pub(crate) fn replace(&mut self, sent: Value, hash: String) {
        let before = std::mem::take(&mut self.values);
        self.sent = sent;
        self.hash = hash;
        self.values = initial(self.blocks(), self.channel.as_deref());
        for (block, actions) in before {
            for (action, value) in actions {
                let known = self
                    .values
                    .get_mut(&block)
                    .and_then(|known| known.get_mut(&action));
                if let Some(known) = known.filter(|known| known["type"] == value["type"]) {
                    *known = value;
                }
            }
        }
    }
}

/// An element of blocks by action, block, or `block/action`.
pub(crate) fn find(blocks: &[Value], name: &str) -> Option<(String, String, Value)> {
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    elements(blocks)
        .map(|(block, element)| {
            (
                text(block, "block_id"),
                text(element, "action_id"),
                element.clone(),
            )
        })
        .find(|(block, action, _)| action == name || format!("{block}/{action}") == name)
        .or_else(|| {
            let named = elements(blocks).find(|(block, _)| block["block_id"] == name);
            named.map(|(block, element)| {
                (
                    text(block, "block_id"),
                    text(element, "action_id"),
                    element.clone(),
                )
            })
        })
}

/// What a form holds before anybody entered anything.
pub(crate) fn initial(
    blocks: &[Value],
    channel: Option<&str>,
) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut values: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (block, element) in elements(blocks) {
        let Some(entry) = initial_value(element, channel) else {
            continue;
        };
        let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        values
            .entry(name(&block["block_id"]))
            .or_default()
            .insert(name(&element["action_id"]), entry);
    }
    values
}

/// The field of `state.values` that an element's value stands in, and the field of its initial value.
pub(crate) fn value_field(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            ("value", "initial_value")
        }
        "rich_text_input" => ("rich_text_value", "initial_value"),
        "static_select" | "external_select" | "radio_buttons" => {
            ("selected_option", "initial_option")
        }
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            ("selected_options", "initial_options")
        }
        "users_select" => ("selected_user", "initial_user"),
        "multi_users_select" => ("selected_users", "initial_users"),
        "conversations_select" => ("selected_conversation", "initial_conversation"),
        "multi_conversations_select" => ("selected_conversations", "initial_conversations"),
        "channels_select" => ("selected_channel", "initial_channel"),
        "multi_channels_select" => ("selected_channels", "initial_channels"),
        "datepicker" => ("selected_date", "initial_date"),
        "timepicker" => ("selected_time", "initial_time"),
        "datetimepicker" => ("selected_date_time", "initial_date_time"),
        "file_input" => ("files", "initial_files"),
        _ => return None,
    })
}

fn initial_value(element: &Value, channel: Option<&str>) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let (field, initial) = value_field(kind)?;
    let mut value = element.get(initial).cloned().unwrap_or(Value::Null);
    if kind == "conversations_select"
        && element["default_to_current_conversation"] == true
        && let Some(channel) = channel
    {
        value = json!(channel);
    }
    if value.is_null() && field.ends_with('s') {
        value = json!([]);
    }
    let mut entry = Map::new();
    entry.insert("type".to_owned(), json!(kind));
    entry.insert(field.to_owned(), value);
    Some(Value::Object(entry))
}

impl State {
    /// Gives ids to the blocks and elements that came without.
    pub(crate) fn fill_ids(&self, blocks: &mut Value) {
        for block in blocks.as_array_mut().into_iter().flatten() {
            if block.get("block_id").is_none_or(Value::is_null) {
                block["block_id"] = json!(self.mint.short());
            }
            let kind = block["type"].as_str().unwrap_or_default().to_owned();
            let name = |element: &mut Value| {
                let is_plain = ["image", "mrkdwn", "plain_text"]
                    .iter()
                    .any(|kind| element["type"] == *kind);
                if element.is_object() && !is_plain && element.get("action_id").is_none() {
                    element["action_id"] = json!(self.mint.short());
                }
            };
            match kind.as_str() {
                "input" => name(&mut block["element"]),
                "section" => {
                    if let Some(accessory) = block.get_mut("accessory") {
                        name(accessory);
                    }
                }
                "actions" => {
                    let list = block["elements"].as_array_mut();
                    list.into_iter().flatten().for_each(name);
                }
                _ => {}
            }
        }
    }

    /// A view as the API and payloads show it.
    pub(crate) fn view_shown(&self, view: &View) -> Value {
        let sent = |name: &str, absent: Value| view.sent.get(name).cloned().unwrap_or(absent);
        let bot = self.teams.get(&view.team).map(|team| team.bot_id.clone());
        let mut shown = json!({
            "id": view.id,
            "team_id": view.team,
            "type": sent("type", Value::Null),
            "blocks": sent("blocks", json!([])),
            "private_metadata": sent("private_metadata", json!("")),
            "callback_id": sent("callback_id", json!("")),
            "state": {"values": view.values},
            "hash": view.hash,
            "title": sent("title", json!({"type": "plain_text", "text": "View Title", "emoji": true})),
            "clear_on_close": sent("clear_on_close", json!(false)),
            "notify_on_close": sent("notify_on_close", json!(false)),
            "close": sent("close", Value::Null),
            "submit": sent("submit", Value::Null),
            "previous_view_id": view.previous,
            "root_view_id": view.root,
            "app_id": self.app.id,
            "external_id": sent("external_id", json!("")),
            "app_installed_team_id": view.team,
            "bot_id": bot,
        });
        if self.app.org_wide
            && let Some(enterprise) = self.app.enterprise_of(&view.team)
        {
            shown["app_installed_team_id"] = json!(enterprise.id);
        }
        shown
    }

    /// Shows the person what happened to a view.
    pub(crate) fn show_view(
        &mut self,
        now_ms: u64,
        id: &str,
        change: ViewChange,
        errors: Option<Value>,
    ) {
        let Some(view) = self.views.get(id) else {
            return;
        };
        let event = SeenEvent {
            event: if view.is_home() {
                Change::Home
            } else {
                Change::View
            },
            team_id: view.team.clone(),
            only_for: Some(view.user.clone()),
            blocks: view.blocks().to_vec(),
            view: Some(self.view_shown(view)),
            view_change: (!view.is_home()).then_some(change),
            errors,
            delivery: (view.delivery > 0).then_some(view.delivery),
            ..SeenEvent::default()
        };
        self.show(now_ms, event);
    }

    /// Opens a view on a person's stack.
    pub(crate) fn stack_view(
        &mut self,
        now_ms: u64,
        who: (&str, &str),
        sent: Value,
        channel: Option<String>,
        delivery: u64,
    ) -> String {
        let id = self.mint.id('V');
        let (team, user) = who;
        let stack = self.stacks.get(user).cloned().unwrap_or_default();
        let blocks = sent["blocks"].as_array().cloned().unwrap_or_default();
        let view = View {
            id: id.clone(),
            team: team.to_owned(),
            user: user.to_owned(),
            values: initial(&blocks, channel.as_deref()),
            sent,
            hash: self.mint.hash(now_ms),
            root: stack.first().unwrap_or(&id).clone(),
            previous: stack.last().cloned(),
            channel,
            delivery,
            open: true,
            loaded: BTreeMap::new(),
        };
        self.views.insert(id.clone(), view);
        self.stacks
            .entry(user.to_owned())
            .or_default()
            .push(id.clone());
        let change = if stack.is_empty() {
            ViewChange::Opened
        } else {
            ViewChange::Pushed
        };
        self.show_view(now_ms, &id, change, None);
        self.forget();
        id
    }

    /// Closes a view, or all of them that the person has open.
    pub(crate) fn close_views(&mut self, now_ms: u64, user: &str, only: Option<&str>) {
        let stack = self.stacks.get(user).cloned().unwrap_or_default();
        for id in stack.iter().rev() {
            if only.is_some_and(|only| only != id) {
                continue;
            }
            if let Some(view) = self.views.get_mut(id) {
                view.open = false;
            }
            self.show_view(now_ms, id, ViewChange::Closed, None);
        }
        if let Some(stack) = self.stacks.get_mut(user) {
            stack.retain(|id| only.is_some_and(|only| only != id));
        }
    }
}
