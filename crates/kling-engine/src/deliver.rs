//! Tells requesters how their jobs ended.

use std::sync::Arc;
use std::time::Duration;

use kling_core::MediaKind;

use crate::archive::Archive;
use crate::context::Context;
use crate::deliverer::{Delivery, DeliveryContent, DeliveryError, DeliveryFile};
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::failpoint::Boundary;
use crate::job::{Job, JobId, Receipt, Stage};
use crate::reason::Reason;
use crate::store::{ArchivedFile, FileRole};

/// How long to wait before trying again to tell somebody who cannot be reached that a job is
/// unconfirmed.
const UNREACHABLE_WAIT: Duration = Duration::from_hours(1);

/// Delivers what is owed for a job: its result, its end, or the notice that it is unconfirmed.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    let hold = Some(context.options.lease);
    let job = match job.stage {
        Stage::Fetched => match context.advance(&job, Event::Delivering, hold).await? {
            Some(job) => job,
            None => return Ok(()),
        },
        Stage::Accepted
        | Stage::Collected
        | Stage::Submitting
        | Stage::Unconfirmed
        | Stage::Submitted
        | Stage::Running
        | Stage::Delivering
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => job,
    };
    let talk = context.talk_of(&job.id);
    let told = async {
        // Whoever shows the status has to finish first, and will see that it is over.
        let talking = talk.lock_owned().await;
        (talking, tell(&context, &job).await)
    };
    // A renewal that comes while this is written down finds the job moved on: it must not be what drops it.
    let Some((_talking, told)) = context.keep(&job, told).await else {
        return Ok(());
    };
    match told? {
        Some(told) => write_down(&context, told).await,
        None => Ok(()),
    }
}

/// What somebody was told about a job, or not.
struct Told {
    job: Job,
    /// How the job ends with it; `None` for the notice, which ends nothing.
    ending: Option<Ending>,
    taken: Result<Receipt, DeliveryError>,
}

/// Tells it; `None` where there is nothing to tell, or nobody here to tell it.
async fn tell(context: &Context, job: &Job) -> Result<Option<Told>, EngineError> {
    // A fresh look: the status message may have been made while we waited.
    let fresh = context.store.job(&job.id).await?;
    let Some(job) = fresh.filter(|fresh| fresh.epoch == job.epoch) else {
        return Ok(None);
    };
    let Some(deliverer) = context.deliverers.get(&job.requester.platform) else {
        context.put_off(&job, None).await?;
        return Ok(None);
    };
    let files = context.store.files(&job.id).await?;
    let now = context.store.recently().await?;
    let Some((ending, content)) = content(&context.archive, &job, &files) else {
        return Ok(None);
    };
    let delivery = Delivery {
        nonce: nonce(&job, ending.as_ref()),
        elapsed: job.elapsed(now),
        content,
        job,
    };
    Boundary::Delivery.enter().await?;
    let limit = context.options.delivery_timeout;
    let taken = tokio::time::timeout(limit, deliverer.deliver(&delivery))
        .await
        .unwrap_or_else(|_| Err(DeliveryError::Unknown("it was not taken in time".into())));
    Boundary::Delivery.leave().await?;
    Ok(Some(Told {
        job: delivery.job,
        ending,
        taken,
    }))
}

async fn write_down(context: &Context, told: Told) -> Result<(), EngineError> {
    let receipt = match told.taken {
        Ok(receipt) => receipt,
        Err(error) => return not_taken(context, &told.job, error).await,
    };
    // The person has seen it: that has to be written down.
    let event = match told.ending {
        Some(ending) => Event::Delivered { ending, receipt },
        None => Event::NoticeShown { receipt },
    };
    context.advance_surely(&told.job, event, None).await;
    Ok(())
}

/// The same for every try of one message: `r` for the last one, and a letter of its own for the
/// notice of each submission, since a job may become unconfirmed more than once.
fn nonce(job: &Job, ending: Option<&Ending>) -> String {
    let letter = match ending {
        Some(_) => 'r',
        None => ('a'..='q').cycle().nth(job.attempt as usize).unwrap_or('a'),
    };
    job.id.nonce(letter)
}

async fn not_taken(context: &Context, job: &Job, error: DeliveryError) -> Result<(), EngineError> {
    let what = "its last message was not taken";
    if matches!(job.ending, None | Some(Ending::Result)) {
        context.troubles.note(job, what, &error);
    } else {
        // Why it ends is what is worth telling at its end.
        tracing::debug!(job.id = %job.id, error = &error as &dyn std::error::Error, "job `{}`: {what}", job.id);
    }
    let options = &context.options;
    let owed_for = context.since(job.stage_since).await?;
    let waited_enough = owed_for >= options.delivery_give_up_after;
    let tried_enough = waited_enough && job.tries + 1 >= options.delivery_tries;
    let is_notice = job.stage == Stage::Unconfirmed;
    let code = match error {
        DeliveryError::Busy { retry_after } if !tried_enough => {
            return context.put_off(job, retry_after).await;
        }
        DeliveryError::Unknown(_) if !tried_enough => return context.put_off(job, None).await,
        // The job stays open, and may be resolved meanwhile, so a notice has time.
        DeliveryError::Gone { .. } | DeliveryError::Broken { .. }
            if is_notice && !waited_enough =>
        {
            return context.put_off(job, Some(UNREACHABLE_WAIT)).await;
        }
        DeliveryError::Busy { .. } => "busy".to_owned(),
        DeliveryError::Unknown(_) => "no-answer".to_owned(),
        DeliveryError::Gone { code } | DeliveryError::Broken { code } => code,
    };
    let reason = Reason::new("undeliverable").with("code", code);
    context
        .advance(job, Event::Undeliverable { reason }, None)
        .await?;
    Ok(())
}

/// What to say, and how the job ends with it (`None` for the notice, which ends nothing).
fn content(
    archive: &Archive,
    job: &Job,
    files: &[ArchivedFile],
) -> Option<(Option<Ending>, DeliveryContent)> {
    match job.stage {
        Stage::Unconfirmed => {
            let may_have_cost = job.estimate;
            Some((None, DeliveryContent::Unconfirmed { may_have_cost }))
        }
        Stage::Delivering => {
            let ending = job.ending.clone().unwrap_or(Ending::Result);
            let content = match &ending {
                Ending::Result => result(archive, job, files),
                Ending::Refused { reasons } => DeliveryContent::Refused {
                    reasons: reasons.clone(),
                },
                Ending::Failed { reason } => DeliveryContent::Failed {
                    reason: reason.clone(),
                },
                Ending::Cancelled { charged } => DeliveryContent::Cancelled { charged: *charged },
                Ending::Expired => DeliveryContent::Expired,
            };
            Some((Some(ending), content))
        }
        Stage::Accepted
        | Stage::Collected
        | Stage::Submitting
        | Stage::Submitted
        | Stage::Running
        | Stage::Fetched
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => None,
    }
}

fn result(archive: &Archive, job: &Job, files: &[ArchivedFile]) -> DeliveryContent {
    let files = result_files(archive, &job.id, files);
    let asked = match job.request.operation.output() {
        MediaKind::Image => job.request.count.get(),
        MediaKind::Video => 1,
    };
    let came = u8::try_from(files.len()).unwrap_or(u8::MAX);
    DeliveryContent::Result {
        files,
        missing: asked.saturating_sub(came),
    }
}

/// The results among a job's files, readable from the archive, with names to give them.
pub(crate) fn result_files(
    archive: &Archive,
    id: &JobId,
    files: &[ArchivedFile],
) -> Vec<DeliveryFile> {
    let results = files.iter().filter(|file| file.role == FileRole::Output);
    results
        .map(|file| DeliveryFile {
            name: format!(
                "kling-{}-{}.{}",
                short(id),
                file.index + 1,
                file.media_type.extension()
            ),
            media_type: file.media_type,
            size_bytes: file.size_bytes,
            dimensions: file.dimensions,
            content: archive.content(&file.key),
        })
        .collect()
}

/// The last six characters of a job's name: enough to tell a person's files apart.
fn short(id: &JobId) -> String {
    let name = id.as_str();
    name.chars()
        .skip(name.chars().count().saturating_sub(6))
        .collect()
}
