//! The one trait.

use std::time::Duration;

use crate::{
    GenerationRequest, ModelInfo, Money, ProviderError, ProviderId, Submission, SubmissionKey,
    TaskEvents, TaskHandle, TaskStatus,
};

/// A service that makes pictures or video.
///
/// Laws that every implementation keeps:
///
/// - Nothing is ever sent twice: no method retries a submission, and none follows a redirect of one.
/// - [`submit`](Provider::submit) answers within [`submit_timeout`](Provider::submit_timeout). Dropped
///   before that, it may have been charged.
/// - [`submit`](Provider::submit) answers a *busy* error only when nothing can have been started or
///   charged. When a request left and no clear answer came, the error is
///   [`ProviderError::Indeterminate`].
/// - A [`TaskHandle`] survives a trip through text, another process and a later version.
/// - Nothing outside the model's capability reaches the wire, and nothing asked for is dropped in
///   silence: what the model cannot do is a violation of its [`Capability`](crate::Capability).
/// - No error, log line or `Debug` output carries a key, a prompt, a body or a signed address.
#[async_trait::async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// The name of this provider.
    fn id(&self) -> &ProviderId;

    /// The catalogue: one entry for each model and operation.
    fn models(&self) -> &[ModelInfo];

    /// The entry of the catalogue that a request is for, once the request fits it.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Declined`], with what would have worked as its reason: `unknown-model` for a model that is
    /// not in the catalogue, `outside-capability` for a request that does not fit.
    fn entry(&self, request: &GenerationRequest) -> Result<&ModelInfo, ProviderError> {
        crate::model::entry(self.models(), request)
    }

    /// Asks for a generation. **This call costs money**; it is made at most once for a key.
    ///
    /// Should it be made again with a key that was used: a vendor that knows the key may answer with the same task, and
    /// then there is one charge; any other works again and charges again, and what comes back is that second task
    /// or result, with its own cost. A provider never remembers keys to answer in the vendor's place, and never hides
    /// a second charge behind the first answer.
    ///
    /// # Errors
    ///
    /// By [`kind`](ProviderError::kind): *request* and *broken* when nothing was started, *busy*
    /// when nothing was started and waiting helps, *unknown* when a task may exist and be charged.
    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError>;

    /// The longest that [`submit`](Provider::submit) takes before it answers by itself, files read and
    /// all. Five minutes, unless the provider says otherwise.
    ///
    /// Whoever calls it waits longer than that: an answer that nobody waits for may be paid for.
    fn submit_timeout(&self) -> Duration {
        Duration::from_mins(5)
    }

    /// Looks at a task. Free, and safe to repeat. A failed task is a status, not an error.
    ///
    /// # Errors
    ///
    /// [`ProviderError::TaskGone`] when the provider does not know it; [`ProviderError::Handle`] for a handle of another
    /// provider, of a later version, or a damaged one; *busy* for whatever waiting
    /// may mend; [`ProviderError::Unsupported`] for a provider that answers submissions at once.
    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError>;

    /// A native stream of events, where the provider has one.
    ///
    /// Statuses come in order, and the last event is a terminal one. A stream that breaks is opened again or ends in an
    /// error, never without a word; [`status`](Provider::status) tells the truth all the while. Watching is free, and to
    /// drop the stream cancels nothing.
    fn watch(&self, task: &TaskHandle) -> Option<TaskEvents> {
        let _ = task;
        None
    }

    /// Asks the provider to stop a task.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unsupported`] where the provider has no such call.
    async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        let _ = task;
        Err(ProviderError::Unsupported {
            what: "cancelling a task",
        })
    }

    /// Looks for the task of an earlier submission whose answer was lost.
    ///
    /// `Ok(None)` is proof that the key started nothing.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unsupported`] where the provider cannot look by our key.
    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        let _ = key;
        Err(ProviderError::Unsupported {
            what: "finding a task by our key",
        })
    }

    /// What is left on the account, where the provider tells.
    ///
    /// # Errors
    ///
    /// As for any read: *busy* when waiting may help, *broken* when the key is not accepted.
    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        Ok(None)
    }
}

/// What became of a wish to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// The task ended, or will; whether it is charged, where known.
    Cancelled {
        /// `None` when the provider does not say.
        charged: Option<bool>,
    },
    /// It had ended already; look at its status.
    TooLate,
}

/// What is left on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// How much can still be spent.
    pub available: Money,
}
