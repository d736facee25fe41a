//! Finds out what became of submissions whose process is gone.

use std::sync::Arc;

use kling_core::ErrorKind;

use crate::context::Context;
use crate::error::EngineError;
use crate::event::Event;
use crate::job::Job;

/// How often a provider that is busy is asked before the job counts as unconfirmed.
const BUSY_TRIES: u32 = 5;

/// Looks for the task of a submission that nobody holds any more.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    let (Some(supplier), Some(key)) = (
        context.suppliers.get(&job.provider),
        job.submission_key.clone(),
    ) else {
        return lost(&context, &job).await;
    };
    let limit = context.options.submit_deadline;
    let looked = context.keep(
        &job,
        tokio::time::timeout(limit, supplier.provider.find(&key)),
    );
    let found = match looked.await {
        None => return Ok(()),
        Some(Ok(found)) => found,
        Some(Err(_)) => return lost(&context, &job).await,
    };
    match found {
        Ok(Some(task)) => {
            tracing::info!(
                job.id = %job.id, provider = %job.provider, task.handle = task.as_str(),
                "the task of job `{}` was found", job.id,
            );
            context.advance(&job, Event::Started { task }, None).await?;
            Ok(())
        }
        Ok(None) => absent(&context, &job).await,
        Err(error) if error.kind() == ErrorKind::Busy && job.tries + 1 < BUSY_TRIES => {
            context.put_off(&job, error.retry_after()).await
        }
        Err(error) => {
            tracing::warn!(
                job.id = %job.id, provider = %job.provider, kind = error.name(),
                error = &error as &dyn std::error::Error,
                "whether job `{}` was started, and charged, cannot be found out", job.id,
            );
            lost(&context, &job).await
        }
    }
}

/// "Not there" counts only once the request cannot be on its way any more.
async fn absent(context: &Context, job: &Job) -> Result<(), EngineError> {
    let options = &context.options;
    let certain = job.stage_since + options.submit_deadline + options.margin * 2;
    let now = context.store.now().await?;
    if now < certain {
        let wait = certain.since(now).max(options.backoff.base);
        context.store.put_off(job, wait).await?;
        return Ok(());
    }
    let why = "not-found";
    context.advance(job, Event::NotSent { why }, None).await?;
    Ok(())
}

async fn lost(context: &Context, job: &Job) -> Result<(), EngineError> {
    let evidence = "restart".to_owned();
    if context
        .advance(job, Event::Lost { evidence }, None)
        .await?
        .is_some()
    {
        tracing::warn!(
            job.id = %job.id, provider = %job.provider, model = %job.model,
            "job `{}` is unconfirmed: its submission was cut short", job.id,
        );
    }
    Ok(())
}
