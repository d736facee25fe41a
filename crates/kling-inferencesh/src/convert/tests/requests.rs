//! Every request shape as JSON.

use insta::assert_snapshot;
use kling_core::{
    AspectRatio, GenerationRequest, ImageCount, MediaKind, Operation, Prompt, Resolution, Seconds,
};
use url::Url;

use crate::convert::request;
use crate::models::{IMAGE_O1, VIDEO_O1};
use crate::upload::Files;
use crate::wire::FileUri;
use crate::{Config, Infra};

fn smallest(operation: Operation) -> GenerationRequest {
    let model = match operation.output() {
        MediaKind::Image => IMAGE_O1,
        MediaKind::Video => VIDEO_O1,
    };
    let prompt = Prompt::new("a paper boat").expect("words");
    GenerationRequest::new(model, operation, prompt)
}

fn file(name: &str) -> FileUri {
    FileUri(format!("https://cloud.inference.sh/u/{name}"))
}

fn shown(request: &GenerationRequest, files: &Files) -> String {
    let run = request::run(request, files, &CONFIG, None);
    serde_json::to_string_pretty(&run).expect("JSON")
}

static CONFIG: std::sync::LazyLock<Config> = std::sync::LazyLock::new(Config::default);

#[test]
fn the_smallest_request_has_nothing_but_app_and_prompt() {
    assert_snapshot!(shown(&smallest(Operation::TextToImage), &Files::default()), @r#"
    {
      "app": "klingai/image-o1",
      "input": {
        "prompt": "a paper boat"
      }
    }
    "#);
}

#[test]
fn what_the_operator_wants_of_every_task_goes_beside_its_input() {
    let config: Config = serde_json::from_str(
        r#"{"setup": {"warm": true}, "metadata": {"team": "art"}, "session": "new",
            "session_timeout": "10m"}"#,
    )
    .expect("a table");
    let (request, files) = (smallest(Operation::TextToImage), Files::default());

    let run = request::run(&request, &files, &config, None);

    assert_snapshot!(serde_json::to_string_pretty(&run).expect("JSON"), @r#"
    {
      "app": "klingai/image-o1",
      "input": {
        "prompt": "a paper boat"
      },
      "setup": {
        "warm": true
      },
      "metadata": {
        "team": "art"
      },
      "session": "new",
      "session_timeout": 600
    }
    "#);
}

#[test]
fn an_image_is_asked_for_in_the_apps_own_words() {
    let mut request = smallest(Operation::ImageToImage);
    request.aspect_ratio = Some(AspectRatio::of(21, 9));
    request.resolution = Some(Resolution::K2);
    request.count = ImageCount::new(9).expect("a count");
    let files = Files {
        images: vec![file("a.png")],
        ..Files::default()
    };

    assert_snapshot!(shown(&request, &files), @r#"
    {
      "app": "klingai/image-o1",
      "input": {
        "prompt": "a paper boat",
        "image": "https://cloud.inference.sh/u/a.png",
        "aspect_ratio": "21:9",
        "resolution": "2k",
        "n": 9
      }
    }
    "#);
}

#[test]
fn a_video_from_words_is_told_its_shape_because_nothing_else_decides_it() {
    assert_snapshot!(shown(&smallest(Operation::TextToVideo), &Files::default()), @r#"
    {
      "app": "klingai/video-o1",
      "input": {
        "prompt": "a paper boat",
        "aspect_ratio": "16:9"
      }
    }
    "#);
}

#[test]
fn frames_have_fields_of_their_own_and_decide_the_shape() {
    let mut request = smallest(Operation::ImageToVideo);
    request.duration = Seconds::new(10).ok();
    request.resolution = Some(Resolution::P720);
    request
        .provider_options
        .insert("watermark".to_owned(), "TRUE".to_owned());
    let files = Files {
        first_frame: Some(file("a.png")),
        last_frame: Some(file("b.png")),
        ..Files::default()
    };

    assert_snapshot!(shown(&request, &files), @r#"
    {
      "app": "klingai/video-o1",
      "input": {
        "prompt": "a paper boat",
        "image": "https://cloud.inference.sh/u/a.png",
        "end_image": "https://cloud.inference.sh/u/b.png",
        "resolution": "720p",
        "duration": 10,
        "watermark": true
      }
    }
    "#);
}

#[test]
fn the_input_video_is_a_base_for_an_edit_and_a_feature_for_a_reference() {
    let files = Files {
        images: vec![file("a.png")],
        video: Some(file("c.mp4")),
        ..Files::default()
    };
    let edit = shown(&smallest(Operation::VideoEdit), &files);
    let reference = shown(&smallest(Operation::VideoReference), &files);

    assert_snapshot!(edit, @r#"
    {
      "app": "klingai/video-o1",
      "input": {
        "prompt": "a paper boat",
        "reference_images": [
          "https://cloud.inference.sh/u/a.png"
        ],
        "reference_video": "https://cloud.inference.sh/u/c.mp4",
        "reference_video_type": "base"
      }
    }
    "#);
    assert!(
        reference.contains(r#""reference_video_type": "feature""#),
        "{reference}"
    );
    assert!(
        reference.contains(r#""aspect_ratio": "16:9""#),
        "{reference}"
    );
}

#[test]
fn what_the_operator_set_is_sent_and_nothing_else() {
    let config = Config {
        infra: Some(Infra::PrivateFirst),
        workers: vec!["w1".to_owned()],
        image_app: "klingai/image-o1@0pbaxv40".to_owned(),
        ..Config::default()
    };
    let webhook = Url::parse("https://bot.example.com/hook?submission=k1").expect("a URL");
    let (request, files) = (smallest(Operation::TextToImage), Files::default());

    let run = request::run(&request, &files, &config, Some(webhook));

    assert_snapshot!(serde_json::to_string(&run).expect("JSON"), @r#"{"app":"klingai/image-o1@0pbaxv40","input":{"prompt":"a paper boat"},"infra":"private_first","workers":["w1"],"webhook":"https://bot.example.com/hook?submission=k1"}"#);
}
