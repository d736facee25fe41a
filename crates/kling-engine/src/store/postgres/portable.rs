//! The rows of a database as lines, and back.

use futures::TryStreamExt as _;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::store_error;
use crate::error::EngineError;
use crate::store::portable::{Column, Kind, LineReader, LineWriter, RULES_VERSION, TABLES, Table};

/// What jobs bring with them into tables of their own.
const DERIVED: [&str; 4] = [
    "INSERT INTO commands (dedupe_key, job) SELECT dedupe_key, id FROM jobs",
    "INSERT INTO turns (provider, platform, requester, turn)
     SELECT provider, platform, requester, max(turn) FROM jobs
     GROUP BY provider, platform, requester",
    // Triggers count the start of a job when it is new, and take it for counted when it is at its end.
    "INSERT INTO totals (scope, platform, whose, width, start, part, spent, held, open, started)
     SELECT scope, whom.platform, whose, 600000, created_at - created_at % 600000, 0, 0, 0, 0, count(*)
     FROM jobs CROSS JOIN LATERAL (VALUES
         ('deployment', '', ''),
         ('workspace', jobs.platform, workspace),
         ('channel', jobs.platform, channel)
     ) AS whom (scope, platform, whose)
     WHERE ended AND whose IS NOT NULL
     GROUP BY 1, 2, 3, 5
     ON CONFLICT (scope, platform, whose, width, start, part)
         DO UPDATE SET started = totals.started + excluded.started",
    RULES_VERSION,
];

/// Writes every row, as of one moment.
pub(super) async fn export(
    db: &mut PgConnection,
    lines: &mut LineWriter<'_>,
) -> Result<(), EngineError> {
    let failed = |error| store_error("read the rows to export", error);
    patient(db).await.map_err(failed)?;
    let snapshot = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut transaction = db.begin_with(snapshot).await.map_err(failed)?;
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

/// Writes every line into a database without jobs; all of them, or none.
pub(super) async fn import(
    db: &mut PgConnection,
    lines: &mut LineReader<'_>,
) -> Result<(), EngineError> {
    let failed = |error| store_error("write the imported rows", error);
    patient(db).await.map_err(failed)?;
    let mut transaction = db.begin().await.map_err(failed)?;
    sqlx::query("LOCK TABLE commands, jobs IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    let is_used: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM commands) OR EXISTS (SELECT FROM jobs)
            OR EXISTS (SELECT FROM rule_changes)",
    )
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    if is_used {
        transaction.rollback().await.map_err(failed)?;
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
    for statement in DERIVED {
        sqlx::query(statement)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// All rows at once take longer than one job's, and are better sorted than looked up.
async fn patient(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    let manners = "
        SET statement_timeout = 0;
        SET idle_in_transaction_session_timeout = 0;
        RESET plan_cache_mode; RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort";
    sqlx::raw_sql(manners).execute(db).await.map(|_| ())
}

fn reading(table: &Table) -> String {
    let put = |(name, kind): &Column| match kind {
        Kind::Text | Kind::Number | Kind::Flag => format!("'{name}', {name}"),
        Kind::Bytes => format!("'{name}', encode({name}, 'hex')"),
    };
    let (columns, name, order) = (table.each(put), table.name, table.order);
    format!("SELECT json_build_object({columns})::text FROM {name} ORDER BY {order}")
}

fn writing(table: &Table) -> String {
    let typed = |(name, kind): &Column| match kind {
        Kind::Text | Kind::Bytes => format!("{name} text"),
        Kind::Number => format!("{name} bigint"),
        Kind::Flag => format!("{name} boolean"),
    };
    let put = |(name, kind): &Column| match kind {
        Kind::Text | Kind::Number | Kind::Flag => (*name).to_owned(),
        Kind::Bytes => format!("decode({name}, 'hex')"),
    };
    let (mut names, mut columns) = (table.names(), table.each(put));
    if table.name == "jobs" {
        names.push_str(", ended");
        columns.push_str(", finished_at IS NOT NULL");
    }
    let (name, types) = (table.name, table.each(typed));
    format!(
        "INSERT INTO {name} ({names}) SELECT {columns} FROM json_to_recordset($1::json) AS row ({types})"
    )
}
