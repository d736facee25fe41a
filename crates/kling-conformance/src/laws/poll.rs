//! What a look at a task answers.

use std::mem::discriminant;

use kling_core::{
    FailureKind, HandleError, ProviderError, Submission, TaskFailure, TaskHandle, TaskStatus,
};

use crate::bench::{Bench, End, MARKER};
use crate::verdict::{Stop, Verdict, broken, cannot, require};
use crate::{Call, Fate, Instance, Trouble};

/// A handle that no provider has made.
const FOREIGN: TaskHandle = TaskHandle::literal("somebody-else.9.0815");

pub(crate) async fn an_unheard_of_state_counts_as_running(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    bench.vendor.play(Call::Look, Trouble::UnheardState)?;

    match bench.look(&task).await {
        Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => Ok(()),
        other => broken(format!("not running but {other:?}")),
    }
}

pub(crate) async fn a_terminal_state_stays(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    let first = match bench.ended(&task).await {
        Ok(status) => status,
        Err(error) => return broken(format!("a look failed: {error:?}")),
    };

    for _ in 0..3 {
        bench.vendor.pass_time();
        match bench.look(&task).await {
            Ok(again) if discriminant(&again) == discriminant(&first) => {}
            other => return broken(format!("it was {first:?} and then {other:?}")),
        }
    }
    Ok(())
}

pub(crate) async fn a_success_without_media_is_an_error(bench: &Bench) -> Verdict {
    bench.vendor.destine(Fate::Empty)?;
    let end = match bench.submit(&bench.minimal()?).await? {
        Ok(submission) => bench.end_of(submission).await,
        Err(error) => End::Error(error),
    };

    match end {
        End::Error(ProviderError::NoResult { .. } | ProviderError::Protocol { .. }) => Ok(()),
        End::Error(error) => broken(format!("not an error about the result: {error:?}")),
        End::Output(output) => broken(format!("it counts as a result: {output:?}")),
        End::Status(status) => broken(format!("it counts as {status:?}")),
    }
}

async fn failure(bench: &Bench, fate: Fate) -> Result<TaskFailure, Stop> {
    let task = bench.started_to(fate).await?;
    match bench.ended(&task).await {
        Ok(TaskStatus::Failed(failure)) => Ok(failure),
        other => broken(format!("not a failed task but {other:?}")),
    }
}

pub(crate) async fn a_failed_task_is_a_status(bench: &Bench) -> Verdict {
    let failure = failure(bench, Fate::Fails).await?;
    require(failure.kind == FailureKind::Provider, || {
        format!("not the provider's failure: {failure:?}")
    })
}

pub(crate) async fn a_moderated_task_is_a_status(bench: &Bench) -> Verdict {
    let failure = failure(bench, Fate::Moderated).await?;
    require(failure.kind == FailureKind::Moderated, || {
        format!("not moderated: {failure:?}")
    })
}

pub(crate) async fn a_missing_task_is_gone(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    // Another vendor, of which nobody ever asked for anything.
    let elsewhere = bench.subject.start().await.map_err(Stop::Broken)?;
    let provider = elsewhere
        .provider(Instance::Sure)
        .or_else(|_| elsewhere.provider(Instance::Usual))?;

    match bench.look_as(&*provider, &task).await {
        Err(ProviderError::TaskGone { .. }) => Ok(()),
        Ok(TaskStatus::Queued { .. }) => {
            cannot("a task that is not known still counts as queued for a while")
        }
        other => broken(format!("not gone but {other:?}")),
    }
}

pub(crate) async fn a_foreign_handle_is_refused(bench: &Bench) -> Verdict {
    match bench.look(&FOREIGN).await {
        Err(ProviderError::Handle(HandleError::Foreign { .. })) => Ok(()),
        other => broken(format!("not refused as foreign but {other:?}")),
    }
}

pub(crate) async fn a_task_that_shows_late_is_waited_for(bench: &Bench) -> Verdict {
    let task = bench.started_to(Fate::ShowsLate).await?;
    match bench.look(&task).await {
        Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => {}
        other => return broken(format!("it does not show yet, and counts as {other:?}")),
    }

    match bench.end_of(Submission::Started(task)).await {
        End::Output(_) => bench.submissions_are(1),
        End::Status(status) => broken(format!("it ended as {status:?}")),
        End::Error(error) => broken(format!("a look failed: {error:?}")),
    }
}

pub(crate) async fn a_handle_from_the_future_is_refused(bench: &Bench) -> Verdict {
    let task = bench.started().await?.to_string();
    let mut parts = task.splitn(3, '.');
    let (Some(owner), Some(version), Some(rest)) = (parts.next(), parts.next(), parts.next())
    else {
        return cannot("the provider's handles do not say the version of their layout");
    };
    let Ok(version) = version.parse::<u32>() else {
        return cannot("the provider's handles do not say the version of their layout");
    };
    let later = format!("{owner}.{}.{rest}", version.saturating_add(1));
    let later = TaskHandle::parse(later).or_else(|error| broken(error.to_string()))?;
    let before = bench.vendor.requests()?;

    match bench.look(&later).await {
        Err(ProviderError::Handle(HandleError::FromTheFuture { .. })) => {}
        other => return broken(format!("not refused as of a later version but {other:?}")),
    }
    let sent = bench.vendor.requests()? - before;
    require(sent == 0, || format!("{sent} requests were sent for it"))
}

pub(crate) async fn a_look_that_fails_does_not_end_the_task(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    let html = |status| Trouble::Answer {
        status,
        content_type: "text/html",
        body: format!("<html><body>{MARKER}</body></html>"),
    };
    for trouble in [
        html(500),
        html(502),
        html(503),
        html(504),
        Trouble::DropBeforeWork,
    ] {
        let shown = format!("{trouble:?}");
        bench.vendor.play(Call::Look, trouble)?;
        match bench.look(&task).await {
            Err(error) if error.is_retryable() => {}
            other => return broken(format!("{shown}: not retryable: {other:?}")),
        }
    }

    match bench.end_of(Submission::Started(task)).await {
        End::Output(_) => Ok(()),
        End::Status(status) => broken(format!("it ended as {status:?}")),
        End::Error(error) => broken(format!("a look failed: {error:?}")),
    }
}
