//! A store as lines of JSON, to move it from one kind to another, or to keep it for later.
//!
//! The first line says what follows and in which version; then every row of every table stands on a
//! line of its own; the last line counts them, so that a file that broke off is not mistaken for a whole
//! one. Nothing is left out: jobs in every stage, their files, history and money.

mod table;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::fault::store_error;
use crate::error::EngineError;

pub(super) use table::{Column, Kind, TABLES, Table};

/// What the first line calls itself.
const FORMAT: &str = "kling-store";

/// Raised when an older program could not read what is written.
const VERSION: u64 = 2;

/// The version of the rules, which follows from their changes.
pub(super) const RULES_VERSION: &str = "
    UPDATE rules_version SET version = (SELECT coalesce(max(version), 0) FROM rule_changes)";

/// Rows that are written to a database together, at most.
const BATCH_ROWS: usize = 500;

/// Text that is written to a database together, more or less at most. A result that came inside an
/// answer may be larger alone.
const BATCH_CHARS: usize = 4_000_000;

/// How many rows of each table went from here to there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved(pub BTreeMap<&'static str, u64>);

impl Moved {
    /// How many jobs there were.
    pub fn jobs(&self) -> u64 {
        self.0.get("jobs").copied().unwrap_or(0)
    }

    fn count(&mut self, table: &Table) {
        *self.0.entry(table.name).or_default() += 1;
    }
}

/// Writes lines.
pub(super) struct LineWriter<'a> {
    sink: &'a mut (dyn AsyncWrite + Send + Unpin),
    moved: Moved,
}

impl<'a> LineWriter<'a> {
    pub(super) async fn begin(
        sink: &'a mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<Self, EngineError> {
        let mut writer = Self {
            sink,
            moved: Moved::default(),
        };
        writer
            .line(&json!({ "format": FORMAT, "version": VERSION }))
            .await?;
        Ok(writer)
    }

    /// Writes one row, as the database has put it.
    pub(super) async fn row(&mut self, table: &Table, row: &str) -> Result<(), EngineError> {
        // Read and written again, so that every kind of store writes the same text for the same row.
        let row: Value = serde_json::from_str(row).map_err(|_| EngineError::Corrupt {
            what: "an exported row",
        })?;
        self.moved.count(table);
        self.line(&json!({ "table": table.name, "row": row })).await
    }

    pub(super) async fn end(mut self) -> Result<Moved, EngineError> {
        let counts = self.moved.0.clone();
        self.line(&json!({ "end": counts })).await?;
        self.sink.flush().await.map_err(unwritten)?;
        Ok(self.moved)
    }

    async fn line(&mut self, line: &Value) -> Result<(), EngineError> {
        let text = format!("{line}\n");
        self.sink
            .write_all(text.as_bytes())
            .await
            .map_err(unwritten)
    }
}

fn unwritten(error: std::io::Error) -> EngineError {
    store_error("write the exported rows", error)
}

/// Reads lines, as many rows of one table at a time as are to be written together.
pub(super) struct LineReader<'a> {
    source: &'a mut (dyn AsyncBufRead + Send + Unpin),
    number: u64,
    next: Option<(&'static Table, Value)>,
    moved: Moved,
    ended: bool,
}

impl<'a> LineReader<'a> {
    pub(super) async fn begin(
        source: &'a mut (dyn AsyncBufRead + Send + Unpin),
    ) -> Result<Self, EngineError> {
        let mut reader = Self {
            source,
            number: 0,
            next: None,
            moved: Moved::default(),
            ended: false,
        };
        let header = reader.line().await?;
        let header = header.ok_or(reader.bad("there is nothing in it"))?;
        if header.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(reader.bad("this is no export of a store"));
        }
        match header.get("version").and_then(Value::as_u64) {
            Some(1..=VERSION) => Ok(reader),
            _ => Err(reader.bad("it was written by a newer version of this program")),
        }
    }

    /// The next rows of one table, as a JSON list; `None` at the end.
    pub(super) async fn rows(&mut self) -> Result<Option<(&'static Table, String)>, EngineError> {
        let Some((table, first)) = self.row().await? else {
            return Ok(None);
        };
        let mut list = format!("[{first}");
        let mut count = 1;
        while count < BATCH_ROWS && list.len() < BATCH_CHARS {
            match self.row().await? {
                Some((same, row)) if same.name == table.name => {
                    list.push(',');
                    list.push_str(&row.to_string());
                    count += 1;
                }
                other => {
                    self.next = other;
                    break;
                }
            }
        }
        list.push(']');
        Ok(Some((table, list)))
    }

    pub(super) fn moved(self) -> Moved {
        self.moved
    }

    async fn row(&mut self) -> Result<Option<(&'static Table, Value)>, EngineError> {
        if let Some(next) = self.next.take() {
            return Ok(Some(next));
        }
        if self.ended {
            return Ok(None);
        }
        let Some(mut line) = self.line().await? else {
            return Err(self.bad("it broke off: the last line is missing"));
        };
        if let Some(counts) = line.get("end") {
            self.ended = true;
            let told: Option<BTreeMap<String, u64>> = serde_json::from_value(counts.clone()).ok();
            let counted = self.moved.0.iter();
            let counted = counted.map(|(table, count)| ((*table).to_owned(), *count));
            if told != Some(counted.collect()) {
                return Err(self.bad("some rows are missing"));
            }
            return Ok(None);
        }
        let name = line.get("table").and_then(Value::as_str);
        let table = TABLES.iter().find(|table| Some(table.name) == name);
        let table = table.ok_or(self.bad("it names no table"))?;
        let row = line.get_mut("row").map(Value::take);
        match row {
            Some(row) if row.is_object() => {
                self.moved.count(table);
                Ok(Some((table, row)))
            }
            _ => Err(self.bad("it holds no row")),
        }
    }

    async fn line(&mut self) -> Result<Option<Value>, EngineError> {
        let mut text = String::new();
        let read = self.source.read_line(&mut text).await;
        let read = read.map_err(|error| store_error("read the exported rows", error))?;
        self.number += 1;
        if read == 0 {
            return Ok(None);
        }
        let line = serde_json::from_str(&text);
        line.map(Some).map_err(|_| self.bad("it is not JSON"))
    }

    fn bad(&self, what: &'static str) -> EngineError {
        EngineError::BadExport {
            line: self.number,
            what,
        }
    }
}
