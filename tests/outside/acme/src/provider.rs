//! `impl Provider`: check, send, convert.

use std::time::Duration;

use kling_core::{
    Balance, Cancellation, GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId,
    Secret, Submission, SubmissionKey, TaskHandle, TaskStatus,
};
use kling_http::{Call, Client, ClientOptions, Method, Reply, Request, decode};
use url::Url;

use crate::wire::{Drawing, Found, Purse};
use crate::{Config, ConfigError, convert, error, models};

/// The name of this provider.
pub const ID: ProviderId = ProviderId::literal("acme");

/// The environment variable that people keep the key in.
pub const DEFAULT_KEY_ENV: &str = "ACME_API_KEY";

/// The most bytes of a reply.
const MAX_REPLY_BYTES: u64 = 1024 * 1024;

/// Acme Pictures, for one account.
#[derive(Debug)]
pub struct Acme {
    config: Config,
    key: Secret,
    client: Client,
    models: Vec<ModelInfo>,
}

impl Acme {
    /// Sets up the provider. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When a setting cannot work.
    pub fn new(config: Config, key: Secret) -> Result<Self, ConfigError> {
        config.validate()?;
        let client = Client::new(ClientOptions {
            request_timeout: config.request_timeout,
            max_body_bytes: MAX_REPLY_BYTES,
            base_policy: config.base_policy(),
            ..ClientOptions::default()
        })?;
        Ok(Self {
            config,
            key,
            client,
            models: models::catalogue(),
        })
    }

    async fn call(&self, request: Request, call: Call) -> Result<Reply, ProviderError> {
        let request = request.bearer(&self.key);
        let reply = self.client.send(request, call).await?;
        if reply.is_success() {
            Ok(reply)
        } else {
            Err(error::refusal(&reply, call))
        }
    }

    async fn look(&self, url: Url) -> Result<Reply, ProviderError> {
        self.call(Request::get(url), Call::Read).await
    }
}

#[async_trait::async_trait]
impl Provider for Acme {
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
        let order = convert::order(request, key).await?;
        let call = Request::post(self.config.endpoint(&["drawings"])).json(&order);
        let reply = self.call(call, Call::Submission).await?;
        let drawing: Drawing = decode::json(&reply)?;
        convert::handle(&drawing).map(Submission::Started)
    }

    fn submit_timeout(&self) -> Duration {
        self.config.request_timeout
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let ticket = convert::ticket(task)?;
        let reply = self
            .look(self.config.endpoint(&["drawings", &ticket]))
            .await?;
        convert::status(decode::json(&reply)?)
    }

    async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        let ticket = convert::ticket(task)?;
        let url = self.config.endpoint(&["drawings", &ticket]);
        let stop = Request::new(Method::DELETE, url);
        match self.call(stop, Call::Read).await {
            Ok(reply) => {
                let drawing: Drawing = decode::json(&reply)?;
                let charged = drawing.charged_mills.map(|mills| mills > 0);
                Ok(Cancellation::Cancelled { charged })
            }
            Err(ProviderError::Declined { note, .. }) if note.code() == Some("over") => {
                Ok(Cancellation::TooLate)
            }
            Err(error) => Err(error),
        }
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        let mut url = self.config.endpoint(&["drawings"]);
        url.query_pairs_mut().append_pair("memo", key.as_str());
        let found: Found = decode::json(&self.look(url).await?)?;
        found.drawings.first().map(convert::handle).transpose()
    }

    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        let reply = self.look(self.config.endpoint(&["purse"])).await?;
        let purse: Purse = decode::json(&reply)?;
        let available = convert::mills_as_money(purse.mills);
        Ok(Some(Balance { available }))
    }
}
