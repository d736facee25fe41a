//! AWS Signature Version 4, checked: who asks, that nothing was changed on the way, and that it is recent.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{ACCESS_KEY, REGION, Refusal, SECRET_KEY, query};
use crate::media::hex;

/// How far the clocks may be apart.
const MOST_SKEW_MS: u64 = 15 * 60 * 1000;

/// A request with what its signature is made of.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a query::Query,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a Bytes,
}

/// Lets a request in, or says why not.
pub(super) fn check(request: &Signed<'_>, now_ms: u64) -> Result<(), Refusal> {
    let header = |name: &str| {
        let value = request.headers.get(name)?;
        value.to_str().ok()
    };
    let authorization = header("authorization").ok_or(DENIED)?;
    let fields = authorization
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .ok_or(MALFORMED)?;
    let field = |wanted: &str| {
        let mut all = fields.split(',').map(str::trim);
        all.find_map(|field| field.strip_prefix(wanted)?.strip_prefix('='))
            .ok_or(MALFORMED)
    };
    let (credential, names, signature) = (
        field("Credential")?,
        field("SignedHeaders")?,
        field("Signature")?,
    );
    let (key, scope) = credential.split_once('/').ok_or(MALFORMED)?;
    if key != ACCESS_KEY {
        return Err(UNKNOWN_KEY);
    }
    let time = header("x-amz-date").ok_or(DENIED)?;
    let (day, _) = time.split_once('T').ok_or(MALFORMED)?;
    if scope != format!("{day}/{REGION}/s3/aws4_request") {
        return Err(MALFORMED);
    }
    let at_ms = millis(time).ok_or(MALFORMED)?;
    if at_ms.abs_diff(now_ms) > MOST_SKEW_MS {
        return Err(SKEWED);
    }
    let payload = header("x-amz-content-sha256").ok_or(NO_HASH)?;
    let names: Vec<&str> = names.split(';').collect();
    let is_signed = |name: &str| names.contains(&name);
    let unsigned = request
        .headers
        .keys()
        .any(|name| name.as_str().starts_with("x-amz-") && !is_signed(name.as_str()));
    if unsigned || !is_signed("host") {
        return Err(UNSIGNED);
    }
    let text = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hex(&Sha256::digest(canonical(request, &names, payload)))
    );
    let expected = hmac(&signing_key(day), &text);
    if hex(&expected) != signature {
        return Err(MISMATCH);
    }
    match payload {
        "UNSIGNED-PAYLOAD" => Ok(()),
        hash if hash.starts_with("STREAMING-") => Err(STREAMING),
        hash if hash == hex(&Sha256::digest(request.body)) => Ok(()),
        _ => Err(WRONG_HASH),
    }
}

fn canonical(request: &Signed<'_>, names: &[&str], payload: &str) -> String {
    let mut headers = String::new();
    for name in names {
        let values = request.headers.get_all(*name).iter();
        let values: Vec<String> = values
            .filter_map(|value| value.to_str().ok())
            .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        headers.push_str(name);
        headers.push(':');
        headers.push_str(&values.join(","));
        headers.push('\n');
    }
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload}",
        request.method,
        query::canonical_path(request.path),
        request.query.canonical(),
        names.join(";"),
    )
}

fn signing_key(day: &str) -> Vec<u8> {
    let first = format!("AWS4{SECRET_KEY}").into_bytes();
    [day, REGION, "s3", "aws4_request"]
        .iter()
        .fold(first, |key, text| hmac(&key, text))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The moment of a time such as `20261120T160000Z`.
fn millis(time: &str) -> Option<u64> {
    let digits: Vec<char> = time.chars().collect();
    let [y @ .., mo1, mo2, d1, d2, 'T', h1, h2, m1, m2, s1, s2, 'Z'] = digits.as_slice() else {
        return None;
    };
    let year: String = y.iter().collect();
    let written = format!("{year}-{mo1}{mo2}-{d1}{d2}T{h1}{h2}:{m1}{m2}:{s1}{s2}Z");
    let time = OffsetDateTime::parse(&written, &Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

const DENIED: Refusal = Refusal::new(403, "AccessDenied", "Access Denied");
const MALFORMED: Refusal = Refusal::new(
    400,
    "AuthorizationHeaderMalformed",
    "The authorization header is malformed; the region, service or date is wrong",
);
const UNKNOWN_KEY: Refusal = Refusal::new(
    403,
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
);
const SKEWED: Refusal = Refusal::new(
    403,
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
);
const NO_HASH: Refusal = Refusal::new(
    400,
    "InvalidRequest",
    "Missing required header for this request: x-amz-content-sha256",
);
const UNSIGNED: Refusal = Refusal::new(
    403,
    "AccessDenied",
    "There were headers present in the request which were not signed",
);
const MISMATCH: Refusal = Refusal::new(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
);
const STREAMING: Refusal = Refusal::new(
    501,
    "NotImplemented",
    "A header you provided implies functionality that is not implemented",
);
const WRONG_HASH: Refusal = Refusal::new(
    400,
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
);
