//! Moving a store: nothing is lost on the way from one kind to another and back.

use std::io::Cursor;

use bytes::Bytes;
use kling_core::{Output, OutputAsset, OutputSource};

use super::cluster::Cluster;
use super::files::file;
use super::fixture::{
    Ground, House, PostgresDatabase, SqliteFile, ended, failed, notice_shown, way_to, wish,
};
use crate::{
    Checked, EngineError, Event, FileRole, Job, PostgresOptions, Stage, Work, check_store,
    export_store, import_store, open_store,
};

/// Jobs in every stage, with files, inline results, doubts, wishes to cancel and withdrawals among them.
pub(super) async fn furnish(house: &House) -> Vec<Job> {
    let mut jobs = Vec::new();
    for stage in Stage::ALL {
        let job = house.accept("ann").await;
        house
            .store
            .record_file(&job, file(FileRole::Input, 0, "in"))
            .await
            .unwrap();
        jobs.push(house.through(job, way_to(stage)).await);
    }
    let job = house.accept("bob").await;
    house.store.withdraw(&job.id).await.unwrap();
    let job = house.accept("bob").await;
    house.store.request_cancel(&job.id).await.unwrap();
    let job = house.accept("cec").await;
    let way = [
        way_to(Stage::Unconfirmed),
        vec![notice_shown(), Event::TryAgain],
    ]
    .concat();
    jobs.push(house.through(job, way).await);
    let job = house.accept("dan").await;
    let output = Output {
        assets: vec![OutputAsset {
            source: OutputSource::Inline(Bytes::from_static(b"\x00\xff\x89PNG")),
            media_type: None,
        }],
        cost: None,
    };
    let way = [way_to(Stage::Submitting), vec![Event::Finished { output }]].concat();
    jobs.push(house.through(job, way).await);
    let mut odd = wish("eve \"quoted\" \u{1f600}\n\\");
    odd.requester.workspace = None;
    odd.locale = None;
    odd.estimate = kling_core::Estimate::Unknown;
    jobs.push(House::accepted(house.ask(odd).await));
    for (value, actor) in [
        (Some("2.50"), "operator"),
        (Some("none"), "chat:\u{1f600}"),
        (None, "x"),
    ] {
        let edit = crate::Edit {
            place: "requester:chat:ann".parse().unwrap(),
            key: "spend-per-month".parse().unwrap(),
            value: value.map(str::to_owned),
        };
        let words = crate::Edit {
            place: "workspace:chat:guild".parse().unwrap(),
            key: "words".parse().unwrap(),
            value: Some(r#"["nothing \"else\""]"#.to_owned()),
        };
        house
            .store
            .change_policy(actor, &[edit, words])
            .await
            .unwrap();
    }
    jobs
}

fn options(folder: &tempfile::TempDir) -> PostgresOptions {
    PostgresOptions {
        state_folder: folder.path().to_owned(),
        ..PostgresOptions::default()
    }
}

async fn export(url: &str, folder: &tempfile::TempDir) -> String {
    let mut text = Vec::new();
    export_store(url, options(folder), &mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

async fn import(url: &str, folder: &tempfile::TempDir, text: &str) -> Result<u64, EngineError> {
    let mut source = Cursor::new(text.as_bytes());
    let moved = import_store(url, options(folder), &mut source).await?;
    Ok(moved.jobs())
}

fn sqlite(folder: &tempfile::TempDir, name: &str) -> String {
    format!("sqlite://{}", folder.path().join(name).display())
}

/// Furnishes a house, closes it, and gives its address.
async fn furnished<G: Ground + 'static>() -> (House, String, Vec<Job>) {
    let mut house = House::on::<G>().await;
    let jobs = furnish(&house).await;
    // What was left claimed is let go when a file is opened again, and runs out elsewhere.
    house.clock.advance(super::fixture::HOLD);
    house.reopen().await;
    house.store.close().await;
    let path = house.path();
    let url = if path.contains("postgres:") {
        path
    } else {
        format!("sqlite://{path}")
    };
    (house, url, jobs)
}

/// The lines, without what an exported lease says: a file lets go of all leases when it is opened.
fn without_leases(text: &str) -> Vec<serde_json::Value> {
    let read = |line: &str| -> serde_json::Value { serde_json::from_str(line).unwrap() };
    let mut lines: Vec<_> = text.lines().map(read).collect();
    for line in &mut lines {
        if line["table"] == "jobs" && line["row"]["lease_until"].is_number() {
            line["row"]["lease_until"] = serde_json::Value::Null;
            line["row"]["epoch"] = (line["row"]["epoch"].as_i64().unwrap() + 1).into();
        }
    }
    lines
}

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn a_file_moves_to_a_database_and_back_and_nothing_is_lost() {
        let (_house, file, jobs) = furnished::<SqliteFile>().await;
        let database = Cluster::shared().database();
        let folder = tempfile::tempdir().unwrap();

        let first = export(&file, &folder).await;
        let moved = import(&database.url(), &folder, &first).await.unwrap();
        let second = export(&database.url(), &folder).await;
        let back = sqlite(&folder, "back.db");
        import(&back, &folder, &second).await.unwrap();
        let third = export(&back, &folder).await;

        assert_eq!(moved, jobs.len() as u64 + 2);
        assert!(first == second && second == third);
        for table in ["jobs", "output_bytes", "files", "transitions", "ledger"] {
            assert!(first.contains(&format!("\"table\":\"{table}\"")), "{table}");
        }
        for url in [file, database.url(), back] {
            let checked: Checked = check_store(&url).await.unwrap();
            assert!(checked.is_fine(), "{checked:?}");
            let count: u64 = checked.counts.iter().map(|(_, count)| count).sum();
            assert_eq!(count, moved);
        }
    }

    #[tokio::test]
    async fn a_database_moves_to_a_file_and_nothing_is_lost() {
        let (_house, database, _) = furnished::<PostgresDatabase>().await;
        let folder = tempfile::tempdir().unwrap();

        let first = export(&database, &folder).await;
        let file = sqlite(&folder, "moved.db");
        import(&file, &folder, &first).await.unwrap();
        let second = export(&file, &folder).await;

        assert_eq!(without_leases(&first), without_leases(&second));
    }

    #[tokio::test]
    async fn a_moved_store_goes_on_where_the_old_one_stopped() {
        let (mut house, file, jobs) = furnished::<SqliteFile>().await;
        let ground = PostgresDatabase::new();
        let text = export(&file, &ground.folder).await;
        import(&ground.path(), &ground.folder, &text).await.unwrap();

        house.store = ground.open(house.clock.clone()).await.unwrap();

        for before in jobs {
            let job = house.job(&before.id).await;
            assert_eq!(job.output, before.output);
            if job.stage.after(&ended(failed(), None)).is_some() {
                house.advance(&job, ended(failed(), None)).await;
            }
        }
        house.clock.advance(super::super::fixture::HOLD);
        let told = house.claim(Work::Deliver, 100).await;
        assert_eq!(told.len(), 11);
        // The fair queue remembers who had how many turns.
        let ann = house.accept("ann").await;
        let new = house.accept("new").await;
        let ahead = async |job: &Job| house.store.ahead_of(job).await.unwrap();
        assert!(ahead(&new).await <= ahead(&ann).await);
    }

    #[tokio::test]
    async fn a_store_with_jobs_in_it_is_not_filled() {
        let (_house, database, _) = furnished::<PostgresDatabase>().await;
        let (_other, file, _) = furnished::<SqliteFile>().await;
        let folder = tempfile::tempdir().unwrap();
        let text = export(&file, &folder).await;

        for url in [database, file] {
            let before = export(&url, &folder).await;
            let filled = import(&url, &folder, &text).await;
            assert!(matches!(filled, Err(EngineError::NotEmpty)), "{filled:?}");
            assert_eq!(export(&url, &folder).await, before);
        }
    }

    #[tokio::test]
    async fn an_export_that_broke_off_or_is_none_fills_nothing() {
        let (_house, file, _) = furnished::<SqliteFile>().await;
        let folder = tempfile::tempdir().unwrap();
        let text = export(&file, &folder).await;
        let lines: Vec<&str> = text.lines().collect();
        let broken_off = lines[..lines.len() - 1].join("\n");
        let (end, rows) = lines.split_last().unwrap();
        let gap = [&rows[..rows.len() - 1], &[*end]].concat().join("\n");
        let newer = text.replacen("\"version\":2", "\"version\":3", 1);
        let database = Cluster::shared().database();

        for url in [sqlite(&folder, "new.db"), database.url()] {
            for text in [
                "",
                "a diary",
                "{\"format\":\"diary\"}",
                &broken_off,
                &gap,
                &newer,
            ] {
                let filled = import(&url, &folder, text).await;
                assert!(
                    matches!(filled, Err(EngineError::BadExport { .. })),
                    "{filled:?}"
                );
            }
            assert_eq!(
                import(&url, &folder, &text).await.unwrap(),
                lines_of_jobs(&text)
            );
        }
    }

    fn lines_of_jobs(text: &str) -> u64 {
        text.matches("\"table\":\"jobs\"").count() as u64
    }

    #[tokio::test]
    async fn a_check_tells_what_cannot_be_read_and_changes_nothing() {
        let (house, database, jobs) = furnished::<PostgresDatabase>().await;
        let mut other = super::super::replicas::raw(&database).await;
        sqlx::query("UPDATE jobs SET request = '{}' WHERE id = $1")
            .bind(jobs[0].id.as_str())
            .execute(&mut other)
            .await
            .unwrap();

        let checked = check_store(&house.path()).await.unwrap();
        let empty = Cluster::shared().database();
        let untouched = check_store(&empty.url()).await.unwrap();

        assert!(!checked.is_fine());
        let unreadable = (jobs[0].id.as_str().to_owned(), "request");
        assert_eq!(checked.unreadable, [unreadable]);
        assert_eq!((untouched.schema, untouched.counts.len()), (0, 0));
    }
}

#[tokio::test]
async fn an_address_of_neither_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["mysql://here", "kling.db", ""] {
        let opened = open_store(url, options(&folder)).await;
        assert!(matches!(opened, Err(EngineError::Store { .. })), "{url}");
    }
    let file = sqlite(&folder, "kling.db");
    let store = open_store(&file, options(&folder)).await.unwrap();
    let locked = check_store(&file).await;
    assert!(matches!(locked, Err(EngineError::Locked)));
    store.close().await;
    assert!(check_store(&file).await.unwrap().is_fine());
    assert!(check_store(&sqlite(&folder, "none.db")).await.is_err());
}
