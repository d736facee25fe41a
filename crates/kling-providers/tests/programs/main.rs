//! The example, run as the program it is: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

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
