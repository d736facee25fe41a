//! Lines of the ledger.

use kling_core::{Money, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::Fault;
use crate::event::Event;
use crate::job::{Job, JobId};
use crate::ledger::{LedgerEntry, LedgerKind};
use crate::store::money::{self, Line};
use crate::store::rows::{JobRow, LedgerRow};

/// A line for a submission stands once ([`LedgerKind`] says how often each kind may stand), so an
/// event that comes twice changes nothing. What was settled is never also unconfirmed.
const APPEND: &str = "
    INSERT INTO ledger (at, job, kind, attempt, amount, source, platform, workspace, requester,
        provider, model)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
    WHERE NOT (?3 = 'unconfirmed' AND EXISTS (
        SELECT 1 FROM ledger WHERE job = ?2 AND kind = 'settlement' AND attempt = ?4))
    ON CONFLICT (job, kind, attempt) DO NOTHING";

/// Writes down what an event means for the money of a job. `row` is the job after the event, `before`
/// the job before it.
pub(super) async fn settle(
    db: &mut SqliteConnection,
    now: Timestamp,
    row: &JobRow,
    before: &Job,
    event: &Event,
) -> Result<(), Fault> {
    let settlement = money::settlement(before, event);
    if let Some(line) = settlement.line {
        append(db, now, row, line).await?;
    }
    if settlement.releases && row.reservation_open {
        let line = money::held(before.estimate, LedgerKind::Release);
        append(db, now, row, line).await?;
        sqlx::query("UPDATE jobs SET reservation_open = 0 WHERE id = ?1")
            .bind(&row.id)
            .execute(db)
            .await?;
    }
    Ok(())
}

/// Adds a line to the ledger, unless it stands there already.
pub(super) async fn append(
    db: &mut SqliteConnection,
    now: Timestamp,
    row: &JobRow,
    line: Line,
) -> Result<(), Fault> {
    let attempt = match line.kind {
        LedgerKind::Reservation | LedgerKind::Release => 0,
        LedgerKind::Settlement | LedgerKind::Unconfirmed => row.attempt,
    };
    sqlx::query(APPEND)
        .bind(now.as_millis())
        .bind(&row.id)
        .bind(line.kind.as_str())
        .bind(attempt)
        .bind(line.amount.map(Money::as_nanodollars))
        .bind(line.source.as_str())
        .bind(&row.platform)
        .bind(&row.workspace)
        .bind(&row.requester)
        .bind(&row.provider)
        .bind(&row.model)
        .execute(db)
        .await?;
    Ok(())
}

/// What stands in the ledger about a job, oldest first.
pub(super) async fn entries(readers: &SqlitePool, id: &JobId) -> Result<Vec<LedgerEntry>, Fault> {
    let rows: Vec<LedgerRow> = sqlx::query_as(
        "SELECT at, kind, amount, source, attempt FROM ledger WHERE job = ?1 ORDER BY seq",
    )
    .bind(id.as_str())
    .fetch_all(readers)
    .await?;
    rows.into_iter().map(LedgerRow::into_entry).collect()
}
