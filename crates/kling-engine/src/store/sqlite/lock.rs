//! Keeps a second process away from the file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::store_error;
use crate::error::EngineError;
use crate::store::notes::{open_owned, with_ending};

/// The right to use the file, until it is dropped or the process is gone.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock beside the file, making its folder, it and the lock where they are missing. What
/// is made is readable for its owner only: rows hold prompts and reply addresses. Gives the file's
/// real path as well, so that two ways to it lead to one lock.
pub(super) async fn take(path: &Path) -> Result<(Lock, PathBuf), EngineError> {
    let path = path.to_path_buf();
    tokio::task::spawn_blocking(move || take_now(&path))
        .await
        .map_err(|error| store_error("lock the database", error))?
}

fn take_now(path: &Path) -> Result<(Lock, PathBuf), EngineError> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| store_error("make the database's folder", error))?;
    }
    let unopened = |error| store_error("open the database file", error);
    drop(open_owned(path).map_err(unopened)?);
    let path = path.canonicalize().map_err(unopened)?;
    let beside = with_ending(&path, ".lock");
    let file = open_owned(&beside).map_err(|error| store_error("open the lock file", error))?;
    match file.try_lock() {
        Ok(()) => Ok((Lock { _file: file }, path)),
        Err(TryLockError::WouldBlock) => Err(EngineError::Locked),
        Err(TryLockError::Error(error)) => Err(store_error("lock the database", error)),
    }
}
