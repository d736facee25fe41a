//! Everything this Slack knows, behind one lock.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::app::{App, Standing, Token, TokenKind};
use super::delivery::Delivery;
use super::event::{Author, History, SeenEvent};
use super::files::Files;
use super::message::Message;
use super::mint::Mint;
use super::modal::View;
use super::oauth::Oauth;
use super::places::{Channel, Kind, Team, User};
use super::refusal::Refusal;
use super::socket::Sockets;
use super::tiers::Tiers;
use super::trigger::{Hook, Trigger};
use super::uploads::Sharing;

/// The most messages kept, and the most of what people did. Older ones are forgotten without a word, so that an
/// emulator may run for days.
const KEPT: usize = 10_000;

/// How this Slack behaves where workspaces differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How long a completed upload is looked through before it is shared, in the world's time.
    pub processing_ms: u64,
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// The largest file in a `file_input`, in bytes.
    pub file_input_bytes: u64,
    /// `file_uploads_disabled`.
    pub uploads_disabled: bool,
    /// `file_uploads_except_images_disabled`: no videos.
    pub images_only: bool,
    /// Endings that are refused with `file_type_not_allowed`.
    pub blocked_types: Vec<String>,
    /// Whether people's mentions reach the bot as `message` as well, and before `app_mention`.
    pub message_first: bool,
    /// How often sockets are pinged, in milliseconds of real time.
    pub ping_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            processing_ms: 200,
            file_bytes: 1024 * 1024 * 1024,
            file_input_bytes: 10 * 1024 * 1024,
            uploads_disabled: false,
            images_only: false,
            blocked_types: Vec::new(),
            message_first: false,
            ping_ms: 10_000,
        }
    }
}

/// What is to be done once the lock is free.
#[derive(Debug)]
pub(crate) enum Chore {
    /// Bring something to the bot.
    Deliver(u64),
    /// Look files through and share them.
    Process {
        files: Vec<String>,
        at_ms: u64,
        share: Option<Box<(Sharing, Token)>>,
    },
}

/// The whole state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) mint: Mint,
    /// Where bots reach this Slack, without a slash at the end.
    pub(crate) base: String,
    pub(crate) app: App,
    pub(crate) teams: BTreeMap<String, Team>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) channels: BTreeMap<String, Channel>,
    pub(crate) tokens: BTreeMap<String, Token>,
    /// By channel and `ts`.
    pub(crate) messages: BTreeMap<(String, String), Message>,
    pub(crate) files: Files,
    pub(crate) views: BTreeMap<String, View>,
    /// The modals that each person has open, the uppermost last.
    pub(crate) stacks: BTreeMap<String, Vec<String>>,
    /// The home tab that each person sees.
    pub(crate) homes: BTreeMap<String, String>,
    pub(crate) triggers: BTreeMap<String, Trigger>,
    pub(crate) hooks: BTreeMap<String, Hook>,
    pub(crate) deliveries: BTreeMap<u64, Delivery>,
    pub(crate) chores: Vec<Chore>,
    pub(crate) tiers: Tiers,
    pub(crate) sockets: Sockets,
    pub(crate) oauth: Oauth,
    pub(crate) settings: Settings,
    pub(crate) events: History,
    /// Grows with everything that happens; waiters watch it.
    pub(crate) changed: watch::Sender<u64>,
}

impl State {
    /// Wakes those who wait for something to happen.
    pub(crate) fn stir(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Shows people something.
    pub(crate) fn show(&mut self, now_ms: u64, event: SeenEvent) {
        self.events.push(now_ms, event);
        self.stir();
    }

    /// A workspace by name, domain or id.
    pub(crate) fn find_team(&self, name_or_id: &str) -> Option<&Team> {
        self.teams
            .values()
            .find(|team| [&team.id, &team.name, &team.domain].contains(&&name_or_id.to_owned()))
    }

    /// A user by name or id.
    pub(crate) fn find_user(&self, name_or_id: &str) -> Option<&User> {
        let name = name_or_id.trim_start_matches('@');
        self.users
            .values()
            .find(|user| user.id == name || user.name == name)
    }

    /// A conversation by name or id; one's direct one with the bot is `@` and the name.
    pub(crate) fn find_channel(&self, name_or_id: &str) -> Option<&Channel> {
        let name = name_or_id.trim_start_matches('#');
        self.channels
            .values()
            .find(|channel| channel.id == name || channel.name == name)
    }

    /// The bot's account in a workspace.
    pub(crate) fn bot_user(&self, team: &str) -> &str {
        self.teams.get(team).map_or("", |team| &team.bot_user)
    }

    /// Whether the bot is a member of a conversation.
    pub(crate) fn bot_is_in(&self, channel: &Channel) -> bool {
        channel.members.contains(self.bot_user(&channel.team))
    }

    /// The good bot token of a workspace, if the app is installed there.
    pub(crate) fn installed(&self, team: &str) -> Option<&Token> {
        self.tokens.values().find(|token| {
            token.kind == TokenKind::Bot
                && token.standing == Standing::Good
                && self.reaches(token, team)
        })
    }

    /// Whether a token is good for a workspace.
    pub(crate) fn reaches(&self, token: &Token, team: &str) -> bool {
        match (&token.team, &token.enterprise) {
            (Some(own), _) => own == team,
            (None, Some(enterprise)) => self
                .app
                .enterprise_of(team)
                .is_some_and(|known| known.id == *enterprise),
            (None, None) => false,
        }
    }

    /// A conversation that a bot token can name. Private ones without the bot do not exist for it.
    pub(crate) fn visible(&self, token: &Token, id: &str) -> Result<&Channel, Refusal> {
        self.channels
            .get(id)
            .filter(|channel| self.reaches(token, &channel.team))
            .filter(|channel| channel.kind == Kind::Public || self.bot_is_in(channel))
            .ok_or_else(Refusal::channel_not_found)
    }

    /// Who an account is, for an event.
    pub(crate) fn author(&self, id: &str) -> Author {
        let user = self.users.get(id);
        Author {
            id: id.to_owned(),
            name: user.map(|user| user.name.clone()).unwrap_or_default(),
            bot: user.is_some_and(|user| user.bot),
        }
    }

    /// The direct conversation with a person; it is made when there is none.
    pub(crate) fn direct_with(&mut self, user: &str) -> Option<String> {
        let user = self.users.get(user)?.clone();
        let bot = self.bot_user(&user.team).to_owned();
        let known = self.channels.values().find(|channel| {
            channel.kind == Kind::Direct
                && channel.members.contains(&user.id)
                && channel.members.contains(&bot)
        });
        if let Some(channel) = known {
            return Some(channel.id.clone());
        }
        let id = self.mint.id('D');
        let members = BTreeSet::from([bot, user.id.clone()]);
        let name = format!("@{}", user.name);
        let channel = channel(&id, &user.team, &name, Kind::Direct, members);
        self.channels.insert(id.clone(), channel);
        Some(id)
    }

    /// Forgets the oldest of what only grows.
    pub(crate) fn forget(&mut self) {
        while self.messages.len() > KEPT {
            let oldest = self.messages.keys().min_by(|a, b| a.1.cmp(&b.1)).cloned();
            if let Some(oldest) = oldest {
                self.messages.remove(&oldest);
            }
        }
        while self.deliveries.len() > KEPT {
            self.deliveries.pop_first();
        }
        while self.views.len() > KEPT {
            self.views.pop_first();
        }
        let kept = |made: u64, newest: u64| made + 2 * KEPT as u64 > newest;
        let newest = self.mint.number();
        if self.triggers.len() > KEPT {
            self.triggers.retain(|_, known| kept(known.number, newest));
        }
        if self.hooks.len() > KEPT {
            self.hooks.retain(|_, known| kept(known.number, newest));
        }
    }

    /// A workspace as interactions carry it; null for an org-wide installation.
    pub(crate) fn team_shown(&self, team: &str) -> Value {
        if self.app.org_wide && self.app.enterprise_of(team).is_some() {
            return Value::Null;
        }
        let domain = self.teams.get(team).map(|team| team.domain.clone());
        let mut shown = json!({"id": team, "domain": domain});
        if let Some(enterprise) = self.app.enterprise_of(team) {
            shown["enterprise_id"] = json!(enterprise.id);
            shown["enterprise_name"] = json!(enterprise.name);
        }
        shown
    }

    /// An organisation as interactions carry it; null without one.
    pub(crate) fn enterprise_shown(&self, team: &str) -> Value {
        match self.app.enterprise_of(team) {
            Some(enterprise) => json!({"id": enterprise.id, "name": enterprise.name}),
            None => Value::Null,
        }
    }
}

/// A conversation with nothing special about it.
pub(crate) fn channel(
    id: &str,
    team: &str,
    name: &str,
    kind: Kind,
    members: BTreeSet<String>,
) -> Channel {
    Channel {
        id: id.to_owned(),
        team: team.to_owned(),
        name: name.to_owned(),
        kind,
        members,
        archived: false,
        restricted: false,
        connect: false,
    }
}
