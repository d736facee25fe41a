//! The transcript for people: who says what, and of a message that changes only what is new.

use std::collections::HashMap;

use kling_bot::Mark;
use kling_emulator::discord::{CHANNEL, Change, ChannelEvent, Discord, Snowflake};
use serde_json::Value;

use super::folder::{Folder, Saved};
use super::words::readable;

/// What a button is called by Discord's numbers.
const BUTTON: u64 = 2;

/// What stands on the page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The message that was shown last: what follows of it needs no name again.
    last: Option<Snowflake>,
    /// The lines of each message as they were shown.
    lines: HashMap<Snowflake, Vec<String>>,
}

impl Page {
    /// What ada typed.
    pub(super) fn typed(&mut self, line: &str) -> String {
        self.last = None;
        format!("  ada\n    {line}\n")
    }

    /// What there is to say of an event; nothing when nothing changed that people see.
    pub(super) fn show(
        &mut self,
        event: &ChannelEvent,
        discord: &Discord,
        folder: &Folder,
    ) -> String {
        let lines = lines(event, discord, folder);
        let known = event
            .message_id
            .and_then(|id| self.lines.insert(id, lines.clone()));
        let goes_on = event.message_id.is_some() && self.last == event.message_id;
        self.last = event.message_id;
        let fresh: Vec<String> = match (event.event, known) {
            (Change::Delete, known) => {
                let first = known.and_then(|lines| lines.into_iter().next());
                vec![format!("(deleted: {})", first.unwrap_or_default())]
            }
            (Change::Edit, Some(known)) if goes_on => lines
                .into_iter()
                .filter(|line| !known.contains(line))
                .collect(),
            (Change::Message | Change::Edit | Change::Failed, _) => lines,
        };
        let mut text = String::new();
        if !goes_on {
            text = format!("  {}\n", speaker(event, discord));
        }
        let is_progress = Mark::of(&event.content) == Some(Mark::Progress);
        let fresh = match (is_progress, goes_on) {
            (true, true) => joined(fresh),
            // Another message was shown between: one line, with the quotation that tells which this is.
            (true, false) => vec![fresh.join("   ")],
            (false, _) => fresh,
        };
        for line in fresh {
            text.extend(["    ", &line, "\n"]);
        }
        text
    }
}

/// Progress in one line, so that many steps stay short; quotations keep lines of their own.
fn joined(fresh: Vec<String>) -> Vec<String> {
    let (quoted, said): (Vec<String>, Vec<String>) =
        fresh.into_iter().partition(|line| line.starts_with('>'));
    let said = Some(said.join("   ")).filter(|said| !said.is_empty());
    said.into_iter().chain(quoted).collect()
}

/// Who says it, to whom, and where, unless that is everybody in the usual channel.
fn speaker(event: &ChannelEvent, discord: &Discord) -> String {
    let mut speaker = event.author.name.clone();
    if event.channel_id != CHANNEL
        && let Some(channel) = discord.channel_name(event.channel_id)
    {
        speaker.extend([" in ", &channel]);
    }
    if event.ephemeral {
        let reader = event.only_for.and_then(|user| discord.user_name(user));
        let reader = reader.unwrap_or_else(|| "one person".to_owned());
        speaker.extend([" (only ", &reader, " can see this)"]);
    }
    speaker
}

/// A message line by line: its words, its files, its buttons.
fn lines(event: &ChannelEvent, discord: &Discord, folder: &Folder) -> Vec<String> {
    if event.loading {
        return vec!["is thinking …".to_owned()];
    }
    let name_of = |user| discord.user_name(user);
    let words = readable(&event.content, event.at_ms, &name_of);
    let mut lines: Vec<String> = words.lines().map(str::to_owned).collect();
    for file in &event.attachments {
        let pixels = match (file.width, file.height) {
            (Some(width), Some(height)) => format!(", {width}×{height}"),
            (Some(_) | None, Some(_) | None) => String::new(),
        };
        let size = file.size.div_ceil(1000);
        let saved = match folder.saved(file.id) {
            Some(Saved::At(path)) => format!(" saved as {}", path.display()),
            Some(Saved::Nowhere(why)) => format!(" NOT SAVED: {why}"),
            None => String::new(),
        };
        lines.push(format!("[{}{pixels}, {size} kB]{saved}", file.filename));
    }
    let mut buttons = Vec::new();
    for component in &event.components {
        collect_buttons(component, &mut buttons);
    }
    if !buttons.is_empty() {
        let message = event.message_id.unwrap_or_default();
        lines.push(format!("{}  (message {message})", buttons.join(" ")));
    }
    lines
}

fn collect_buttons(component: &Value, buttons: &mut Vec<String>) {
    if component["type"].as_u64() == Some(BUTTON) {
        let label = component["label"].as_str().unwrap_or("?");
        buttons.push(format!("( {label} )"));
    }
    for inner in component["components"].as_array().into_iter().flatten() {
        collect_buttons(inner, buttons);
    }
}
