//! The vendor's JSON, field for field. No rules: those are in `convert` and `error`.

pub(crate) mod image;
pub(crate) mod media;
pub(crate) mod video;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A request's body.
pub(crate) trait Body: Serialize {
    /// At most how many bytes it has in JSON.
    fn json_bytes(&self) -> usize;

    /// Writes it down. The memory is taken once: letting it grow would cost a hundred megabytes more for
    /// ten large pictures.
    fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let mut body = Vec::with_capacity(self.json_bytes());
        serde_json::to_writer(&mut body, self)?;
        Ok(body)
    }
}

/// At most how many bytes everything but the files takes: JSON writes some characters of one byte as
/// six, and 1000 are more than all names and settings take.
fn words_bytes(prompt: &kling_core::Prompt) -> usize {
    6 * prompt.as_str().len() + 1_000
}

fn prompt<S: Serializer>(prompt: &kling_core::Prompt, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(prompt.as_str())
}

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

/// `GET /v1/models`.
#[derive(Debug, Deserialize)]
pub(crate) struct Listing {
    /// One entry a model; every field may be anything.
    pub(crate) data: Vec<Value>,
}

/// `GET /v2/billing/transactions`.
#[derive(Debug, Deserialize)]
pub(crate) struct Transactions {
    /// One [`Transaction`] each, read on its own.
    pub(crate) data: Vec<Box<RawValue>>,
    /// `{next_cursor, has_more}`
    #[serde(default)]
    pub(crate) pagination: Value,
}

/// One entry of [`Transactions::data`]; every field may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Transaction {
    pub(crate) created_at: Value,
    pub(crate) direction: Value,
    /// An [`Amount`].
    pub(crate) amount: Option<Box<RawValue>>,
    pub(crate) model: Value,
    pub(crate) reference_id: Value,
}

/// How much a transaction is about. Numbers stay text, so that no digit is lost.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Amount {
    pub(crate) usd: Option<Box<RawValue>>,
    pub(crate) credits: Option<Box<RawValue>>,
}

/// The headers that are read and written, beside the key's.
pub(crate) mod header {
    /// Which list of models this is.
    pub(crate) const ETAG: &str = "etag";
    /// Which list of models is known.
    pub(crate) const IF_NONE_MATCH: &str = "if-none-match";
    /// A whole number of credits.
    pub(crate) const CREDITS_USED: &str = "x-aimlapi-credits-used";
    /// A decimal number of dollars.
    pub(crate) const USD_SPENT: &str = "x-aimlapi-usd-spent";
    /// Ours, for correlation only: the vendor promises nothing about repeated values.
    pub(crate) const CLIENT_REQUEST_ID: &str = "x-client-request-id";
    /// Theirs, for asking their support. For a video it is the generation's id.
    pub(crate) const INFERENCE_ID: &str = "x-inference-id";
}
