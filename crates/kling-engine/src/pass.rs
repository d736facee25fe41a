//! One pass of a loop: claim what is due, take each job a step further, survive whatever happens.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kling_core::ProviderId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use crate::context::{Context, lock};
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::job::{Job, Stage};
use crate::reason::Reason;
use crate::store::{Lease, Work};
use crate::wake::Loop;
use crate::{announce, clean, collect, deliver, dispatch, fetch, poll, rescue};

/// A loop that had too few slots looks for more jobs when one of so many parts of them is free.
const CLAIM_PART: usize = 4;

/// Runs a loop until the engine closes. It never dies: a failed pass is reported, and followed by
/// another after a pause.
pub(crate) async fn run(context: Arc<Context>, who: Loop) {
    let mut failures = 0;
    while !context.closing.is_cancelled() {
        let pass = AssertUnwindSafe(start(&context, who)).catch_unwind().await;
        let wait = match pass {
            Ok(Ok(_)) => {
                failures = 0;
                mended(&context, who);
                idle_time(&context, who).await
            }
            Ok(Err(error)) => {
                report(&context, who, &error);
                failures += 1;
                context.options.backoff.any(failures)
            }
            Err(_) => {
                report(&context, who, &Panicked);
                failures += 1;
                context.options.backoff.any(failures)
            }
        };
        tokio::select! {
            biased;
            () = context.closing.cancelled() => {}
            () = context.bells.wait(who, wait) => {}
        }
    }
}

/// Makes one pass and waits for all that it started; how many jobs there were.
pub(crate) async fn one(context: &Arc<Context>, who: Loop) -> Result<usize, EngineError> {
    let started = start(context, who).await?;
    let count = started.len();
    for step in started {
        // A step reports its own failures; here it only matters that it is over.
        drop(step.await);
    }
    Ok(count)
}

#[derive(Debug, thiserror::Error)]
#[error("the loop panicked")]
struct Panicked;

/// A loop works; says so when it was the last one that did not.
fn mended(context: &Context, who: Loop) {
    let mut failing = lock(&context.failing);
    if failing.remove(who.as_str()).is_some() && failing.is_empty() {
        tracing::info!("all loops work again");
    }
}

/// Says once that a loop fails, and again only when it fails differently. What makes one loop fail mostly
/// makes all of them fail: that is said once as well.
fn report(context: &Context, who: Loop, error: &(dyn std::error::Error + 'static)) {
    let text = error.to_string();
    let mut failing = lock(&context.failing);
    let is_known = failing.values().any(|known| *known == text);
    failing.insert(who.as_str(), text);
    drop(failing);
    if !is_known {
        tracing::error!(
            loop_name = who.as_str(),
            error,
            "the {} loop fails",
            who.as_str()
        );
    }
}

/// How long a loop may sleep when nobody rings.
async fn idle_time(context: &Context, who: Loop) -> Duration {
    let period = context.options.period;
    let Some(work) = work_of(who) else {
        return match who {
            Loop::Clean => context.options.clean_every,
            _ => context.options.status_every.min(period),
        };
    };
    let lease = Lease {
        platforms: &context.platforms,
        providers: &context.provider_ids,
        limit: 1,
        hold: context.options.lease,
    };
    // One loop keeps an eye on the clock while nothing else happens.
    let now = match who {
        Loop::Rescue => match context.now().await {
            Ok(now) => now,
            Err(_) => return period,
        },
        _ => context.clock.now(),
    };
    if context.hungry[who as usize].load(Ordering::Acquire) {
        // What is due waits for free slots, which ring.
        return period;
    }
    let Ok(Some(due)) = context.store.next_due(work, lease).await else {
        return period;
    };
    // A job that is due and was not claimed waits for a free slot, which rings.
    if due <= now {
        period
    } else {
        due.since(now).min(period)
    }
}

const fn work_of(who: Loop) -> Option<Work> {
    match who {
        Loop::Collect => Some(Work::Collect),
        Loop::Dispatch => Some(Work::Dispatch),
        Loop::Poll => Some(Work::Poll),
        Loop::Fetch => Some(Work::Fetch),
        Loop::Deliver => Some(Work::Deliver),
        Loop::Rescue => Some(Work::Rescue),
        Loop::Announce | Loop::Clean => None,
    }
}

/// Claims what is due and starts it.
async fn start(context: &Arc<Context>, who: Loop) -> Result<Vec<JoinHandle<()>>, EngineError> {
    let Some(work) = work_of(who) else {
        match who {
            Loop::Clean => clean::pass(context).await?,
            _ => announce::pass(context).await?,
        }
        return Ok(Vec::new());
    };
    let mut started = Vec::new();
    let hungry = &context.hungry[who as usize];
    let mut is_hungry = false;
    // Until it is known that nothing more is due, slots that become free meanwhile ring.
    hungry.store(true, Ordering::Release);
    for (providers, slots) in lanes(context, who) {
        let free = slots.available_permits();
        if free == 0 {
            is_hungry = true;
            continue;
        }
        let lease = Lease {
            platforms: &context.platforms,
            providers,
            limit: u32::try_from(free).unwrap_or(u32::MAX),
            hold: context.options.lease,
        };
        let claimed = context.store.claim(work, lease).await?;
        is_hungry |= claimed.len() >= free;
        for job in claimed {
            let permit = Arc::clone(slots).try_acquire_owned().ok();
            let step = finish(Arc::clone(context), who, work, job, permit);
            started.push(context.steps.spawn(step));
        }
    }
    hungry.store(is_hungry, Ordering::Release);
    Ok(started)
}

/// Submissions have as many lanes as there are providers, so that a slow one holds up nobody else.
fn lanes(context: &Context, who: Loop) -> Vec<(&[ProviderId], &Arc<Semaphore>)> {
    if who == Loop::Dispatch {
        return context
            .suppliers
            .values()
            .map(|supplier| {
                (
                    std::slice::from_ref(supplier.provider.id()),
                    &supplier.slots,
                )
            })
            .collect();
    }
    let slots = context.slots.get(&who);
    slots
        .map(|slots| (context.provider_ids.as_slice(), slots))
        .into_iter()
        .collect()
}

/// One job's step, with everything that may go wrong in it.
async fn finish(
    context: Arc<Context>,
    who: Loop,
    work: Work,
    job: Job,
    permit: Option<OwnedSemaphorePermit>,
) {
    let outcome = tokio::select! {
        biased;
        () = context.stopping.cancelled() => return,
        outcome = AssertUnwindSafe(step(work, Arc::clone(&context), job.clone())).catch_unwind() => outcome,
    };
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            let what = "it could not be taken further; it will be tried again";
            context.troubles.note(&job, what, &error);
            context.alarms.machinery_failed(&error);
            // Where this fails too, the lease runs out by itself.
            drop(context.put_off(&job, None).await);
        }
        Err(_) => quarantine(&context, &job).await,
    }
    if let Some(permit) = permit {
        leave(&context, who, permit);
    }
}

/// Lets go of a slot. A loop that had too few is rung when a part of them is free again, or a moment has passed: to claim
/// one job at a time would cost a commit for each.
fn leave(context: &Context, who: Loop, permit: OwnedSemaphorePermit) {
    let slots = Arc::clone(permit.semaphore());
    drop(permit);
    let all = match who {
        Loop::Dispatch => context.options.submissions_per_provider,
        _ => context.options.jobs_per_loop,
    };
    if !context.hungry[who as usize].load(Ordering::Acquire) {
        return;
    }
    if slots.available_permits() >= all.div_ceil(CLAIM_PART) {
        context.bells.ring(who);
    } else {
        context.bells.ring_soon(who);
    }
}

fn step(
    work: Work,
    context: Arc<Context>,
    job: Job,
) -> BoxFuture<'static, Result<(), EngineError>> {
    match work {
        Work::Collect => collect::step(context, job).boxed(),
        Work::Dispatch => dispatch::step(context, job).boxed(),
        Work::Poll => poll::step(context, job).boxed(),
        Work::Fetch => fetch::step(context, job).boxed(),
        Work::Deliver => deliver::step(context, job).boxed(),
        Work::Rescue => rescue::step(context, job).boxed(),
    }
}

/// Puts off a job whose step panicked, and ends one that always does. The panics are counted in its row and
/// history, so that a restart, or another process, goes on counting.
async fn quarantine(context: &Context, job: &Job) {
    let mut wait = context.options.backoff.any(job.tries);
    if job.tries + 1 >= context.options.panics_per_job {
        // Nobody is to take it up again before it is ended.
        wait = wait.max(context.options.lease);
    }
    let done = match context.store.note_panic(job, wait).await {
        Ok(Some(count)) if count >= context.options.panics_per_job => {
            let what = "every try of its step panicked";
            context.troubles.say(job, what);
            give_up(context, job).await
        }
        Ok(Some(1)) => {
            tracing::error!(
                job.id = %job.id, provider = %job.provider, stage = %job.stage,
                "a step of job `{}` panicked; it will be tried again", job.id,
            );
            Ok(())
        }
        // It is told once more when the job is ended for it, or has moved on.
        Ok(Some(_) | None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        tracing::error!(
            job.id = %job.id, error = &error as &dyn std::error::Error,
            "a step of job `{}` panicked; it waits for its lease to run out", job.id,
        );
    }
}

async fn give_up(context: &Context, job: &Job) -> Result<(), EngineError> {
    let Some(job) = context.store.job(&job.id).await? else {
        return Ok(());
    };
    let failed = || Ending::Failed {
        reason: Reason::new("quarantined"),
    };
    let undeliverable = || Event::Undeliverable {
        reason: Reason::new("undeliverable").with("code", "panic"),
    };
    match job.stage {
        Stage::Accepted | Stage::Collected => context.end(&job, failed(), job.unspent()).await,
        Stage::Submitting => {
            let evidence = "panic".to_owned();
            context
                .advance(&job, Event::Lost { evidence }, None)
                .await?;
            Ok(())
        }
        Stage::Submitted | Stage::Running => {
            let cost = job.output.as_ref().and_then(|output| output.cost);
            context.end(&job, failed(), cost).await
        }
        Stage::Fetched => {
            let hold = Some(context.options.lease);
            if let Some(job) = context.advance(&job, Event::Delivering, hold).await? {
                context.advance(&job, undeliverable(), None).await?;
            }
            Ok(())
        }
        Stage::Unconfirmed | Stage::Delivering => {
            context.advance(&job, undeliverable(), None).await?;
            Ok(())
        }
        Stage::Delivered | Stage::Failed | Stage::Cancelled | Stage::Expired => Ok(()),
    }
}
