//! The arguments of a call: from the query, a form, or JSON.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::refusal::Refusal;

/// The arguments of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) fields: Map<String, Value>,
    /// Whether they came as JSON, which not every method reads.
    pub(crate) is_json: bool,
}

impl Arguments {
    /// Reads a request's arguments. A form wins over the query.
    pub(crate) async fn read(parts: &Parts, body: Bytes) -> Result<Self, Refusal> {
        let mut read = Self::default();
        let query = parts.uri.query().unwrap_or_default();
        read.add_form(query.as_bytes());
        if parts.method == Method::GET || body.is_empty() {
            return Ok(read);
        }
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        match kind.split(';').next().unwrap_or_default().trim() {
            "application/x-www-form-urlencoded" => read.add_form(&body),
            "application/json" => {
                let json: Value =
                    serde_json::from_slice(&body).map_err(|_| Refusal::new("invalid_json"))?;
                let Value::Object(fields) = json else {
                    return Err(Refusal::new("json_not_object"));
                };
                read.is_json = true;
                read.fields.extend(fields);
            }
            "multipart/form-data" => {
                for (name, value) in multipart(&kind, body).await? {
                    let text = String::from_utf8(value.to_vec())
                        .map_err(|_| Refusal::new("invalid_form_data"))?;
                    read.fields.insert(name, Value::String(text));
                }
            }
            "" => return Err(Refusal::new("missing_post_type")),
            _ => return Err(Refusal::new("invalid_post_type")),
        }
        Ok(read)
    }

    fn add_form(&mut self, bytes: &[u8]) {
        for (name, value) in form_urlencoded::parse(bytes) {
            self.fields
                .insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    /// A text; numbers and truth values are read as one. Empty is absent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A text that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A yes or no; no when absent.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    /// A whole number.
    pub(crate) fn whole(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.text(name)
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| {
                Refusal::invalid_arguments(&[format!("[ERROR] must be an integer: {name}")])
            })
    }

    /// An object or list, which forms carry as JSON in a text.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| Refusal::new(invalid(name))),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// A list, likewise.
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.json(name)? {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => Err(Refusal::new(invalid(name))),
        }
    }
}

/// The word for an argument that is no JSON of the right kind.
fn invalid(name: &str) -> &'static str {
    match name {
        "blocks" => "invalid_blocks_format",
        "metadata" => "invalid_metadata_format",
        _ => "invalid_arguments",
    }
}

/// The parts of a multipart body, in order.
pub(crate) async fn multipart(kind: &str, body: Bytes) -> Result<Vec<(String, Bytes)>, Refusal> {
    let broken = || Refusal::new("invalid_form_data");
    let mut request = Request::builder()
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body))
        .map_err(|_| broken())?;
    // Our own limit was checked when the bytes were read; axum's is lower.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| broken())?;
    let mut found = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        found.push((name, part.bytes().await.map_err(|_| broken())?));
    }
    Ok(found)
}
