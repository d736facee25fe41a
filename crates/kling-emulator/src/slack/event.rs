//! What people see happen, one event after another.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most events kept; older ones are forgotten. Enough for hours of a busy demo.
const KEPT: usize = 20_000;

/// What happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A message appeared.
    #[default]
    Message,
    /// A message changed.
    Edit,
    /// A message went away.
    Delete,
    /// A message that only one person sees appeared.
    Ephemeral,
    /// A modal was opened, pushed, changed or closed, or shows errors.
    View,
    /// The home tab changed.
    Home,
    /// Somebody sees that something failed.
    Failed,
}

/// What happened to a modal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ViewChange {
    /// It is the first of a stack.
    Opened,
    /// It lies on another.
    Pushed,
    /// It shows something else.
    Updated,
    /// It went away.
    Closed,
    /// It shows errors beside its fields.
    Errors,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The account.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the bot.
    pub bot: bool,
}

/// A file on a message, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFile {
    /// The file.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is, by its content.
    pub mimetype: String,
    /// Bytes.
    pub size: usize,
    /// The alternative text.
    pub alt_txt: Option<String>,
    /// Where somebody who is signed in finds it; the control route `files/{id}` needs no token.
    pub url: String,
}

/// One thing that people (or one person) saw happen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeenEvent {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When, by the world's clock.
    pub at_ms: u64,
    /// What.
    pub event: Change,
    /// In which workspace.
    pub team_id: String,
    /// In which conversation; modals and the home tab are in none.
    pub channel_id: Option<String>,
    /// Which message.
    pub ts: Option<String>,
    /// The message it answers in a thread.
    pub thread_ts: Option<String>,
    /// Whether a threaded message shows in the channel as well.
    pub broadcast: bool,
    /// Who wrote it.
    pub author: Option<Author>,
    /// The one person who sees it.
    pub only_for: Option<String>,
    /// The text; the sentence of a failure.
    pub text: String,
    /// The blocks, ids filled in.
    pub blocks: Vec<Value>,
    /// Secondary attachments.
    pub attachments: Vec<Value>,
    /// The files.
    pub files: Vec<SeenFile>,
    /// Who is notified: user ids, and `!channel`, `!here`, `!everyone`.
    pub notified: Vec<String>,
    /// The hidden marker.
    pub metadata: Option<Value>,
    /// The modal or home tab as it is now, with `state`.
    pub view: Option<Value>,
    /// What happened to the modal.
    pub view_change: Option<ViewChange>,
    /// What a submission was refused with, by block.
    pub errors: Option<Value>,
    /// Slack's word for a failure: `operation_timeout`, `dispatch_failed`, …
    pub error: Option<String>,
    /// The delivery that this answers, where Slack knows it.
    pub delivery: Option<u64>,
}

/// Events in the order of their numbers, which have no gaps.
#[derive(Debug, Default)]
pub(crate) struct History {
    events: VecDeque<SeenEvent>,
    last: u64,
}

impl History {
    /// Adds an event with the next number.
    pub(crate) fn push(&mut self, now_ms: u64, event: SeenEvent) {
        self.last += 1;
        self.events.push_back(SeenEvent {
            seq: self.last,
            at_ms: now_ms,
            ..event
        });
        if self.events.len() > KEPT {
            self.events.pop_front();
        }
    }

    /// The events with a number above `after`, oldest first.
    pub(crate) fn after(&self, after: u64) -> impl Iterator<Item = &SeenEvent> {
        let first = self.events.partition_point(|event| event.seq <= after);
        self.events.range(first..)
    }
}
