//! The rules: read, changed, and looked back on.

use kling_core::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::Fault;
use crate::policy::{Edit, Policy, PolicyChange};
use crate::store::settings::{self, ChangeRow};

pub(super) async fn read(readers: &SqlitePool) -> Result<Policy, Fault> {
    let rows = sqlx::query_as(settings::READ).fetch_all(readers).await?;
    Ok(settings::policy(rows))
}

pub(super) async fn version(db: &mut SqliteConnection) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(settings::VERSION).fetch_one(db).await?)
}

/// Makes changes, all with one version; the version of the rules afterwards. What says so already is no change.
pub(super) async fn change(
    db: &mut SqliteConnection,
    now: Timestamp,
    actor: &str,
    edits: &[Edit],
) -> Result<i64, Fault> {
    let mut raised = None;
    for edit in edits {
        let (place, key) = (edit.place.to_string(), edit.key.to_string());
        let before: Option<String> = sqlx::query_scalar(settings::SAYS)
            .bind(&place)
            .bind(&key)
            .fetch_optional(&mut *db)
            .await?;
        if before == edit.value {
            continue;
        }
        let version: i64 = match raised {
            Some(version) => version,
            None => {
                sqlx::query_scalar(settings::RAISE)
                    .fetch_one(&mut *db)
                    .await?
            }
        };
        raised = Some(version);
        let statement = match &edit.value {
            Some(value) => sqlx::query(settings::SET)
                .bind(&place)
                .bind(&key)
                .bind(value),
            None => sqlx::query(settings::UNSET).bind(&place).bind(&key),
        };
        statement.execute(&mut *db).await?;
        sqlx::query(
            "INSERT INTO rule_changes (version, place, key, at, actor, before, after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (version, place, key) DO NOTHING",
        )
        .bind(version)
        .bind(&place)
        .bind(&key)
        .bind(now.as_millis())
        .bind(actor)
        .bind(before)
        .bind(&edit.value)
        .execute(&mut *db)
        .await?;
    }
    match raised {
        Some(version) => Ok(version),
        None => version(db).await,
    }
}

pub(super) async fn changes(
    readers: &SqlitePool,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<PolicyChange>, Fault> {
    let rows: Vec<ChangeRow> = sqlx::query_as(settings::CHANGES)
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(readers)
        .await?;
    Ok(rows.into_iter().map(PolicyChange::from).collect())
}
