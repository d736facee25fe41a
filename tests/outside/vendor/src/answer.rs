//! Answers, whole and broken.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};

use crate::Mishap;

/// A refusal in Acme's words.
pub(crate) fn problem(status: StatusCode, code: &str) -> Response {
    let body = json!({"problem": {"code": code, "say": "Acme is sorry."}});
    (status, axum::Json(body)).into_response()
}

/// The answer of a mishap that keeps the work from being done.
pub(crate) async fn instead(mishap: Option<&Mishap>) -> Option<Response> {
    match mishap? {
        Mishap::DropBefore => Some(broken_off(String::new())),
        Mishap::Hang => std::future::pending().await,
        Mishap::Instead {
            status,
            retry_after,
            content_type,
            body,
        } => {
            let status = StatusCode::from_u16(*status).ok()?;
            let mut answer = (status, body.clone()).into_response();
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_TYPE, content_type.parse().ok()?);
            if let Some(seconds) = *retry_after {
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            Some(answer)
        }
        Mishap::DropAfter | Mishap::Padded(_) | Mishap::Half | Mishap::Strange(_) => None,
    }
}

/// The ordinary answer, by way of a mishap.
pub(crate) fn spoilt(mishap: Option<&Mishap>, status: StatusCode, told: &Value) -> Response {
    let whole = told.to_string();
    match mishap {
        Some(Mishap::DropAfter) => broken_off(String::new()),
        Some(Mishap::Half) => broken_off(whole.chars().take(whole.len() / 2).collect()),
        Some(Mishap::Padded(spaces)) => {
            let padded = format!("{whole}{}", " ".repeat(*spaces));
            (status, [(header::CONTENT_TYPE, "application/json")], padded).into_response()
        }
        _ => (status, axum::Json(told)).into_response(),
    }
}

/// So much of a body, and then the connection is gone.
fn broken_off(start: String) -> Response {
    let pieces = [Ok(start), Err(std::io::Error::other("dropped"))];
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(stream::iter(pieces)))
        .unwrap_or_default()
}
