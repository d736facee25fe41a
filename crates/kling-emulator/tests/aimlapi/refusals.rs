//! How the vendor says no, in both generations of its error bodies.

use kling_emulator::aimlapi::ErrorGeneration;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, PRICE, small, steady};
use crate::json::{ReadJson as _, WithJson as _};

async fn flat() -> Client {
    let client = Client::start().await;
    let settings = &client.emulator.world().aimlapi;
    settings.change(|settings| settings.error_generation = ErrorGeneration::Flat);
    client
}

async fn refusal(client: &Client, body: &Value, status: StatusCode) -> String {
    let response = client.send(body).await;
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["x-inference-id"].len(), 21);
    steady(response.read_json().await)
}

#[tokio::test]
async fn keys_that_are_not_good_are_refused() {
    let client = flat().await;

    for header in [
        None,
        Some("Bearer "),
        Some("Bearer bad-key"),
        Some("Bearer revoked"),
        Some("Basic x"),
    ] {
        let mut request = client
            .http
            .post(client.address("/v1/images/generations"))
            .with_json(&small("a cat"));
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        assert_eq!(request.send().await.unwrap().status(), 401, "{header:?}");
    }
    client.emulator.world().aimlapi.accept_only(["another-key"]);
    let body = refusal(&client, &small("a cat"), StatusCode::UNAUTHORIZED).await;

    insta::assert_snapshot!(body, @r#"
    {
      "message": "This request requires a valid API key. You can create a new API key on the Billing page: https://aimlapi.com/app/keys",
      "path": "/v1/images/generations",
      "requestId": "[requestId]",
      "statusCode": 401,
      "timestamp": "[timestamp]"
    }
    "#);
}

#[tokio::test]
async fn no_credits_in_the_flat_generation() {
    let client = flat().await;
    client
        .emulator
        .world()
        .ledger
        .set_every_balance("aimlapi", PRICE - 1);

    let body = refusal(&client, &small("a cat"), StatusCode::FORBIDDEN).await;

    insta::assert_snapshot!(body, @r#"
    {
      "message": "You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/",
      "path": "/v1/images/generations",
      "requestId": "[requestId]",
      "statusCode": 403,
      "timestamp": "[timestamp]"
    }
    "#);
    assert_eq!(client.billed(), 0);
}

#[tokio::test]
async fn no_credits_in_the_nested_generation() {
    let client = Client::start().await;
    client
        .emulator
        .world()
        .ledger
        .set_every_balance("aimlapi", PRICE);

    assert_eq!(client.send(&small("the last cat")).await.status(), 200);
    let body = refusal(&client, &small("a cat too many"), StatusCode::FORBIDDEN).await;

    insta::assert_snapshot!(body, @r#"
    {
      "error": {
        "data": {
          "kind": "err_insufficent_credits"
        },
        "message": "You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/",
        "name": "ForbiddenException"
      },
      "instance": "/v1/images/generations?",
      "message": "You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/",
      "status": 403,
      "timestamp": "[timestamp]",
      "title": "Forbidden"
    }
    "#);
    assert_eq!(client.billed(), PRICE);
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_refused_in_both_generations() {
    let order = json!({ "model": "klingai/image-o1", "prompt": "a cat", "resolution": "4K" });

    let flat = refusal(&flat().await, &order, StatusCode::BAD_REQUEST).await;
    let nested = refusal(&Client::start().await, &order, StatusCode::BAD_REQUEST).await;

    insta::assert_snapshot!(flat, @r#"
    {
      "message": [
        "Body validation error!",
        "image_urls: Required",
        "resolution: Invalid enum value. Expected '1K' | '2K', received '4K'"
      ],
      "path": "/v1/images/generations",
      "requestId": "[requestId]",
      "statusCode": 400,
      "timestamp": "[timestamp]"
    }
    "#);
    insta::assert_snapshot!(nested, @r#"
    {
      "error": {
        "data": {
          "issues": [
            {
              "message": "Required",
              "path": "image_urls"
            },
            {
              "message": "Invalid enum value. Expected '1K' | '2K', received '4K'",
              "path": "resolution"
            }
          ],
          "kind": "err_validation"
        },
        "message": "Body validation error!",
        "name": "BadRequestException"
      },
      "instance": "/v1/images/generations?",
      "message": "Body validation error!",
      "status": 400,
      "timestamp": "[timestamp]",
      "title": "Bad Request"
    }
    "#);
}

#[tokio::test]
async fn there_is_nothing_at_other_paths() {
    let client = Client::start().await;

    let unknown = client.get("/v1/images/edits").send().await.unwrap();
    let wrong_method = client.get("/v1/images/generations").send().await.unwrap();

    assert_eq!(unknown.status(), 404);
    assert_eq!(wrong_method.status(), 404);
    insta::assert_snapshot!(steady(unknown.read_json().await), @r#"
    {
      "error": {
        "data": {
          "kind": "err_not_found"
        },
        "message": "Cannot GET /v1/images/edits",
        "name": "NotFoundException"
      },
      "instance": "/v1/images/edits?",
      "message": "Cannot GET /v1/images/edits",
      "status": 404,
      "timestamp": "[timestamp]",
      "title": "Not Found"
    }
    "#);
}
