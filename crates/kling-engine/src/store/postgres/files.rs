//! Which files of a job are in the archive.

use kling_core::Timestamp;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::Fault;
use crate::job::{Job, JobId};
use crate::store::rows::{FileRow, duration_column, role_column, size_column};
use crate::store::{ArchivedFile, FileRole};

/// Whoever is about to move the job on is waited for, and then the fence is looked at again.
const RECORD: &str = "
    INSERT INTO files (job, role, place, key, sha256, size_bytes, media_type, width, height,
        duration_ms)
    SELECT id, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM jobs
    WHERE id = $1 AND NOT ended AND epoch = $2 AND stage = $3 FOR SHARE
    ON CONFLICT (job, role, place) DO UPDATE SET
        key = excluded.key, sha256 = excluded.sha256, size_bytes = excluded.size_bytes,
        media_type = excluded.media_type, width = excluded.width, height = excluded.height,
        duration_ms = excluded.duration_ms";

const FORGET: &str = "
    DELETE FROM files WHERE role = $3 AND job IN (
        SELECT id FROM jobs
        WHERE ended AND finished_at < $1
            AND EXISTS (SELECT FROM files WHERE files.job = jobs.id AND role = $3)
        ORDER BY finished_at LIMIT $2)
    RETURNING key";

/// Writes a file down for whoever still holds the job.
pub(super) async fn record(
    db: &mut PgConnection,
    job: &Job,
    file: &ArchivedFile,
) -> Result<bool, Fault> {
    let done = sqlx::query(RECORD)
        .bind(job.id.as_str())
        .bind(job.epoch)
        .bind(job.stage.as_str())
        .bind(role_column(file.role))
        .bind(i64::from(file.index))
        .bind(&file.key)
        .bind(&file.sha256)
        .bind(size_column(file.size_bytes))
        .bind(file.media_type.mime())
        .bind(file.dimensions.map(|size| i64::from(size.width)))
        .bind(file.dimensions.map(|size| i64::from(size.height)))
        .bind(duration_column(file.duration))
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A job's files: inputs first, each role by place.
pub(super) async fn of_job(db: &mut PgConnection, id: &JobId) -> Result<Vec<ArchivedFile>, Fault> {
    let rows: Vec<FileRow> =
        sqlx::query_as("SELECT * FROM files WHERE job = $1 ORDER BY role, place")
            .bind(id.as_str())
            .fetch_all(db)
            .await?;
    rows.into_iter().map(FileRow::into_file).collect()
}

/// Forgets the files of one role of jobs that ended before a moment; returns the keys that no job refers to now.
pub(super) async fn forget(
    db: &mut PgConnection,
    role: FileRole,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<String>, Fault> {
    let mut transaction = db.begin().await?;
    let keys: Vec<String> = sqlx::query_scalar(FORGET)
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .bind(role_column(role))
        .fetch_all(&mut *transaction)
        .await?;
    let unused = sqlx::query_scalar(
        "SELECT DISTINCT key FROM unnest($1::text[]) AS gone (key)
         WHERE NOT EXISTS (SELECT FROM files WHERE files.key = gone.key COLLATE \"C\")
         ORDER BY key",
    )
    .bind(&keys)
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(unused)
}

/// Those of some keys that a job refers to now.
pub(super) async fn named(db: &mut PgConnection, keys: &[String]) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT key FROM files WHERE key = ANY ($1::text[] COLLATE \"C\") ORDER BY key",
    )
    .bind(keys)
    .fetch_all(db)
    .await?)
}
