//! Objects: put, got, copied, deleted; each only as the request's conditions allow.

use std::{
    ops::Range,
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    body::Body,
    http::{HeaderMap, header},
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Asked, Object, Refusal, answer, query};
use crate::{clock::iso, media::hex};

pub(super) const NO_SUCH_KEY: Refusal =
    Refusal::new(404, "NoSuchKey", "The specified key does not exist.");
const PRECONDITION: Refusal = Refusal::new(
    412,
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
);
const BAD_DIGEST: Refusal = Refusal::new(
    400,
    "BadDigest",
    "The Content-MD5 or checksum value that you specified did not match what the server received.",
);
const BEYOND: Refusal = Refusal::new(
    416,
    "InvalidRange",
    "The requested range cannot be satisfied.",
);
/// What MinIO says of a full disk; Amazon's has none.
pub(super) const FULL: Refusal = Refusal::new(
    507,
    "XMinioStorageFull",
    "Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.",
);
pub(super) const MALFORMED_XML: Refusal = Refusal::new(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
);

pub(super) fn put(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let etag = whole(asked)?;
    let mut state = asked.world.s3.lock();
    let has_room = state.has_room(asked.body.len());
    let bucket = state.buckets.entry(asked.bucket.to_owned()).or_default();
    holds(asked.headers, bucket.objects.get(asked.key))?;
    if !has_room {
        return Err(FULL);
    }
    let object = Object {
        bytes: asked.body.clone(),
        etag: etag.clone(),
        content_type: content_type(asked.headers),
        modified_ms: asked.world.clock.now_ms(),
    };
    bucket.objects.insert(asked.key.to_owned(), object);
    Ok(answer::with(answer::empty(200), &[(header::ETAG, etag)]))
}

/// The ETag of a body that is as its headers say.
pub(super) fn whole(asked: &Asked<'_>) -> Result<String, Refusal> {
    let header = |name: &str| {
        let value = asked.headers.get(name)?;
        value.to_str().ok()
    };
    let md5 = Md5::digest(asked.body);
    let sha256 = || BASE64_STANDARD.encode(Sha256::digest(asked.body));
    let is_other =
        |said: Option<&str>, is: &dyn Fn() -> String| said.is_some_and(|said| said != is());
    if is_other(header("content-md5"), &|| BASE64_STANDARD.encode(md5))
        || is_other(header("x-amz-checksum-sha256"), &sha256)
    {
        return Err(BAD_DIGEST);
    }
    Ok(format!("\"{}\"", hex(&md5)))
}

pub(super) fn content_type(headers: &HeaderMap) -> String {
    let given = headers.get(header::CONTENT_TYPE);
    let given = given.and_then(|value| value.to_str().ok());
    given.unwrap_or("binary/octet-stream").to_owned()
}

/// Whether a write may go on beside what is there.
pub(super) fn holds(headers: &HeaderMap, there: Option<&Object>) -> Result<(), Refusal> {
    if headers.contains_key(header::IF_NONE_MATCH) && there.is_some() {
        return Err(PRECONDITION);
    }
    match (headers.get(header::IF_MATCH), there) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(NO_SUCH_KEY),
        (Some(etag), Some(there)) if etag.as_bytes() == there.etag.as_bytes() => Ok(()),
        (Some(_), Some(_)) => Err(PRECONDITION),
    }
}

pub(super) fn get(asked: &Asked<'_>, head: bool) -> Result<Response, Refusal> {
    let state = asked.world.s3.lock();
    let bucket = state.buckets.get(asked.bucket).ok_or(NO_SUCH_KEY)?;
    let object = bucket.objects.get(asked.key).ok_or(NO_SUCH_KEY)?;
    if let Some(etag) = asked.headers.get(header::IF_MATCH)
        && etag.as_bytes() != object.etag.as_bytes()
    {
        return Err(PRECONDITION);
    }
    let size = object.bytes.len();
    let range = asked.headers.get(header::RANGE);
    let range = range.and_then(|range| range.to_str().ok());
    let range = range.and_then(|range| part_of(range, size));
    if range.as_ref().is_some_and(Range::is_empty) {
        return Err(BEYOND);
    }
    let status = if range.is_some() { 206 } else { 200 };
    let place = range
        .as_ref()
        .map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1));
    let bytes = object.bytes.slice(range.unwrap_or(0..size));
    let modified = UNIX_EPOCH + Duration::from_millis(object.modified_ms);
    let mut headers = vec![
        (header::ETAG, object.etag.clone()),
        (header::CONTENT_TYPE, object.content_type.clone()),
        (header::CONTENT_LENGTH, bytes.len().to_string()),
        (header::LAST_MODIFIED, httpdate::fmt_http_date(modified)),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    headers.extend(place.map(|place| (header::CONTENT_RANGE, place)));
    let mut response = answer::empty(status);
    if !head {
        *response.body_mut() = Body::from(bytes);
    }
    Ok(answer::with(response, &headers))
}

/// The bytes that a range asks for; empty when there are none, none when it asks for everything.
fn part_of(text: &str, size: usize) -> Option<Range<usize>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return None,
    };
    Some(if range.start < range.end { range } else { 0..0 })
}

pub(super) fn copy(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let source = asked.headers.get("x-amz-copy-source");
    let source = source
        .and_then(|source| source.to_str().ok())
        .unwrap_or_default();
    let source = query::decoded(source);
    let source = source.strip_prefix('/').unwrap_or(&source);
    let (bucket, key) = source.split_once('/').ok_or(NO_SUCH_KEY)?;
    let mut state = asked.world.s3.lock();
    let found = state
        .buckets
        .get(bucket)
        .and_then(|bucket| bucket.objects.get(key));
    let mut object = found.cloned().ok_or(NO_SUCH_KEY)?;
    if !state.has_room(object.bytes.len()) {
        return Err(FULL);
    }
    object.modified_ms = asked.world.clock.now_ms();
    let answer = format!(
        "<CopyObjectResult><LastModified>{}</LastModified><ETag>{}</ETag></CopyObjectResult>",
        iso(object.modified_ms),
        answer::escaped(&object.etag)
    );
    let bucket = state.buckets.entry(asked.bucket.to_owned()).or_default();
    holds(asked.headers, bucket.objects.get(asked.key))?;
    bucket.objects.insert(asked.key.to_owned(), object);
    Ok(answer::xml(200, &answer))
}

pub(super) fn delete(asked: &Asked<'_>) -> Response {
    let mut state = asked.world.s3.lock();
    let bucket = state.buckets.entry(asked.bucket.to_owned()).or_default();
    bucket.objects.remove(asked.key);
    answer::empty(204)
}

#[derive(Deserialize)]
struct Many {
    #[serde(rename = "Object", default)]
    objects: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "Key")]
    key: String,
}

pub(super) fn delete_many(asked: &Asked<'_>) -> Result<Response, Refusal> {
    whole(asked)?;
    let many: Many = parsed(asked.body)?;
    let mut state = asked.world.s3.lock();
    let bucket = state.buckets.entry(asked.bucket.to_owned()).or_default();
    let mut deleted = Vec::new();
    for named in many.objects {
        bucket.objects.remove(&named.key);
        let key = answer::escaped(&named.key);
        deleted.push(format!("<Deleted><Key>{key}</Key></Deleted>"));
    }
    let deleted = deleted.concat();
    Ok(answer::xml(
        200,
        &format!("<DeleteResult>{deleted}</DeleteResult>"),
    ))
}

/// A body in XML.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let text = str::from_utf8(body).map_err(|_| MALFORMED_XML)?;
    quick_xml::de::from_str(text).map_err(|_| MALFORMED_XML)
}
