//! What holds for several processes on one PostgreSQL.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use kling_core::{ManualClock, Timestamp};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::cluster::Cluster;
use super::fixture::{Ground as _, HOLD, House, PostgresDatabase, cents, way_to, wish};
use crate::{
    Admission, Caps, EngineError, Event, JobId, Limits, PostgresOptions, PostgresStore, Stage,
    Store, StoreTime, Work,
};

const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn raw(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// A house, and another process on the same database.
async fn two() -> (House, Arc<dyn Store>) {
    let house = House::on::<PostgresDatabase>().await;
    let other = house.ground.open(house.clock.clone()).await.unwrap();
    (house, other)
}

fn new_id() -> JobId {
    JobId::new(Timestamp::from_millis(1_700_000_000_000))
}

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn what_one_process_writes_wakes_the_other() {
        let (house, other) = two().await;
        let changed = other.changed();

        house.accept("ann").await;

        tokio::time::timeout(PATIENCE, changed).await.unwrap();
        assert_eq!(
            other
                .claim(Work::Collect, house.lease(1))
                .await
                .unwrap()
                .len(),
            1
        );
    }

    #[tokio::test]
    async fn a_command_that_comes_to_both_at_once_is_one_job() {
        let (house, other) = two().await;
        for round in 0..20 {
            let limits = match round % 2 {
                0 => Limits::default(),
                _ => Limits {
                    requester: Caps {
                        open_jobs: Some(100),
                        ..Caps::default()
                    },
                    ..Limits::default()
                },
            };
            let new = wish("ann");
            let tries = (0..6).map(|number| {
                let store = if number % 2 == 0 {
                    &house.store
                } else {
                    &other
                };
                store.accept(new_id(), new.clone(), &limits)
            });

            let answers = join_all(tries).await;

            let mut accepted = 0;
            let mut ids = BTreeSet::new();
            for answer in answers {
                match answer.unwrap() {
                    Admission::Accepted { job, .. } => {
                        accepted += 1;
                        ids.insert(job.id);
                    }
                    Admission::Duplicate { job } => {
                        ids.insert(job.id);
                    }
                    Admission::Refused(refusal) => panic!("{refusal:?}"),
                }
            }
            assert_eq!((accepted, ids.len()), (1, 1));
        }
    }

    #[tokio::test]
    async fn processes_together_never_go_over_a_limit() {
        let (house, other) = two().await;
        let limited = |limit: fn(&mut Limits)| {
            let mut limits = Limits::default();
            limit(&mut limits);
            limits
        };
        let limits = [
            limited(|limits| limits.requester.open_jobs = Some(7)),
            limited(|limits| limits.workspace.spend_per_day = Some(cents(70))),
            limited(|limits| limits.channel.jobs_per_day = Some(7)),
            limited(|limits| limits.channel.spend_per_month = Some(cents(79))),
            limited(|limits| limits.deployment.spend_per_day = Some(cents(75))),
        ];
        let mut expected = 0;
        for (number, mut limits) in limits.into_iter().enumerate() {
            // What the rounds before hold counts in the budget of the deployment.
            limits.deployment.spend_per_day = limits
                .deployment
                .spend_per_day
                .map(|day| day + cents(10 * expected));
            let asked = (0..60).map(|asked| {
                let store = if asked % 2 == 0 { &house.store } else { &other };
                let mut new = wish("ann");
                let place = format!("guild-{number}");
                new.requester.workspace = Some(place);
                new.requester.channel = format!("general-{number}");
                new.requester.user = format!("ann-{number}");
                store.accept(new_id(), new, &limits)
            });

            let answers = join_all(asked).await;

            let accepted = answers
                .into_iter()
                .filter(|answer| matches!(answer, Ok(Admission::Accepted { .. })))
                .count();
            assert_eq!(accepted, 7, "{limits:?}");
            expected += 7;
        }
    }

    #[tokio::test]
    async fn claims_of_several_processes_share_the_work_and_are_fair() {
        let (house, other) = two().await;
        for user in ["ann", "ann", "ann", "ann", "bob", "cec"] {
            house.accept(user).await;
        }

        let first = house.claim(Work::Collect, 3).await;
        let second = other.claim(Work::Collect, house.lease(10)).await.unwrap();

        let users: Vec<_> = first.iter().map(|job| &*job.requester.user).collect();
        assert_eq!(users, ["ann", "bob", "cec"]);
        assert_eq!(second.len(), 3);
    }

    #[tokio::test]
    async fn a_hundred_claims_at_once_by_two_processes_never_take_the_same_job() {
        let (house, other) = two().await;
        for number in 0..200 {
            house.accept(&format!("user-{}", number % 10)).await;
        }
        let mut ids = Vec::new();
        while ids.len() < 200 {
            let claims = (0..100).map(|number| {
                let store = if number % 2 == 0 {
                    &house.store
                } else {
                    &other
                };
                store.claim(Work::Collect, house.lease(3))
            });
            let claimed = join_all(claims).await;
            ids.extend(
                claimed
                    .into_iter()
                    .flat_map(|jobs| jobs.unwrap())
                    .map(|job| job.id),
            );
        }

        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!((ids.len(), distinct.len()), (200, 200));
    }

    #[tokio::test]
    async fn a_process_that_is_gone_holds_its_jobs_until_their_leases_run_out() {
        let (house, other) = two().await;
        house.accept("ann").await;
        let held = house.claim(Work::Collect, 1).await.remove(0);
        house.store.close().await;

        assert!(
            other
                .claim(Work::Collect, house.lease(1))
                .await
                .unwrap()
                .is_empty()
        );
        house.clock.advance(HOLD);

        let mine = other.claim(Work::Collect, house.lease(1)).await.unwrap();
        assert_eq!(mine[0].id, held.id);
        let late = other.advance(&held, Event::Collected, None).await.unwrap();
        assert!(late.is_none());
    }

    #[tokio::test]
    async fn an_acceptance_that_comes_after_it_was_taken_back_finds_its_name_taken() {
        let (house, other) = two().await;
        let id = new_id();

        assert!(!other.withdraw(&id).await.unwrap());
        assert!(!other.withdraw(&id).await.unwrap());
        let new = wish("ann");
        let late = house
            .store
            .accept(id.clone(), new.clone(), &Limits::default())
            .await;

        assert!(matches!(late, Err(EngineError::TooSlow)));
        assert!(house.store.job(&id).await.unwrap().is_none());
        let again = house.store.accept(new_id(), new, &Limits::default()).await;
        House::accepted(again.unwrap());
    }

    #[tokio::test]
    async fn a_name_left_by_a_process_that_is_gone_is_seen_to_by_the_next_one_only() {
        let (house, other) = two().await;
        let jobs = [house.accept("ann").await, house.accept("bob").await];
        house.store.note_withdrawal(&jobs[0].id).await.unwrap();
        other.note_withdrawal(&jobs[1].id).await.unwrap();
        drop(other);
        let before = house.job(&jobs[1].id).await.stage;

        let _next = house.ground.open(house.clock.clone()).await.unwrap();

        assert_eq!(before, Stage::Accepted);
        assert_eq!(house.job(&jobs[0].id).await.stage, Stage::Accepted);
        assert_eq!(house.job(&jobs[1].id).await.stage, Stage::Cancelled);
        house.store.withdraw(&jobs[0].id).await.unwrap();
    }

    #[tokio::test]
    async fn jobs_at_their_end_move_to_the_archive() {
        let house = House::on::<PostgresDatabase>().await;
        for stage in Stage::ALL {
            let job = house.accept("ann").await;
            house.through(job, way_to(stage)).await;
        }
        let mut other = raw(&house.path()).await;
        let count = |table: &'static str| format!("SELECT count(*) FROM {table}");

        let mut counts: Vec<i64> = Vec::new();
        for table in ["jobs_live", "jobs_ended"] {
            let statement = sqlx::AssertSqlSafe(count(table));
            counts.push(
                sqlx::query_scalar(statement)
                    .fetch_one(&mut other)
                    .await
                    .unwrap(),
            );
        }

        assert_eq!(counts, [8, 4]);
    }

    #[tokio::test]
    async fn the_ledger_cannot_be_rewritten() {
        let house = House::on::<PostgresDatabase>().await;
        house.accept("ann").await;
        let mut other = raw(&house.path()).await;

        for statement in [
            "UPDATE ledger SET amount = 0",
            "DELETE FROM ledger",
            "TRUNCATE ledger",
        ] {
            let refused = sqlx::query(statement).execute(&mut other).await;
            assert!(refused.is_err(), "{statement}");
        }
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_is_set_aside_and_keeps_nobody_from_work() {
        let house = House::on::<PostgresDatabase>().await;
        let broken = house.accept("ann").await;
        let fine = house.accept("bob").await;
        sqlx::query("UPDATE jobs SET request = '{}' WHERE id = $1")
            .bind(broken.id.as_str())
            .execute(&mut raw(&house.path()).await)
            .await
            .unwrap();

        let claimed = house.claim(Work::Collect, 10).await;

        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].id, fine.id);
        let read = house.store.job(&broken.id).await;
        assert!(matches!(
            read,
            Err(EngineError::Corrupt { what: "request" })
        ));
        let due = house.store.next_due(Work::Collect, house.lease(1)).await;
        let held_until = house.now() + 30_000;
        assert_eq!(due.unwrap().unwrap().as_millis(), held_until);
    }

    #[tokio::test]
    async fn leases_go_by_the_database_whatever_a_machine_thinks_the_time_is() {
        let ground = PostgresDatabase::new();
        let options = || PostgresOptions {
            state_folder: ground.folder.path().to_owned(),
            time: StoreTime::Database,
            ..PostgresOptions::default()
        };
        let store = PostgresStore::open(&ground.path(), options())
            .await
            .unwrap();
        let before = store.now().await.unwrap();

        let job = store
            .accept(new_id(), wish("ann"), &Limits::default())
            .await;
        let job = House::accepted(job.unwrap());

        let after = store.now().await.unwrap();
        assert!(before <= job.created_at && job.created_at <= after);
        let epoch: i64 =
            sqlx::query_scalar("SELECT floor(extract(epoch FROM now()) * 1000)::bigint")
                .fetch_one(&mut raw(&ground.path()).await)
                .await
                .unwrap();
        assert!(Timestamp::from_millis(epoch).since(after) < PATIENCE);
    }

    #[tokio::test]
    async fn a_database_that_was_gone_is_used_again_when_it_is_back() {
        let cluster = Arc::new(Cluster::alone());
        let ground = PostgresDatabase {
            database: cluster.database(),
            folder: tempfile::tempdir().unwrap(),
        };
        let clock = ManualClock::new(Timestamp::from_millis(1_700_000_000_000));
        let store = ground.open(clock.clone()).await.unwrap();
        let other = ground.open(clock.clone()).await.unwrap();
        let limits = Limits::default();
        let job = House::accepted(store.accept(new_id(), wish("ann"), &limits).await.unwrap());

        ground.database.cluster().halt();
        let refused = store.accept(new_id(), wish("bob"), &limits).await;
        let unread = store.job(&job.id).await;
        ground.database.cluster().start();

        assert!(matches!(refused, Err(EngineError::TooSlow)), "{refused:?}");
        assert!(
            matches!(unread, Err(EngineError::Store { .. })),
            "{unread:?}"
        );
        let read = store.job(&job.id).await.unwrap().unwrap();
        assert_eq!(read.stage, Stage::Accepted);
        // The ears of both hear again: until then nothing wakes them but their own period.
        let heard = async {
            loop {
                let changed = other.changed();
                store.accept(new_id(), wish("bob"), &limits).await.unwrap();
                if tokio::time::timeout(Duration::from_millis(500), changed)
                    .await
                    .is_ok()
                {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap();
    }
}
