//! `impl Provider`: build, send, convert.

mod account;

use std::time::Duration;

use kling_core::{
    Balance, Cost, CostSource, GenerationRequest, MediaKind, ModelInfo, Money, Provider,
    ProviderError, ProviderId, Secret, Submission, SubmissionKey, TaskFailure, TaskHandle,
    TaskStatus, encode_id,
};
use kling_http::{Bytes, Call, Client, ClientOptions, Reply, Request, decode, setting};

use crate::convert::cost::CostHeaders;
use crate::convert::handle::FORMAT;
use crate::convert::video::{Generation, State};
use crate::error::{self, Attempt};
use crate::files::{self, Files};
use crate::wire::image::ImageReply;
use crate::wire::video::VideoReply;
use crate::wire::{Billing, header};
use crate::{Config, SettingError, convert, models};

/// The name of this provider.
pub const ID: ProviderId = ProviderId::literal("aimlapi");

/// The environment variable that people keep the key in.
pub const DEFAULT_KEY_ENV: &str = "AIMLAPI_API_KEY";

/// The most bytes of a reply: nine 2K pictures in base64, should the vendor ever inline them.
const MAX_REPLY_BYTES: u64 = 160 * 1024 * 1024;

/// How long reading and encoding a request's files may take before it leaves.
const READING: Duration = Duration::from_secs(30);

/// The longest a look at a video, or any other read, may take. It is free and can be repeated.
const LOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// AIML API, for one account.
#[derive(Debug)]
pub struct AimlApi {
    config: Config,
    key: Secret,
    client: Client,
    models: Vec<ModelInfo>,
}

impl AimlApi {
    /// Sets up the provider. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work or the key cannot be one.
    pub fn new(config: Config, key: Secret) -> Result<Self, SettingError> {
        config.validate()?;
        setting::check_key(&key)?;
        let client = Client::new(ClientOptions {
            request_timeout: config.request_timeout,
            max_body_bytes: MAX_REPLY_BYTES,
            base_policy: config.base_policy(),
            ..ClientOptions::default()
        })
        .map_err(SettingError::Client)?;
        let models = models::catalogue(&config);
        Ok(Self {
            config,
            key,
            client,
            models,
        })
    }

    /// The configuration it was set up with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Sends a submission, once, and gives the answer when it is not a no.
    async fn post(
        &self,
        path: &[&str],
        body: Bytes,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Reply, ProviderError> {
        let call = Request::post(self.config.endpoint(path))
            .bearer(&self.key)
            .header(header::CLIENT_REQUEST_ID, key.as_str())
            .body("application/json", body);

        let reply = self.client.send(call, Call::Submission).await?;

        tracing::debug!(
            provider = ID.as_str(),
            model = %request.model,
            submission.key = %key,
            inference.id = reply.header(header::INFERENCE_ID),
            status = reply.status,
            "aimlapi answered submission `{key}`",
        );
        if reply.is_success() {
            return Ok(reply);
        }
        let prompt = request.prompt.as_str();
        let attempt = Attempt::Submission { prompt };
        Err(error::refusal(&reply, attempt, &self.key))
    }

    fn failure(&self, reply: &Reply) -> TaskFailure {
        let (kind, code) = error::failure(reply, &self.key);
        TaskFailure {
            kind,
            reason: None,
            code: Some(code),
            // The vendor's page on cost: what fails is rolled back and not charged. An amount in the answer
            // is what was held.
            cost: Some(Cost {
                amount: Money::ZERO,
                source: CostSource::Computed,
            }),
        }
    }

    async fn submit_image(
        &self,
        entry: &ModelInfo,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let pictures = Files::take(request, &entry.capability).await?.images;
        let wire = convert::image::request(request, pictures, self.config.provider);
        let body = files::encode(wire).await?;
        let reply = self
            .post(&["v1", "images", "generations"], body, request, key)
            .await?;
        let estimate = entry.estimate(request);
        let note = error::note_of(&reply, &self.key);
        files::off_thread(reply.body.len(), move || {
            convert::image::output(decode::json::<ImageReply>(&reply)?, costs(&reply), estimate)
        })
        .await
        .unwrap_or_else(|gone| Err(ProviderError::Indeterminate(gone.into())))
        .map(Submission::Finished)
        .map_err(|error| error.with_note(note))
    }

    async fn submit_video(
        &self,
        entry: &ModelInfo,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let files = Files::take(request, &entry.capability).await?;
        let wire = convert::video::request(request, files, self.config.provider);
        let body = files::encode(wire).await?;
        let reply = self
            .post(&["v2", "video", "generations"], body, request, key)
            .await?;
        let inference_id = reply.header(header::INFERENCE_ID);
        let answer = match convert::video::answer(&reply.body) {
            // Whatever the body says, the header names the video, and that was paid for.
            Err(_) if inference_id.is_some() => VideoReply::default(),
            answer => answer?,
        };
        let generation = Generation::read(answer, costs(&reply));
        if generation.state == Some(State::Failed) {
            let prompt = request.prompt.as_str();
            return Err(error::failed_at_once(&reply, prompt, &self.key));
        }
        let price = models::video::price(&self.config, request);
        convert::video::submission(generation, inference_id, price, reply.received_at)
            .map_err(|error| error.with_note(error::note_of(&reply, &self.key)))
    }
}

#[async_trait::async_trait]
impl Provider for AimlApi {
    fn id(&self) -> &ProviderId {
        const { &ID }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let entry = self.entry(request)?;
        match request.operation.output() {
            MediaKind::Image => self.submit_image(entry, request, key).await,
            MediaKind::Video => self.submit_video(entry, request, key).await,
        }
    }

    fn submit_timeout(&self) -> Duration {
        READING + self.config.request_timeout
    }

    async fn status(&self, handle: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let task = FORMAT.read_task(handle)?;
        let mut url = self.config.endpoint(&["v2", "video", "generations"]);
        url.set_query(Some(&format!("generation_id={}", encode_id(&task.id))));
        let look = Request::get(url)
            .bearer(&self.key)
            .timeout(self.config.request_timeout.min(LOOK_TIMEOUT));

        let reply = self.client.send(look, Call::Read).await?;

        if !reply.is_success() {
            let grace = self.config.unknown_task_grace;
            return match error::refusal(&reply, Attempt::Look, &self.key) {
                ProviderError::TaskGone { .. } if task.may_be_unknown(grace, reply.received_at) => {
                    Ok(TaskStatus::Queued { position: None })
                }
                error => Err(error),
            };
        }
        let noted = |error: ProviderError| error.with_note(error::note_of(&reply, &self.key));
        let answer = convert::video::answer(&reply.body).map_err(noted)?;
        let generation = Generation::read(answer, costs(&reply));
        match generation.state {
            Some(State::Failed) => return Ok(TaskStatus::Failed(self.failure(&reply))),
            Some(State::Unheard) => tracing::warn!(
                provider = ID.as_str(),
                task.handle = %handle,
                "aimlapi tells a state of task `{handle}` that is not known; it counts as running",
            ),
            Some(State::Queued | State::Running | State::Done) | None => {}
        }
        convert::video::status(generation, task.price).map_err(noted)
    }

    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        let billing: Billing = self.get(self.config.endpoint(&["v2", "billing"])).await?;
        convert::balance(&billing).map(Some)
    }
}

fn costs(reply: &Reply) -> CostHeaders<'_> {
    CostHeaders {
        credits: reply.header(header::CREDITS_USED),
        dollars: reply.header(header::USD_SPENT),
    }
}
