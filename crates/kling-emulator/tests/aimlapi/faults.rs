//! Every fault, as a plain client sees it.

use std::{collections::BTreeMap, io::ErrorKind, time::Duration};

use image::ImageFormat;
use kling_emulator::script::{Effect, Fault};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};

use crate::client::{Client, LONG, small, steady};
use crate::json::ReadJson as _;

fn status(status: u16, body: &str) -> Effect {
    Effect::Status {
        status,
        headers: BTreeMap::new(),
        body: body.to_owned(),
        content_type: String::new(),
    }
}

/// Pushes the clock until the task is done.
async fn pushed<T>(client: &Client, task: JoinHandle<T>) -> T {
    let pushing = async {
        while !task.is_finished() {
            client
                .emulator
                .world()
                .clock
                .advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        task.await.unwrap()
    };
    tokio::time::timeout(LONG, pushing).await.unwrap()
}

#[tokio::test]
async fn a_status_comes_with_its_headers_and_its_body() {
    let client = Client::start().await;
    client.fault(
        "aimlapi",
        Effect::Status {
            status: 429,
            headers: BTreeMap::from([("retry-after".to_owned(), "7".to_owned())]),
            body: r#"{"message":"Too Many Requests"}"#.to_owned(),
            content_type: String::new(),
        },
    );
    client.fault("aimlapi", status(502, "<html>Bad Gateway</html>"));

    let busy = client.send(&small("a cat")).await;
    let broken = client.send(&small("a cat")).await;
    let fine = client.send(&small("a cat")).await;

    assert_eq!(
        (busy.status().as_u16(), &busy.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(busy.read_json().await["message"], "Too Many Requests");
    assert_eq!(
        (broken.status().as_u16(), fine.status().as_u16()),
        (502, 200)
    );
    assert_eq!(broken.headers()["content-type"], "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_hang_lasts_until_the_client_leaves() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::Hang);
    let waiting = tokio::spawn(client.order(&small("a cat")).send());

    let hung = client.event("aimlapi", "hung").await;
    client
        .emulator
        .world()
        .clock
        .advance(Duration::from_hours(24));

    assert_eq!(
        (hung.status, &hung.detail["fault"]),
        (None, &Value::from("hang"))
    );
    assert!(!waiting.is_finished());
    waiting.abort();
    assert_eq!(client.send(&small("a cat")).await.status(), 200);
}

#[tokio::test]
async fn a_delay_ends_when_the_clock_says() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::Delay { ms: 60_000 });

    let waiting = tokio::spawn(client.order(&small("a cat")).send());
    let response = pushed(&client, waiting).await.unwrap();

    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_drip_arrives_whole_in_the_end() {
    let client = Client::start().await;
    client.fault(
        "aimlapi",
        Effect::Drip {
            bytes_per_second: 50,
        },
    );

    let response = client.send(&small("a cat")).await;
    let claimed = response.content_length().unwrap();
    let body = pushed(&client, tokio::spawn(response.bytes()))
        .await
        .unwrap();

    assert_eq!(u64::try_from(body.len()).unwrap(), claimed);
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap()["meta"]["usage"]["credits_used"],
        58_800
    );
}

#[tokio::test]
async fn a_reset_leaves_no_answer_before_and_after_the_work() {
    for effect in [Effect::ResetBefore, Effect::ResetAfter] {
        let client = Client::start().await;
        client.fault("aimlapi", effect);

        let error = client.order(&small("a cat")).send().await.unwrap_err();

        assert!(error.is_request() && !error.is_connect() && !error.is_timeout());
        assert_eq!(client.event("aimlapi", "reset").await.status, None);
        assert_eq!(client.send(&small("a cat")).await.status(), 200);
    }
}

#[tokio::test]
async fn a_reset_is_a_reset_on_the_wire() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::ResetBefore);
    let host = client.emulator.origin().strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(host).await.unwrap();

    socket
        .write_all(b"GET /aimlapi/v1/models HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let read = tokio::time::timeout(LONG, socket.read(&mut [0; 16]))
        .await
        .unwrap();

    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_billed_answer_may_be_an_error() {
    let client = Client::start().await;
    client.fault(
        "aimlapi",
        Effect::BilledThen {
            status: 504,
            body: "<h1>Timeout</h1>".to_owned(),
        },
    );

    let response = client.send(&small("a cat")).await;

    assert_eq!(response.status(), 504);
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
}

#[tokio::test]
async fn a_truncated_answer_claims_more_than_it_has() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::Truncate);

    let response = client.send(&small("a cat")).await;

    assert_eq!(response.status(), 200);
    assert!(response.content_length().unwrap() > 0);
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn garbage_calls_itself_json() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::Garbage);

    let response = client.send(&small("a cat")).await;

    assert_eq!(response.headers()["content-type"], "application/json");
    let body = response.bytes().await.unwrap();
    assert!(serde_json::from_slice::<Value>(&body).is_err());
}

#[tokio::test]
async fn success_may_come_without_a_result() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::NullData);
    client.fault("aimlapi", Effect::EmptyData);

    let null: Value = client.send(&small("a cat")).await.read_json().await;
    let empty: Value = client.send(&small("a cat")).await.read_json().await;

    assert_eq!(null, serde_json::json!({ "data": null, "meta": null }));
    insta::assert_snapshot!(steady(empty), @r#"
    {
      "data": [],
      "meta": {
        "usage": {
          "credits_used": 0,
          "usd_spent": 0.0
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_huge_answer_is_as_long_as_asked() {
    let client = Client::start().await;
    client.fault("aimlapi", Effect::Huge { bytes: 3_000_000 });

    let response = client.send(&small("a cat")).await;

    assert_eq!(response.content_length(), None);
    assert_eq!(response.bytes().await.unwrap().len(), 3_000_000);
}

#[tokio::test]
async fn a_redirect_keeps_the_method() {
    let client = Client::start().await;
    client.fault(
        "aimlapi",
        Effect::Redirect {
            location: "http://10.0.0.1/".to_owned(),
        },
    );

    let response = client.send(&small("a cat")).await;

    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (307, &"http://10.0.0.1/".parse().unwrap())
    );
}

#[tokio::test]
async fn a_result_may_be_dead_or_lie() {
    let client = Client::start().await;
    let get = async |effect: Effect| {
        client.fault("aimlapi", effect);
        let link = client.links(&small("a cat")).await.remove(0);
        client.http.get(link).send().await.unwrap()
    };

    let dead = get(Effect::DeadLink).await;
    let page = get(Effect::NotAPicture).await;
    let mislabelled = get(Effect::Mislabelled).await;

    assert_eq!(dead.status(), 404);
    assert_eq!(page.headers()["content-type"], "image/png");
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));
    assert_eq!(mislabelled.headers()["content-type"], "image/png");
    let bytes = mislabelled.bytes().await.unwrap();
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
}

#[tokio::test]
async fn the_media_host_has_faults_of_its_own() {
    let client = Client::start().await;
    let link = client.links(&small("a cat")).await.remove(0);
    let get = async |effect: Effect| {
        client.fault("media", effect);
        client.http.get(&link).timeout(LONG).send().await
    };

    assert_eq!(get(status(503, "")).await.unwrap().status(), 503);
    assert_eq!(get(Effect::DeadLink).await.unwrap().status(), 404);
    assert!(get(Effect::ResetBefore).await.is_err());
    assert!(get(Effect::Truncate).await.unwrap().bytes().await.is_err());
    let page = get(Effect::NotAPicture).await.unwrap();
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));
    let mislabelled = get(Effect::Mislabelled).await.unwrap();
    assert_eq!(mislabelled.headers()["content-type"], "image/jpeg");
    let garbage = get(Effect::Garbage).await.unwrap().bytes().await.unwrap();
    assert!(image::guess_format(&garbage).is_err());
    let huge = get(Effect::Huge { bytes: 5_000_000 }).await.unwrap();
    assert_eq!(huge.bytes().await.unwrap().len(), 5_000_000);
    let fine = client.http.get(&link).send().await.unwrap();
    assert_eq!(
        (fine.status().as_u16(), &fine.headers()["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
}

#[tokio::test]
async fn a_fault_can_wait_for_its_turn() {
    let client = Client::start().await;
    let script = &client.emulator.world().script;
    script.push(Fault {
        after: 1,
        times: 2,
        ..Fault::once("aimlapi", "GET /v2/billing", status(500, ""))
    });

    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(
            client
                .get("/v2/billing")
                .send()
                .await
                .unwrap()
                .status()
                .as_u16(),
        );
    }

    assert_eq!(statuses, [200, 500, 500, 200]);
}
