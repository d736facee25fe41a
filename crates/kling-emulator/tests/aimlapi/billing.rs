//! What an account can read about itself, and the list of models.

use kling_emulator::aimlapi::account_of;
use serde_json::{Value, json};

use crate::client::{Client, PRICE, small, steady};
use crate::json::ReadJson as _;

async fn read(client: &Client, path: &str) -> Value {
    let response = client.get(path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.read_json().await
}

#[tokio::test]
async fn balances_go_down_by_what_was_billed() {
    let client = Client::start().await;
    client
        .emulator
        .world()
        .ledger
        .set_every_balance("aimlapi", 1_000_000_000);
    client.send(&small("a cat")).await;

    let balance = read(&client, "/v2/billing").await;
    let detail = read(&client, "/v2/billing/detail").await;
    let legacy = read(&client, "/v1/billing/balance").await;

    assert_eq!(
        balance,
        json!({ "current_balance": 0.9706, "currency": "USD" })
    );
    assert_eq!(detail["current_balance"], 0.9706);
    assert_eq!(detail["user_id"], account_of("test-key"));
    assert_eq!(detail["autotopup_settings"]["is_enabled"], false);
    insta::assert_snapshot!(steady(legacy), @r#"
    {
      "autoDebitStatus": "disabled",
      "balance": 1941200,
      "lastUpdated": "[lastUpdated]",
      "lowBalance": true,
      "lowBalanceThreshold": 10000000,
      "status": "current",
      "statusExplanation": "Balance is current and up to date"
    }
    "#);
}

#[tokio::test]
async fn each_key_has_an_account_of_its_own() {
    let client = Client::start().await;
    client.send(&small("a cat")).await;

    let other = client
        .http
        .get(client.address("/v2/billing"))
        .bearer_auth("other-key")
        .send()
        .await
        .unwrap();

    assert_eq!(other.read_json().await["current_balance"], 100.0);
    assert_eq!(
        read(&client, "/v2/billing").await["current_balance"],
        99.9706
    );
}

#[tokio::test]
async fn transactions_come_in_pages_newest_first() {
    let client = Client::start().await;
    let mut two = small("two cats");
    two["num_images"] = json!(2);
    client.send(&small("a cat")).await;
    client.send(&two).await;

    let all = read(&client, "/v2/billing/transactions").await;
    let first = read(&client, "/v2/billing/transactions?limit=1").await;
    let cursor = first["pagination"]["next_cursor"].as_str().unwrap();
    let second = read(
        &client,
        &format!("/v2/billing/transactions?limit=2&cursor={cursor}"),
    )
    .await;
    let topups = read(&client, "/v2/billing/transactions?direction=TOPUP").await;
    let future = read(&client, "/v2/billing/transactions?from=2999-01-01").await;
    let wrong = client
        .get("/v2/billing/transactions?limit=0")
        .send()
        .await
        .unwrap();

    insta::assert_snapshot!(steady(all.clone()), @r#"
    {
      "data": [
        {
          "amount": {
            "credits": 117600,
            "usd": 0.0588
          },
          "created_at": "[created_at]",
          "direction": "CHARGE",
          "model": "klingai/image-o1",
          "reference_id": "[reference_id]",
          "type": "MODEL_USAGE"
        },
        {
          "amount": {
            "credits": 58800,
            "usd": 0.0294
          },
          "created_at": "[created_at]",
          "direction": "CHARGE",
          "model": "klingai/image-o1",
          "reference_id": "[reference_id]",
          "type": "MODEL_USAGE"
        },
        {
          "amount": {
            "credits": 200000000,
            "usd": 100.0
          },
          "created_at": "[created_at]",
          "direction": "TOPUP",
          "model": null,
          "reference_id": null,
          "type": "INIT"
        }
      ],
      "pagination": {
        "has_more": false,
        "next_cursor": null
      }
    }
    "#);
    assert_eq!(first["data"][0], all["data"][0]);
    assert_eq!(second["data"], json!([all["data"][1], all["data"][2]]));
    assert_eq!(
        second["pagination"],
        json!({ "next_cursor": null, "has_more": false })
    );
    assert_eq!(topups["data"], json!([all["data"][2]]));
    assert_eq!(future["data"], json!([]));
    assert_eq!(wrong.status(), 400);
    assert_eq!(client.billed(), 3 * PRICE);
}

#[tokio::test]
async fn billing_asks_for_a_key_and_the_list_of_models_does_not() {
    let client = Client::start().await;

    for path in [
        "/v2/billing",
        "/v2/billing/detail",
        "/v2/billing/transactions",
        "/v1/billing/balance",
    ] {
        assert_eq!(
            client
                .http
                .get(client.address(path))
                .send()
                .await
                .unwrap()
                .status(),
            401
        );
    }
    for path in ["/v1/models", "/models", "/api/v1/models"] {
        assert_eq!(
            client
                .http
                .get(client.address(path))
                .send()
                .await
                .unwrap()
                .status(),
            200
        );
    }
}

#[tokio::test]
async fn the_list_of_models_is_sent_once() {
    let client = Client::start().await;
    let address = client.address("/v1/models");

    let response = client.http.get(&address).send().await.unwrap();
    let tag = response.headers()["etag"].clone();
    let list: Value = response.read_json().await;
    let again = client
        .http
        .get(&address)
        .header("if-none-match", &tag)
        .send()
        .await
        .unwrap();
    let full = client
        .http
        .get(format!("{address}?include=all"))
        .send()
        .await
        .unwrap();

    assert_eq!(list["data"][0]["id"], "klingai/image-o1");
    assert_eq!(list["data"][0]["type"], "openai/image-generations");
    assert_eq!(list["data"][0]["pricing"], Value::Null);
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
    assert_ne!(full.headers()["etag"], tag);
    assert_eq!(
        full.read_json().await["data"][0]["pricing"]["credits"],
        58_800
    );
}
