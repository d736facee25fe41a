//! The native stream of a task, where the provider has one: it tells what happens, and changes nothing.

use kling_core::{TaskEvent, TaskStatus};

use super::submit::PATIENCE;
use crate::bench::Bench;
use crate::verdict::{Verdict, broken, require};
use crate::{Call, Fate, Trouble};

/// How often a stream breaks in a row: more often than a patient client opens it again.
const BREAKS: usize = 12;

/// How far a status is on its way; a task never goes back.
const fn step(status: &TaskStatus) -> u8 {
    match status {
        TaskStatus::Queued { .. } => 0,
        TaskStatus::Running { .. } => 1,
        TaskStatus::Succeeded(_) | TaskStatus::Failed(_) | TaskStatus::Cancelled => 2,
    }
}

fn one_charge(bench: &Bench) -> Verdict {
    bench.submissions_are(1)?;
    let charges = bench.vendor.charges()?;
    require(charges.len() == 1, || format!("charged: {charges:?}"))
}

pub(crate) async fn events_come_in_order_and_end_with_the_task(bench: &Bench) -> Verdict {
    let task = bench.started_to(Fate::TakesAWhile).await?;
    let mut events = bench.watched(&task)?;

    let mut reached: Option<TaskStatus> = None;
    while let Some(event) = bench.next_event(&mut events).await {
        if let Some(end) = reached.as_ref().filter(|status| status.is_terminal()) {
            return broken(format!("after {end:?} came {event:?}"));
        }
        match event {
            Ok(TaskEvent::Status(status)) => {
                let before = reached.as_ref().map_or(0, step);
                require(step(&status) >= before, || {
                    format!("after {reached:?} came {status:?}")
                })?;
                reached = Some(status);
            }
            Ok(TaskEvent::Partial(assets)) => {
                require(!assets.is_empty(), || "a part of nothing".to_owned())?;
            }
            Err(error) => return broken(format!("the stream failed: {error:?}")),
        }
    }

    match (reached, bench.look(&task).await) {
        (Some(TaskStatus::Succeeded(_)), Ok(TaskStatus::Succeeded(_))) => one_charge(bench),
        (last, look) => broken(format!(
            "the stream ended with {last:?}, and a look says {look:?}"
        )),
    }
}

pub(crate) async fn a_broken_stream_is_not_the_end_of_the_task(bench: &Bench) -> Verdict {
    let task = bench.started_to(Fate::Runs).await?;
    let mut events = bench.watched(&task)?;
    for _ in 0..BREAKS {
        bench.vendor.play(Call::Stream, Trouble::DropBeforeWork)?;
    }

    let told = async {
        loop {
            match bench.next_event(&mut events).await {
                Some(Ok(TaskEvent::Status(status))) if status.is_terminal() => {
                    return broken(format!("it runs, and the stream says {status:?}"));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) => {
                    let after = bench.next_event(&mut events).await;
                    return require(after.is_none(), || format!("after an error came {after:?}"));
                }
                None => return broken("it ended with neither an end nor an error"),
            }
        }
    };
    // One that opens its stream again for ever goes on, which does no harm either.
    if let Ok(verdict) = tokio::time::timeout(PATIENCE, told).await {
        verdict?;
    }

    match bench.look(&task).await {
        Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => bench.submissions_are(1),
        other => broken(format!("it runs, and a look says {other:?}")),
    }
}

pub(crate) async fn a_task_that_shows_late_is_waited_for(bench: &Bench) -> Verdict {
    let task = bench.started_to(Fate::ShowsLate).await?;
    let mut events = bench.watched(&task)?;

    while let Some(event) = bench.next_event(&mut events).await {
        match event {
            Ok(TaskEvent::Status(TaskStatus::Succeeded(_))) => return one_charge(bench),
            Ok(TaskEvent::Status(status)) if status.is_terminal() => {
                return broken(format!("the stream ended with {status:?}"));
            }
            Ok(_) => {}
            // Somebody else is to look.
            Err(error) if error.is_retryable() => break,
            Err(error) => return broken(format!("it does not show yet, and that is {error:?}")),
        }
    }

    match bench.ended(&task).await {
        Ok(TaskStatus::Succeeded(_)) => one_charge(bench),
        other => broken(format!("it ended as {other:?}")),
    }
}

pub(crate) async fn whoever_stops_watching_cancels_nothing(bench: &Bench) -> Verdict {
    let task = bench.started_to(Fate::TakesAWhile).await?;
    let mut events = bench.watched(&task)?;
    if let Some(Err(error)) = bench.next_event(&mut events).await {
        return broken(format!("the stream failed: {error:?}"));
    }

    drop(events);

    match bench.ended(&task).await {
        Ok(TaskStatus::Succeeded(_)) => one_charge(bench),
        other => broken(format!("it ended as {other:?}")),
    }
}
