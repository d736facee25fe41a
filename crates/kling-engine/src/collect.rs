//! Copies the inputs of accepted jobs into the archive, looks at them, and checks the request once more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use kling_core::{Asset, AssetInfo, Field};
use kling_http::sniff;

use crate::archive::Draft;
use crate::context::Context;
use crate::deliverer::{Deliverer, InputError};
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::failpoint::Boundary;
use crate::inspect;
use crate::job::Job;
use crate::reason::Reason;
use crate::request::{InputFile, InputRole};
use crate::store::{ArchivedFile, FileRole};

/// How many inputs of one job are copied at a time.
const AT_ONCE: usize = 3;

/// How soon to look again whether a job's requester was told that it is accepted.
const ACKNOWLEDGE_WAIT: Duration = Duration::from_millis(2);

/// What stands between an input and the archive.
enum Trouble {
    /// It can never be used.
    Refuse(Reason),
    /// Trying again may help.
    Later(Reason),
    /// The engine's own machinery.
    Engine(EngineError),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// Takes an accepted job to `collected`, or to its refusal.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    if context
        .keep(&job, acknowledged(&context, &job))
        .await
        .is_none()
    {
        return Ok(());
    }
    if job.cancel_requested {
        let charged = job.charged_before();
        return context
            .end(&job, Ending::Cancelled { charged }, job.unspent())
            .await;
    }
    if context.since(job.waiting_since).await? > context.options.expire_after {
        return context.end(&job, Ending::Expired, job.unspent()).await;
    }
    if !context.archive.has_room().await {
        context.alarms.archive_is_full();
        return refuse(&context, &job, vec![Reason::new("archive-full")]).await;
    }
    let (Some(model), Some(deliverer)) = (
        context.model(&job),
        context.deliverers.get(&job.requester.platform),
    ) else {
        let reason = Reason::new("provider-missing").with("provider", &job.provider);
        return refuse(&context, &job, vec![reason]).await;
    };
    let copied = copy_all(&context, &job, deliverer.as_ref());
    let Some(troubles) = context.keep(&job, copied).await else {
        return Ok(());
    };
    if let Some(done) = settle(&context, &job, troubles?).await {
        return done;
    }
    let files = context.input_files(&job).await?;
    let Some(mut request) = context.request(&job, &files) else {
        return context.put_off(&job, None).await;
    };
    if let Some(video) = request.video.take() {
        request.video = Some(paced(&context, &job, &files, video).await?);
    }
    if let Err(violations) = model.capability.check(&request) {
        let reasons = violations.0.iter().map(Reason::of_violation).collect();
        return refuse(&context, &job, reasons).await;
    }
    context.advance(&job, Event::Collected, None).await?;
    Ok(())
}

/// The video with how many frames a second it shows, which is written down nowhere: the file is asked.
async fn paced(
    context: &Context,
    job: &Job,
    files: &[ArchivedFile],
    video: Asset,
) -> Result<Asset, EngineError> {
    let inputs = job.request.inputs.iter().zip(0_u32..);
    let mut found = inputs.filter(|(input, _)| input.role == InputRole::Video);
    let file = found.next().and_then(|(_, index)| {
        let mut inputs = files.iter().filter(|file| file.role == FileRole::Input);
        inputs.find(|file| file.index == index)
    });
    let Some(file) = file.filter(|file| file.media_type.is_video()) else {
        return Ok(video);
    };
    let (archive, size_bytes) = (&context.archive, file.size_bytes);
    let seen = inspect::input(archive, &file.key, file.media_type, size_bytes).await?;
    let info = AssetInfo {
        frame_rate: seen.unwrap_or_default().frame_rate,
        ..video.info().clone()
    };
    Ok(video.described(info))
}

/// Until the requester was told that the job is accepted; what is taken back instead moves on, and is
/// let go of.
async fn acknowledged(context: &Context, job: &Job) {
    while context.is_unacknowledged(&job.id) {
        tokio::time::sleep(ACKNOWLEDGE_WAIT).await;
    }
}

/// Decides what troubles mean for the job; `None` when there are none.
async fn settle(
    context: &Context,
    job: &Job,
    troubles: Vec<Trouble>,
) -> Option<Result<(), EngineError>> {
    let mut refusals = Vec::new();
    let mut later = Vec::new();
    for trouble in troubles {
        match trouble {
            Trouble::Refuse(reason) => refusals.push(reason),
            Trouble::Later(reason) => later.push(reason),
            Trouble::Engine(EngineError::ArchiveFull) => {
                context.alarms.archive_is_full();
                refusals.push(Reason::new("archive-full"));
            }
            Trouble::Engine(error) => return Some(Err(error)),
        }
    }
    refusals.dedup();
    if !refusals.is_empty() {
        return Some(refuse(context, job, refusals).await);
    }
    if later.is_empty() {
        return None;
    }
    if job.tries + 1 < context.options.input_tries {
        return Some(context.put_off(job, None).await);
    }
    Some(refuse(context, job, later).await)
}

async fn refuse(context: &Context, job: &Job, reasons: Vec<Reason>) -> Result<(), EngineError> {
    context
        .end(job, Ending::Refused { reasons }, job.unspent())
        .await
}

/// Copies what is not there yet, and tells everything that stands in the way.
async fn copy_all(
    context: &Context,
    job: &Job,
    deliverer: &dyn Deliverer,
) -> Result<Vec<Trouble>, EngineError> {
    let there = context.kept(job, FileRole::Input).await?;
    let mut copies = Vec::new();
    for (input, index) in job.request.inputs.iter().zip(0_u32..) {
        if !there.contains(&index) {
            copies.push(copy(context, job, deliverer, input, index).boxed());
        }
    }
    let troubles = futures::stream::iter(copies)
        .buffered(AT_ONCE)
        .filter_map(|copied| std::future::ready(copied.err()));
    Ok(troubles.collect().await)
}

async fn copy(
    context: &Context,
    job: &Job,
    deliverer: &dyn Deliverer,
    input: &InputFile,
    index: u32,
) -> Result<(), Trouble> {
    let about = |code: &'static str| {
        let reason = Reason::new(code).with("file", index + 1);
        match input.role {
            InputRole::Video => reason.with("field", Field::Video.as_str()),
            _ => reason,
        }
    };
    let limit_bytes = context.options.input_max_bytes;
    let too_large = |max_bytes: u64| about("input-too-large").with("max", max_bytes);
    Boundary::Input.enter().await?;
    let mut draft = context.archive.draft(limit_bytes).await?;
    let fetched = fetch(context, deliverer, input, &mut draft).await;
    Boundary::Input.leave().await?;
    if draft.is_too_large() {
        return Err(Trouble::Refuse(too_large(limit_bytes)));
    }
    if draft.found_no_room() {
        return Err(Trouble::Engine(EngineError::ArchiveFull));
    }
    fetched.map_err(|error| {
        context.troubles.note(job, "an input did not come", &error);
        match error {
            InputError::Gone => Trouble::Refuse(about("input-gone")),
            InputError::TooLarge { limit_bytes } => Trouble::Refuse(too_large(limit_bytes)),
            InputError::NotMedia => Trouble::Refuse(about("input-not-media")),
            InputError::Blocked => Trouble::Refuse(about("input-blocked")),
            InputError::Unavailable(_) => Trouble::Later(about("input-unavailable")),
        }
    })?;
    let Some(media_type) = sniff::media_type(draft.head()) else {
        return Err(Trouble::Refuse(about("input-not-media")));
    };
    let kept = draft.finish().await?;
    let found = inspect::input(&context.archive, &kept.key, media_type, kept.size_bytes).await?;
    let seen = found.unwrap_or_default();
    // A file that is no use is recorded as well, so that it is forgotten in its time.
    let file = ArchivedFile {
        role: FileRole::Input,
        index,
        key: kept.key,
        sha256: kept.sha256,
        size_bytes: kept.size_bytes,
        media_type,
        dimensions: seen.dimensions,
        duration: seen.duration,
    };
    context.record_file(job, file).await?;
    context.alarms.archive_has_room();
    found.map_err(|code| Trouble::Refuse(about(code)))?;
    Ok(())
}

/// Lets the platform copy the bytes, but not for ever.
async fn fetch(
    context: &Context,
    deliverer: &dyn Deliverer,
    input: &InputFile,
    draft: &mut Draft,
) -> Result<(), InputError> {
    let written = draft.counter();
    let options = &context.options;
    tokio::select! {
        biased;
        copied = deliverer.fetch_input(&input.source, draft) => copied,
        () = silence(&written, options.input_idle_timeout) => Err(late()),
        () = tokio::time::sleep(options.input_timeout) => Err(late()),
    }
}

fn late() -> InputError {
    InputError::Unavailable("it did not come in time".into())
}

/// Until nothing was written for so long.
async fn silence(written: &AtomicU64, idle: Duration) {
    let mut before = u64::MAX;
    loop {
        let now = written.load(Ordering::Relaxed);
        if now == before {
            return;
        }
        before = now;
        tokio::time::sleep(idle).await;
    }
}
