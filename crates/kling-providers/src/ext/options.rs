//! How a generation is watched, and where its result goes.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{ProviderError, SubmissionKey, TaskEvent, TaskHandle};
use kling_http::Downloader;
use tokio_util::sync::CancellationToken;

/// Something that can wait.
#[async_trait::async_trait]
pub trait Sleeper: Send + Sync + Debug {
    /// Waits that long.
    async fn sleep(&self, duration: Duration);
}

/// Waits by tokio's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSleeper;

#[async_trait::async_trait]
impl Sleeper for TokioSleeper {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Where the files of a result go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into memory.
    Memory,
    /// Into this folder, which is made if it is not there. A file appears under its name only when it is whole, and
    /// never takes the place of another: `boat-1.png` becomes `boat-1-2.png` where a different `boat-1.png` is.
    Directory(PathBuf),
}

/// How far a generation has come.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// The task began. Keep the handle: with it another process can resume.
    Submitted(&'a TaskHandle),
    /// The submission brought neither a task nor a result. Its [`kind`](ProviderError::kind) says whether something may
    /// be charged all the same. On an `Arc` it is told though nobody waits any more.
    NotSubmitted(&'a ProviderError),
    /// Something happened to the task. A success comes with the output, before its files are fetched; for a model
    /// that answers at once it is the only event.
    Event(&'a TaskEvent),
    /// This file of the result, counted from 1, is being fetched.
    Fetching {
        /// Which.
        file: usize,
        /// Of how many.
        of: usize,
    },
    /// One part of a request that was split came that far.
    Part {
        /// Which, counted from 1.
        part: usize,
        /// Of how many.
        of: usize,
        /// How far; never itself a part.
        step: &'a Self,
    },
}

type Observer = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// How [`ProviderExt::generate`](super::ProviderExt::generate) and
/// [`resume`](super::ProviderExt::resume) go about it.
#[derive(Clone)]
#[non_exhaustive]
pub struct GenerateOptions {
    /// Fetches the result. Its guard must let the provider's result links through.
    pub downloader: Downloader,
    /// Where the files go.
    pub destination: Destination,
    /// The start of every file's name, before `-1.png`; the submission key, or the task handle of a
    /// resumed task, when it is not given. Characters that file systems dislike are replaced.
    pub stem: Option<String>,
    /// How long a started task is watched; the model's own patience when it is not given.
    pub timeout: Option<Duration>,
    /// Cancel it to stop watching. The task goes on at the provider; to end it as well, call
    /// [`Provider::cancel`](kling_core::Provider::cancel) with the handle in the error.
    pub stop: CancellationToken,
    /// How often a file is asked for before it counts as failed. Fetching costs nothing. 3.
    pub fetch_attempts: u32,
    /// How waiting is done.
    pub sleeper: Arc<dyn Sleeper>,
    observer: Option<Observer>,
}

impl GenerateOptions {
    /// Fetches results with `downloader` into `destination`; everything else by default.
    pub fn new(downloader: Downloader, destination: Destination) -> Self {
        Self {
            downloader,
            destination,
            stem: None,
            timeout: None,
            stop: CancellationToken::new(),
            fetch_attempts: 3,
            sleeper: Arc::new(TokioSleeper),
            observer: None,
        }
    }

    /// Calls `observer` for every step. It must be quick: the generation waits for it.
    #[must_use]
    pub fn observed_by(self, observer: impl Fn(Progress<'_>) + Send + Sync + 'static) -> Self {
        Self {
            observer: Some(Arc::new(observer)),
            ..self
        }
    }

    /// For one of several parts: files of its own names, and an observer that is told which part it is.
    pub(super) fn of_part(&self, key: &SubmissionKey, part: usize, of: usize) -> Self {
        let whole = self.observer.clone();
        let observer = move |step: Progress<'_>| {
            if let Some(observer) = &whole {
                let step = &step;
                observer(Progress::Part { part, of, step });
            }
        };
        let stem = self.stem.as_ref().map(|stem| format!("{stem}-{part}"));
        Self {
            stem: Some(stem.unwrap_or_else(|| key.to_string())),
            ..self.clone().observed_by(observer)
        }
    }

    pub(super) fn tell(&self, progress: Progress<'_>) {
        if let Some(observer) = &self.observer {
            observer(progress);
        }
    }
}

impl Debug for GenerateOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GenerateOptions")
            .field("downloader", &self.downloader)
            .field("destination", &self.destination)
            .field("stem", &self.stem)
            .field("timeout", &self.timeout)
            .field("fetch_attempts", &self.fetch_attempts)
            .field("sleeper", &self.sleeper)
            .finish_non_exhaustive()
    }
}

/// A start for file names: letters, digits, dots, underscores and hyphens, at most 64, and none that hides.
pub(super) fn file_stem(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            c
        } else {
            '-'
        }
    };
    let stem: String = text.chars().map(plain).take(64).collect();
    let stem = stem.trim_start_matches(['.', '-']);
    if stem.is_empty() { "kling" } else { stem }.to_owned()
}
