//! The person's side: what somebody at a Slack client does.

use std::fmt;

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A file as somebody hands it over.
#[derive(Clone, Debug, Default)]
pub struct FileIn {
    /// Its name.
    pub filename: String,
    /// What is in it.
    pub bytes: Bytes,
    /// Whether it comes from another organisation (Slack Connect).
    pub foreign: bool,
}

impl FileIn {
    /// A file of this workspace.
    pub fn new(filename: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            filename: filename.into(),
            bytes: bytes.into(),
            foreign: false,
        }
    }

    /// The same from another organisation: payloads say `check_file_info` of it.
    #[must_use]
    pub fn foreign(self) -> Self {
        Self {
            foreign: true,
            ..self
        }
    }
}

/// A slash command. Users and channels are named, or given by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Command {
    /// Who.
    pub user: String,
    /// Where; a direct conversation is `@` and the person's name.
    pub channel: String,
    /// The command.
    pub command: String,
    /// What comes behind it.
    pub text: String,
    /// The thread it is typed in, where no command works.
    pub thread_ts: Option<String>,
}

impl Default for Command {
    fn default() -> Self {
        Self {
            user: "ada".to_owned(),
            channel: "pictures".to_owned(),
            command: "/kling".to_owned(),
            text: String::new(),
            thread_ts: None,
        }
    }
}

impl Command {
    /// `/kling` and a text, by ada in pictures.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
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
}

/// A shortcut: on a message where there is one, else a global one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shortcut {
    /// Who.
    #[serde(default = "ada")]
    pub user: String,
    /// Its `callback_id`.
    pub callback_id: String,
    /// The channel and `ts` of the message.
    #[serde(default)]
    pub message: Option<(String, String)>,
}

impl Shortcut {
    /// A global shortcut, by ada.
    pub fn global(callback_id: impl Into<String>) -> Self {
        Self {
            user: ada(),
            callback_id: callback_id.into(),
            message: None,
        }
    }

    /// A shortcut on a message, by ada.
    pub fn on_message(
        callback_id: impl Into<String>,
        channel: impl Into<String>,
        ts: impl Into<String>,
    ) -> Self {
        Self {
            message: Some((channel.into(), ts.into())),
            ..Self::global(callback_id)
        }
    }

    /// The same by somebody else.
    #[must_use]
    pub fn by(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }
}

/// A message that somebody writes. `@kling` and `@grace` become mentions.
#[derive(Clone, Debug, Default)]
pub struct Say {
    /// Who.
    pub user: String,
    /// Where.
    pub channel: String,
    /// What.
    pub text: String,
    /// The thread it answers in.
    pub thread_ts: Option<String>,
    /// The files on it.
    pub files: Vec<FileIn>,
    /// Whether it was typed in the dialog for sharing a file: then a mention reaches the bot as `message` only.
    pub in_share_dialog: bool,
}

impl Say {
    /// A text by ada in pictures.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            user: ada(),
            channel: "pictures".to_owned(),
            text: text.into(),
            ..Self::default()
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

    /// The same in a thread.
    #[must_use]
    pub fn in_thread(mut self, ts: impl Into<String>) -> Self {
        self.thread_ts = Some(ts.into());
        self
    }

    /// The same with one more file.
    #[must_use]
    pub fn file(mut self, file: FileIn) -> Self {
        self.files.push(file);
        self
    }
}

/// What an element is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// A message: its channel and `ts`.
    Message(String, String),
    /// A modal or a home tab.
    View(String),
}

/// Somebody presses, chooses, or types into an element.
///
/// `value` is null for a button; for the rest a text (of a field, of an option's value, a date, a name of a user or
/// channel) or a list of such.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    /// Who.
    #[serde(default = "ada")]
    pub user: String,
    /// On what.
    pub on: On,
    /// The element's `action_id`, its block's id, or both with a slash.
    pub action: String,
    /// What is chosen or typed.
    #[serde(default)]
    pub value: Value,
}

impl Press {
    /// ada presses a button of a message.
    pub fn message(
        channel: impl Into<String>,
        ts: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self {
            user: ada(),
            on: On::Message(channel.into(), ts.into()),
            action: action.into(),
            value: Value::Null,
        }
    }

    /// ada presses a button of a modal or a home tab.
    pub fn view(view: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            user: ada(),
            on: On::View(view.into()),
            action: action.into(),
            value: Value::Null,
        }
    }

    /// The same with something chosen or typed.
    #[must_use]
    pub fn with(mut self, value: impl Into<Value>) -> Self {
        self.value = value.into();
        self
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
pub struct Submit {
    /// The modal.
    pub view: String,
    /// What is entered in which field. A field that is not named keeps what it held.
    pub values: Vec<(String, Value)>,
    /// Files for the file inputs.
    pub files: Vec<(String, FileIn)>,
}

impl Submit {
    /// A modal as it stands.
    pub fn new(view: impl Into<String>) -> Self {
        Self {
            view: view.into(),
            ..Self::default()
        }
    }

    /// The same with something entered.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.values.push((field.into(), value.into()));
        self
    }

    /// The same with one more file.
    #[must_use]
    pub fn file(mut self, field: impl Into<String>, file: FileIn) -> Self {
        self.files.push((field.into(), file));
        self
    }
}

/// What a Slack client would not have sent, and why.
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

fn ada() -> String {
    "ada".to_owned()
}
