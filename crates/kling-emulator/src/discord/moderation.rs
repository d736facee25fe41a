//! What tests and moderators do to the world.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bucket::RateLimits;
use super::default_world;
use super::event::{Change, ChannelEvent};
use super::form::{Form, Upload};
use super::gateway::GatewayAct;
use super::message::FileIn;
use super::people::{Role, User};
use super::person::{Answered, NotSent};
use super::post::Origin;
use super::snowflake::Snowflake;
use super::state::State;
use super::{Discord, permission};

impl State {
    /// How far the answer to an interaction has come.
    pub(crate) fn answered(&self, interaction: Snowflake) -> Option<Answered> {
        let known = self.interactions.get(&interaction)?;
        Some(Answered {
            id: known.id,
            callback: known.answer,
            failed: known.failed,
            ephemeral: known.ephemeral,
            message_id: known.original,
            follow_ups: known.follow_ups.clone(),
            choices: known.choices.clone(),
            modal: known.modal.clone(),
        })
    }

    /// Everything that is registered.
    pub(crate) fn all_commands(&self) -> Vec<Value> {
        self.commands
            .values()
            .map(|command| command.json(self.application, true))
            .collect()
    }
}

impl Discord {
    /// A person writes a message. Answers its id.
    ///
    /// # Errors
    ///
    /// When the person is not there, or Discord would refuse the message.
    pub fn say(
        &self,
        user: &str,
        channel: &str,
        content: &str,
        files: Vec<FileIn>,
    ) -> Result<Snowflake, NotSent> {
        let now_ms = self.now_ms();
        let mut state = self.lock();
        let (user, channel) = state.whereabouts(user, channel, None)?;
        let uploads = (0..)
            .zip(files)
            .map(|(index, file)| Upload { index, file })
            .collect();
        let form = Form {
            json: json!({"content": content}),
            uploads,
        };
        let origin = Origin::new(channel.id, user, state.file_bytes(channel.id));
        state
            .post(now_ms, origin, &form.json, &form)
            .map_err(|refusal| NotSent(refusal.message))
    }

    /// What stands in a channel now, oldest first, as `viewer` sees it; `None` sees everything.
    pub fn messages(&self, channel: &str, viewer: Option<&str>) -> Vec<ChannelEvent> {
        let now_ms = self.now_ms();
        let state = self.lock();
        let Some(channel) = state.find_channel(channel).map(|channel| channel.id) else {
            return Vec::new();
        };
        let viewer = viewer.map(|viewer| state.find_user(viewer).map(|user| user.id));
        state
            .messages
            .values()
            .filter(|message| message.channel == channel)
            .filter(|message| {
                viewer.is_none() || message.only_for.is_none() || viewer == Some(message.only_for)
            })
            .map(|message| ChannelEvent::of(&state, now_ms, Change::Message, message))
            .collect()
    }

    /// A moderator deletes a message; false when there is none.
    pub fn delete_message(&self, message: Snowflake) -> bool {
        let now_ms = self.now_ms();
        let mut state = self.lock();
        let is_there = state.messages.contains_key(&message);
        if is_there {
            state.remove_message(now_ms, message);
        }
        is_there
    }

    /// Takes a file from the content network; false when there is none.
    pub fn delete_file(&self, attachment: Snowflake) -> bool {
        self.lock().attachments.take(attachment)
    }

    /// Changes what the bot may do in a channel; false when there is none.
    pub fn set_bot_permissions(&self, channel: &str, bits: u64) -> bool {
        let mut state = self.lock();
        let id = state.find_channel(channel).map(|channel| channel.id);
        let channel = id.and_then(|id| state.channels.get_mut(&id));
        channel
            .map(|channel| channel.bot_permissions = bits)
            .is_some()
    }

    /// Changes a person's roles in a guild; false when person, guild or role is not there.
    pub fn set_roles(&self, user: &str, guild: &str, roles: &[String]) -> bool {
        let mut state = self.lock();
        let user = state.find_user(user).map(|user| user.id);
        let guild = state.find_guild(guild).map(|guild| guild.id);
        let (Some(user), Some(guild)) = (user, guild.and_then(|id| state.guilds.get_mut(&id)))
        else {
            return false;
        };
        let ids: Option<Vec<_>> = roles
            .iter()
            .map(|role| guild.role(role).map(|role| role.id))
            .collect();
        ids.map(|ids| guild.members.insert(user, ids)).is_some()
    }

    /// Changes how large a file the bot may post in a guild; false when there is none.
    pub fn set_file_limit(&self, guild: &str, bytes: u64) -> bool {
        let mut state = self.lock();
        let id = state.find_guild(guild).map(|guild| guild.id);
        let guild = id.and_then(|id| state.guilds.get_mut(&id));
        guild.map(|guild| guild.file_bytes = bytes).is_some()
    }

    /// Opens or shuts a person's direct messages; false when there is no such person.
    pub fn set_takes_messages(&self, user: &str, takes: bool) -> bool {
        let mut state = self.lock();
        let id = state.find_user(user).map(|user| user.id);
        let user = id.and_then(|id| state.users.get_mut(&id));
        user.map(|user| user.takes_messages = takes).is_some()
    }

    /// Kills an interaction's token before its time; false when there is none.
    pub fn expire_token(&self, interaction: Snowflake) -> bool {
        let mut state = self.lock();
        let known = state.interactions.get_mut(&interaction);
        known.map(|known| known.expired = true).is_some()
    }

    /// Makes every link that was given out so far an expired one.
    pub fn expire_links(&self) {
        self.lock().signer.generation += 1;
    }

    /// Sends an interaction's event once more, as a gateway may. Answers how many connections
    /// got it.
    pub fn redeliver(&self, interaction: Snowflake) -> usize {
        let mut state = self.lock();
        let known = state.interactions.get(&interaction);
        let Some((event, guild)) = known.map(|known| (known.event.clone(), known.guild)) else {
            return 0;
        };
        state
            .sessions
            .dispatch("INTERACTION_CREATE", &event, guild, 0)
    }

    /// Does something to the gateway; answers how many connections it touched.
    pub fn gateway(&self, act: GatewayAct) -> usize {
        self.lock().sessions.act(act)
    }

    /// How many gateway sessions have a connection.
    pub fn connections(&self) -> usize {
        self.lock().sessions.connected()
    }

    /// The rate limits in force.
    pub fn rate_limits(&self) -> RateLimits {
        self.lock().buckets.limits.clone()
    }

    /// Replaces the rate limits; what was used so far is forgotten.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        self.lock().buckets.set(limits);
    }

    /// How many invalid requests count towards a ban now.
    pub fn invalid_requests(&self) -> usize {
        self.lock().buckets.invalid_count()
    }

    /// Lets the bot in with another token as well.
    pub fn add_bot_token(&self, token: impl Into<String>) {
        self.lock().bot_tokens.insert(token.into());
    }

    /// A new person, a member of the guild "Kling Studio". Answers their id.
    pub fn add_user(&self, name: &str) -> Snowflake {
        let mut state = self.lock();
        let id = state.mint.make(self.now_ms());
        let name = name.to_owned();
        let user = User {
            id,
            display: name.clone(),
            name,
            bot: false,
            takes_messages: true,
        };
        state.users.insert(id, user);
        if let Some(guild) = state.guilds.get_mut(&default_world::GUILD) {
            guild.members.insert(id, Vec::new());
        }
        id
    }

    /// A new role of a guild. `None` when there is no such guild.
    pub fn add_role(&self, guild: &str, name: &str, permissions: u64) -> Option<Snowflake> {
        let mut state = self.lock();
        let id = state.mint.make(self.now_ms());
        let guild = state.find_guild(guild)?.id;
        let role = Role {
            id,
            name: name.to_owned(),
            permissions,
        };
        state.guilds.get_mut(&guild)?.roles.push(role);
        Some(id)
    }

    /// A new guild with nobody but the bot in it.
    pub fn add_guild(&self, name: &str) -> Snowflake {
        let mut state = self.lock();
        let id = state.mint.make(self.now_ms());
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            permissions: permission::MEMBER,
        };
        let guild = default_world::guild(id, name, vec![everyone], BTreeMap::default());
        state.guilds.insert(id, guild);
        id
    }

    /// A new channel of a guild. `None` when there is no such guild.
    pub fn add_channel(&self, guild: &str, name: &str, nsfw: bool) -> Option<Snowflake> {
        let mut state = self.lock();
        let id = state.mint.make(self.now_ms());
        let guild = state.find_guild(guild)?.id;
        let mut channel = default_world::channel(id, name, Some(guild), None);
        channel.nsfw = nsfw;
        channel.position = state.channels.len();
        state.channels.insert(id, channel);
        Some(id)
    }

    /// The direct channel between a person and the bot. `None` when there is no such person.
    pub fn direct_channel(&self, user: &str) -> Option<Snowflake> {
        let now_ms = self.now_ms();
        let mut state = self.lock();
        let user = state.find_user(user)?.id;
        Some(state.direct_channel(now_ms, user))
    }
}
