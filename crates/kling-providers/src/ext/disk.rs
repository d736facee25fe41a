//! A result's file on disk: whole or not there, and never in the place of another.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use kling_core::OutputSource;
use kling_http::{DownloadError, Downloaded};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;

use super::{Destination, GenerateOptions, fetch};

/// How many files may have had the same name before.
const MAX_NAMESAKES: u32 = 1_000;

/// Makes sure that results can be stored there, before anything is paid for.
pub(super) async fn prepare(destination: &Destination) -> io::Result<()> {
    match destination {
        Destination::Memory => Ok(()),
        Destination::Directory(folder) => {
            let folder = folder.clone();
            blocking(move || begin(&folder).map(drop)).await
        }
    }
}

/// Brings one file into the folder. Until it is whole it has a hidden name, and whatever happens, dropping
/// included, it is removed.
pub(super) async fn store(
    source: &OutputSource,
    folder: &Path,
    stem: &str,
    number: usize,
    options: &GenerateOptions,
) -> Result<(Downloaded, PathBuf), DownloadError> {
    let parent = folder.to_owned();
    let part = blocking(move || begin(&parent)).await;
    let (file, part) = part.map_err(DownloadError::Sink)?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let facts = match source {
        OutputSource::Url(url) => options.downloader.fetch(url, &mut file).await?,
        OutputSource::Inline(bytes) => {
            let facts = fetch::facts(bytes)?;
            file.write_all(bytes).await.map_err(DownloadError::Sink)?;
            facts
        }
    };
    // Only flushing tells whether the last write went well; syncing does not.
    file.flush().await.map_err(DownloadError::Sink)?;
    file.sync_all().await.map_err(DownloadError::Sink)?;
    drop(file);
    let start = folder.join(format!("{stem}-{number}"));
    let extension = facts.media_type.extension();
    let kept = blocking(move || keep(part, &start, extension)).await;
    Ok((facts, kept.map_err(DownloadError::Sink)?))
}

/// A new file under a hidden name of its own, with the permissions that new files have.
fn begin(folder: &Path) -> io::Result<NamedTempFile<File>> {
    fs::create_dir_all(folder)?;
    tempfile::Builder::new()
        .prefix(".kling-")
        .suffix(".part")
        .make_in(folder, |path| File::create_new(path))
}

/// Gives a whole file its name: `start.ext`, or the first of `start-2.ext`, `start-3.ext`, … that is free. A
/// file of that name with the same bytes, such as one of an earlier attempt, is the same file.
fn keep(mut part: TempPath, start: &Path, extension: &str) -> io::Result<PathBuf> {
    for namesake in 1..=MAX_NAMESAKES {
        let mut path = start.as_os_str().to_owned();
        if namesake > 1 {
            path.push(format!("-{namesake}"));
        }
        path.push(format!(".{extension}"));
        let path = PathBuf::from(path);
        part = match part.persist_noclobber(&path) {
            Ok(()) => return Ok(path),
            Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => taken.path,
            Err(failed) => return Err(failed.error),
        };
        if same_bytes(&part, &path).unwrap_or(false) {
            return Ok(path);
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let about = fs::metadata(other)?;
    if !about.is_file() || about.len() != fs::metadata(one)?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (
        BufReader::new(File::open(one)?),
        BufReader::new(File::open(other)?),
    );
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let common = left.len().min(right.len());
        if left.get(..common) != right.get(..common) {
            return Ok(false);
        }
        if common == 0 {
            return Ok(left.len() == right.len());
        }
        one.consume(common);
        other.consume(common);
    }
}

/// Runs what blocks on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|gone| Err(io::Error::other(gone)))
}
