//! The example, run as the program it is: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../../../kling-aimlapi/tests/programs/program.rs"]
#[expect(dead_code, reason = "there is nothing to kill or to embed here")]
mod program;

use program::{charges, emulator, example, printed};

#[tokio::test]
async fn the_layered_example_makes_five_pictures_and_pays_for_five() {
    let emulator = emulator().await;

    let base = emulator.base("inferencesh");
    let told = printed(example("layered", &base, &["a paper boat"])).await;

    assert_eq!(told.lines().count(), 5, "{told}");
    assert_eq!(charges(&emulator), 5);
}
