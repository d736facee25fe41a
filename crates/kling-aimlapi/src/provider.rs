//! `impl Provider`: build, send, convert.

use kling_core::{
    Asset, Balance, Capability, GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId,
    Secret, Submission, SubmissionKey, TaskHandle, TaskStatus, Transport,
};
use kling_http::{Bytes, Call, Client, ClientOptions, Reply, Request, decode};

use crate::convert::{self, cost::CostHeaders};
use crate::error::{self, Attempt};
use crate::wire::image::{ImageReply, ImageRequest, Picture};
use crate::wire::{Billing, header};
use crate::{Config, ConfigError, models};

/// The name of this provider.
pub const ID: ProviderId = ProviderId::literal("aimlapi");

/// The environment variable that people keep the key in.
pub const DEFAULT_KEY_ENV: &str = "AIMLAPI_API_KEY";

/// The most bytes of a reply: nine 2K pictures in base64, should the vendor ever inline them.
const MAX_REPLY_BYTES: u64 = 160 * 1024 * 1024;

/// What is encoded or decoded on the async threads; more goes to a thread that may block.
const SMALL_BYTES: usize = 256 * 1024;

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
    pub fn new(config: Config, key: Secret) -> Result<Self, ConfigError> {
        config.validate()?;
        if !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConfigError::Key);
        }
        let client = Client::new(ClientOptions {
            request_timeout: config.request_timeout,
            max_body_bytes: MAX_REPLY_BYTES,
            base_policy: config.base_policy(),
            ..ClientOptions::default()
        })
        .map_err(ConfigError::Client)?;
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

    /// The entry a request is for, once the request fits it.
    fn entry(&self, request: &GenerationRequest) -> Result<&ModelInfo, ProviderError> {
        let of_model = || self.models.iter().filter(|entry| entry.id == request.model);
        let entry = of_model()
            .find(|entry| entry.operation() == request.operation)
            .or_else(|| of_model().next())
            .ok_or_else(|| declined("unknown-model", "there is no such model here".to_owned()))?;
        match entry.capability.check(request) {
            Ok(()) => Ok(entry),
            Err(violations) => Err(declined("outside-capability", violations.to_string())),
        }
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &[&str]) -> Result<T, ProviderError> {
        let request = Request::get(self.config.endpoint(path)).bearer(&self.key);
        let reply = self.client.send(request, Call::Read).await?;
        if !reply.is_success() {
            return Err(error::refusal(&reply, Attempt::Read));
        }
        decode::json(&reply)
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
        let pictures = pictures(&request.images, &entry.capability).await?;
        let body = encode(convert::image::request(
            request,
            pictures,
            self.config.provider,
        ))
        .await?;
        let call = Request::post(self.config.endpoint(&["v1", "images", "generations"]))
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
        if !reply.is_success() {
            let prompt = request.prompt.as_str();
            return Err(error::refusal(&reply, Attempt::Submission { prompt }));
        }
        let estimate = entry.estimate(request);
        off_thread(reply.body.len(), move || {
            convert::image::output(decode::json::<ImageReply>(&reply)?, costs(&reply), estimate)
        })
        .await
        .unwrap_or_else(|gone| Err(ProviderError::Indeterminate(gone.into())))
        .map(Submission::Finished)
    }

    fn submit_timeout(&self) -> std::time::Duration {
        std::time::Duration::from_secs(30) + self.config.request_timeout
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        Err(ProviderError::Unsupported {
            what: "looking at a task: its image model answers at once",
        })
    }

    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        let billing: Billing = self.get(&["v2", "billing"]).await?;
        convert::balance(&billing).map(Some)
    }
}

fn declined(code: &str, reason: String) -> ProviderError {
    ProviderError::Declined {
        code: code.to_owned(),
        reason: Some(reason),
    }
}

fn costs(reply: &Reply) -> CostHeaders<'_> {
    CostHeaders {
        credits: reply.header(header::CREDITS_USED),
        dollars: reply.header(header::USD_SPENT),
    }
}

/// Takes every image along in the first way that the model takes and the image can go.
async fn pictures(
    images: &[Asset],
    capability: &Capability,
) -> Result<Vec<Picture>, ProviderError> {
    let limit = capability.image_files.max_bytes.unwrap_or(u64::MAX);
    let mut pictures = Vec::with_capacity(images.len());
    for image in images {
        let way = capability
            .transports
            .iter()
            .find(|&&transport| image.can_travel(transport));
        let picture = if let (Some(Transport::Url), Some(url)) = (way, image.public_url()) {
            Picture::Url(url.clone())
        } else {
            let bytes = image
                .read(limit)
                .await
                .map_err(|error| ProviderError::Input(Box::new(error)))?;
            Picture::Data(image.info().media_type, bytes)
        };
        pictures.push(picture);
    }
    Ok(pictures)
}

/// Writes the body down. Nothing has been sent when this fails.
async fn encode(request: ImageRequest) -> Result<Bytes, ProviderError> {
    let size = request.image_urls.iter().map(Picture::size).sum();
    off_thread(size, move || serde_json::to_vec(&request))
        .await
        .map_err(|gone| ProviderError::Input(gone.into()))?
        .map(Bytes::from)
        .map_err(|error| ProviderError::Input(Box::new(error)))
}

/// Does heavy work where it may block, and light work here.
async fn off_thread<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    if bytes <= SMALL_BYTES {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await
}
