//! What is refused before anything is sent, and that it is told what would have worked.

use serde_json::Value;

use crate::bench::{Bench, Ended};

fn told(ended: &Ended) -> Vec<String> {
    let violations = ended.last()["violations"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    violations
        .iter()
        .map(|one| {
            let line = [&one["flag"], &one["problem"], &one["offer"]].map(text);
            let [flag, problem, offer] = line;
            assert!(
                ended
                    .err
                    .contains(&format!("  {flag}: {problem} ({offer})"))
            );
            format!("{flag}: {problem} ({offer})")
        })
        .collect()
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_request_is_told_at_once_with_offers() {
    let bench = Bench::start().await;
    let words = [
        "generate",
        "--operation",
        "image-to-image",
        "--prompt",
        "a boat",
        "--resolution",
        "4K",
        "--duration",
        "5",
        "--option",
        "speed=high",
        "--out",
        "out",
    ];

    let ended = bench.at("aimlapi", &words).await;

    ended.error(2, "unfit");
    let told = told(&ended);
    for start in [
        "--image: ",
        "--resolution: 4K",
        "--duration: ",
        "--option speed: ",
    ] {
        assert!(
            told.iter().any(|line| line.starts_with(start)),
            "{start} in {told:#?}"
        );
    }
    assert!(bench.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn a_file_of_ones_own_is_told_that_only_addresses_travel() {
    let bench = Bench::start().await;
    let words = [
        "price",
        "--operation",
        "image-to-image",
        "--prompt",
        "a boat",
        "--image",
        "boat.png",
        "--json",
    ];

    let ended = bench.at("apiin", &words).await;

    ended.error(2, "unfit");
    let told = told(&ended);
    assert!(
        told[0].ends_with("takes it: by a public address (use a publicly reachable file)"),
        "{told:?}"
    );
}

#[tokio::test]
async fn files_that_cannot_go_in_are_all_told_with_what_would_work() {
    let bench = Bench::start().await;
    std::fs::write(bench.path("notes.png"), "shopping list").unwrap();

    let more = [
        "--image",
        "nowhere.png",
        "--image",
        "notes.png",
        "--image",
        ".",
    ];
    let ended = bench.generate("aimlapi", &more).await;

    ended.error(2, "input");
    let told = told(&ended);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told[0].contains("nowhere.png: the file cannot be read"),
        "{told:#?}"
    );
    assert!(told[1].contains("notes.png: the file is neither a picture nor a video but text"));
    // Only what this field takes is offered.
    assert!(
        told[1].ends_with("(use PNG, JPEG, WebP; the bytes count, not the name)"),
        "{told:#?}"
    );
    assert!(told[2].contains("it is not a file"), "{told:#?}");
    assert!(bench.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn a_picture_with_too_many_pixels_is_told_how_many_there_may_be() {
    let bench = Bench::start().await;
    let mut huge = std::fs::read(bench.path("boat.png")).unwrap();
    // The width, in the header.
    huge[16..20].copy_from_slice(&1_000_000_u32.to_be_bytes());
    std::fs::write(bench.path("huge.png"), huge).unwrap();

    let ended = bench.generate("aimlapi", &["--image", "huge.png"]).await;

    ended.error(2, "input");
    let told = told(&ended);
    assert!(
        told[0].ends_with("(scale it down to at most 100 megapixels)"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_clip_that_no_model_takes_is_told_what_would_do_before_anything_is_sent() {
    let bench = Bench::start().await;
    let mut webm = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec();
    webm.resize(1_000, 0);
    // A film of four seconds that says it has 50 pictures.
    let mut slow = kling_emulator::media::video::sample("a road", 4, (1_280, 720)).unwrap();
    let count = slow.windows(4).position(|at| at == b"stsz").unwrap() + 12;
    slow[count..count + 4].copy_from_slice(&50_u32.to_be_bytes());
    std::fs::write(bench.path("clip.webm"), webm).unwrap();
    std::fs::write(bench.path("slow.mp4"), slow).unwrap();

    for (clip, problem, offer) in [
        ("clip.webm", "file 1 is WebM", "use MP4, MOV"),
        (
            "slow.mp4",
            "file 1 shows 12.5 frames a second, outside 24 to 60",
            "convert it to 24 frames a second",
        ),
    ] {
        for provider in ["aimlapi", "inferencesh"] {
            let words = ["generate", "--operation", "video-edit", "--prompt", "night"];
            let words = [&words[..], &["--video", clip, "--json"]].concat();
            let ended = bench.at(provider, &words).await;

            let violation = ended.error(2, "unfit")["violations"][0].clone();
            assert_eq!(violation["problem"], problem, "{violation}");
            assert_eq!(violation["offer"], offer, "{violation}");
        }
    }
    assert!(bench.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn an_unknown_name_is_told_the_names_there_are() {
    let bench = Bench::start().await;

    let provider = bench.run(&["models", "--provider", "acme", "--json"]).await;
    let model = bench.generate("aimlapi", &["--model", "acme/one"]).await;
    let setting = bench.generate("aimlapi", &["--set", "speed=9"]).await;
    let operation = bench
        .at(
            "apiin",
            &[
                "price",
                "--operation",
                "video-edit",
                "--prompt",
                "x",
                "--json",
            ],
        )
        .await;

    let said = |ended: &Ended, code| ended.error(2, code)["message"].to_string();
    assert!(said(&provider, "no-such-provider").contains("aimlapi, apiin, inferencesh"));
    assert!(said(&model, "no-such-model").contains("klingai/image-o1 for image-to-image"));
    assert!(said(&setting, "settings").contains("request_timeout"));
    assert!(said(&operation, "no-such-operation").contains("multi-shot"));
    let words = ["price", "--operation", "text-to-image", "--prompt", "x"];
    let words = [&words[..], &["--json"]].concat();
    let setting = "image_urls_required=false";
    let alone = bench.at("aimlapi", &words).await;
    let named = bench
        .at(
            "aimlapi",
            &[&words[..], &["--model", "klingai/image-o1"]].concat(),
        )
        .await;
    let told = bench
        .at("aimlapi", &[&words[..], &["--set", setting]].concat())
        .await;
    assert!(said(&alone, "no-such-operation").contains(&format!("--set {setting}")));
    assert!(said(&named, "no-such-model").contains(&format!("--set {setting}")));
    assert_eq!(told.code, Some(0), "{told:#?}");
}

#[tokio::test]
async fn a_handle_of_another_provider_or_from_the_future_says_what_would_have_worked() {
    let bench = Bench::start().await;
    for (provider, handle, code, expected) in [
        (
            "apiin",
            "inferencesh.1.task",
            "foreign-handle",
            "starts with `apiin.`",
        ),
        (
            "inferencesh",
            "apiin.1.5.5.task",
            "foreign-handle",
            "starts with `inferencesh.`",
        ),
        (
            "inferencesh",
            "inferencesh.9.task",
            "handle-from-the-future",
            "up to `inferencesh.2.`",
        ),
        (
            "apiin",
            "apiin.9.task",
            "handle-from-the-future",
            "later version",
        ),
        ("apiin", "apiin.1.x", "damaged-handle", "the whole text"),
    ] {
        let resumed = bench.resume(provider, handle).await;
        let error = resumed.error(2, code);
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(expected),
            "{handle} at {provider}: {message}"
        );
    }
    let cancelled = bench
        .at("inferencesh", &["cancel", "apiin.1.5.5.task", "--json"])
        .await;
    cancelled.error(2, "foreign-handle");
    let nobodys = bench.run(&["cancel", "task-7", "--json"]).await;
    let told = nobodys.error(2, "foreign-handle")["message"].to_string();
    assert!(told.contains("`aimlapi.` or `apiin.`") && told.contains("--provider"));
    assert!(bench.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_costs_nothing() {
    let bench = Bench::start().await;
    std::fs::write(bench.path("out"), "a file is in the way").unwrap();

    let generated = bench.generate("aimlapi", &[]).await;
    let resumed = bench.resume("apiin", "apiin.1.5.5.task").await;

    for ended in [generated, resumed] {
        let told = ended.error(2, "destination")["message"].to_string();
        assert!(told.contains("`out` is not a folder"), "{told}");
    }
    assert!(bench.world().journal.entries(0).is_empty());
}
