//! Everything this Discord knows, behind one lock.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use tokio::sync::watch;

use super::bucket::Buckets;
use super::commands::Command;
use super::event::{Change, ChannelEvent};
use super::gateway::Sessions;
use super::history::History;
use super::interaction::{Interaction, InteractionKind};
use super::limits;
use super::link::Signer;
use super::message::Message;
use super::people::{Channel, Guild, User};
use super::refusal::Refusal;
use super::shelf::Shelf;
use super::snowflake::{Mint, Snowflake};

/// The most messages kept, and the most interactions whose tokens are dead. Older ones are forgotten without a word,
/// so that an emulator may run for days.
const KEPT: usize = 10_000;

/// A nonce that was used, and the message it made.
#[derive(Clone, Debug)]
pub(crate) struct UsedNonce {
    pub(crate) channel: Snowflake,
    pub(crate) nonce: serde_json::Value,
    pub(crate) message: Snowflake,
    pub(crate) at_ms: u64,
}

/// The whole state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) mint: Mint,
    /// The application, which here has the id of its bot account.
    pub(crate) application: Snowflake,
    pub(crate) application_name: String,
    pub(crate) bot_tokens: BTreeSet<String>,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) guilds: BTreeMap<Snowflake, Guild>,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
    pub(crate) messages: BTreeMap<Snowflake, Message>,
    pub(crate) attachments: Shelf,
    pub(crate) commands: BTreeMap<Snowflake, Command>,
    /// When commands were made, by guild.
    pub(crate) creates: HashMap<Option<Snowflake>, VecDeque<u64>>,
    pub(crate) interactions: BTreeMap<Snowflake, Interaction>,
    /// Interactions by their token.
    pub(crate) tokens: HashMap<String, Snowflake>,
    pub(crate) nonces: VecDeque<UsedNonce>,
    pub(crate) buckets: Buckets,
    pub(crate) sessions: Sessions,
    pub(crate) signer: Signer,
    pub(crate) events: History,
    /// Grows with every event and every answer to an interaction; waiters watch it.
    pub(crate) changed: watch::Sender<u64>,
}

impl State {
    pub(crate) fn bot(&self) -> Option<&User> {
        self.users.get(&self.application)
    }

    pub(crate) fn channel(&self, id: Snowflake) -> Result<&Channel, Refusal> {
        self.channels.get(&id).ok_or_else(Refusal::unknown_channel)
    }

    pub(crate) fn message(&self, id: Snowflake) -> Result<&Message, Refusal> {
        self.messages.get(&id).ok_or_else(Refusal::unknown_message)
    }

    /// The guild of a channel; a direct channel has none.
    pub(crate) fn guild_of(&self, channel: Snowflake) -> Option<&Guild> {
        self.guilds.get(&self.channels.get(&channel)?.guild?)
    }

    /// A user by name or id.
    pub(crate) fn find_user(&self, name_or_id: &str) -> Option<&User> {
        let name = name_or_id.trim_start_matches('@');
        self.users
            .values()
            .find(|user| user.name == name || user.id.to_string() == name)
    }

    /// A channel by name or id.
    pub(crate) fn find_channel(&self, name_or_id: &str) -> Option<&Channel> {
        let name = name_or_id.trim_start_matches('#');
        self.channels
            .values()
            .find(|channel| channel.name == name || channel.id.to_string() == name)
    }

    /// A guild by name or id.
    pub(crate) fn find_guild(&self, name_or_id: &str) -> Option<&Guild> {
        self.guilds
            .values()
            .find(|guild| guild.name == name_or_id || guild.id.to_string() == name_or_id)
    }

    /// Bytes of one file that the bot may post in a channel on its own account.
    pub(crate) fn file_bytes(&self, channel: Snowflake) -> u64 {
        self.guild_of(channel)
            .map_or(limits::FILE_BYTES, |guild| guild.file_bytes)
    }

    /// Wakes those who wait for something to happen.
    pub(crate) fn stir(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Tells the channel's watchers, and the bot if it listens, what happened to a message.
    pub(crate) fn announce(&mut self, now_ms: u64, change: Change, message: Snowflake) {
        let Some(message) = self.messages.get(&message).cloned() else {
            return;
        };
        let event = ChannelEvent::of(self, now_ms, change, &message);
        self.events.push(event);
        self.stir();
        if message.is_ephemeral() {
            return;
        }
        let guild = self.guild_of(message.channel).map(|guild| guild.id);
        let (name, mut data) = match change {
            Change::Message => ("MESSAGE_CREATE", self.bot_view(now_ms, &message)),
            Change::Edit => ("MESSAGE_UPDATE", self.bot_view(now_ms, &message)),
            Change::Delete => (
                "MESSAGE_DELETE",
                serde_json::json!({"id": message.id, "channel_id": message.channel}),
            ),
            Change::Failed => return,
        };
        if let Some(guild) = guild {
            data["guild_id"] = serde_json::json!(guild);
        }
        let intent = if guild.is_some() { 1 << 9 } else { 1 << 12 };
        self.sessions.dispatch(name, &data, guild, intent);
    }

    /// Notes that the person sees a failure. Suggestions that do not come fail without a trace.
    pub(crate) fn announce_failure(&mut self, now_ms: u64, interaction: Snowflake) {
        let Some(interaction) = self.interactions.get_mut(&interaction) else {
            return;
        };
        interaction.failed = true;
        if interaction.kind == InteractionKind::Autocomplete {
            self.stir();
            return;
        }
        let interaction = interaction.clone();
        let event = ChannelEvent::of_failure(self, now_ms, &interaction);
        self.events.push(event);
        self.stir();
    }

    /// Forgets the oldest messages, and their files.
    pub(crate) fn forget_messages(&mut self) {
        while self.messages.len() > KEPT
            && let Some((_, message)) = self.messages.pop_first()
        {
            for file in message.attachments {
                self.attachments.take(file);
            }
        }
    }

    /// Forgets the oldest interactions, as far as their tokens have died anyway.
    pub(crate) fn forget_interactions(&mut self, now_ms: u64) {
        while self.interactions.len() > KEPT
            && let Some(oldest) = self.interactions.first_entry()
            && oldest.get().created_ms + limits::TOKEN_LIFE_MS < now_ms
        {
            self.tokens.remove(&oldest.remove().token);
        }
    }

    /// Removes a message and its files.
    pub(crate) fn remove_message(&mut self, now_ms: u64, id: Snowflake) {
        self.announce(now_ms, Change::Delete, id);
        if let Some(message) = self.messages.remove(&id) {
            for file in message.attachments {
                self.attachments.take(file);
            }
        }
    }
}
