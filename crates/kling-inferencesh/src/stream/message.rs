//! What one line, or one event, of a stream says.

use serde_json::{Map, Value};

/// One message of a stream.
pub(super) enum Message {
    /// The whole task.
    Whole(Map<String, Value>),
    /// The named fields of the task, as they are now.
    Part(Map<String, Value>, Vec<String>),
    /// Nothing new; the connection is alive.
    Heartbeat,
    /// Something that is not about the task's state, such as a piece of text.
    Other,
    /// Not what any document shows.
    Malformed,
    /// The server says that nothing more comes, and perhaps how the task is then.
    End(Option<Map<String, Value>>),
}

impl Message {
    /// Reads a line of newline-delimited JSON.
    pub(super) fn of_line(line: &[u8]) -> Self {
        let Ok(Value::Object(mut line)) = serde_json::from_slice(line) else {
            return Self::Malformed;
        };
        if line.get("type").and_then(Value::as_str) == Some("heartbeat") {
            return Self::Heartbeat;
        }
        if let Some(Value::String(event)) = line.get("event")
            && !is_task(&line)
        {
            let name = event.clone();
            return Self::named(&name, line.remove("data"));
        }
        Self::of_object(line)
    }

    /// Reads a server-sent event.
    pub(super) fn of_event(name: &str, data: &[u8]) -> Self {
        if data.trim_ascii().is_empty() {
            return Self::named(name, None);
        }
        match serde_json::from_slice(data) {
            Ok(data) => Self::named(name, Some(data)),
            // What ends a stream ends it whatever it says.
            Err(_) if matches!(name, "done" | "error") => Self::End(None),
            Err(_) => Self::Malformed,
        }
    }

    fn named(name: &str, data: Option<Value>) -> Self {
        match (name, data) {
            ("update" | "message", Some(Value::Object(data))) => {
                if data.get("type").and_then(Value::as_str) == Some("heartbeat") {
                    return Self::Heartbeat;
                }
                Self::of_object(data)
            }
            ("update" | "message", _) => Self::Malformed,
            ("done", Some(Value::Object(data))) => match Self::of_object(data) {
                Self::Whole(task) => Self::End(Some(task)),
                _ => Self::End(None),
            },
            // What an error is about, the status tells.
            ("done" | "error", _) => Self::End(None),
            ("heartbeat" | "ping", _) => Self::Heartbeat,
            _ => Self::Other,
        }
    }

    fn of_object(mut object: Map<String, Value>) -> Self {
        if is_task(&object) {
            return Self::Whole(object);
        }
        let fields = match object.get("fields") {
            Some(Value::Array(fields)) => Some(texts(fields)),
            _ => None,
        };
        match (object.remove("data"), fields) {
            (Some(Value::Object(data)), Some(fields)) => Self::Part(data, fields),
            // No document shows the task wrapped as elsewhere, but nothing else can be meant.
            (Some(Value::Object(data)), None) if is_task(&data) => Self::Whole(data),
            (None, _) => Self::Other,
            (Some(_), _) => Self::Malformed,
        }
    }
}

fn is_task(object: &Map<String, Value>) -> bool {
    object.contains_key("id") || object.contains_key("status")
}

fn texts(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
