//! Takes jobs in: an answer in time, or nothing happens.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::admission::{Admission, NewJob, Refusal, Standing};
use crate::context::{Context, lock};
use crate::error::EngineError;
use crate::job::JobId;
use crate::reason::Reason;
use crate::wake::Loop;

/// How much longer than for the acceptance itself a person may wait.
const NOTE_TIMEOUT: Duration = Duration::from_millis(300);

/// How often a job is weighed anew because the rules changed meanwhile.
const WEIGHINGS: u32 = 16;

type Answer = Result<Admission, EngineError>;

/// Accepts a job, or gives up in time; what lands later is taken back before it can be submitted.
pub(crate) async fn accept(context: &Arc<Context>, job: NewJob, standing: Standing) -> Answer {
    if context.closing.is_cancelled() {
        return Err(EngineError::ShuttingDown);
    }
    if context.archive.is_full() {
        return Ok(full(context));
    }
    let id = JobId::new(context.clock.now());
    // Until the requester can be told, the job is not to be submitted.
    lock(&context.unacknowledged).insert(id.clone());
    let (tell, mut told) = oneshot::channel();
    context
        .owed
        .spawn(land(Arc::clone(context), id.clone(), (job, standing), tell));
    let limit = context.options.accept_timeout;
    if let Ok(answer) = tokio::time::timeout(limit, &mut told).await {
        return answer.unwrap_or(Err(EngineError::TooSlow));
    }
    // The answer may have come at the last moment; after this nothing more can come.
    told.close();
    if let Ok(answer) = told.try_recv() {
        return answer;
    }
    note(context, &id).await;
    Err(EngineError::TooSlow)
}

/// Refuses while there is no room, before anything is reserved or spent; whether there is some again is looked at in the
/// background.
fn full(context: &Arc<Context>) -> Admission {
    context.alarms.archive_is_full();
    let archive = context.archive.clone();
    let looking = tokio::spawn(async move { archive.has_room().await });
    drop(looking);
    Admission::Refused(Refusal {
        reasons: vec![Reason::new("archive-full")],
    })
}

/// Sees an acceptance through, whether or not somebody still waits for it.
async fn land(
    context: Arc<Context>,
    id: JobId,
    (job, standing): (NewJob, Standing),
    mut tell: oneshot::Sender<Answer>,
) {
    let answer = tokio::select! {
        biased;
        answer = commit(&context, &id, &job, &standing) => Some(answer),
        // What has not begun by now is not begun any more.
        () = tell.closed() => None,
    };
    let is_certain = answer.as_ref().is_some_and(Result::is_ok);
    if !is_certain {
        note(&context, &id).await;
    }
    let in_vain = match answer.map(|answer| tell.send(answer)) {
        Some(Ok(())) => !is_certain,
        None | Some(Err(Ok(Admission::Accepted { .. }) | Err(_))) => true,
        Some(Err(Ok(Admission::Duplicate { .. } | Admission::Refused(_)))) => false,
    };
    if in_vain {
        if is_certain {
            note(&context, &id).await;
        }
        withdraw(&context, &id).await;
    }
    lock(&context.unacknowledged).remove(&id);
    context.board.welcome(&id);
    for who in [Loop::Announce, Loop::Collect] {
        context.bells.ring(who);
    }
}

/// Sees to it that a job that nobody is promised is taken back even by another process, before anybody
/// is told.
async fn note(context: &Context, id: &JobId) {
    let noted = tokio::time::timeout(NOTE_TIMEOUT, context.store.note_withdrawal(id)).await;
    if !matches!(noted, Ok(Ok(()))) {
        tracing::error!(
            job.id = %id,
            "that job `{id}` is to be taken back, should it land, is in memory only"
        );
    }
}

async fn commit(context: &Context, id: &JobId, job: &NewJob, standing: &Standing) -> Answer {
    let answer = weigh(context, id, job, standing).await?;
    if let Admission::Accepted { job, .. } = &answer {
        context.progress.tell(job);
    }
    Ok(answer)
}

/// Accepts by the rules as they are in the moment of the commit: when those in memory are not, nothing was
/// decided, and they are read again.
async fn weigh(context: &Context, id: &JobId, job: &NewJob, standing: &Standing) -> Answer {
    let store = context.store.as_ref();
    let mut rules = context.rules.rules(store).await?;
    let mut weighings = 1;
    loop {
        let limits = rules.limits(&context.options.limits, job, standing);
        match store.accept(id.clone(), job.clone(), &limits).await {
            Err(EngineError::StaleRules) if weighings < WEIGHINGS => {
                weighings += 1;
                rules = context.rules.read_again(store).await?;
            }
            answer => return answer,
        }
    }
}

/// Takes back what nobody was promised, however long the store takes.
async fn withdraw(context: &Context, id: &JobId) {
    let mut tries = 0;
    while !context.abandoned.is_cancelled() {
        match context.store.withdraw(id).await {
            Ok(true) => {
                tracing::warn!(job.id = %id, "job `{id}` was accepted too late and taken back");
                return;
            }
            Ok(false) => return,
            // The store is closed; whoever opens it next reads the note.
            Err(EngineError::ShuttingDown) => return,
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
