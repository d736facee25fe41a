//! Carries out what somebody chose to do about an unconfirmed job.

use std::time::Duration;

use crate::context::Context;
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::job::{Job, JobId, Stage};
use crate::reason::Reason;

/// What can be done about an unconfirmed job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Ask the provider once more. Where it has the task, the job goes on; where it proves that nothing
    /// was started, the job is submitted for the first time; else nothing changes.
    LookAgain,
    /// Submit again, knowing that it may be charged twice.
    TryAgain,
    /// End it without a result.
    GiveUp,
}

/// The stage the job is in afterwards.
pub(crate) async fn resolve(
    context: &Context,
    id: &JobId,
    choice: Choice,
) -> Result<Stage, EngineError> {
    let lease = context.options.lease;
    let Some(job) = context.store.claim_unconfirmed(id, lease).await? else {
        let job = context.store.job(id).await?;
        let stage = job.ok_or(EngineError::NoSuchJob)?.stage;
        return Err(EngineError::WrongStage { stage });
    };
    let event = match choice {
        Choice::LookAgain => {
            let Some(event) = look(context, &job).await? else {
                // Not known is what it was before; the job is let go of at once.
                context.store.put_off(&job, Duration::ZERO).await?;
                return Ok(Stage::Unconfirmed);
            };
            event
        }
        Choice::TryAgain => Event::TryAgain,
        Choice::GiveUp => Event::Ended {
            ending: Ending::Failed {
                reason: Reason::new("given-up"),
            },
            cost: None,
        },
    };
    tracing::debug!(
        job.id = %job.id, provider = %job.provider,
        "job `{}` is not unconfirmed any more: {}", job.id, event.name(),
    );
    let moved = context.advance(&job, event, None).await?;
    Ok(moved.map_or(Stage::Unconfirmed, |job| job.stage))
}

/// What a look at the provider proves; `None` when it proves nothing.
async fn look(context: &Context, job: &Job) -> Result<Option<Event>, EngineError> {
    let (Some(supplier), Some(key)) = (context.suppliers.get(&job.provider), &job.submission_key)
    else {
        return Ok(None);
    };
    // Before the provider is asked: what it has not seen by then may still come later.
    let is_over = context.remaining(job).await?.is_zero();
    let limit = context.options.look_timeout;
    let looked = context.keep(
        job,
        tokio::time::timeout(limit, supplier.provider.find(key)),
    );
    let found = match looked.await {
        Some(Ok(Ok(found))) => found,
        Some(Ok(Err(error))) => {
            tracing::debug!(
                job.id = %job.id, provider = %job.provider, kind = error.name(),
                error = &error as &dyn std::error::Error,
                "looking again for job `{}` proved nothing", job.id,
            );
            return Ok(None);
        }
        Some(Err(_)) | None => return Ok(None),
    };
    if let Some(task) = found {
        return Ok(Some(Event::Started { task }));
    }
    // "Not there" is proof where the request could not be on its way any more.
    let why = "not-found";
    Ok(is_over.then_some(Event::NotSent { why }))
}
