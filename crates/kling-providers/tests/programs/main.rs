//! The examples, run as the programs they are: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::path::PathBuf;
use std::time::Duration;

use kling_emulated::{Examples, charges};
use kling_emulator::{Emulator, Options};

const EXAMPLES: Examples = Examples::of(env!("CARGO_MANIFEST_DIR"));

async fn emulator() -> Emulator {
    Emulator::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn the_layered_example_makes_five_pictures_and_pays_for_five() {
    let emulator = emulator().await;

    let base = emulator.base("inferencesh");
    let told = EXAMPLES
        .program("layered", &base, &["a paper boat"])
        .unwrap()
        .printed()
        .await
        .unwrap();

    assert_eq!(told.lines().count(), 5, "{told}");
    assert_eq!(charges(&emulator), 5);
}

/// An empty folder of this test's own.
fn fresh(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&folder).ok();
    folder
}

#[tokio::test]
async fn the_smallest_example_leaves_a_picture_in_the_folder() {
    let emulator = emulator().await;
    let folder = fresh("providers-smallest");

    let base = emulator.base("inferencesh");
    let arguments = ["a paper boat", folder.to_str().unwrap()];
    let told = EXAMPLES
        .program("providers_smallest", &base, &arguments)
        .unwrap()
        .printed()
        .await
        .unwrap();

    let bytes = std::fs::read(told.lines().next().unwrap()).unwrap();
    assert!(image::load_from_memory(&bytes).is_ok(), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_progress_example_draws_what_its_observer_is_told() {
    let emulator = emulator().await;

    let base = emulator.base("inferencesh");
    let output = EXAMPLES
        .program("providers_progress", &base, &["a paper boat"])
        .unwrap()
        .ended()
        .await
        .unwrap();

    let drawn = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{drawn}");
    assert!(drawn.contains("resume with: inferencesh.2."), "{drawn}");
    assert!(
        drawn.contains("done [##############################]"),
        "{drawn}"
    );
    assert!(told.ends_with(" bytes\n"), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_resume_example_is_killed_and_another_one_brings_what_was_paid_for() {
    let emulator = emulator().await;
    let world = emulator.world();
    world
        .inferencesh
        .change(|settings| settings.latency_ms = 3_600_000);
    let folder = fresh("providers-resumed");
    let base = emulator.base("inferencesh");
    let path = folder.to_str().unwrap();

    let first = EXAMPLES
        .program("providers_resume", &base, &["a paper boat", path])
        .unwrap();
    let handle = first.killed_after("inferencesh.2.").await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    let told = EXAMPLES
        .program("providers_resume", &base, &[&handle, path])
        .unwrap()
        .printed()
        .await
        .unwrap();

    let bytes = std::fs::read(told.trim()).unwrap();
    assert!(image::load_from_memory(&bytes).is_ok(), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn a_key_that_is_set_and_empty_is_no_key() {
    let emulator = emulator().await;

    let base = emulator.base("inferencesh");
    let told = EXAMPLES
        .program("layered", &base, &["a paper boat"])
        .unwrap()
        .with_key("INFERENCE_API_KEY", "")
        .printed()
        .await
        .unwrap();

    assert_eq!(told.lines().count(), 5, "{told}");
}
