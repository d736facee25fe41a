//! The channel as it grows: printed for people or as JSON, its pictures saved.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kling_bot::Mark;
use kling_emulator::discord::{Change, ChannelEvent, Discord, SeenFile, Snowflake};
use serde_json::json;

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
    folder: PathBuf,
    json: bool,
    saved: BTreeMap<Snowflake, PathBuf>,
}

impl Transcript {
    pub(crate) fn new(folder: &Path, json: bool) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
            json,
            saved: BTreeMap::new(),
        })
    }

    /// Shows one event.
    pub(crate) fn show(
        &mut self,
        discord: &Discord,
        event: &ChannelEvent,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        if event.author.bot && event.event != Change::Delete {
            for file in &event.attachments {
                self.save(discord, event, file)?;
            }
        }
        if self.json {
            self.as_json(event, out)
        } else {
            self.as_text(event, out)
        }
        .context("the transcript cannot be written")
    }

    fn save(
        &mut self,
        discord: &Discord,
        event: &ChannelEvent,
        file: &SeenFile,
    ) -> anyhow::Result<()> {
        if self.saved.contains_key(&file.id) {
            return Ok(());
        }
        let Some(bytes) = discord.file(file.id) else {
            return Ok(());
        };
        // The name comes from outside; only its last part may choose where the file goes.
        let name = Path::new(&file.filename)
            .file_name()
            .unwrap_or("file".as_ref());
        let mut path = self.folder.join(name);
        if path.exists() {
            let message = event
                .message_id
                .map(|id| id.to_string())
                .unwrap_or_default();
            path = self
                .folder
                .join(format!("{message}-{}", name.to_string_lossy()));
        }
        std::fs::write(&path, &bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        self.saved.insert(file.id, path);
        Ok(())
    }

    fn as_json(&self, event: &ChannelEvent, out: &mut impl Write) -> std::io::Result<()> {
        let attachments: Vec<_> = event
            .attachments
            .iter()
            .map(|file| {
                json!({
                    "filename": file.filename,
                    "content_type": file.content_type,
                    "size": file.size,
                    "path": self.saved.get(&file.id),
                    "description": file.description,
                })
            })
            .collect();
        let line = json!({
            "event": event.event,
            "message_id": event.message_id,
            "author": event.author.name,
            "ephemeral": event.ephemeral,
            "content": event.content,
            "attachments": attachments,
            "channel_id": event.channel_id,
            "loading": event.loading,
            "mentions": event.mentions,
            "interaction_id": event.interaction_id,
            "at_ms": event.at_ms,
        });
        writeln!(out, "{line}")?;
        out.flush()
    }

    fn as_text(&self, event: &ChannelEvent, out: &mut impl Write) -> std::io::Result<()> {
        let name = &event.author.name;
        let aside = if event.ephemeral {
            " (only you can see this)"
        } else {
            ""
        };
        match event.event {
            Change::Delete => return writeln!(out, "  {name}: a message was deleted"),
            Change::Failed => return writeln!(out, "  {name}: {}{aside}", event.content),
            Change::Message if event.loading => {
                return writeln!(out, "  {name} is thinking…{aside}");
            }
            Change::Message | Change::Edit => {}
        }
        let edited = if event.event == Change::Edit {
            " (edited)"
        } else {
            ""
        };
        writeln!(out, "  {name}{edited}{aside}")?;
        for line in event.content.lines() {
            writeln!(out, "    {line}")?;
        }
        for file in &event.attachments {
            let pixels = match (file.width, file.height) {
                (Some(width), Some(height)) => format!(", {width}×{height}"),
                _ => String::new(),
            };
            write!(
                out,
                "    [{}{pixels}, {} kB]",
                file.filename,
                file.size.div_ceil(1000)
            )?;
            match self.saved.get(&file.id) {
                Some(path) => writeln!(out, " saved as {}", path.display())?,
                None => writeln!(out)?,
            }
        }
        out.flush()
    }
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
