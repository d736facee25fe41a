//! Looking for a submission whose answer was lost, where the capability claims it; elsewhere a plain no.

use kling_core::{ErrorKind, ProviderError, TaskStatus};

use crate::bench::Bench;
use crate::verdict::{Verdict, broken, require};
use crate::{Call, Trouble};

pub(crate) async fn a_lost_submission_is_found_or_it_is_unsupported(bench: &Bench) -> Verdict {
    let key = bench.fresh_key()?;
    if !bench.model.capability.recovery.find {
        return match bench.find(&key).await {
            Err(ProviderError::Unsupported { .. }) => Ok(()),
            other => broken(format!("it is not claimed, and answered {other:?}")),
        };
    }
    bench
        .vendor
        .play(Call::Submission, Trouble::DropAfterWork)?;
    let request = bench.minimal()?;
    match bench.submit_as(&*bench.provider, &request, &key).await {
        Err(error) if error.kind() == ErrorKind::Unknown => {}
        other => return broken(format!("a lost answer is not unknown but {other:?}")),
    }

    let found = match bench.find(&key).await {
        Ok(Some(task)) => task,
        other => return broken(format!("it was not found: {other:?}")),
    };
    match bench.ended(&found).await {
        Ok(TaskStatus::Succeeded(_)) => bench.submissions_are(1),
        other => broken(format!("what was found ended as {other:?}")),
    }
}

pub(crate) async fn what_was_never_submitted_is_not_found(bench: &Bench) -> Verdict {
    let (made, never) = (bench.fresh_key()?, bench.fresh_key()?);
    let request = bench.minimal()?;
    if let Err(error) = bench.submit_as(&*bench.provider, &request, &made).await {
        return broken(format!("the submission failed: {error:?}"));
    }

    match bench.find(&never).await {
        Ok(None) => {}
        // The vendor's word is no proof; then it must not be taken for one.
        Err(error) if error.is_retryable() => {}
        other => return broken(format!("a key that was never used: {other:?}")),
    }
    let found = bench.find(&made).await;
    require(matches!(found, Ok(Some(_))), || {
        format!("a key that was used: {found:?}")
    })
}
