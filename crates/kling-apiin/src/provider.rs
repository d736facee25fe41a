//! `impl Provider`: build, send, convert.

use std::time::Duration;

use kling_core::{
    GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId, Secret, Submission,
    SubmissionKey, TaskHandle, TaskStatus,
};
use kling_http::{Call, Client, ClientOptions, Request, setting};

use crate::convert::answer::{self, State};
use crate::convert::handle::FORMAT;
use crate::error::{self, Attempt};
use crate::{Config, SettingError, convert, models};

/// The name of this provider.
pub const ID: ProviderId = ProviderId::literal("apiin");

/// The environment variable that people keep the key in.
pub const DEFAULT_KEY_ENV: &str = "APIIN_API_KEY";

/// The most bytes of a reply: addresses of nine pictures, with much room.
const MAX_REPLY_BYTES: u64 = 4 * 1024 * 1024;

/// The longest a look at a task may take. It is free and can be repeated.
const LOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// API in One, for one account.
#[derive(Debug)]
pub struct Apiin {
    config: Config,
    key: Secret,
    client: Client,
    models: Vec<ModelInfo>,
}

impl Apiin {
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
}

#[async_trait::async_trait]
impl Provider for Apiin {
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
        self.entry(request)?;
        let wire = convert::request(request)?;
        let call = Request::post(self.config.endpoint(&["images", "generations"]))
            .bearer(&self.key)
            .json(&wire);

        let reply = self.client.send(call, Call::Submission).await?;

        tracing::debug!(
            provider = ID.as_str(),
            model = %request.model,
            submission.key = %key,
            status = reply.status,
            "apiin answered submission `{key}`",
        );
        let prompt = request.prompt.as_str();
        let answer = error::answer(&reply, Attempt::Submission { prompt }, &self.key)?;
        let price = models::price(&self.config, request.operation);
        convert::submission(&answer, &wire.images, price, reply.received_at)
            .map_err(|error| error.with_note(error::note_of(&reply, &self.key)))
    }

    fn submit_timeout(&self) -> Duration {
        self.config.request_timeout
    }

    async fn status(&self, handle: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let task = FORMAT.read_task(handle)?;
        let look = Request::get(self.config.endpoint(&["tasks", &task.id]))
            .bearer(&self.key)
            .timeout(self.config.request_timeout.min(LOOK_TIMEOUT));

        let reply = self.client.send(look, Call::Read).await?;

        let grace = self.config.unknown_task_grace;
        let answer = match error::answer(&reply, Attempt::Look, &self.key) {
            Err(ProviderError::TaskGone { .. })
                if task.may_be_unknown(grace, reply.received_at) =>
            {
                return Ok(TaskStatus::Queued { position: None });
            }
            answer => answer?,
        };
        if answer::state(&answer) == Some(State::Unheard) {
            tracing::warn!(
                provider = ID.as_str(),
                task.handle = %handle,
                "apiin tells a state of task `{handle}` that is not known; it counts as running",
            );
        }
        convert::status(&answer, task.price, &self.key)
            .map_err(|error| error.with_note(error::note_of(&reply, &self.key)))
    }
}
