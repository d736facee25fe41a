//! The emulator's own routes, and its binary.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod json;

use std::{process::Stdio, time::Duration};

use kling_emulator::{Emulator, Options, journal::Entry};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

use crate::json::{ReadJson as _, WithJson as _};

const LONG: Duration = Duration::from_secs(30);

fn client() -> reqwest::Client {
    // Another test of this process may have been first.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .no_proxy()
        .timeout(LONG)
        .build()
        .unwrap()
}

async fn start() -> (Emulator, reqwest::Client, String) {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let control = format!("{}/_emulator", emulator.origin());
    (emulator, client(), control)
}

async fn read(http: &reqwest::Client, address: String) -> Value {
    http.get(address).send().await.unwrap().read_json().await
}

#[tokio::test]
async fn a_long_poll_ends_when_something_happens() {
    let (emulator, http, control) = start().await;
    let journal = &emulator.world().journal;
    journal.append(Entry::new("aimlapi", "GET", "/old"));
    let polling = tokio::spawn({
        let (http, control) = (http.clone(), control.clone());
        async move {
            read(
                &http,
                format!("{control}/journal?after=1&wait_ms=30000&place=media"),
            )
            .await
        }
    });

    journal.append(Entry::new("aimlapi", "GET", "/other"));
    journal.append(Entry::new("media", "GET", "/new").status(200));

    let fresh = tokio::time::timeout(LONG, polling).await.unwrap().unwrap();
    assert_eq!(fresh.as_array().unwrap().len(), 1);
    assert_eq!(
        (&fresh[0]["seq"], &fresh[0]["path"]),
        (&json!(3), &json!("/new"))
    );
    let all = read(&http, format!("{control}/journal")).await;
    assert_eq!(all.as_array().unwrap().len(), 3);
    let none = read(&http, format!("{control}/journal?after=3&wait_ms=1")).await;
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn faults_can_be_added_listed_and_forgotten() {
    let (emulator, http, control) = start().await;
    let faults = format!("{control}/faults");
    let fault = json!({
        "place": "aimlapi",
        "route": "GET /v1/models",
        "effect": { "kind": "status", "status": 503, "headers": { "retry-after": "1" }, "body": "{}" },
    });

    let added = http.post(&faults).with_json(&fault).send().await.unwrap();
    assert_eq!(added.status(), 201);
    let models = format!("{}/v1/models", emulator.base("aimlapi"));
    assert_eq!(http.get(&models).send().await.unwrap().status(), 503);
    assert_eq!(http.get(&models).send().await.unwrap().status(), 200);

    http.post(&faults).with_json(&fault).send().await.unwrap();
    assert_eq!(
        read(&http, faults.clone()).await.as_array().unwrap().len(),
        1
    );
    assert_eq!(http.delete(&faults).send().await.unwrap().status(), 204);
    assert_eq!(read(&http, faults.clone()).await, json!([]));

    let unknown = json!({ "place": "aimlapi", "effect": { "kind": "explode" } });
    assert_eq!(
        http.post(&faults)
            .with_json(&unknown)
            .send()
            .await
            .unwrap()
            .status(),
        422
    );
}

#[tokio::test]
async fn a_fault_that_could_never_be_played_is_refused() {
    let (_emulator, http, control) = start().await;
    let faults = format!("{control}/faults");
    let hang = json!({ "kind": "hang" });
    let cases = [
        (
            json!({ "place": "aimlpi", "effect": hang }),
            "there is no place aimlpi",
        ),
        (
            json!({ "place": "discord", "effect": { "kind": "status", "status": 42 } }),
            "between 200 and 599",
        ),
        (
            json!({ "place": "cdn", "times": 0, "effect": hang }),
            "hits 0 times",
        ),
        (
            json!({ "place": "inferencesh", "route": "/stream", "effect": { "kind": "dead_link" } }),
            "for the request that creates the work",
        ),
        (
            json!({ "place": "apiin", "route": "GET ", "effect": { "kind": "hidden", "ms": 5 } }),
            "for the request that creates the work",
        ),
        (
            json!({ "place": "aimlapi", "effect": { "kind": "malformed_line" } }),
            "for the request that opens a stream",
        ),
    ];

    for (fault, sentence) in cases {
        let response = http.post(&faults).with_json(&fault).send().await.unwrap();

        assert_eq!(response.status(), 422, "{fault}");
        let body = response.read_json().await;
        let error = body["error"].as_str().unwrap();
        assert!(error.contains(sentence), "{error}");
    }
    assert_eq!(read(&http, faults).await, json!([]));
}

#[tokio::test]
async fn a_push_beyond_all_bounds_breaks_nothing() {
    let (emulator, http, control) = start().await;

    let push = json!({ "advance_ms": u64::MAX });
    for _ in 0..2 {
        let clock = http.post(format!("{control}/clock")).with_json(&push);
        assert_eq!(clock.send().await.unwrap().status(), 200);
    }

    let models = format!("{}/v1/models", emulator.base("aimlapi"));
    assert_eq!(http.get(models).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_clock_can_be_pushed() {
    let (emulator, http, control) = start().await;
    let before = emulator.world().clock.now_ms();

    let push = http
        .post(format!("{control}/clock"))
        .with_json(&json!({ "advance_ms": 3_600_000 }));
    let shown: Value = push.send().await.unwrap().read_json().await;

    assert!(shown["now_ms"].as_u64().unwrap() >= before + 3_600_000);
    assert!(shown["now"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn the_vendor_can_be_told_how_to_behave() {
    let (emulator, http, control) = start().await;
    let address = format!("{control}/aimlapi");
    let change = json!({
        "lenient": true,
        "error_generation": "flat",
        "latency_ms": 1,
        "keys": ["the-key"],
        "balance_nanodollars": 58_800_000,
    });

    let changed = http.post(&address).with_json(&change).send().await.unwrap();
    assert_eq!(changed.status(), 200);
    let order = json!({ "model": "klingai/image-o1", "prompt": "a cat" });
    let mut statuses = Vec::new();
    for key in ["other-key", "the-key", "the-key", "the-key"] {
        let generations = format!("{}/v1/images/generations", emulator.base("aimlapi"));
        let response = http
            .post(generations)
            .bearer_auth(key)
            .with_json(&order)
            .send()
            .await
            .unwrap();
        statuses.push(response.status().as_u16());
    }

    assert_eq!(statuses, [401, 200, 200, 403]);
    let settings = read(&http, address.clone()).await;
    assert_eq!(settings["billed_nanodollars"], 58_800_000);
    assert_eq!(settings["error_generation"], "flat");
    assert!(!settings.to_string().contains("the-key"));
    let ledger = read(&http, format!("{control}/ledger?vendor=aimlapi")).await;
    assert_eq!(ledger["billed_nanodollars"], 58_800_000);
    assert_eq!(ledger["charges"].as_array().unwrap().len(), 2);
    let wrong = http
        .post(&address)
        .with_json(&json!({ "latency": 5 }))
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 422);
}

#[tokio::test]
async fn discord_can_have_a_port_of_its_own() {
    let own_port = "127.0.0.1:0".parse().ok();
    let options = Options {
        discord_listen: own_port,
        ..Options::default()
    };

    let apart = Emulator::start(options).await.unwrap();
    let together = Emulator::start(Options::default()).await.unwrap();

    assert!(!apart.base("discord").starts_with(apart.origin()));
    assert_eq!(
        together.base("discord"),
        format!("{}/discord", together.origin())
    );
    assert_eq!(
        together.base("aimlapi"),
        format!("{}/aimlapi", together.origin())
    );
}

#[tokio::test]
async fn a_shutdown_ends_work_that_nobody_can_wait_for() {
    let (emulator, http, control) = start().await;
    let world = std::sync::Arc::clone(emulator.world());
    world.aimlapi.change(|settings| {
        settings.latency_ms = 3_600_000;
        settings.lenient = true;
    });
    let generations = format!("{}/v1/images/generations", emulator.base("aimlapi"));
    let order = json!({ "model": "klingai/image-o1", "prompt": "a cat" });
    let waiting = tokio::spawn(
        http.post(generations)
            .bearer_auth("k")
            .with_json(&order)
            .send(),
    );
    world
        .journal
        .wait_for(|entry| entry.event() == "accepted", LONG)
        .await
        .unwrap();

    tokio::time::timeout(LONG, emulator.shutdown())
        .await
        .unwrap();

    assert!(waiting.await.unwrap().is_err());
    assert!(http.get(control).send().await.is_err());
    assert_eq!(world.ledger.total("aimlapi"), 0);
}

#[tokio::test]
async fn the_binary_says_where_it_listens_and_ends_when_it_is_asked_to() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kling-emulator"))
        .args([
            "--listen",
            "127.0.0.1:0",
            "--aimlapi-lenient",
            "--aimlapi-latency-ms",
            "1",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();

    let line = tokio::time::timeout(LONG, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let base = line.strip_prefix("aimlapi").unwrap().trim();
    let models = read(&client(), format!("{base}/v1/models")).await;

    assert_eq!(models["data"][0]["id"], "klingai/image-o1");
    let mut told = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        told = line;
        // The last line.
        if told.starts_with("control") {
            break;
        }
    }
    assert!(told.ends_with("/_emulator"), "{told}");
    let kill = format!("kill -TERM {}", child.id().unwrap());
    let asked = Command::new("sh").args(["-c", &kill]).status();
    assert!(asked.await.unwrap().success());
    let ended = tokio::time::timeout(LONG, child.wait()).await.unwrap();
    assert_eq!(ended.unwrap().code(), Some(0));
}

#[tokio::test]
async fn results_can_be_prepared_and_no_two_are_the_same() {
    let (emulator, http, control) = start().await;
    let address = format!("{control}/media");
    let before = read(&http, address.clone()).await;
    let change = http.post(&address).with_json(&json!({ "prepared": true }));
    let after: Value = change.send().await.unwrap().read_json().await;

    emulator
        .world()
        .apiin
        .change(|settings| settings.immediate = true);
    let mut pictures = Vec::new();
    for prompt in ["a boat", "a house"] {
        let order = json!({ "model": "kling-image-o1", "prompt": prompt });
        let made = http
            .post(format!("{}/images/generations", emulator.base("apiin")))
            .bearer_auth("k")
            .with_json(&order);
        let made: Value = made.send().await.unwrap().read_json().await;
        let link = made["data"]["output"]["images"][0].as_str().unwrap();
        pictures.push(http.get(link).send().await.unwrap().bytes().await.unwrap());
    }

    assert_eq!(before["prepared"], false);
    assert_eq!(after["prepared"], true);
    assert_ne!(pictures[0], pictures[1]);
    // All but the number in the comment.
    assert_eq!(pictures[0].len(), pictures[1].len());
}
