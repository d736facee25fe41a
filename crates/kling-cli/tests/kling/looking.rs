//! The commands that only look, and help.

use crate::bench::{Bench, finish};

#[tokio::test]
async fn every_model_of_every_provider_is_listed_without_a_key() {
    let bench = Bench::start().await;
    let mut command = bench.command(&["models", "--json"]);
    command.env_clear();

    let listed = finish(command).await;

    assert_eq!(listed.code, Some(0), "{listed:#?}");
    let models = listed.events();
    for provider in ["aimlapi", "apiin", "inferencesh"] {
        assert!(models.iter().any(|model| model["provider"] == provider));
    }
    let image = models
        .iter()
        .find(|model| model["provider"] == "aimlapi" && model["operation"] == "image-to-image")
        .unwrap();
    assert_eq!(image["images"], serde_json::json!({"min": 1, "max": 10}));
    assert_eq!(image["price"]["usd"], "0.0294");
    let pictures = &image["image_files"];
    assert_eq!(
        pictures["types"],
        serde_json::json!(["image/png", "image/jpeg", "image/webp"])
    );
    assert_eq!(pictures["min_side"], 300);
    assert!(
        pictures["max_bytes"].is_u64() && pictures["ratio"]["max"] == 2.5,
        "{pictures}"
    );
    assert!(pictures["seconds"].is_null() && image["video_files"].is_null());
    let edit = models
        .iter()
        .find(|model| model["operation"] == "video-edit");
    let clip = &edit.unwrap()["video_files"];
    assert_eq!(
        clip["seconds"],
        serde_json::json!({"min": 3.0, "max": 10.05})
    );
    assert_eq!(
        clip["frame_rate"],
        serde_json::json!({"min": 24.0, "max": 60.0})
    );
}

#[tokio::test]
async fn models_are_told_to_people_flag_by_flag() {
    let bench = Bench::start().await;

    let listed = bench
        .run(&[
            "models",
            "--provider",
            "aimlapi",
            "--set",
            "image_urls_required=false",
        ])
        .await;

    assert_eq!(listed.code, Some(0), "{listed:#?}");
    for words in [
        "aimlapi klingai/image-o1 text-to-image: about $0.0294 for each image",
        "--image 1 to 10",
        "--prompt up to 2500 characters",
        "each picture: PNG, JPEG, WebP; at most 10 MB; sides of at least 300 pixels; width by height 0.40 to 2.50",
        "the video: MP4, MOV; at most 200 MB; sides of 720 to 2160 pixels; 3 to 10.05 s; 24 to 60 frames a second",
        "--format png, jpeg, webp",
    ] {
        assert!(listed.out.contains(words), "{words} in {}", listed.out);
    }
}

#[tokio::test]
async fn a_price_comes_with_how_sure_it_is_and_sends_nothing() {
    let bench = Bench::start().await;
    let words = [
        "price",
        "--operation",
        "text-to-image",
        "--prompt",
        "a boat",
    ];
    let json = [&words[..], &["--json"]].concat();

    let exact = bench.at("inferencesh", &json).await;
    let approximate = bench.at("apiin", &json).await;
    let for_people = bench.at("apiin", &words).await;

    assert_eq!(exact.last()["estimate"]["exactness"], "exact");
    assert_eq!(exact.last()["estimate"]["amount"]["usd"], "0.028");
    assert_eq!(approximate.last()["estimate"]["exactness"], "approximate");
    let told = "apiin kling-image-o1 text-to-image: about $0.06 (approximate)\n";
    assert_eq!(for_people.out, told);
    assert!(bench.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn an_edit_is_priced_by_the_length_of_its_clip_and_a_clip_that_does_not_fit_is_refused() {
    let bench = Bench::start().await;
    let film = |seconds| kling_emulator::media::video::sample("a road", seconds, (1_280, 720));
    std::fs::write(bench.path("four.mp4"), film(4).unwrap()).unwrap();
    std::fs::write(bench.path("two.mp4"), film(2).unwrap()).unwrap();
    let price = async |clip| {
        let words = ["price", "--operation", "video-edit", "--prompt", "at night"];
        let words = [&words[..], &["--video", clip, "--json"]].concat();
        bench.at("aimlapi", &words).await
    };

    let four = price("four.mp4").await;
    let two = price("two.mp4").await.error(2, "unfit");

    assert_eq!(four.last()["estimate"]["exactness"], "approximate");
    assert_eq!(four.last()["estimate"]["amount"]["usd"], "0.4704");
    assert_eq!(
        two["violations"][0]["problem"],
        "file 1 plays 2 s, outside 3 to 10.05 s"
    );
    assert_eq!(two["violations"][0]["offer"], "use one of at least 3 s");
    let listed = bench.run(&["models", "--provider", "aimlapi"]).await;
    let told = "about $0.1176 for each second of the video that goes in";
    assert!(listed.out.contains(told), "{}", listed.out);
}

#[tokio::test]
async fn a_price_is_told_without_looking_behind_any_address() {
    let bench = Bench::start().await;
    // Whoever connects there is refused, and a price is told all the same.
    let nobody = "http://127.0.0.1:9/road.mp4";
    for provider in ["aimlapi", "inferencesh"] {
        let words = ["price", "--operation", "video-edit", "--prompt", "at night"];
        let words = [&words[..], &["--video", nobody]].concat();
        let json = [&words[..], &["--json"]].concat();

        let told = bench.at(provider, &json).await;
        let for_people = bench.at(provider, &words).await;

        assert_eq!(told.code, Some(0), "{told:#?}");
        let price = told.last();
        assert_eq!(price["not_looked_at"], serde_json::json!(["--video"]));
        assert_eq!(price["estimate"]["exactness"], "approximate");
        assert!(price["estimate"]["amount"]["nanodollars"].as_i64() > Some(0));
        assert!(
            for_people
                .err
                .contains("what --video leads to is taken to fit")
        );
    }
}

#[tokio::test]
async fn a_path_with_a_comma_in_it_is_one_file_of_an_element() {
    let bench = Bench::start().await;
    std::fs::copy(bench.path("boat.png"), bench.path("boat, left.png")).unwrap();
    let price = async |element: &str| {
        let words = [
            "price",
            "--operation",
            "reference-to-video",
            "--prompt",
            "x",
        ];
        let words = [&words[..], &["--element", element, "--json"]].concat();
        bench.at("aimlapi", &words).await
    };

    let two = price("boat.png,boat.png").await;
    let comma = price(r"boat.png,boat\, left.png").await;
    let parted = price("boat.png,boat, left.png").await;

    assert_eq!((two.code, comma.code), (Some(0), Some(0)), "{comma:#?}");
    assert!(two.last()["not_looked_at"] == serde_json::json!([]));
    parted.error(2, "input");
}

#[tokio::test]
async fn a_balance_is_told_or_that_nobody_tells() {
    let bench = Bench::start().await;

    let told = bench.at("aimlapi", &["balance", "--json"]).await;
    let silent = bench.at("apiin", &["balance", "--json"]).await;
    let mut nobody = bench.command(&["balance", "--json"]);
    nobody.env_clear();
    let nobody = finish(nobody).await;

    assert_eq!(told.last()["available"]["nanodollars"], 100_000_000_000_i64);
    assert!(silent.last()["available"].is_null() && silent.code == Some(0));
    nobody.error(2, "no-key");
}

#[tokio::test]
async fn one_account_in_trouble_hides_no_other() {
    let bench = Bench::start().await;
    let mut command = bench.command(&["balance", "--json"]);
    // A key that no header can carry: the other two are asked all the same, and one of them never tells.
    command
        .env("AIMLAPI_API_KEY", "two words")
        .env("INFERENCE_API_KEY", "");

    let asked = finish(command).await;

    let error = asked.error(2, "settings");
    assert!(error["message"].to_string().contains("`aimlapi`: "));
    let events = asked.events();
    assert_eq!(events.len(), 2, "{events:#?}");
    assert_eq!(events[0]["provider"], "apiin");
}

#[tokio::test]
async fn help_tells_the_exit_codes_and_a_bare_word_is_bad_usage() {
    let bench = Bench::start().await;

    let help = bench.run(&["generate", "--help"]).await;
    let bare = bench.run(&[]).await;
    let odd = bench.run(&["generate", "--prompt"]).await;

    assert_eq!(help.code, Some(0));
    for words in ["Exit codes:", "may have been charged", "AIMLAPI_API_KEY"] {
        assert!(help.out.contains(words), "{words} in {}", help.out);
    }
    assert_eq!((bare.code, odd.code), (Some(2), Some(2)));
}
