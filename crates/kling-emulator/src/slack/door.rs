//! Where every call of the Web API comes in.

use std::fmt::Write as _;

use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method as Verb, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::Slack;
use super::app::{Standing, Token, TokenKind};
use super::arguments::Arguments;
use super::methods::{METHODS, Method};
use super::oauth;
use super::refusal::{Outcome, Refusal};
use super::state::State;
use crate::play::{self, Detail, Twist};
use crate::script::Effect;

/// The largest argument list that the journal repeats, in bytes.
const SUMMARY_BYTES: usize = 64 * 1024;

/// Arguments that the journal does not repeat.
const SECRETS: [&str; 5] = [
    "token",
    "client_secret",
    "code",
    "refresh_token",
    "trigger_id",
];

/// A call, once it is clear who calls.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) now_ms: u64,
    /// The token as it was given.
    pub(crate) secret: String,
    pub(crate) token: Token,
    /// Whether it came in the header.
    pub(crate) in_header: bool,
    pub(crate) arguments: Arguments,
    /// A fault that only the method can play.
    pub(crate) twist: Option<Effect>,
}

/// `/api/{method}`
pub(crate) async fn enter(
    Shared(slack): Shared<Slack>,
    Path(name): Path<String>,
    twist: Option<Extension<Twist>>,
    request: Request,
) -> Response {
    let twist = twist.map(|Extension(Twist(effect))| effect);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, play::BODY_LIMIT).await.unwrap_or_default();
    let mut detail = Map::new();
    let mut scopes = None;
    let outcome = answer(&slack, &name, &parts, body, twist, &mut detail, &mut scopes).await;
    let (status, retry_after, body) = match outcome {
        Ok(mut fields) => {
            fields["ok"] = json!(true);
            (StatusCode::OK, None, fields)
        }
        Err(refusal) => {
            detail.insert("error".to_owned(), json!(refusal.error));
            let status = match refusal.retry_after {
                Some(_) => StatusCode::TOO_MANY_REQUESTS,
                None => StatusCode::OK,
            };
            (status, refusal.retry_after, refusal.body())
        }
    };
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    let mut response = (status, kind, Body::from(body.to_string())).into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(Ok(scopes)) = scopes.map(HeaderValue::try_from) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    response.extensions_mut().insert(Detail(detail));
    response
}

async fn answer(
    slack: &Slack,
    name: &str,
    parts: &Parts,
    body: Bytes,
    twist: Option<Effect>,
    detail: &mut Map<String, Value>,
    scopes: &mut Option<String>,
) -> Outcome {
    let arguments = Arguments::read(parts, body).await?;
    detail.insert("arguments".to_owned(), summary(&arguments));
    if name == "oauth.v2.access" {
        return slack.act(|state, now_ms| oauth::access(state, now_ms, &parts.headers, &arguments));
    }
    let method = METHODS.iter().find(|method| method.name == name);
    let method = method.ok_or_else(|| Refusal::new("unknown_method"))?;
    let strange: Vec<&String> = arguments
        .fields
        .keys()
        .filter(|name| *name != "token" && *name != "team_id")
        .filter(|name| !method.known.contains(&name.as_str()))
        .collect();
    if !strange.is_empty() {
        detail.insert("unknown_arguments".to_owned(), json!(strange));
    }
    if method.only_post && parts.method != Verb::POST {
        return Err(Refusal::new("insecure_request"));
    }
    let from_header = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    slack.act(|state, now_ms| {
        let from_body = arguments.text("token").filter(|_| !arguments.is_json);
        let in_header = from_header.is_some();
        let secret = from_header.map(str::to_owned).or(from_body);
        let secret = secret.ok_or_else(|| Refusal::new("not_authed"))?;
        let token = admitted(state, now_ms, &secret, method)?;
        let mut granted = String::new();
        for scope in &token.scopes {
            let comma = if granted.is_empty() { "" } else { "," };
            // Writing to a text cannot fail.
            write!(granted, "{comma}{scope}").ok();
        }
        *scopes = Some(granted);
        let whose = token
            .team
            .clone()
            .or_else(|| token.enterprise.clone())
            .unwrap_or_default();
        detail.insert("team".to_owned(), json!(whose));
        state
            .tiers
            .count(now_ms, &whose, method.name, method.tier)
            .map_err(Refusal::rate_limited)?;
        if let Some(Effect::Fail { message }) = &twist {
            return Err(Refusal::new(message.clone()));
        }
        let mut arguments = arguments;
        if arguments.is_json && !method.reads_json {
            arguments.fields = Map::new();
        }
        let call = Call {
            now_ms,
            secret,
            token,
            in_header,
            arguments,
            twist,
        };
        (method.run)(state, &call)
    })
}

/// The token behind a text, if it may call the method.
fn admitted(state: &State, now_ms: u64, secret: &str, method: &Method) -> Result<Token, Refusal> {
    let token = state
        .tokens
        .get(secret)
        .ok_or_else(|| Refusal::new("invalid_auth"))?;
    match token.standing {
        Standing::Good => {}
        Standing::Revoked => return Err(Refusal::new("token_revoked")),
        Standing::Uninstalled => return Err(Refusal::new("account_inactive")),
    }
    if token
        .expires_ms
        .is_some_and(|expires_ms| now_ms >= expires_ms)
    {
        return Err(Refusal::new("token_expired"));
    }
    if method.token.is_some_and(|kind| kind != token.kind) {
        return Err(Refusal::new("not_allowed_token_type"));
    }
    let needs_it = token.kind == TokenKind::App || method.token == Some(TokenKind::Bot);
    if needs_it && !method.scope.is_empty() && !token.scopes.contains(method.scope) {
        return Err(Refusal::missing_scope(method.scope, token.scopes.iter()));
    }
    Ok(token.clone())
}

/// What was asked, for the journal.
fn summary(arguments: &Arguments) -> Value {
    let mut fields = arguments.fields.clone();
    for secret in SECRETS {
        fields.remove(secret);
    }
    let fields = Value::Object(fields);
    let bytes = fields.to_string().len();
    if bytes > SUMMARY_BYTES {
        return json!({"bytes": bytes});
    }
    fields
}
