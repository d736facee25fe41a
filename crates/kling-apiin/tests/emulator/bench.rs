//! A vendor on loopback with one client, and what the tests ask of both.

use std::time::Duration;

use kling_apiin::{Apiin, Config};
use kling_core::{
    Asset, AssetInfo, AssetUrl, Dimensions, GenerationRequest, MediaType, ModelId, Operation,
    Output, Prompt, Provider as _, ProviderError, Secret, Submission, SubmissionKey, TaskFailure,
    TaskHandle, TaskStatus,
};
pub(crate) use kling_emulated::status;
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

pub(crate) const KEY: &str = "aio_very-private-0815";
pub(crate) const PROMPT: &str = "zanzibar lighthouse made of marzipan";

/// What an image request costs, in nano-dollars: 6 credits at a cent.
pub(crate) const PRICE: i64 = 60_000_000;

/// Where submissions go, for faults.
pub(crate) const CREATE: &str = "/images/generations";
/// Where looks go, for faults.
pub(crate) const LOOK: &str = "/tasks/";

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) provider: Apiin,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let mut config = config(&emulator.base("apiin"));
        change(&mut config);
        Self {
            provider: Apiin::new(config, Secret::new(KEY).unwrap()).unwrap(),
            emulator,
        }
    }

    /// Another client of the same account, as after a restart.
    pub(crate) fn restarted(&self) -> Apiin {
        Apiin::new(self.provider.config().clone(), Secret::new(KEY).unwrap()).unwrap()
    }

    pub(crate) fn play(&self, route: &str, effect: Effect) {
        let fault = Fault::once("apiin", route, effect);
        self.emulator.world().script.push(fault);
    }

    pub(crate) async fn submit(
        &self,
        request: &GenerationRequest,
    ) -> Result<Submission, ProviderError> {
        let key = SubmissionKey::literal("part:1.a_b-c");
        let submission = self.provider.submit(request, &key).await;
        submission.inspect_err(assert_quiet)
    }

    /// Submits, and gives the handle that must come of it.
    pub(crate) async fn started(&self, request: &GenerationRequest) -> TaskHandle {
        match self.submit(request).await.unwrap() {
            Submission::Started(handle) => handle,
            Submission::Finished(output) => panic!("a task, not {output:?}"),
        }
    }

    /// Submits words alone and gives the error that must come of it.
    pub(crate) async fn refused(&self) -> ProviderError {
        self.submit(&request(0)).await.expect_err("it must fail")
    }

    pub(crate) async fn look(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let status = self.provider.status(task).await;
        status.inspect_err(assert_quiet)
    }

    /// Looks until the task has ended, and pushes the vendor's clock meanwhile.
    pub(crate) async fn ended(&self, task: &TaskHandle) -> TaskStatus {
        let ended = async {
            loop {
                let status = self.look(task).await.unwrap();
                if status.is_terminal() {
                    return status;
                }
                self.emulator.world().clock.advance(Duration::from_secs(10));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), ended)
            .await
            .expect("an end")
    }

    pub(crate) async fn succeeded(&self, task: &TaskHandle) -> Output {
        match self.ended(task).await {
            TaskStatus::Succeeded(output) => output,
            other => panic!("a result, not {other:?}"),
        }
    }

    pub(crate) async fn failed(&self, task: &TaskHandle) -> TaskFailure {
        match self.ended(task).await {
            TaskStatus::Failed(failure) => failure,
            other => panic!("a failure, not {other:?}"),
        }
    }

    /// What the vendor has billed, in nano-dollars.
    pub(crate) fn billed(&self) -> i64 {
        self.emulator.world().ledger.total("apiin")
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
    let mut request = of(operation);
    request.images = (0..pictures).map(picture).collect();
    request
}

pub(crate) fn of(operation: Operation) -> GenerationRequest {
    let model = ModelId::literal("kling-image-o1");
    GenerationRequest::new(model, operation, Prompt::new(PROMPT).unwrap())
}

/// A picture at a public address, which nobody here fetches.
pub(crate) fn picture(number: u8) -> Asset {
    let url = format!("https://cdn.example.com/{number}.png?sig=private-signature");
    Asset::from_url(picture_info(400, 300), AssetUrl::parse(&url).unwrap())
}

pub(crate) fn picture_info(width: u32, height: u32) -> AssetInfo {
    AssetInfo {
        media_type: MediaType::Png,
        size_bytes: 1_000,
        dimensions: Some(Dimensions { width, height }),
        duration: None,
        frame_rate: None,
    }
}

/// Nothing of an error may show the key, the prompt, a signature or a body.
fn assert_quiet(error: &ProviderError) {
    kling_emulated::assert_quiet(
        error,
        &[KEY, PROMPT, "marzipan", "private-signature", "<html"],
    );
}
