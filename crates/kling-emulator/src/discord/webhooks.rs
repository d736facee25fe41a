//! What an interaction's token is good for: its first answer again, and follow-ups.

use serde_json::Value;

use super::callbacks::kind;
use super::form::Form;
use super::interaction::Interaction;
use super::limits;
use super::message::{DEFAULT, Message, REPLY};
use super::post::Origin;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply};
use super::route::Which;
use super::snowflake::Snowflake;
use super::state::State;

impl State {
    /// The interaction of a token, if the token may be used.
    fn by_token(&self, now_ms: u64, token: &str) -> Result<&Interaction, Refusal> {
        let interaction = self
            .tokens
            .get(token)
            .and_then(|id| self.interactions.get(id))
            .ok_or_else(Refusal::invalid_webhook_token)?;
        if interaction.is_expired(now_ms) {
            return Err(Refusal::invalid_webhook_token());
        }
        match interaction.answer {
            None | Some(kind::CHOICES) => Err(Refusal::unknown_webhook()),
            Some(_) => Ok(interaction),
        }
    }

    /// A message that this token may touch.
    fn of_token(&self, now_ms: u64, token: &str, which: Which) -> Result<&Message, Refusal> {
        let interaction = self.by_token(now_ms, token)?;
        let id = match which {
            Which::Original => interaction.original,
            Which::Id(id) => Some(id).filter(|id| {
                interaction.original == Some(*id) || interaction.follow_ups.contains(id)
            }),
        };
        self.message(id.ok_or_else(Refusal::unknown_message)?)
    }

    pub(crate) fn get_webhook_message(&self, now_ms: u64, token: &str, which: Which) -> Outcome {
        let message = self.of_token(now_ms, token, which)?;
        Ok(Reply::ok(self.message_json(now_ms, message)))
    }

    pub(crate) fn edit_webhook_message(
        &mut self,
        now_ms: u64,
        token: &str,
        which: Which,
        form: &Form,
    ) -> Outcome {
        let id = self.of_token(now_ms, token, which)?.id;
        self.edit_by_token(now_ms, token, id, &form.json, form)
    }

    fn edit_by_token(
        &mut self,
        now_ms: u64,
        token: &str,
        id: Snowflake,
        payload: &Value,
        form: &Form,
    ) -> Outcome {
        let file_bytes = self.by_token(now_ms, token)?.file_bytes;
        self.edit(now_ms, id, payload, form, file_bytes)?;
        Ok(Reply::ok(self.message_json(now_ms, self.message(id)?)))
    }

    pub(crate) fn delete_webhook_message(
        &mut self,
        now_ms: u64,
        token: &str,
        which: Which,
    ) -> Outcome {
        let id = self.of_token(now_ms, token, which)?.id;
        self.remove_message(now_ms, id);
        Ok(Reply::nothing())
    }

    /// A follow-up. The first one after a deferral fills the loading message instead.
    pub(crate) fn execute_webhook(&mut self, now_ms: u64, token: &str, form: &Form) -> Outcome {
        let interaction = self.by_token(now_ms, token)?.clone();
        let original = interaction.original.and_then(|id| self.messages.get(&id));
        if interaction.answer == Some(kind::DEFERRED_MESSAGE)
            && let Some(loading) = original.filter(|message| message.is_loading())
        {
            let id = loading.id;
            return self.edit_by_token(now_ms, token, id, &form.json, form);
        }
        let sent = u32::try_from(interaction.follow_ups.len()).unwrap_or(u32::MAX);
        if interaction.user_installed && sent >= limits::USER_INSTALL_FOLLOW_UPS {
            return Err(Refusal::too_many_follow_ups());
        }
        let reference = original.map(|message| message.id);
        let origin = Origin {
            kind: if reference.is_some() { REPLY } else { DEFAULT },
            only_for: Some(interaction.user),
            interaction: Some(interaction.id),
            reference,
            ..Origin::new(
                interaction.channel,
                self.application,
                interaction.file_bytes,
            )
        };
        let message = self.post(now_ms, origin, &form.json, form)?;
        if let Some(interaction) = self.interactions.get_mut(&interaction.id) {
            interaction.follow_ups.push(message);
        }
        self.stir();
        Ok(Reply::ok(self.message_json(now_ms, self.message(message)?)))
    }
}
