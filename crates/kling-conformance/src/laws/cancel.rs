//! Cancelling, where the capability claims it; elsewhere a plain no.

use kling_core::{Cancellation, ProviderError, TaskHandle, TaskStatus};

use crate::Fate;
use crate::bench::Bench;
use crate::verdict::{Verdict, broken};

pub(crate) async fn a_task_ends_or_it_is_unsupported(bench: &Bench) -> Verdict {
    if !bench.model.capability.recovery.cancel {
        let nobodys = TaskHandle::literal("conformance.1.0815");
        return match bench.cancel(&nobodys).await {
            Err(ProviderError::Unsupported { .. }) => Ok(()),
            other => broken(format!("it is not claimed, and answered {other:?}")),
        };
    }
    let task = bench.started_to(Fate::Runs).await?;

    match bench.cancel(&task).await {
        Ok(Cancellation::Cancelled { .. }) => {}
        other => return broken(format!("a running task was not cancelled: {other:?}")),
    }

    match bench.ended(&task).await {
        Ok(TaskStatus::Cancelled | TaskStatus::Failed(_)) => Ok(()),
        other => broken(format!("a cancelled task ended as {other:?}")),
    }
}

pub(crate) async fn a_finished_task_is_too_late(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    if let Err(error) = bench.ended(&task).await {
        return broken(format!("a look failed: {error:?}"));
    }

    match bench.cancel(&task).await {
        Ok(Cancellation::TooLate) => Ok(()),
        other => broken(format!("not too late but {other:?}")),
    }
}
