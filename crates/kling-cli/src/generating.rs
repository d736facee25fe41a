//! `generate`, `resume` and `cancel`: the commands that deal with a task.

mod parts;

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kling_core::{
    Cancellation, ErrorKind, ModelInfo, SubmissionKey, TaskEvent, TaskHandle, TaskStatus,
};
use kling_providers::{
    Choice, Destination, GenerateError, GenerateOptions, Generated, Progress, ProviderExt as _,
    fetch_output,
};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use crate::account::{self, Reached};
use crate::args::{Cancel, Generate, Resume, Saving};
use crate::event::{Charged, Event, Price, Saved};
use crate::exit::{Ending, Exit};
use crate::output::Output;
use crate::request;
use crate::stop::Stop;

/// What is known of the task while it is waited for.
#[derive(Debug, Default)]
struct Known {
    /// How many submissions may have left, or will.
    sent: usize,
    /// The tasks that began, in order.
    handles: Vec<TaskHandle>,
    /// The last state that was told of each part, so that none is told twice.
    told: BTreeMap<Option<usize>, TaskStatus>,
}

type Shared = Arc<Mutex<Known>>;

fn lock(known: &Shared) -> std::sync::MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) async fn generate(
    flags: &Generate,
    output: &Arc<Output>,
    stop: Stop,
) -> Result<(), Box<Ending>> {
    let reached = account::reach(&flags.request.provider, &flags.account)?;
    let token = CancellationToken::new();
    let known = Shared::default();
    let key = submission_key()?;
    let work = async {
        let choosing = request::choose(&flags.request, &reached, Some(&reached.downloader));
        let choice = tokio::select! {
            chosen = choosing => chosen?.choice,
            () = token.cancelled() => return Err(Ending::interrupted()),
        };
        let info = &choice.entry.info;
        let estimate = Price::of(choice.estimate);
        if !flags.yes && output.can_ask() {
            let question = format!(
                "{} at {}: {estimate}. Go on? [y/N]",
                info.id, flags.request.provider
            );
            let agreed = agreed(&question);
            tokio::select! {
                agreed = agreed => agreed?,
                () = token.cancelled() => return Err(Ending::interrupted()),
            }
        }
        output.tell(&Event::Start {
            provider: flags.request.provider.clone(),
            model: info.id.to_string(),
            operation: info.operation().as_str(),
            submission_key: key.to_string(),
            estimate,
        });
        output.begin(info.pace.typical);
        let of_part = |part| options(&flags.saving, &reached, &token, output, &known, part);
        let options = of_part(None);
        let provider = &choice.entry.provider;
        if flags.request.split {
            lock(&known).sent = info.capability.split(&choice.request).len();
            let parts = provider.generate_split(&choice.request, &key, &options);
            let parts = parts
                .await
                .map_err(|error| Ending::of(&error, &flags.saving.out))?;
            parts::end(&choice, parts, of_part, output).await
        } else {
            lock(&known).sent = 1;
            let generated = provider.generate(&choice.request, &key, &options).await;
            let generated = settled(&choice, &key, generated, &options).await?;
            Ok(done(&generated))
        }
    };
    let stopping = || output.tell(&Event::Stopping);
    match stop.around(&token, stopping, work).await {
        Some(end) => output.tell(&end?),
        None => return Err(dropped(&known, Some(&key))),
    }
    Ok(())
}

/// What came of a submission, when all has been tried that costs nothing.
async fn settled(
    choice: &Choice,
    key: &SubmissionKey,
    generated: Result<Generated, GenerateError>,
    options: &GenerateOptions,
) -> Result<Generated, Box<Ending>> {
    let out = match &options.destination {
        Destination::Directory(out) => out,
        Destination::Memory => Path::new(""),
    };
    match generated {
        Err(GenerateError::Submit(error)) if error.kind() == ErrorKind::Unknown => {
            let ending = Ending::of_submission(&error).with_key(key);
            Err(look_for(choice, key, ending).await)
        }
        generated => rescued(generated, options)
            .await
            .map_err(|error| match error {
                GenerateError::Submit(_) => Ending::of(&error, out).with_key(key),
                error => Ending::of(&error, out),
            }),
    }
}

pub(crate) async fn resume(
    flags: &Resume,
    output: &Arc<Output>,
    stop: Stop,
) -> Result<(), Box<Ending>> {
    let owner = account::owner(&flags.handle, flags.provider.as_deref())?;
    let reached = account::reach(&owner, &flags.account)?;
    let out = &flags.saving.out;
    std::fs::create_dir_all(out)
        .map_err(|error| Ending::destination(out, &error).with_handle(&flags.handle))?;
    let token = CancellationToken::new();
    let known = Shared::default();
    lock(&known).handles.push(flags.handle.clone());
    let typical = |info: &ModelInfo| info.pace.typical;
    let typical = reached.provider.models().iter().map(typical).max();
    output.begin(typical.unwrap_or_default());
    let options = options(&flags.saving, &reached, &token, output, &known, None);
    let work = reached.provider.resume(&flags.handle, &options);
    let stopping = || output.tell(&Event::Stopping);
    let generated = match stop.around(&token, stopping, work).await {
        Some(generated) => generated.map_err(|error| Ending::of(&error, out))?,
        None => return Err(dropped(&known, None)),
    };
    output.tell(&done(&generated));
    Ok(())
}

/// Scripts tell by the exit code alone whether the task was cancelled.
pub(crate) async fn cancel(flags: &Cancel, output: &Output) -> Result<Exit, Box<Ending>> {
    let owner = account::owner(&flags.handle, flags.provider.as_deref())?;
    let reached = account::reach(&owner, &flags.account)?;
    let cancelled = reached.provider.cancel(&flags.handle).await;
    let handle = flags.handle.to_string();
    let (event, exit) = match cancelled {
        Ok(Cancellation::Cancelled { charged }) => {
            (Event::Cancelled { handle, charged }, Exit::Done)
        }
        Ok(Cancellation::TooLate) => (Event::TooLate { handle }, Exit::Failed),
        Err(error) => return Err(Ending::of_cancel(&error, &flags.handle)),
    };
    output.tell(&event);
    Ok(exit)
}

/// A result that no handle leads to is fetched although we were asked to stop: nothing else would save it.
async fn rescued(
    generated: Result<Generated, GenerateError>,
    options: &GenerateOptions,
) -> Result<Generated, GenerateError> {
    match generated {
        Err(GenerateError::Stopped {
            handle: None,
            paid: Some(paid),
        }) => {
            let mut options = options.clone();
            options.stop = CancellationToken::new();
            fetch_output(paid.output, None, &options).await
        }
        generated => generated,
    }
}

/// A submission whose answer was lost is looked up, where the provider can.
async fn look_for(choice: &Choice, key: &SubmissionKey, lost: Box<Ending>) -> Box<Ending> {
    if !choice.entry.info.capability.recovery.find {
        return lost;
    }
    match choice.entry.provider.find(key).await {
        Ok(Some(handle)) => {
            let message = "the answer was lost, and the task was found: resume it";
            Ending::new(Exit::NotFinished, "found", message)
                .with_key(key)
                .with_handle(&handle)
        }
        Ok(None) => {
            let message = "the answer was lost, and nothing was started: try again";
            Ending::new(Exit::Busy, "not-started", message).with_key(key)
        }
        Err(_) => lost,
    }
}

/// The second wish to stop: what is known is all there is.
fn dropped(known: &Shared, key: Option<&SubmissionKey>) -> Box<Ending> {
    let known = lock(known);
    let more = match &*known.handles {
        [] | [_] => String::new(),
        all => {
            let all: Vec<_> = all.iter().map(TaskHandle::as_str).collect();
            format!("; resume each of {}", all.join(", "))
        }
    };
    let unanswered = known.handles.len() < known.sent;
    let ending = match (known.handles.last(), key) {
        (_, Some(key)) if unanswered => {
            let message =
                format!("stopped before the answer was here; it may have been charged{more}");
            Ending::new(Exit::Unconfirmed, "stopped", message).with_key(key)
        }
        (Some(_), _) => Ending::new(
            Exit::NotFinished,
            "stopped",
            format!("stopped at once{more}"),
        ),
        (None, _) => return Ending::interrupted(),
    };
    match known.handles.last() {
        Some(handle) => ending.with_handle(handle),
        None => ending,
    }
}

fn options(
    saving: &Saving,
    reached: &Reached,
    token: &CancellationToken,
    output: &Arc<Output>,
    known: &Shared,
    part: Option<usize>,
) -> GenerateOptions {
    let destination = Destination::Directory(saving.out.clone());
    let provider = reached.provider.id().to_string();
    let (output, known) = (Arc::clone(output), Arc::clone(known));
    let mut options = GenerateOptions::new(reached.downloader.clone(), destination)
        .observed_by(move |progress| observe(progress, part, &provider, &output, &known));
    options.stem.clone_from(&saving.name);
    options.timeout = saving.timeout;
    options.stop = token.clone();
    options
}

fn observe(
    progress: Progress<'_>,
    part: Option<usize>,
    provider: &str,
    output: &Output,
    known: &Shared,
) {
    let event = match progress {
        Progress::Submitted(handle) => {
            lock(known).handles.push(handle.clone());
            Event::Submitted {
                part,
                provider: provider.to_owned(),
                handle: handle.to_string(),
            }
        }
        Progress::Part { part, step, .. } => {
            return observe(*step, Some(part), provider, output, known);
        }
        // Why is told once, at the end.
        Progress::NotSubmitted(_) => return,
        Progress::Fetching { file, of } => Event::Fetching { part, file, of },
        Progress::Event(TaskEvent::Partial(assets)) => Event::Partial {
            part,
            files: assets.len(),
        },
        Progress::Event(TaskEvent::Status(status)) => {
            let event = match status {
                TaskStatus::Queued { position } => Event::Queued {
                    part,
                    position: *position,
                },
                TaskStatus::Running { percent } => Event::Running {
                    part,
                    percent: *percent,
                },
                // How it ended is told once, at the end.
                TaskStatus::Succeeded(_) | TaskStatus::Failed(_) | TaskStatus::Cancelled => return,
            };
            let before = lock(known).told.insert(part, status.clone());
            if before.as_ref() == Some(status) {
                return;
            }
            event
        }
    };
    output.tell(&event);
}

fn done(generated: &Generated) -> Event {
    Event::Done {
        handle: generated.handle.as_ref().map(ToString::to_string),
        cost: generated.cost.map(Charged::of),
        files: generated.files.iter().map(Saved::of).collect(),
    }
}

fn submission_key() -> Result<SubmissionKey, Box<Ending>> {
    SubmissionKey::parse(format!("kling-{}", Ulid::new()))
        .map_err(|error| Ending::usage("key", error.to_string()))
}

/// Asks a person; anything but a yes is a no.
async fn agreed(question: &str) -> Result<(), Box<Ending>> {
    Output::ask(question);
    let answer = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.map(|_| answer).unwrap_or_default()
    });
    let answer = answer.await.unwrap_or_default();
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        let message = "not sent: the price was not agreed to (--yes agrees beforehand)";
        Err(Ending::new(Exit::Interrupted, "not-agreed", message))
    }
}
