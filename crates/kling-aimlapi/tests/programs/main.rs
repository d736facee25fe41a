//! The examples, run as the programs they are: no key, an emulator on a free port.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use kling_aimlapi::{AimlApi, Config};
use kling_core::{ErrorKind, Provider as _, ProviderError, Secret};
use kling_emulated::{Examples, TlsDoor, charges, no_tls};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

const EXAMPLES: Examples = Examples::of(env!("CARGO_MANIFEST_DIR"));

async fn emulator() -> Emulator {
    Emulator::start(Options::default()).await.unwrap()
}

fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn boat(name: &str) -> String {
    let path = scratch().join(format!("aimlapi-{name}.png"));
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
    let told = EXAMPLES
        .program("aimlapi_smallest", &base, &[&boat, "made of glass"])
        .unwrap()
        .printed()
        .await
        .unwrap();

    assert!(told.starts_with(emulator.origin()), "{told}");
    assert!(told.contains("charged $0.0294"), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn the_progress_example_draws_a_bar_until_the_video_is_there() {
    let emulator = emulator().await;
    let boat = boat("progress");

    let base = emulator.base("aimlapi");
    let told = EXAMPLES
        .program("aimlapi_progress", &base, &[&boat, "it sails"])
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
        .aimlapi
        .change(|settings| settings.video.latency_ms = 3_600_000);
    let boat = boat("resume");
    let base = emulator.base("aimlapi");

    let first = EXAMPLES
        .program("aimlapi_resume", &base, &[&boat, "it sails"])
        .unwrap();
    let handle = first.killed_after("aimlapi.1.").await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    let told = EXAMPLES
        .program("aimlapi_resume", &base, &[&handle])
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
    let boat = boat("embedded");

    let service = EXAMPLES
        .program("aimlapi_smallest", &base, &[&boat, "made of glass"])
        .unwrap()
        .ended()
        .await
        .unwrap();
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

#[tokio::test]
async fn a_service_that_embeds_this_crate_speaks_tls_with_nothing_installed() {
    let emulator = emulator().await;
    let door = TlsDoor::open(emulator.origin(), scratch()).await.unwrap();
    let base = door.through(&emulator.base("aimlapi"));
    let boat = boat("over-tls");

    let service = EXAMPLES
        .program("aimlapi_smallest", &base, &[&boat, "made of glass"])
        .unwrap()
        .trusting(door.certificate());
    let told = service.printed().await.unwrap();

    assert!(base.starts_with("https://localhost:"), "{base}");
    assert!(told.contains("charged $0.0294"), "{told}");
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_told_and_nothing_is_sent() {
    let emulator = emulator().await;
    let door = TlsDoor::open(emulator.origin(), scratch()).await.unwrap();
    let another = TlsDoor::open(emulator.origin(), scratch()).await.unwrap();
    let base = door.through(&emulator.base("aimlapi"));
    let boat = boat("distrusted");

    let service = EXAMPLES
        .program("aimlapi_smallest", &base, &[&boat, "made of glass"])
        .unwrap()
        .trusting(another.certificate());
    let service = service.ended().await.unwrap();
    let mut config = Config::default();
    config.base_url = Url::parse(&base).unwrap();
    let provider = AimlApi::new(config, Secret::new("sk-any").unwrap()).unwrap();
    let here = provider.balance().await.unwrap_err();

    let errors = String::from_utf8_lossy(&service.stderr);
    assert_eq!(service.status.code(), Some(1), "{errors}");
    assert!(errors.contains("Unreachable"), "{errors}");
    assert!(errors.contains("InvalidCertificate"), "{errors}");
    assert!(matches!(here, ProviderError::Unreachable(_)), "{here:?}");
    assert_eq!(here.kind(), ErrorKind::Busy);
    let reason = here.source().map(ToString::to_string);
    let told = "the server's certificate is not accepted";
    assert_eq!(reason.as_deref(), Some(told), "{here:?}");
    assert!(emulator.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn a_key_that_is_set_and_empty_is_no_key() {
    let boat = boat("no-key");
    let wish = [boat.as_str(), "it sails"];
    for name in ["aimlapi_smallest", "aimlapi_progress", "aimlapi_resume"] {
        let vendor = EXAMPLES.alone(name, &wish).unwrap();
        let nobody = EXAMPLES.program(name, "http://127.0.0.1:9", &wish);

        let missing = vendor.with_key("AIMLAPI_API_KEY", "").printed().await;
        let not_needed = nobody.unwrap().with_key("AIMLAPI_API_KEY", "");
        let not_needed = not_needed.printed().await;

        let missing = missing.unwrap_err();
        assert!(missing.contains("set AIMLAPI_API_KEY"), "{name}: {missing}");
        let not_needed = not_needed.unwrap_err();
        assert!(not_needed.contains("Unreachable"), "{name}: {not_needed}");
    }
}
