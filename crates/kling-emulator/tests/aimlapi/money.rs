//! Which faults are billed: the ledger after each.

use kling_emulator::script::Effect;

use crate::client::{Client, PRICE, small};

async fn billed_after(effect: Effect) -> i64 {
    let client = Client::start().await;
    client.fault("aimlapi", effect);

    // Some of these have no answer, some have half of one.
    if let Ok(response) = client.order(&small("a cat")).send().await {
        drop(response.bytes().await);
    }

    let open = client
        .emulator
        .world()
        .ledger
        .list()
        .iter()
        .any(|charge| charge.held);
    assert!(!open, "a hold was left behind");
    client.billed()
}

#[tokio::test]
async fn work_that_was_done_is_billed_whatever_becomes_of_the_answer() {
    for effect in [
        Effect::ResetAfter,
        Effect::BilledThen {
            status: 502,
            body: String::new(),
        },
        Effect::Truncate,
        Effect::Garbage,
        Effect::DeadLink,
        Effect::NotAPicture,
        Effect::Mislabelled,
        Effect::Huge { bytes: 100_000 },
        Effect::Drip {
            bytes_per_second: 1_000_000,
        },
        Effect::Delay { ms: 1 },
    ] {
        let name = format!("{effect:?}");
        assert_eq!(billed_after(effect).await, PRICE, "{name}");
    }
}

#[tokio::test]
async fn work_that_was_not_done_is_not_billed() {
    for effect in [
        Effect::Status {
            status: 500,
            headers: std::collections::BTreeMap::new(),
            body: String::new(),
            content_type: String::new(),
        },
        Effect::ResetBefore,
        Effect::NullData,
        Effect::EmptyData,
        Effect::Redirect {
            location: "/elsewhere".to_owned(),
        },
    ] {
        let name = format!("{effect:?}");
        assert_eq!(billed_after(effect).await, 0, "{name}");
    }
}
