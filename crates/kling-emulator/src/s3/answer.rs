//! Answers in XML, and refusals in the words of Amazon's list of error codes.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};

pub(super) const METHOD_NOT_ALLOWED: Refusal = Refusal::new(
    405,
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
);

/// A no.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    message: &'static str,
}

impl Refusal {
    pub(super) const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            code,
            message,
        }
    }

    /// As it is sent; the answer to `HEAD` has no body.
    pub(super) fn response(self, method: &Method, path: &str) -> Response {
        if method == Method::HEAD {
            return empty(self.status);
        }
        xml(
            self.status,
            &format!(
                "<Error><Code>{}</Code><Message>{}</Message><Resource>{}</Resource><RequestId>4442587FB7D0A2F9</RequestId></Error>",
                self.code,
                escaped(self.message),
                escaped(path)
            ),
        )
    }
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

/// An answer of one element.
pub(super) fn xml(status: u16, element: &str) -> Response {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{element}");
    let mut response = empty(status);
    *response.body_mut() = Body::from(body);
    with(
        response,
        &[(header::CONTENT_TYPE, "application/xml".to_owned())],
    )
}

pub(super) fn location() -> Response {
    // The first region has no name here.
    xml(
        200,
        "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
    )
}

/// The same answer with headers. What HTTP cannot carry is left out.
pub(super) fn with(mut response: Response, headers: &[(HeaderName, String)]) -> Response {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

pub(super) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
