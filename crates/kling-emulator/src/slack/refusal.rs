//! How Slack says no: `ok: false` and one word, mostly with status 200.

use serde_json::{Map, Value, json};

/// A refused call.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The word.
    pub(crate) error: String,
    /// What else the answer says.
    pub(crate) more: Map<String, Value>,
    /// Seconds, for a 429.
    pub(crate) retry_after: Option<u64>,
}

/// A call's result: the fields of the answer beside `ok`.
pub(crate) type Outcome = Result<Value, Refusal>;

impl Refusal {
    /// Nothing but a word.
    pub(crate) fn new(error: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            more: Map::new(),
            retry_after: None,
        }
    }

    /// `invalid_arguments` (or another word) with sentences in `response_metadata.messages`.
    pub(crate) fn with_messages(error: &str, messages: &[String]) -> Self {
        let mut refusal = Self::new(error);
        let listed = json!({"messages": messages});
        refusal.more.insert("response_metadata".to_owned(), listed);
        refusal
    }

    /// Blocks that break a rule, in a message.
    pub(crate) fn invalid_blocks(messages: &[String]) -> Self {
        let mut refusal = Self::with_messages("invalid_blocks", messages);
        let bare: Vec<&str> = messages
            .iter()
            .map(|message| message.trim_start_matches("[ERROR] "))
            .collect();
        refusal.more.insert("errors".to_owned(), json!(bare));
        refusal
    }

    /// A view that breaks a rule, or an argument that does.
    pub(crate) fn invalid_arguments(messages: &[String]) -> Self {
        Self::with_messages("invalid_arguments", messages)
    }

    /// An argument that must be there.
    pub(crate) fn missing(name: &str) -> Self {
        Self::invalid_arguments(&[format!("[ERROR] missing required field: {name}")])
    }

    /// A scope that the token does not have.
    pub(crate) fn missing_scope<'a>(
        needed: &str,
        provided: impl Iterator<Item = &'a String>,
    ) -> Self {
        let provided: Vec<&str> = provided.map(String::as_str).collect();
        let mut refusal = Self::new("missing_scope");
        refusal.more.insert("needed".to_owned(), json!(needed));
        refusal
            .more
            .insert("provided".to_owned(), json!(provided.join(",")));
        refusal
    }

    /// A 429.
    pub(crate) fn rate_limited(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new("ratelimited")
        }
    }

    pub(crate) fn channel_not_found() -> Self {
        Self::new("channel_not_found")
    }

    pub(crate) fn message_not_found() -> Self {
        Self::new("message_not_found")
    }

    pub(crate) fn file_not_found() -> Self {
        Self::new("file_not_found")
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let mut body = self.more.clone();
        body.insert("ok".to_owned(), json!(false));
        body.insert("error".to_owned(), json!(self.error));
        Value::Object(body)
    }
}
