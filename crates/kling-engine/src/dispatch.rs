//! Submits: the intent first, then the request, once; then whatever the answer was.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use kling_core::{GenerationRequest, Provider, ProviderError, Submission, SubmissionKey};
use tokio::time::Instant;

use crate::context::{Context, NOTHING};
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::failpoint;
use crate::job::{Job, Stage};
use crate::reason::Reason;

mod answer;

use answer::Answer;
pub(crate) use answer::reason_of_failure;

/// How soon to look again whether a job's requester was told that it is accepted.
const ACKNOWLEDGE_WAIT: Duration = Duration::from_millis(20);

/// Takes a collected job as far as the provider's answer, or to the knowledge that there is none.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    if context.is_unacknowledged(&job.id) {
        context.store.put_off(&job, ACKNOWLEDGE_WAIT).await?;
        return Ok(());
    }
    if job.cancel_requested {
        let charged = Some(false);
        return context
            .end(&job, Ending::Cancelled { charged }, Some(NOTHING))
            .await;
    }
    let now = context.store.now().await?;
    if now.since(job.stage_since) > context.options.expire_after {
        return context.end(&job, Ending::Expired, Some(NOTHING)).await;
    }
    let files = context.store.files(&job.id).await?;
    let (Some(supplier), Some(request)) = (
        context.suppliers.get(&job.provider),
        context.request(&job, &files),
    ) else {
        tracing::error!(job.id = %job.id, "an input of job `{}` is not in the archive any more", job.id);
        let reason = Reason::new("input-unavailable");
        return context
            .end(&job, Ending::Failed { reason }, Some(NOTHING))
            .await;
    };

    let begun = Instant::now();
    let options = &context.options;
    let key = submission_key(&job)?;
    let intent = Event::Intent {
        key: key.clone(),
        deadline: now + options.submit_deadline + options.margin,
    };
    let hold = options.submit_deadline + options.margin * 2;
    let Some(job) = context.advance(&job, intent, Some(hold)).await? else {
        return Ok(());
    };
    failpoint::hit("submit.before").await?;
    if begun.elapsed() > options.margin {
        // We stood still for so long that somebody else may have looked for this submission.
        let why = "late";
        context.advance(&job, Event::NotSent { why }, None).await?;
        return Ok(());
    }
    let answered = submit(&context, supplier.provider.as_ref(), &request, &key).await;
    failpoint::hit("submit.after").await?;
    // The answer may be paid for: it is written down even when this step is dropped meanwhile.
    let committing = context
        .owed
        .spawn(commit(Arc::clone(&context), job, answered));
    drop(committing.await);
    Ok(())
}

/// Names a submission: the job and the number of the attempt.
fn submission_key(job: &Job) -> Result<SubmissionKey, EngineError> {
    SubmissionKey::parse(format!("{}.{}", job.id, job.attempt + 1))
        .map_err(|_| EngineError::Corrupt { what: "job id" })
}

/// Sends the request, and takes a panic or a silence for what it is: a lost answer.
async fn submit(
    context: &Context,
    provider: &dyn Provider,
    request: &GenerationRequest,
    key: &SubmissionKey,
) -> Result<Submission, ProviderError> {
    let call = AssertUnwindSafe(provider.submit(request, key)).catch_unwind();
    match tokio::time::timeout(context.options.submit_deadline, call).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(_)) => Err(ProviderError::Indeterminate(
            "the provider's code panicked".into(),
        )),
        Err(_) => Err(ProviderError::Indeterminate(
            "no answer before the deadline".into(),
        )),
    }
}

/// Writes the answer down, however long the store takes.
async fn commit(context: Arc<Context>, job: Job, answered: Result<Submission, ProviderError>) {
    if let Err(error) = &answered {
        answer::report(&job, error);
    }
    let first_look = context.model(&job).map(|model| model.pace.poll_every);
    match answer::read(answered) {
        Answer::Started(task) => {
            let event = Event::Started { task };
            commit_or_adopt(&context, &job, event, first_look).await;
        }
        Answer::Finished(output) => {
            let event = Event::Finished { output };
            commit_or_adopt(&context, &job, event, None).await;
        }
        Answer::Ended(reason, cost) => {
            let ending = Ending::Failed { reason };
            context
                .advance_surely(&job, Event::Ended { ending, cost }, None)
                .await;
        }
        Answer::Lost(evidence) => {
            let evidence = evidence.to_owned();
            context
                .advance_surely(&job, Event::Lost { evidence }, None)
                .await;
        }
        Answer::NotSent { why, retry_after } => not_sent(&context, &job, why, retry_after).await,
    }
}

/// Waits and submits again, unless that would take too long.
async fn not_sent(context: &Context, job: &Job, why: &'static str, retry_after: Option<Duration>) {
    let wait = context.options.backoff.any(job.attempt);
    let wait = retry_after.map_or(wait, |asked| asked.max(wait));
    let waited = context.clock.now().since(job.created_at);
    if waited + wait > context.options.expire_after {
        let event = Event::Ended {
            ending: Ending::Failed {
                reason: Reason::new("provider-unavailable"),
            },
            cost: Some(NOTHING),
        };
        context.advance_surely(job, event, None).await;
        return;
    }
    let hold = Some(context.options.lease);
    let event = Event::NotSent { why };
    if let Some(job) = context.advance_surely(job, event, hold).await {
        // Where this is lost, the job is only tried a lease later.
        drop(context.store.put_off(&job, wait).await);
    }
}

/// Writes down what the provider has; a job that was given up as unconfirmed meanwhile takes it too.
async fn commit_or_adopt(context: &Context, job: &Job, event: Event, hold: Option<Duration>) {
    if context
        .advance_surely(job, event.clone(), hold)
        .await
        .is_some()
    {
        return;
    }
    match adopt(context, job, event, hold).await {
        Ok(true) => {}
        Ok(false) => tracing::error!(
            job.id = %job.id, provider = %job.provider,
            "an answer to job `{}` came after the job had moved on", job.id,
        ),
        Err(error) => tracing::error!(
            job.id = %job.id, provider = %job.provider, error = &error as &dyn std::error::Error,
            "a late answer to job `{}` could not be written down", job.id,
        ),
    }
}

async fn adopt(
    context: &Context,
    job: &Job,
    event: Event,
    hold: Option<Duration>,
) -> Result<bool, EngineError> {
    let Some(row) = context.store.job(&job.id).await? else {
        return Ok(false);
    };
    if row.submission_key != job.submission_key {
        return Ok(false);
    }
    // It may be ours after all: the commit went through, and only its answer was lost.
    if row.stage != Stage::Unconfirmed {
        return Ok(row.task.is_some() || row.output.is_some());
    }
    let lease = context.options.lease;
    let Some(claimed) = context.store.claim_unconfirmed(&job.id, lease).await? else {
        return Ok(false);
    };
    Ok(context
        .advance_surely(&claimed, event, hold)
        .await
        .is_some())
}
