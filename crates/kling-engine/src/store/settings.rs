//! The rules as rows, and their changes, in statements that both kinds of store take.

use kling_core::Timestamp;

use crate::policy::{Key, Place, Policy, PolicyChange, Setting};

/// The version, with each setting; one row without a setting when there is none.
pub(super) const READ: &str = "
    SELECT version, place, key, value FROM rules_version LEFT JOIN rules ON true ORDER BY place, key";

/// Which version it is.
pub(super) const VERSION: &str = "SELECT version FROM rules_version";

/// What a setting says.
pub(super) const SAYS: &str = "SELECT value FROM rules WHERE place = $1 AND key = $2";

/// Raises the version; whoever else does waits.
pub(super) const RAISE: &str = "UPDATE rules_version SET version = version + 1 RETURNING version";

/// Makes a setting say something.
pub(super) const SET: &str = "
    INSERT INTO rules (place, key, value) VALUES ($1, $2, $3)
    ON CONFLICT (place, key) DO UPDATE SET value = excluded.value";

/// Takes a setting away.
pub(super) const UNSET: &str = "DELETE FROM rules WHERE place = $1 AND key = $2";

/// Changes, newest first, before a version.
pub(super) const CHANGES: &str = "
    SELECT version, at, actor, place, key, before, after FROM rule_changes
    WHERE version < $1 ORDER BY version DESC, place, key LIMIT $2";

/// A row of [`READ`].
pub(super) type Row = (i64, Option<String>, Option<String>, Option<String>);

/// The settings of some rows. What a newer version wrote is not for this one.
pub(super) fn policy(rows: Vec<Row>) -> Policy {
    let mut policy = Policy::default();
    for (version, place, key, value) in rows {
        policy.version = version;
        let (Some(place), Some(key), Some(value)) = (place, key, value) else {
            continue;
        };
        if let (Ok(place), Ok(key)) = (place.parse::<Place>(), key.parse::<Key>()) {
            policy.settings.push(Setting { place, key, value });
        } else {
            tracing::warn!(
                place,
                key,
                "the setting {key} for {place} is of a newer version, and is not heeded here"
            );
        }
    }
    policy
}

/// A row of [`CHANGES`].
#[derive(sqlx::FromRow)]
pub(super) struct ChangeRow {
    version: i64,
    at: i64,
    actor: String,
    place: String,
    key: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<ChangeRow> for PolicyChange {
    fn from(row: ChangeRow) -> Self {
        Self {
            version: row.version,
            at: Timestamp::from_millis(row.at),
            actor: row.actor,
            place: row.place,
            key: row.key,
            before: row.before,
            after: row.after,
        }
    }
}
