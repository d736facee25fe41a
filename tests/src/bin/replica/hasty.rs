//! A provider in a hurry: the same calls, with the waits of a test.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    Cancellation, GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId, Submission,
    SubmissionKey, TaskHandle, TaskStatus,
};

/// How often it is looked at a task.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Another provider with other waits.
#[derive(Debug)]
pub(crate) struct Hasty {
    inner: Arc<dyn Provider>,
    models: Vec<ModelInfo>,
    submit_timeout: Duration,
}

impl Hasty {
    pub(crate) fn new(inner: Arc<dyn Provider>, submit_timeout: Duration) -> Self {
        let mut models = inner.models().to_vec();
        for model in &mut models {
            model.pace.poll_every = LOOK_EVERY;
        }
        Self {
            inner,
            models,
            submit_timeout,
        }
    }
}

#[async_trait::async_trait]
impl Provider for Hasty {
    fn id(&self) -> &ProviderId {
        self.inner.id()
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        self.inner.submit(request, key).await
    }

    fn submit_timeout(&self) -> Duration {
        self.submit_timeout
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        self.inner.status(task).await
    }

    async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        self.inner.cancel(task).await
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        self.inner.find(key).await
    }
}
