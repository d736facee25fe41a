//! Shows how far jobs have come, by editing their status messages: at once when new, then now and then.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use kling_core::Timestamp;
use tokio::time::Instant;

use crate::context::{Context, lock, shows_status};
use crate::deliverer::{Deliverer, StatusUpdate};
use crate::error::EngineError;
use crate::failpoint::Boundary;
use crate::job::{Job, JobId, Stage};

/// How many status messages are edited at a time.
const AT_ONCE: usize = 16;

/// The most jobs whose status is kept up to date; beyond that, edits would only queue at the platform.
const MOST: u32 = 1_000;

/// The longest that showing one status may take: it is gossip, and others wait, the job's last message
/// among them.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A reckoned percentage stops here: only the provider can say that it is done.
const RECKONED_CAP: u64 = 95;

/// A message of which nothing changed but the time is edited this many times more rarely.
const UNCHANGED: u32 = 3;

/// What was shown, so that only news is.
#[derive(Debug, Default)]
pub(crate) struct Board {
    newcomers: Mutex<Vec<JobId>>,
    shown: Mutex<HashMap<JobId, Shown>>,
    swept: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy, Debug)]
struct Shown {
    at: Instant,
    stage: Stage,
    ahead: Option<u32>,
    percent: Option<u8>,
}

impl Board {
    /// A job that has no status message yet.
    pub(crate) fn welcome(&self, id: &JobId) {
        lock(&self.newcomers).push(id.clone());
    }

    /// Whether it is time to go through all live jobs again.
    fn is_due(&self, every: Duration) -> bool {
        let mut swept = lock(&self.swept);
        let due = swept.is_none_or(|at| at.elapsed() >= every);
        if due {
            *swept = Some(Instant::now());
        }
        due
    }

    fn forget_all_but(&self, live: &[JobId]) {
        let live: HashSet<&JobId> = live.iter().collect();
        lock(&self.shown).retain(|id, _| live.contains(id));
    }

    fn last(&self, id: &JobId) -> Option<Shown> {
        lock(&self.shown).get(id).copied()
    }
}

impl Shown {
    /// Whether there is reason enough to edit a message once more.
    fn is_news(&self, before: Option<&Self>, every: Duration) -> bool {
        let Some(before) = before else {
            return true;
        };
        let silence = self.at.saturating_duration_since(before.at);
        let same =
            (self.stage, self.ahead, self.percent) == (before.stage, before.ahead, before.percent);
        silence >= if same { every * UNCHANGED } else { every }
    }
}

/// Shows new jobs, and from time to time all of them.
pub(crate) async fn pass(context: &Arc<Context>) -> Result<(), EngineError> {
    let board = &context.board;
    let mut ids = std::mem::take(&mut *lock(&board.newcomers));
    if board.is_due(context.options.status_every) {
        let live = context.store.live(&context.platforms, MOST).await?;
        ids = live.into_iter().map(|job| job.id).collect();
        board.forget_all_but(&ids);
    }
    let shows = ids
        .into_iter()
        .map(|id| async move { show(context, &id).await });
    let outcomes: Vec<_> = futures::stream::iter(shows)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    outcomes.into_iter().collect()
}

/// Shows one job, unless its last message is being posted, or was.
async fn show(context: &Context, id: &JobId) -> Result<(), EngineError> {
    let talk = context.talk_of(id);
    let Ok(_talking) = talk.try_lock() else {
        return Ok(());
    };
    // Under the lock: whoever delivers looks at the row under it as well.
    let fresh = context.store.job(id).await?;
    let Some(job) = fresh.filter(|job| shows_status(job.stage)) else {
        return Ok(());
    };
    let Some(deliverer) = context.deliverers.get(&job.requester.platform) else {
        return Ok(());
    };
    if context.is_unacknowledged(id) || context.closing.is_cancelled() {
        return Ok(());
    }
    let before = context.board.last(id);
    let now = context.store.recently().await?;
    let update = update(context, &job, before.as_ref(), now).await?;
    let shown = Shown {
        at: Instant::now(),
        stage: job.stage,
        ahead: update.ahead,
        percent: update.percent,
    };
    if !shown.is_news(before.as_ref(), context.options.status_every) {
        return Ok(());
    }
    lock(&context.board.shown).insert(id.clone(), shown);
    post(context, deliverer.as_ref(), &job, &update).await
}

async fn post(
    context: &Context,
    deliverer: &dyn Deliverer,
    job: &Job,
    update: &StatusUpdate,
) -> Result<(), EngineError> {
    let (begun, began_at) = (Instant::now(), context.clock.now());
    Boundary::Status.enter().await?;
    // Both clocks, as before a submission.
    let stood_still = context.clock.now().since(began_at).max(begun.elapsed());
    if stood_still > context.options.margin.min(context.options.lease) {
        // For so long that somebody else may have posted the job's last message, which this would overwrite.
        return Ok(());
    }
    let limit = context.options.delivery_timeout.min(TIMEOUT);
    let posted = tokio::time::timeout(limit, deliverer.show_status(job, update)).await;
    Boundary::Status.leave().await?;
    match posted {
        Ok(Ok(Some(receipt))) if job.status_message.is_none() => {
            context.store.set_status_message(&job.id, &receipt).await
        }
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            tracing::debug!(
                job.id = %job.id, platform = job.requester.platform.as_str(),
                error = &error as &dyn std::error::Error,
                "the status of job `{}` was not shown", job.id,
            );
            Ok(())
        }
        Err(_) => {
            tracing::debug!(job.id = %job.id, "showing the status of job `{}` took too long", job.id);
            Ok(())
        }
    }
}

async fn update(
    context: &Context,
    job: &Job,
    before: Option<&Shown>,
    now: Timestamp,
) -> Result<StatusUpdate, EngineError> {
    let typical = context.model(job).map(|model| model.pace.typical);
    let ahead = match job.stage {
        Stage::Accepted | Stage::Collected => Some(context.store.ahead_of(job).await?),
        _ => None,
    };
    let percent = job.percent.or_else(|| reckon(job, typical?, now));
    Ok(StatusUpdate {
        ahead,
        // What was promised once is not taken back.
        percent: percent.max(before.and_then(|before| before.percent)),
        elapsed: job.elapsed(now),
        typical,
    })
}

/// How much is probably done, by the usual time.
fn reckon(job: &Job, typical: Duration, now: Timestamp) -> Option<u8> {
    match job.stage {
        Stage::Submitting | Stage::Submitted | Stage::Running => {
            let elapsed = now.since(job.stage_since).as_millis();
            let percent = elapsed.saturating_mul(100) / typical.as_millis().max(1);
            let percent = u64::try_from(percent).unwrap_or(u64::MAX);
            u8::try_from(percent.min(RECKONED_CAP)).ok()
        }
        Stage::Accepted
        | Stage::Collected
        | Stage::Unconfirmed
        | Stage::Fetched
        | Stage::Delivering
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(5);

    #[test]
    fn news_waits_its_time_and_no_news_waits_longer() {
        let start = Instant::now();
        let shown = |seconds, percent| Shown {
            at: start + Duration::from_secs(seconds),
            stage: Stage::Running,
            ahead: None,
            percent: Some(percent),
        };
        let before = shown(0, 10);

        assert!(before.is_news(None, EVERY));
        assert!(!shown(4, 20).is_news(Some(&before), EVERY));
        assert!(shown(5, 20).is_news(Some(&before), EVERY));
        assert!(!shown(14, 10).is_news(Some(&before), EVERY));
        assert!(shown(15, 10).is_news(Some(&before), EVERY));
    }
}
