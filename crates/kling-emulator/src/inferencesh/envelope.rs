//! What stands around an answer, and how inference.sh says no.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::reading::Issue;

/// What stands around an answer when the client asks for nothing special.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// `{data, messages}`; errors are problem+json.
    #[default]
    V3,
    /// `{success, status, data}`; errors are `{success, status, error}`.
    V1,
    /// Nothing; errors are problem+json. `X-API-Version: 2` asks for this.
    Bare,
}

impl Envelope {
    /// The envelope for a client with these headers.
    pub(super) fn asked_for(self, headers: &HeaderMap) -> Self {
        let version = headers
            .get("x-api-version")
            .and_then(|value| value.to_str().ok());
        match version {
            Some("2") => Self::Bare,
            Some(_) | None => self,
        }
    }

    /// A success.
    pub(super) fn wrap(self, data: &Value) -> Response {
        let body = match self {
            Self::V3 => json!({ "data": data, "messages": [] }),
            Self::V1 => json!({ "success": true, "status": 200, "data": data }),
            Self::Bare => data.clone(),
        };
        Json(body).into_response()
    }
}

/// Why a request got no result.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The key is missing or not good.
    Unauthorized,
    /// The account has less than the price.
    OutOfCredits,
    /// The body does not fit.
    Invalid(Vec<Issue>),
    /// There is no such thing, or not for this account, or not yet.
    NotFound(&'static str),
    /// The task's state does not allow it.
    InvalidTransition(String),
    /// The app needs secrets that are not set.
    Requirements(Vec<String>),
    /// Too many in a minute.
    RateLimited,
    /// An upload's address is not one that was given out.
    Forbidden,
}

impl Failure {
    /// One thing that is wrong with the body.
    pub(super) fn invalid(path: &str, message: &str) -> Self {
        Self::Invalid(vec![Issue::new(path, message)])
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::OutOfCredits => StatusCode::PAYMENT_REQUIRED,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::InvalidTransition(_) => StatusCode::CONFLICT,
            Self::Requirements(_) => StatusCode::PRECONDITION_FAILED,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::OutOfCredits => "payment_required",
            Self::Invalid(_) => "validation_error",
            Self::NotFound(_) => "not_found",
            Self::InvalidTransition(_) => "invalid_transition",
            Self::Requirements(_) => "requirements_not_met",
            Self::RateLimited => "rate_limited",
            Self::Forbidden => "forbidden",
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unauthorized => "invalid or missing API key".to_owned(),
            Self::OutOfCredits => "insufficient balance, please add credits".to_owned(),
            Self::Invalid(issues) => {
                let sentences: Vec<String> = issues.iter().map(Issue::sentence).collect();
                sentences.join("; ")
            }
            Self::NotFound(what) => format!("{what} not found"),
            Self::InvalidTransition(why) => why.clone(),
            Self::Requirements(_) => "app requirements are not met".to_owned(),
            Self::RateLimited => "rate limit exceeded".to_owned(),
            Self::Forbidden => "the upload address is not valid".to_owned(),
        }
    }

    /// The answer.
    pub(super) fn respond(&self, envelope: Envelope) -> Response {
        let status = self.status();
        if let Self::Requirements(secrets) = self {
            return (status, Json(requirements(secrets, envelope))).into_response();
        }
        match envelope {
            Envelope::V1 => {
                let error = json!({ "code": self.code(), "message": self.detail() });
                let body = json!({ "success": false, "status": status.as_u16(), "error": error });
                (status, Json(body)).into_response()
            }
            Envelope::V3 | Envelope::Bare => {
                let body = json!({
                    "type": format!("https://api.inference.sh/errors/{}", self.code()),
                    "title": status.canonical_reason(),
                    "status": status.as_u16(),
                    "detail": self.detail(),
                });
                let mut response = (status, Json(body)).into_response();
                let kind = HeaderValue::from_static("application/problem+json");
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
        }
    }
}

/// The body of a 412, the same in every envelope; the older one has a field more.
fn requirements(secrets: &[String], envelope: Envelope) -> Value {
    let errors = secrets.iter().map(|key| {
        let mut error = json!({
            "type": "secret",
            "key": key,
            "message": format!("missing required secret: {key}"),
            "action": { "type": "add_secret" },
        });
        if envelope == Envelope::V1 {
            error["satisfied"] = json!(false);
        }
        error
    });
    json!({ "errors": errors.collect::<Vec<Value>>() })
}
