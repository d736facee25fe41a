//! The content network: files behind signed links.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::Discord;
use super::link::Verdict;
use super::snowflake::Snowflake;
use crate::play::Twist;
use crate::script::Effect;

/// The signature of a link.
#[derive(Debug, Deserialize)]
pub(crate) struct Signature {
    #[serde(default)]
    ex: String,
    #[serde(default)]
    is: String,
    #[serde(default)]
    hm: String,
}

/// `GET /cdn/{shelf}/{owner}/{id}/{filename}`
pub(crate) async fn get(
    State(discord): State<Discord>,
    Path((shelf, owner, id, filename)): Path<(String, String, String, String)>,
    Query(signature): Query<Signature>,
    twist: Option<Extension<Twist>>,
) -> Response {
    let path = format!("{shelf}/{owner}/{id}/{filename}");
    let now_ms = discord.world().clock.now_ms();
    let state = discord.lock();
    let Signature { ex, is, hm } = &signature;
    match state.signer.verdict(&path, ex, is, hm, now_ms) {
        Verdict::Good => {}
        Verdict::Expired => return gone(StatusCode::NOT_FOUND),
        Verdict::Forged => return gone(StatusCode::FORBIDDEN),
    }
    let Some(file) = Snowflake::parse(&id).and_then(|id| state.attachments.get(id)) else {
        return gone(StatusCode::NOT_FOUND);
    };
    let body = match twist {
        Some(Extension(Twist(Effect::DeadLink))) => return gone(StatusCode::NOT_FOUND),
        Some(Extension(Twist(Effect::NotAPicture))) => Body::from("<html>not a picture</html>"),
        _ => Body::from(file.bytes.clone()),
    };
    let mut response = Response::new(body);
    if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    let cached = HeaderValue::from_static("public, max-age=31536000");
    response.headers_mut().insert(header::CACHE_CONTROL, cached);
    response
}

fn gone(status: StatusCode) -> Response {
    let mut response = Response::new(Body::from("This content is no longer available."));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}
