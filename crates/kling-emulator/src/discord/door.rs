//! The door of the REST API: who may come in, how often, and which handler answers.

use std::collections::HashMap;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Map, json};

use super::Discord;
use super::bucket::Standing;
use super::form::{self, Form};
use super::refusal::Refusal;
use super::reply::{self, Outcome, Reply};
use super::route::Route;
use super::state::State;
use crate::journal::Entry;
use crate::play::{self, Detail};

/// A path with the interaction token in it replaced, for journal and script.
pub(crate) fn masked(path: &str) -> String {
    let mut steps: Vec<&str> = path.split('/').collect();
    for at in 0..steps.len() {
        let takes_token = matches!(steps.get(at), Some(&("interactions" | "webhooks")))
            && steps.get(at + 2).is_some_and(|token| !token.is_empty());
        if takes_token && let Some(step) = steps.get_mut(at + 2) {
            // A query may follow the token directly.
            *step = if step.contains('?') {
                "{token}?…"
            } else {
                "{token}"
            };
        }
    }
    steps.join("/")
}

/// Every request of the REST API.
pub(crate) async fn enter(Shared(discord): Shared<Discord>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let now_ms = discord.world().clock.now_ms();
    if discord.lock().buckets.is_banned(now_ms) {
        return banned();
    }
    let form = match to_bytes(body, play::BODY_LIMIT).await {
        Ok(bytes) => form::read(&parts.headers, bytes).await,
        Err(_) => Err(Refusal::too_large()),
    };
    let mut detail = Map::new();
    if let Ok(form) = &form {
        detail.insert("request".to_owned(), form.summary());
    }
    let query = query(parts.uri.query().unwrap_or_default());
    let mut response = {
        let mut state = discord.lock();
        answer(
            &mut state,
            now_ms,
            &parts.method,
            parts.uri.path(),
            &parts.headers,
            &query,
            form,
        )
    };
    let status = response.status().as_u16();
    let is_shared = response
        .headers()
        .get("x-ratelimit-scope")
        .is_some_and(|scope| scope == "shared");
    if !is_shared && discord.lock().buckets.answered(now_ms, status) {
        let about = json!({"event": "banned", "why": "too many invalid requests"});
        discord
            .world()
            .journal
            .append(Entry::new("discord", "", "/").detail(about));
    }
    if let Some(code) = response.extensions_mut().remove::<Code>() {
        detail.insert("code".to_owned(), json!(code.0));
    }
    response.extensions_mut().insert(Detail(detail));
    response
}

/// Among a response's extensions: Discord's code of a refusal.
#[derive(Clone, Copy, Debug)]
struct Code(u32);

fn answer(
    state: &mut State,
    now_ms: u64,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    query: &HashMap<String, String>,
    form: Result<Form, Refusal>,
) -> Response {
    let steps: Vec<String> = path
        .split('/')
        .map(|step| percent_decode_str(step).decode_utf8_lossy().into_owned())
        .collect();
    let steps: Vec<&str> = steps
        .iter()
        .map(String::as_str)
        .filter(|step| !step.is_empty())
        .collect();
    let (["api", "v6" | "v7" | "v8" | "v9" | "v10", below @ ..] | ["api", below @ ..]) =
        steps.as_slice()
    else {
        return refused(&Refusal::not_found(), None);
    };
    let route = match Route::parse(method, below, state.application) {
        Ok(route) => route,
        Err(refusal) => return refused(&refusal, None),
    };
    if route.needs_token() && !is_known(state, headers) {
        return refused(&Refusal::unauthorized(), None);
    }
    let standing = state
        .buckets
        .take(now_ms, route.bucket(), route.is_interaction());
    if let Some(standing) = &standing
        && !standing.allowed
    {
        let response = reply::json(429, Some(&standing.body()));
        return with_standing(response, Some(standing));
    }
    let outcome = form.and_then(|form| act(state, now_ms, route, query, &form));
    match outcome {
        Ok(Reply { status, body }) => {
            with_standing(reply::json(status, body.as_ref()), standing.as_ref())
        }
        Err(refusal) => refused(&refusal, standing.as_ref()),
    }
}

fn act(
    state: &mut State,
    now_ms: u64,
    route: Route,
    query: &HashMap<String, String>,
    form: &Form,
) -> Outcome {
    let is_set = |key: &str| {
        query
            .get(key)
            .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "true" | "1"))
    };
    match route {
        Route::Gateway => Ok(Reply::ok(json!({"url": state.gateway_url()}))),
        Route::GatewayBot => Ok(Reply::ok(state.gateway_bot_json(now_ms))),
        Route::Me => Ok(Reply::ok(state.me_json())),
        Route::GetUser { user } => state.get_user(user),
        Route::Application => Ok(Reply::ok(state.application_json())),
        Route::OauthApplication => Ok(Reply::ok(state.application_json())),
        Route::GetGuild { guild } => state.get_guild(guild),
        Route::ListCommands { guild } => state.list_commands(guild, is_set("with_localizations")),
        Route::CreateCommand { guild } => state.create_command(now_ms, guild, form),
        Route::OverwriteCommands { guild } => state.overwrite_commands(now_ms, guild, form),
        Route::GetCommand { guild, command } => state.get_command(guild, command),
        Route::EditCommand { guild, command } => state.edit_command(now_ms, guild, command, form),
        Route::DeleteCommand { guild, command } => state.delete_command(guild, command),
        Route::Callback { interaction, token } => {
            state.callback(now_ms, interaction, &token, form, is_set("with_response"))
        }
        Route::ExecuteWebhook { token } => state.execute_webhook(now_ms, &token, form),
        Route::GetWebhookMessage { token, which } => {
            state.get_webhook_message(now_ms, &token, which)
        }
        Route::EditWebhookMessage { token, which } => {
            state.edit_webhook_message(now_ms, &token, which, form)
        }
        Route::DeleteWebhookMessage { token, which } => {
            state.delete_webhook_message(now_ms, &token, which)
        }
        Route::GetChannel { channel } => state.get_channel(channel),
        Route::Typing { channel } => state.typing(channel),
        Route::ListMessages { channel } => state.list_messages(now_ms, channel, query),
        Route::CreateMessage { channel } => state.create_message(now_ms, channel, form),
        Route::GetMessage { channel, message } => state.get_message(now_ms, channel, message),
        Route::EditMessage { channel, message } => {
            state.edit_message(now_ms, channel, message, form)
        }
        Route::DeleteMessage { channel, message } => state.delete_message(now_ms, channel, message),
        Route::OpenDirect => state.open_direct(now_ms, form),
    }
}

fn is_known(state: &State, headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bot "))
        .is_some_and(|token| state.bot_tokens.contains(token.trim()))
}

fn refused(refusal: &Refusal, standing: Option<&Standing>) -> Response {
    let mut response = reply::json(refusal.status, Some(&refusal.body()));
    response.extensions_mut().insert(Code(refusal.code));
    with_standing(response, standing)
}

fn with_standing(mut response: Response, standing: Option<&Standing>) -> Response {
    for (name, value) in standing.map(Standing::headers).unwrap_or_default() {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// What the network in front of Discord answers to an address that it has shut out.
fn banned() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=UTF-8"),
        (header::RETRY_AFTER, "3600"),
    ];
    (
        axum::http::StatusCode::TOO_MANY_REQUESTS,
        headers,
        Body::from("error code: 1015\n"),
    )
        .into_response()
}

fn query(text: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn tokens_never_reach_the_journal() {
        assert_eq!(
            masked("/api/v10/interactions/1/abc/callback?x=1"),
            "/api/v10/interactions/1/{token}/callback?x=1"
        );
        assert_eq!(
            masked("/api/v10/webhooks/1/abc?wait=true"),
            "/api/v10/webhooks/1/{token}?…"
        );
        assert_eq!(
            masked("/api/v10/webhooks/1/abc/messages/@original"),
            "/api/v10/webhooks/1/{token}/messages/@original"
        );
        assert_eq!(
            masked("/api/v10/channels/1/messages"),
            "/api/v10/channels/1/messages"
        );
    }
}
