//! Finds out what became of submissions whose process is gone.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{ErrorKind, ProviderError};

use crate::context::Context;
use crate::error::EngineError;
use crate::event::Event;
use crate::job::Job;

/// How often, at least, a provider that cannot answer is asked before the job counts as unconfirmed.
const TRIES: u32 = 5;

/// Looks for the task of a submission that nobody holds any more.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    let (Some(supplier), Some(key)) = (
        context.suppliers.get(&job.provider),
        job.submission_key.clone(),
    ) else {
        return lost(&context, &job, "restart").await;
    };
    // What the provider has not seen by a moment counts only where nothing can be on its way after it: the
    // clock is looked at before the provider is.
    let remaining = context.remaining(&job).await?;
    if remaining > Duration::ZERO && context.was_set_since(&job).await? {
        // The lease did not run out: the clock was set. Whoever submits is still at it.
        context.store.put_off(&job, remaining).await?;
        return Ok(());
    }
    let limit = context.options.look_timeout;
    let looked = context.keep(
        &job,
        tokio::time::timeout(limit, supplier.provider.find(&key)),
    );
    let found = match looked.await {
        None => return Ok(()),
        Some(Ok(found)) => found,
        Some(Err(_)) => Err(ProviderError::Unavailable {
            retry_after: None,
            source: None,
        }),
    };
    match found {
        Ok(Some(task)) => {
            tracing::debug!(
                job.id = %job.id, provider = %job.provider, task.handle = task.as_str(),
                "the task of job `{}` was found", job.id,
            );
            context.advance(&job, Event::Started { task }, None).await?;
            Ok(())
        }
        Ok(None) => absent(&context, &job, remaining).await,
        Err(error)
            if error.kind() == ErrorKind::Busy && is_worth_waiting(&context, &job).await? =>
        {
            context.put_off(&job, error.retry_after()).await
        }
        Err(error) => {
            let what = "whether it was started, and charged, cannot be found out";
            context.troubles.note(&job, what, &error);
            lost(&context, &job, "restart").await
        }
    }
}

/// While its deadline has not passed nobody misses the job, and after that a few looks are cheaper than
/// a person's doubt.
async fn is_worth_waiting(context: &Context, job: &Job) -> Result<bool, EngineError> {
    Ok(job.tries + 1 < TRIES || !context.remaining(job).await?.is_zero())
}

/// "Not there" counts only when the request could not be on its way any more as the provider was asked.
async fn absent(context: &Context, job: &Job, remaining: Duration) -> Result<(), EngineError> {
    if remaining > Duration::ZERO {
        let wait = remaining.max(context.options.backoff.base);
        context.store.put_off(job, wait).await?;
        return Ok(());
    }
    let why = "not-found";
    context.advance(job, Event::NotSent { why }, None).await?;
    Ok(())
}

/// Nobody knows what became of it.
pub(crate) async fn lost(
    context: &Context,
    job: &Job,
    evidence: &'static str,
) -> Result<(), EngineError> {
    let event = Event::Lost {
        evidence: evidence.to_owned(),
    };
    context.advance(job, event, None).await?;
    Ok(())
}
