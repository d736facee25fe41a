//! What the bot can ask about itself, its application, people and guilds.

use serde_json::{Value, json};

use super::limits;
use super::people::User;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply};
use super::snowflake::Snowflake;
use super::state::State;

impl State {
    pub(crate) fn me_json(&self) -> Value {
        self.bot().map_or(Value::Null, User::own_json)
    }

    pub(crate) fn get_user(&self, user: Snowflake) -> Outcome {
        let user = self.users.get(&user).ok_or_else(Refusal::unknown_user)?;
        Ok(Reply::ok(user.json()))
    }

    pub(crate) fn get_guild(&self, guild: Snowflake) -> Outcome {
        let guild = self
            .guilds
            .get(&guild)
            .filter(|guild| guild.has_bot)
            .ok_or_else(Refusal::unknown_guild)?;
        Ok(Reply::ok(guild.json()))
    }

    pub(crate) fn application_json(&self) -> Value {
        let owner = self.users.values().find(|user| !user.bot).map(User::json);
        json!({
            "id": self.application,
            "name": self.application_name,
            "icon": null,
            "description": "",
            "summary": "",
            "type": null,
            "bot": self.bot().map(User::json),
            "bot_public": true,
            "bot_require_code_grant": false,
            "integration_types_config": {"0": {}, "1": {}},
            // Discord's key for signed interactions; this Discord sends none over HTTP.
            "verify_key": "0".repeat(64),
            "flags": 1 << 23,
            "flags_new": (1_u64 << 23).to_string(),
            "hook": true,
            "tags": [],
            "redirect_uris": [],
            "interactions_endpoint_url": null,
            "role_connections_verification_url": null,
            "event_webhooks_status": 1,
            "event_webhooks_url": null,
            "owner": owner,
            "approximate_guild_count": self.guilds.values().filter(|guild| guild.has_bot).count(),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": null,
            "rpc_origins": [],
            "max_participants": null,
            "eligible_oauth2_scopes": [],
        })
    }

    pub(crate) fn gateway_bot_json(&mut self, now_ms: u64) -> Value {
        let used = self.sessions.identifies(now_ms);
        json!({
            "url": self.gateway_url(),
            "shards": 1,
            "session_start_limit": {
                "total": limits::IDENTIFIES_PER_DAY,
                "remaining": limits::IDENTIFIES_PER_DAY.saturating_sub(used),
                "reset_after": 24 * 60 * 60 * 1000,
                "max_concurrency": 1,
            },
        })
    }
}
