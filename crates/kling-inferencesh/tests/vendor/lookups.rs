//! Finding the task of a submission whose answer was lost.

use kling_core::{Operation, Provider as _, ProviderError, SubmissionKey, TaskHandle};
use kling_http::Url;
use kling_inferencesh::Config;
use serde_json::{Value, json};

use super::bench::{Answer, Bench, Piece, problem, request};

const LIST: &str = "POST /tasks/list";
const KEY: SubmissionKey = SubmissionKey::literal("part:1.a_b-c");

fn hooked(config: &mut Config) {
    config.webhook_base_url = Url::parse("https://bot.example.com/hook").ok();
}

fn trusting(config: &mut Config) {
    hooked(config);
    config.absence_is_proof = true;
}

/// The webhook that a submission with the key really sends.
async fn webhook() -> Value {
    let bench = Bench::with(hooked).await;
    bench.play(
        "POST /apps/run",
        Answer::json(200, &json!({"data": {"id": "t1", "status": 1}})),
    );
    bench
        .submit(&request(Operation::TextToImage))
        .await
        .unwrap();
    bench.calls()[0].json()["webhook"].clone()
}

fn page(items: &[Value], next: &str) -> Answer {
    Answer::json(
        200,
        &json!({"data": {"items": items, "next_cursor": next}, "messages": []}),
    )
}

async fn find(bench: &Bench) -> Result<Option<TaskHandle>, ProviderError> {
    bench.provider.find(&KEY).await
}

#[tokio::test]
async fn a_task_is_found_by_the_key_in_its_webhook_on_whatever_page() {
    let bench = Bench::with(hooked).await;
    let other = json!({"id": "t9", "webhook": "https://bot.example.com/hook?submission=other"});
    let plain = json!({"id": "t8", "webhook": null});
    let ours = json!({"id": "t7", "status": 7, "webhook": webhook().await});
    bench.play(LIST, page(&[other, plain], "next=="));
    bench.play(LIST, page(&[ours], ""));

    let found = find(&bench).await.unwrap();

    let found = found.expect("the task");
    // What it was to cost is not known any more.
    let known: Vec<_> = found.as_str().rsplit('.').take(2).collect();
    assert_eq!(known, ["t7", "-"]);
    let calls = bench.calls();
    assert_eq!(
        calls[0].json()["sort"][0],
        json!({"field": "created_at", "dir": "desc"})
    );
    assert_eq!(calls[0].json().get("cursor"), None);
    assert_eq!(calls[1].json()["cursor"], "next==");
}

#[tokio::test]
async fn what_is_not_in_the_list_proves_nothing_unless_the_operator_says_so() {
    let items = [json!({"id": "t8", "webhook": null})];
    let careful = Bench::with(hooked).await;
    careful.play(LIST, page(&items, ""));
    let sure = Bench::with(trusting).await;
    sure.play(LIST, page(&items, ""));

    let error = find(&careful).await.expect_err("no proof");

    assert_eq!(error.name(), "unavailable");
    assert_eq!(find(&sure).await.unwrap(), None);
}

#[tokio::test]
async fn a_list_that_does_not_tell_webhooks_or_never_ends_proves_nothing() {
    let silent = Bench::with(trusting).await;
    silent.play(LIST, page(&[json!({"id": "t8"})], ""));
    let endless = Bench::with(trusting).await;
    for n in 0..40 {
        endless.play(LIST, page(&[], &format!("page-{n}")));
    }

    assert_eq!(
        find(&silent).await.expect_err("no proof").name(),
        "unavailable"
    );
    assert_eq!(
        find(&endless).await.expect_err("no proof").name(),
        "unavailable"
    );
    assert_eq!(endless.calls().len(), 10);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_proves_nothing() {
    for answer in [
        Answer::json(500, &problem("internal_error", 500)),
        Answer::json(403, &problem("insufficient_scope", 403)),
        Answer::json(200, &json!({"data": {}})),
        Answer::json(200, &json!({"data": {"items": 7}})),
        Answer::pieces(200, vec![Piece::Text("<html>".into())]),
    ] {
        let bench = Bench::with(trusting).await;
        bench.play(LIST, answer);
        assert!(find(&bench).await.is_err());
    }
}

#[tokio::test]
async fn without_a_webhook_nothing_can_be_found_and_nothing_is_sent() {
    let bench = Bench::new().await;

    let error = find(&bench).await.expect_err("unsupported");

    assert_eq!(error.name(), "unsupported");
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_webhook_is_sent_only_where_it_is_configured() {
    let address = webhook().await;
    let bench = Bench::new().await;
    bench.play("POST /apps/run", Answer::json(200, &json!({"id": "t1"})));

    bench
        .submit(&request(Operation::TextToImage))
        .await
        .unwrap();

    let address = address.as_str().unwrap();
    assert!(address.starts_with("https://bot.example.com/hook?submission=part%3A1.a_b-c&proof="));
    assert_eq!(bench.calls()[0].json().get("webhook"), None);
}
