//! Two pages of the vendor print answers that fit no schema of its own: nobody expects them, and they are understood.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::collections::BTreeMap;

use kling_aimlapi::{AimlApi, Config};
use kling_core::{
    Asset, AssetInfo, AssetUrl, Dimensions, GenerationRequest, MediaType, ModelId, Operation,
    OutputSource, Prompt, Provider as _, ProviderError, Secret, Submission, SubmissionKey,
    TaskStatus,
};
use kling_emulator::aimlapi::VENDOR;
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

/// A provider whose next call is answered with this.
async fn answered(body: &str) -> (Emulator, AimlApi) {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    tell(&emulator, body);
    let mut config = Config::default();
    config.base_url = Url::parse(&emulator.base(VENDOR)).unwrap();
    let provider = AimlApi::new(config, Secret::new("sk-0815").unwrap()).unwrap();
    (emulator, provider)
}

fn tell(emulator: &Emulator, body: &str) {
    let effect = Effect::Status {
        status: 200,
        headers: BTreeMap::new(),
        body: body.to_owned(),
        content_type: "application/json".to_owned(),
    };
    let script = &emulator.world().script;
    script.push(Fault::once(VENDOR, "", effect));
}

fn request(model: &str, operation: Operation) -> GenerationRequest {
    let model = ModelId::parse(model).unwrap();
    GenerationRequest::new(model, operation, Prompt::new("a paper boat").unwrap())
}

fn elsewhere(media_type: MediaType, address: &str) -> Asset {
    let info = AssetInfo {
        media_type,
        size_bytes: 100_000,
        dimensions: Some(Dimensions {
            width: 1280,
            height: 720,
        }),
        duration: (media_type == MediaType::Mp4).then(|| std::time::Duration::from_secs(5)),
        frame_rate: None,
    };
    Asset::from_url(info, AssetUrl::parse(address).unwrap())
}

async fn submitted(
    provider: &AimlApi,
    request: &GenerationRequest,
) -> Result<Submission, ProviderError> {
    let key = SubmissionKey::literal("k");
    provider.submit(request, &key).await
}

#[tokio::test]
async fn a_picture_with_words_about_tokens_around_it_is_a_picture() {
    let body = r#"{"id": "gen-1700000000-sample", "object": "image", "created": 1700000000,
        "model": "klingai/image-o1", "data": [{"url": "https://cdn.aimlapi.com/sample.png",
        "revised_prompt": "A sample."}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}}"#;
    let (_emulator, provider) = answered(body).await;
    let mut request = request("klingai/image-o1", Operation::ImageToImage);
    request.images = vec![elsewhere(MediaType::Png, "https://example.com/boat.png")];

    let Submission::Finished(output) = submitted(&provider, &request).await.unwrap() else {
        panic!("a picture");
    };

    let [asset] = output.assets.as_slice() else {
        panic!("{output:?}");
    };
    let OutputSource::Url(url) = &asset.source else {
        panic!("{asset:?}");
    };
    assert_eq!(url.expose().as_str(), "https://cdn.aimlapi.com/sample.png");
}

#[tokio::test]
async fn a_video_that_is_processing_is_a_task_that_runs() {
    let body = r#"{"id": "gen-1700000000-SAMPLE", "object": "video.generation",
        "model": "klingai/video-o1-video-to-video-reference", "created": 1700000000,
        "status": "processing", "output_url": null, "meta": {"prompt": "A sample.",
        "video_url": "https://example.com/clip.mp4", "duration_seconds": 8},
        "usage": {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}}"#;
    let (emulator, provider) = answered(body).await;
    let model = "klingai/video-o1-video-to-video-reference";
    let mut request = request(model, Operation::VideoReference);
    request.video = Some(elsewhere(MediaType::Mp4, "https://example.com/clip.mp4"));

    let Submission::Started(task) = submitted(&provider, &request).await.unwrap() else {
        panic!("a task");
    };

    tell(&emulator, body);
    let status = provider.status(&task).await.unwrap();
    assert_eq!(status, TaskStatus::Running { percent: None });
}
