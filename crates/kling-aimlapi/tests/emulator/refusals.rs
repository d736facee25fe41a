//! A clear no: nothing was started, nothing was charged.

use std::collections::BTreeMap;
use std::time::Duration;

use kling_aimlapi::AimlApi;
use kling_core::{
    Asset, AssetUrl, ErrorKind, ImageCount, Provider as _, ProviderError, Secret, SubmissionKey,
};
use kling_emulator::Options;
use kling_emulator::aimlapi::ErrorGeneration;
use kling_emulator::script::Effect;

use super::bench::{Bench, KEY, PROMPT, SIGNED, config, request, sized, status};

fn declined(error: &ProviderError) -> (&str, &str) {
    match error {
        ProviderError::Declined { note, reason } => (
            note.code().unwrap_or_default(),
            reason.as_deref().unwrap_or_default(),
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_request_outside_the_capability_is_never_sent() {
    let bench = Bench::strict().await;
    let mut too_many = request(1);
    too_many.count = ImageCount::new(10).unwrap();
    let mut too_small = request(0);
    too_small.images.push(sized(1, 100, 100));
    let mut unknown = request(1);
    unknown.model = kling_core::ModelId::literal("klingai/image-o9");

    let without_pictures = bench.submit(&request(0)).await.expect_err("strict");
    let eleven = bench.submit(&request(11)).await.expect_err("eleven");
    let ten_results = bench.submit(&too_many).await.expect_err("ten results");
    let tiny = bench.submit(&too_small).await.expect_err("100 by 100");
    let nowhere = bench.submit(&unknown).await.expect_err("no such model");

    let (code, reason) = declined(&without_pictures);
    assert_eq!(code, "outside-capability");
    assert!(
        reason.contains("images: it is required (give at least 1)"),
        "{reason}"
    );
    assert!(declined(&eleven).1.contains("11 are more than 10"));
    assert!(declined(&ten_results).1.contains("10 are more than 9"));
    assert!(declined(&tiny).1.contains("100×100"));
    assert_eq!(declined(&nowhere).0, "unknown-model");
    assert_eq!(bench.submissions(), 0);
}

#[tokio::test]
async fn a_lenient_client_hears_it_from_a_strict_vendor() {
    let lenient = |config: &mut kling_aimlapi::Config| config.image_urls_required = false;
    let bench = Bench::with(Options::default(), lenient).await;

    let error = bench.submit(&request(0)).await.expect_err("strict");

    assert_eq!(error.kind(), ErrorKind::Request);
    assert_eq!((bench.submissions(), bench.billed()), (1, 0));
}

#[tokio::test]
async fn every_refusal_has_its_kind_in_both_generations() {
    let bench = Bench::strict().await;
    for (effect, name) in [
        (
            status(
                400,
                r#"{"statusCode":"400","message":["Body validation error!"]}"#,
            ),
            "declined",
        ),
        (
            status(
                401,
                r#"{"statusCode":401,"message":"This request requires a valid API key."}"#,
            ),
            "unauthorized",
        ),
        (
            status(403, r#"{"statusCode":403,"message":"Forbidden"}"#),
            "unauthorized",
        ),
        (
            status(
                403,
                r#"{"status":403,"error":{"name":"OutOfFundsException"}}"#,
            ),
            "out-of-funds",
        ),
        (status(404, "<html>nothing here</html>"), "declined"),
        (status(413, "<html>too large</html>"), "declined"),
        (
            status(422, r#"{"message":"Rejected by the content policy"}"#),
            "moderated",
        ),
        (
            status(429, r#"{"message":"Too Many Requests"}"#),
            "rate-limited",
        ),
    ] {
        bench.play(effect);
        assert_eq!(bench.refused().await.name(), name);
    }
    assert_eq!((bench.submissions(), bench.billed()), (8, 0));
}

/// The bench looks at every error for what must not be in it.
#[tokio::test]
async fn a_vendor_that_repeats_all_it_was_told_gives_nothing_away() {
    let bench = Bench::strict().await;
    let mut request = request(1);
    let info = request.images[0].info().clone();
    request.images = vec![Asset::from_url(info, AssetUrl::parse(SIGNED).unwrap())];
    let said = format!("The image for key {KEY} and prompt {PROMPT} at {SIGNED} is bad");
    let dirty = format!("{KEY}-{}", PROMPT.replace(' ', "-"));
    let bodies = [
        serde_json::json!({"statusCode": 400, "message": [said, KEY, PROMPT]}).to_string(),
        serde_json::json!({"title": PROMPT, "message": said, "error": {"name": KEY, "message": PROMPT,
            "data": {"kind": dirty}}})
        .to_string(),
        serde_json::json!({"message": format!("The image has {PROMPT} in it, {KEY}")}).to_string(),
        serde_json::json!({"data": said, PROMPT: [said], KEY: 1}).to_string(),
        format!("{{\"data\": [\"{said}"),
        said.clone(),
        format!("<html>{said}</html>"),
    ];
    let statuses = [
        200, 201, 302, 400, 401, 402, 403, 404, 408, 413, 422, 429, 451, 500, 502, 503, 504, 599,
    ];

    for code in statuses {
        for body in &bodies {
            bench.play(status(code, body));
            assert!(bench.submit(&request).await.is_err(), "{code} {body}");
        }
    }

    assert_eq!(bench.submissions(), statuses.len() * bodies.len());
}

#[tokio::test]
async fn a_rate_limit_carries_the_wait_it_names() {
    let bench = Bench::strict().await;
    bench.play(Effect::Status {
        status: 429,
        headers: BTreeMap::from([("retry-after".to_owned(), "17".to_owned())]),
        body: String::new(),
        content_type: String::new(),
    });

    let error = bench.refused().await;

    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_empty_account_is_out_of_funds_in_both_generations() {
    let bench = Bench::strict().await;
    let world = bench.emulator.world();
    world.ledger.set_every_balance("aimlapi", 1_000_000);
    for generation in [ErrorGeneration::Flat, ErrorGeneration::Nested] {
        world
            .aimlapi
            .change(|settings| settings.error_generation = generation);

        assert_eq!(bench.refused().await.name(), "out-of-funds");
    }
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_unauthorized_for_every_call() {
    let bench = Bench::strict().await;
    let config = config(&bench.emulator.base("aimlapi"));
    let provider = AimlApi::new(config, Secret::new("revoked").unwrap()).unwrap();

    let submitted = provider
        .submit(&request(1), &SubmissionKey::literal("k"))
        .await;
    let looked = provider.balance().await;

    assert!(
        matches!(submitted, Err(ProviderError::Unauthorized { .. })),
        "{submitted:?}"
    );
    assert!(
        matches!(looked, Err(ProviderError::Unauthorized { .. })),
        "{looked:?}"
    );
}

#[test]
fn a_key_that_cannot_be_one_is_refused_at_the_start() {
    let config = config("https://api.aimlapi.com");
    let key = Secret::new("sk-one\nsk-two").unwrap();

    let error = AimlApi::new(config, key).expect_err("two lines");

    assert!(!format!("{error} {error:?}").contains("sk-"), "{error}");
}
