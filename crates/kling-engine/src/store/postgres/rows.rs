//! Rows of `jobs` with the bytes that belong to them.

use sqlx::postgres::PgConnection;

use super::Fault;
use crate::job::{Job, JobId};
use crate::store::rows::{JobRow, fill, report_unread, wants_bytes};

/// The job of a row, with the bytes of its result where they came inline and are not in the archive yet.
pub(super) async fn whole_job(row: JobRow, connection: &mut PgConnection) -> Result<Job, Fault> {
    let mut job = row.into_job().map_err(Fault::Corrupt)?;
    if wants_bytes(&job) {
        let bytes = inline_bytes(connection, &job.id).await?;
        fill(&mut job, bytes);
    }
    Ok(job)
}

/// The jobs of several rows. One that cannot be read must not keep the others from being seen: it
/// is left out and told to the operator.
pub(super) async fn whole_jobs(
    connection: &mut PgConnection,
    rows: Vec<JobRow>,
) -> Result<Vec<Job>, Fault> {
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id.clone();
        match whole_job(row, connection).await {
            Ok(job) => jobs.push(job),
            Err(Fault::Corrupt(what)) => report_unread(&id, what),
            Err(fault @ (Fault::Database(_) | Fault::StaleRules)) => return Err(fault),
        }
    }
    Ok(jobs)
}

async fn inline_bytes(
    connection: &mut PgConnection,
    id: &JobId,
) -> Result<Vec<(i64, Vec<u8>)>, Fault> {
    Ok(
        sqlx::query_as("SELECT place, bytes FROM output_bytes WHERE job = $1")
            .bind(id.as_str())
            .fetch_all(connection)
            .await?,
    )
}
