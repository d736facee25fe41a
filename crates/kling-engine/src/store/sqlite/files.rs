//! Which files of a job are in the archive.

use kling_core::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::Fault;
use super::touch::Held;
use crate::job::JobId;
use crate::store::rows::{FileRow, duration_column, role_column, size_column};
use crate::store::{ArchivedFile, FileRole};

const RECORD: &str = "
    INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height,
        duration_ms)
    SELECT id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM jobs
    WHERE id = ?1 AND epoch = ?2 AND stage = ?3
    ON CONFLICT (job, role, place) DO UPDATE SET
        key = excluded.key, sha256 = excluded.sha256, size_bytes = excluded.size_bytes,
        media_type = excluded.media_type, width = excluded.width, height = excluded.height,
        duration_ms = excluded.duration_ms";

/// Writes a file down for whoever still holds the job.
pub(super) async fn record(
    db: &mut SqliteConnection,
    held: &Held,
    file: &ArchivedFile,
) -> Result<bool, Fault> {
    let done = sqlx::query(RECORD)
        .bind(&held.id)
        .bind(held.epoch)
        .bind(held.stage.as_str())
        .bind(role_column(file.role))
        .bind(file.index)
        .bind(&file.key)
        .bind(&file.sha256)
        .bind(size_column(file.size_bytes))
        .bind(file.media_type.mime())
        .bind(file.dimensions.map(|size| size.width))
        .bind(file.dimensions.map(|size| size.height))
        .bind(duration_column(file.duration))
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A job's files: inputs first, each role by place.
pub(super) async fn of_job(readers: &SqlitePool, id: &JobId) -> Result<Vec<ArchivedFile>, Fault> {
    let rows: Vec<FileRow> =
        sqlx::query_as("SELECT * FROM files WHERE job = ?1 ORDER BY role, place")
            .bind(id.as_str())
            .fetch_all(readers)
            .await?;
    rows.into_iter().map(FileRow::into_file).collect()
}

/// Forgets the files of one role of jobs that ended before a moment; returns the keys that no job refers to now.
pub(super) async fn forget(
    db: &mut SqliteConnection,
    role: FileRole,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<String>, Fault> {
    let keys: Vec<String> = sqlx::query_scalar(
        "DELETE FROM files WHERE role = ?3 AND job IN (
            SELECT id FROM jobs
            WHERE finished_at < ?1
                AND EXISTS (SELECT 1 FROM files WHERE files.job = jobs.id AND role = ?3)
            ORDER BY finished_at LIMIT ?2)
         RETURNING key",
    )
    .bind(before.as_millis())
    .bind(limit)
    .bind(role_column(role))
    .fetch_all(&mut *db)
    .await?;
    let keys: serde_json::Value = keys.into_iter().collect();
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT value FROM json_each(?1)
         WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.key = json_each.value)
         ORDER BY value",
    )
    .bind(keys.to_string())
    .fetch_all(&mut *db)
    .await?)
}

/// Those of some keys that a job refers to now.
pub(super) async fn named(readers: &SqlitePool, keys: &[String]) -> Result<Vec<String>, Fault> {
    let keys: serde_json::Value = keys.iter().cloned().collect();
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT key FROM files WHERE key IN (SELECT value FROM json_each(?1)) ORDER BY key",
    )
    .bind(keys.to_string())
    .fetch_all(readers)
    .await?)
}
