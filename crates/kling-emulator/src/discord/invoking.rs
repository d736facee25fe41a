//! How a use of a command becomes an interaction, checked as a client checks it.

use serde_json::{Map, Value, json};

use super::command_rules::kind;
use super::commands::Command;
use super::interaction::{Deed, InteractionKind};
use super::message::Attachment;
use super::option_checks::{self, fits};
use super::people::Channel;
use super::permission;
use super::person::{Invocation, NotSent};
use super::snowflake::Snowflake;
use super::state::State;

/// A command found, and the way to its leaf.
struct Found {
    command: Command,
    /// Sub-command group and sub-command, each with its type.
    path: Vec<(u64, String)>,
    /// The leaf's options.
    options: Vec<Value>,
}

impl State {
    /// Where somebody is, if they are there.
    pub(crate) fn whereabouts(
        &self,
        user: &str,
        channel: &str,
        guild: Option<&str>,
    ) -> Result<(Snowflake, Channel), NotSent> {
        let Some(user) = self.find_user(user) else {
            return NotSent::because(format!("there is no user {user}"));
        };
        let guild = guild
            .and_then(|guild| self.find_guild(guild))
            .map(|guild| guild.id);
        let name = channel.trim_start_matches('#');
        let found = self.channels.values().find(|known| {
            (known.name == name || known.id.to_string() == name)
                && (guild.is_none() || known.guild == guild)
        });
        let Some(found) = found else {
            return NotSent::because(format!("there is no channel {channel}"));
        };
        let is_there = match self.guild_of(found.id) {
            Some(guild) => guild.members.contains_key(&user.id),
            None => found.recipient == Some(user.id),
        };
        if !is_there {
            return NotSent::because(format!("{} is not in {channel}", user.name));
        }
        Ok((user.id, found.clone()))
    }

    /// Uses a command. `focused` names the option that is being typed, for autocompletion.
    pub(crate) fn invoke(
        &mut self,
        now_ms: u64,
        given: Invocation,
        focused: Option<&str>,
    ) -> Result<(Snowflake, usize), NotSent> {
        let (user, channel) =
            self.whereabouts(&given.user, &given.channel, given.guild.as_deref())?;
        let found = self.find_command(&channel, &given.command)?;
        self.may_use(user, &channel, &found.command)?;
        let file_bytes = given
            .attachment_size_limit
            .unwrap_or(self.file_bytes(channel.id));
        option_checks::check(&found.options, &given, focused, file_bytes)?;

        let mut resolved = Map::new();
        let mut options = Vec::new();
        for (name, value) in &given.options {
            let Some(option) = found.options.iter().find(|option| option["name"] == **name) else {
                continue;
            };
            let number = option["type"].as_u64().unwrap_or(kind::STRING);
            let is_focused = focused == Some(name.as_str());
            let value = if is_focused {
                json!(
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                )
            } else {
                self.resolve(&channel, number, value, &mut resolved)?
            };
            let mut entry = json!({"name": name, "type": number, "value": value});
            if is_focused {
                entry["focused"] = json!(true);
            }
            options.push(entry);
        }
        for (name, file) in given.files {
            let id = self.mint.make(now_ms);
            let file = Attachment::take(id, channel.id, file, true);
            put(
                &mut resolved,
                "attachments",
                id,
                self.attachment_json(now_ms, &file),
            );
            self.attachments.put(file);
            options.push(json!({"name": name, "type": kind::ATTACHMENT, "value": id}));
        }

        let mut data = json!({
            "id": found.command.id,
            "name": found.command.name(),
            "type": found.command.kind(),
        });
        let command_type = u8::try_from(found.command.kind()).unwrap_or(1);
        if command_type == 1 {
            data["options"] = nest(&found.path, &json!(options));
        } else {
            self.point(
                now_ms,
                &channel,
                command_type,
                given.target.as_deref(),
                &mut data,
                &mut resolved,
            )?;
        }
        if let Some(guild) = found.command.guild {
            data["guild_id"] = json!(guild);
        }
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
        let interaction_kind = match focused {
            Some(_) => InteractionKind::Autocomplete,
            None => InteractionKind::Command,
        };
        let name = std::iter::once(found.command.name())
            .chain(found.path.iter().map(|(_, name)| name.as_str()))
            .collect::<Vec<_>>()
            .join(" ");
        Ok(self.interact(
            now_ms,
            Deed {
                kind: interaction_kind,
                command_type,
                name,
                user,
                channel: channel.id,
                data,
                source: None,
                locale: given.locale,
                file_bytes: given.attachment_size_limit,
                app_permissions: given.app_permissions,
                user_installed: given.user_installed,
            },
        ))
    }

    /// Finds a command by what was typed; the guild's own come before the global ones.
    fn find_command(&self, channel: &Channel, typed: &str) -> Result<Found, NotSent> {
        let typed = typed.trim().trim_start_matches('/');
        let offered = |wanted: &dyn Fn(&Command) -> bool| {
            let mut hits: Vec<&Command> = self
                .commands
                .values()
                .filter(|command| command.guild.is_none() || command.guild == channel.guild)
                .filter(|command| wanted(command))
                .collect();
            hits.sort_by_key(|command| command.guild.is_none());
            hits.first().map(|command| (*command).clone())
        };
        if let Some(command) = offered(&|command| command.kind() != 1 && command.name() == typed) {
            return Ok(Found {
                command,
                path: Vec::new(),
                options: Vec::new(),
            });
        }
        let mut words = typed.split_whitespace();
        let name = words.next().unwrap_or_default();
        let Some(command) = offered(&|command| command.kind() == 1 && command.name() == name)
        else {
            return NotSent::because(format!("there is no command /{typed}"));
        };
        let mut path = Vec::new();
        let mut options = list(command.body.get("options"));
        for word in words {
            let Some(step) = options
                .iter()
                .find(|option| option["name"] == *word && is_sub(option))
            else {
                return NotSent::because(format!("there is no command /{typed}"));
            };
            path.push((step["type"].as_u64().unwrap_or_default(), word.to_owned()));
            options = list(step.get("options"));
        }
        if options.iter().any(is_sub) {
            return NotSent::because(format!("/{typed} needs a sub-command"));
        }
        Ok(Found {
            command,
            path,
            options,
        })
    }

    /// Whether the client shows the command to this person here.
    fn may_use(
        &self,
        user: Snowflake,
        channel: &Channel,
        command: &Command,
    ) -> Result<(), NotSent> {
        let name = command.name();
        let context = u64::from(channel.guild.is_none());
        if let Some(contexts) = command.body.get("contexts").and_then(Value::as_array)
            && !contexts.iter().any(|known| known.as_u64() == Some(context))
        {
            return NotSent::because(format!("{name} is not offered in this kind of channel"));
        }
        if command.body.get("nsfw") == Some(&json!(true))
            && channel.guild.is_some()
            && !channel.nsfw
        {
            return NotSent::because(format!("{name} is for age-restricted channels"));
        }
        let Some(guild) = self.guild_of(channel.id) else {
            return Ok(());
        };
        let held = guild.permissions(user);
        let wanted = command
            .body
            .get("default_member_permissions")
            .and_then(Value::as_str)
            .and_then(|bits| bits.parse::<u64>().ok());
        let allowed = match wanted {
            None => permission::holds(held, permission::USE_APPLICATION_COMMANDS),
            // Zero is for administrators only.
            Some(0) => held & permission::ADMINISTRATOR != 0,
            Some(bits) => permission::holds(held, bits),
        };
        if allowed {
            Ok(())
        } else {
            NotSent::because(format!("the person may not use {name}"))
        }
    }

    /// An option's value as it is sent, and what it stands for.
    fn resolve(
        &self,
        channel: &Channel,
        number: u64,
        value: &Value,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, NotSent> {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let guild = self.guild_of(channel.id);
        if matches!(number, kind::USER | kind::MENTIONABLE)
            && let Some(user) = self.find_user(&text)
        {
            put(resolved, "users", user.id, user.json());
            if let Some(guild) = guild.filter(|guild| guild.members.contains_key(&user.id)) {
                put(resolved, "members", user.id, guild.partial_member(user.id));
            }
            return Ok(json!(user.id));
        }
        if matches!(number, kind::ROLE | kind::MENTIONABLE)
            && let Some(role) = guild.and_then(|guild| guild.role(&text))
        {
            put(resolved, "roles", role.id, role.json(1));
            return Ok(json!(role.id));
        }
        if number == kind::CHANNEL
            && let Some(found) = self.find_channel(&text)
        {
            let mut json = self.channel_json(found.id);
            json["permissions"] = json!(permission::MEMBER.to_string());
            put(resolved, "channels", found.id, json);
            return Ok(json!(found.id));
        }
        if matches!(number, kind::USER..=kind::MENTIONABLE) {
            return NotSent::because(format!("nobody and nothing here is called {text}"));
        }
        Ok(value.clone())
    }

    /// Points a context menu at its target.
    fn point(
        &self,
        now_ms: u64,
        channel: &Channel,
        command_type: u8,
        target: Option<&str>,
        data: &mut Value,
        resolved: &mut Map<String, Value>,
    ) -> Result<(), NotSent> {
        let Some(target) = target else {
            return NotSent::because("a context menu is opened on something");
        };
        if command_type == 2 {
            let id = self.resolve(channel, kind::USER, &json!(target), resolved)?;
            data["target_id"] = id;
            return Ok(());
        }
        let message = Snowflake::parse(target)
            .and_then(|id| self.messages.get(&id))
            .filter(|message| message.channel == channel.id && !message.is_ephemeral());
        let Some(message) = message else {
            return NotSent::because(format!("there is no message {target} here"));
        };
        put(
            resolved,
            "messages",
            message.id,
            self.message_json(now_ms, message),
        );
        data["target_id"] = json!(message.id);
        Ok(())
    }

    /// Whether files fit a limit; for modals.
    pub(crate) fn file_fits(bytes: usize, limit: u64, name: &str) -> Result<(), NotSent> {
        fits(bytes, limit, name)
    }
}

fn is_sub(option: &Value) -> bool {
    matches!(
        option["type"].as_u64(),
        Some(kind::SUB_COMMAND | kind::SUB_COMMAND_GROUP)
    )
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

pub(super) fn put(resolved: &mut Map<String, Value>, shelf: &str, id: Snowflake, value: Value) {
    let shelf = resolved.entry(shelf).or_insert_with(|| json!({}));
    shelf[id.to_string()] = value;
}

/// Puts the leaf's options below its group and sub-command.
fn nest(path: &[(u64, String)], options: &Value) -> Value {
    path.iter().rev().fold(
        options.clone(),
        |inner, (kind, name)| json!([{"type": kind, "name": name, "options": inner}]),
    )
}
