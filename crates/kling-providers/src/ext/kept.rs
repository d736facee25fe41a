//! A submission that goes to its end though nobody waits for it any more.

use std::sync::Arc;

use kling_core::{Estimate, GenerationRequest, Provider, ProviderError, SubmissionKey};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::left::{Answer, Awaited, Leaving, answered, expected};
use super::{GenerateError, GenerateOptions, entry, send};

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
    ///
    /// Whoever drops this leaves a line in the log: of a shared provider's answer when it comes, of a borrowed one's
    /// call that there will be none.
    pub(super) async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Answer {
        let entry = entry(self.provider, request);
        let expected = expected(entry.map_or(Estimate::Unknown, |entry| entry.estimate(request)));
        let Some(owner) = self.owner else {
            let expected = &expected;
            let leaving = Leaving::from(key, Awaited::Answer { expected });
            let answer = send(self.provider, request, key, options).await;
            leaving.stay();
            return answer;
        };
        let (caller, answer) = oneshot::channel();
        let order = Order {
            request: request.clone(),
            key: key.clone(),
            options: options.clone(),
            expected: expected.clone(),
        };
        // Dropping the handle of a task leaves the task alone.
        let task = owner.begin(order, caller);
        let mut waiting = Waiting {
            answer,
            key,
            expected,
        };
        if let Ok(answer) = (&mut waiting.answer).await {
            return answer;
        }
        match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime ends, and whether the request left is not known.
            Err(Err(ended)) => in_doubt(ended),
            Ok(()) => in_doubt("the submission ended without an answer"),
        }
    }
}

fn in_doubt(why: impl Into<kling_core::Source>) -> Answer {
    Err(GenerateError::Submit(ProviderError::Indeterminate(
        why.into(),
    )))
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

/// Whoever waits for an answer. An answer that came and was not taken is told by who leaves; one that comes later is
/// told by who brings it.
struct Waiting<'a> {
    answer: oneshot::Receiver<Answer>,
    key: &'a SubmissionKey,
    expected: String,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.answer.close();
        if let Ok(answer) = self.answer.try_recv() {
            answered(self.key, &answer, &self.expected);
        }
    }
}

/// A submission, to be made whoever waits for it.
struct Order {
    request: GenerationRequest,
    key: SubmissionKey,
    options: GenerateOptions,
    expected: String,
}

trait Owner: Send + Sync {
    fn begin(&self, order: Order, caller: oneshot::Sender<Answer>) -> JoinHandle<()>;
}

impl<P: Provider + ?Sized + 'static> Owner for Arc<P> {
    fn begin(&self, order: Order, caller: oneshot::Sender<Answer>) -> JoinHandle<()> {
        let provider = Self::clone(self);
        let sent = async move {
            let Order {
                request,
                key,
                options,
                expected,
            } = order;
            let leaving = Leaving::from(
                &key,
                Awaited::Answer {
                    expected: &expected,
                },
            );
            let answer = send(&*provider, &request, &key, &options).await;
            leaving.stay();
            if let Err(answer) = caller.send(answer) {
                answered(&key, &answer, &expected);
            }
        };
        tokio::spawn(sent.in_current_span())
    }
}
