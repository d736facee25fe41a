//! The base for the stores: a job as one row of a table, inserted with the same durability and nothing else.

use std::path::Path;
use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::load::Work;

/// As many connections as the engine's store has.
const CONNECTIONS: u32 = 8;

const TABLE: &str =
    "CREATE TABLE bare (id TEXT NOT NULL PRIMARY KEY, dedupe_key TEXT NOT NULL UNIQUE,
    requester TEXT NOT NULL, request TEXT NOT NULL, created_at BIGINT NOT NULL)";

/// About what a small request is when it is stored.
const REQUEST: &str = r#"{"operation":"text_to_image","prompt":"a lighthouse in the evening, seen from the sea","count":1}"#;

/// One file, one connection that writes, a commit that is on the disk for each row.
#[derive(Debug)]
pub(crate) struct BareSqlite(SqlitePool);

impl BareSqlite {
    pub(crate) async fn open(file: &Path) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self(pool))
    }
}

#[async_trait::async_trait]
impl Work for BareSqlite {
    async fn once(&self, number: u64) -> anyhow::Result<()> {
        sqlx::query("INSERT INTO bare VALUES (?, ?, ?, ?, ?)")
            .bind(format!("{number:026}"))
            .bind(format!("command-{number}"))
            .bind(format!("user-{}", number % 50))
            .bind(REQUEST)
            .bind(0_i64)
            .execute(&self.0)
            .await?;
        Ok(())
    }
}

/// A few connections, a commit that is on the disk for each row.
#[derive(Debug)]
pub(crate) struct BarePostgres(PgPool);

impl BarePostgres {
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self(pool))
    }
}

#[async_trait::async_trait]
impl Work for BarePostgres {
    async fn once(&self, number: u64) -> anyhow::Result<()> {
        sqlx::query("INSERT INTO bare VALUES ($1, $2, $3, $4, $5)")
            .bind(format!("{number:026}"))
            .bind(format!("command-{number}"))
            .bind(format!("user-{}", number % 50))
            .bind(REQUEST)
            .bind(0_i64)
            .execute(&self.0)
            .await?;
        Ok(())
    }
}

/// Makes an empty database. Its name is one of this program's own words.
pub(crate) async fn create_database(server: &str, name: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    let statement = sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{name}\""));
    sqlx::query(statement).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
