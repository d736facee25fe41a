//! The names of jobs to take back, in a file of its own, for when the database is too slow to be told.
//!
//! A person who was told "not accepted" must not be charged, though the commit of the acceptance went
//! through a moment later and the process was killed before it could take the job back. So the name is
//! written here before that person is told. The system keeps what a killed process wrote, without
//! waiting for the disk; only a machine that stops at that very moment can still lose it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kling_core::Timestamp;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use super::{advance, lock, store_error};
use crate::error::EngineError;
use crate::job::JobId;

/// The file, and the names in it that are not dealt with yet.
#[derive(Debug)]
pub(super) struct Withdrawals {
    path: PathBuf,
    open: Arc<Mutex<BTreeSet<JobId>>>,
}

impl Withdrawals {
    /// The file that belongs to a database. It is made when it is needed.
    pub(super) fn beside(database: &Path) -> Self {
        Self {
            path: lock::with_ending(database, ".withdrawn"),
            open: Arc::default(),
        }
    }

    /// Takes back what the process before us could not, and forgets the names.
    pub(super) async fn carry_out(
        &self,
        db: &mut SqliteConnection,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let failed = |error| store_error("take back jobs that were never promised", error);
        let names = match std::fs::read_to_string(&self.path) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(store_error("read the names of jobs to take back", error)),
        };
        let mut transaction = db.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        // A line that broke off names nobody.
        for id in names.lines().filter_map(JobId::parse) {
            let taken = advance::withdraw(&mut transaction, now, &id)
                .await
                .map_err(|fault| fault.into_error("take back a job that was never promised"))?;
            if taken {
                tracing::warn!(job.id = %id, "job `{id}` was accepted too late and taken back");
            }
        }
        transaction.commit().await.map_err(failed)?;
        std::fs::remove_file(&self.path)
            .map_err(|error| store_error("forget the names of jobs to take back", error))
    }

    /// Writes a name down; it outlives the process when this returns.
    pub(super) async fn note(&self, id: &JobId) -> Result<(), EngineError> {
        let (path, open, id) = (self.path.clone(), Arc::clone(&self.open), id.clone());
        let noted = tokio::task::spawn_blocking(move || {
            let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
            let mut file = lock::open(&path)?;
            file.write_all(format!("{id}\n").as_bytes())?;
            open.insert(id);
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
        if open.remove(id) && open.is_empty() {
            // Where it stays, the names in it are of jobs that are taken back already.
            drop(std::fs::remove_file(&self.path));
        }
    }
}
