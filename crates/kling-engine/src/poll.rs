//! Asks providers how far their tasks are.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{Cancellation, Pace, Provider, ProviderError, TaskHandle, TaskStatus};

use crate::context::Context;
use crate::dispatch::reason_of_failure;
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::job::{Job, NOTHING, Stage};
use crate::reason::Reason;

/// How often a provider may say that it does not know a task before it is believed.
const GONE_TRIES: u32 = 5;

/// How to look at a task of a model that the catalogue does not have any more.
const UNKNOWN_PACE: Pace = Pace {
    typical: Duration::from_mins(1),
    poll_every: Duration::from_secs(5),
    give_up_after: Duration::from_hours(1),
};

/// Looks at a running task once.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    let Some(supplier) = context.suppliers.get(&job.provider) else {
        return context.put_off(&job, None).await;
    };
    let Some(task) = job.task.clone() else {
        return fail(&context, &job, Reason::new("provider-failed")).await;
    };
    let provider = supplier.provider.as_ref();
    if job.cancel_requested
        && let Some(Some(charged)) = context
            .keep(&job, cancelled(&context, &job, provider, &task))
            .await
    {
        let cost = (charged == Some(false)).then_some(NOTHING);
        return context.end(&job, Ending::Cancelled { charged }, cost).await;
    }
    let limit = context.options.look_timeout;
    let asked = context.keep(&job, tokio::time::timeout(limit, provider.status(&task)));
    let status = match asked.await {
        None => return Ok(()),
        Some(Ok(status)) => status,
        Some(Err(_)) => Err(ProviderError::Unavailable {
            retry_after: None,
            source: None,
        }),
    };
    match status {
        Ok(status) => {
            context.alarms.provider_answered(&job.provider);
            settle(&context, &job, status).await
        }
        Err(error) => doubt(&context, &job, &error).await,
    }
}

/// Asks the provider to stop; `Some` when the task ended by that, with whether it is charged.
async fn cancelled(
    context: &Context,
    job: &Job,
    provider: &dyn Provider,
    task: &TaskHandle,
) -> Option<Option<bool>> {
    let model = context.model(job)?;
    if !model.capability.recovery.cancel {
        return None;
    }
    let limit = context.options.look_timeout;
    match tokio::time::timeout(limit, provider.cancel(task)).await {
        Ok(Ok(Cancellation::Cancelled { charged })) => Some(charged),
        Ok(Ok(Cancellation::TooLate)) | Err(_) => None,
        Ok(Err(error)) => {
            tracing::debug!(
                job.id = %job.id, provider = %job.provider, kind = error.name(),
                error = &error as &dyn std::error::Error,
                "job `{}` could not be cancelled", job.id,
            );
            None
        }
    }
}

async fn settle(context: &Context, job: &Job, status: TaskStatus) -> Result<(), EngineError> {
    let pace = pace(context, job);
    match status {
        TaskStatus::Queued { .. } => look_again(context, job, pace).await,
        TaskStatus::Running { percent } => {
            if job.stage == Stage::Submitted || percent != job.percent {
                let hold = Some(pace.poll_every);
                context
                    .advance(job, Event::Progress { percent }, hold)
                    .await?;
                return Ok(());
            }
            look_again(context, job, pace).await
        }
        TaskStatus::Succeeded(output) if output.assets.is_empty() => {
            let reason = Reason::new("provider-no-result");
            context
                .end(job, Ending::Failed { reason }, output.cost)
                .await
        }
        TaskStatus::Succeeded(output) => {
            context
                .advance(job, Event::Finished { output }, None)
                .await?;
            Ok(())
        }
        TaskStatus::Failed(failure) => {
            let cost = failure.cost;
            let reason = reason_of_failure(failure);
            context.end(job, Ending::Failed { reason }, cost).await
        }
        TaskStatus::Cancelled => {
            let charged = None;
            context.end(job, Ending::Cancelled { charged }, None).await
        }
    }
}

/// Leaves the job alone until the next look. The looks that failed before this one are forgotten.
async fn look_again(context: &Context, job: &Job, pace: Pace) -> Result<(), EngineError> {
    if is_overdue(context, job, pace).await? {
        let what = "its task did not end in time";
        context.troubles.say(job, what);
        return context.end(job, Ending::Expired, None).await;
    }
    context.store.rest(job, pace.poll_every).await?;
    Ok(())
}

/// What a look that brought no status means.
async fn doubt(context: &Context, job: &Job, error: &ProviderError) -> Result<(), EngineError> {
    let overdue = is_overdue(context, job, pace(context, job)).await?;
    let what = "how far it is could not be asked";
    context.troubles.note(job, what, error);
    context.alarms.provider_failed(&job.provider, error);
    if let ProviderError::NoResult { cost, .. } = error {
        // No failure of the look: it ended, and nothing came of it.
        let reason = Reason::new("provider-no-result");
        return context.end(job, Ending::Failed { reason }, *cost).await;
    }
    let reason = match error {
        ProviderError::TaskGone { .. } if job.tries + 1 >= GONE_TRIES => Some("provider-failed"),
        ProviderError::Unsupported { .. } => Some("provider-failed"),
        ProviderError::Unauthorized { .. } if overdue => Some("provider-unauthorized"),
        // A later version of this program may be able to read it.
        ProviderError::Handle(_) if overdue => Some("provider-failed"),
        _ if overdue => Some("provider-unavailable"),
        _ => None,
    };
    match reason {
        Some(code) => fail(context, job, Reason::new(code).with("code", error.name())).await,
        None => context.put_off(job, error.retry_after()).await,
    }
}

/// What it cost is not known: the provider did not say.
async fn fail(context: &Context, job: &Job, reason: Reason) -> Result<(), EngineError> {
    context.end(job, Ending::Failed { reason }, None).await
}

fn pace(context: &Context, job: &Job) -> Pace {
    context.model(job).map_or(UNKNOWN_PACE, |model| model.pace)
}

async fn is_overdue(context: &Context, job: &Job, pace: Pace) -> Result<bool, EngineError> {
    Ok(context.since(job.stage_since).await? > pace.give_up_after)
}
