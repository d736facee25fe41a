//! `kling-demo once`: what it prints and saves, and how it exits.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests may fail loudly"
)]

mod program;

use std::path::Path;

use image::ImageFormat;
use serde_json::Value;

use crate::program::{Place, control, kept_address};

/// A line of `--json` as it is documented, whatever else stands in it.
#[track_caller]
fn is_documented(event: &Value) {
    let change = event["event"].as_str().unwrap();
    assert!(["message", "edit", "delete"].contains(&change), "{event}");
    for text in ["message_id", "author", "content"] {
        assert!(event[text].is_string(), "{text} of {event}");
    }
    assert!(event["ephemeral"].is_boolean(), "{event}");
    for file in event["attachments"].as_array().unwrap() {
        for text in ["filename", "content_type", "path"] {
            assert!(file[text].is_string(), "{text} of {file}");
        }
        assert!(file["size"].as_u64().unwrap() > 0, "{file}");
    }
}

#[tokio::test]
async fn a_result_is_posted_and_its_pictures_are_saved() {
    let place = Place::new();
    let command = r#"/imagine prompt:"a paper boat" image1:@boat.png image2:@mug.jpg aspect_ratio:9:16 format:webp count:2"#;

    let ended = place
        .once(command, &["--provider", "aimlapi", "--json"])
        .await;

    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let events = ended.events();
    events.iter().for_each(is_documented);
    assert_eq!(events[0]["event"], "message");
    let last = events.last().unwrap();
    assert_eq!(last["event"], "edit");
    assert_eq!(last["message_id"], events[0]["message_id"]);
    assert_eq!(last["author"], "Kling");
    let files = last["attachments"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file["content_type"], "image/webp");
        let path = Path::new(file["path"].as_str().unwrap());
        assert_eq!(
            path.file_name().unwrap(),
            file["filename"].as_str().unwrap()
        );
        let bytes = std::fs::read(place.path("").join(path)).unwrap();
        assert_eq!(Some(bytes.len() as u64), file["size"].as_u64());
        assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::WebP);
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (768, 1360));
    }
    assert_eq!(place.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn people_read_who_said_what_and_where_the_pictures_are() {
    let place = Place::new();
    let command = "/imagine prompt:a *paper* boat image1:@boat.png format:jpeg";

    let ended = place.once(command, &[]).await;

    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "  ada");
    assert_eq!(lines[1], format!("    {command}"));
    assert_eq!(&lines[2..4], ["  Kling", "    is thinking …"]);
    assert!(
        ended.out.contains("✅ @ada Here is your picture."),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("<@"), "{}", ended.out);
    let quotations = lines
        .iter()
        .filter(|line| line.ends_with("> a *paper* boat"));
    assert_eq!(quotations.count(), 1, "{}", ended.out);
    let saved = lines.last().unwrap();
    let (file, path) = saved.split_once(" saved as ").unwrap();
    assert!(file.contains("1360×768"), "{saved}");
    let bytes = std::fs::read(place.path(path)).unwrap();
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
}

#[tokio::test]
async fn a_command_without_a_picture_is_refused_to_its_asker_alone() {
    let place = Place::new();

    let raw = place.once("/imagine prompt:a boat", &["--json"]).await;
    let read = place.once("/imagine prompt:a boat", &[]).await;

    assert_eq!((raw.code, read.code), (Some(1), Some(1)));
    let events = raw.events();
    assert_eq!(events.len(), 1, "{events:#?}");
    is_documented(&events[0]);
    assert_eq!(events[0]["ephemeral"], true);
    assert!(events[0]["content"].as_str().unwrap().starts_with("🚫"));
    assert!(
        read.out.contains("Kling (only ada can see this)"),
        "{}",
        read.out
    );
    assert_eq!(raw.err, "");
}

#[tokio::test]
async fn a_text_file_named_png_is_refused_and_the_public_answer_taken_back() {
    let place = Place::new();
    std::fs::write(place.path("notes.png"), "these are words").unwrap();

    let ended = place
        .once("/imagine prompt:a boat image1:@notes.png", &["--json"])
        .await;

    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let events = ended.events();
    events.iter().for_each(is_documented);
    let refused = events.iter().find(|event| event["ephemeral"] == true);
    let sentence = refused.unwrap()["content"].as_str().unwrap();
    assert!(sentence.contains("not a picture"), "{sentence}");
    let last = events
        .iter()
        .rfind(|event| event["message_id"] == events[0]["message_id"]);
    assert_eq!(last.unwrap()["event"], "delete", "{events:#?}");
}

#[tokio::test]
async fn a_failure_in_the_channel_exits_with_1() {
    let place = Place::new();
    let (_kept, address) = kept_address();
    let arguments = [
        "once",
        "--platform=discord",
        "--command=/imagine prompt:a boat image1:@boat.png",
        "--latency-ms=300000",
        "--out=out",
        "--json",
        "--listen",
        &address,
    ];
    let running = place.demo(&arguments).spawn().unwrap();

    // The provider works on it, and the links of its results will be dead.
    let accepted = "journal?place=aimlapi&wait_ms=60000";
    control(&address, "GET", accepted, "").await;
    let fault = r#"{"place":"media","times":100,"effect":{"kind":"dead_link"}}"#;
    control(&address, "POST", "faults", fault).await;
    control(&address, "POST", "clock", r#"{"advance_ms":300000}"#).await;
    let ended = tokio::time::timeout(program::PATIENCE, running.wait_with_output()).await;

    let ended = ended.expect("the demo ends").unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let out = String::from_utf8(ended.stdout).unwrap();
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    is_documented(&last);
    assert!(
        last["content"].as_str().unwrap().starts_with("❌"),
        "{last}"
    );
}

#[tokio::test]
async fn an_end_that_does_not_come_exits_with_1_and_the_bots_last_words() {
    let place = Place::new();
    let arguments = [
        "once",
        "--platform=discord",
        "--command=/imagine prompt:a boat image1:@boat.png",
        "--latency-ms=86400000",
        "--patience=1",
        "--out=out",
    ];

    let ended = place.run(&arguments).await;

    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.err.contains("no end within 1 s"), "{}", ended.err);
}

#[tokio::test]
async fn bad_usage_is_found_before_anything_is_started() {
    let place = Place::new();
    std::fs::create_dir(place.path("folder")).unwrap();
    let cases: [(&str, &[&str], &str); 7] = [
        ("imagine prompt:x", &[], "a command starts with a slash"),
        ("/imagine prompt:\"x", &[], "never closed"),
        (
            "/imagine prompt:x image1:@no.png",
            &[],
            "no.png cannot be read",
        ),
        (
            "/imagine prompt:x image1:@folder",
            &[],
            "folder cannot be read",
        ),
        (
            "/imagine prompt:x provider:aimlapi",
            &["--provider", "other"],
            "give only one of them",
        ),
        ("/imagine prompt:x", &["--patience", "0"], "--patience"),
        ("/imagine prompt:x", &["--out", "boat.png/x"], "boat.png/x"),
    ];

    for (command, more, sentence) in cases {
        let mut arguments = vec!["once", "--platform", "discord", "--command", command];
        arguments.extend(more);
        let ended = place.run(&arguments).await;

        assert_eq!(ended.code, Some(2), "{command}: {ended:#?}");
        assert!(ended.err.contains(sentence), "{command}: {}", ended.err);
        assert_eq!(ended.out, "", "{command}");
        let default_folder = place.path("kling-demo-pictures");
        assert!(!default_folder.exists(), "{command}: something was started");
    }
}

#[tokio::test]
async fn a_platform_or_an_argument_that_is_not_known_is_bad_usage() {
    let place = Place::new();
    let cases: [&[&str]; 4] = [
        &[
            "once",
            "--platform",
            "irc",
            "--command",
            "/imagine prompt:x",
        ],
        &["once", "--platform", "discord"],
        &["once", "--command", "/imagine prompt:x"],
        &["twice"],
    ];

    for arguments in cases {
        let ended = place.run(arguments).await;

        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:#?}");
        assert!(ended.err.contains("--help"), "{}", ended.err);
    }
}

#[tokio::test]
async fn what_no_client_would_send_is_bad_usage() {
    let place = Place::new();
    let cases = [
        (
            "/paint prompt:x",
            "there is no command `paint`; there is imagine",
        ),
        ("/imagine prompt:x size:5", "/imagine has no option `size`"),
        ("/imagine image1:@boat.png", "prompt is required"),
        ("/imagine prompt:x count:99", "count is out of range"),
        ("/imagine prompt:x count:two", "takes a whole number"),
        (
            "/imagine prompt:x aspect_ratio:7:5",
            "is not one of the choices",
        ),
        (
            "/imagine prompt:x provider:nobody",
            "is not one of the choices",
        ),
        (
            "/imagine prompt:x image1:boat.png",
            "write image1:@boat.png",
        ),
        ("/imagine prompt:@boat.png", "takes no file"),
    ];

    for (command, sentence) in cases {
        let ended = place.once(command, &[]).await;

        assert_eq!(ended.code, Some(2), "{command}: {ended:#?}");
        assert!(ended.err.contains(sentence), "{command}: {}", ended.err);
        assert_eq!(ended.out, "", "{command}");
    }
    assert_eq!(place.leftovers(), Vec::<String>::new());
}
