//! Interactions: what a person did, as the bot is told, and how far its answer has come.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::limits;
use super::link::hex;
use super::snowflake::Snowflake;
use super::state::State;

/// What kind of thing a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InteractionKind {
    Command,
    Component,
    Autocomplete,
    Modal,
}

impl InteractionKind {
    /// Discord's number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }

    pub(crate) fn is_command(self) -> bool {
        self == Self::Command
    }
}

/// One interaction.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(crate) token: String,
    pub(crate) kind: InteractionKind,
    /// The command's type: 1 slash, 2 user, 3 message; 0 when it is no command.
    pub(crate) command_type: u8,
    /// The command's name.
    pub(crate) name: String,
    pub(crate) user: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) guild: Option<Snowflake>,
    pub(crate) user_installed: bool,
    pub(crate) created_ms: u64,
    /// The type of the first answer.
    pub(crate) answer: Option<u8>,
    /// Fixed by the first answer.
    pub(crate) ephemeral: bool,
    /// `@original`.
    pub(crate) original: Option<Snowflake>,
    /// The message whose component was used.
    pub(crate) source: Option<Snowflake>,
    /// Follow-ups, in order.
    pub(crate) follow_ups: Vec<Snowflake>,
    pub(crate) file_bytes: u64,
    /// Made useless by a test, before its time.
    pub(crate) expired: bool,
    /// Whether the person saw "The application did not respond".
    pub(crate) failed: bool,
    pub(crate) choices: Vec<Value>,
    pub(crate) modal: Option<Value>,
    /// The event as it was sent.
    pub(crate) event: Value,
}

impl Interaction {
    /// Whether the token is dead.
    pub(crate) fn is_expired(&self, now_ms: u64) -> bool {
        self.expired || now_ms >= self.created_ms + limits::TOKEN_LIFE_MS
    }

    /// Whether it is too late for a first answer.
    pub(crate) fn is_late(&self, now_ms: u64) -> bool {
        self.failed || self.expired || now_ms >= self.created_ms + limits::FIRST_ANSWER_MS
    }

    /// What a message says about the interaction that made it.
    pub(crate) fn metadata(&self, state: &State, message: Snowflake) -> Value {
        let mut metadata = json!({
            "id": self.id,
            "type": self.kind.number(),
            "user": state.user_json(self.user),
            "authorizing_integration_owners": self.event["authorizing_integration_owners"],
        });
        if self.kind.is_command() {
            metadata["name"] = json!(self.name);
        }
        if self.original != Some(message)
            && let Some(original) = self.original
        {
            metadata["original_response_message_id"] = json!(original);
        }
        let target = &self.event["data"]["target_id"];
        match self.command_type {
            2 => {
                let user = target
                    .as_str()
                    .and_then(Snowflake::parse)
                    .unwrap_or_default();
                metadata["target_user"] = state.user_json(user);
            }
            3 => metadata["target_message_id"] = target.clone(),
            _ => {}
        }
        if let Some(source) = self
            .source
            .filter(|_| self.kind == InteractionKind::Component)
        {
            metadata["interacted_message_id"] = json!(source);
        }
        metadata
    }
}

/// Something a person did, before it becomes an interaction.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) kind: InteractionKind,
    pub(crate) command_type: u8,
    pub(crate) name: String,
    pub(crate) user: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) data: Value,
    pub(crate) source: Option<Snowflake>,
    pub(crate) locale: String,
    pub(crate) file_bytes: Option<u64>,
    pub(crate) app_permissions: Option<u64>,
    pub(crate) user_installed: bool,
}

impl State {
    /// Makes the interaction and tells the bot. The second value says how many connections heard.
    pub(crate) fn interact(&mut self, now_ms: u64, deed: Deed) -> (Snowflake, usize) {
        let id = self.mint.make(now_ms);
        let token = self.token(id);
        let file_bytes = deed
            .file_bytes
            .unwrap_or_else(|| self.file_bytes(deed.channel));
        let guild = self.guild_of(deed.channel).map(|guild| guild.id);
        let event = self.interaction_json(now_ms, id, &token, file_bytes, &deed);
        let interaction = Interaction {
            id,
            token: token.clone(),
            kind: deed.kind,
            command_type: deed.command_type,
            name: deed.name,
            user: deed.user,
            channel: deed.channel,
            guild,
            user_installed: deed.user_installed,
            created_ms: now_ms,
            answer: None,
            ephemeral: false,
            original: None,
            source: deed.source,
            follow_ups: Vec::new(),
            file_bytes,
            expired: false,
            failed: false,
            choices: Vec::new(),
            modal: None,
            event: event.clone(),
        };
        self.tokens.insert(token, id);
        self.interactions.insert(id, interaction);
        self.forget_interactions(now_ms);
        let heard = self
            .sessions
            .dispatch("INTERACTION_CREATE", &event, guild, 0);
        self.stir();
        (id, heard)
    }

    fn token(&self, id: Snowflake) -> String {
        let mut digest = Sha256::new();
        digest.update(self.signer.key);
        digest.update(id.0.to_be_bytes());
        let secret = hex(&digest.finalize());
        // Interaction tokens travel in paths: no padding, and none of the letters `+` and `/`,
        // which text of this kind never gives.
        STANDARD_NO_PAD.encode(format!("interaction:{id}:{secret}"))
    }

    fn interaction_json(
        &self,
        now_ms: u64,
        id: Snowflake,
        token: &str,
        file_bytes: u64,
        deed: &Deed,
    ) -> Value {
        let channel = self.channels.get(&deed.channel);
        let guild = self.guild_of(deed.channel);
        let bot_permissions = deed
            .app_permissions
            .or_else(|| channel.map(|channel| channel.bot_permissions))
            .unwrap_or_default();
        let mut json = json!({
            "id": id,
            "application_id": self.application,
            "type": deed.kind.number(),
            "token": token,
            "version": 1,
            "data": deed.data,
            "channel_id": deed.channel,
            "channel": self.channel_json(deed.channel),
            "app_permissions": bot_permissions.to_string(),
            "locale": deed.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": file_bytes,
        });
        let owners = match guild {
            _ if deed.user_installed => json!({"1": deed.user}),
            Some(guild) => json!({"0": guild.id}),
            None => json!({"0": "0"}),
        };
        json["authorizing_integration_owners"] = owners;
        json["context"] = json!(u8::from(guild.is_none()));
        if let (Some(guild), Some(user)) = (guild, self.users.get(&deed.user)) {
            json["guild_id"] = json!(guild.id);
            json["guild"] = guild.partial_json();
            json["guild_locale"] = json!(guild.locale);
            json["member"] = guild.member(user);
            json["channel"]["permissions"] = json!(guild.permissions(user.id).to_string());
        } else {
            json["user"] = self.user_json(deed.user);
        }
        if let Some(message) = deed.source.and_then(|source| self.messages.get(&source)) {
            json["message"] = self.message_json(now_ms, message);
        }
        json
    }
}
