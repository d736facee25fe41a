//! Workspaces, people and conversations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::state::State;

/// A workspace.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) domain: String,
    /// The account that the app's bot has there.
    pub(crate) bot_user: String,
    /// The bot itself, as messages name it.
    pub(crate) bot_id: String,
}

/// What somebody may do in a workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An ordinary member.
    #[default]
    Member,
    /// An administrator.
    Admin,
    /// The owner.
    Owner,
    /// A guest in several channels (`is_restricted`).
    Guest,
    /// A guest in one channel (`is_ultra_restricted`).
    SingleChannelGuest,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) team: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) bot: bool,
    pub(crate) deleted: bool,
    pub(crate) tz: String,
    pub(crate) tz_offset: i64,
    pub(crate) locale: String,
}

impl User {
    /// The account as `users.info` shows it.
    pub(crate) fn shown(&self, with_locale: bool, state: &State) -> Value {
        let is_owner = self.role == Role::Owner;
        let mut shown = json!({
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "color": "9f69e7",
            "real_name": self.name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": self.tz_offset,
            "profile": {
                "real_name": self.name,
                "real_name_normalized": self.name,
                "display_name": self.name,
                "display_name_normalized": self.name,
                "team": self.team,
            },
            "is_admin": is_owner || self.role == Role::Admin,
            "is_owner": is_owner,
            "is_primary_owner": is_owner,
            "is_restricted": matches!(self.role, Role::Guest | Role::SingleChannelGuest),
            "is_ultra_restricted": self.role == Role::SingleChannelGuest,
            "is_bot": self.bot,
            "is_app_user": false,
            "updated": 1_700_000_000,
        });
        if with_locale {
            shown["locale"] = json!(self.locale);
        }
        if let Some(enterprise) = state.app.enterprise_of(&self.team) {
            shown["enterprise_user"] = json!({
                "id": self.id,
                "enterprise_id": enterprise.id,
                "enterprise_name": enterprise.name,
                "is_admin": false,
                "is_owner": false,
                "teams": [self.team],
            });
        }
        shown
    }
}

/// What sort of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A channel that everybody in the workspace finds.
    Public,
    /// A channel for its members.
    Private,
    /// One person and the bot.
    Direct,
    /// Several people and the bot.
    Group,
}

impl Kind {
    /// How scopes and events call it: `channels`, `groups`, `im`, `mpim`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Direct => "im",
            Self::Group => "mpim",
        }
    }

    /// How `message` events call it.
    pub(crate) fn channel_type(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Direct => "im",
            Self::Group => "mpim",
        }
    }
}

/// A conversation.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) team: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) members: BTreeSet<String>,
    pub(crate) archived: bool,
    /// Whether an administrator forbids the bot to post.
    pub(crate) restricted: bool,
    /// Whether it is shared with another organisation.
    pub(crate) connect: bool,
}

impl Channel {
    /// The person on the other side of a direct conversation.
    pub(crate) fn partner(&self, bot: &str) -> Option<&String> {
        self.members.iter().find(|member| *member != bot)
    }

    /// The name that commands and interactions carry.
    pub(crate) fn spoken(&self) -> &str {
        match self.kind {
            Kind::Public => &self.name,
            Kind::Private => "privategroup",
            Kind::Direct => "directmessage",
            Kind::Group => &self.name,
        }
    }

    /// The conversation as `conversations.info` shows it to the bot.
    pub(crate) fn shown(&self, bot: &str) -> Value {
        let mut shown = json!({
            "id": self.id,
            "created": 1_700_000_000,
            "is_archived": self.archived,
            "is_im": self.kind == Kind::Direct,
            "is_org_shared": false,
            "context_team_id": self.team,
            "updated": 1_700_000_000_000_u64,
        });
        if self.kind == Kind::Direct {
            shown["user"] = json!(self.partner(bot));
            shown["is_open"] = json!(true);
            return shown;
        }
        let more = json!({
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == Kind::Public || self.kind == Kind::Private,
            "is_group": self.kind == Kind::Private,
            "is_mpim": self.kind == Kind::Group,
            "is_private": self.kind != Kind::Public,
            "is_general": false,
            "is_shared": self.connect,
            "is_ext_shared": self.connect,
            "is_pending_ext_shared": false,
            "is_member": self.members.contains(bot),
            "is_read_only": self.restricted,
            "creator": self.members.iter().next(),
            "shared_team_ids": [self.team],
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": self.members.len(),
        });
        if let (Some(shown), Value::Object(more)) = (shown.as_object_mut(), more) {
            shown.extend(more);
        }
        shown
    }
}
