//! Pure translation between our words and the vendor's.

pub(crate) mod cost;
pub(crate) mod handle;
pub(crate) mod image;
pub(crate) mod video;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kling_core::{Balance, GenerationRequest, MediaType, ProviderError};
use kling_http::decode;
use serde_json::Value;

use crate::models::ROUTE;
use crate::{Route, wire};

/// Reads what is left on the account.
pub(crate) fn balance(billing: &wire::Billing) -> Result<Balance, ProviderError> {
    let in_dollars = |code: &str| code.eq_ignore_ascii_case("USD");
    if !billing.currency.as_deref().is_none_or(in_dollars) {
        return Err(decode::unexpected(
            "$.currency",
            "the balance is not in US dollars",
        ));
    }
    cost::dollars(billing.current_balance.get())
        .map(|available| Balance { available })
        .ok_or_else(|| decode::unexpected("$.current_balance", "not an amount of money"))
}

/// Who runs a request: its own choice, else the operator's.
fn route(request: &GenerationRequest, operators: Option<Route>) -> Option<String> {
    request
        .provider_options
        .get(ROUTE)
        .map(|route| route.to_ascii_lowercase())
        .or_else(|| operators.map(|route| route.as_str().to_owned()))
}

/// The text of a JSON value that is a non-empty string.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Reads a `data:` URI with base64 content.
fn data_uri(text: &str) -> Option<(Option<MediaType>, Bytes)> {
    let (head, content) = text.strip_prefix("data:")?.split_once(',')?;
    let kind = head.strip_suffix(";base64")?;
    Some((MediaType::from_mime(kind), base64(content)?))
}

/// Reads base64; nothing, and anything else, is `None`.
fn base64(content: &str) -> Option<Bytes> {
    let bytes = STANDARD.decode(content.trim()).ok()?;
    (!bytes.is_empty()).then(|| Bytes::from(bytes))
}

#[cfg(test)]
mod tests;
