//! The rules: read, changed, and looked back on.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::Fault;
use super::moment::now;
use crate::policy::{Edit, Policy, PolicyChange};
use crate::store::settings::{self, ChangeRow};

pub(super) async fn read(db: &mut PgConnection) -> Result<Policy, Fault> {
    let rows = sqlx::query_as(settings::READ).fetch_all(db).await?;
    Ok(settings::policy(rows))
}

pub(super) async fn version(db: &mut PgConnection) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(settings::VERSION).fetch_one(db).await?)
}

/// Makes changes, all with one version; the version of the rules afterwards. What says so already is no
/// change. Whoever else changes rules waits for the version.
pub(super) async fn change(
    db: &mut PgConnection,
    handed: Option<i64>,
    actor: &str,
    edits: &[Edit],
) -> Result<i64, Fault> {
    let mut transaction = db.begin().await?;
    let version: i64 = sqlx::query_scalar(settings::RAISE)
        .fetch_one(&mut *transaction)
        .await?;
    let mut changed = false;
    for edit in edits {
        let (place, key) = (edit.place.to_string(), edit.key.to_string());
        let before: Option<String> = sqlx::query_scalar(settings::SAYS)
            .bind(&place)
            .bind(&key)
            .fetch_optional(&mut *transaction)
            .await?;
        if before == edit.value {
            continue;
        }
        changed = true;
        let statement = match &edit.value {
            Some(value) => sqlx::query(settings::SET)
                .bind(&place)
                .bind(&key)
                .bind(value),
            None => sqlx::query(settings::UNSET).bind(&place).bind(&key),
        };
        statement.execute(&mut *transaction).await?;
        sqlx::query(concat!(
            "INSERT INTO rule_changes (version, place, key, at, actor, before, after)
             SELECT $1, $2, $3, ",
            now!("$4"),
            ", $5, $6, $7 ON CONFLICT (version, place, key) DO NOTHING"
        ))
        .bind(version)
        .bind(&place)
        .bind(&key)
        .bind(handed)
        .bind(actor)
        .bind(before)
        .bind(&edit.value)
        .execute(&mut *transaction)
        .await?;
    }
    if changed {
        transaction.commit().await?;
        Ok(version)
    } else {
        transaction.rollback().await?;
        Ok(version - 1)
    }
}

pub(super) async fn changes(
    db: &mut PgConnection,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<PolicyChange>, Fault> {
    let rows: Vec<ChangeRow> = sqlx::query_as(settings::CHANGES)
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(PolicyChange::from).collect())
}
