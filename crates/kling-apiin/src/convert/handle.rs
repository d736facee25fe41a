//! What is written into a task handle: `apiin.1.<milliseconds since 1970>.<nano-dollars>.<task id, percent-encoded>`.
//!
//! When it was submitted, since a task may become visible late, and what it costs, since the vendor never says.

use kling_core::HandleFormat;

/// How handles are written, and read in every version so far.
pub(crate) const FORMAT: HandleFormat = HandleFormat::new("apiin", 1);

#[cfg(test)]
mod tests {
    use kling_core::{Money, ProviderError, RememberedTask, TaskHandle, Timestamp};

    use super::*;

    #[test]
    fn the_layout_of_version_1_stays_as_it_is() {
        let task = RememberedTask {
            id: "n49xxxx_kio1".to_owned(),
            price: Some(Money::from_microdollars(60_000)),
            submitted_at: Timestamp::from_millis(1_795_167_000_042),
        };

        let handle = FORMAT.write_task(&task).expect("a handle");

        assert_eq!(
            handle.as_str(),
            "apiin.1.1795167000042.60000000.n49xxxx_kio1"
        );
        assert_eq!(FORMAT.read_task(&handle).expect("a task"), task);
    }

    #[test]
    fn what_is_no_handle_of_ours_is_told_by_what_is_wrong_with_it() {
        for (text, name) in [
            ("inferencesh.1.abc", "foreign-handle"),
            ("task-1", "foreign-handle"),
            ("apiin.2.x", "handle-from-the-future"),
            ("apiin.1.5.-6.a", "damaged-handle"),
            ("apiin.1.5.6...", "damaged-handle"),
            ("apiin.1", "damaged-handle"),
        ] {
            let error = FORMAT.read_task(&TaskHandle::literal(text));
            let error = ProviderError::from(error.expect_err(text));

            assert_eq!(error.name(), name, "{text}");
            assert!(error.to_string().contains("`apiin."), "{error}");
        }
    }
}
