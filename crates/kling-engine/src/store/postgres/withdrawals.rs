//! Takes back what processes that are gone promised nobody, and could not take back themselves.
//!
//! Each process has a file of names of its own in a folder that outlives it, locked for as long as it
//! lives. The file's name says which database it is about.

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::{advance, number_of, store_error};
use crate::error::EngineError;
use crate::store::notes::{self, Notes};

const ENDING: &str = ".withdrawn";

/// What the files of a database are called.
pub(super) fn beginning(options: &PgConnectOptions) -> String {
    let socket = options.get_socket().map(|path| path.display().to_string());
    let number = number_of(&[
        &socket.unwrap_or_default(),
        options.get_host(),
        &options.get_port().to_string(),
        options.get_database().unwrap_or_default(),
    ]);
    format!("postgres-{number:016x}-")
}

/// The file of this process, in a folder that is made where it is missing.
pub(super) fn own(folder: &Path, beginning: &str, own: &str) -> Result<Notes, EngineError> {
    std::fs::create_dir_all(folder).map_err(|error| {
        store_error("make the folder for the names of jobs to take back", error)
    })?;
    Ok(Notes::at(folder.join(format!("{beginning}{own}{ENDING}"))))
}

/// Takes back what is named in files whose process is gone, and forgets the names.
pub(super) async fn carry_out(
    folder: &Path,
    beginning: &str,
    db: &mut PgConnection,
    handed: Option<i64>,
) -> Result<(), EngineError> {
    let failed = |error| store_error("look for names of jobs to take back", error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if !name.is_some_and(|name| name.starts_with(beginning) && name.ends_with(ENDING)) {
            continue;
        }
        let Some(_lock) = notes::orphaned(&path)? else {
            continue;
        };
        for id in notes::left_behind(&path)?.unwrap_or_default() {
            let taken = advance::withdraw(db, handed, &id)
                .await
                .map_err(|fault| fault.into_error("take back a job that was never promised"))?;
            if taken {
                notes::report_taken(&id);
            }
        }
        notes::forget(&path)?;
    }
    Ok(())
}
