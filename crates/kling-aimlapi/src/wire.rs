//! The vendor's JSON, field for field. No rules: those are in `convert` and `error`.

pub(crate) mod image;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// What a reply says besides its result. Nothing in here is worth losing a paid result for, so every
/// surprise reads as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Meta {
    pub(crate) usage: Option<Usage>,
}

/// What a reply says it cost. Numbers stay text, so that no digit is lost.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Usage {
    pub(crate) credits_used: Option<Box<RawValue>>,
    pub(crate) usd_spent: Option<Box<RawValue>>,
}

/// `GET /v2/billing`.
#[derive(Debug, Deserialize)]
pub(crate) struct Billing {
    pub(crate) current_balance: Box<RawValue>,
    #[serde(default)]
    pub(crate) currency: Option<String>,
}

/// The body of a declined call, in both generations: `statusCode` and `message` at the top, or
/// `title`, `status` and an `error` object. Any field may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    /// Text, or a list of texts.
    pub(crate) message: Value,
    pub(crate) title: Value,
    /// `{name, message, data: {kind}}`, or text.
    pub(crate) error: Value,
}

/// The two response headers that say what a call cost.
pub(crate) mod header {
    /// A whole number of credits.
    pub(crate) const CREDITS_USED: &str = "x-aimlapi-credits-used";
    /// A decimal number of dollars.
    pub(crate) const USD_SPENT: &str = "x-aimlapi-usd-spent";
    /// Ours, for correlation only: the vendor promises nothing about repeated values.
    pub(crate) const CLIENT_REQUEST_ID: &str = "x-client-request-id";
    /// Theirs, for asking their support.
    pub(crate) const INFERENCE_ID: &str = "x-inference-id";
}
