//! What people see happen in channels, one event after another.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::interaction::{Interaction, InteractionKind};
use super::message::Message;
use super::snowflake::Snowflake;
use super::state::State;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A message appeared.
    Message,
    /// A message changed.
    Edit,
    /// A message went away.
    Delete,
    /// "The application did not respond": no answer in three seconds, or a loading message that
    /// was never edited in fifteen minutes. After a button it is "This interaction failed".
    Failed,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The account.
    pub id: Snowflake,
    /// Its name.
    pub name: String,
    /// Whether it is the bot.
    pub bot: bool,
}

/// A file on a message, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFile {
    /// The attachment.
    pub id: Snowflake,
    /// Its name as Discord cleaned it.
    pub filename: String,
    /// Derived from the name.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// A signed link that expires.
    pub url: String,
    /// The alternative text.
    pub description: Option<String>,
    /// Pixels, for pictures.
    pub width: Option<u32>,
    /// Pixels, for pictures.
    pub height: Option<u32>,
}

/// One thing that people (or one person) saw happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelEvent {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When, by the world's clock.
    pub at_ms: u64,
    /// What.
    pub event: Change,
    /// Where.
    pub channel_id: Snowflake,
    /// Which message; a failure before any message has none.
    pub message_id: Option<Snowflake>,
    /// Who wrote it.
    pub author: Author,
    /// Whether only one person sees it.
    pub ephemeral: bool,
    /// That person.
    pub only_for: Option<Snowflake>,
    /// Whether it says "is thinking…".
    pub loading: bool,
    /// The text.
    pub content: String,
    /// The embeds.
    pub embeds: Vec<Value>,
    /// The components.
    pub components: Vec<Value>,
    /// Users whom it mentions and may mention.
    pub mentions: Vec<Snowflake>,
    /// Whether it was sent so that nobody is notified.
    pub silent: bool,
    /// The files.
    pub attachments: Vec<SeenFile>,
    /// The interaction it answers.
    pub interaction_id: Option<Snowflake>,
    /// The message it replies to.
    pub reference: Option<Snowflake>,
}

impl ChannelEvent {
    pub(crate) fn of(state: &State, now_ms: u64, change: Change, message: &Message) -> Self {
        let attachments = message
            .attachments
            .iter()
            .filter_map(|id| state.attachments.get(*id))
            .map(|file| SeenFile {
                id: file.id,
                filename: file.filename.clone(),
                content_type: file.content_type.clone(),
                size: file.bytes.len() as u64,
                url: state.signer.link(file, state.application, now_ms),
                description: file.description.clone(),
                width: file.pixels.map(|(width, _)| width),
                height: file.pixels.map(|(_, height)| height),
            })
            .collect();
        Self {
            seq: state.events.next_seq(),
            at_ms: now_ms,
            event: change,
            channel_id: message.channel,
            message_id: Some(message.id),
            author: author(state, message.author),
            ephemeral: message.is_ephemeral(),
            only_for: message.only_for,
            loading: message.is_loading(),
            content: message.content.clone(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            mentions: message.mentions.users.clone(),
            silent: message.flags & super::message::SUPPRESS_NOTIFICATIONS != 0,
            attachments,
            interaction_id: message.interaction,
            reference: message.reference,
        }
    }

    pub(crate) fn of_failure(state: &State, now_ms: u64, interaction: &Interaction) -> Self {
        let notice = match interaction.kind {
            InteractionKind::Command => "The application did not respond",
            InteractionKind::Component | InteractionKind::Autocomplete => "This interaction failed",
            InteractionKind::Modal => "Something went wrong. Try again.",
        };
        Self {
            seq: state.events.next_seq(),
            at_ms: now_ms,
            event: Change::Failed,
            channel_id: interaction.channel,
            message_id: interaction.original,
            author: author(state, state.application),
            ephemeral: interaction.ephemeral || interaction.original.is_none(),
            only_for: Some(interaction.user),
            loading: false,
            content: notice.to_owned(),
            embeds: Vec::new(),
            components: Vec::new(),
            mentions: Vec::new(),
            silent: false,
            attachments: Vec::new(),
            interaction_id: Some(interaction.id),
            reference: None,
        }
    }
}

fn author(state: &State, id: Snowflake) -> Author {
    let user = state.users.get(&id);
    Author {
        id,
        name: user.map(|user| user.name.clone()).unwrap_or_default(),
        bot: user.is_some_and(|user| user.bot),
    }
}
