//! Whatever JSON comes: no panic, and no paid task is taken for nothing.

use kling_core::ErrorKind;
use proptest::prelude::*;

use super::*;

const NAMES: [&str; 27] = [
    "data",
    "task_id",
    "taskId",
    "id",
    "status",
    "state",
    "code",
    "message",
    "error",
    "type",
    "error_message",
    "error_code",
    "fail_reason",
    "output",
    "result",
    "response",
    "images",
    "image_urls",
    "urls",
    "url",
    "image_url",
    "uri",
    "model",
    "created_at",
    "progress",
    "a",
    "b",
];

const TEXTS: [&str; 12] = [
    "success",
    "IN_PROGRESS",
    "COMPLETED",
    "FAILED",
    "simmering",
    "n49_kio1",
    "..",
    "",
    "https://cdn.example.com/1.png",
    "data:image/png;base64,AA==",
    "Insufficient credits",
    "NSFW",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![0, 200, 202, 400, 401, 402, 403, 404, 429, 500])
            .prop_map(Value::from),
        prop::sample::select(TEXTS.to_vec()).prop_map(Value::from),
        "\\PC{0,24}".prop_map(Value::from),
    ];
    let name = prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Value> {
    any_json().prop_map(|value| match value {
        Value::Object(_) => value,
        other => json!({"code": 200, "data": other}),
    })
}

proptest! {
    #[test]
    fn any_answer_to_a_submission_is_a_task_a_result_or_an_error_that_nobody_retries(
        value in any_object(),
    ) {
        match submitted(&value) {
            Ok(Submission::Started(handle)) => {
                let task = handle::FORMAT.read_task(&handle).expect("our own handle");
                prop_assert_eq!(task.price, Some(PRICE));
                prop_assert_eq!(task.submitted_at, AT);
            }
            Ok(Submission::Finished(output)) => prop_assert!(!output.assets.is_empty()),
            Err(ProviderError::NoResult { cost, .. }) => prop_assert_eq!(cost, None),
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Unknown),
        }
    }

    #[test]
    fn any_answer_to_a_look_is_a_status_or_an_error_that_may_be_looked_past(value in any_object()) {
        match looked(&value) {
            Ok(TaskStatus::Succeeded(output)) => {
                prop_assert!(!output.assets.is_empty());
                prop_assert_eq!(output.cost.map(|cost| cost.amount), Some(PRICE));
            }
            Ok(TaskStatus::Failed(failure)) => {
                prop_assert_eq!(failure.reason, None);
                prop_assert_eq!(failure.cost.map(|cost| cost.amount), Some(Money::ZERO));
            }
            Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => {}
            Ok(TaskStatus::Cancelled) => prop_assert!(false, "we cancel nothing"),
            Err(ProviderError::NoResult { .. } | ProviderError::Protocol { .. }) => {}
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_named_task_is_never_lost_among_whatever_else_there_is(mut value in any_object(), state in "[a-z]{1,8}") {
        value["data"] = json!({"task_id": "paid", "status": state, "error": value["error"].clone()});

        let submission = submitted(&value);

        let is_there = match &submission {
            Ok(Submission::Started(handle)) => handle.as_str().rsplit('.').next() == Some("paid"),
            Ok(Submission::Finished(output)) => !output.assets.is_empty(),
            Err(_) => false,
        };
        prop_assert!(is_there, "{submission:?}");
    }

    #[test]
    fn what_was_paid_for_is_found_among_whatever_else_there_is(
        before in prop::collection::vec(any_json(), 0..4),
        after in prop::collection::vec(any_json(), 0..4),
        mut extra in any_object(),
    ) {
        let url = "https://cdn.example.com/paid.png";
        let images: Vec<_> = before.into_iter().chain([json!(url)]).chain(after).collect();
        extra["data"] = json!({"status": "COMPLETED", "output": {"images": images}});

        let Ok(TaskStatus::Succeeded(output)) = looked(&extra) else {
            return Err(TestCaseError::fail("a result"));
        };

        prop_assert!(urls(&output.assets).iter().any(|found| found == url));
    }
}
