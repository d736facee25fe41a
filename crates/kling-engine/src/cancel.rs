//! Cancels jobs, and tells the truth about what that costs.

use kling_core::{Cancellation, TaskHandle};

use crate::context::Context;
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::job::{Job, JobId, NOTHING, Stage};

/// How often a job that keeps moving is looked at again.
const LOOKS: u32 = 20;

/// What became of a wish to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelAnswer {
    /// It is cancelled.
    Cancelled {
        /// Whether it is charged all the same: `Some(false)` when it had not been submitted, `None`
        /// when nobody knows.
        charged: Option<bool>,
    },
    /// It is being submitted at this moment. It will be stopped where the provider can still do that;
    /// else its result comes, and is charged.
    Asked,
    /// The provider has it and cannot stop it: it is charged, and its result will come.
    GoesOn,
    /// It is over, or its result is on its way.
    TooLate,
}

pub(crate) async fn cancel(context: &Context, id: &JobId) -> Result<CancelAnswer, EngineError> {
    for _ in 0..LOOKS {
        let job = context.store.job(id).await?;
        let job = job.ok_or(EngineError::NoSuchJob)?;
        let answer = match job.stage {
            Stage::Accepted | Stage::Collected => {
                context.store.request_cancel(id).await?;
                end(context, &job, job.charged_before()).await?
            }
            Stage::Submitting => {
                context.store.request_cancel(id).await?;
                Some(CancelAnswer::Asked)
            }
            Stage::Unconfirmed => {
                let lease = context.options.lease;
                match context.store.claim_unconfirmed(id, lease).await? {
                    Some(job) => end(context, &job, None).await?,
                    None => None,
                }
            }
            Stage::Submitted | Stage::Running if job.output.is_none() => {
                context.store.request_cancel(id).await?;
                return running(context, &job).await;
            }
            Stage::Submitted
            | Stage::Running
            | Stage::Fetched
            | Stage::Delivering
            | Stage::Delivered
            | Stage::Failed
            | Stage::Cancelled
            | Stage::Expired => Some(CancelAnswer::TooLate),
        };
        if let Some(answer) = answer {
            return Ok(answer);
        }
        tokio::time::sleep(context.options.backoff.any(0) / 10).await;
    }
    Ok(CancelAnswer::Asked)
}

/// Stops a task at the provider, where that is possible.
async fn running(context: &Context, job: &Job) -> Result<CancelAnswer, EngineError> {
    let (Some(supplier), Some(model), Some(task)) = (
        context.suppliers.get(&job.provider),
        context.model(job),
        &job.task,
    ) else {
        return Ok(CancelAnswer::GoesOn);
    };
    if !model.capability.recovery.cancel {
        return Ok(CancelAnswer::GoesOn);
    }
    let deadline = context.options.accept_timeout;
    let asked = tokio::time::timeout(deadline, supplier.provider.cancel(task)).await;
    match asked {
        Ok(Ok(Cancellation::Cancelled { charged })) => {
            settle(context, job, task, charged).await?;
            Ok(CancelAnswer::Cancelled { charged })
        }
        Ok(Ok(Cancellation::TooLate)) => Ok(CancelAnswer::TooLate),
        Ok(Err(error)) => {
            tracing::debug!(
                job.id = %job.id, provider = %job.provider, kind = error.name(),
                error = &error as &dyn std::error::Error,
                "job `{}` could not be cancelled yet", job.id,
            );
            Ok(CancelAnswer::Asked)
        }
        // The wish is noted: the next look at the task asks again.
        Err(_) => Ok(CancelAnswer::Asked),
    }
}

/// Writes down that a task was stopped, though somebody else may be looking at it right now.
async fn settle(
    context: &Context,
    job: &Job,
    task: &TaskHandle,
    charged: Option<bool>,
) -> Result<(), EngineError> {
    let mut job = job.clone();
    for _ in 0..LOOKS {
        let is_same = job.task.as_ref() == Some(task) && job.output.is_none();
        if !is_same || !matches!(job.stage, Stage::Submitted | Stage::Running) {
            return Ok(());
        }
        if end(context, &job, charged).await?.is_some() {
            return Ok(());
        }
        let Some(row) = context.store.job(&job.id).await? else {
            return Ok(());
        };
        job = row;
    }
    Ok(())
}

/// `None` when the job has moved on meanwhile.
async fn end(
    context: &Context,
    job: &Job,
    charged: Option<bool>,
) -> Result<Option<CancelAnswer>, EngineError> {
    let cost = (charged == Some(false)).then_some(NOTHING);
    let ending = Ending::Cancelled { charged };
    let moved = context
        .advance(job, Event::Ended { ending, cost }, None)
        .await?;
    Ok(moved.map(|_| CancelAnswer::Cancelled { charged }))
}
