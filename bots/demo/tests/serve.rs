//! `kling-demo` without a subcommand: it shows the sample, keeps running, and leaves nothing behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests may fail loudly"
)]

mod program;

use rustix::process::Signal;

use crate::program::{Place, gone};

#[tokio::test]
async fn the_sample_is_shown_its_pictures_are_saved_and_the_demo_goes_on() {
    let place = Place::new();
    let mut demo = place.serve(&[]);

    demo.bot().await;
    demo.line("    /imagine prompt:").await;
    demo.line("is thinking …").await;
    demo.line("✅ @ada Here are your 2 pictures.").await;
    let first = demo.line(" saved as ").await;
    let second = demo.line(" saved as ").await;
    let told = demo.line("The pictures are in ").await;
    demo.line("Type another command").await;
    demo.type_line("/imagine prompt:a lighthouse").await;
    demo.line("    🚫 ").await;
    demo.type_line("paint me a lighthouse").await;
    demo.line("not sent: a command starts with a slash").await;

    for line in [first, second] {
        let (_, path) = line.split_once(" saved as ").unwrap();
        let picture = image::open(place.path(path)).unwrap();
        assert_eq!((picture.width(), picture.height()), (1360, 768));
    }
    let folder = std::fs::canonicalize(place.path("out")).unwrap();
    assert!(told.contains(folder.to_str().unwrap()), "{told}");
    assert_eq!(demo.child.try_wait().unwrap(), None);
}

#[tokio::test]
async fn both_signals_stop_it_cleanly() {
    for signal in [Signal::TERM, Signal::INT] {
        let place = Place::new();
        let mut demo = place.serve(&[]);
        let bot = demo.bot().await;
        demo.line("is thinking …").await;

        demo.signal(signal);
        let (status, seen) = demo.end().await;

        assert_eq!(status.code(), Some(0), "{signal:?}: {seen}");
        assert!(seen.contains("Stopping"), "{seen}");
        assert!(rustix::process::test_kill_process(bot).is_err());
        assert_eq!(place.leftovers(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_stop_that_comes_early_is_heard_too() {
    let place = Place::new();
    let mut demo = place.serve(&[]);
    demo.line("Starting the emulator").await;

    demo.signal(Signal::TERM);
    let (status, seen) = demo.end().await;

    assert_eq!(status.code(), Some(0), "{seen}");
}

#[tokio::test]
async fn a_demo_that_is_killed_takes_its_bot_along() {
    let place = Place::new();
    let mut demo = place.serve(&[]);
    let bot = demo.bot().await;

    demo.child.kill().await.unwrap();

    gone(bot).await;
}

#[tokio::test]
async fn a_bot_that_crashes_is_started_again() {
    let place = Place::new();
    let mut demo = place.serve(&[]);
    let first = demo.bot().await;
    demo.line("The pictures are in ").await;

    demo.type_line("crash").await;
    demo.line("The bot ended (signal: 9").await;
    let second = demo.bot().await;
    rustix::process::kill_process(second, Signal::KILL).unwrap();
    demo.line("The bot ended (signal: 9").await;
    let third = demo.bot().await;
    demo.type_line("/imagine prompt:again image1:@boat.png")
        .await;
    demo.line("✅ @ada Here is your picture.").await;

    assert!(first != second && second != third);
    assert!(rustix::process::test_kill_process(third).is_ok());
}

#[tokio::test]
async fn the_samples_are_not_written_over_a_persons_files() {
    let place = Place::new();
    std::fs::create_dir(place.path("out")).unwrap();
    std::fs::write(place.path("out/boat.png"), "my own boat").unwrap();
    let mut demo = place.serve(&[]);

    demo.line("The pictures are in ").await;

    let mine = std::fs::read_to_string(place.path("out/boat.png")).unwrap();
    assert_eq!(mine, "my own boat");
    assert!(demo.seen.contains("boat_2.png"), "{}", demo.seen);
}

#[tokio::test]
async fn a_picture_that_could_not_be_saved_shows_in_the_exit_code() {
    let place = Place::new();
    let mut demo = place.serve(&[]);
    demo.line("The pictures are in ").await;
    std::fs::remove_dir_all(place.path("out")).unwrap();

    demo.type_line("/imagine prompt:again image1:@boat.png")
        .await;
    demo.line(" NOT SAVED: ").await;
    demo.signal(Signal::TERM);
    let (status, seen) = demo.end().await;

    assert_eq!(status.code(), Some(1), "{seen}");
}

#[tokio::test]
async fn with_json_nothing_else_is_printed() {
    let place = Place::new();
    let mut demo = place.serve(&["--json"]);
    demo.line("\"event\":\"edit\"").await;

    demo.signal(Signal::TERM);
    let (_, seen) = demo.end().await;

    for line in seen.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["message_id"].is_string(), "{line}");
    }
}
