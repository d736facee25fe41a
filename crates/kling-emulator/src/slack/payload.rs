//! What all payloads have in common, and events for the bot.

use serde_json::{Map, Value, json};

use super::delivery::DeliveryKind;
use super::places::User;
use super::state::State;

impl State {
    /// The fields that every interaction has.
    pub(crate) fn interaction(&self, kind: &str, user: &User) -> Value {
        let team = self.team_shown(&user.team);
        json!({
            "type": kind,
            "token": self.app.verification,
            "api_app_id": self.app.id,
            "is_enterprise_install": team.is_null(),
            "team": team,
            "enterprise": self.enterprise_shown(&user.team),
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": user.team,
            },
        })
    }

    /// Tells the bot of an event, if it listens and may.
    pub(crate) fn tell(&mut self, now_ms: u64, team: &str, name: &str, event: &Value) {
        let scope = match name {
            "app_mention" => "app_mentions:read",
            "message.channels" => "channels:history",
            "message.groups" => "groups:history",
            "message.im" => "im:history",
            "message.mpim" => "mpim:history",
            "file_shared" => "files:read",
            _ => "",
        };
        let may = self
            .installed(team)
            .is_some_and(|token| scope.is_empty() || token.scopes.contains(scope));
        if may && self.app.events.contains(name) {
            self.tell_anyway(now_ms, team, event);
        }
    }

    /// Tells the bot of an event, whether it listens or not.
    pub(crate) fn tell_anyway(&mut self, now_ms: u64, team: &str, event: &Value) -> u64 {
        let bot = self.bot_user(team).to_owned();
        let enterprise = self.app.enterprise_of(team).map(|known| known.id.clone());
        let is_org = self.app.org_wide && enterprise.is_some();
        let channel = event["channel"]
            .as_str()
            .and_then(|id| self.channels.get(id));
        let is_shared = channel.is_some_and(|channel| channel.connect);
        let mut draft = self.draft(DeliveryKind::Event, team, "");
        draft.payload = json!({
            "token": self.app.verification,
            "team_id": team,
            "enterprise_id": enterprise,
            "context_team_id": team,
            "context_enterprise_id": enterprise,
            "api_app_id": self.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self.mint.id('E').replacen('E', "Ev", 1),
            "event_time": now_ms / 1000,
            "authorizations": [{
                "enterprise_id": enterprise,
                "team_id": if is_org { Value::Null } else { json!(team) },
                "user_id": bot,
                "is_bot": true,
                "is_enterprise_install": is_org,
            }],
            "is_ext_shared_channel": is_shared,
            "event_context": self.mint.secret(),
        });
        self.send(draft)
    }
}

/// `value` with more fields.
pub(crate) fn with(mut value: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        let more: Map<String, Value> = more;
        fields.extend(more);
    }
    value
}
