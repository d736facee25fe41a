//! `/files/NAME`: files of the archive, for whoever has a signed address.

use std::ops::Range;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use kling_core::Clock;
use kling_engine::{Archive, LinkError, LinkedFile, Links};
use serde::Deserialize;

/// What is behind the door.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) archive: Archive,
    pub(crate) links: Links,
    pub(crate) clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Signature {
    #[serde(default)]
    until: String,
    #[serde(default)]
    sign: String,
}

/// The routes of the archive's files. `HEAD`, and one range of bytes at a time, are answered too.
pub(crate) fn router(files: Files) -> Router {
    Router::new()
        .route("/files/{name}", get(file))
        .with_state(files)
}

async fn file(
    State(files): State<Files>,
    Path(name): Path<String>,
    Query(Signature { until, sign }): Query<Signature>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    match files.links.read(&name, &until, &sign, files.clock.now()) {
        Ok(file) => send(&files.archive, &file, &method, &headers).await,
        Err(error @ LinkError::Forged) => refuse(StatusCode::FORBIDDEN, &error),
        Err(error @ LinkError::Expired) => refuse(StatusCode::GONE, &error),
    }
}

async fn send(
    archive: &Archive,
    file: &LinkedFile,
    method: &Method,
    headers: &HeaderMap,
) -> Response {
    let size = match archive.size(&file.key).await {
        Ok(Some(size)) => size,
        Ok(None) => return refuse(StatusCode::NOT_FOUND, &"the file is not kept any more"),
        Err(error) => return unwell(&error),
    };
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok());
    let part = match asked.map(|text| part_of(text, size)) {
        None | Some(Asked::All) => None,
        Some(Asked::Part(part)) => Some(part),
        Some(Asked::Beyond) => {
            let all = [(CONTENT_RANGE, format!("bytes */{size}"))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, all).into_response();
        }
    };
    let range = part.clone().unwrap_or(0..size);
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        match archive.open_range(&file.key, range.clone()).await {
            Ok(stream) => Body::from_stream(stream),
            Err(error) => return unwell(&error),
        }
    };
    let headers = [
        (CONTENT_TYPE, file.media_type.mime().to_owned()),
        (CONTENT_LENGTH, (range.end - range.start).to_string()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("inline; filename=\"{}\"", name_of(file)),
        ),
        // What a provider or a chat stores of it is theirs; nobody in between keeps it.
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
    ];
    match part {
        None => (headers, body).into_response(),
        Some(part) => {
            let place = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            let place = [(CONTENT_RANGE, place)];
            (StatusCode::PARTIAL_CONTENT, headers, place, body).into_response()
        }
    }
}

/// What a file is called where it is saved: nothing of it comes from a stranger.
fn name_of(file: &LinkedFile) -> String {
    let hash: String = file.key.chars().filter(|&c| c != '/').take(12).collect();
    format!("kling-{hash}.{}", file.media_type.extension())
}

fn refuse(status: StatusCode, why: &dyn std::fmt::Display) -> Response {
    (status, format!("{why}\n")).into_response()
}

fn unwell(error: &kling_engine::EngineError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "a file could not be sent"
    );
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Part(Range<u64>),
    Beyond,
}

/// What a `Range` header asks of a file. Several ranges, other units and nonsense get the whole file, as RFC 9110 lets
/// a server do.
fn part_of(text: &str, size: u64) -> Asked {
    let Some((first, last)) = text
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Asked::All;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return Asked::All,
    };
    if range.start < range.end {
        Asked::Part(range)
    } else {
        Asked::Beyond
    }
}

#[cfg(test)]
mod tests;
