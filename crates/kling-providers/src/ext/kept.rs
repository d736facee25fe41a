//! A submission that goes to its end though nobody waits for it any more.

use std::sync::Arc;

use kling_core::{GenerationRequest, Provider, ProviderError, Submission, SubmissionKey};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::{GenerateError, GenerateOptions, send};

/// What a submission comes to.
type Answer = Result<Submission, GenerateError>;

/// A provider, as whoever generates has it.
pub(super) struct Held<'a, P: ?Sized> {
    pub(super) provider: &'a P,
    /// Its owner, where a submission can be left to a task of its own.
    owner: Option<&'a dyn Owner>,
}

impl<'a, P: Provider + ?Sized> Held<'a, P> {
    /// One of which nobody knows how long it lives.
    pub(super) fn borrowed(provider: &'a P) -> Self {
        Self {
            provider,
            owner: None,
        }
    }

    /// Sends a request once, and tells the observer what its answer leads to.
    pub(super) async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Answer {
        let Some(owner) = self.owner else {
            return send(self.provider, request, key, options).await;
        };
        // Dropping the handle of a task leaves the task alone.
        let task = owner.begin(request.clone(), key.clone(), options.clone());
        match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(answer) => answer,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime ends, and whether the request left is not known.
            Err(Err(ended)) => {
                let unknown = ProviderError::Indeterminate(Box::new(ended));
                Err(GenerateError::Submit(unknown))
            }
        }
    }
}

impl<'a, P: Provider + ?Sized + 'static> Held<'a, P> {
    /// One that lives as long as anybody has it.
    pub(super) fn shared(provider: &'a Arc<P>) -> Self {
        Self {
            provider: &**provider,
            owner: Some(provider),
        }
    }
}

trait Owner: Send + Sync {
    fn begin(
        &self,
        request: GenerationRequest,
        key: SubmissionKey,
        options: GenerateOptions,
    ) -> JoinHandle<Answer>;
}

impl<P: Provider + ?Sized + 'static> Owner for Arc<P> {
    fn begin(
        &self,
        request: GenerationRequest,
        key: SubmissionKey,
        options: GenerateOptions,
    ) -> JoinHandle<Answer> {
        let provider = Self::clone(self);
        let sent = async move { send(&*provider, &request, &key, &options).await };
        tokio::spawn(sent.in_current_span())
    }
}
