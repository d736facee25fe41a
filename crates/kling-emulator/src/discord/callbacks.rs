//! The first answer to an interaction.

use serde_json::{Value, json};

use super::component_rules;
use super::form::Form;
use super::interaction::{Interaction, InteractionKind};
use super::message::{COMMAND, CONTEXT_MENU, EPHEMERAL, REPLY};
use super::permission::{self, USE_EXTERNAL_APPS};
use super::post::Origin;
use super::refusal::{Complaints, Refusal};
use super::reply::{Outcome, Reply};
use super::snowflake::Snowflake;
use super::state::State;

/// Callback types, as Discord numbers them.
pub(crate) mod kind {
    pub(crate) const MESSAGE: u8 = 4;
    pub(crate) const DEFERRED_MESSAGE: u8 = 5;
    pub(crate) const DEFERRED_UPDATE: u8 = 6;
    pub(crate) const UPDATE: u8 = 7;
    pub(crate) const CHOICES: u8 = 8;
    pub(crate) const MODAL: u8 = 9;
}

/// Which answers a kind of interaction may have.
fn allowed(interaction: &Interaction) -> &'static [u8] {
    match (interaction.kind, interaction.source) {
        (InteractionKind::Command, _) => &[kind::MESSAGE, kind::DEFERRED_MESSAGE, kind::MODAL],
        (InteractionKind::Component, _) => &[
            kind::MESSAGE,
            kind::DEFERRED_MESSAGE,
            kind::DEFERRED_UPDATE,
            kind::UPDATE,
            kind::MODAL,
        ],
        (InteractionKind::Autocomplete, _) => &[kind::CHOICES],
        (InteractionKind::Modal, Some(_)) => &[
            kind::MESSAGE,
            kind::DEFERRED_MESSAGE,
            kind::DEFERRED_UPDATE,
            kind::UPDATE,
        ],
        (InteractionKind::Modal, None) => &[kind::MESSAGE, kind::DEFERRED_MESSAGE],
    }
}

impl State {
    /// Takes a first answer.
    pub(crate) fn callback(
        &mut self,
        now_ms: u64,
        id: Snowflake,
        token: &str,
        form: &Form,
        with_response: bool,
    ) -> Outcome {
        let interaction = self
            .interactions
            .get(&id)
            .filter(|interaction| interaction.token == token)
            .ok_or_else(Refusal::unknown_interaction)?
            .clone();
        if interaction.answer.is_some() {
            return Err(Refusal::already_acknowledged());
        }
        if interaction.is_late(now_ms) {
            return Err(Refusal::unknown_interaction());
        }
        let Some(answer) = form.json["type"].as_u64() else {
            let mut wrong = Complaints::default();
            wrong.required("type");
            return Err(wrong.refusal());
        };
        let Some(answer) = u8::try_from(answer)
            .ok()
            .filter(|kind| allowed(&interaction).contains(kind))
        else {
            let offers: Vec<String> = allowed(&interaction)
                .iter()
                .map(ToString::to_string)
                .collect();
            let mut wrong = Complaints::default();
            wrong.choice("type", &offers.join(", "));
            return Err(wrong.refusal());
        };

        self.carry_out(now_ms, &interaction, answer, form)
            .map_err(below_data)?;
        if let Some(interaction) = self.interactions.get_mut(&id) {
            interaction.answer = Some(answer);
        }
        self.stir();
        if !with_response {
            return Ok(Reply::nothing());
        }
        Ok(Reply::ok(self.callback_json(now_ms, id, answer)))
    }

    fn carry_out(
        &mut self,
        now_ms: u64,
        interaction: &Interaction,
        answer: u8,
        form: &Form,
    ) -> Result<(), Refusal> {
        let data = &form.json["data"];
        match answer {
            kind::MESSAGE => {
                let mut payload = data.clone();
                if self.must_be_private(interaction) && payload.is_object() {
                    let flags = payload["flags"].as_u64().unwrap_or(0);
                    payload["flags"] = json!(flags | EPHEMERAL);
                }
                let origin = self.answer_origin(interaction);
                let message = self.post(now_ms, origin, &payload, form)?;
                self.fix_original(interaction.id, message);
            }
            kind::DEFERRED_MESSAGE => {
                let asked = deferral_flags(&data["flags"])?;
                let ephemeral = asked || self.must_be_private(interaction);
                let origin = self.answer_origin(interaction);
                let message = self.post_loading(now_ms, origin, ephemeral);
                self.fix_original(interaction.id, message);
            }
            kind::DEFERRED_UPDATE => {
                if let Some(source) = interaction.source {
                    self.fix_original(interaction.id, source);
                }
            }
            kind::UPDATE => {
                let source = interaction.source.ok_or_else(Refusal::unknown_message)?;
                self.edit(now_ms, source, data, form, interaction.file_bytes)?;
                self.fix_original(interaction.id, source);
            }
            kind::CHOICES => {
                choices(&data["choices"]).verdict()?;
                if let Some(known) = self.interactions.get_mut(&interaction.id) {
                    known.choices = data["choices"].as_array().cloned().unwrap_or_default();
                }
            }
            _ => {
                component_rules::of_modal(data).verdict()?;
                if let Some(known) = self.interactions.get_mut(&interaction.id) {
                    known.modal = Some(data.clone());
                }
            }
        }
        Ok(())
    }

    /// An app that a person installed for themselves may not speak in public everywhere.
    fn must_be_private(&self, interaction: &Interaction) -> bool {
        interaction.user_installed
            && self.guild_of(interaction.channel).is_some_and(|guild| {
                !permission::holds(guild.permissions(interaction.user), USE_EXTERNAL_APPS)
            })
    }

    fn answer_origin(&self, interaction: &Interaction) -> Origin {
        let kind = match (interaction.kind, interaction.command_type) {
            (InteractionKind::Command, 1) => COMMAND,
            (InteractionKind::Command, _) => CONTEXT_MENU,
            (_, _) if interaction.source.is_some() => REPLY,
            (_, _) => super::message::DEFAULT,
        };
        Origin {
            kind,
            only_for: Some(interaction.user),
            interaction: Some(interaction.id),
            reference: interaction.source,
            ..Origin::new(
                interaction.channel,
                self.application,
                interaction.file_bytes,
            )
        }
    }

    fn fix_original(&mut self, interaction: Snowflake, message: Snowflake) {
        let ephemeral = self
            .messages
            .get(&message)
            .is_some_and(super::message::Message::is_ephemeral);
        if let Some(interaction) = self.interactions.get_mut(&interaction) {
            interaction.original = Some(message);
            interaction.ephemeral = ephemeral;
        }
    }

    /// What `with_response=true` answers.
    fn callback_json(&self, now_ms: u64, id: Snowflake, answer: u8) -> Value {
        let Some(interaction) = self.interactions.get(&id) else {
            return Value::Null;
        };
        let mut body = json!({
            "interaction": {
                "id": id,
                "type": interaction.kind.number(),
                "channel_id": interaction.channel,
            },
        });
        if let Some(guild) = interaction.guild {
            body["interaction"]["guild_id"] = json!(guild);
        }
        if let Some(message) = interaction.original.and_then(|id| self.messages.get(&id)) {
            body["interaction"]["response_message_id"] = json!(message.id);
            body["interaction"]["response_message_loading"] = json!(message.is_loading());
            body["interaction"]["response_message_ephemeral"] = json!(message.is_ephemeral());
            if matches!(answer, kind::MESSAGE | kind::UPDATE) {
                body["resource"]["type"] = json!(answer);
                body["resource"]["message"] = self.message_json(now_ms, message);
            }
        }
        body
    }

    /// The person sees a failure when a loading message was never edited.
    pub(crate) fn give_up_loading(&mut self, now_ms: u64, interaction: Snowflake) {
        let original = self
            .interactions
            .get(&interaction)
            .and_then(|known| known.original);
        let is_loading = original
            .and_then(|id| self.messages.get(&id))
            .is_some_and(super::message::Message::is_loading);
        if is_loading {
            self.announce_failure(now_ms, interaction);
        }
    }

    /// The person sees a failure when no answer came.
    pub(crate) fn give_up_waiting(&mut self, now_ms: u64, interaction: Snowflake) {
        let waits = |known: &Interaction| known.answer.is_none() && !known.failed;
        if self.interactions.get(&interaction).is_some_and(waits) {
            self.announce_failure(now_ms, interaction);
        }
    }
}

/// Whether a deferral asks to be ephemeral: the only flag that may be set on it.
fn deferral_flags(flags: &Value) -> Result<bool, Refusal> {
    match flags.as_u64() {
        None if flags.is_null() => Ok(false),
        Some(flags @ (0 | EPHEMERAL)) => Ok(flags == EPHEMERAL),
        Some(_) | None => Err(Refusal::field(
            "flags",
            "MESSAGE_FLAGS_INVALID",
            "Only EPHEMERAL may be set on a deferred message.",
        )),
    }
}

/// Field errors of an answer stand below `data`.
fn below_data(mut refusal: Refusal) -> Refusal {
    if let Some(errors) = refusal.errors.take() {
        refusal.errors = Some(json!({"data": errors}));
    }
    refusal
}

fn choices(choices: &Value) -> Complaints {
    let mut wrong = Complaints::default();
    let Some(list) = choices.as_array() else {
        wrong.required("choices");
        return wrong;
    };
    wrong.length("choices", list.len(), 0, super::limits::OPTIONS);
    for (at, choice) in list.iter().enumerate() {
        let name = choice["name"].as_str().unwrap_or_default();
        wrong.length(&format!("choices.{at}.name"), name.chars().count(), 1, 100);
        match &choice["value"] {
            Value::String(text) => {
                wrong.length(&format!("choices.{at}.value"), text.chars().count(), 1, 100);
            }
            Value::Number(_) => {}
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                wrong.required(&format!("choices.{at}.value"));
            }
        }
    }
    wrong
}
