//! What everybody has used so far: this process, the emulator, the database, and the rest of the machine.

use std::time::{Duration, Instant};

use sqlx::postgres::PgPool;

use crate::counting;
use crate::figure::micros;
use crate::process;

/// Who is looked at.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) emulator: Option<u32>,
    /// The database server and a connection to it, where it is not this process that keeps the database.
    pub(crate) server: Option<(u32, PgPool)>,
}

/// How far everything has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    at: Instant,
    ours: Duration,
    store: Duration,
    emulator: Duration,
    database: Duration,
    machine: Duration,
    commits: u64,
    operations: u64,
    syncs: u64,
    flushes: u64,
}

impl Meter {
    /// Reads everything.
    pub(crate) async fn read(&self) -> anyhow::Result<Reading> {
        let of = |pid: Option<u32>| pid.map_or(Duration::ZERO, process::family_cpu);
        let (mut commits, operations) = counting::commits();
        let mut syncs = commits;
        if let Some((_, pool)) = &self.server {
            let (all, synced): (i64, i64) = sqlx::query_as(
                "SELECT (SELECT sum(xact_commit)::bigint FROM pg_stat_database),
                    (SELECT wal_sync FROM pg_stat_wal)",
            )
            .fetch_one(pool)
            .await?;
            (commits, syncs) = (all.try_into()?, synced.try_into()?);
        }
        Ok(Reading {
            at: Instant::now(),
            ours: process::own_cpu(),
            store: process::own_threads_cpu("sqlx-sqlite"),
            emulator: of(self.emulator),
            database: of(self.server.as_ref().map(|(pid, _)| *pid)),
            machine: process::machine_cpu(),
            commits,
            operations,
            syncs,
            flushes: process::disk_flushes(),
        })
    }
}

impl Reading {
    /// What was used since an earlier reading: figures of so many jobs.
    pub(crate) fn since(&self, before: &Self, jobs: f64) -> Vec<(&'static str, f64, &'static str)> {
        let wall = self.at.duration_since(before.at);
        let each = |now: Duration, then: Duration| micros(now.saturating_sub(then)) / jobs;
        let count = |now: u64, then: u64| f64::from(u32::try_from(now - then).unwrap_or(u32::MAX));
        let ours = each(self.ours, before.ours);
        let emulator = each(self.emulator, before.emulator);
        let database = each(self.database, before.database);
        let all = ours + emulator + database;
        let machine = each(self.machine, before.machine);
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| {
            f64::from(u32::try_from(cores.get()).unwrap_or(1))
        });
        let whole = micros(wall) * cores / jobs;
        let commits = count(self.commits, before.commits);
        let mut figures = vec![
            ("jobs, sustained", jobs / wall.as_secs_f64(), "/s"),
            ("jobs, if all cores were ours", cores * 1e6 / all, "/s"),
            ("CPU each, engine and sink", ours, "µs"),
            ("CPU each, emulator", emulator, "µs"),
            ("CPU each, database", database, "µs"),
            (
                "CPU each, SQLite's thread of the engine",
                each(self.store, before.store),
                "µs",
            ),
            ("cores used by this", all / whole * cores, "of all"),
            (
                "cores used by others",
                (machine - all) / whole * cores,
                "of all",
            ),
            ("commits each", commits / jobs, ""),
            (
                "syncs of the log each",
                count(self.syncs, before.syncs) / jobs,
                "",
            ),
            (
                "flushes of the disk each, anybody's",
                count(self.flushes, before.flushes) / jobs,
                "",
            ),
        ];
        if self.operations > before.operations {
            let operations = count(self.operations, before.operations);
            figures.push(("operations in a commit", operations / commits, ""));
            figures.push(("operations each", operations / jobs, ""));
        }
        figures
    }
}
