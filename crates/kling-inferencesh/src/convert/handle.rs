//! Task handles: `inferencesh.2.<milliseconds since 1970>.<nano-dollars, or ->.<the vendor's id, percent-encoded>`.
//!
//! When it was submitted, since a task may become visible late, and what it is expected to cost, since the vendor
//! never says. Version 1 was the id alone; it stays readable, and remembers neither.

use kling_core::{
    HandleFormat, Money, ProviderError, RememberedTask, TaskHandle, Timestamp, decode_id,
    is_task_id,
};
use kling_http::decode;
use serde_json::Value;

const FORMAT: HandleFormat = HandleFormat::new("inferencesh", 2);

/// When a task was submitted of which nobody remembers it: so long ago that it would show by now.
pub(crate) const LONG_AGO: Timestamp = Timestamp::from_millis(0);

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

    /// The handle that stands for it, with what it is expected to cost, and when it was submitted.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Protocol`] when the id is too long for one.
    pub(crate) fn handle(
        self,
        price: Option<Money>,
        submitted_at: Timestamp,
    ) -> Result<TaskHandle, ProviderError> {
        FORMAT
            .write_task(&RememberedTask {
                id: self.0,
                price,
                submitted_at,
            })
            .map_err(|_| decode::unexpected("$.id", "too long for the id of a task"))
    }

    fn fit(id: String) -> Option<Self> {
        is_task_id(&id).then_some(Self(id))
    }
}

/// Reads a handle back, in any version so far. Its id is fit to be one segment of a path.
///
/// # Errors
///
/// [`ProviderError::Handle`], by what is wrong with it.
pub(crate) fn remembered(handle: &TaskHandle) -> Result<RememberedTask, ProviderError> {
    match FORMAT.read(handle)? {
        (1, id) => Ok(RememberedTask {
            id: decode_id(id).ok_or_else(|| FORMAT.damaged())?,
            price: None,
            submitted_at: LONG_AGO,
        }),
        _ => Ok(FORMAT.read_task(handle)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::ErrorKind;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_167_000_042);

    #[test]
    fn the_layout_of_version_2_stays_as_it_is() {
        for (price, text) in [
            (
                Some(Money::from_microdollars(560_000)),
                "inferencesh.2.1795167000042.560000000.task_abc-123",
            ),
            (None, "inferencesh.2.1795167000042.-.task_abc-123"),
        ] {
            let id = TaskId::read(&Value::from("task_abc-123")).expect("an id");

            let handle = id.handle(price, NOW).expect("a handle");

            assert_eq!(handle.as_str(), text);
            let task = remembered(&handle).expect("a task");
            assert_eq!((task.id.as_str(), task.price), ("task_abc-123", price));
            assert_eq!(task.submitted_at, NOW);
        }
    }

    #[test]
    fn a_handle_of_version_1_is_still_read_and_remembers_the_id_alone() {
        let handle = TaskHandle::literal("inferencesh.1.task_abc-123");

        let task = remembered(&handle).expect("a task");

        assert_eq!((task.id.as_str(), task.price), ("task_abc-123", None));
        assert!(!task.may_be_unknown(crate::Config::LONGEST_GRACE, NOW));
    }

    #[test]
    fn what_is_no_handle_of_ours_is_told_by_what_is_wrong_with_it() {
        for (text, name) in [
            ("aimlapi.1.abc", "foreign-handle"),
            ("abc", "foreign-handle"),
            ("inferencesh.3.abc", "handle-from-the-future"),
            ("inferencesh.10.abc", "handle-from-the-future"),
            ("inferencesh.1.", "damaged-handle"),
            ("inferencesh.1...", "damaged-handle"),
            ("inferencesh.1.%2e", "damaged-handle"),
            ("inferencesh.1.%FF", "damaged-handle"),
            ("inferencesh.2.abc", "damaged-handle"),
            ("inferencesh.2.5.-6.abc", "damaged-handle"),
            ("inferencesh.2.5.-.%2e", "damaged-handle"),
        ] {
            let error = remembered(&TaskHandle::literal(text)).expect_err(text);

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
            if let Ok(read) = TaskId::read(&Value::from(id.clone())) {
                let text = read.handle(None, NOW).expect("short enough").as_str().to_owned();
                let handle = TaskHandle::parse(text).expect("a handle");
                prop_assert_eq!(remembered(&handle).expect("its own").id, id);
            }
        }
    }
}
