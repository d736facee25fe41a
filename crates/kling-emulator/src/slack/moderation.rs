//! What tests do to the world.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::default_world;
use super::delivery::DeliveryKind;
use super::event::{Change, SeenEvent};
use super::places::{Channel, Kind, Role};
use super::state::{self, Chore, Settings, State};
use super::tiers::RateLimits;
use super::{NotSent, Slack, SocketAct};

/// A new conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    /// The workspace, by name or id.
    pub team: String,
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: Kind,
    /// Who is in it, by name or id; `kling` is the bot.
    pub members: Vec<String>,
}

/// A change of an account; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserChange {
    /// What they may do.
    pub role: Option<Role>,
    /// The time zone's name.
    pub tz: Option<String>,
    /// Its distance from UTC, in seconds.
    pub tz_offset: Option<i64>,
    /// The language.
    pub locale: Option<String>,
    /// Whether the account is deactivated.
    pub deleted: Option<bool>,
}

impl Slack {
    fn change_channel(&self, channel: &str, change: impl FnOnce(&mut Channel)) -> bool {
        let mut state = self.lock();
        let id = state
            .find_channel(channel)
            .map(|channel| channel.id.clone());
        let channel = id.and_then(|id| state.channels.get_mut(&id));
        let is_there = channel.map(change).is_some();
        state.stir();
        is_there
    }

    /// Lets somebody (or `kling`) into a conversation, or out of it; false when either is not there.
    pub fn set_member(&self, channel: &str, user: &str, is_in: bool) -> bool {
        let team = {
            let state = self.lock();
            state
                .find_channel(channel)
                .map(|channel| channel.team.clone())
        };
        let Some(user) = team.and_then(|team| member(&self.lock(), &team, user)) else {
            return false;
        };
        self.change_channel(channel, |channel| {
            if is_in {
                channel.members.insert(user);
            } else {
                channel.members.remove(&user);
            }
        })
    }

    /// Archives a channel, or brings it back; false when there is none.
    pub fn set_archived(&self, channel: &str, is_archived: bool) -> bool {
        self.change_channel(channel, |channel| channel.archived = is_archived)
    }

    /// Forbids the bot to post in a channel (`restricted_action`), or allows it; false when there is none.
    pub fn set_restricted(&self, channel: &str, is_restricted: bool) -> bool {
        self.change_channel(channel, |channel| channel.restricted = is_restricted)
    }

    /// Shares a channel with another organisation (Slack Connect), or no more; false when there is none.
    pub fn set_connect(&self, channel: &str, is_shared: bool) -> bool {
        self.change_channel(channel, |channel| channel.connect = is_shared)
    }

    /// Deletes a channel and everything in it; false when there is none.
    pub fn delete_channel(&self, channel: &str) -> bool {
        let mut state = self.lock();
        let Some(id) = state
            .find_channel(channel)
            .map(|channel| channel.id.clone())
        else {
            return false;
        };
        state.channels.remove(&id);
        state.messages.retain(|(channel, _), _| *channel != id);
        state.stir();
        true
    }

    /// Makes a conversation; answers its id.
    ///
    /// # Errors
    ///
    /// When there is no such workspace or person.
    pub fn add_channel(&self, new: &NewChannel) -> Result<String, NotSent> {
        let mut state = self.lock();
        let Some(team) = state.find_team(&new.team).map(|team| team.id.clone()) else {
            return NotSent::because(format!("there is no team {}", new.team));
        };
        let mut members = BTreeSet::new();
        for name in &new.members {
            match member(&state, &team, name) {
                Some(id) => members.insert(id),
                None => return NotSent::because(format!("there is no user {name}")),
            };
        }
        let letter = match new.kind {
            Kind::Public | Kind::Private => 'C',
            Kind::Direct => 'D',
            Kind::Group => 'G',
        };
        let id = state.mint.id(letter);
        let channel = state::channel(&id, &team, &new.name, new.kind, members);
        state.channels.insert(id.clone(), channel);
        Ok(id)
    }

    /// Makes an account; answers its id.
    ///
    /// # Errors
    ///
    /// When there is no such workspace.
    pub fn add_user(&self, team: &str, name: &str, role: Role) -> Result<String, NotSent> {
        let mut state = self.lock();
        let Some(team) = state.find_team(team).map(|team| team.id.clone()) else {
            return NotSent::because(format!("there is no team {team}"));
        };
        let id = state.mint.id('U');
        let user = default_world::user(&id, &team, name, role, false);
        state.users.insert(id.clone(), user);
        Ok(id)
    }

    /// Changes an account; false when there is none.
    pub fn change_user(&self, user: &str, change: UserChange) -> bool {
        let mut state = self.lock();
        let id = state.find_user(user).map(|user| user.id.clone());
        let Some(user) = id.and_then(|id| state.users.get_mut(&id)) else {
            return false;
        };
        user.role = change.role.unwrap_or(user.role);
        user.tz_offset = change.tz_offset.unwrap_or(user.tz_offset);
        user.deleted = change.deleted.unwrap_or(user.deleted);
        if let Some(tz) = change.tz {
            user.tz = tz;
        }
        if let Some(locale) = change.locale {
            user.locale = locale;
        }
        true
    }

    /// A moderator deletes a message; false when there was none.
    pub fn delete_message(&self, channel: &str, ts: &str) -> bool {
        self.act(|state, now_ms| {
            let id = state
                .find_channel(channel)
                .map(|channel| channel.id.clone());
            id.is_some_and(|id| state.remove(now_ms, &id, ts))
        })
    }

    /// Somebody deletes a file; false when there was none.
    pub fn delete_file(&self, id: &str) -> bool {
        self.act(|state, now_ms| state.delete_file(now_ms, id))
    }

    /// What stands in a conversation now, oldest first, as `user` (or nobody in particular) sees it.
    pub fn messages(&self, channel: &str, user: Option<&str>) -> Vec<SeenEvent> {
        let state = self.lock();
        let user = user.and_then(|user| state.find_user(user));
        let Some(channel) = state.find_channel(channel) else {
            return Vec::new();
        };
        let is_seen = |only: &String| user.is_some_and(|user| user.id == *only);
        state
            .messages
            .values()
            .filter(|message| message.channel == channel.id)
            .filter(|message| message.only_for.as_ref().is_none_or(is_seen))
            .map(|message| state.seen(Change::Message, message, channel))
            .collect()
    }

    /// Does something to the sockets; answers how many connections it touched.
    pub fn sockets(&self, act: SocketAct) -> usize {
        self.lock().sockets.act(act)
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.lock().sockets.connected()
    }

    /// Brings a delivery to the bot once more: the same payload, ids included. False when there is none.
    pub fn redeliver(&self, id: u64) -> bool {
        self.act(|state, _| {
            let known = state.deliveries.get_mut(&id);
            let is_there = known.map(|known| known.over = false).is_some();
            if is_there {
                state.chores.push(Chore::Deliver(id));
            }
            is_there
        })
    }

    /// Sends the bot any event; answers the delivery.
    ///
    /// # Errors
    ///
    /// When there is no such workspace.
    pub fn send_event(&self, team: &str, event: &Value) -> Result<u64, NotSent> {
        self.act(|state, now_ms| {
            let Some(team) = state.find_team(team).map(|team| team.id.clone()) else {
                return NotSent::because(format!("there is no team {team}"));
            };
            Ok(state.tell_anyway(now_ms, &team, event))
        })
    }

    /// Sends the bot any payload through one of its doors; answers the delivery.
    pub fn send_payload(&self, kind: DeliveryKind, payload: Value) -> u64 {
        self.act(|state, _| {
            let mut draft = state.draft(kind, default_world::TEAM, default_world::ADA);
            draft.payload = payload;
            state.send(draft)
        })
    }

    /// The rate limits as they are.
    pub fn rate_limits(&self) -> RateLimits {
        self.lock().tiers.limits.clone()
    }

    /// Sets the rate limits.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        self.lock().tiers.limits = limits;
    }

    /// How this Slack behaves.
    pub fn settings(&self) -> Settings {
        self.lock().settings.clone()
    }

    /// Changes how this Slack behaves.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock().settings);
    }
}

/// The id of somebody, where `kling` is the bot of that workspace.
fn member(state: &State, team: &str, name: &str) -> Option<String> {
    if name == "kling" {
        return Some(state.bot_user(team).to_owned());
    }
    state.find_user(name).map(|user| user.id.clone())
}
