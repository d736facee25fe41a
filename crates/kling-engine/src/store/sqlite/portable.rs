//! The rows of a file as lines, and back.

use futures::TryStreamExt as _;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::store_error;
use crate::error::EngineError;
use crate::store::portable::{Column, Kind, LineReader, LineWriter, RULES_VERSION, TABLES, Table};

/// Writes every row.
pub(super) async fn export(
    db: &mut SqliteConnection,
    lines: &mut LineWriter<'_>,
) -> Result<(), EngineError> {
    let failed = |error| store_error("read the rows to export", error);
    let mut transaction = db.begin().await.map_err(failed)?;
    for table in &TABLES {
        // Made of our own names only.
        let statement = AssertSqlSafe(reading(table));
        let mut rows = sqlx::query_scalar::<_, String>(statement).fetch(&mut *transaction);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            lines.row(table, &row).await?;
        }
    }
    transaction.rollback().await.map_err(failed)
}

/// Writes every line into a file without jobs; all of them, or none.
pub(super) async fn import(
    db: &mut SqliteConnection,
    lines: &mut LineReader<'_>,
) -> Result<(), EngineError> {
    let failed = |error| store_error("write the imported rows", error);
    let mut transaction = db.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let is_used: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM jobs) OR EXISTS (SELECT 1 FROM rule_changes)",
    )
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    if is_used {
        return Err(EngineError::NotEmpty);
    }
    while let Some((table, rows)) = lines.rows().await? {
        // Made of our own names only.
        sqlx::query(AssertSqlSafe(writing(table)))
            .bind(rows)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    sqlx::query(RULES_VERSION)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

fn reading(table: &Table) -> String {
    let put = |(name, kind): &Column| match kind {
        Kind::Text | Kind::Number => format!("'{name}', {name}"),
        Kind::Flag => format!("'{name}', json(iif({name}, 'true', 'false'))"),
        Kind::Bytes => format!("'{name}', lower(hex({name}))"),
    };
    let (columns, name, order) = (table.each(put), table.name, table.order);
    format!("SELECT json_object({columns}) FROM {name} ORDER BY {order}")
}

fn writing(table: &Table) -> String {
    let put = |(name, kind): &Column| match kind {
        Kind::Text | Kind::Number | Kind::Flag => format!("json_extract(value, '$.{name}')"),
        Kind::Bytes => format!("unhex(json_extract(value, '$.{name}'))"),
    };
    let (names, columns, name) = (table.names(), table.each(put), table.name);
    format!("INSERT INTO {name} ({names}) SELECT {columns} FROM json_each(?1) ORDER BY id")
}
