//! Copies results into the archive, before the provider's links die.

use std::sync::Arc;

use futures::{FutureExt as _, StreamExt as _};
use kling_core::{Output, OutputAsset, OutputSource, TaskHandle, TaskStatus};
use kling_http::{DownloadError, Downloader, sniff};
use tokio::io::AsyncWriteExt as _;

use crate::archive::Draft;
use crate::context::Context;
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::failpoint::Boundary;
use crate::inspect;
use crate::job::Job;
use crate::reason::Reason;
use crate::store::{ArchivedFile, FileRole};

/// How many results of one job are copied at a time.
const AT_ONCE: usize = 3;

/// How often a dead link is tried when there is no task to ask for a new one.
const DEAD_TRIES: u32 = 3;

/// Why a result is not in the archive.
#[derive(Debug)]
enum Miss {
    /// Trying again may help.
    Later,
    /// The link leads to nothing; the provider may have a new one.
    Dead(&'static str),
    /// It is there, and no use.
    Useless(&'static str),
    /// The engine's own machinery.
    Engine(EngineError),
}

impl From<EngineError> for Miss {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// Takes a job with an output to `fetched`, or to the knowledge that its results are gone.
pub(crate) async fn step(context: Arc<Context>, job: Job) -> Result<(), EngineError> {
    let (Some(output), Some(supplier)) = (&job.output, context.suppliers.get(&job.provider)) else {
        return context.put_off(&job, None).await;
    };
    let copied = copy_all(&context, &job, output, &supplier.downloader);
    let Some(misses) = context.keep(&job, copied).await else {
        return Ok(());
    };
    let mut dead = Vec::new();
    let mut useless = Vec::new();
    let mut later = false;
    for miss in misses? {
        match miss {
            Miss::Later => later = true,
            Miss::Dead(code) => dead.push(code),
            Miss::Useless(code) => useless.push(code),
            Miss::Engine(error) => return wait_for_room(&context, &job, error).await,
        }
    }
    let options = &context.options;
    let tries_left = job.tries + 1 < options.result_tries;
    if later {
        let known_for = context.since(job.stage_since).await?;
        if tries_left || known_for < options.result_give_up_after {
            return context.put_off(&job, None).await;
        }
    }
    if !dead.is_empty() {
        match &job.task {
            Some(task) if tries_left => return ask_again(&context, &job, output, task).await,
            None if job.tries + 1 < DEAD_TRIES => return context.put_off(&job, None).await,
            Some(_) | None => {}
        }
    }
    let is_all_there = !later && dead.is_empty() && useless.is_empty() && !output.assets.is_empty();
    if is_all_there || !context.kept(&job, FileRole::Output).await?.is_empty() {
        context.advance(&job, Event::Fetched, None).await?;
        return Ok(());
    }
    let code = dead
        .first()
        .or(useless.first())
        .copied()
        .unwrap_or("result-gone");
    let reason = Reason::new(code);
    context
        .end(&job, Ending::Failed { reason }, output.cost)
        .await
}

/// A paid result waits for room as long as it takes; other failures are the caller's to report.
async fn wait_for_room(
    context: &Context,
    job: &Job,
    error: EngineError,
) -> Result<(), EngineError> {
    if !matches!(error, EngineError::ArchiveFull) {
        return Err(error);
    }
    context.alarms.archive_is_full();
    context.put_off(job, None).await
}

/// Links that died may have been replaced: the status call is the truth.
async fn ask_again(
    context: &Context,
    job: &Job,
    known: &Output,
    task: &TaskHandle,
) -> Result<(), EngineError> {
    let Some(supplier) = context.suppliers.get(&job.provider) else {
        return context.put_off(job, None).await;
    };
    let limit = context.options.look_timeout;
    let asked = context.keep(
        job,
        tokio::time::timeout(limit, supplier.provider.status(task)),
    );
    match asked.await {
        None => Ok(()),
        Some(Ok(Ok(TaskStatus::Succeeded(output))))
            if output != *known && !output.assets.is_empty() =>
        {
            let hold = Some(context.options.lease);
            let Some(job) = context
                .advance(job, Event::Finished { output }, hold)
                .await?
            else {
                return Ok(());
            };
            context.put_off(&job, None).await
        }
        Some(_) => context.put_off(job, None).await,
    }
}

/// Copies what is not there yet, and tells what did not come.
async fn copy_all(
    context: &Context,
    job: &Job,
    output: &Output,
    downloader: &Downloader,
) -> Result<Vec<Miss>, EngineError> {
    let there = context.kept(job, FileRole::Output).await?;
    let mut copies = Vec::new();
    for (asset, index) in output.assets.iter().zip(0_u32..) {
        if !there.contains(&index) {
            copies.push(copy(context, job, downloader, asset, index).boxed());
        }
    }
    let misses = futures::stream::iter(copies)
        .buffered(AT_ONCE)
        .filter_map(|copied| std::future::ready(copied.err()));
    Ok(misses.collect().await)
}

async fn copy(
    context: &Context,
    job: &Job,
    downloader: &Downloader,
    asset: &OutputAsset,
    index: u32,
) -> Result<(), Miss> {
    Boundary::Result.enter().await?;
    let mut draft = context
        .archive
        .draft(context.options.result_max_bytes)
        .await?;
    let arrived = receive(asset, downloader, &mut draft).await;
    Boundary::Result.leave().await?;
    if draft.found_no_room() {
        return Err(Miss::Engine(EngineError::ArchiveFull));
    }
    arrived.map_err(|error| {
        context.troubles.note(job, "a result did not come", &error);
        miss_of(error)
    })?;
    let Some(media_type) = sniff::media_type(draft.head()) else {
        let what = "a result is neither a picture nor a video";
        context.troubles.say(job, what);
        return Err(Miss::Dead("result-not-media"));
    };
    let kept = draft.finish().await?;
    let seen = inspect::result(&context.archive, &kept.key, media_type, kept.size_bytes).await?;
    let file = ArchivedFile {
        role: FileRole::Output,
        index,
        dimensions: seen.dimensions,
        duration: seen.duration,
        key: kept.key,
        sha256: kept.sha256,
        size_bytes: kept.size_bytes,
        media_type,
    };
    context.record_file(job, file).await?;
    context.alarms.archive_has_room();
    Ok(())
}

async fn receive(
    asset: &OutputAsset,
    downloader: &Downloader,
    draft: &mut Draft,
) -> Result<(), DownloadError> {
    match &asset.source {
        OutputSource::Inline(bytes) => draft.write_all(bytes).await.map_err(DownloadError::Sink),
        OutputSource::Url(url) => downloader.fetch(url, draft).await.map(drop),
    }
}

fn miss_of(error: DownloadError) -> Miss {
    match error {
        DownloadError::Unavailable { .. } | DownloadError::Timeout => Miss::Later,
        DownloadError::Gone { .. } => Miss::Dead("result-gone"),
        DownloadError::NotMedia { .. } => Miss::Dead("result-not-media"),
        DownloadError::TooLarge { .. }
        | DownloadError::Blocked { .. }
        | DownloadError::BadRedirect => Miss::Useless("result-gone"),
        DownloadError::Sink(source) => Miss::Engine(EngineError::Archive {
            doing: "write a result",
            source: Box::new(source),
        }),
        // A failure that came with a later version of the downloader: trying again loses nothing.
        _ => Miss::Later,
    }
}
