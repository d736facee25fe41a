//! The examples, run as the programs they are: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::time::Duration;

use kling_apiin::{Apiin, Config};
use kling_core::{Provider as _, Secret, TaskHandle};
use kling_emulated::{Examples, charges, no_tls};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

const EXAMPLES: Examples = Examples::of(env!("CARGO_MANIFEST_DIR"));

async fn emulator() -> Emulator {
    Emulator::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn the_smallest_example_makes_a_picture() {
    let emulator = emulator().await;

    let base = emulator.base("apiin");
    let told = EXAMPLES
        .program("apiin_smallest", &base, &["a boat made of glass"])
        .unwrap()
        .printed()
        .await
        .unwrap();

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_progress_example_draws_a_bar_until_the_picture_is_there() {
    let emulator = emulator().await;

    let base = emulator.base("apiin");
    let told = EXAMPLES
        .program("apiin_progress", &base, &["a boat made of glass"])
        .unwrap()
        .printed()
        .await
        .unwrap();

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

    let first = EXAMPLES
        .program("apiin_resume", &base, &["a boat made of glass"])
        .unwrap();
    let handle = first.killed_after("apiin.1.").await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    let told = EXAMPLES
        .program("apiin_resume", &base, &[&handle])
        .unwrap()
        .printed()
        .await
        .unwrap();

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn a_service_that_embeds_this_crate_installs_no_tls_and_does_not_panic() {
    let base = no_tls().unwrap();

    let service = EXAMPLES
        .program("apiin_smallest", &base, &["a boat made of glass"])
        .unwrap()
        .ended()
        .await
        .unwrap();
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

#[tokio::test]
async fn a_key_that_is_set_and_empty_is_no_key() {
    for name in ["apiin_smallest", "apiin_progress", "apiin_resume"] {
        let vendor = EXAMPLES.alone(name, &["a boat"]).unwrap();
        let nobody = EXAMPLES.program(name, "http://127.0.0.1:9", &["a boat"]);

        let missing = vendor.with_key("APIIN_API_KEY", "").printed().await;
        let not_needed = nobody.unwrap().with_key("APIIN_API_KEY", "");
        let not_needed = not_needed.printed().await;

        let missing = missing.unwrap_err();
        assert!(missing.contains("set APIIN_API_KEY"), "{name}: {missing}");
        let not_needed = not_needed.unwrap_err();
        assert!(not_needed.contains("Unreachable"), "{name}: {not_needed}");
    }
}
