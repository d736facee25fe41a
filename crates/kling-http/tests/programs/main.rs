//! The examples, run as the programs they are, against an emulator and a server of the test's own.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::io::Cursor;
use std::path::PathBuf;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use kling_emulated::Examples;
use kling_emulator::{Emulator, Options};

const EXAMPLES: Examples = Examples::of(env!("CARGO_MANIFEST_DIR"));

/// A server on a free port, for as long as the test runs.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    origin
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(64, 48, |x, y| {
        let shade = u8::try_from((x * 7 + y * 13) % 256).unwrap();
        image::Rgb([shade, 255 - shade, 128])
    });
    let written = picture.write_to(&mut bytes, image::ImageFormat::Png);
    written.unwrap();
    bytes.into_inner()
}

/// A file of this test's own, that is not there yet.
fn fresh(name: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_file(&file).ok();
    file
}

#[tokio::test]
async fn the_call_example_tells_what_came_and_which_road_is_left() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let good = format!("{}/_emulator/clock", emulator.origin());
    let refused = format!("{}/inferencesh/no/such/place", emulator.origin());

    let told = EXAMPLES.alone("http_call", &[&good]).unwrap();
    let told = told.printed().await.unwrap();
    let other = EXAMPLES.alone("http_call", &[&refused]).unwrap();
    let other = other.ended().await.unwrap();

    assert!(told.starts_with("200: "), "{told}");
    assert_eq!(other.status.code(), Some(1));
    let said = String::from_utf8_lossy(&other.stdout);
    assert!(said.ends_with("again: false\n"), "{said}");
}

#[tokio::test]
async fn the_download_example_draws_a_bar_and_keeps_a_whole_picture() {
    let bytes = png();
    let served = bytes.clone();
    let origin = serve(Router::new().route("/boat.png", get(|| async { served }))).await;
    let url = format!("{origin}/boat.png");
    let file = fresh("http-downloaded.png");
    let path = file.to_str().unwrap();

    let program = EXAMPLES.alone("http_download", &["--local", &url, path]);
    let output = program.unwrap().ended().await.unwrap();

    let drawn = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{drawn}");
    let end = format!("[{}] {n} of {n} bytes", "#".repeat(30), n = bytes.len());
    assert!(drawn.trim_end().ends_with(&end), "{drawn}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[tokio::test]
async fn the_download_example_does_not_fetch_from_this_machine_unasked() {
    let origin = serve(Router::new().route("/boat.png", get(|| async { png() }))).await;
    let url = format!("{origin}/boat.png");
    let file = fresh("http-not-downloaded.png");
    let path = file.to_str().unwrap();

    let program = EXAMPLES.alone("http_download", &[&url, path]);
    let output = program.unwrap().ended().await.unwrap();

    assert_eq!(output.status.code(), Some(1));
    assert!(!file.exists());
}

#[tokio::test]
async fn the_stream_example_goes_on_after_the_last_event_it_had() {
    let events = get(|headers: HeaderMap| async move {
        let after = headers
            .get("last-event-id")
            .map(|id| id.to_str().unwrap().to_owned());
        match after.as_deref() {
            None => "retry: 1\n\nid: 1\ndata: folded\n\nid: 2\ndata: afloat\n\nid: 3\ndata: cut o",
            Some("2") => "id: 3\ndata: out at sea\n\nevent: done\nid: 4\ndata: home\n\n",
            Some(_) => "event: done\ndata: lost\n\n",
        }
    });
    let origin = serve(Router::new().route("/events", events)).await;
    let url = format!("{origin}/events");

    let told = EXAMPLES.alone("http_stream", &[&url]).unwrap();
    let told = told.printed().await.unwrap();

    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "message: folded",
            "message: afloat",
            "again after 2",
            "message: out at sea",
            "done: home",
        ]
    );
}
