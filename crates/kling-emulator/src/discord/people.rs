//! Who and where: users, roles, guilds, channels, and how each looks on the wire.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::permission;
use super::snowflake::{Snowflake, timestamp};

/// A person, or the bot.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) display: String,
    pub(crate) bot: bool,
    /// Whether the person takes direct messages.
    pub(crate) takes_messages: bool,
}

impl User {
    pub(crate) fn json(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "username": self.name,
            "discriminator": if self.bot { "7311" } else { "0" },
            "global_name": if self.bot { Value::Null } else { json!(self.display) },
            "avatar": null,
            "avatar_decoration_data": null,
            "banner": null,
            "accent_color": null,
            "collectibles": null,
            "primary_guild": null,
            "flags": 0,
            "public_flags": if self.bot { 1 << 16 } else { 0 },
        });
        if self.bot {
            user["bot"] = json!(true);
        }
        user
    }

    /// The bot's account as the bot itself sees it.
    pub(crate) fn own_json(&self) -> Value {
        let mut user = self.json();
        user["bio"] = json!("");
        user["email"] = Value::Null;
        user["locale"] = json!("en-US");
        user["mfa_enabled"] = json!(true);
        user["verified"] = json!(true);
        user["premium_type"] = json!(0);
        user
    }
}

/// A role of a guild.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) permissions: u64,
}

impl Role {
    pub(crate) fn json(&self, position: usize) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": null,
            "permissions": self.permissions.to_string(),
            "position": position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
            "hoist": false,
            "icon": null,
            "unicode_emoji": null,
            "managed": false,
            "mentionable": true,
            "flags": 0,
        })
    }
}

/// A server.
#[derive(Clone, Debug)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) locale: String,
    /// Bytes of one file that the bot may post here.
    pub(crate) file_bytes: u64,
    /// The first one is @everyone and has the guild's id.
    pub(crate) roles: Vec<Role>,
    /// Which roles each member has, beside @everyone.
    pub(crate) members: BTreeMap<Snowflake, Vec<Snowflake>>,
    /// Whether the bot is a member.
    pub(crate) has_bot: bool,
}

impl Guild {
    pub(crate) fn role(&self, name_or_id: &str) -> Option<&Role> {
        self.roles
            .iter()
            .find(|role| role.name == name_or_id || role.id.to_string() == name_or_id)
    }

    /// What a member's roles allow.
    pub(crate) fn permissions(&self, user: Snowflake) -> u64 {
        let own = self.members.get(&user).map_or(&[][..], Vec::as_slice);
        self.roles
            .iter()
            .filter(|role| role.id == self.id || own.contains(&role.id))
            .fold(0, |bits, role| bits | role.permissions)
    }

    /// A member without the `user` part, as `resolved.members` has it.
    pub(crate) fn partial_member(&self, user: Snowflake) -> Value {
        json!({
            "nick": null,
            "avatar": null,
            "banner": null,
            "roles": self.members.get(&user).cloned().unwrap_or_default(),
            "joined_at": timestamp(1_700_000_000_000),
            "premium_since": null,
            "communication_disabled_until": null,
            "unusual_dm_activity_until": null,
            "pending": false,
            "flags": 0,
            "permissions": self.permissions(user).to_string(),
        })
    }

    /// A complete member, as an interaction has it.
    pub(crate) fn member(&self, user: &User) -> Value {
        let mut member = self.partial_member(user.id);
        member["user"] = user.json();
        member["deaf"] = json!(false);
        member["mute"] = json!(false);
        member["avatar_decoration_data"] = Value::Null;
        member["collectibles"] = Value::Null;
        member
    }

    /// The three fields that an interaction carries of its guild.
    pub(crate) fn partial_json(&self) -> Value {
        json!({"id": self.id, "locale": self.locale, "features": []})
    }

    pub(crate) fn json(&self) -> Value {
        let roles: Vec<_> = self
            .roles
            .iter()
            .enumerate()
            .map(|(at, role)| role.json(at))
            .collect();
        let mut json = json!({
            "id": self.id,
            "name": self.name,
            "features": [],
            "owner_id": self.members.keys().next(),
            "region": "deprecated",
            "afk_timeout": 300,
            "system_channel_flags": 0,
            "widget_enabled": false,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw": false,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": false,
            "preferred_locale": self.locale,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "roles": roles,
            "emojis": [],
            "stickers": [],
        });
        for empty in GUILD_NULLS {
            json[empty] = Value::Null;
        }
        json
    }
}

/// What a guild here never has.
const GUILD_NULLS: [&str; 18] = [
    "description",
    "icon",
    "icon_hash",
    "splash",
    "discovery_splash",
    "home_header",
    "banner",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "rules_channel_id",
    "public_updates_channel_id",
    "safety_alerts_channel_id",
    "widget_channel_id",
    "vanity_url_code",
    "max_presences",
    "hub_type",
    "incidents_data",
];

/// Where messages are written.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    /// The guild; a direct channel has none.
    pub(crate) guild: Option<Snowflake>,
    /// The person of a direct channel.
    pub(crate) recipient: Option<Snowflake>,
    pub(crate) nsfw: bool,
    /// What the bot may do here.
    pub(crate) bot_permissions: u64,
    /// The newest message, for clients that ask.
    pub(crate) last_message: Option<Snowflake>,
    pub(crate) position: usize,
}

impl Channel {
    pub(crate) fn kind(&self) -> u8 {
        u8::from(self.guild.is_none())
    }

    /// Whether the bot holds all of these permissions here. In a direct channel it always does.
    pub(crate) fn bot_may(&self, wanted: u64) -> bool {
        self.guild.is_none() || permission::holds(self.bot_permissions, wanted)
    }

    /// The channel; `recipient` is the person of a direct one.
    pub(crate) fn json(&self, recipient: Option<&User>) -> Value {
        let Some(guild) = self.guild else {
            return json!({
                "id": self.id,
                "type": 1,
                "flags": 0,
                "last_message_id": self.last_message,
                "last_pin_timestamp": null,
                "recipients": recipient.map(User::json).into_iter().collect::<Vec<_>>(),
            });
        };
        json!({
            "id": self.id,
            "type": self.kind(),
            "guild_id": guild,
            "name": self.name,
            "topic": null,
            "nsfw": self.nsfw,
            "flags": 0,
            "position": self.position,
            "parent_id": null,
            "permission_overwrites": [],
            "rate_limit_per_user": 0,
            "last_message_id": self.last_message,
            "last_pin_timestamp": null,
            "icon_emoji": null,
            "theme_color": null,
        })
    }
}
