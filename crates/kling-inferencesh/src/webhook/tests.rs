//! Hints that are true, hints that are forged, and what the documented sample means.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const KEY: SubmissionKey = SubmissionKey::literal("part:1.a_b-c");

fn webhooks() -> Webhooks {
    Webhooks::new(&Secret::new("inf_very_private").expect("a key"))
}

fn address() -> Url {
    let base = Url::parse("https://bot.example.com/hooks/inferencesh").expect("a URL");
    webhooks().address(&base, &KEY)
}

fn query() -> String {
    address().query().expect("a query").to_owned()
}

fn read(body: &Value) -> Result<Hint, WebhookError> {
    webhooks().read(&query(), &HeaderMap::new(), body.to_string().as_bytes())
}

#[track_caller]
fn check(table: StatusTable, task: &Value, expected: Option<Ended>) {
    let told = task::read(task.clone()).expect("a task");
    assert_eq!(ended(&told, table), expected, "{task}");
}

#[test]
fn the_documented_sample_is_a_hint_of_success_though_its_number_is_stale() {
    let hint = read(&json!({
        "id": "task_abc123", "status": 9, "output": {"image": "https://a.b/c.png"}, "error": "",
        "session_id": null, "created_at": "2024-01-15T10:30:00Z", "updated_at": "2024-01-15T10:30:05Z",
    }))
    .expect("a hint");

    assert_eq!(hint.submission, KEY);
    assert_eq!(hint.task.as_str(), "inferencesh.2.0.-.task_abc123");
    assert_eq!(hint.ended, Some(Ended::Succeeded));
}

#[test]
fn a_number_is_read_by_what_comes_with_it() {
    use StatusTable::{Current, Legacy};
    let task = |status: Value, output: Value, error: &str| json!({"status": status, "output": output, "error": error});
    let (none, some) = (Value::Null, json!({"image": "https://a.b/c.png"}));

    check(
        Current,
        &task(json!(10), some.clone(), ""),
        Some(Ended::Succeeded),
    );
    check(
        Current,
        &task(json!(10), none.clone(), "boom"),
        Some(Ended::Failed),
    );
    check(
        Current,
        &task(json!(11), none.clone(), "boom"),
        Some(Ended::Failed),
    );
    check(Current, &task(json!(11), none.clone(), ""), None);
    check(
        Current,
        &task(json!("failed"), none.clone(), ""),
        Some(Ended::Failed),
    );
    check(
        Current,
        &task(json!(12), none.clone(), ""),
        Some(Ended::Cancelled),
    );
    check(
        Current,
        &task(json!(13), none.clone(), ""),
        Some(Ended::Failed),
    );
    check(Current, &task(json!(9), none.clone(), ""), None);
    check(Current, &task(json!(7), some.clone(), ""), None);
    check(Current, &task(json!(null), some.clone(), ""), None);
    check(Legacy, &task(json!(9), some, ""), Some(Ended::Succeeded));
    check(
        Legacy,
        &task(json!(10), none.clone(), ""),
        Some(Ended::Failed),
    );
    check(Legacy, &task(json!(11), none, ""), Some(Ended::Cancelled));
}

#[test]
fn an_address_carries_its_key_and_nothing_of_the_accounts() {
    let address = address();

    assert_eq!(Webhooks::key_in(address.as_str()), Some(KEY));
    assert!(!address.as_str().contains("private"));
    assert!(!format!("{:?}", webhooks()).contains("private"));
    assert_eq!(Webhooks::key_in("https://bot.example.com/other?a=1"), None);
    assert_eq!(Webhooks::key_in("not an address"), None);
}

#[test]
fn what_was_not_made_with_this_key_is_forged() {
    let genuine = query();
    let body = json!({"id": "t1", "status": 10}).to_string();
    let read =
        |webhooks: Webhooks, query: &str| webhooks.read(query, &HeaderMap::new(), body.as_bytes());
    let other = Webhooks::new(&Secret::new("inf_other").expect("a key"));
    let doubled = format!("{genuine}&submission=other");
    let swapped = genuine.replace("part", "trap");

    assert!(read(webhooks(), &genuine).is_ok());
    assert_eq!(read(other, &genuine), Err(WebhookError::Forged));
    for query in [
        "",
        "submission=k",
        "submission=k&proof=",
        "submission=k&proof=00",
        "proof=00",
        &doubled,
        &swapped,
    ] {
        assert_eq!(
            read(webhooks(), query),
            Err(WebhookError::Forged),
            "{query}"
        );
    }
}

#[test]
fn what_is_no_task_is_no_hint() {
    for body in [
        json!([]),
        json!({"status": 10}),
        json!("t1"),
        json!({"success": false}),
    ] {
        assert_eq!(read(&body), Err(WebhookError::NotATask), "{body}");
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, "text/html".parse().expect("a value"));
    assert_eq!(
        webhooks().read(&query(), &headers, b"{\"id\":\"t\"}"),
        Err(WebhookError::NotATask)
    );
    let huge = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(
        webhooks().read(&query(), &HeaderMap::new(), &huge),
        Err(WebhookError::TooLarge)
    );
}

#[test]
fn a_hint_is_read_in_every_wrapping() {
    let task = json!({"id": "t1", "status": "completed", "output": {"image": "https://a.b/c.png"}});

    let bare = read(&task).expect("a hint");

    assert_eq!(
        read(&json!({"data": task, "messages": []})),
        Ok(bare.clone())
    );
    assert_eq!(
        read(&json!({"success": true, "status": 200, "data": task})),
        Ok(bare)
    );
}

proptest! {
    #[test]
    fn nothing_that_comes_makes_a_panic(query in "\\PC{0,80}", body in prop::collection::vec(any::<u8>(), 0..120)) {
        prop_assert_eq!(webhooks().read(&query, &HeaderMap::new(), &body), Err(WebhookError::Forged));
        drop(webhooks().read(&self::query(), &HeaderMap::new(), &body));
    }

    #[test]
    fn every_key_comes_back_from_its_address(key in "[A-Za-z0-9._:-]{1,128}") {
        let key = SubmissionKey::parse(key).expect("a key");
        let base = Url::parse("http://127.0.0.1:9/hook").expect("a URL");

        let address = webhooks().address(&base, &key);

        prop_assert_eq!(webhooks().proven(address.query().expect("a query")), Some(key));
    }

    #[test]
    fn hexadecimal_is_read_as_it_was_written(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
    }
}
