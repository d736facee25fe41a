//! Modals that are sent or closed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::acting::is_blank;
use super::block_rules::elements;
use super::delivery::DeliveryKind;
use super::modal::{View, value_field};
use super::payload::with;
use super::person::{NotSent, On, Submit};
use super::places::User;
use super::state::State;

impl State {
    /// Somebody sends a modal.
    pub(crate) fn submit(&mut self, now_ms: u64, given: Submit) -> Result<u64, NotSent> {
        let Some(view) = self
            .views
            .get(&given.view)
            .filter(|view| view.open && !view.is_home())
            .cloned()
        else {
            return NotSent::because("there is no such modal open");
        };
        let user = self.somebody(&view.user)?;
        let touched = self.touched(&user, &On::View(view.id.clone()))?;
        if view.sent.get("submit").is_none_or(Value::is_null) {
            return NotSent::because("the modal has no submit button");
        }
        for (field, value) in &given.values {
            let Some((block, action, element)) = view.find(field) else {
                return NotSent::because(format!("there is no field {field}"));
            };
            let entry = self.entered(&touched, &element, value)?;
            self.enter(&view.id, &block, &action, entry);
        }
        self.attach(now_ms, &view, &user, given)?;
        let view = self.views.get(&view.id).cloned().unwrap_or(view);
        is_complete(&view)?;
        let mut draft = self.draft(DeliveryKind::ViewSubmission, &user.team, &user.id);
        let who = (user.team.as_str(), user.id.as_str());
        let trigger = self.new_trigger(
            now_ms,
            draft.id,
            who,
            view.channel.as_deref(),
            Some(&view.id),
        );
        let mut urls = Vec::new();
        for (block, element) in elements(view.blocks()) {
            let entry = block["block_id"]
                .as_str()
                .and_then(|id| view.values.get(id))
                .and_then(|actions| actions.get(element["action_id"].as_str().unwrap_or_default()));
            let chosen = entry.and_then(|entry| {
                entry["selected_conversation"]
                    .as_str()
                    .or(entry["selected_channel"].as_str())
            });
            if element["response_url_enabled"] == true
                && let Some(channel) = chosen
            {
                let (secret, url) = self.new_hook(now_ms, draft.id, who, channel, None);
                draft.hook.get_or_insert(secret);
                urls.push(json!({
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": url,
                }));
            }
        }
        let more =
            json!({"view": self.view_shown(&view), "trigger_id": trigger, "response_urls": urls});
        draft.payload = with(self.interaction("view_submission", &user), more);
        draft.view = Some(view.id);
        Ok(self.send(draft))
    }

    /// Puts a submission's files into their fields.
    fn attach(
        &mut self,
        now_ms: u64,
        view: &View,
        user: &User,
        given: Submit,
    ) -> Result<(), NotSent> {
        let mut by_field: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (field, file) in given.files {
            let found = view
                .find(&field)
                .filter(|(_, _, element)| element["type"] == "file_input");
            let Some((block, action, element)) = found else {
                return NotSent::because(format!("there is no file input {field}"));
            };
            let name = file.filename.clone();
            if file.bytes.len() as u64 > self.settings.file_input_bytes {
                return NotSent::because(format!("{name} is larger than a form takes"));
            }
            let ending = name
                .rsplit_once('.')
                .map_or("", |(_, ending)| ending)
                .to_lowercase();
            let types = element["filetypes"]
                .as_array()
                .filter(|types| !types.is_empty());
            if types.is_some_and(|types| !types.iter().any(|known| *known == ending)) {
                return NotSent::because(format!("{name} is not of a type that the field takes"));
            }
            let most = element["max_files"].as_u64().unwrap_or(10);
            let ids = by_field.entry((block, action)).or_default();
            if ids.len() as u64 >= most {
                return NotSent::because(format!("the field takes at most {most} files"));
            }
            let id = self.take_file(now_ms, user, file, true)?;
            ids.push(id);
        }
        for ((block, action), ids) in by_field {
            let files: Vec<Value> = ids.iter().map(|id| self.file_in_payload(id)).collect();
            self.enter(
                &view.id,
                &block,
                &action,
                json!({"type": "file_input", "files": files}),
            );
        }
        Ok(())
    }

    /// Somebody closes the uppermost modal without sending it. Answers the delivery, if the bot wants to know.
    pub(crate) fn dismiss(&mut self, now_ms: u64, id: &str) -> Result<Option<u64>, NotSent> {
        let Some(view) = self
            .views
            .get(id)
            .filter(|view| view.open && !view.is_home())
            .cloned()
        else {
            return NotSent::because("there is no such modal open");
        };
        let user = self.somebody(&view.user)?;
        let is_cleared = view.sent["clear_on_close"] == true;
        let only = if is_cleared { None } else { Some(id) };
        self.close_views(now_ms, &user.id, only);
        if view.sent["notify_on_close"] != true {
            return Ok(None);
        }
        let mut draft = self.draft(DeliveryKind::ViewClosed, &user.team, &user.id);
        let more = json!({"view": self.view_shown(&view), "is_cleared": is_cleared});
        draft.payload = with(self.interaction("view_closed", &user), more);
        draft.view = Some(view.id);
        Ok(Some(self.send(draft)))
    }
}

/// Whether every field that must be filled in is.
fn is_complete(view: &View) -> Result<(), NotSent> {
    for block in view
        .blocks()
        .iter()
        .filter(|block| block["type"] == "input" && block["optional"] != true)
    {
        let element = &block["element"];
        let field = element["type"]
            .as_str()
            .and_then(value_field)
            .map_or("", |(field, _)| field);
        let (id, action) = (block["block_id"].as_str(), element["action_id"].as_str());
        let actions = view.values.get(id.unwrap_or_default());
        let entry = actions.and_then(|actions| actions.get(action.unwrap_or_default()));
        if entry.is_none_or(|entry| is_blank(&entry[field])) {
            let label = block["label"]["text"].as_str().unwrap_or_default();
            return NotSent::because(format!("{label}: please complete this required field"));
        }
    }
    Ok(())
}
