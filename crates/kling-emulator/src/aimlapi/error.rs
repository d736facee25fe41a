//! How the vendor says no, in either generation of error bodies.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::ErrorGeneration;
use crate::{reading::Issue, world::World};

/// Why a request got no result.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The key is missing or not good.
    Unauthorized,
    /// The account has less than the price.
    OutOfCredits,
    /// The body does not fit the schema, or a picture cannot be used.
    Invalid(Vec<Issue>),
    /// There is no such generation, or not for this account.
    NoSuchGeneration,
    /// There is nothing at this path, or not for this method.
    NoSuchRoute {
        /// The method asked with.
        method: Method,
        /// The path asked for.
        path: String,
    },
    /// The emulator itself failed.
    Internal,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::OutOfCredits => StatusCode::FORBIDDEN,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchRoute { .. } | Self::NoSuchGeneration => StatusCode::NOT_FOUND,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Unauthorized => "This request requires a valid API key. You can create a new API \
                                   key on the Billing page: https://aimlapi.com/app/keys"
                .to_owned(),
            Self::OutOfCredits => "You've run out of credits. Please top up your balance or update \
                                   your payment method to continue: https://aimlapi.com/app/billing/"
                .to_owned(),
            Self::Invalid(_) => "Body validation error!".to_owned(),
            Self::NoSuchGeneration => "Inference not found".to_owned(),
            Self::NoSuchRoute { method, path } => format!("Cannot {method} {path}"),
            Self::Internal => "Internal server error".to_owned(),
        }
    }

    /// The answer, in the generation that is set.
    pub(super) fn respond(&self, world: &World, asked: &Asked) -> Response {
        let body = match world.aimlapi.settings().error_generation {
            ErrorGeneration::Flat => self.flat(world, asked),
            ErrorGeneration::Nested => self.nested(world, asked),
        };
        asked.sign((self.status(), Json(body)).into_response())
    }

    fn flat(&self, world: &World, asked: &Asked) -> Value {
        let message = match self {
            // Validation answers with a list.
            Self::Invalid(issues) => {
                let sentence = |issue: &Issue| json!(issue.sentence());
                let sentences = issues.iter().map(sentence);
                [json!(self.message())]
                    .into_iter()
                    .chain(sentences)
                    .collect()
            }
            Self::Unauthorized
            | Self::OutOfCredits
            | Self::NoSuchGeneration
            | Self::NoSuchRoute { .. }
            | Self::Internal => json!(self.message()),
        };
        json!({
            "requestId": asked.request_id,
            "statusCode": self.status().as_u16(),
            "timestamp": world.clock.iso(),
            "path": asked.path,
            "message": message,
        })
    }

    fn nested(&self, world: &World, asked: &Asked) -> Value {
        let (name, data) = match self {
            Self::Unauthorized => (
                "UnauthorizedException",
                json!({ "kind": "err_unauthorized" }),
            ),
            // Misspelt, as the vendor does.
            Self::OutOfCredits => (
                "ForbiddenException",
                json!({ "kind": "err_insufficent_credits" }),
            ),
            Self::Invalid(issues) => (
                "BadRequestException",
                json!({ "kind": "err_validation", "issues": issues }),
            ),
            Self::NoSuchRoute { .. } | Self::NoSuchGeneration => {
                ("NotFoundException", json!({ "kind": "err_not_found" }))
            }
            Self::Internal => (
                "InternalServerErrorException",
                json!({ "kind": "err_internal" }),
            ),
        };
        json!({
            "title": self.status().canonical_reason(),
            "status": self.status().as_u16(),
            "message": self.message(),
            "instance": format!("{}?{}", asked.path, asked.query),
            "timestamp": world.clock.iso(),
            "error": { "name": name, "message": self.message(), "data": data },
        })
    }
}

/// What a reply must repeat of its request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    path: String,
    query: String,
    /// The vendor's own id of the request.
    pub(super) request_id: String,
    /// The client's id of it, where it is valid.
    pub(super) client_request_id: Option<String>,
}

impl Asked {
    /// Reads the request and gives it an id.
    pub(super) fn new(world: &World, uri: &Uri, headers: &HeaderMap) -> Self {
        let client_request_id = headers
            .get("x-client-request-id")
            .and_then(|value| value.to_str().ok())
            .filter(|id| is_client_request_id(id))
            .map(str::to_owned);
        Self {
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            request_id: world.ids.nanoid(),
            client_request_id,
        }
    }

    /// Adds the echo of the client's id.
    pub(super) fn sign(&self, mut response: Response) -> Response {
        if let Some(id) = &self.client_request_id {
            set_header(&mut response, "x-client-request-id", id);
        }
        response
    }

    /// Adds the echo of the client's id, and the inference's id.
    pub(super) fn sign_inference(&self, response: Response) -> Response {
        let mut response = self.sign(response);
        set_header(&mut response, "x-inference-id", &self.request_id);
        response
    }
}

/// Sets a header; a value that HTTP cannot carry is left out.
pub(super) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
}

/// Whether the vendor takes `id`: 1 to 128 letters, digits, dots, underscores, colons, hyphens.
fn is_client_request_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}
