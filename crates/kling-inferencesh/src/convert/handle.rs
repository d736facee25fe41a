//! Task handles: `inferencesh.1.` and the vendor's id, opaque to everyone else.

use kling_core::{HandleFormat, ProviderError, TaskHandle, decode_id, encode_id, is_task_id};
use kling_http::decode;
use serde_json::Value;

const FORMAT: HandleFormat = HandleFormat::new("inferencesh", 1);

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
        FORMAT
            .write(&encode_id(&self.0))
            .map_err(|_| decode::unexpected("$.id", "too long for the id of a task"))
    }

    /// Reads a handle back.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Handle`], by what is wrong with it.
    pub(crate) fn of(handle: &TaskHandle) -> Result<Self, ProviderError> {
        let (_, id) = FORMAT.read(handle)?;
        decode_id(id)
            .map(Self)
            .ok_or_else(|| FORMAT.damaged().into())
    }

    fn fit(id: String) -> Option<Self> {
        is_task_id(&id).then_some(Self(id))
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
    fn what_is_no_handle_of_ours_is_told_by_what_is_wrong_with_it() {
        for (text, name) in [
            ("aimlapi.1.abc", "foreign-handle"),
            ("abc", "foreign-handle"),
            ("inferencesh.2.abc", "handle-from-the-future"),
            ("inferencesh.10.abc", "handle-from-the-future"),
            ("inferencesh.1.", "damaged-handle"),
            ("inferencesh.1...", "damaged-handle"),
            ("inferencesh.1.%2e", "damaged-handle"),
            ("inferencesh.1.%FF", "damaged-handle"),
        ] {
            let error = TaskId::of(&TaskHandle::literal(text)).expect_err(text);

            assert_eq!(error.name(), name, "{text}");
            assert_eq!(error.kind(), ErrorKind::Broken, "{text}");
            assert!(error.to_string().contains("`inferencesh."), "{error}");
        }
    }

    #[test]
    fn what_is_no_id_is_told_where() {
        for odd in [
            Value::Null,
            Value::from(""),
            Value::from(" "),
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
    }
}
