//! Submits: the intent first, then the request, once; then whatever the answer was.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use kling_core::{GenerationRequest, ProviderError, Submission, SubmissionKey};
use tokio::time::Instant;

use crate::context::{Context, Supplier};
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::failpoint::Boundary;
use crate::job::{Job, NOTHING};
use crate::reason::Reason;

pub(crate) mod answer;
mod late;

use answer::Answer;
pub(crate) use answer::reason_of_failure;
use late::commit_or_adopt;

/// Takes a collected job as far as the provider's answer, or to the knowledge that there is none.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    if job.cancel_requested {
        let charged = job.charged_before();
        return context
            .end(&job, Ending::Cancelled { charged }, job.unspent())
            .await;
    }
    let now = context.now().await?;
    if context.leaps.age(job.stage_since, now) > context.options.expire_after {
        return context.end(&job, Ending::Expired, job.unspent()).await;
    }
    if !context.archive.has_room().await {
        // Nothing is paid for that could not be kept.
        context.alarms.archive_is_full();
        return context.put_off(&job, None).await;
    }
    let files = context.input_files(&job).await?;
    let (Some(supplier), Some(request)) = (
        context.suppliers.get(&job.provider),
        context.request(&job, &files),
    ) else {
        let what = "an input is not in the archive any more";
        context.troubles.say(&job, what);
        let reason = Reason::new("input-unavailable");
        return context
            .end(&job, Ending::Failed { reason }, job.unspent())
            .await;
    };

    let begun = Instant::now();
    let margin = context.options.margin;
    let key = submission_key(&job)?;
    let intent = Event::Intent {
        key: key.clone(),
        deadline: now + supplier.submit_deadline + margin,
    };
    let hold = supplier.submit_deadline + margin * 2;
    let Some(job) = context.advance(&job, intent, Some(hold)).await? else {
        return Ok(());
    };
    Boundary::Submit.enter().await?;
    // Both clocks: the one that cannot jump does not count the time that a machine was suspended.
    let stood_still = context.now().await?.since(now).max(begun.elapsed());
    if stood_still > margin {
        // For so long that somebody else may have looked for this submission.
        let why = "late";
        context.advance(&job, Event::NotSent { why }, None).await?;
        return Ok(());
    }
    let answered = submit(supplier, &request, &key).await;
    Boundary::Submit.leave().await?;
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
    supplier: &Supplier,
    request: &GenerationRequest,
    key: &SubmissionKey,
) -> Result<Submission, ProviderError> {
    let call = AssertUnwindSafe(supplier.provider.submit(request, key)).catch_unwind();
    match tokio::time::timeout(supplier.submit_deadline, call).await {
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
    match &answered {
        Ok(_) => context.alarms.provider_worked(&job.provider),
        Err(error) => {
            context.troubles.note(&job, answer::meaning(error), error);
            context.alarms.provider_failed(&job.provider, error);
        }
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
            let event = Event::Ended { ending, cost };
            commit_or_adopt(&context, &job, event, None).await;
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
    let waited = match context.since(job.waiting_since).await {
        Ok(waited) => waited,
        // Whether it is too late shows at the next try.
        Err(_) => Duration::ZERO,
    };
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
