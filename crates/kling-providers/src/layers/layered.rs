//! One layer around one provider: the only place where a call is handed on.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    Balance, Cancellation, GenerationRequest, ModelInfo, Provider, ProviderError, ProviderId,
    Submission, SubmissionKey, TaskEvents, TaskHandle, TaskStatus,
};

use super::{Call, CallKind, Layer};

/// A provider inside a layer.
#[derive(Debug)]
pub(super) struct Layered<L> {
    layer: L,
    inner: Arc<dyn Provider>,
}

impl<L: Layer> Layered<L> {
    pub(super) fn new(layer: L, inner: Arc<dyn Provider>) -> Self {
        Self { layer, inner }
    }

    fn call(&self, kind: CallKind) -> Call<'_> {
        Call::new(&*self.inner, kind)
    }
}

// A method that the trait gets later has to be handed on as well, whatever its default does.
//
// Every call is wrapped in a block of its own, so that nothing begins before the layer polls it, even where a
// provider starts its work before its future is polled.
#[deny(clippy::missing_trait_methods)]
#[async_trait::async_trait]
impl<L: Layer> Provider for Layered<L> {
    fn id(&self) -> &ProviderId {
        self.inner.id()
    }

    fn models(&self) -> &[ModelInfo] {
        self.inner.models()
    }

    fn entry(&self, request: &GenerationRequest) -> Result<&ModelInfo, ProviderError> {
        self.inner.entry(request)
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let call = self.call(CallKind::Submit);
        let call = call.for_request(request).with_key(key);
        let next = async { self.inner.submit(request, key).await };
        self.layer.call(&call, next).await
    }

    fn submit_timeout(&self) -> Duration {
        let below = self.inner.submit_timeout();
        below.saturating_add(self.layer.patience())
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let call = self.call(CallKind::Status).with_task(task);
        let next = async { self.inner.status(task).await };
        self.layer.call(&call, next).await
    }

    fn watch(&self, task: &TaskHandle) -> Option<TaskEvents> {
        let call = self.call(CallKind::Watch).with_task(task);
        let events = self.inner.watch(task)?;
        Some(self.layer.watch(&call, events))
    }

    async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        let call = self.call(CallKind::Cancel).with_task(task);
        let next = async { self.inner.cancel(task).await };
        self.layer.call(&call, next).await
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        let call = self.call(CallKind::Find).with_key(key);
        let next = async { self.inner.find(key).await };
        self.layer.call(&call, next).await
    }

    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        let call = self.call(CallKind::Balance);
        let next = async { self.inner.balance().await };
        self.layer.call(&call, next).await
    }
}
