//! The webhook as an axum router.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::{Hint, MAX_BODY_BYTES, WebhookError, Webhooks};

/// Takes webhooks at its root; nest it where `webhook_base_url` leads.
///
/// Each hint goes to `on_hint`, which must be quick, as the vendor waits: ring a bell, send to a channel. The
/// same hint may come more than once. The answer is 204 for a hint, 404 for what was not made with this
/// account's key, 413 and 400 for what cannot be read.
pub fn router(webhooks: Webhooks, on_hint: impl Fn(Hint) + Send + Sync + 'static) -> Router {
    let on_hint = Arc::new(on_hint);
    let take = move |RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes| {
        let (webhooks, on_hint) = (webhooks.clone(), Arc::clone(&on_hint));
        async move {
            match webhooks.read(&query.unwrap_or_default(), &headers, &body) {
                Ok(hint) => {
                    on_hint(hint);
                    StatusCode::NO_CONTENT
                }
                Err(WebhookError::Forged) => StatusCode::NOT_FOUND,
                Err(WebhookError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
                Err(WebhookError::NotATask) => StatusCode::BAD_REQUEST,
            }
        }
    };
    Router::new()
        .route("/", post(take))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}
