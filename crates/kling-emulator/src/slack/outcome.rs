//! Does what an acknowledgement says: answers to commands, actions on modals, options.

use serde_json::{Value, json};

use super::delivery::{Delivery, DeliveryKind};
use super::element_rules;
use super::event::ViewChange;
use super::rules::Complaints;
use super::state::State;
use super::views::STACK;

impl State {
    /// Notes that the bot acknowledged a delivery, and does what it said.
    pub(crate) fn obey(&mut self, now_ms: u64, id: u64, answer: Option<Value>) {
        let Some(known) = self.deliveries.get_mut(&id) else {
            return;
        };
        known.acknowledged = true;
        known.over = true;
        known.answer.clone_from(&answer);
        let delivery = known.clone();
        let result = match delivery.kind {
            DeliveryKind::Command => self.obey_command(now_ms, &delivery, answer),
            DeliveryKind::ViewSubmission => self.obey_submission(now_ms, &delivery, answer),
            DeliveryKind::BlockSuggestion => self.obey_suggestion(&delivery, answer),
            DeliveryKind::Shortcut
            | DeliveryKind::MessageAction
            | DeliveryKind::BlockActions
            | DeliveryKind::ViewClosed
            | DeliveryKind::Event => Ok(()),
        };
        if let Err(word) = result {
            self.fail(now_ms, id, &word);
        }
        self.stir();
    }

    fn obey_command(
        &mut self,
        now_ms: u64,
        delivery: &Delivery,
        answer: Option<Value>,
    ) -> Result<(), String> {
        let Some(answer) = answer else { return Ok(()) };
        let secret = delivery.hook.clone().unwrap_or_default();
        let Some(hook) = self.hooks.get(&secret).cloned() else {
            return Ok(());
        };
        self.respond(now_ms, &secret, &hook, &answer)
            .map_err(|word| format!("invalid_command_response: {word}"))
    }

    fn obey_submission(
        &mut self,
        now_ms: u64,
        delivery: &Delivery,
        answer: Option<Value>,
    ) -> Result<(), String> {
        let Some(view) = delivery
            .view
            .as_ref()
            .and_then(|id| self.views.get(id))
            .cloned()
        else {
            return Ok(());
        };
        let answer = answer.unwrap_or_default();
        let scopes = self
            .installed(&view.team)
            .map(|token| token.scopes.clone())
            .unwrap_or_default();
        match answer["response_action"].as_str() {
            None if answer.as_object().is_some_and(|fields| !fields.is_empty()) => {
                return Err("invalid_response".to_owned());
            }
            None => self.close_views(now_ms, &view.user, Some(&view.id)),
            Some("clear") => self.close_views(now_ms, &view.user, None),
            Some("errors") => {
                let errors = answer["errors"]
                    .as_object()
                    .filter(|errors| !errors.is_empty());
                let errors = errors.ok_or("invalid_response: errors is missing")?;
                let is_input = |block: &String| {
                    let mut blocks = view.blocks().iter();
                    blocks.any(|known| known["type"] == "input" && known["block_id"] == **block)
                };
                if let Some(block) = errors.keys().find(|block| !is_input(block)) {
                    return Err(format!("invalid_response: there is no input block {block}"));
                }
                self.show_view(now_ms, &view.id, ViewChange::Errors, Some(json!(errors)));
            }
            Some("update") => {
                let sent = self.in_answer(&answer, Some(&view.id), &scopes)?;
                let hash = self.mint.hash(now_ms);
                if let Some(view) = self.views.get_mut(&view.id) {
                    view.replace(sent, hash);
                }
                self.show_view(now_ms, &view.id, ViewChange::Updated, None);
            }
            Some("push") => {
                let sent = self.in_answer(&answer, None, &scopes)?;
                if self.stacks.get(&view.user).map_or(0, Vec::len) >= STACK {
                    return Err("push_limit_reached".to_owned());
                }
                let who = (view.team.as_str(), view.user.as_str());
                self.stack_view(now_ms, who, sent, view.channel.clone(), delivery.id);
            }
            Some(other) => return Err(format!("invalid_response: there is no action {other}")),
        }
        Ok(())
    }

    /// The view in an acknowledgement, if it keeps every rule.
    fn in_answer(
        &self,
        answer: &Value,
        own: Option<&str>,
        scopes: &std::collections::BTreeSet<String>,
    ) -> Result<Value, String> {
        self.good_view(answer["view"].clone(), false, own, scopes)
            .map_err(|refusal| format!("invalid_response: {}", refusal.body()))
    }

    fn obey_suggestion(
        &mut self,
        delivery: &Delivery,
        answer: Option<Value>,
    ) -> Result<(), String> {
        let mut answer = answer.unwrap_or_default();
        let mut complaints = Complaints::default();
        if let Some(groups) = answer["option_groups"].as_array() {
            complaints.count("/option_groups", groups.len(), 0, 100);
            for group in groups {
                complaints.text_object("", group, "label", true, 75);
                element_rules::options(&mut complaints, "", group, 0, 100);
            }
        } else {
            if answer.get("options").is_none() {
                return Err("invalid_response".to_owned());
            }
            element_rules::options(&mut complaints, "", &answer, 0, 100);
        }
        if let Some(first) = complaints.list.first() {
            return Err(format!("invalid_response: {first}"));
        }
        let options = element_rules::offered(&answer.take());
        let action = delivery.payload["action_id"].as_str().unwrap_or_default();
        if let Some(view) = delivery.view.as_ref().and_then(|id| self.views.get_mut(id)) {
            view.loaded.insert(action.to_owned(), options.clone());
        }
        if let Some(known) = self.deliveries.get_mut(&delivery.id) {
            known.options = options;
        }
        Ok(())
    }
}
