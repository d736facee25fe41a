//! What can be written is read again, and everything else is told what would have worked.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{Money, Timestamp};

const FORMAT: HandleFormat = HandleFormat::new("acme", 3);

fn read(text: &str) -> Result<(u32, String), HandleError> {
    let handle = TaskHandle::parse(text).expect("a handle");
    FORMAT
        .read(&handle)
        .map(|(version, rest)| (version, rest.to_owned()))
}

fn task() -> RememberedTask {
    RememberedTask {
        id: "n49xxxx_kio1".to_owned(),
        price: Some(Money::from_microdollars(60_000)),
        submitted_at: Timestamp::from_millis(1_795_167_000_042),
    }
}

#[test]
fn a_handle_is_readable_text_that_names_provider_and_version() {
    let handle = FORMAT.write_task(&task()).expect("a handle");

    assert_eq!(
        handle.as_str(),
        "acme.3.1795167000042.60000000.n49xxxx_kio1"
    );
    assert_eq!(
        FORMAT.read(&handle),
        Ok((3, "1795167000042.60000000.n49xxxx_kio1"))
    );
}

#[test]
fn the_versions_before_stay_readable() {
    assert_eq!(read("acme.1.x"), Ok((1, "x".to_owned())));
    assert_eq!(read("acme.2."), Ok((2, String::new())));
}

#[test]
fn a_handle_of_another_provider_is_told_whose_it_is_and_what_ours_look_like() {
    for (text, found) in [
        ("other.1.abc", Some("other")),
        ("acme-2.1.abc", Some("acme-2")),
        // No handle at all, perhaps something that was never meant to be shown.
        ("task-1", None),
        ("acmex", None),
        ("sk-secret.word", None),
        ("Other.1.abc", None),
    ] {
        let error = read(text).expect_err(text);

        let HandleError::Foreign {
            expected: "acme",
            found: owner,
        } = &error
        else {
            panic!("{text}: {error:?}");
        };
        assert_eq!(owner.as_ref().map(ProviderId::as_str), found, "{text}");
        let told = error.to_string();
        assert!(told.contains("starts with `acme.`"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}

#[test]
fn a_handle_from_the_future_is_told_which_version_reads_it() {
    for (text, found) in [("acme.4.x", 4), ("acme.10.1.2.3", 10), ("acme.4.", 4)] {
        let error = read(text).expect_err(text);

        let expected = HandleError::FromTheFuture {
            provider: "acme",
            found,
            known: 3,
        };
        assert_eq!(error, expected);
        let told = error.to_string();
        assert!(told.contains(&format!("`acme.{found}.`")), "{told}");
        assert!(told.contains("`acme.3.`"), "{told}");
    }
}

#[test]
fn a_damaged_handle_is_told_to_come_whole() {
    for text in [
        "acme",
        "acme.",
        "acme.1",
        "acme.0.x",
        "acme.-1.x",
        "acme.+1.x",
        "acme.one.x",
        "acme.99999999999.x",
        "acme..x",
    ] {
        assert_eq!(read(text), Err(FORMAT.damaged()), "{text}");
    }
    assert!(FORMAT.damaged().to_string().contains("exactly as it was"));
}

#[test]
fn a_damaged_memory_is_no_task() {
    for damaged in [
        "", "5.6.", "5.6.%20", "5.6.%ff", "5.6...", "5.6.%2e", "5.-6.a", "-5.6.a", "now.6.a",
        "5.6", "5", "5.--.a",
    ] {
        assert_eq!(RememberedTask::from_text(damaged), None, "{damaged}");
    }
    assert!(!is_task_id(&"x".repeat(257)));
    assert!(is_task_id(&"x".repeat(256)));
}

#[test]
fn only_around_its_submission_may_a_task_be_unknown() {
    let task = task();
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
    fn any_task_survives_the_trip_through_text(
        id in "[^\\p{Cc}]{1,160}",
        price in prop::option::of(0..i64::MAX),
        at in 0..i64::MAX,
    ) {
        prop_assume!(is_task_id(&id));
        let task = RememberedTask {
            id,
            price: price.map(Money::from_nanodollars),
            submitted_at: Timestamp::from_millis(at),
        };

        let handle = FORMAT.write_task(&task).expect("a handle");

        let text = TaskHandle::parse(handle.as_str()).expect("the same handle");
        prop_assert_eq!(FORMAT.read_task(&text), Ok(task));
    }

    #[test]
    fn no_text_makes_a_panic(rest in "[!-~]{0,80}", ours: bool) {
        let start = if ours { "acme.1." } else { "acme" };
        let handle = TaskHandle::parse(format!("{start}{rest}")).expect("a handle");

        if let Ok(task) = FORMAT.read_task(&handle) {
            prop_assert!(is_task_id(&task.id));
        }
    }
}
