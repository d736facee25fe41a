//! Everything an answer may say, in every place and spelling that it may say it in.

use kling_core::FailureKind;

use super::*;

/// An object that has nothing but `value`, at a path such as `data.output.images`.
fn at(path: &str, value: Value) -> Value {
    path.rsplit('.')
        .fold(value, |inner, name| json!({ name: inner }))
}

#[test]
fn a_task_id_is_found_in_every_place_as_text_and_as_a_number() {
    for path in [
        "data.task_id",
        "data.taskId",
        "data.id",
        "task_id",
        "taskId",
        "id",
    ] {
        for (id, expected) in [(json!("n49_k"), "n49_k"), (json!(4711), "4711")] {
            let handle = told(submitted(&at(path, id)));
            assert_eq!(
                handle,
                format!("apiin.1.1795167000042.60000000.{expected}"),
                "{path}"
            );
        }
        assert_eq!(
            told(submitted(&at(path, json!(null)))),
            "protocol",
            "{path}"
        );
        assert_eq!(
            told(submitted(&at(path, json!(true)))),
            "protocol",
            "{path}"
        );
    }
}

#[test]
fn the_first_task_id_wins_and_an_unusable_one_gives_way() {
    let both = json!({"id": "request-7", "data": {"task_id": "n1", "id": "row-9"}});
    let one = json!({"id": "request-7", "data": {"task_id": null, "id": "row-9"}});

    assert_eq!(told(submitted(&both)).rsplit('.').next(), Some("n1"));
    assert!(told(submitted(&one)).ends_with(".row-9"));
}

#[test]
fn every_state_is_read_in_every_place_and_spelling() {
    for (words, expected) in [
        (
            "pending queued in_queue submitted created waiting",
            "queued",
        ),
        ("in_progress processing running generating", "running"),
        (
            "completed complete success succeeded succeed done finished",
            "succeeded",
        ),
        (
            "failed failure error cancelled canceled timeout expired",
            "failed",
        ),
        ("simmering ok 200 in__progress", "running"),
    ] {
        for word in words.split(' ') {
            let spellings = [
                word.to_owned(),
                word.to_uppercase(),
                word.replace('_', "-"),
                word.replace('_', " "),
                format!(" {word}\n"),
            ];
            for (path, spelling) in ["data.status", "data.state", "status"]
                .into_iter()
                .flat_map(|path| spellings.iter().map(move |spelling| (path, spelling)))
            {
                let mut answer = at(path, json!(spelling));
                answer["images"] = json!(["https://cdn.example.com/1.png"]);
                let told = match looked(&answer).expect(path) {
                    TaskStatus::Queued { .. } => "queued",
                    TaskStatus::Running { .. } => "running",
                    TaskStatus::Succeeded(_) => "succeeded",
                    TaskStatus::Failed(_) => "failed",
                    TaskStatus::Cancelled => "cancelled",
                };
                assert_eq!(told, expected, "{path} = {spelling:?}");
            }
        }
    }
}

#[test]
fn a_numeric_or_boolean_status_says_nothing_of_the_task() {
    for status in [json!(200), json!(true), json!(null), json!("")] {
        let answer = json!({"status": status, "data": {"state": "generating"}});
        assert_eq!(
            looked(&answer).expect("a status"),
            TaskStatus::Running { percent: None }
        );

        let created = json!({"status": status, "data": {"task_id": "n1"}});
        assert_eq!(told(submitted(&created)).rsplit('.').next(), Some("n1"));
    }
}

#[test]
fn pictures_are_found_in_every_place_and_shape() {
    let list = [
        "data.output.images",
        "data.output.image_urls",
        "data.output.urls",
        "data.output",
        "data.result.images",
        "data.result.image_urls",
        "data.result.urls",
        "data.result",
        "data.response",
        "data.images",
        "data.image_urls",
        "data.url",
        "images",
        "data",
    ];
    let (one, two) = (
        "https://cdn.example.com/1.png",
        "https://cdn.example.com/2.png?sig=x",
    );
    for path in list {
        let shapes = [
            (json!([one, two]), 2),
            (json!([{"url": one}, {"image_url": two}]), 2),
            (json!([{"uri": one, "width": 1024}, two]), 2),
            (
                json!([null, {"url": null, "uri": one}, 7, "cat.png", {"uri": two}]),
                2,
            ),
            (json!({"image_url": one}), 1),
            (json!([{"url": "", "image_url": one}]), 1),
        ];
        for (shape, count) in shapes {
            let looked = looked(&at(path, shape.clone())).expect(path);
            let TaskStatus::Succeeded(output) = looked else {
                panic!("{path}: {looked:?}");
            };
            let expected = [one, two].into_iter().take(count).collect::<Vec<_>>();
            assert_eq!(urls(&output.assets), expected, "{path}: {shape}");
        }
    }
    assert_eq!(told(submitted(&json!({"data": {"url": one}}))), one);
    assert_eq!(told(submitted(&json!({"data": {"output": one}}))), one);
}

#[test]
fn the_first_place_with_a_picture_wins_and_an_empty_one_gives_way() {
    let answer = json!({"images": ["https://x.example/9.png"], "data": {"status": "done",
        "output": {"images": [], "thumbnail": "https://x.example/t.png"},
        "image_urls": ["https://x.example/1.png"], "url": "https://x.example/8.png"}});

    let Ok(TaskStatus::Succeeded(output)) = looked(&answer) else {
        panic!("a result");
    };

    assert_eq!(urls(&output.assets), ["https://x.example/1.png"]);
}

#[test]
fn why_a_task_failed_is_found_in_every_place() {
    let places = [
        "error.message",
        "error",
        "data.error.message",
        "data.error",
        "data.error_message",
        "data.fail_reason",
        "message",
    ];
    for path in places {
        for (words, kind) in [
            ("Blocked: NSFW content", FailureKind::Moderated),
            (
                "The prompt violates our content policy",
                FailureKind::Moderated,
            ),
            (
                "Invalid image: it must have 300 pixels",
                FailureKind::Declined,
            ),
            ("Failed to download image", FailureKind::Declined),
            ("Upstream went away", FailureKind::Provider),
        ] {
            let mut answer = at(path, json!(words));
            answer["status"] = json!("failed");
            let Ok(TaskStatus::Failed(failure)) = looked(&answer) else {
                panic!("{path}: a failure");
            };
            assert_eq!(failure.kind, kind, "{path}: {words}");
            assert_eq!(failure.code.as_deref(), Some("failed"));
            assert_eq!(failure.cost.map(|cost| cost.amount), Some(Money::ZERO));
        }
    }
}

#[test]
fn a_failure_is_named_by_the_vendor_else_by_its_state() {
    let code = |error: Value| {
        let answer = json!({"data": {"status": "Timeout", "error": error}});
        match looked(&answer) {
            Ok(TaskStatus::Failed(failure)) => failure.code,
            other => panic!("{other:?}"),
        }
    };

    assert_eq!(
        code(json!({"type": "content_policy"})).as_deref(),
        Some("content_policy")
    );
    assert_eq!(code(json!({"code": 1301})).as_deref(), Some("1301"));
    assert_eq!(code(json!("a sentence")).as_deref(), Some("timeout"));
    assert_eq!(
        code(json!({"type": "two words"})).as_deref(),
        Some("timeout")
    );
    assert_eq!(
        code(json!({"type": key().expose()})).as_deref(),
        Some("timeout")
    );
}
