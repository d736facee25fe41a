//! Multipart uploads: begun, filled part by part, completed or aborted.

use axum::{http::header, response::Response};
use bytes::BytesMut;
use md5::{Digest as _, Md5};
use serde::Deserialize;

use super::{Asked, Object, Part, Refusal, Upload, answer, objects};
use crate::{clock::iso, media::hex};

/// The fewest bytes of a part that is not the last.
const LEAST_PART: usize = 5 * 1024 * 1024;

const NO_SUCH_UPLOAD: Refusal = Refusal::new(
    404,
    "NoSuchUpload",
    "The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed.",
);
const INVALID_PART: Refusal = Refusal::new(
    400,
    "InvalidPart",
    "One or more of the specified parts could not be found.",
);
const INVALID_ORDER: Refusal = Refusal::new(
    400,
    "InvalidPartOrder",
    "The list of parts was not in ascending order.",
);
const TOO_SMALL: Refusal = Refusal::new(
    400,
    "EntityTooSmall",
    "Your proposed upload is smaller than the minimum allowed object size.",
);
const BAD_NUMBER: Refusal = Refusal::new(
    400,
    "InvalidArgument",
    "Part number must be an integer between 1 and 10000, inclusive",
);

pub(super) fn create(asked: &Asked<'_>) -> Response {
    let mut state = asked.world.s3.lock();
    state.last_upload += 1;
    let id = format!("upload-{}-{}", state.last_upload, asked.world.ids.hex());
    let upload = Upload {
        key: asked.key.to_owned(),
        content_type: objects::content_type(asked.headers),
        begun_ms: asked.world.clock.now_ms(),
        parts: std::collections::BTreeMap::new(),
    };
    let bucket = state.buckets.entry(asked.bucket.to_owned()).or_default();
    bucket.uploads.insert(id.clone(), upload);
    answer::xml(
        200,
        &format!(
            "<InitiateMultipartUploadResult><Bucket>{}</Bucket><Key>{}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
            answer::escaped(asked.bucket),
            answer::escaped(asked.key)
        ),
    )
}

pub(super) fn put_part(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let number = asked.query.get("partNumber").unwrap_or_default();
    let number: u32 = number.parse().map_err(|_| BAD_NUMBER)?;
    if !(1..=10_000).contains(&number) {
        return Err(BAD_NUMBER);
    }
    let etag = objects::whole(asked)?;
    let mut state = asked.world.s3.lock();
    let has_room = state.has_room(asked.body.len());
    let upload = upload(&mut state.buckets, asked)?;
    if !has_room {
        return Err(objects::FULL);
    }
    let part = Part {
        bytes: asked.body.clone(),
        etag: etag.clone(),
    };
    upload.parts.insert(number, part);
    Ok(answer::with(answer::empty(200), &[(header::ETAG, etag)]))
}

fn upload<'a>(
    buckets: &'a mut std::collections::BTreeMap<String, super::Bucket>,
    asked: &Asked<'_>,
) -> Result<&'a mut Upload, Refusal> {
    let id = asked.query.get("uploadId").unwrap_or_default();
    let bucket = buckets.get_mut(asked.bucket).ok_or(NO_SUCH_UPLOAD)?;
    let upload = bucket.uploads.get_mut(id);
    upload
        .filter(|upload| upload.key == asked.key)
        .ok_or(NO_SUCH_UPLOAD)
}

#[derive(Deserialize)]
struct Completion {
    #[serde(rename = "Part", default)]
    parts: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "PartNumber")]
    number: u32,
    #[serde(rename = "ETag")]
    etag: String,
}

pub(super) fn complete(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let named: Completion = objects::parsed(asked.body)?;
    if named.parts.is_empty() {
        return Err(objects::MALFORMED_XML);
    }
    let mut state = asked.world.s3.lock();
    let object = {
        let upload = upload(&mut state.buckets, asked)?;
        joined(upload, &named.parts, asked.world.clock.now_ms())?
    };
    let etag = object.etag.clone();
    let bucket = state.buckets.entry(asked.bucket.to_owned()).or_default();
    objects::holds(asked.headers, bucket.objects.get(asked.key))?;
    bucket
        .uploads
        .remove(asked.query.get("uploadId").unwrap_or_default());
    bucket.objects.insert(asked.key.to_owned(), object);
    Ok(answer::xml(
        200,
        &format!(
            "<CompleteMultipartUploadResult><Location>/{bucket}/{key}</Location><Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>{}</ETag></CompleteMultipartUploadResult>",
            answer::escaped(&etag),
            bucket = answer::escaped(asked.bucket),
            key = answer::escaped(asked.key),
        ),
    ))
}

/// The object that the named parts make.
fn joined(upload: &Upload, named: &[Named], now_ms: u64) -> Result<Object, Refusal> {
    if !named.is_sorted_by(|one, next| one.number < next.number) {
        return Err(INVALID_ORDER);
    }
    let mut bytes = BytesMut::new();
    let mut sums = Md5::new();
    for (place, name) in named.iter().enumerate() {
        let part = upload.parts.get(&name.number).ok_or(INVALID_PART)?;
        if part.etag.trim_matches('"') != name.etag.trim_matches('"') {
            return Err(INVALID_PART);
        }
        if part.bytes.len() < LEAST_PART && place + 1 < named.len() {
            return Err(TOO_SMALL);
        }
        sums.update(Md5::digest(&part.bytes));
        bytes.extend_from_slice(&part.bytes);
    }
    Ok(Object {
        bytes: bytes.freeze(),
        etag: format!("\"{}-{}\"", hex(&sums.finalize()), named.len()),
        content_type: upload.content_type.clone(),
        modified_ms: now_ms,
    })
}

pub(super) fn abort(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let mut state = asked.world.s3.lock();
    upload(&mut state.buckets, asked)?;
    if let Some(bucket) = state.buckets.get_mut(asked.bucket) {
        bucket
            .uploads
            .remove(asked.query.get("uploadId").unwrap_or_default());
    }
    Ok(answer::empty(204))
}

/// The uploads that are neither completed nor aborted, of one prefix; never more than a page of them.
pub(super) fn list(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let prefix = asked.query.get("prefix").unwrap_or_default();
    let state = asked.world.s3.lock();
    let bucket = state.buckets.get(asked.bucket).ok_or(NO_SUCH_UPLOAD)?;
    let open = bucket
        .uploads
        .iter()
        .filter(|(_, upload)| upload.key.starts_with(prefix));
    let open: Vec<String> = open
        .map(|(id, upload)| {
            format!(
                "<Upload><Key>{}</Key><UploadId>{id}</UploadId><Initiated>{}</Initiated></Upload>",
                answer::escaped(&upload.key),
                iso(upload.begun_ms)
            )
        })
        .collect();
    let open = open.concat();
    Ok(answer::xml(
        200,
        &format!(
            "<ListMultipartUploadsResult><Bucket>{}</Bucket><IsTruncated>false</IsTruncated>{open}</ListMultipartUploadsResult>",
            answer::escaped(asked.bucket)
        ),
    ))
}
