//! The examples, run as the programs they are: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::path::PathBuf;
use std::time::Duration;

use kling_core::{Provider as _, Secret, TaskHandle};
use kling_emulated::{Examples, charges, no_tls};
use kling_emulator::{Emulator, Options};
use kling_http::Url;
use kling_inferencesh::{Config, InferenceSh};

const EXAMPLES: Examples = Examples::of(env!("CARGO_MANIFEST_DIR"));

async fn emulator() -> Emulator {
    Emulator::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn the_smallest_example_makes_a_picture() {
    let emulator = emulator().await;

    let base = emulator.base("inferencesh");
    let told = EXAMPLES
        .program("inferencesh_smallest", &base, &["a paper boat"])
        .unwrap()
        .printed()
        .await
        .unwrap();

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_progress_example_draws_a_bar_until_the_video_is_there() {
    let emulator = emulator().await;

    let base = emulator.base("inferencesh");
    let output = EXAMPLES
        .program("inferencesh_progress", &base, &["a paper boat"])
        .unwrap()
        .ended()
        .await
        .unwrap();

    let drawn = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{drawn}");
    assert!(
        drawn.contains("done [##############################]"),
        "{drawn}"
    );
    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_resume_example_is_killed_and_another_one_brings_what_was_paid_for() {
    let emulator = emulator().await;
    let world = emulator.world();
    world
        .inferencesh
        .change(|settings| settings.latency_ms = 3_600_000);
    let base = emulator.base("inferencesh");
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("inferencesh-resumed.png");
    std::fs::remove_file(&file).ok();
    let path = file.to_str().unwrap();

    let first = EXAMPLES
        .program("inferencesh_resume", &base, &["a paper boat", path])
        .unwrap();
    let handle = first.killed_after("inferencesh.2.").await.unwrap();
    assert!(!file.exists());
    world.clock.advance(Duration::from_hours(2));
    let told = EXAMPLES
        .program("inferencesh_resume", &base, &[&handle, path])
        .unwrap()
        .printed()
        .await
        .unwrap();

    let bytes = std::fs::read(&file).unwrap();
    assert!(image::load_from_memory(&bytes).is_ok(), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn a_service_that_embeds_this_crate_installs_no_tls_and_does_not_panic() {
    let base = no_tls().unwrap();

    let service = EXAMPLES
        .program("inferencesh_smallest", &base, &["a paper boat"])
        .unwrap()
        .ended()
        .await
        .unwrap();
    let mut config = Config::default();
    config.base_url = Url::parse(&base).unwrap();
    let provider = InferenceSh::new(config, Secret::new("inf-any").unwrap()).unwrap();
    let task = TaskHandle::literal("inferencesh.1.a");
    let here = provider.status(&task).await.unwrap_err();

    let errors = String::from_utf8_lossy(&service.stderr);
    assert_eq!(service.status.code(), Some(1), "{errors}");
    assert!(errors.contains("Unreachable"), "{errors}");
    assert!(here.is_retryable(), "{here:?}");
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
