//! Takes jobs in: an answer in time, or nothing happens.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::admission::{Admission, NewJob};
use crate::context::{Context, lock};
use crate::error::EngineError;
use crate::failpoint;
use crate::job::JobId;
use crate::wake::Loop;

type Answer = Result<Admission, EngineError>;

/// Accepts a job, or gives up in time; what lands later is taken back before it can be submitted.
pub(crate) async fn accept(context: &Arc<Context>, job: NewJob) -> Answer {
    if context.closing.is_cancelled() {
        return Err(EngineError::ShuttingDown);
    }
    let id = JobId::new(context.clock.now());
    // Until the requester can be told, the job is not to be submitted.
    lock(&context.unacknowledged).insert(id.clone());
    let (tell, mut told) = oneshot::channel();
    context.owed.spawn(land(Arc::clone(context), id, job, tell));
    let limit = context.options.accept_timeout;
    if let Ok(answer) = tokio::time::timeout(limit, &mut told).await {
        return answer.unwrap_or(Err(EngineError::TooSlow));
    }
    // The answer may have come at the last moment; after this nothing more can come.
    told.close();
    told.try_recv().unwrap_or(Err(EngineError::TooSlow))
}

/// Sees an acceptance through, whether or not somebody still waits for it.
async fn land(context: Arc<Context>, id: JobId, job: NewJob, tell: oneshot::Sender<Answer>) {
    let answer = commit(&context, &id, job).await;
    let is_certain = answer.is_ok();
    let in_vain = match tell.send(answer) {
        Ok(()) => !is_certain,
        Err(Ok(Admission::Accepted { .. }) | Err(_)) => true,
        Err(Ok(Admission::Duplicate { .. } | Admission::Refused(_))) => false,
    };
    if in_vain {
        withdraw(&context, &id).await;
    }
    lock(&context.unacknowledged).remove(&id);
    context.board.welcome(&id);
    for who in [Loop::Announce, Loop::Collect, Loop::Dispatch] {
        context.bells.ring(who);
    }
}

async fn commit(context: &Context, id: &JobId, job: NewJob) -> Answer {
    failpoint::hit("commit.accepted.before").await?;
    let limits = &context.options.limits;
    let answer = context.store.accept(id.clone(), job, limits).await?;
    failpoint::hit("commit.accepted.after").await?;
    if let Admission::Accepted { job, .. } = &answer {
        context.progress.tell(job);
    }
    Ok(answer)
}

async fn take_back(context: &Context, id: &JobId) -> Result<bool, EngineError> {
    failpoint::hit("commit.withdrawn.before").await?;
    let taken = context.store.withdraw(id).await?;
    failpoint::hit("commit.withdrawn.after").await?;
    Ok(taken)
}

/// Takes back what nobody was promised, however long the store takes.
async fn withdraw(context: &Context, id: &JobId) {
    let mut tries = 0;
    while !context.abandoned.is_cancelled() {
        match take_back(context, id).await {
            Ok(true) => {
                tracing::warn!(job.id = %id, "job `{id}` was accepted too late and taken back");
                return;
            }
            Ok(false) => return,
            Err(error) => {
                tracing::error!(
                    job.id = %id, error = &error as &dyn std::error::Error,
                    "job `{id}` may have been accepted too late and could not be taken back yet",
                );
                tokio::time::sleep(context.options.backoff.any(tries)).await;
                tries += 1;
            }
        }
    }
}
