//! The vendor wraps its answers in three ways, by generation; here they are unwrapped.

use serde_json::{Map, Value};

/// What was in the wrapping.
pub(crate) enum Opened {
    /// What was asked for.
    Content(Value),
    /// A no in the oldest generation, which says it in the body whatever the HTTP status says.
    Refused {
        /// The status in the body, where there is one.
        status: Option<u16>,
    },
}

/// Unwraps `{"data": …, "messages": …}` and `{"success": …, "data": …}`; anything else is the content
/// itself, and so is an object with an `id` of its own, whatever its `data` is.
pub(crate) fn open(body: Value) -> Opened {
    let Value::Object(mut object) = body else {
        return Opened::Content(body);
    };
    if object.get("success") == Some(&Value::Bool(false)) {
        let status = object.get("status").and_then(Value::as_u64);
        return Opened::Refused {
            status: status.and_then(|status| u16::try_from(status).ok()),
        };
    }
    match wrapped(&mut object) {
        Some(content) => Opened::Content(content),
        None => Opened::Content(Value::Object(object)),
    }
}

fn wrapped(object: &mut Map<String, Value>) -> Option<Value> {
    if object.contains_key("id") {
        return None;
    }
    object.remove("data")
}
