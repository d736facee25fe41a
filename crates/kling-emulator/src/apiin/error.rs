//! How apiin.one says no.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::reading::Issue;

/// Why a request got no result.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The key is missing or not good.
    Unauthorized,
    /// The account has less than the price.
    OutOfCredits,
    /// The body does not fit.
    Invalid(Vec<Issue>),
    /// There is no such task, or not for this account, or not yet.
    NoSuchTask,
    /// There is nothing at this path, or not for this method.
    NoSuchRoute,
    /// Too many in a minute.
    TooMany,
    /// The emulator itself failed.
    Internal,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::OutOfCredits => StatusCode::PAYMENT_REQUIRED,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchTask | Self::NoSuchRoute => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Unauthorized => "Invalid API key".to_owned(),
            Self::OutOfCredits => "Insufficient credits".to_owned(),
            Self::Invalid(issues) => {
                let sentences: Vec<String> = issues.iter().map(Issue::sentence).collect();
                sentences.join("; ")
            }
            Self::NoSuchTask => "Task not found".to_owned(),
            Self::NoSuchRoute => "Not found".to_owned(),
            Self::TooMany => "Too many requests".to_owned(),
            Self::Internal => "Internal server error".to_owned(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::OutOfCredits => "insufficient_credits",
            Self::Invalid(_) => "invalid_request",
            Self::NoSuchTask | Self::NoSuchRoute => "not_found",
            Self::TooMany => "rate_limited",
            Self::Internal => "internal_error",
        }
    }

    /// The answer; `hidden` says it with the status 200, and a code in the body.
    pub(super) fn respond(&self, hidden: bool) -> Response {
        let code = self.status();
        if hidden {
            let body = json!({ "code": code.as_u16(), "message": self.message(), "data": null });
            return Json(body).into_response();
        }
        let body: Value = json!({
            "error": { "code": code.as_u16(), "message": self.message(), "type": self.kind() },
        });
        (code, Json(body)).into_response()
    }
}
