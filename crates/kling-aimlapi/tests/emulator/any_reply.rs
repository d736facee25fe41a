//! Whatever JSON the vendor's list of models and of charges is answered with: no panic, nothing shown, a classified error.

use kling_conformance::arbitrary::replies;
use kling_core::{ErrorKind, ProviderError, Timestamp};

use super::bench::{Bench, KEY, assert_quiet, status};

const CODES: [u16; 8] = [200, 200, 400, 200, 401, 404, 429, 500];

/// Answers with their statuses, made from an ordinary one.
fn answers(sample: &str) -> impl Iterator<Item = (u16, String)> {
    let words = [
        format!("the key {KEY} is old"),
        "https://cdn.example.com/a.png?hm=5ec2e70815".to_owned(),
    ];
    CODES.into_iter().cycle().zip(replies(sample, &words, 200))
}

fn judge(code: u16, body: &str, error: &ProviderError) {
    assert_quiet(error);
    assert!(
        !matches!(error, ProviderError::Indeterminate(_)),
        "{code} {body}: {error:?}"
    );
    let by_waiting = matches!(code, 429 | 500);
    assert_eq!(
        error.kind() == ErrorKind::Busy,
        by_waiting,
        "{code} {body}: {error:?}"
    );
}

#[tokio::test]
async fn any_list_of_models_is_a_list_or_a_classified_error() {
    let bench = Bench::strict().await;
    let sample = r#"{"object":"list","data":[{"id":"m","type":"openai/image-generations","info":{"name":"M"},"tags":[]}]}"#;
    for (code, body) in answers(sample) {
        bench.play_at("GET /v1/models", status(code, &body));
        if let Err(error) = bench.provider.model_list(None).await {
            judge(code, &body, &error);
        }
    }
}

#[tokio::test]
async fn any_list_of_charges_is_a_list_or_a_classified_error() {
    let bench = Bench::strict().await;
    let (from, to) = (
        Timestamp::from_millis(0),
        Timestamp::from_millis(4_000_000_000_000),
    );
    let sample = r#"{"data":[{"created_at":"2026-01-15T10:30:00Z","direction":"CHARGE","type":"MODEL_USAGE","amount":{"usd":0.0294,"credits":58800},"model":"m","reference_id":"n1"}],"pagination":{"next_cursor":"c","has_more":true}}"#;
    for (code, body) in answers(sample) {
        bench.play_at("GET /v2/billing/transactions", status(code, &body));
        if let Err(error) = bench.provider.charges(from, to, None).await {
            judge(code, &body, &error);
        }
    }
}
