//! What each event does to the money.

use kling_core::{Cost, CostSource, Money, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::Fault;
use super::rows::JobRow;
use crate::event::{Ending, Event};
use crate::job::{JobId, Stage};
use crate::ledger::{LedgerEntry, LedgerKind, LedgerSource};

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
/// the stage it was in.
pub(super) async fn settle(
    db: &mut SqliteConnection,
    now: Timestamp,
    row: &JobRow,
    before: Stage,
    event: &Event,
) -> Result<(), Fault> {
    match event {
        Event::Finished { output } => {
            pay(db, now, row, output.cost).await?;
            release(db, now, row).await
        }
        Event::Ended { ending, cost } => {
            if had_left(before) {
                if cost.is_some() {
                    pay(db, now, row, *cost).await?;
                } else if may_have_cost(ending) {
                    doubt(db, now, row).await?;
                }
            }
            release(db, now, row).await
        }
        Event::Undeliverable { .. } => {
            if had_left(before) {
                doubt(db, now, row).await?;
            }
            release(db, now, row).await
        }
        // The lost submission may have been paid for; the next one holds the reservation on.
        Event::TryAgain => doubt(db, now, row).await,
        Event::Delivered { .. } | Event::Withdrawn => release(db, now, row).await,
        Event::Collected
        | Event::Intent { .. }
        | Event::NotSent { .. }
        | Event::Started { .. }
        | Event::Lost { .. }
        | Event::NoticeShown { .. }
        | Event::Progress { .. }
        | Event::Fetched
        | Event::Delivering => Ok(()),
    }
}

/// Whether a submission had left whose money is not dealt with yet.
fn had_left(before: Stage) -> bool {
    match before {
        Stage::Submitting | Stage::Unconfirmed | Stage::Submitted | Stage::Running => true,
        Stage::Accepted
        | Stage::Collected
        | Stage::Fetched
        | Stage::Delivering
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => false,
    }
}

/// Whether an ending without a known cost leaves open that something was charged.
fn may_have_cost(ending: &Ending) -> bool {
    match ending {
        Ending::Refused { .. } => false,
        Ending::Cancelled { charged } => *charged != Some(false),
        Ending::Result | Ending::Failed { .. } | Ending::Expired => true,
    }
}

async fn pay(
    db: &mut SqliteConnection,
    now: Timestamp,
    row: &JobRow,
    cost: Option<Cost>,
) -> Result<(), Fault> {
    let (amount, source) = match cost {
        Some(cost) => {
            let source = match cost.source {
                CostSource::Reported => LedgerSource::Reported,
                CostSource::Computed => LedgerSource::Computed,
            };
            (Some(cost.amount), source)
        }
        None => expected(row),
    };
    append(db, now, row, LedgerKind::Settlement, amount, source).await
}

async fn doubt(db: &mut SqliteConnection, now: Timestamp, row: &JobRow) -> Result<(), Fault> {
    let (amount, source) = expected(row);
    append(db, now, row, LedgerKind::Unconfirmed, amount, source).await
}

fn expected(row: &JobRow) -> (Option<Money>, LedgerSource) {
    match row.estimate {
        Some(amount) => (
            Some(Money::from_nanodollars(amount)),
            LedgerSource::Estimated,
        ),
        None => (None, LedgerSource::Unknown),
    }
}

async fn release(db: &mut SqliteConnection, now: Timestamp, row: &JobRow) -> Result<(), Fault> {
    if !row.reservation_open {
        return Ok(());
    }
    let (amount, source) = expected(row);
    append(db, now, row, LedgerKind::Release, amount, source).await?;
    sqlx::query("UPDATE jobs SET reservation_open = 0 WHERE id = ?1")
        .bind(&row.id)
        .execute(db)
        .await?;
    Ok(())
}

/// Adds a line to the ledger, unless it stands there already.
pub(super) async fn append(
    db: &mut SqliteConnection,
    now: Timestamp,
    row: &JobRow,
    kind: LedgerKind,
    amount: Option<Money>,
    source: LedgerSource,
) -> Result<(), Fault> {
    let attempt = match kind {
        LedgerKind::Reservation | LedgerKind::Release => 0,
        LedgerKind::Settlement | LedgerKind::Unconfirmed => row.attempt,
    };
    sqlx::query(APPEND)
        .bind(now.as_millis())
        .bind(&row.id)
        .bind(kind.as_str())
        .bind(attempt)
        .bind(amount.map(Money::as_nanodollars))
        .bind(source.as_str())
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
    let rows: Vec<(i64, String, Option<i64>, String, u32)> = sqlx::query_as(
        "SELECT at, kind, amount, source, attempt FROM ledger WHERE job = ?1 ORDER BY seq",
    )
    .bind(id.as_str())
    .fetch_all(readers)
    .await?;
    rows.into_iter()
        .map(|(at, kind, amount, source, attempt)| {
            Ok(LedgerEntry {
                at: Timestamp::from_millis(at),
                kind: LedgerKind::parse(&kind).ok_or(Fault::Corrupt("ledger kind"))?,
                amount: amount.map(Money::from_nanodollars),
                source: LedgerSource::parse(&source).ok_or(Fault::Corrupt("ledger source"))?,
                attempt,
            })
        })
        .collect()
}
