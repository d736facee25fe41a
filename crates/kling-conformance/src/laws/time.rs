//! Time: whatever is asked of a vendor that hangs, the configured timeout is the end of it.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use kling_core::{Provider, ProviderError, TaskHandle};

use super::submit::{HASTE, PATIENCE};
use crate::bench::Bench;
use crate::verdict::{Stop, Verdict, broken};
use crate::{Call, Fate, Instance, Trouble};

/// A provider with little patience, and a vendor that does not answer its next call of this kind.
fn hung(bench: &Bench, call: Call) -> Result<Arc<dyn Provider>, Stop> {
    bench.vendor.play(call, Trouble::Hang)?;
    Ok(bench.vendor.provider(Instance::Hasty(HASTE))?)
}

/// What is free to ask, and was not answered, may be asked again.
async fn left_in_time<T: Debug>(
    bench: &Bench,
    answer: impl Future<Output = Result<T, ProviderError>>,
) -> Verdict {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => match bench.told(answer) {
            Err(error) if error.is_retryable() => Ok(()),
            other => broken(format!("not retryable: {other:?}")),
        },
        Err(_) => broken(format!("it waited for longer than {PATIENCE:?}")),
    }
}

async fn running(bench: &Bench) -> Result<TaskHandle, Stop> {
    bench.started_to(Fate::Runs).await
}

pub(crate) async fn a_hanging_look_is_left_in_time(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    let hasty = hung(bench, Call::Look)?;
    left_in_time(bench, hasty.status(&task)).await
}

pub(crate) async fn a_hanging_wish_to_cancel_is_left_in_time(bench: &Bench) -> Verdict {
    let task = running(bench).await?;
    let hasty = hung(bench, Call::Cancel)?;
    left_in_time(bench, hasty.cancel(&task)).await
}

pub(crate) async fn a_hanging_search_is_left_in_time(bench: &Bench) -> Verdict {
    let key = bench.fresh_key()?;
    let hasty = hung(bench, Call::Find)?;
    left_in_time(bench, hasty.find(&key)).await
}

pub(crate) async fn a_hanging_question_for_the_balance_is_left_in_time(bench: &Bench) -> Verdict {
    let hasty = hung(bench, Call::Balance)?;
    left_in_time(bench, hasty.balance()).await
}

pub(crate) async fn a_stream_that_never_begins_is_left_in_time(bench: &Bench) -> Verdict {
    let task = running(bench).await?;
    drop(bench.watched(&task)?);
    let hasty = hung(bench, Call::Stream)?;
    let Some(mut events) = hasty.watch(&task) else {
        return broken("one instance has a stream, and another has none");
    };

    // A look tells how the task is, or an error says that somebody else is to look.
    match tokio::time::timeout(PATIENCE, bench.next_event(&mut events)).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => broken("it ended without a word"),
        Err(_) => broken(format!("nothing came for longer than {PATIENCE:?}")),
    }
}
