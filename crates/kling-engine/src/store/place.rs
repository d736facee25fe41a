//! Which kind of store an address leads to, and what can be done with it before, or instead of, using it.

use std::sync::Arc;

use kling_core::{Clock, SystemClock};
use tokio::io::{AsyncBufRead, AsyncWrite};

use super::check::Checked;
use super::fault::store_error;
use super::portable::{LineReader, LineWriter, Moved};
use super::{PostgresOptions, PostgresStore, SqliteStore, Store, postgres, sqlite};
use crate::error::EngineError;

/// Where a store is.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Sqlite(&'a str),
    Postgres(&'a str),
}

impl<'a> Place<'a> {
    fn of(url: &'a str) -> Result<Self, EngineError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite(url)),
            Some("postgres" | "postgresql") => Ok(Self::Postgres(url)),
            _ => Err(store_error(
                "read the store's address",
                "it begins with neither sqlite: nor postgres:",
            )),
        }
    }
}

/// Opens the store at an address, and brings its schema up to date: `sqlite://FILE`, or `postgres://…`,
/// which the options are for.
///
/// # Errors
///
/// As [`SqliteStore::open`] and [`PostgresStore::open`] say, and [`EngineError::Store`] for an address of
/// neither kind.
pub async fn open_store(
    url: &str,
    options: PostgresOptions,
) -> Result<Arc<dyn Store>, EngineError> {
    let store: Arc<dyn Store> = match Place::of(url)? {
        Place::Sqlite(url) => Arc::new(SqliteStore::open(url, system_clock()).await?),
        Place::Postgres(url) => Arc::new(PostgresStore::open(url, options).await?),
    };
    Ok(store)
}

/// Writes everything that is in a store down as lines of JSON. Nobody else may be using it.
///
/// # Errors
///
/// As [`open_store`], and [`EngineError::Store`] when a row cannot be read or written.
pub async fn export_store(
    url: &str,
    options: PostgresOptions,
    sink: &mut (dyn AsyncWrite + Send + Unpin),
) -> Result<Moved, EngineError> {
    let mut lines = LineWriter::begin(sink).await?;
    match Place::of(url)? {
        Place::Sqlite(url) => sqlite::export(url, system_clock(), &mut lines).await?,
        Place::Postgres(url) => postgres::export(url, &options, &mut lines).await?,
    }
    lines.end().await
}

/// Puts what [`export_store`] wrote into a store without jobs, of either kind: all of it, or nothing.
///
/// # Errors
///
/// [`EngineError::NotEmpty`] when there are jobs in it; [`EngineError::BadExport`] when a line cannot be
/// read; else as [`open_store`].
pub async fn import_store(
    url: &str,
    options: PostgresOptions,
    source: &mut (dyn AsyncBufRead + Send + Unpin),
) -> Result<Moved, EngineError> {
    let mut lines = LineReader::begin(source).await?;
    match Place::of(url)? {
        Place::Sqlite(url) => sqlite::import(url, system_clock(), &mut lines).await?,
        Place::Postgres(url) => postgres::import(url, &options, &mut lines).await?,
    }
    Ok(lines.moved())
}

/// Looks through a store and changes nothing: whether its schema is ours, and every job can be read.
///
/// # Errors
///
/// [`EngineError::Locked`] when it is a file that somebody uses; [`EngineError::Store`] when it cannot be
/// opened.
pub async fn check_store(url: &str) -> Result<Checked, EngineError> {
    match Place::of(url)? {
        Place::Sqlite(url) => sqlite::check(url).await,
        Place::Postgres(url) => postgres::check(url).await,
    }
}

fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
