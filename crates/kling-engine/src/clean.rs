//! Forgets old files, and ends jobs that nobody can serve or cares about.

use std::sync::Arc;
use std::time::Duration;

use crate::archive::Aside;
use crate::books::Drift;
use crate::context::{Context, lock};
use crate::error::EngineError;
use crate::event::Ending;
use crate::job::{Job, Stage};
use crate::reason::Reason;
use crate::rescue;
use crate::store::FileRole;

/// How many files are forgotten in one transaction.
const BATCH: u32 = 200;

/// How long paid work waits for its provider to be configured again. No provider is known to keep a
/// result for longer.
const ABANDON_AFTER: Duration = Duration::from_hours(48);

/// How long a person has, at least, to make a choice about an unconfirmed job.
const LEAST_PATIENCE: Duration = Duration::from_hours(7 * 24);

/// How many live jobs are looked through for some that nobody can serve.
const LOOK_THROUGH: u32 = 1_000;

/// How many paid submissions are looked at for how far estimates are off.
pub(crate) const DRIFT_OVER: u32 = 1_000;

/// How many submissions of a model tell whether its estimates are off.
const DRIFT_LEAST: u64 = 10;

pub(crate) async fn pass(context: &Arc<Context>) -> Result<(), EngineError> {
    settle(context, context.archive.left_aside().await?).await?;
    let options = &context.options;
    forget(context, FileRole::Input, options.input_retention).await?;
    forget(context, FileRole::Output, options.retention).await?;
    context.archive.count().await?;
    if let Err(error) = tidy_up(context).await {
        // It only takes room, and keys have time: jobs come first.
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "what was left half-written, or the keys of links, could not be looked after",
        );
    }
    compare(context).await?;
    strand(context).await?;
    give_up(context).await
}

/// Compares what was expected with what it cost.
async fn compare(context: &Context) -> Result<(), EngineError> {
    let Some(most) = context.options.drift_alarm_percent else {
        return Ok(());
    };
    let drifts = context.store.drift(DRIFT_OVER).await?;
    let is_off = |drift: &Drift| {
        drift.submissions >= DRIFT_LEAST && drift.percent().unsigned_abs() > u64::from(most)
    };
    for drift in &drifts {
        context.alarms.estimates_are_off(drift, is_off(drift));
    }
    *lock(&context.drifting) = drifts.into_iter().filter(is_off).collect();
    Ok(())
}

/// Looks after what is in the archive beside its files.
async fn tidy_up(context: &Context) -> Result<(), EngineError> {
    if let Some(links) = &context.links {
        links.renew(context.clock.now()).await?;
    }
    context.archive.sweep().await
}

/// Deletes the files of one role of jobs that ended long ago. Those of a job that has not ended are never old.
async fn forget(context: &Context, role: FileRole, kept: Duration) -> Result<(), EngineError> {
    let before = context.store.now().await? - kept;
    loop {
        let keys = context.store.forget_files(role, before, BATCH).await?;
        remove(context, &keys).await?;
        if keys.is_empty() || context.closing.is_cancelled() {
            return Ok(());
        }
        tracing::info!(
            files = keys.len(),
            "deleted files of jobs that ended long ago"
        );
    }
}

/// Deletes files that no job refers to, unless one has begun to.
async fn remove(context: &Context, keys: &[String]) -> Result<(), EngineError> {
    let mut aside = Vec::new();
    for key in keys {
        match context.archive.set_aside(key).await {
            Ok(moved) => aside.extend(moved),
            Err(error) => stays(key, &error),
        }
    }
    settle(context, aside).await
}

/// Deletes what was moved aside, or puts it back where a job refers to it by now.
async fn settle(context: &Context, aside: Vec<Aside>) -> Result<(), EngineError> {
    for some in aside.chunks(BATCH as usize) {
        let keys: Vec<String> = some.iter().map(|file| file.key.clone()).collect();
        let named = context.store.named_files(&keys).await?;
        for file in some {
            let is_named = named.contains(&file.key);
            if let Err(error) = context.archive.judge(file, is_named).await {
                stays(&file.key, &error);
            }
        }
    }
    Ok(())
}

/// What could not be moved only takes room; what is aside is judged again in the next pass.
fn stays(key: &str, error: &EngineError) {
    tracing::warn!(
        key,
        error = error as &dyn std::error::Error,
        "an old file could be neither deleted nor put back",
    );
}

/// Ends jobs of ours whose provider is not configured any more; no claim would ever bring them up.
async fn strand(context: &Context) -> Result<(), EngineError> {
    let now = context.now().await?;
    for job in context.store.live(&context.platforms, LOOK_THROUGH).await? {
        let waited = context.leaps.age(job.stage_since, now);
        let served = context.suppliers.contains_key(&job.provider);
        if !served && waited > context.options.expire_after {
            strand_one(context, &job, waited).await?;
        }
    }
    Ok(())
}

async fn strand_one(context: &Context, job: &Job, waited: Duration) -> Result<(), EngineError> {
    let reason = Reason::new("provider-missing").with("provider", &job.provider);
    match job.stage {
        Stage::Accepted | Stage::Collected if job.in_doubt => {
            context.end(job, Ending::Failed { reason }, None).await
        }
        Stage::Accepted | Stage::Collected => {
            let reasons = vec![reason];
            context
                .end(job, Ending::Refused { reasons }, job.unspent())
                .await
        }
        Stage::Submitting => rescue::lost(context, job, "provider-missing").await,
        Stage::Submitted | Stage::Running if waited > ABANDON_AFTER => {
            context.end(job, Ending::Failed { reason }, None).await
        }
        // Paid work: it waits for its provider to be configured again, and somebody should know.
        Stage::Submitted | Stage::Running => {
            context.alarms.provider_is_missing(&job.provider);
            Ok(())
        }
        Stage::Unconfirmed
        | Stage::Fetched
        | Stage::Delivering
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => Ok(()),
    }
}

/// Gives up unconfirmed jobs about which nobody made a choice for as long as files are kept, and a week
/// at least.
async fn give_up(context: &Context) -> Result<(), EngineError> {
    let patience = context.options.retention.max(LEAST_PATIENCE);
    let before = context.store.now().await? - patience;
    let forgotten = context
        .store
        .unresolved(&context.platforms, before, BATCH)
        .await?;
    for job in forgotten {
        let reason = Reason::new("given-up");
        context.end(&job, Ending::Failed { reason }, None).await?;
    }
    Ok(())
}
