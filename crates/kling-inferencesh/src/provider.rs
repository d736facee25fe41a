//! `impl Provider`: build, send, convert.

mod account;

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    Cancellation, GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId, Secret,
    Submission, SubmissionKey, TaskEvents, TaskHandle, TaskStatus,
};
use kling_http::{Call, Request};

pub(crate) use account::Account;

use crate::convert::handle::remembered;
use crate::convert::{request, state::State, task};
use crate::error::Attempt;
use crate::webhook::Webhooks;
use crate::{Config, ConfigError, StreamKind, models, stream, upload};

/// The name of this provider.
pub const ID: ProviderId = ProviderId::literal("inferencesh");

/// The environment variable that people keep the key in.
pub const DEFAULT_KEY_ENV: &str = "INFERENCE_API_KEY";

/// inference.sh, for one account. Clones share their connections.
#[derive(Clone, Debug)]
pub struct InferenceSh {
    account: Arc<Account>,
    models: Arc<[ModelInfo]>,
}

/// What becomes of a task's files when the task is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskFiles {
    /// They stay.
    Keep,
    /// They go, what was uploaded and what was made.
    Delete,
}

impl InferenceSh {
    /// Sets up the provider. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work or the key cannot be one.
    pub fn new(config: Config, key: Secret) -> Result<Self, ConfigError> {
        config.validate()?;
        let models = models::catalogue(&config).into();
        let account = Arc::new(Account::new(config, key)?);
        Ok(Self { account, models })
    }

    /// The configuration it was set up with.
    pub fn config(&self) -> &Config {
        &self.account.config
    }

    /// What reads the webhooks of this account.
    pub fn webhooks(&self) -> Webhooks {
        self.account.webhooks.clone()
    }

    /// Deletes a task that has ended from the vendor's records. Fetch its results first.
    ///
    /// A look cannot tell a deleted task from one that does not show yet: within [`Config::unknown_task_grace`] of its
    /// submission it counts as queued, after that it is gone.
    ///
    /// # Errors
    ///
    /// As [`Provider::status`], and [`ProviderError::Declined`] when the task has not ended.
    pub async fn delete(&self, task: &TaskHandle, files: TaskFiles) -> Result<(), ProviderError> {
        let task = remembered(task)?;
        let mut url = self.account.config.endpoint(&["tasks", &task.id]);
        if files == TaskFiles::Delete {
            url.query_pairs_mut().append_pair("files", "true");
        }
        let reply = self.account.send(Request::delete(url), Call::Read).await?;
        match self.account.no(&reply, Attempt::Task) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl Provider for InferenceSh {
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
        let price = models::price(entry, request);
        let account = &self.account;
        let files = upload::all(account, request, &entry.capability.transports).await?;
        let run = request::run(request, &files, &account.config, account.webhook(key));
        let call = Request::post(account.config.endpoint(&["apps", "run"])).json(&run);

        let reply = account.send(call, Call::Submission).await?;

        tracing::debug!(
            provider = ID.as_str(),
            model = %request.model,
            submission.key = %key,
            status = reply.status,
            "inference.sh answered submission `{key}`",
        );
        let prompt = request.prompt.as_str();
        let content = account.open(&reply, Attempt::Submission { prompt })?;
        task::read(content)
            .and_then(|task| task::submission(&task, &account.config, price, reply.received_at))
            .map_err(|error| account.noted(&reply, error))
    }

    fn submit_timeout(&self) -> Duration {
        let config = &self.account.config;
        config.upload_timeout.saturating_add(config.request_timeout)
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let queued = TaskStatus::Queued { position: None };
        let seen = self.account.look(&remembered(task)?).await?;
        Ok(seen.unwrap_or(queued))
    }

    fn watch(&self, task: &TaskHandle) -> Option<TaskEvents> {
        if self.account.config.stream == StreamKind::Off {
            return None;
        }
        // A handle that is not ours is for `status` to refuse.
        let task = remembered(task).ok()?;
        Some(stream::events(Arc::clone(&self.account), task))
    }

    async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        let task = remembered(task)?;
        let url = self.account.config.endpoint(&["tasks", &task.id, "cancel"]);
        // The vendor's clients announce JSON and send nothing; so is this.
        let request = Request::post(url).body("application/json", bytes::Bytes::new());
        let reply = self.account.send(request, Call::Read).await?;
        match self.account.no(&reply, Attempt::Task) {
            Some((409, _)) => return Ok(Cancellation::TooLate),
            Some((_, error)) if self.account.may_show_yet(&error, &task, &reply) => {
                return Err(ProviderError::Unavailable {
                    retry_after: None,
                    source: Some("the vendor does not show the task yet".into()),
                });
            }
            Some((_, error)) => return Err(error),
            None => {}
        }
        // It may answer with nothing at all, or with the task.
        let told = self
            .account
            .open(&reply, Attempt::Task)
            .and_then(task::read);
        let state = told
            .ok()
            .and_then(|task| State::read(&task.status, self.account.config.status_table));
        Ok(match state {
            Some(State::Completed | State::Failed | State::Rejected) => Cancellation::TooLate,
            _ => Cancellation::Cancelled { charged: None },
        })
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        self.account.find(key).await
    }
}
