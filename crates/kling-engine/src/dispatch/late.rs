//! Answers to submissions that come when the job has been given up for lost.

use std::time::Duration;

use crate::context::{Context, is_passing, task_of};
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::job::{Job, Stage};

/// Writes down what the provider said, though the job may have been given up for lost meanwhile: the
/// store was away for longer than the lease, and somebody else found the job without an answer.
pub(super) async fn commit_or_adopt(
    context: &Context,
    job: &Job,
    event: Event,
    hold: Option<Duration>,
) {
    if context
        .advance_surely(job, event.clone(), hold)
        .await
        .is_some()
    {
        return;
    }
    let mut tries = 0;
    while !context.abandoned.is_cancelled() {
        match adopt(context, job, &event, hold).await {
            Ok(Adopted::Yes) => return,
            Ok(Adopted::Held) => {}
            Ok(Adopted::TooLate(stage)) => {
                tracing::error!(
                    job.id = %job.id, provider = %job.provider, stage = %stage,
                    answer = event.name(), task.handle = task_of(&event),
                    "an answer to job `{}` came after the job had moved on", job.id,
                );
                return;
            }
            Err(error) => {
                let last = !is_passing(&error);
                if tries == 0 || last {
                    tracing::error!(
                        job.id = %job.id, provider = %job.provider, last,
                        task.handle = task_of(&event),
                        error = &error as &dyn std::error::Error,
                        "a late answer to job `{}` could not be written down yet", job.id,
                    );
                }
                if last {
                    return;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(context.options.backoff.any(tries)) => {}
            () = context.abandoned.cancelled() => {}
        }
        tries += 1;
    }
}

/// What became of a late answer.
enum Adopted {
    /// It is written down.
    Yes,
    /// Somebody is at work on the job, and will let go of it.
    Held,
    /// The job is past taking it.
    TooLate(Stage),
}

async fn adopt(
    context: &Context,
    job: &Job,
    event: &Event,
    hold: Option<Duration>,
) -> Result<Adopted, EngineError> {
    let Some(row) = context.store.job(&job.id).await? else {
        return Ok(Adopted::TooLate(job.stage));
    };
    if row.submission_key != job.submission_key {
        return Ok(Adopted::TooLate(row.stage));
    }
    let ours = match row.stage {
        // Somebody looks for the very answer that we have: no need to wait for them.
        Stage::Submitting => Some(row),
        Stage::Unconfirmed => {
            let lease = context.options.lease;
            context.store.claim_unconfirmed(&job.id, lease).await?
        }
        stage => {
            return Ok(if is_written(&row, event) {
                Adopted::Yes
            } else {
                Adopted::TooLate(stage)
            });
        }
    };
    let Some(ours) = ours else {
        return Ok(Adopted::Held);
    };
    let moved = context.advance(&ours, event.clone(), hold).await?;
    Ok(moved.map_or(Adopted::Held, |_| Adopted::Yes))
}

/// The commit went through after all, and only its answer was lost.
fn is_written(row: &Job, event: &Event) -> bool {
    if matches!(event, Event::Started { .. }) {
        // A submission is one task, in whatever words its handle was made: by the answer, or by whoever found it.
        return row.task.is_some();
    }
    if let Event::Ended { ending, .. } = event {
        return row.ending.as_ref() == Some(ending);
    }
    // A job at its end has forgotten what came out.
    row.output.is_some() || row.ending == Some(Ending::Result)
}
