//! The examples, run as the programs they are: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod program;

use std::path::PathBuf;
use std::time::Duration;

use kling_aimlapi::{AimlApi, Config};
use kling_core::{Provider as _, Secret};
use kling_http::Url;
use program::{charges, emulator, ended, example, killed_after, no_tls, printed};

fn boat(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("aimlapi-{name}.png"));
    image::RgbImage::from_pixel(640, 480, image::Rgb([30, 120, 200]))
        .save(&path)
        .unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_smallest_example_makes_a_picture() {
    let emulator = emulator().await;
    let boat = boat("smallest");

    let base = emulator.base("aimlapi");
    let told = printed(example(
        "aimlapi_smallest",
        &base,
        &[&boat, "made of glass"],
    ))
    .await;

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert!(told.contains("charged $0.0294"), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_progress_example_draws_a_bar_until_the_video_is_there() {
    let emulator = emulator().await;
    let boat = boat("progress");

    let base = emulator.base("aimlapi");
    let told = printed(example("aimlapi_progress", &base, &[&boat, "it sails"])).await;

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
        .aimlapi
        .change(|settings| settings.video.latency_ms = 3_600_000);
    let boat = boat("resume");
    let base = emulator.base("aimlapi");

    let first = example("aimlapi_resume", &base, &[&boat, "it sails"]);
    let handle = killed_after(first, "aimlapi.1.").await;
    world.clock.advance(Duration::from_hours(2));
    let told = printed(example("aimlapi_resume", &base, &[&handle])).await;

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn a_service_that_embeds_this_crate_installs_no_tls_and_does_not_panic() {
    let base = no_tls();
    let boat = boat("embedded");

    let service = ended(example(
        "aimlapi_smallest",
        &base,
        &[&boat, "made of glass"],
    ))
    .await;
    let mut config = Config::default();
    config.base_url = Url::parse(&base).unwrap();
    let provider = AimlApi::new(config, Secret::new("sk-any").unwrap()).unwrap();
    let here = provider.balance().await.unwrap_err();

    let errors = String::from_utf8_lossy(&service.stderr);
    assert_eq!(service.status.code(), Some(1), "{errors}");
    assert!(errors.contains("Unreachable"), "{errors}");
    assert!(here.is_retryable(), "{here:?}");
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
