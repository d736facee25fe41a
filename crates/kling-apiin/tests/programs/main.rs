//! The examples, run as the programs they are: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../../../kling-aimlapi/tests/programs/program.rs"]
mod program;

use std::time::Duration;

use kling_apiin::{Apiin, Config};
use kling_core::{Provider as _, Secret, TaskHandle};
use kling_http::Url;
use program::{charges, emulator, ended, example, killed_after, no_tls, printed};

#[tokio::test]
async fn the_smallest_example_makes_a_picture() {
    let emulator = emulator().await;

    let base = emulator.base("apiin");
    let told = printed(example("apiin_smallest", &base, &["a boat made of glass"])).await;

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_progress_example_draws_a_bar_until_the_picture_is_there() {
    let emulator = emulator().await;

    let base = emulator.base("apiin");
    let told = printed(example("apiin_progress", &base, &["a boat made of glass"])).await;

    assert!(
        told.contains("[##############################] done"),
        "{told}"
    );
    assert!(
        told.lines().last().unwrap().starts_with(emulator.origin()),
        "{told}"
    );
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_resume_example_is_killed_and_another_one_brings_what_was_paid_for() {
    let emulator = emulator().await;
    let world = emulator.world();
    world
        .apiin
        .change(|settings| settings.latency_ms = 3_600_000);
    let base = emulator.base("apiin");

    let first = example("apiin_resume", &base, &["a boat made of glass"]);
    let handle = killed_after(first, "apiin.1.").await;
    world.clock.advance(Duration::from_hours(2));
    let told = printed(example("apiin_resume", &base, &[&handle])).await;

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn a_service_that_embeds_this_crate_installs_no_tls_and_does_not_panic() {
    let base = no_tls();

    let service = ended(example("apiin_smallest", &base, &["a boat made of glass"])).await;
    let mut config = Config::default();
    config.base_url = Url::parse(&base).unwrap();
    let provider = Apiin::new(config, Secret::new("aio-any").unwrap()).unwrap();
    let task = TaskHandle::literal("apiin.1.0.60000000.a");
    let here = provider.status(&task).await.unwrap_err();

    let errors = String::from_utf8_lossy(&service.stderr);
    assert_eq!(service.status.code(), Some(1), "{errors}");
    assert!(errors.contains("Unreachable"), "{errors}");
    assert!(here.is_retryable(), "{here:?}");
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
