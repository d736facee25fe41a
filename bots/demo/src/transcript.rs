//! The channel as it grows: printed for people or as JSON, its pictures saved.

mod folder;
mod page;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use kling_bot::Mark;
use kling_emulator::discord::{Change, ChannelEvent, Discord};
use serde_json::json;

use self::folder::{Folder, Saved};
use self::page::Page;
use crate::invocation::BadUsage;

/// How a command ended, as far as the channel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The result is posted.
    Posted,
    /// A failure or a refusal is shown.
    Failed,
}

/// Prints events and saves what is attached to them.
#[derive(Debug)]
pub(crate) struct Transcript {
    folder: Folder,
    /// What people read; with `--json` there is none.
    page: Option<Page>,
    /// The number of the last event shown.
    seen: u64,
}

impl Transcript {
    /// Pictures go into `folder`, which is made.
    pub(crate) fn new(folder: &Path, json: bool) -> Result<Self, BadUsage> {
        let folder = Folder::make(folder).map_err(|error| BadUsage(format!("{error:#}")))?;
        Ok(Self {
            folder,
            page: (!json).then(Page::default),
            seen: 0,
        })
    }

    /// Where pictures go.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the demo's own beside the pictures.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
        self.folder.keep(name, bytes)
    }

    /// The next event that was not shown yet.
    pub(crate) async fn next(&self, discord: &Discord, patience: Duration) -> Option<ChannelEvent> {
        let seen = self.seen;
        discord
            .wait_for_event(|event| event.seq > seen, patience)
            .await
    }

    /// Shows what is there and was not shown yet.
    pub(crate) fn show_new(
        &mut self,
        discord: &Discord,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        for event in discord.events(self.seen) {
            self.show(discord, &event, out)?;
        }
        Ok(())
    }

    /// Shows one event.
    pub(crate) fn show(
        &mut self,
        discord: &Discord,
        event: &ChannelEvent,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        self.seen = event.seq;
        if event.author.bot && event.event != Change::Delete {
            for file in &event.attachments {
                self.folder.save(file, discord.file(file.id));
            }
        }
        let text = match &mut self.page {
            Some(page) => page.show(event, discord, &self.folder),
            None => as_json(event, &self.folder),
        };
        write(out, &text)
    }

    /// Shows people what ada typed.
    pub(crate) fn typed(&mut self, line: &str, out: &mut impl Write) -> anyhow::Result<()> {
        match &mut self.page {
            Some(page) => write(out, &page.typed(line)),
            None => Ok(()),
        }
    }

    /// Tells people something that is not in the channel.
    pub(crate) fn aside(&self, text: &str) -> anyhow::Result<()> {
        match &self.page {
            Some(_) => write(&mut std::io::stdout(), &format!("{text}\n")),
            None => Ok(()),
        }
    }

    /// Fails when a picture could not be saved.
    pub(crate) fn unsaved(&self) -> anyhow::Result<()> {
        match self.folder.problems().next() {
            Some(problem) => bail!("{problem}"),
            None => Ok(()),
        }
    }
}

fn write(out: &mut impl Write, text: &str) -> anyhow::Result<()> {
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("the transcript cannot be written")
}

/// One line. What Discord's own client shows without any message (`failed`) is the message that was to
/// come, or the change of the one that stands.
fn as_json(event: &ChannelEvent, folder: &Folder) -> String {
    let attachments: Vec<_> = event
        .attachments
        .iter()
        .map(|file| {
            let path = match folder.saved(file.id) {
                Some(Saved::At(path)) => Some(path),
                Some(Saved::Nowhere(_)) | None => None,
            };
            json!({
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "path": path,
                "description": file.description,
            })
        })
        .collect();
    let is_failed = event.event == Change::Failed;
    let change = match event.event {
        Change::Failed if event.message_id.is_some() => Change::Edit,
        Change::Failed => Change::Message,
        Change::Message | Change::Edit | Change::Delete => event.event,
    };
    let line = json!({
        "event": change,
        "message_id": event.message_id,
        "author": event.author.name,
        "ephemeral": event.ephemeral,
        "content": event.content,
        "attachments": attachments,
        "channel_id": event.channel_id,
        "loading": event.loading,
        "failed": is_failed,
        "mentions": event.mentions,
        "interaction_id": event.interaction_id,
        "at_ms": event.at_ms,
    });
    format!("{line}\n")
}

/// What an event says about how a command ended; `None` while it goes on.
pub(crate) fn outcome(event: &ChannelEvent) -> Option<Outcome> {
    if !event.author.bot {
        return None;
    }
    match event.event {
        Change::Failed => Some(Outcome::Failed),
        Change::Delete => None,
        Change::Message | Change::Edit => match Mark::of(&event.content)? {
            Mark::Progress => None,
            Mark::Done => (!event.attachments.is_empty()).then_some(Outcome::Posted),
            Mark::Failed | Mark::Refused | Mark::Unconfirmed | Mark::Cancelled => {
                Some(Outcome::Failed)
            }
        },
    }
}
