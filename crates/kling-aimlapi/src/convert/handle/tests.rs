//! Handles there and back, and everything that is none of ours.

use proptest::prelude::*;

use super::*;

fn task(id: &str) -> Task {
    Task {
        id: id.to_owned(),
        price: Some(Money::from_microdollars(588_000)),
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
        let task = Task {
            price: price.map(Money::from_microdollars),
            ..task(id)
        };

        let handle = task.to_handle().expect("a handle");

        assert_eq!(handle.as_str(), text);
        assert_eq!(Task::from_handle(&handle).expect("a task"), task);
    }
}

#[test]
fn a_handle_of_another_provider_is_told_what_ours_look_like() {
    for foreign in ["apiin.1.5.6.a", "task-1", "aimlapi", "aimlapix.1.0.0.a"] {
        let told = refused(foreign);
        assert!(told.contains("another provider"), "{told}");
        assert!(told.contains("`aimlapi.`"), "{told}");
    }
}

#[test]
fn a_handle_from_the_future_is_told_to_go_back_there() {
    for later in ["aimlapi.2.x", "aimlapi.10.1.2.3", "aimlapi.2."] {
        let told = refused(later);
        assert!(told.contains("later version"), "{told}");
    }
}

#[test]
fn a_damaged_handle_is_no_task() {
    for damaged in [
        "aimlapi.1.",
        "aimlapi.1.5.6.",
        "aimlapi.1.5.6.%20",
        "aimlapi.1.5.6.%ff",
        "aimlapi.1.5.-6.a",
        "aimlapi.1.5.--.a",
        "aimlapi.1.-5.6.a",
        "aimlapi.1.now.6.a",
        "aimlapi.0.5.6.a",
        "aimlapi.one.5.6.a",
        "aimlapi.1",
    ] {
        let told = refused(damaged);
        assert!(told.contains("damaged"), "{damaged}: {told}");
    }
}

#[test]
fn only_around_its_submission_may_a_video_be_unknown() {
    let task = task("a");
    let grace = Duration::from_mins(1);
    let after = |millis: i64| Timestamp::from_millis(task.submitted_at.as_millis() + millis);

    assert!(task.may_be_unknown(grace, after(0)));
    assert!(task.may_be_unknown(grace, after(59_999)));
    assert!(task.may_be_unknown(grace, after(-5_000)));
    assert!(!task.may_be_unknown(grace, after(60_000)));
    assert!(!task.may_be_unknown(grace, after(-60_000)));
    assert!(!task.may_be_unknown(Duration::ZERO, after(0)));
}

proptest! {
    #[test]
    fn any_id_survives_the_trip_through_text(
        id in "[^\\p{Cc}]{1,160}",
        price in prop::option::of(0..i64::MAX),
        at in 0..i64::MAX,
    ) {
        prop_assume!(is_generation_id(&id));
        let task = Task {
            id,
            price: price.map(Money::from_nanodollars),
            submitted_at: Timestamp::from_millis(at),
        };

        let handle = task.to_handle().expect("a handle");

        let text = TaskHandle::parse(handle.as_str()).expect("the same handle");
        prop_assert_eq!(Task::from_handle(&text).expect("the task"), task);
    }

    #[test]
    fn no_handle_makes_a_panic(rest in "[!-~]{0,80}", ours: bool) {
        let start = if ours { "aimlapi.1." } else { "aimlapi" };
        let handle = TaskHandle::parse(format!("{start}{rest}")).expect("a handle");

        if let Ok(task) = Task::from_handle(&handle) {
            prop_assert!(is_generation_id(&task.id));
        }
    }
}
