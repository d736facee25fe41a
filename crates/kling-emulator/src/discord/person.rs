//! The person's side: what somebody at a Discord client does.

use std::fmt;

use serde_json::Value;

use super::message::FileIn;
use super::snowflake::Snowflake;

/// A slash command or a context menu, as a person uses it.
///
/// Users, channels, guilds and roles are named, or given by id.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Who; `ada` unless said otherwise.
    pub user: String,
    /// Where; `pictures` unless said otherwise. A direct channel is `@` and the person's name.
    pub channel: String,
    /// The guild, where two have a channel of that name.
    pub guild: Option<String>,
    /// The command, with its sub-commands after it: `imagine`, `kling video`, `Use as reference`.
    pub command: String,
    /// What was typed or chosen for each option.
    pub options: Vec<(String, Value)>,
    /// What was put into the attachment options.
    pub files: Vec<(String, FileIn)>,
    /// The user or message (by id) that a context menu was opened on.
    pub target: Option<String>,
    /// The person's language.
    pub locale: String,
    /// Bytes of one file, for this interaction; the guild's limit unless said otherwise.
    pub attachment_size_limit: Option<u64>,
    /// What the interaction says the bot may do here; what it really may unless said otherwise.
    pub app_permissions: Option<u64>,
    /// Whether the person brought the app along, and the guild has not installed it.
    pub user_installed: bool,
}

impl Invocation {
    /// `command` by ada in pictures, with nothing filled in.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            user: "ada".to_owned(),
            channel: "pictures".to_owned(),
            guild: None,
            command: command.into(),
            options: Vec::new(),
            files: Vec::new(),
            target: None,
            locale: "en-US".to_owned(),
            attachment_size_limit: None,
            app_permissions: None,
            user_installed: false,
        }
    }

    /// The same by somebody else.
    #[must_use]
    pub fn by(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// The same somewhere else.
    #[must_use]
    pub fn in_channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = channel.into();
        self
    }

    /// The same with an option filled in.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.push((name.into(), value.into()));
        self
    }

    /// The same with a file in an attachment option.
    #[must_use]
    pub fn file(mut self, option: impl Into<String>, file: FileIn) -> Self {
        self.files.push((option.into(), file));
        self
    }

    /// The same on a user or a message.
    #[must_use]
    pub fn on(mut self, target: Snowflake) -> Self {
        self.target = Some(target.to_string());
        self
    }
}

/// A button that is pressed, or a menu in which something is chosen.
#[derive(Clone, Debug)]
pub struct Press {
    /// Who.
    pub user: String,
    /// The message.
    pub message: Snowflake,
    /// The component.
    pub custom_id: String,
    /// What was chosen; nothing for a button.
    pub values: Vec<String>,
    /// The person's language.
    pub locale: String,
}

impl Press {
    /// ada presses a button.
    pub fn new(message: Snowflake, custom_id: impl Into<String>) -> Self {
        Self {
            user: "ada".to_owned(),
            message,
            custom_id: custom_id.into(),
            values: Vec::new(),
            locale: "en-US".to_owned(),
        }
    }

    /// The same by somebody else.
    #[must_use]
    pub fn by(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }
}

/// A modal that is sent.
#[derive(Clone, Debug, Default)]
pub struct ModalSubmit {
    /// The interaction that was answered with the modal.
    pub interaction: Snowflake,
    /// Field by field, by `custom_id`. A field that is not named keeps what it held.
    pub values: Vec<(String, Vec<String>)>,
    /// Files for the upload fields.
    pub files: Vec<(String, FileIn)>,
}

/// How far the answer to an interaction has come.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Answered {
    /// The interaction.
    pub id: Snowflake,
    /// The type of the first answer, once there is one.
    pub callback: Option<u8>,
    /// Whether the person saw "The application did not respond".
    pub failed: bool,
    /// Whether the answer is for the person alone.
    pub ephemeral: bool,
    /// `@original`.
    pub message_id: Option<Snowflake>,
    /// Follow-ups, in order.
    pub follow_ups: Vec<Snowflake>,
    /// What an autocompletion offers.
    pub choices: Vec<Value>,
    /// The modal that the person sees.
    pub modal: Option<Value>,
}

/// What a Discord client would not have sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSent(pub String);

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotSent {}

impl NotSent {
    pub(crate) fn because<T>(why: impl Into<String>) -> Result<T, Self> {
        Err(Self(why.into()))
    }
}
