//! Counts the panics of a job's step in its history.

use std::time::Duration;

use kling_core::Timestamp;
use sqlx::sqlite::SqliteConnection;

use super::Fault;
use super::advance;
use super::touch::{self, Held, Pause};
use crate::job::Job;
use crate::store::change::{PANICKED, panics_in_a_row};

/// Puts a job off and notes that its step panicked; how often in a row it has, or `None` when somebody else
/// has it.
pub(super) async fn note(
    db: &mut SqliteConnection,
    now: Timestamp,
    job: &Job,
    delay: Duration,
) -> Result<Option<u32>, Fault> {
    let pause = Pause {
        delay,
        in_vain: true,
        saw_cancel: job.cancel_requested,
    };
    if !touch::pause(db, now, &Held::of(job), pause).await? {
        return Ok(None);
    }
    let id = job.id.as_str();
    advance::note(db, now, id, Some(job.stage), job.stage, PANICKED, None).await?;
    let noted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM transitions WHERE job = ?1 AND event = ?2 AND seq > (
            SELECT coalesce(max(seq), 0) FROM transitions WHERE job = ?1 AND event <> ?2)",
    )
    .bind(id)
    .bind(PANICKED)
    .fetch_one(db)
    .await?;
    Ok(Some(panics_in_a_row(job, noted)))
}
