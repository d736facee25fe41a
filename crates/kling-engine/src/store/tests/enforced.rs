//! What a store lets nobody do, and what one process forbids another.

use super::fixture::{House, wish};
use super::rules::edit;
use crate::{Admission, EngineError};

/// What the store itself lets nobody do, whatever program it is.
const FORBIDDEN: [&str; 8] = [
    "UPDATE ledger SET amount = 1",
    "DELETE FROM ledger",
    "UPDATE rule_changes SET actor = 'nobody'",
    "DELETE FROM rule_changes",
    "INSERT INTO ledger (at, job, kind, attempt, amount, source, platform, requester, provider, model)
     SELECT 0, id, 'gift', 1, 5, 'reported', 'chat', 'ann', 'acme', 'image' FROM jobs LIMIT 1",
    "INSERT INTO ledger (at, job, kind, attempt, amount, source, platform, requester, provider, model)
     SELECT 0, id, 'settlement', 1, -5, 'reported', 'chat', 'ann', 'acme', 'image' FROM jobs LIMIT 1",
    "INSERT INTO ledger (at, job, kind, attempt, amount, source, platform, requester, provider, model)
     SELECT 0, id, 'release', 0, 5, 'estimated', 'chat', 'ann', 'acme', 'image' FROM jobs LIMIT 1",
    "INSERT INTO accounts (kind, gives, takes) VALUES ('gift', 'paid', 'paid')",
];

async fn the_books_are_only_added_to_and_every_line_balances(
    house: &House,
    run: impl AsyncFn(&str) -> bool,
) {
    house.accept("ann").await;
    let change = [edit("deployment", "access", Some("deny"))];
    house
        .store
        .change_policy("operator", &change)
        .await
        .unwrap();

    for statement in FORBIDDEN {
        assert!(!run(statement).await, "{statement}");
    }
    assert!(run("SELECT 1").await);
}

mod on_sqlite {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{AssertSqlSafe, Connection as _};

    use super::*;
    use crate::store::tests::fixture::SqliteFile;

    #[tokio::test]
    async fn the_books_are_only_added_to_and_every_line_balances() {
        let house = House::on::<SqliteFile>().await;
        let run = async |statement: &str| {
            let options = SqliteConnectOptions::new().filename(house.path());
            let mut db = SqliteConnection::connect_with(&options).await.unwrap();
            let statement = AssertSqlSafe(statement.to_owned());
            sqlx::raw_sql(statement).execute(&mut db).await.is_ok()
        };
        super::the_books_are_only_added_to_and_every_line_balances(&house, run).await;
    }
}

mod on_postgres {
    use std::sync::Arc;

    use futures::future::join_all;
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::store::tests::fixture::PostgresDatabase;
    use crate::store::tests::replicas::raw;
    use crate::{Archive, ArchiveLimits, Engine, PolicyError};

    #[tokio::test]
    async fn the_books_are_only_added_to_and_every_line_balances() {
        let house = House::on::<PostgresDatabase>().await;
        let run = async |statement: &str| {
            let mut db = raw(&house.path()).await;
            let statement = AssertSqlSafe(statement.to_owned());
            sqlx::raw_sql(statement).execute(&mut db).await.is_ok()
        };
        super::the_books_are_only_added_to_and_every_line_balances(&house, run).await;
    }

    #[tokio::test]
    async fn what_one_process_forbids_the_other_accepts_no_more() {
        let house = House::on::<PostgresDatabase>().await;
        let other = house.ground.open(house.clock.clone()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path().to_str().unwrap(), ArchiveLimits::default());
        let archive = archive.await.unwrap();
        let build = |store| {
            let clock = Arc::new(house.clock.clone());
            let builder = Engine::builder(store, archive.clone()).clock(clock);
            builder.build().unwrap()
        };
        let (one, two) = (build(Arc::clone(&house.store)), build(other));
        House::accepted(one.accept(wish("ann")).await.unwrap());
        House::accepted(two.accept(wish("ann")).await.unwrap());

        for round in 0..5 {
            let (value, refused) = [("deny", true), ("allow", false)][round % 2];
            let change = [edit("requester:chat:ann", "access", Some(value))];
            one.change_policy("operator", &change).await.unwrap();

            let asked = join_all((0..4).map(|_| two.accept(wish("ann")))).await;

            for answer in asked {
                let was_refused = matches!(answer.unwrap(), Admission::Refused(_));
                assert_eq!(was_refused, refused, "round {round}");
            }
        }
        let wrong = [edit("channels", "open-jobs", Some("many"))];
        let refused = one.change_policy("operator", &wrong).await;
        assert!(matches!(
            refused,
            Err(EngineError::Policy(PolicyError::BadValue { .. }))
        ));
    }
}
