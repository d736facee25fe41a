//! Which files of a job are in the archive.

use std::time::Duration;

use kling_core::{Dimensions, MediaType, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::Fault;
use super::touch::Held;
use crate::job::JobId;
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

#[derive(sqlx::FromRow)]
struct FileRow {
    role: String,
    place: u32,
    key: String,
    sha256: String,
    size_bytes: i64,
    media_type: String,
    width: Option<u32>,
    height: Option<u32>,
    duration_ms: Option<i64>,
}

impl FileRow {
    fn into_file(self) -> Result<ArchivedFile, Fault> {
        Ok(ArchivedFile {
            role: match self.role.as_str() {
                "input" => FileRole::Input,
                "output" => FileRole::Output,
                _ => return Err(Fault::Corrupt("file role")),
            },
            index: self.place,
            key: self.key,
            sha256: self.sha256,
            size_bytes: u64::try_from(self.size_bytes).map_err(|_| Fault::Corrupt("file size"))?,
            media_type: MediaType::from_mime(&self.media_type)
                .ok_or(Fault::Corrupt("file media type"))?,
            dimensions: self
                .width
                .zip(self.height)
                .map(|(width, height)| Dimensions { width, height }),
            duration: self
                .duration_ms
                .map(u64::try_from)
                .transpose()
                .map_err(|_| Fault::Corrupt("file playing time"))?
                .map(Duration::from_millis),
        })
    }
}

/// Writes a file down for whoever still holds the job.
pub(super) async fn record(
    db: &mut SqliteConnection,
    held: &Held,
    file: &ArchivedFile,
) -> Result<bool, Fault> {
    let role = match file.role {
        FileRole::Input => "input",
        FileRole::Output => "output",
    };
    let done = sqlx::query(RECORD)
        .bind(&held.id)
        .bind(held.epoch)
        .bind(held.stage.as_str())
        .bind(role)
        .bind(file.index)
        .bind(&file.key)
        .bind(&file.sha256)
        .bind(i64::try_from(file.size_bytes).unwrap_or(i64::MAX))
        .bind(file.media_type.mime())
        .bind(file.dimensions.map(|size| size.width))
        .bind(file.dimensions.map(|size| size.height))
        .bind(
            file.duration
                .map(|time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX)),
        )
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

/// Forgets the files of jobs that ended before a moment; returns the keys that no job refers to now.
pub(super) async fn forget(
    db: &mut SqliteConnection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<String>, Fault> {
    let keys: Vec<String> = sqlx::query_scalar(
        "DELETE FROM files WHERE job IN (
            SELECT id FROM jobs
            WHERE finished_at < ?1 AND EXISTS (SELECT 1 FROM files WHERE files.job = jobs.id)
            ORDER BY finished_at LIMIT ?2)
         RETURNING key",
    )
    .bind(before.as_millis())
    .bind(limit)
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
