//! What the ledger adds up to.

use sqlx::sqlite::SqliteConnection;

use super::Fault;
use crate::books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
use crate::store::books::{self, SpendRow};

pub(super) async fn spend(
    db: &mut SqliteConnection,
    by: SpendBy,
    span: Span,
) -> Result<Vec<SpendLine>, Fault> {
    let rows: Vec<SpendRow> = sqlx::query_as(books::spend(by))
        .bind(span.from.as_millis())
        .bind(span.to.as_millis())
        .bind(books::MOST_LINES)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.into_line(by)).collect())
}

pub(super) async fn balances(db: &mut SqliteConnection) -> Result<Vec<AccountBalance>, Fault> {
    let rows = sqlx::query_as(books::BALANCES).fetch_all(db).await?;
    Ok(rows.into_iter().map(books::balance).collect())
}

pub(super) async fn drift(db: &mut SqliteConnection, last: u32) -> Result<Vec<Drift>, Fault> {
    let rows = sqlx::query_as(books::DRIFT)
        .bind(i64::from(last))
        .fetch_all(db)
        .await?;
    rows.into_iter().map(books::drift).collect()
}
