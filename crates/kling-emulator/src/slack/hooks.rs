//! Response URLs: the answers that need no token and no membership.

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::Slack;
use super::block_rules::{Surface, Surroundings, check};
use super::message::Message;
use super::rules::Complaints;
use super::state::State;
use super::trigger::Hook;

/// `POST /hooks/{team}/{number}/{secret}`
pub(crate) async fn use_hook(
    Shared(slack): Shared<Slack>,
    Path((_, _, secret)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |status: StatusCode, word: &str| {
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        (status, plain, word.to_owned()).into_response()
    };
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let json: Option<Value> = if is_json {
        serde_json::from_slice(&body).ok()
    } else {
        let mut form = url::form_urlencoded::parse(&body);
        let payload = form.find(|(name, _)| name == "payload");
        payload.and_then(|(_, payload)| serde_json::from_str(&payload).ok())
    };
    let Some(json) = json.filter(Value::is_object) else {
        return text(StatusCode::BAD_REQUEST, "invalid_payload");
    };
    let answer = slack.act(|state, now_ms| {
        if let Err(seconds) = state.tiers.hook(now_ms, &secret) {
            return Err((StatusCode::TOO_MANY_REQUESTS, seconds.to_string()));
        }
        let hook = state
            .use_hook(now_ms, &secret)
            .map_err(|word| (StatusCode::NOT_FOUND, word.to_owned()))?;
        state
            .respond(now_ms, &secret, &hook, &json)
            .map_err(|word| (StatusCode::BAD_REQUEST, word))
    });
    match answer {
        Ok(()) => text(StatusCode::OK, "ok"),
        Err((StatusCode::TOO_MANY_REQUESTS, seconds)) => {
            let mut limited = text(StatusCode::TOO_MANY_REQUESTS, "rate_limited");
            if let Ok(seconds) = seconds.parse() {
                limited.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            limited
        }
        Err((StatusCode::NOT_FOUND, word)) => {
            let body = json!({"ok": false, "error": word}).to_string();
            let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
            (StatusCode::NOT_FOUND, kind, body).into_response()
        }
        Err((status, word)) => text(status, &word),
    }
}

impl State {
    /// Puts up what a response says: a message of the bot for one person or for all.
    pub(crate) fn respond(
        &mut self,
        now_ms: u64,
        secret: &str,
        hook: &Hook,
        answer: &Value,
    ) -> Result<(), String> {
        let key = hook.original.clone().map(|ts| (hook.channel.clone(), ts));
        let original = key.and_then(|key| self.messages.get(&key)).cloned();
        if answer["delete_original"] == true {
            if let Some(original) = original {
                self.remove(now_ms, &original.channel, &original.ts);
            }
            return Ok(());
        }
        let text = answer["text"].as_str().unwrap_or_default().to_owned();
        let mut blocks = answer.get("blocks").cloned().unwrap_or_default();
        let attachments = answer["attachments"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let is_empty = blocks.as_array().is_none_or(Vec::is_empty);
        if text.is_empty() && is_empty && attachments.is_empty() {
            return Err("no_text".to_owned());
        }
        if text.chars().count() > 40_000 {
            return Err("msg_too_long".to_owned());
        }
        let mut complaints = Complaints::default();
        match &blocks {
            Value::Null => {}
            Value::Array(list) => {
                let around = Surroundings {
                    surface: Surface::Message,
                    can_show: &|named| self.can_show(named),
                    video_domains: &[],
                };
                check(&mut complaints, "/blocks", list, around);
            }
            _ => return Err("invalid_blocks_format".to_owned()),
        }
        if let Some(first) = complaints.list.first() {
            return Err(format!("invalid_blocks: {first}"));
        }
        let only_for = match answer["response_type"].as_str() {
            Some("in_channel") => None,
            Some("ephemeral") | None => Some(hook.user.clone()),
            Some(_) => return Err("invalid_payload".to_owned()),
        };
        self.fill_ids(&mut blocks);
        let message = Message {
            channel: hook.channel.clone(),
            thread_ts: answer["thread_ts"].as_str().map(str::to_owned),
            user: self.bot_user(&hook.team).to_owned(),
            text,
            blocks: blocks.as_array().cloned().unwrap_or_default(),
            attachments,
            only_for,
            delivery: Some(hook.delivery),
            ..Message::default()
        };
        if answer["replace_original"] == true
            && let Some(original) = original
        {
            let edited = Some(self.mint.ts(now_ms));
            self.edit(
                now_ms,
                &Message {
                    ts: original.ts,
                    thread_ts: original.thread_ts,
                    only_for: original.only_for,
                    files: original.files,
                    metadata: original.metadata,
                    edited,
                    ..message
                },
            );
            return Ok(());
        }
        let ts = self.post(now_ms, message);
        if let Some(hook) = self.hooks.get_mut(secret) {
            hook.original.get_or_insert(ts);
        }
        Ok(())
    }
}
