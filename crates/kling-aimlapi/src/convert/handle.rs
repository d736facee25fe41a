//! What is written into a task handle: `aimlapi.1.<milliseconds since 1970>.<nano-dollars, or ->.<generation id,
//! percent-encoded>`.
//!
//! When it was submitted, since a video may become visible late, and what it is expected to cost, for when the
//! vendor does not say.

use kling_core::HandleFormat;

/// How handles are written, and read in every version so far.
pub(crate) const FORMAT: HandleFormat = HandleFormat::new("aimlapi", 1);

#[cfg(test)]
mod tests {
    use kling_core::{Money, ProviderError, RememberedTask, TaskHandle, Timestamp};

    use super::*;

    #[test]
    fn the_layout_of_version_1_stays_as_it_is() {
        for (id, price, text) in [
            (
                "V1StGXR8_Z5jdHi6B-myT",
                Some(588_000),
                "aimlapi.1.1795167000042.588000000.V1StGXR8_Z5jdHi6B-myT",
            ),
            (
                "0a1b:klingai/video-o1-image-to-video",
                None,
                "aimlapi.1.1795167000042.-.0a1b%3Aklingai%2Fvideo-o1-image-to-video",
            ),
        ] {
            let task = RememberedTask {
                id: id.to_owned(),
                price: price.map(Money::from_microdollars),
                submitted_at: Timestamp::from_millis(1_795_167_000_042),
            };

            let handle = FORMAT.write_task(&task).expect("a handle");

            assert_eq!(handle.as_str(), text);
            assert_eq!(FORMAT.read_task(&handle).expect("a task"), task);
        }
    }

    #[test]
    fn what_is_no_handle_of_ours_is_told_by_what_is_wrong_with_it() {
        for (text, name) in [
            ("apiin.1.5.6.a", "foreign-handle"),
            ("task-1", "foreign-handle"),
            ("aimlapi.2.x", "handle-from-the-future"),
            ("aimlapi.1.5.-6.a", "damaged-handle"),
            ("aimlapi.1.5.6.%20", "damaged-handle"),
            ("aimlapi.1", "damaged-handle"),
        ] {
            let error = FORMAT.read_task(&TaskHandle::literal(text));
            let error = ProviderError::from(error.expect_err(text));

            assert_eq!(error.name(), name, "{text}");
            assert!(error.to_string().contains("`aimlapi."), "{error}");
        }
    }
}
