//! Submit, watch, download: a whole generation, for services that have no engine.

mod disk;
mod error;
mod fetch;
mod follow;
mod kept;
mod left;
mod options;
mod parts;

use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use kling_core::{
    GenerationRequest, ModelInfo, Output, Pace, Provider, ProviderError, Submission, SubmissionKey,
    TaskEvent, TaskHandle, TaskStatus,
};

use kept::Held;
use left::{Awaited, Leaving};

pub use error::{GenerateError, Paid};
pub use fetch::{Generated, GeneratedFile, Place, fetch_output};
pub use options::{Destination, GenerateOptions, Progress, Sleeper, TokioSleeper};
pub use parts::Part;

/// How [`ProviderExt`] has its provider: by reference. Nothing to be written out; it is found by the compiler.
#[derive(Clone, Copy, Debug)]
pub enum Borrowed {}

/// How [`ProviderExt`] has its provider: as an [`Arc`]. Nothing to be written out; it is found by the compiler.
#[derive(Clone, Copy, Debug)]
pub enum Shared {}

/// What every [`Provider`] can do besides, `dyn` ones included.
///
/// There are two of each method, and the call looks the same. On an `Arc<dyn Provider>`, which is what a
/// [`Registry`](crate::Registry) and a [`Catalogue`](crate::Catalogue) give, or on an `Arc` of any other provider, a
/// submission is a task of its own on tokio's runtime: whoever drops the future of [`generate`](Self::generate) leaves
/// it to go to its end, the observer ([`GenerateOptions::observed_by`]) is told what came of it, the handle, the
/// output or the failure, and a warning in the log says the same.
///
/// **On a plain reference (`&dyn Provider`, `&AimlApi`) nothing outlives the future.** Dropped while it submits (by
/// `select!`, by tokio's `timeout`, by the end of a task), it drops the provider's call; the vendor may have begun and
/// charged, and nobody will ever be told the handle. All that is left is a warning in the log. To keep what is paid for, call
/// these methods on an `Arc`; or do not drop the future, and give up by [`GenerateOptions::stop`] and
/// [`GenerateOptions::timeout`], which wait for the answer to a submission.
#[async_trait::async_trait]
pub trait ProviderExt<By = Borrowed> {
    /// Checks a request, submits it **once**, watches the task and fetches the result.
    ///
    /// Nothing is sent for a request that does not fit, or when the destination cannot be written. The submission
    /// itself is awaited to its end, whatever [`GenerateOptions::stop`] and
    /// [`GenerateOptions::timeout`] say, because its answer is what was paid for; the provider's own
    /// timeout bounds it. What dropping the future while it submits means depends on the receiver: an `Arc` submits
    /// to the end and tells the observer, as long as the runtime lives; a reference may lose a paid task (see
    /// [`ProviderExt`]). Dropped while it watches, the task goes on at the
    /// provider; dropped while it fetches, the output is what the observer was told
    /// ([`TaskStatus::Succeeded`]), for [`fetch_output`]. Either way a warning in the log names the task, or how many
    /// files were left at what cost.
    ///
    /// # Errors
    ///
    /// [`GenerateError`]. Whatever can still be had is in it: the handle of a task that goes on, for
    /// [`ProviderExt::resume`], or the output of one that ended, for [`fetch_output`].
    async fn generate(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Result<Generated, GenerateError>;

    /// As [`ProviderExt::generate`], for callers who would rather have a request of several images
    /// [split](kling_core::Capability::split) than refused, where the model hands over only the first of them.
    ///
    /// Every part is a submission of its own, sent **once** and charged on its own
    /// ([`ModelInfo::estimate_split`] says how much), with the key [`SubmissionKey::of_part`]; a request that needs no
    /// splitting is one part with the key as it is. The parts are sent one after the other, without waiting for
    /// results; once one is not accepted, or the future is dropped, no more are sent. Then all that were are watched
    /// and fetched, each to its own end: none costs another its result. The observer is told of parts as
    /// [`Progress::Part`].
    ///
    /// # Errors
    ///
    /// Only when nothing was sent. What came of each part is in the [`Part`]s, of which there is one for each.
    async fn generate_split(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Result<Vec<Part>, GenerateError>;

    /// Watches a task that was started earlier, perhaps by another process, and fetches its result.
    ///
    /// That the result can be stored is checked before anything is waited for.
    ///
    /// # Errors
    ///
    /// [`GenerateError`], as [`ProviderExt::generate`] after its submission.
    async fn resume(
        &self,
        handle: &TaskHandle,
        options: &GenerateOptions,
    ) -> Result<Generated, GenerateError>;

    /// What happens to a task, until a terminal status: the provider's own stream where it has one,
    /// else a look every `pace.poll_every`.
    ///
    /// A stream that breaks off is replaced by looking. Looks that fail for a passing reason are
    /// repeated without end; put your own bound around it. An error is the last item.
    fn follow<'a>(
        &'a self,
        task: &'a TaskHandle,
        pace: Pace,
        sleeper: Arc<dyn Sleeper>,
    ) -> BoxStream<'a, Result<TaskEvent, ProviderError>>;
}

#[async_trait::async_trait]
impl<P: Provider + ?Sized> ProviderExt<Borrowed> for P {
    async fn generate(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Result<Generated, GenerateError> {
        whole(Held::borrowed(self), request, key, options).await
    }

    async fn generate_split(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Result<Vec<Part>, GenerateError> {
        parts::generate(Held::borrowed(self), request, key, options).await
    }

    async fn resume(
        &self,
        handle: &TaskHandle,
        options: &GenerateOptions,
    ) -> Result<Generated, GenerateError> {
        ready(options, Some(handle)).await?;
        let output = watch(self, handle, pace_for_any(self.models()), options).await?;
        let stem = options::file_stem(options.stem.as_deref().unwrap_or(handle.as_str()));
        fetch::all(output, Some(handle.clone()), &stem, options).await
    }

    fn follow<'a>(
        &'a self,
        task: &'a TaskHandle,
        pace: Pace,
        sleeper: Arc<dyn Sleeper>,
    ) -> BoxStream<'a, Result<TaskEvent, ProviderError>> {
        follow::events(self, task, pace, sleeper).boxed()
    }
}

#[async_trait::async_trait]
impl<P: Provider + ?Sized + 'static> ProviderExt<Shared> for Arc<P> {
    async fn generate(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Result<Generated, GenerateError> {
        whole(Held::shared(self), request, key, options).await
    }

    async fn generate_split(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
        options: &GenerateOptions,
    ) -> Result<Vec<Part>, GenerateError> {
        parts::generate(Held::shared(self), request, key, options).await
    }

    async fn resume(
        &self,
        handle: &TaskHandle,
        options: &GenerateOptions,
    ) -> Result<Generated, GenerateError> {
        P::resume(self, handle, options).await
    }

    fn follow<'a>(
        &'a self,
        task: &'a TaskHandle,
        pace: Pace,
        sleeper: Arc<dyn Sleeper>,
    ) -> BoxStream<'a, Result<TaskEvent, ProviderError>> {
        P::follow(self, task, pace, sleeper)
    }
}

/// A generation from the first look at the request to the files.
async fn whole(
    held: Held<'_, impl Provider + ?Sized>,
    request: &GenerationRequest,
    key: &SubmissionKey,
    options: &GenerateOptions,
) -> Result<Generated, GenerateError> {
    let info = entry(held.provider, request)?;
    info.capability.check(request)?;
    ready(options, None).await?;
    let submission = held.submit(request, key, options).await?;
    finish(held.provider, submission, key, info.pace, options).await
}

fn entry<'a>(
    provider: &'a (impl Provider + ?Sized),
    request: &GenerationRequest,
) -> Result<&'a ModelInfo, GenerateError> {
    let mut models = provider.models().iter();
    models
        .find(|info| info.id == request.model && info.operation() == request.operation)
        .ok_or_else(|| GenerateError::NoSuchModel {
            model: request.model.clone(),
            operation: request.operation,
        })
}

/// The last look before money is spent, or before a task is waited for.
async fn ready(
    options: &GenerateOptions,
    handle: Option<&TaskHandle>,
) -> Result<(), GenerateError> {
    if options.stop.is_cancelled() {
        return Err(GenerateError::Stopped {
            handle: handle.cloned(),
            paid: None,
        });
    }
    let prepared = disk::prepare(&options.destination).await;
    prepared.map_err(GenerateError::Destination)
}

/// Sends a request once, and tells the observer what its answer leads to.
async fn send(
    provider: &(impl Provider + ?Sized),
    request: &GenerationRequest,
    key: &SubmissionKey,
    options: &GenerateOptions,
) -> Result<Submission, GenerateError> {
    let submission = provider.submit(request, key).await;
    let submission = match submission {
        Ok(submission) => submission,
        Err(error) => {
            options.tell(Progress::NotSubmitted(&error));
            return Err(GenerateError::Submit(error));
        }
    };
    match &submission {
        Submission::Finished(output) => {
            // Bytes are shared, not copied, by a clone.
            let done = TaskEvent::Status(TaskStatus::Succeeded(output.clone()));
            options.tell(Progress::Event(&done));
        }
        Submission::Started(handle) => options.tell(Progress::Submitted(handle)),
    }
    Ok(submission)
}

/// Sees a submission to its files.
async fn finish(
    provider: &(impl Provider + ?Sized),
    submission: Submission,
    key: &SubmissionKey,
    pace: Pace,
    options: &GenerateOptions,
) -> Result<Generated, GenerateError> {
    let stem = options::file_stem(options.stem.as_deref().unwrap_or(key.as_str()));
    match submission {
        Submission::Finished(output) => fetched(output, None, key, &stem, options).await,
        Submission::Started(handle) => {
            let leaving = Leaving::from(key, Awaited::Task(&handle));
            let output = watch(provider, &handle, pace, options).await;
            leaving.stay();
            fetched(output?, Some(handle), key, &stem, options).await
        }
    }
}

async fn fetched(
    output: Output,
    handle: Option<TaskHandle>,
    key: &SubmissionKey,
    stem: &str,
    options: &GenerateOptions,
) -> Result<Generated, GenerateError> {
    let paid = output.clone();
    let leaving = Leaving::from(key, Awaited::Files(&paid));
    let generated = fetch::all(output, handle, stem, options).await;
    leaving.stay();
    generated
}

/// A pace for a task of which nobody knows the model: the most often any is looked at, and the most
/// patience any gets.
fn pace_for_any(models: &[ModelInfo]) -> Pace {
    let seconds = std::time::Duration::from_secs;
    let pace = |info: &ModelInfo| info.pace;
    let fallback = Pace {
        typical: seconds(120),
        poll_every: seconds(10),
        give_up_after: seconds(3600),
    };
    models
        .iter()
        .map(pace)
        .reduce(|one, other| Pace {
            typical: one.typical.max(other.typical),
            poll_every: one.poll_every.min(other.poll_every),
            give_up_after: one.give_up_after.max(other.give_up_after),
        })
        .unwrap_or(fallback)
}

/// Follows a task to its output, or to the first reason to stop.
async fn watch(
    provider: &(impl Provider + ?Sized),
    handle: &TaskHandle,
    pace: Pace,
    options: &GenerateOptions,
) -> Result<Output, GenerateError> {
    let after = options.timeout.unwrap_or(pace.give_up_after);
    let mut deadline = options.sleeper.sleep(after).fuse();
    let events = follow::events(provider, handle, pace, Arc::clone(&options.sleeper));
    let mut events = std::pin::pin!(events);
    loop {
        let event = tokio::select! {
            biased;
            event = events.next() => event,
            () = options.stop.cancelled() => {
                return Err(GenerateError::Stopped { handle: Some(handle.clone()), paid: None });
            }
            () = &mut deadline => {
                return Err(GenerateError::TimedOut { handle: handle.clone(), after });
            }
        };
        let event = match event {
            Some(Ok(event)) => event,
            Some(Err(source)) => {
                return Err(GenerateError::Watch {
                    handle: handle.clone(),
                    source,
                });
            }
            // The stream ends after a terminal status only; that returned below.
            None => {
                return Err(GenerateError::Watch {
                    handle: handle.clone(),
                    source: ProviderError::TaskGone {
                        note: kling_core::ReplyNote::default(),
                    },
                });
            }
        };
        options.tell(Progress::Event(&event));
        match event {
            TaskEvent::Status(TaskStatus::Succeeded(output)) => return Ok(output),
            TaskEvent::Status(TaskStatus::Failed(failure)) => {
                return Err(GenerateError::Failed {
                    handle: handle.clone(),
                    failure: Box::new(failure),
                });
            }
            TaskEvent::Status(TaskStatus::Cancelled) => {
                return Err(GenerateError::Cancelled {
                    handle: handle.clone(),
                });
            }
            TaskEvent::Status(TaskStatus::Queued { .. } | TaskStatus::Running { .. })
            | TaskEvent::Partial(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
