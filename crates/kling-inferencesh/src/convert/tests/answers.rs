//! Every documented answer as what it means.

use kling_core::{
    CostSource, FailureKind, MediaType, Money, ProviderError, Submission, TaskStatus,
};
use serde_json::{Value, json};

use crate::convert::envelope::{self, Opened};
use crate::convert::handle::LONG_AGO;
use crate::convert::state::StatusTable;
use crate::convert::task;

use super::numbered;

fn opened(body: Value) -> Result<Value, Option<u16>> {
    match envelope::open(body) {
        Opened::Content(content) => Ok(content),
        Opened::Refused { status } => Err(status),
    }
}

#[test]
fn a_task_is_the_same_in_all_three_wrappings() {
    let bare = json!({"id": "t1", "status": 7});
    for body in [
        bare.clone(),
        json!({"data": bare, "messages": []}),
        json!({"success": true, "status": 200, "data": bare}),
        json!({"success": true, "status": 200, "data": bare, "messages": []}),
    ] {
        assert_eq!(opened(body), Ok(bare.clone()));
    }
    let odd = json!({"id": "t1", "status": 7, "data": {"a": 1}});
    assert_eq!(opened(odd.clone()), Ok(odd));
    assert_eq!(opened(json!([1])), Ok(json!([1])));
}

#[test]
fn a_no_in_the_oldest_wrapping_is_no_content() {
    let no = json!({"success": false, "status": 402, "error": {"code": "payment_required"}});

    assert_eq!(opened(no), Err(Some(402)));
    assert_eq!(
        opened(json!({"success": false, "status": "many"})),
        Err(None)
    );
}

fn status_of(task: Value, table: StatusTable) -> Result<TaskStatus, ProviderError> {
    task::status(&task::read(task)?, &numbered(table), None)
}

fn current(task: Value) -> Result<TaskStatus, ProviderError> {
    status_of(task, StatusTable::Current)
}

#[test]
fn every_state_has_its_status() {
    let queued = TaskStatus::Queued { position: None };
    let running = TaskStatus::Running { percent: None };
    for (status, expected) in [
        (json!(1), &queued),
        (json!(2), &queued),
        (json!("dispatched"), &queued),
        (json!(4), &running),
        (json!(8), &running),
        (json!(9), &running),
        (json!("cancelling"), &running),
        (json!(0), &running),
        (json!(77), &running),
        (json!("dreaming"), &running),
        (json!(12), &TaskStatus::Cancelled),
    ] {
        let told = current(json!({"id": "t1", "status": status})).expect("a status");
        assert_eq!(&told, expected, "{status}");
    }
}

#[test]
fn nine_with_an_output_is_completed_only_where_the_older_table_is_in_use() {
    let task =
        json!({"id": "t1", "status": 9, "output": {"image": "https://cloud.inference.sh/a.png"}});

    let now = current(task.clone()).expect("a status");
    let then = status_of(task, StatusTable::Legacy).expect("a status");

    assert!(!now.is_terminal());
    assert!(matches!(then, TaskStatus::Succeeded(_)), "{then:?}");
}

#[test]
fn a_file_is_an_address_or_an_object_with_one() {
    for file in [
        json!("https://cloud.inference.sh/a.png"),
        json!({"uri": "https://cloud.inference.sh/a.png", "content_type": "image/png", "size": 3}),
        json!([{"uri": "https://cloud.inference.sh/a.png"}]),
    ] {
        let task = json!({"id": "t1", "status": 10, "input": {"n": 1}, "output": {"image": file}});
        let TaskStatus::Succeeded(output) = current(task).expect("a status") else {
            panic!("completed");
        };
        assert_eq!(output.assets.len(), 1);
        assert_ne!(output.assets[0].media_type, Some(MediaType::Jpeg));
        let cost = output.cost.expect("a cost");
        assert_eq!(cost.amount, Money::from_microdollars(28_000));
    }
}

#[test]
fn completed_with_nothing_is_no_result_and_with_something_else_is_told_with_its_place() {
    let error = |output: Value| {
        let task = json!({"id": "t1", "status": 10, "output": output});
        current(task).expect_err("no file")
    };

    for nothing in [
        json!(null),
        json!({}),
        json!({"image": null}),
        json!([]),
        json!(""),
    ] {
        assert_eq!(error(nothing).name(), "no-result");
    }
    for odd in [
        json!({"image": "inf://files/1"}),
        json!({"picture": 7}),
        json!(7),
    ] {
        let told = error(odd).to_string();
        assert!(told.contains("`$.output`"), "{told}");
    }
}

#[test]
fn what_was_used_decides_the_cost_and_else_what_was_asked_for() {
    let cost = |input: Value, output: Value| {
        let task = json!({"id": "t1", "status": 10, "input": input, "output": output});
        match current(task).expect("a status") {
            TaskStatus::Succeeded(output) => output.cost.map(|cost| cost.amount),
            other => panic!("{other:?}"),
        }
    };
    let (image, video) = ("https://a.b/c.png", "https://a.b/c.mp4");
    let dollars = |text| Money::parse_dollars(text).ok();

    assert_eq!(
        cost(json!({"n": 3}), json!({"image": image})),
        dollars("0.084")
    );
    assert_eq!(cost(json!(null), json!({"image": image})), dollars("0.028"));
    assert_eq!(
        cost(json!({"n": 1_000_000}), json!({"image": image})),
        dollars("0.028")
    );
    let meta = json!({"outputs": [{"type": "image", "count": 2}]});
    assert_eq!(
        cost(json!({}), json!({"image": image, "output_meta": meta})),
        dollars("0.056")
    );
    assert_eq!(
        cost(json!({"duration": 10}), json!({"video": video})),
        dollars("1.12")
    );
    assert_eq!(cost(json!({}), json!({"video": video})), dollars("0.56"));
    assert_eq!(cost(json!(null), json!({"video": video})), None);
    assert_eq!(
        cost(
            json!({"reference_video_type": "base"}),
            json!({"video": video})
        ),
        None
    );
    let coarse = json!({"duration": 10, "resolution": "720p"});
    assert_eq!(cost(coarse, json!({"video": video})), dollars("0.84"));
    let meta = json!({"outputs": [{"type": "video", "seconds": 5.04}]});
    assert_eq!(
        cost(json!({}), json!({"video": video, "output_meta": meta})),
        dollars("0.672")
    );
}

#[test]
fn a_cost_is_made_from_the_operators_prices() {
    let dollars = |text| Money::parse_dollars(text).expect("an amount");
    let config = crate::Config {
        image_usd: dollars("0.5"),
        video_second_usd: dollars("2"),
        video_second_720p_usd: dollars("1"),
        ..crate::Config::default()
    };
    let cost = |input: Value, output: Value| {
        let told = json!({"id": "t1", "status": 10, "input": input, "output": output});
        let told = task::read(told).expect("a task");
        match task::status(&told, &config, None).expect("a status") {
            TaskStatus::Succeeded(output) => output.cost.expect("a cost").amount,
            other => panic!("{other:?}"),
        }
    };
    let film = || json!({"video": "https://a.b/c.mp4"});

    let pictures = cost(json!({"n": 3}), json!({"image": "https://a.b/c.png"}));
    assert_eq!(pictures, dollars("1.5"));
    assert_eq!(cost(json!({"duration": 5}), film()), dollars("10"));
    let coarse = json!({"duration": 5, "resolution": "720p"});
    assert_eq!(cost(coarse, film()), dollars("5"));
}

#[track_caller]
fn failed(error: &str) -> kling_core::TaskFailure {
    let input = json!({"prompt": "a paper boat on a lake"});
    let task = json!({"id": "t1", "status": 11, "error": error, "input": input});
    match current(task).expect("a status") {
        TaskStatus::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_failure_is_sorted_by_the_code_of_whoever_ran_the_model() {
    for (error, kind, code) in [
        (
            "[1301] The prompt is not allowed",
            FailureKind::Moderated,
            Some("1301"),
        ),
        (
            "RuntimeError: [1300] x",
            FailureKind::Moderated,
            Some("1300"),
        ),
        (
            "[1201] Image width is too small",
            FailureKind::Declined,
            Some("1201"),
        ),
        (
            "[1303] parallel task over resource pack limit",
            FailureKind::Provider,
            Some("1303"),
        ),
        ("Task failed: content safety", FailureKind::Moderated, None),
        (
            "expired while waiting for available capacity",
            FailureKind::Provider,
            None,
        ),
        ("", FailureKind::Provider, None),
        ("[99999] [x] [12", FailureKind::Provider, None),
    ] {
        let failure = failed(error);
        assert_eq!(failure.kind, kind, "{error}");
        assert_eq!(failure.code.as_deref(), code, "{error}");
        assert_eq!(failure.cost, None);
    }
}

#[test]
fn only_clean_words_about_a_picture_reach_a_person() {
    let reason = |error: &str| failed(error).reason;

    assert_eq!(
        reason("[1201] Image width is too small").as_deref(),
        Some("Image width is too small")
    );
    for dirty in [
        "[1201] Image https://cdn.example.com/a?sig=1 is too small",
        "[1201] image of a paper boat is too small",
        "[1201] image_list[0] is invalid",
        "[1301] the image is not allowed",
    ] {
        assert_eq!(reason(dirty), None, "{dirty}");
    }
}

#[test]
fn a_task_that_nobody_would_pay_for_cost_nothing() {
    let told = current(json!({"id": "t1", "status": 13})).expect("a status");

    let TaskStatus::Failed(failure) = told else {
        panic!("{told:?}");
    };
    assert_eq!(failure.code.as_deref(), Some("rejected"));
    let cost = failure.cost.expect("a cost");
    // No price comes with a task: nobody reported this one.
    assert!(cost.amount.is_zero() && cost.source == CostSource::Computed);
}

fn submitted(task: Value) -> Result<Submission, ProviderError> {
    let config = numbered(StatusTable::Current);
    task::submission(&task::read(task)?, &config, None, LONG_AGO)
}

#[test]
fn a_submission_starts_a_task_whatever_its_status_is() {
    for status in [json!(1), json!("queued"), json!(null), json!(11), json!(10)] {
        let told = submitted(json!({"id": "t1", "status": status})).expect("a task");
        let Submission::Started(handle) = told else {
            panic!("{told:?}");
        };
        assert_eq!(handle.as_str(), "inferencesh.2.0.-.t1");
    }
    let done = json!({"id": "t1", "status": 10, "output": {"image": "https://a.b/c.png"}});
    assert!(matches!(submitted(done), Ok(Submission::Finished(_))));
}

#[test]
fn a_submission_that_is_rejected_at_once_is_out_of_funds() {
    let error = submitted(json!({"id": "t1", "status": "rejected"})).expect_err("rejected");

    assert_eq!(error.name(), "out-of-funds");
}

#[test]
fn a_submission_without_an_id_is_in_doubt() {
    for odd in [
        json!({"status": 1}),
        json!({"id": null}),
        json!([]),
        json!("t1"),
    ] {
        let error = submitted(odd).expect_err("no id");
        assert_eq!(error.kind(), kling_core::ErrorKind::Unknown);
    }
}
