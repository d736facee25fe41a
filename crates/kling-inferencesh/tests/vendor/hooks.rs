//! The axum router: what becomes a hint, and what the vendor is answered.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kling_core::SubmissionKey;
use kling_http::Url;
use kling_inferencesh::webhook::{Ended, Hint, router};
use serde_json::json;
use tower::ServiceExt as _;

use super::bench::Bench;

const KEY: SubmissionKey = SubmissionKey::literal("part:1");

async fn post(query: &str, body: &str) -> (StatusCode, Vec<Hint>) {
    let bench = Bench::new().await;
    let hints = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&hints);
    let router = router(bench.provider.webhooks(), move |hint| {
        seen.lock().unwrap().push(hint);
    });
    let request = Request::post(format!("/?{query}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();

    let response = router.oneshot(request).await.unwrap();

    let hints = hints.lock().unwrap().clone();
    (response.status(), hints)
}

async fn query() -> String {
    let base = Url::parse("https://bot.example.com/").unwrap();
    let address = Bench::new().await.provider.webhooks().address(&base, &KEY);
    address.query().unwrap().to_owned()
}

#[tokio::test]
async fn a_genuine_webhook_becomes_a_hint() {
    let body = json!({"id": "t1", "status": 9, "output": {"image": "x"}, "error": ""}).to_string();

    let (status, hints) = post(&query().await, &body).await;

    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(hints.len(), 1);
    assert_eq!(hints[0].submission, KEY);
    assert_eq!(hints[0].ended, Some(Ended::Succeeded));
}

#[tokio::test]
async fn a_forged_or_senseless_webhook_rings_no_bell() {
    let query = query().await;
    let huge = " ".repeat(kling_inferencesh::webhook::MAX_BODY_BYTES + 1);
    for (query, body, expected) in [
        (
            "submission=part%3A1&proof=00",
            "{\"id\": \"t1\"}",
            StatusCode::NOT_FOUND,
        ),
        ("", "", StatusCode::NOT_FOUND),
        (&query, "nonsense", StatusCode::BAD_REQUEST),
        (&query, &huge, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let (status, hints) = post(query, body).await;
        assert_eq!((status, hints.len()), (expected, 0));
    }
}
