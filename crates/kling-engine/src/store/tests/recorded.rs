//! Databases as earlier versions left them, with jobs in every stage: this version opens and finishes
//! them. They stand in `tests/recorded`, one for each kind of store and number of schema steps.
//!
//! A new schema step needs a new recording: `KLING_TESTS_RECORD=1 cargo nextest run -p kling-engine
//! recorded` makes those that are missing, of the schema that the code has then.

use std::path::{Path, PathBuf};

use kling_core::{ManualClock, Timestamp};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use super::cluster::programs;
use super::fixture::{
    Ground, HOLD, House, PostgresDatabase, SqliteFile, delivered, ended, failed, intent,
    notice_shown, started,
};
use super::moving::furnish;
use super::replicas::raw;
use crate::{Ending, Event, Job, LedgerKind, Requester, Stage, Store, Work, check_store};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// A kind of store that can be written down as statements, and made of them again.
#[async_trait::async_trait]
trait Recorder: Ground + Sized + 'static {
    const KIND: &'static str;

    async fn statements(house: &House) -> String;

    async fn play(&self, statements: String);
}

#[async_trait::async_trait]
impl Recorder for SqliteFile {
    const KIND: &'static str = "sqlite";

    async fn statements(house: &House) -> String {
        let options = SqliteConnectOptions::new().filename(house.path());
        let mut db = SqliteConnection::connect_with(&options).await.unwrap();
        let made: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid",
        )
        .fetch_all(&mut db)
        .await
        .unwrap();
        let mut lines = Vec::new();
        for (_, _, sql) in made.iter().filter(|(kind, _, _)| kind == "table") {
            lines.push(format!("{sql};"));
        }
        for (_, name, _) in made.iter().filter(|(kind, _, _)| kind == "table") {
            let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)")
                .bind(name)
                .fetch_all(&mut db)
                .await
                .unwrap();
            let values: Vec<String> = columns
                .iter()
                .map(|name| format!("quote({name})"))
                .collect();
            let reading = format!("SELECT {} FROM {name}", values.join(" || ', ' || "));
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(reading))
                .fetch_all(&mut db)
                .await
                .unwrap();
            for row in rows {
                let columns = columns.join(", ");
                lines.push(format!("INSERT INTO {name} ({columns}) VALUES ({row});"));
            }
        }
        for (_, _, sql) in made.iter().filter(|(kind, _, _)| kind != "table") {
            lines.push(format!("{sql};"));
        }
        let version: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut db)
            .await
            .unwrap();
        lines.push(format!("PRAGMA user_version = {version};\n"));
        lines.join("\n")
    }

    async fn play(&self, statements: String) {
        let options = SqliteConnectOptions::new()
            .filename(self.path())
            .create_if_missing(true);
        let mut db = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statements))
            .execute(&mut db)
            .await
            .unwrap();
        db.close().await.unwrap();
    }
}

#[async_trait::async_trait]
impl Recorder for PostgresDatabase {
    const KIND: &'static str = "postgres";

    async fn statements(house: &House) -> String {
        let dumped = std::process::Command::new(programs().join("pg_dump"))
            .args(["--no-owner", "--no-privileges", "--column-inserts"])
            .arg(house.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&dumped.stderr);
        assert!(dumped.status.success(), "{said}");
        let dumped = String::from_utf8(dumped.stdout).unwrap();
        let kept = |line: &&str| {
            let noise = [
                "--",
                "\\restrict",
                "\\unrestrict",
                "SET ",
                "SELECT pg_catalog.set_config",
            ];
            !line.is_empty() && !noise.iter().any(|start| line.starts_with(start))
        };
        let kept: Vec<&str> = dumped.lines().filter(kept).collect();
        kept.join("\n") + "\n"
    }

    async fn play(&self, statements: String) {
        let mut db = raw(&self.path()).await;
        sqlx::raw_sql(AssertSqlSafe(statements))
            .execute(&mut db)
            .await
            .unwrap();
        db.close().await.unwrap();
    }
}

/// The recordings of a kind, by how many schema steps they have had.
fn recordings(kind: &str) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let named = entries.filter_map(|entry| {
        let path = entry.unwrap().path();
        let number = path
            .file_stem()?
            .to_str()?
            .strip_prefix(kind)?
            .strip_prefix('-')?;
        Some((number.parse().ok()?, path.clone()))
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}

async fn the_present_schema_is_recorded<R: Recorder>() {
    let house = House::on::<R>().await;
    furnish(&house).await;
    house.store.close().await;
    let known = check_store(&address::<R>(&house.path()))
        .await
        .unwrap()
        .known;
    let is_there = recordings(R::KIND)
        .iter()
        .any(|(schema, _)| *schema == known);
    if !is_there && std::env::var_os("KLING_TESTS_RECORD").is_some() {
        let path = folder().join(format!("{}-{known}.sql", R::KIND));
        std::fs::write(path, R::statements(&house).await).unwrap();
        return;
    }
    assert!(
        is_there,
        "schema {known} of {} is not recorded: see store/tests/recorded.rs",
        R::KIND
    );
}

/// Where a check finds the database of a ground.
fn address<R: Recorder>(path: &str) -> String {
    match R::KIND {
        "sqlite" => format!("sqlite://{path}"),
        _ => path.to_owned(),
    }
}

async fn every_recorded_job_is_read_and_finished<R: Recorder>() {
    for (schema, path) in recordings(R::KIND) {
        let ground = R::new();
        ground.play(std::fs::read_to_string(&path).unwrap()).await;
        // The totals are filled from what is there.
        let opened = ground.open(ManualClock::default()).await.unwrap();
        opened.close().await;
        let checked = check_store(&address::<R>(&ground.path())).await.unwrap();
        assert!(checked.is_fine(), "{checked:?}");
        // Everything that was ever recorded is due by then, and every lease ran out.
        let clock = ManualClock::new(Timestamp::from_millis(1_800_000_000_000));
        let store = ground.open(clock.clone()).await.unwrap();
        let mut jobs = Vec::new();
        for user in ["ann", "bob", "cec", "dan", "eve \"quoted\" \u{1f600}\n\\"] {
            let whose = Requester {
                platform: crate::PlatformId::new("chat"),
                workspace: None,
                channel: String::new(),
                user: user.to_owned(),
            };
            jobs.extend(store.jobs_of(&whose, 100).await.unwrap());
        }
        for stage in Stage::ALL {
            let there = jobs.iter().any(|job| job.stage == stage);
            assert!(there, "{stage} in schema {schema}");
        }
        let due = claim_all(store.as_ref()).await;
        assert!(due > 10, "schema {schema}");
        for job in jobs {
            let job = store.job(&job.id).await.unwrap().unwrap();
            let ended = finish(store.as_ref(), job).await;
            let ledger = store.ledger(&ended.id).await.unwrap();
            let has = |kind| ledger.iter().filter(|line| line.kind == kind).count();
            assert_eq!(has(LedgerKind::Reservation), 1, "{ended:?}");
            assert_eq!(has(LedgerKind::Release), 1, "{ended:?}");
        }
        let counts = store.counts().await.unwrap();
        assert!(
            counts.iter().all(|(stage, _)| stage.is_terminal()),
            "{counts:?}"
        );
        store.close().await;
        let checked = check_store(&address::<R>(&ground.path())).await.unwrap();
        assert!(checked.is_fine(), "{checked:?}");
    }
}

/// How many jobs any loop would take up.
async fn claim_all(store: &dyn Store) -> usize {
    let platforms = [crate::PlatformId::new("chat")];
    let providers = [kling_core::ProviderId::literal("acme")];
    let mut claimed = 0;
    let all = [
        Work::Collect,
        Work::Dispatch,
        Work::Poll,
        Work::Fetch,
        Work::Deliver,
        Work::Rescue,
    ];
    for work in all {
        let lease = crate::Lease {
            platforms: &platforms,
            providers: &providers,
            limit: 100,
            hold: HOLD,
        };
        claimed += store.claim(work, lease).await.unwrap().len();
    }
    claimed
}

/// Takes a job to its end, by the road of the stage it is in.
async fn finish(store: &dyn Store, job: Job) -> Job {
    let mut job = job;
    while !job.stage.is_terminal() {
        let event = match job.stage {
            Stage::Accepted => Event::Collected,
            Stage::Collected => intent(),
            Stage::Submitting => started(),
            Stage::Unconfirmed if job.status_message.is_none() => notice_shown(),
            Stage::Unconfirmed => ended(failed(), None),
            Stage::Submitted | Stage::Running if job.output.is_some() => Event::Fetched,
            Stage::Submitted | Stage::Running => super::fixture::finished(None),
            Stage::Fetched => Event::Delivering,
            Stage::Delivering => delivered(job.ending.clone().unwrap_or(Ending::Result)),
            Stage::Delivered | Stage::Failed | Stage::Cancelled | Stage::Expired => return job,
        };
        job = store.advance(&job, event, None).await.unwrap().unwrap();
    }
    job
}

mod on_sqlite {
    use super::*;

    #[tokio::test]
    async fn the_present_schema_is_recorded() {
        super::the_present_schema_is_recorded::<SqliteFile>().await;
    }

    #[tokio::test]
    async fn every_recorded_job_is_read_and_finished() {
        super::every_recorded_job_is_read_and_finished::<SqliteFile>().await;
    }
}

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn the_present_schema_is_recorded() {
        super::the_present_schema_is_recorded::<PostgresDatabase>().await;
    }

    #[tokio::test]
    async fn every_recorded_job_is_read_and_finished() {
        super::every_recorded_job_is_read_and_finished::<PostgresDatabase>().await;
    }
}
