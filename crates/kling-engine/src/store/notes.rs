//! The names of jobs to take back, in a file of its own, for when the database is too slow to be told.
//!
//! A person who was told "not accepted" must not be charged, though the commit of the acceptance went
//! through a moment later and the process was killed before it could take the job back. So the name is
//! written here before that person is told. The system keeps what a killed process wrote, without
//! waiting for the disk; only a machine that stops at that very moment can still lose it.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::fault::store_error;
use crate::error::EngineError;
use crate::job::JobId;

/// The file, and the names in it that are not dealt with yet.
#[derive(Debug)]
pub(super) struct Notes {
    path: PathBuf,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    /// Held, and locked, while there are names in it: so everybody sees that somebody takes care of them.
    file: Option<File>,
    names: BTreeSet<JobId>,
}

impl Notes {
    /// A file that is made when it is needed.
    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            path,
            open: Arc::default(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a name down; it outlives the process when this returns.
    pub(super) async fn note(&self, id: &JobId) -> Result<(), EngineError> {
        let (path, open, id) = (self.path.clone(), Arc::clone(&self.open), id.clone());
        let noted = tokio::task::spawn_blocking(move || {
            let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
            let file = match open.file.take() {
                Some(file) => file,
                None => begin(&path)?,
            };
            let file = open.file.insert(file);
            file.write_all(format!("{id}\n").as_bytes())?;
            let file = file.try_clone()?;
            open.names.insert(id);
            Ok::<File, std::io::Error>(file)
        });
        let failed = |error| store_error("note that a job is to be taken back", error);
        let file = noted
            .await
            .map_err(std::io::Error::other)
            .flatten()
            .map_err(failed)?;
        // Against the machine stopping as well, but nobody waits for that.
        drop(tokio::task::spawn_blocking(move || file.sync_data()));
        Ok(())
    }

    /// The database has it now.
    pub(super) fn done(&self, id: &JobId) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.names.remove(id) && open.names.is_empty() {
            // Where it stays, the names in it are of jobs that are taken back already.
            drop(std::fs::remove_file(&self.path));
            open.file = None;
        }
    }
}

/// Makes the file and locks it before anybody can find it, or goes on with the one that is there.
fn begin(path: &Path) -> std::io::Result<File> {
    if path.try_exists()? {
        return open_owned(path);
    }
    let new = with_ending(path, ".new");
    let file = open_owned(&new)?;
    // Nobody else uses this name.
    drop(file.try_lock());
    std::fs::rename(&new, path)?;
    Ok(file)
}

/// The names that a process before us left; none when there is no such file. For whoever knows that the
/// process is gone.
pub(super) fn left_behind(path: &Path) -> Result<Option<Vec<JobId>>, EngineError> {
    match std::fs::read_to_string(path) {
        // A line that broke off names nobody.
        Ok(names) => Ok(Some(names.lines().filter_map(JobId::parse).collect())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(store_error("read the names of jobs to take back", error)),
    }
}

/// The lock on the names of a process that is gone; none when it is there and takes care of them itself.
pub(super) fn orphaned(path: &Path) -> Result<Option<File>, EngineError> {
    let failed = |error| store_error("open the names of jobs to take back", error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Forgets names that are dealt with.
pub(super) fn forget(path: &Path) -> Result<(), EngineError> {
    std::fs::remove_file(path)
        .map_err(|error| store_error("forget the names of jobs to take back", error))
}

/// Tells the operator of a job that nobody was promised.
pub(super) fn report_taken(id: &JobId) {
    tracing::warn!(job.id = %id, "job `{id}` was accepted too late and taken back");
}

/// The name of a file beside another.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a file to add to, or makes it, readable for its owner only.
pub(super) fn open_owned(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
