//! Task handles: `inferencesh.1.` and the vendor's id, opaque to everyone else.

use kling_core::{ProviderError, TaskHandle};
use kling_http::decode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// Whose handle, and which version of what follows. It changes when the rest is to be read otherwise.
const START: &str = "inferencesh.1.";

/// What every version begins with.
const ANY_START: &str = "inferencesh.";

/// What is written as it is: what every id so far consists of.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The vendor's id of a task. Fit to be one segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskId(String);

impl TaskId {
    /// Reads an id from an answer: text, or a number.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Protocol`] at `$.id` when it is neither, or cannot be asked for again.
    pub(crate) fn read(id: &Value) -> Result<Self, ProviderError> {
        let id = match id {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(decode::unexpected("$.id", "not the id of a task")),
        };
        Self::fit(id).ok_or_else(|| decode::unexpected("$.id", "not a usable id of a task"))
    }

    /// What the vendor calls the task.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The handle that stands for it.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Protocol`] when the id is too long for one.
    pub(crate) fn handle(&self) -> Result<TaskHandle, ProviderError> {
        TaskHandle::parse(format!("{START}{}", utf8_percent_encode(&self.0, ESCAPED)))
            .map_err(|_| decode::unexpected("$.id", "too long for the id of a task"))
    }

    /// Reads a handle back.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unsupported`] when another provider, or a later version of this one, has made
    /// it; [`ProviderError::TaskGone`] when nobody can have.
    pub(crate) fn of(handle: &TaskHandle) -> Result<Self, ProviderError> {
        let text = handle.as_str();
        let Some(id) = text.strip_prefix(START) else {
            let what = if text.starts_with(ANY_START) {
                "a task handle of a later version: this one reads `inferencesh.1.…`"
            } else {
                "a task handle of another provider: its own begin with `inferencesh.`"
            };
            return Err(ProviderError::Unsupported { what });
        };
        let id = percent_decode_str(id)
            .decode_utf8()
            .map_err(|_| ProviderError::TaskGone)?;
        Self::fit(id.into_owned()).ok_or(ProviderError::TaskGone)
    }

    /// A path cannot end in `.` or `..`: they would lead to another endpoint.
    fn fit(id: String) -> Option<Self> {
        let fits = !id.is_empty() && id != "." && id != ".." && !id.chars().any(char::is_control);
        fits.then_some(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::ErrorKind;
    use proptest::prelude::*;

    #[test]
    fn an_id_makes_a_handle_that_people_can_read() {
        let id = TaskId::read(&Value::from("task_abc-123")).expect("an id");

        let handle = id.handle().expect("a handle");

        assert_eq!(handle.as_str(), "inferencesh.1.task_abc-123");
        assert_eq!(TaskId::of(&handle).expect("an id"), id);
    }

    #[test]
    fn handles_of_others_and_from_the_future_are_told_what_would_have_worked() {
        for (text, expected) in [
            ("aimlapi.1.abc", "its own begin with `inferencesh.`"),
            ("abc", "its own begin with `inferencesh.`"),
            ("inferencesh.2.abc", "later version"),
            ("inferencesh.10.abc", "later version"),
        ] {
            let error = TaskId::of(&TaskHandle::literal(text)).expect_err(text);

            assert_eq!(error.name(), "unsupported", "{text}");
            assert_eq!(error.kind(), ErrorKind::Broken, "{text}");
            assert!(error.to_string().contains(expected), "{error}");
        }
        for text in [
            "inferencesh.1.",
            "inferencesh.1...",
            "inferencesh.1.%2e",
            "inferencesh.1.%FF",
        ] {
            let error = TaskId::of(&TaskHandle::literal(text)).expect_err(text);
            assert_eq!(error.name(), "task-gone", "{text}");
        }
    }

    #[test]
    fn what_is_no_id_is_told_where() {
        for odd in [
            Value::Null,
            Value::from(""),
            Value::from(".."),
            Value::from(vec![1]),
        ] {
            let error = TaskId::read(&odd).expect_err("no id");
            assert!(error.to_string().contains("`$.id`"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn every_id_survives_the_trip_through_text(id in "\\PC{1,60}") {
            if let Ok(id) = TaskId::read(&Value::from(id)) {
                let text = id.handle().expect("short enough").as_str().to_owned();
                let handle = TaskHandle::parse(text).expect("a handle");
                prop_assert_eq!(TaskId::of(&handle).expect("its own"), id);
            }
        }

        #[test]
        fn no_text_makes_a_panic(rest in "[!-~]{0,40}", ours: bool) {
            let text = if ours { format!("{START}{rest}") } else { format!("x{rest}") };
            let handle = TaskHandle::parse(text).expect("visible");
            drop(TaskId::of(&handle));
        }
    }
}
