//! A result's files, brought here.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use kling_core::{Cost, Dimensions, MediaType, Output, OutputSource, TaskHandle};
use kling_http::{DownloadError, Downloaded, sniff};

use super::{Destination, GenerateError, GenerateOptions, Paid, Progress, disk, options};

/// The first wait before a file is asked for again; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// What came out of a generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The files, in the provider's order. There may be fewer than were asked for.
    pub files: Vec<GeneratedFile>,
    /// What was charged, where known.
    pub cost: Option<Cost>,
    /// The task; `None` for a model that answers at once.
    pub handle: Option<TaskHandle>,
}

/// One file of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Which of the output's files, counted from 1.
    pub number: usize,
    /// What the bytes are.
    pub media_type: MediaType,
    /// How many there are.
    pub size_bytes: u64,
    /// A picture's width and height.
    pub dimensions: Option<Dimensions>,
    /// Where they are.
    pub place: Place,
}

/// Where the bytes of a file are.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory.
    Memory(Bytes),
    /// On disk.
    File(PathBuf),
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(bytes) => write!(f, "Memory({} bytes)", bytes.len()),
            Self::File(path) => write!(f, "File({})", path.display()),
        }
    }
}

/// Fetches the files of an output that is known already, such as that of a
/// [`GenerateError::Incomplete`].
///
/// # Errors
///
/// [`GenerateError::Incomplete`] when a file could not be fetched, [`GenerateError::Stopped`] when told so.
pub async fn fetch_output(
    output: Output,
    handle: Option<TaskHandle>,
    options: &GenerateOptions,
) -> Result<Generated, GenerateError> {
    let name = options.stem.as_deref();
    let name = name.or(handle.as_ref().map(TaskHandle::as_str));
    let stem = options::file_stem(name.unwrap_or_default());
    all(output, handle, &stem, options).await
}

/// Fetches every file; one that fails does not keep the others from being fetched.
pub(super) async fn all(
    output: Output,
    handle: Option<TaskHandle>,
    stem: &str,
    options: &GenerateOptions,
) -> Result<Generated, GenerateError> {
    let of = output.assets.len();
    let mut files = Vec::with_capacity(of);
    let mut failures = Vec::new();
    for (index, asset) in output.assets.iter().enumerate() {
        let number = index + 1;
        options.tell(Progress::Fetching { file: number, of });
        let fetch = one(&asset.source, number, stem, options);
        let result = tokio::select! {
            biased;
            () = options.stop.cancelled() => {
                let paid = Box::new(Paid { handle: handle.clone(), output, files });
                return Err(GenerateError::Stopped { handle, paid: Some(paid) });
            }
            result = fetch => result,
        };
        match result {
            Ok(file) => files.push(file),
            Err(error) => failures.push(error),
        }
    }
    let failed = failures.len();
    match failures.into_iter().next() {
        None => Ok(Generated {
            files,
            cost: output.cost,
            handle,
        }),
        Some(source) => Err(GenerateError::Incomplete {
            paid: Box::new(Paid {
                handle,
                output,
                files,
            }),
            failed,
            of,
            source,
        }),
    }
}

async fn one(
    source: &OutputSource,
    number: usize,
    stem: &str,
    options: &GenerateOptions,
) -> Result<GeneratedFile, DownloadError> {
    let mut wait = FIRST_WAIT;
    let mut left = options.fetch_attempts.max(1);
    loop {
        left -= 1;
        let error = match attempt(source, number, stem, options).await {
            Ok(file) => return Ok(file),
            Err(error) if left == 0 || !error.is_retryable() => return Err(error),
            Err(error) => error,
        };
        let asked = match error {
            DownloadError::Unavailable { retry_after, .. } => retry_after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        options.sleeper.sleep(wait.max(asked)).await;
        wait *= 2;
    }
}

async fn attempt(
    source: &OutputSource,
    number: usize,
    stem: &str,
    options: &GenerateOptions,
) -> Result<GeneratedFile, DownloadError> {
    let (facts, place) = match &options.destination {
        Destination::Memory => {
            let (facts, bytes) = match source {
                OutputSource::Inline(bytes) => (facts(bytes)?, bytes.clone()),
                OutputSource::Url(url) => {
                    let mut bytes = Vec::new();
                    let facts = options.downloader.fetch(url, &mut bytes).await?;
                    (facts, Bytes::from(bytes))
                }
            };
            (facts, Place::Memory(bytes))
        }
        Destination::Directory(folder) => {
            let (facts, path) = disk::store(source, folder, stem, number, options).await?;
            (facts, Place::File(path))
        }
    };
    Ok(GeneratedFile {
        number,
        media_type: facts.media_type,
        size_bytes: facts.size_bytes,
        dimensions: facts.dimensions,
        place,
    })
}

pub(super) fn facts(bytes: &Bytes) -> Result<Downloaded, DownloadError> {
    let found = sniff::inspect(bytes).ok_or_else(|| DownloadError::NotMedia {
        found: sniff::describe(bytes),
        said: None,
    })?;
    Ok(Downloaded {
        media_type: found.media_type,
        size_bytes: bytes.len() as u64,
        dimensions: found.dimensions,
    })
}
