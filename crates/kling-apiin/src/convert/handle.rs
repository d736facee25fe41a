//! What is written into a task handle, so that any process, of any later version, finds the task again.
//!
//! `apiin.1.<milliseconds since 1970>.<nano-dollars>.<task id, percent-encoded>`: when it was
//! submitted, since a task may become visible late, and what it costs, since the vendor never says.
//! A new layout gets a new number; the old ones stay readable.

use std::time::Duration;

use kling_core::{Money, ProviderError, TaskHandle, Timestamp};
use kling_http::decode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::answer::is_task_id;

const NAME: &str = "apiin";
const VERSION: &str = "1";

/// What an id is made of in practice stays readable.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');

/// A task, as far as we have to remember it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// The vendor's id.
    pub(crate) id: String,
    /// What the request costs when it succeeds.
    pub(crate) price: Money,
    /// When the vendor's answer came, by the clock of the machine that submitted.
    pub(crate) submitted_at: Timestamp,
}

impl Task {
    /// Writes the handle.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Protocol`] when the vendor's id is too long for one.
    pub(crate) fn to_handle(&self) -> Result<TaskHandle, ProviderError> {
        let at = self.submitted_at.as_millis();
        let price = self.price.as_nanodollars();
        let id = utf8_percent_encode(&self.id, ESCAPED);
        TaskHandle::parse(format!("{NAME}.{VERSION}.{at}.{price}.{id}"))
            .map_err(|_| decode::unexpected("$.data.task_id", "an id of such a length"))
    }

    /// Reads a handle.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unsupported`], by what is wrong with it.
    pub(crate) fn from_handle(handle: &TaskHandle) -> Result<Self, ProviderError> {
        let unsupported = |what| ProviderError::Unsupported { what };
        let Some((NAME, rest)) = handle.as_str().split_once('.') else {
            return Err(unsupported(
                "the task handle of another provider: it takes one that starts with `apiin.`",
            ));
        };
        match rest.split_once('.') {
            Some((VERSION, fields)) => Self::from_fields(fields).ok_or_else(|| {
                unsupported("a damaged task handle: it takes one exactly as it was given")
            }),
            Some((version, _)) if is_later(version) => Err(unsupported(
                "a task handle of a later version: it takes one that starts with `apiin.1.`, so \
                 use the version that made it",
            )),
            Some(_) | None => Err(unsupported(
                "a damaged task handle: it takes one exactly as it was given",
            )),
        }
    }

    fn from_fields(fields: &str) -> Option<Self> {
        let (at, fields) = fields.split_once('.')?;
        let (price, id) = fields.split_once('.')?;
        let id = percent_decode_str(id).decode_utf8().ok()?;
        is_task_id(&id).then_some(Self {
            id: id.into_owned(),
            price: Money::from_nanodollars(at_least_zero(price)?),
            submitted_at: Timestamp::from_millis(at_least_zero(at)?),
        })
    }

    /// Whether it was submitted so shortly before (or, by another machine's clock, after) that the
    /// vendor may not know it yet.
    pub(crate) fn may_be_unknown(&self, grace: Duration, now: Timestamp) -> bool {
        let apart = now
            .since(self.submitted_at)
            .max(self.submitted_at.since(now));
        apart < grace
    }
}

fn is_later(version: &str) -> bool {
    version.parse::<u32>().is_ok_and(|version| version > 1)
}

fn at_least_zero(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn task(id: &str) -> Task {
        Task {
            id: id.to_owned(),
            price: Money::from_microdollars(60_000),
            submitted_at: Timestamp::from_millis(1_795_167_000_042),
        }
    }

    #[track_caller]
    fn refused(handle: &str) -> String {
        let handle = TaskHandle::parse(handle).expect("a handle");
        let error = Task::from_handle(&handle).expect_err("not ours");
        assert_eq!(error.name(), "unsupported");
        error.to_string()
    }

    #[test]
    fn a_handle_is_readable_text_that_names_provider_and_version() {
        let handle = task("n49xxxx_kio1").to_handle().expect("a handle");

        assert_eq!(
            handle.as_str(),
            "apiin.1.1795167000042.60000000.n49xxxx_kio1"
        );
        assert_eq!(
            Task::from_handle(&handle).expect("a task"),
            task("n49xxxx_kio1")
        );
    }

    #[test]
    fn a_handle_of_another_provider_is_told_what_ours_look_like() {
        for foreign in ["inferencesh.1.abc", "task-1", "apiin", "apiinx.1.0.0.a"] {
            let told = refused(foreign);
            assert!(told.contains("another provider"), "{told}");
            assert!(told.contains("`apiin.`"), "{told}");
        }
    }

    #[test]
    fn a_handle_from_the_future_is_told_to_go_back_there() {
        for later in ["apiin.2.x", "apiin.10.1.2.3", "apiin.2."] {
            let told = refused(later);
            assert!(told.contains("later version"), "{told}");
        }
    }

    #[test]
    fn a_damaged_handle_is_no_task() {
        for damaged in [
            "apiin.1.",
            "apiin.1.5.6.",
            "apiin.1.5.6.%20",
            "apiin.1.5.6.%ff",
            "apiin.1.5.6...",
            "apiin.1.5.-6.a",
            "apiin.1.-5.6.a",
            "apiin.1.now.6.a",
            "apiin.0.5.6.a",
            "apiin.one.5.6.a",
            "apiin.1",
        ] {
            let told = refused(damaged);
            assert!(told.contains("damaged"), "{damaged}: {told}");
        }
    }

    #[test]
    fn only_around_its_submission_may_a_task_be_unknown() {
        let task = task("a");
        let grace = Duration::from_secs(30);
        let after = |millis: i64| Timestamp::from_millis(task.submitted_at.as_millis() + millis);

        assert!(task.may_be_unknown(grace, after(0)));
        assert!(task.may_be_unknown(grace, after(29_999)));
        assert!(task.may_be_unknown(grace, after(-5_000)));
        assert!(!task.may_be_unknown(grace, after(30_000)));
        assert!(!task.may_be_unknown(grace, after(-30_000)));
        assert!(!task.may_be_unknown(Duration::ZERO, after(0)));
    }

    proptest! {
        #[test]
        fn any_id_survives_the_trip_through_text(
            id in "[^\\p{Cc}]{1,160}",
            price in 0..i64::MAX,
            at in 0..i64::MAX,
        ) {
            prop_assume!(is_task_id(&id));
            let task = Task {
                id,
                price: Money::from_nanodollars(price),
                submitted_at: Timestamp::from_millis(at),
            };

            let handle = task.to_handle().expect("a handle");

            let text = TaskHandle::parse(handle.as_str()).expect("the same handle");
            prop_assert_eq!(Task::from_handle(&text).expect("the task"), task);
        }

        #[test]
        fn no_handle_makes_a_panic(rest in "[!-~]{0,80}", ours: bool) {
            let start = if ours { "apiin.1." } else { "apiin" };
            let handle = TaskHandle::parse(format!("{start}{rest}")).expect("a handle");

            if let Ok(task) = Task::from_handle(&handle) {
                prop_assert!(is_task_id(&task.id));
            }
        }
    }
}
