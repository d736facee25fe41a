//! What a good order gets.

use std::time::Duration;

use kling_emulator::{Options, aimlapi::account_of, ledger::Charge};
use serde_json::{Value, json};

use crate::client::{Client, PRICE, small, steady};
use crate::json::ReadJson as _;

/// The published sample: two public pictures to be combined.
fn sample() -> Value {
    json!({
        "model": "klingai/image-o1",
        "prompt": "Put the dinosaur of the first picture into a suit and let it drink from the mug.",
        "image_urls": [
            "https://example.org/reference-files/dinosaur.png",
            "https://example.org/reference-files/mug.jpg",
        ],
    })
}

/// The older sample: a prompt alone, which the schema does not allow.
fn prompt_alone() -> Value {
    json!({ "model": "klingai/image-o1", "prompt": "A dinosaur on a beach, wearing sunglasses." })
}

#[tokio::test]
async fn the_sample_gets_one_picture_and_its_price() {
    let client = Client::start().await;

    let response = client.send(&sample()).await;

    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    assert_eq!(headers["x-aimlapi-credits-used"], "58800");
    assert_eq!(headers["x-aimlapi-usd-spent"], "0.0294");
    assert_eq!(headers["x-inference-id"].len(), 21);
    assert!(!headers.contains_key("x-client-request-id"));
    let body: Value = response.read_json().await;
    let link = body["data"][0]["url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/media/", client.emulator.origin())));
    insta::assert_snapshot!(steady(body), @r#"
    {
      "data": [
        {
          "b64_json": null,
          "url": "[url]"
        }
      ],
      "meta": {
        "usage": {
          "credits_used": 58800,
          "usd_spent": 0.0294
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_prompt_alone_is_refused_unless_the_vendor_is_lenient() {
    let strict = Client::start().await;
    let lenient = Client::with(Options {
        aimlapi_lenient: true,
        ..Options::default()
    })
    .await;

    assert_eq!(strict.send(&prompt_alone()).await.status(), 400);
    assert_eq!(lenient.send(&prompt_alone()).await.status(), 200);
    assert_eq!((strict.billed(), lenient.billed()), (0, PRICE));
}

#[tokio::test]
async fn every_picture_of_an_order_is_delivered_and_billed() {
    let client = Client::start().await;
    let mut order = small("three cats");
    order["num_images"] = json!(3);

    let response = client
        .order(&order)
        .header("x-client-request-id", "job:7")
        .send()
        .await
        .unwrap();

    let headers = response.headers().clone();
    assert_eq!(headers["x-client-request-id"], "job:7");
    assert_eq!(headers["x-aimlapi-credits-used"], "176400");
    assert_eq!(headers["x-aimlapi-usd-spent"], "0.0882");
    let body: Value = response.read_json().await;
    assert_eq!(body["data"].as_array().unwrap().len(), 3);
    let ledger = &client.emulator.world().ledger;
    let charges: Vec<Charge> = ledger.list();
    let [charge] = charges.as_slice() else {
        panic!("one charge, not {charges:?}")
    };
    assert_eq!(charge.amount_nanodollars, 3 * PRICE);
    assert_eq!(charge.client_request_id.as_deref(), Some("job:7"));
    assert_eq!(charge.reference, headers["x-inference-id"]);
    assert_eq!(charge.account, account_of("test-key"));
    assert!(charge.billed && !charge.held);
}

#[tokio::test]
async fn an_invalid_client_request_id_is_ignored() {
    let client = Client::start().await;

    for id in ["has space", "ümlaut", &"x".repeat(129)] {
        let response = client
            .order(&small("a cat"))
            .header("x-client-request-id", id)
            .send()
            .await
            .unwrap();

        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key("x-client-request-id"));
    }

    let ledger = client.emulator.world().ledger.list();
    assert!(
        ledger
            .iter()
            .all(|charge| charge.client_request_id.is_none())
    );
}

#[tokio::test]
async fn a_picture_takes_as_long_as_the_clock_says() {
    let client = Client::start().await;
    let world = client.emulator.world();
    world
        .aimlapi
        .change(|settings| settings.latency_ms = 3_600_000);
    let waiting = tokio::spawn(client.order(&small("a cat")).send());
    let accepted = client.event("aimlapi", "accepted").await;

    assert!(!waiting.is_finished());
    assert_eq!(client.billed(), 0);
    assert!(world.ledger.list()[0].held);
    world.clock.advance(Duration::from_hours(1));

    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    assert_eq!(client.billed(), PRICE);
    assert_eq!(accepted.detail["prompt"], "a cat");
    assert_eq!(accepted.detail["images"][0]["source"], "public_url");
}

#[tokio::test]
async fn accepted_work_is_billed_even_when_the_client_leaves() {
    let client = Client::start().await;
    let world = client.emulator.world();
    world
        .aimlapi
        .change(|settings| settings.latency_ms = 3_600_000);
    let waiting = tokio::spawn(client.order(&small("a cat")).send());
    client.event("aimlapi", "accepted").await;

    waiting.abort();
    let gone = client.event("aimlapi", "gone").await;
    world.clock.advance(Duration::from_hours(1));
    client.event("aimlapi", "billed").await;

    assert_eq!(gone.status, None);
    assert_eq!(client.billed(), PRICE);
}

#[tokio::test]
async fn the_journal_never_holds_the_key() {
    let client = Client::start().await;

    client.send(&small("a cat")).await;

    let entries = client.emulator.world().journal.entries(0);
    let events: Vec<&str> = entries
        .iter()
        .map(kling_emulator::journal::Entry::event)
        .collect();
    assert_eq!(events, ["accepted", "billed", "answered"]);
    assert_eq!(entries[2].status, Some(200));
    assert!(
        !serde_json::to_string(&entries)
            .unwrap()
            .contains("test-key")
    );
}
