//! How a shared database changes its shape while it is used.

use futures::future::join_all;
use kling_core::ManualClock;

use super::fixture::{Ground as _, House, PostgresDatabase, ended, failed, way_to};
use super::replicas::raw;
use crate::{EngineError, Stage};

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn processes_that_start_at_once_bring_the_schema_up_to_date_once() {
        let ground = PostgresDatabase::new();
        let clock = ManualClock::default();

        let opened = join_all((0..4).map(|_| ground.open(clock.clone()))).await;

        for store in opened {
            assert!(store.unwrap().counts().await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn a_step_that_was_interrupted_never_happened() {
        let ground = PostgresDatabase::new();
        let mut other = raw(&ground.path()).await;
        // A table of the step is in its way: the step breaks in the middle.
        sqlx::raw_sql("CREATE TABLE transitions (in_the_way BIGINT)")
            .execute(&mut other)
            .await
            .unwrap();
        let broken = ground.open(ManualClock::default()).await;
        assert!(matches!(broken, Err(EngineError::Store { .. })));
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relname = 'jobs'")
            .fetch_one(&mut other)
            .await
            .unwrap();
        assert_eq!(left, 0);

        sqlx::raw_sql("DROP TABLE transitions")
            .execute(&mut other)
            .await
            .unwrap();

        ground.open(ManualClock::default()).await.unwrap();
    }

    #[tokio::test]
    async fn an_older_binary_works_on_what_a_newer_one_only_added_to() {
        let mut house = House::on::<PostgresDatabase>().await;
        let job = house.accept("ann").await;
        let newer = "
            ALTER TABLE jobs ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine';
            CREATE TABLE moods (mood TEXT);
            INSERT INTO kling_steps (step, least) VALUES (100, 1)";
        sqlx::raw_sql(newer)
            .execute(&mut raw(&house.path()).await)
            .await
            .unwrap();

        let job = house.through(job, way_to(Stage::Running)).await;
        house.reopen().await;
        house.accept("bob").await;
        let job = house.job(&job.id).await;
        house.advance(&job, ended(failed(), None)).await;

        let closed = "INSERT INTO kling_steps (step, least) VALUES (101, 101)";
        sqlx::raw_sql(closed)
            .execute(&mut raw(&house.path()).await)
            .await
            .unwrap();
        let refused = house.ground.open(house.clock.clone()).await;
        assert!(matches!(refused, Err(EngineError::NewerSchema)));
    }
}
