//! A vendor on loopback with one client, and what the tests ask of both.

use std::time::Duration;

use futures::StreamExt as _;
use kling_core::{
    Asset, GenerationRequest, ModelId, Operation, Output, Prompt, Provider as _, ProviderError,
    Secret, Submission, SubmissionKey, TaskEvent, TaskHandle, TaskStatus,
};
use kling_emulator::inferencesh::{Settings, VENDOR};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::Url;
use kling_inferencesh::{Config, InferenceSh};

pub(crate) const KEY: &str = "inf_very-private_0815";
pub(crate) const PROMPT: &str = "zanzibar lighthouse made of marzipan";
pub(crate) const SUBMISSION: SubmissionKey = SubmissionKey::literal("part:1.a_b-c");

/// No test waits for longer, whatever goes wrong.
pub(crate) const BOUND: Duration = Duration::from_mins(1);

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) provider: InferenceSh,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    pub(crate) async fn with(
        vendor: impl FnOnce(&mut Settings),
        client: impl FnOnce(&mut Config),
    ) -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        emulator.world().inferencesh.change(vendor);
        let mut config = Config::default();
        config.base_url = Url::parse(&emulator.base(VENDOR)).unwrap();
        client(&mut config);
        Self {
            provider: InferenceSh::new(config, Secret::new(KEY).unwrap()).unwrap(),
            emulator,
        }
    }

    pub(crate) fn play(&self, route: &str, effect: Effect) {
        let fault = Fault::once(VENDOR, route, effect);
        self.emulator.world().script.push(fault);
    }

    pub(crate) async fn submit(
        &self,
        request: &GenerationRequest,
    ) -> Result<Submission, ProviderError> {
        let submitted = self.provider.submit(request, &SUBMISSION).await;
        submitted.inspect_err(assert_quiet)
    }

    pub(crate) async fn start(&self, request: &GenerationRequest) -> TaskHandle {
        match self.submit(request).await.unwrap() {
            Submission::Started(task) => task,
            Submission::Finished(output) => panic!("{output:?}"),
        }
    }

    /// Follows the task's own stream to its end.
    pub(crate) async fn end(&self, task: &TaskHandle) -> TaskStatus {
        let mut events = self.provider.watch(task).unwrap();
        let last = async {
            let mut last = None;
            while let Some(event) = events.next().await {
                match event.unwrap() {
                    TaskEvent::Status(status) => last = Some(status),
                    TaskEvent::Partial(files) => assert!(!files.is_empty()),
                }
            }
            last.expect("a status")
        };
        let status = tokio::time::timeout(BOUND, last).await.expect("it ends");
        assert!(status.is_terminal(), "{status:?}");
        status
    }

    /// Starts a task and follows it to its result.
    pub(crate) async fn result(&self, request: &GenerationRequest) -> Output {
        let task = self.start(request).await;
        match self.end(&task).await {
            TaskStatus::Succeeded(output) => output,
            other => panic!("{other:?}"),
        }
    }

    /// What the vendor has billed, in nano-dollars.
    pub(crate) fn billed(&self) -> i64 {
        self.emulator.world().ledger.total(VENDOR)
    }
}

pub(crate) fn request(operation: Operation) -> GenerationRequest {
    let model = match operation {
        Operation::TextToImage | Operation::ImageToImage => "klingai/image-o1",
        _ => "klingai/video-o1",
    };
    let model = ModelId::parse(model).unwrap();
    GenerationRequest::new(model, operation, Prompt::new(PROMPT).unwrap())
}

pub(crate) fn picture(shade: u8) -> Asset {
    kling_conformance::drawn_picture((400, 300), shade)
}

/// Nothing of an error may show the key, the prompt, a signature or a body.
pub(crate) fn assert_quiet(error: &ProviderError) {
    kling_emulated::assert_quiet(error, &[KEY, PROMPT, "marzipan", "<html"]);
}
