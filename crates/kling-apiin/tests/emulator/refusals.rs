//! A clear no: nothing was started, nothing was charged.

use std::collections::BTreeMap;
use std::time::Duration;

use kling_apiin::Apiin;
use kling_core::{
    Asset, ImageCount, ModelId, Operation, Prompt, Provider as _, ProviderError, Resolution,
    Secret, SubmissionKey, TaskHandle,
};
use kling_emulator::script::Effect;

use super::bench::{Bench, CREATE, config, of, picture, picture_info, request, status};

#[track_caller]
fn reason(error: &ProviderError) -> &str {
    match error {
        ProviderError::Declined { note, reason } if note.code() == Some("outside-capability") => {
            reason.as_deref().unwrap_or_default()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_request_outside_the_capability_is_never_sent() {
    let bench = Bench::start().await;
    let mut ten_results = request(1);
    ten_results.count = ImageCount::new(10).unwrap();
    let mut two_characters = of(Operation::MultiShot);
    two_characters.images = vec![picture(1), picture(2)];
    let mut no_pictures = request(1);
    no_pictures.images.clear();
    let mut too_fine = request(0);
    too_fine.resolution = Some(Resolution::K4);
    let mut too_long = request(0);
    too_long.prompt = Prompt::new("a".repeat(5001)).unwrap();
    let mut negative = request(0);
    negative.negative_prompt = Some(Prompt::new("fog").unwrap());

    for (request, says) in [
        (&ten_results, "10 are more than 9"),
        (&request(11), "11 are more than 10"),
        (&two_characters, "2 are more than 1"),
        (&of(Operation::MultiShot), "give at least 1"),
        (&no_pictures, "give at least 1"),
        (&too_fine, "4K is not one of 1K, 2K"),
        (&too_long, "5001 characters are more than 5000"),
        (&negative, "the model does not take it"),
        (&of(Operation::TextToVideo), "text-to-video is not one of"),
    ] {
        let error = bench.submit(request).await.expect_err(says);
        assert!(reason(&error).contains(says), "{error:?}");
    }
    assert_eq!(bench.submissions(), 0);
}

#[tokio::test]
async fn a_picture_without_a_public_address_is_told_that_it_needs_one() {
    let bench = Bench::start().await;
    let mut request = request(1);
    request.images = vec![Asset::from_bytes(
        picture_info(400, 300),
        vec![0; 1_000].into(),
    )];

    let error = bench.submit(&request).await.expect_err("no address");

    assert!(
        reason(&error).contains("use a publicly reachable file"),
        "{error:?}"
    );
    assert_eq!(bench.submissions(), 0);
}

#[tokio::test]
async fn an_unknown_model_is_never_sent() {
    let bench = Bench::start().await;
    let mut request = request(0);
    request.model = ModelId::literal("kling-video-o1");

    let error = bench.submit(&request).await.expect_err("no such model");

    assert!(
        matches!(&error, ProviderError::Declined { note, .. } if note.code() == Some("unknown-model")),
        "{error:?}"
    );
    assert_eq!(bench.submissions(), 0);
}

#[tokio::test]
async fn every_refusal_has_its_kind_and_costs_nothing() {
    let bench = Bench::start().await;
    let error = |code: u16, message: &str| {
        format!(r#"{{"error":{{"code":{code},"message":"{message}","type":"t"}}}}"#)
    };
    for (http, body, name) in [
        (400, error(400, "Body validation error"), "declined"),
        (401, error(401, "Invalid API key"), "unauthorized"),
        (402, error(402, "Insufficient credits"), "out-of-funds"),
        (403, error(403, "Forbidden"), "unauthorized"),
        (403, error(403, "Insufficient credits"), "out-of-funds"),
        (404, "<html>nothing here</html>".to_owned(), "declined"),
        (413, "<html>too large</html>".to_owned(), "declined"),
        (
            422,
            error(422, "Rejected by the content policy"),
            "moderated",
        ),
        (429, error(429, "Too many requests"), "rate-limited"),
        (200, error(401, "Invalid API key"), "unauthorized"),
        (
            200,
            r#"{"code":402,"message":"x","data":null}"#.to_owned(),
            "out-of-funds",
        ),
        (
            200,
            r#"{"code":400,"message":"NSFW"}"#.to_owned(),
            "moderated",
        ),
        (
            200,
            r#"{"code":10001,"message":"no"}"#.to_owned(),
            "declined",
        ),
        (
            200,
            r#"{"code":200,"data":{"task_id":"n1","status":"FAILED"}}"#.to_owned(),
            "declined",
        ),
    ] {
        bench.play(CREATE, status(http, &body));
        assert_eq!(bench.refused().await.name(), name, "{http} {body}");
    }
    assert_eq!((bench.submissions(), bench.billed()), (14, 0));
}

#[tokio::test]
async fn the_vendors_own_refusals_mean_the_same_under_a_200() {
    let bench = Bench::start().await;
    let world = bench.emulator.world();
    let config = config(&bench.emulator.base("apiin"));
    let revoked = Apiin::new(config, Secret::new("revoked").unwrap()).unwrap();
    let key = SubmissionKey::literal("k");
    world.ledger.set_every_balance("apiin", 1_000_000);
    for errors_as_200 in [false, true] {
        world.apiin.change(|settings| {
            settings.errors_as_200 = errors_as_200;
            settings.per_minute = None;
        });
        let unauthorized = revoked.submit(&request(0), &key).await;
        assert_eq!(unauthorized.expect_err("revoked").name(), "unauthorized");
        assert_eq!(bench.refused().await.name(), "out-of-funds");
        let gone = bench.look(&TaskHandle::literal("apiin.1.0.0.n1")).await;
        assert_eq!(gone.expect_err("gone").name(), "task-gone");

        world.apiin.change(|settings| settings.per_minute = Some(0));
        assert_eq!(bench.refused().await.name(), "rate-limited");
    }
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_rate_limit_carries_the_wait_it_names() {
    let bench = Bench::start().await;
    bench.play(
        CREATE,
        Effect::Status {
            status: 429,
            headers: BTreeMap::from([("retry-after".to_owned(), "17".to_owned())]),
            body: String::new(),
            content_type: String::new(),
        },
    );

    let error = bench.refused().await;

    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_empty_account_is_out_of_funds() {
    let bench = Bench::start().await;
    let world = bench.emulator.world();
    world.ledger.set_every_balance("apiin", 1_000_000);

    assert_eq!(bench.refused().await.name(), "out-of-funds");
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_unauthorized() {
    let bench = Bench::start().await;
    let config = config(&bench.emulator.base("apiin"));
    let provider = Apiin::new(config, Secret::new("revoked").unwrap()).unwrap();

    let submitted = provider
        .submit(&request(0), &SubmissionKey::literal("k"))
        .await;

    assert!(
        matches!(submitted, Err(ProviderError::Unauthorized { .. })),
        "{submitted:?}"
    );
}

#[test]
fn a_key_that_cannot_be_one_is_refused_at_the_start() {
    let config = config("https://apiin.one/api/v1");
    let key = Secret::new("aio_one\naio_two").unwrap();

    let error = Apiin::new(config, key).expect_err("two lines");

    assert!(!format!("{error} {error:?}").contains("aio_"), "{error}");
}
