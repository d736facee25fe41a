//! Who is who: `auth.test`, `users.info`, `team.info`, `bots.info`; and the way to a socket.

use serde_json::{Value, json};

use super::app::{Standing, TokenKind};
use super::door::Call;
use super::refusal::{Outcome, Refusal};
use super::state::State;

/// The workspace of a token: its own, or the first of its organisation.
fn home(state: &State, call: &Call) -> Option<String> {
    call.token.team.clone().or_else(|| {
        let mut teams = state.teams.keys();
        teams.find(|team| state.reaches(&call.token, team)).cloned()
    })
}

/// `auth.test`.
pub(crate) fn auth_test(state: &mut State, call: &Call) -> Outcome {
    if call.token.kind == TokenKind::App {
        return Ok(json!({"app_name": state.app.name, "app_id": state.app.id}));
    }
    let team = home(state, call).and_then(|team| state.teams.get(&team));
    let team = team.ok_or_else(|| Refusal::new("invalid_auth"))?;
    let mut shown = json!({
        "url": format!("https://{}.slack.com/", team.domain),
        "team": team.name,
        "user": "kling",
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": call.token.team.is_none(),
    });
    if let Some(enterprise) = state.app.enterprise_of(&team.id) {
        shown["enterprise_id"] = json!(enterprise.id);
    }
    if call.token.team.is_none() {
        shown["team"] = shown["enterprise_id"].clone();
        shown["team_id"] = shown["enterprise_id"].clone();
    }
    if let Some(expires_ms) = call.token.expires_ms {
        shown["expires_in"] = json!(expires_ms.saturating_sub(call.now_ms) / 1000);
    }
    Ok(shown)
}

/// `auth.revoke`.
pub(crate) fn auth_revoke(state: &mut State, call: &Call) -> Outcome {
    if call.token.kind != TokenKind::Bot {
        return Err(Refusal::new("not_allowed_token_type"));
    }
    if call.arguments.flag("test") {
        return Ok(json!({"revoked": false}));
    }
    if let Some(token) = state.tokens.get_mut(&call.secret) {
        token.standing = Standing::Revoked;
    }
    Ok(json!({"revoked": true}))
}

/// `users.info`.
pub(crate) fn user_info(state: &mut State, call: &Call) -> Outcome {
    let id = call.arguments.required("user")?;
    let user = state
        .users
        .get(&id)
        .filter(|user| state.reaches(&call.token, &user.team));
    let user = user.ok_or_else(|| Refusal::new("user_not_found"))?;
    Ok(json!({"user": user.shown(call.arguments.flag("include_locale"), state)}))
}

/// `team.info`.
pub(crate) fn team_info(state: &mut State, call: &Call) -> Outcome {
    let given = call.arguments.text("team").or_else(|| home(state, call));
    let team = given.and_then(|team| state.teams.get(&team));
    let team = team
        .filter(|team| state.reaches(&call.token, &team.id))
        .ok_or_else(|| Refusal::new("team_not_found"))?;
    let mut shown = json!({
        "id": team.id,
        "name": team.name,
        "domain": team.domain,
        "email_domain": "",
        "icon": {"image_default": true},
    });
    if let Some(enterprise) = state.app.enterprise_of(&team.id) {
        shown["enterprise_id"] = json!(enterprise.id);
        shown["enterprise_name"] = json!(enterprise.name);
    }
    Ok(json!({"team": shown}))
}

/// `bots.info`.
pub(crate) fn bot_info(state: &mut State, call: &Call) -> Outcome {
    let id = call.arguments.text("bot");
    let team = state
        .teams
        .values()
        .filter(|team| state.reaches(&call.token, &team.id))
        .find(|team| id.as_ref().is_none_or(|id| team.bot_id == *id))
        .ok_or_else(|| Refusal::new("bot_not_found"))?;
    Ok(json!({"bot": {
        "id": team.bot_id,
        "deleted": false,
        "name": state.app.name,
        "updated": 1_700_000_000,
        "app_id": state.app.id,
        "user_id": team.bot_user,
        "icons": {},
    }}))
}

/// `apps.connections.open`.
pub(crate) fn open_connection(state: &mut State, call: &Call) -> Outcome {
    if !call.in_header {
        return Err(Refusal::new("invalid_auth"));
    }
    let ticket = state.mint.secret();
    state.sockets.issue(call.now_ms, ticket.clone());
    let base = state.base.replacen("http", "ws", 1);
    let url = format!("{base}/link/?ticket={ticket}&app_id={}", state.app.id);
    Ok(json!({"url": url}))
}

/// `api.test`.
pub(crate) fn api_test(_: &mut State, call: &Call) -> Outcome {
    let mut arguments = call.arguments.fields.clone();
    arguments.remove("token");
    if let Some(error) = arguments.get("error").and_then(Value::as_str) {
        return Err(Refusal::new(error));
    }
    Ok(json!({"args": arguments}))
}
