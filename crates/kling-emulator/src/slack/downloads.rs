//! Private files: for the bot with its token, a sign-in page for everybody else.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::Slack;
use super::app::{Standing, TokenKind};
use super::files::{Progress, Stored};
use super::state::State;
use crate::play::Twist;
use crate::script::Effect;

/// What somebody sees who is not signed in.
const SIGN_IN: &str = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head>\
    <body><h1>Sign in to your workspace</h1><form action=\"/signin\"></form></body></html>";

/// `GET /files-pri/{place}/{name}`
pub(crate) async fn get(
    shared: Shared<Slack>,
    Path((place, _)): Path<(String, String)>,
    headers: HeaderMap,
    twist: Option<Extension<Twist>>,
) -> Response {
    serve(&shared.0, &place, &headers, twist, false)
}

/// `GET /files-pri/{place}/download/{name}`
pub(crate) async fn download(
    shared: Shared<Slack>,
    Path((place, _)): Path<(String, String)>,
    headers: HeaderMap,
    twist: Option<Extension<Twist>>,
) -> Response {
    serve(&shared.0, &place, &headers, twist, true)
}

/// `GET /signin`
pub(crate) async fn sign_in() -> Response {
    html(SIGN_IN)
}

fn html(page: &'static str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::OK, kind, page).into_response()
}

fn serve(
    slack: &Slack,
    place: &str,
    headers: &HeaderMap,
    twist: Option<Extension<Twist>>,
    is_download: bool,
) -> Response {
    let state = slack.lock();
    let id = place.rsplit_once('-').map_or("", |(_, id)| id);
    let file = state
        .files
        .get(id)
        .filter(|file| is_allowed(&state, file, headers, slack.now_ms()));
    let Some(file) = file else {
        let to = format!("{}/signin?redir=%2Ffiles-pri%2F{place}", state.base);
        return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    };
    let bytes = match (twist, &file.bytes) {
        (Some(Extension(Twist(Effect::DeadLink))), _) | (_, None) => {
            return StatusCode::NOT_FOUND.into_response();
        }
        (Some(Extension(Twist(Effect::NotAPicture))), _) => return html(SIGN_IN),
        (_, Some(bytes)) => bytes.clone(),
    };
    let mut response = Response::new(Body::from(bytes));
    let kind = HeaderValue::from_static(file.kind().0);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if is_download {
        let attachment = HeaderValue::from_static("attachment");
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, attachment);
    }
    response
}

/// Whether the request carries a bot token that may read the file.
fn is_allowed(state: &State, file: &Stored, headers: &HeaderMap, now_ms: u64) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    given
        .and_then(|given| state.tokens.get(given))
        .is_some_and(|token| {
            token.kind == TokenKind::Bot
                && token.standing == Standing::Good
                && token
                    .expires_ms
                    .is_none_or(|expires_ms| now_ms < expires_ms)
                && token.scopes.contains("files:read")
                && file.progress == Progress::Ready
                && state.may_read(token, file)
        })
}
