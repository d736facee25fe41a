//! A vendor on loopback with one client, and what the tests ask of both.

use std::time::Duration;

use kling_aimlapi::{AimlApi, Config};
use kling_core::{
    Asset, GenerationRequest, ModelId, Operation, Output, Prompt, Provider as _, ProviderError,
    Secret, Submission, SubmissionKey, TaskFailure, TaskHandle, TaskStatus,
};
pub(crate) use kling_emulated::status;
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

pub(crate) const KEY: &str = "sk-very-private-0815";
pub(crate) const PROMPT: &str = "zanzibar lighthouse made of marzipan";

/// An address that lets anyone who has it fetch a file.
pub(crate) const SIGNED: &str = "https://cdn.example.com/files/cat.png?hm=5ec2e70815";

/// What one picture costs, in nano-dollars.
pub(crate) const PRICE: i64 = 29_400_000;

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) provider: AimlApi,
}

impl Bench {
    pub(crate) async fn strict() -> Self {
        Self::with(Options::default(), |_| {}).await
    }

    pub(crate) async fn with(options: Options, change: impl FnOnce(&mut Config)) -> Self {
        let emulator = Emulator::start(options).await.unwrap();
        let mut config = config(&emulator.base("aimlapi"));
        change(&mut config);
        Self {
            provider: AimlApi::new(config, Secret::new(KEY).unwrap()).unwrap(),
            emulator,
        }
    }

    pub(crate) fn play(&self, effect: Effect) {
        self.play_at("POST /v1/images", effect);
    }

    pub(crate) fn play_at(&self, route: &str, effect: Effect) {
        let fault = Fault::once("aimlapi", route, effect);
        self.emulator.world().script.push(fault);
    }

    pub(crate) async fn submit(
        &self,
        request: &GenerationRequest,
    ) -> Result<Output, ProviderError> {
        let key = SubmissionKey::literal("part:1.a_b-c");
        match self.provider.submit(request, &key).await {
            Ok(Submission::Finished(output)) => Ok(output),
            Ok(Submission::Started(handle)) => panic!("it answers at once, not {handle}"),
            Err(error) => {
                assert_quiet(&error);
                Err(error)
            }
        }
    }

    /// Submits one picture and gives the error that must come of it.
    pub(crate) async fn refused(&self) -> ProviderError {
        self.submit(&request(1)).await.expect_err("it must fail")
    }

    /// Submits a video, and gives the handle or the error that comes of it.
    pub(crate) async fn start(
        &self,
        request: &GenerationRequest,
    ) -> Result<TaskHandle, ProviderError> {
        let key = SubmissionKey::literal("part:1.a_b-c");
        let submitted = self.provider.submit(request, &key).await;
        match submitted.inspect_err(assert_quiet)? {
            Submission::Started(handle) => Ok(handle),
            Submission::Finished(output) => panic!("a task, not {output:?}"),
        }
    }

    pub(crate) async fn look(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let status = self.provider.status(task).await;
        status.inspect_err(assert_quiet)
    }

    /// Looks until there is something else to tell than that it goes on, and pushes the vendor's clock
    /// meanwhile.
    pub(crate) async fn ended(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let ended = async {
            loop {
                match self.look(task).await {
                    Ok(status) if !status.is_terminal() => {}
                    other => return other,
                }
                self.emulator.world().clock.advance(Duration::from_secs(10));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(2), ended)
            .await
            .expect("an end")
    }

    pub(crate) async fn succeeded(&self, task: &TaskHandle) -> Output {
        match self.ended(task).await.unwrap() {
            TaskStatus::Succeeded(output) => output,
            other => panic!("a result, not {other:?}"),
        }
    }

    pub(crate) async fn failed(&self, task: &TaskHandle) -> TaskFailure {
        match self.ended(task).await.unwrap() {
            TaskStatus::Failed(failure) => failure,
            other => panic!("a failure, not {other:?}"),
        }
    }

    /// What the vendor has billed, in nano-dollars.
    pub(crate) fn billed(&self) -> i64 {
        self.emulator.world().ledger.total("aimlapi")
    }

    /// How many submissions the vendor has seen, answered or not.
    pub(crate) fn submissions(&self) -> usize {
        kling_emulated::posts(&self.emulator)
    }
}

pub(crate) fn config(base_url: &str) -> Config {
    let mut config = Config::default();
    config.base_url = Url::parse(base_url).unwrap();
    config.request_timeout = Duration::from_mins(1);
    config
}

/// A request with that many pictures, all different.
pub(crate) fn request(pictures: u8) -> GenerationRequest {
    let operation = match pictures {
        0 => Operation::TextToImage,
        _ => Operation::ImageToImage,
    };
    let model = ModelId::literal("klingai/image-o1");
    let mut request = GenerationRequest::new(model, operation, Prompt::new(PROMPT).unwrap());
    request.images = (0..pictures).map(picture).collect();
    request
}

/// A request for a video with what its model requires and nothing else.
pub(crate) fn video(operation: Operation) -> GenerationRequest {
    let model = match operation {
        Operation::ImageToVideo => "klingai/video-o1-image-to-video",
        Operation::ReferenceToVideo => "klingai/video-o1-reference-to-video",
        Operation::VideoEdit => "klingai/video-o1-video-to-video-edit",
        Operation::VideoReference => "klingai/video-o1-video-to-video-reference",
        other => panic!("no video model for {other}"),
    };
    let model = ModelId::literal(model);
    let mut request = GenerationRequest::new(model, operation, Prompt::new(PROMPT).unwrap());
    match operation {
        Operation::ImageToVideo => request.first_frame = Some(picture(1)),
        Operation::VideoEdit | Operation::VideoReference => request.video = Some(clip(4)),
        _ => {}
    }
    request
}

/// A film of so many seconds.
pub(crate) fn clip(seconds: u32) -> Asset {
    kling_emulated::clip(seconds, (1_280, 720)).unwrap()
}

pub(crate) fn picture(shade: u8) -> Asset {
    sized(shade, 400, 300)
}

pub(crate) fn sized(shade: u8, width: u32, height: u32) -> Asset {
    kling_conformance::drawn_picture((width, height), shade)
}

/// Nothing of an error may show the key, the prompt, a signature or a body.
pub(crate) fn assert_quiet(error: &ProviderError) {
    kling_emulated::assert_quiet(
        error,
        &[
            KEY, PROMPT, "marzipan", "<html", "base64", "5ec2e7", "cat.png",
        ],
    );
}
