//! JSON over reqwest, whose own JSON feature nothing else here needs.

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

/// A request with a JSON body.
pub(crate) trait WithJson {
    fn with_json(self, body: &Value) -> Self;
}

impl WithJson for RequestBuilder {
    fn with_json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }
}

/// A response with a JSON body.
pub(crate) trait ReadJson {
    async fn read_json(self) -> Value;
}

impl ReadJson for Response {
    async fn read_json(self) -> Value {
        serde_json::from_slice(&self.bytes().await.unwrap()).unwrap()
    }
}
