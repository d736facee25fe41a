//! What limits count, in this store.

use kling_core::{Money, Timestamp};
use sqlx::postgres::PgConnection;

use super::Fault;
use crate::admission::Scope;
use crate::store::count::{Count, Counted};
use crate::store::totals::{self, Window};

/// When each job of a person was accepted.
const STARTED: &str = "
    SELECT created_at FROM jobs
    WHERE platform = $1 AND requester = $2 AND created_at > $3 AND NOT withdrawn
    ORDER BY created_at";

/// How many jobs of a scope were started in each piece of time.
const STARTED_TOGETHER: &str = "
    SELECT start, sum(started)::bigint FROM totals
    WHERE scope = $1 AND platform = $2 AND whose = $3 AND width = $4 AND start >= $5
    GROUP BY start ORDER BY start";

/// How many jobs of a scope are open: not those at an end, nor those that wait for somebody's choice.
const OPEN: &str = "
    SELECT coalesce(sum(open), 0)::bigint FROM totals
    WHERE scope = $1 AND platform = $2 AND whose = $3 AND width = 0";

/// What is spent in a scope, what was paid and what may have been; and what is held in it. Whole days, hours
/// and minutes of the window are read from the totals, and what is left of its first minute from the rows.
///
/// What may have been spent on a lost answer counts for as long as what was spent does, though nobody may
/// ever make a choice about the job.
macro_rules! spending {
    ($of_ledger:literal, $of_jobs:literal) => {
        concat!(
            "SELECT coalesce(sum(spent), 0)::bigint, coalesce(sum(held), 0)::bigint FROM (
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 0
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 60000
                    AND start >= $6 AND start < $7
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 3600000
                    AND start >= $7 AND start < $8
                UNION ALL
                SELECT spent, held FROM totals
                WHERE scope = $4 AND platform = $5 AND whose = $3 AND width = 86400000 AND start >= $8
                UNION ALL
                SELECT amount, 0 FROM ledger
                WHERE kind IN ('settlement', 'unconfirmed') AND at > $1 AND at < $6 AND ",
            $of_ledger,
            "   UNION ALL
                SELECT 0, estimate FROM jobs
                WHERE NOT ended AND stage = 'unconfirmed' AND stage_since > $1 AND stage_since < $6
                    AND reservation_open AND ",
            $of_jobs,
            ") AS amounts"
        )
    };
}

/// When enough of what was spent in a window happened: once that is out of the window, there is room.
macro_rules! leaves {
    ($of_ledger:literal) => {
        concat!(
            "SELECT at FROM (
                SELECT at, sum(amount) OVER (ORDER BY at) AS gone FROM ledger
                WHERE kind IN ('settlement', 'unconfirmed') AND at > $1 AND amount IS NOT NULL AND ",
            $of_ledger,
            ") AS leaving WHERE gone >= $4 ORDER BY at LIMIT 1"
        )
    };
}

/// The statements for a scope. They take `$1` the start of the window, `$2` the platform and `$3` whom the
/// scope is about; then the one `$4` and `$5` its name and platform in the totals, and `$6`, `$7` and `$8` the
/// first whole minute, hour and day of the window; the other `$4` how much has to leave.
const fn statements(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Requester => (
            spending!(
                "platform = $2 AND requester = $3",
                "platform = $2 AND requester = $3"
            ),
            leaves!("platform = $2 AND requester = $3"),
        ),
        Scope::Channel => (
            spending!(
                "platform = $2 AND (SELECT channel FROM jobs WHERE id = ledger.job LIMIT 1) = $3",
                "platform = $2 AND channel = $3"
            ),
            leaves!(
                "platform = $2 AND (SELECT channel FROM jobs WHERE id = ledger.job LIMIT 1) = $3"
            ),
        ),
        Scope::Workspace => (
            spending!(
                "platform = $2 AND workspace = $3",
                "platform = $2 AND workspace = $3"
            ),
            leaves!("platform = $2 AND workspace = $3"),
        ),
        Scope::Deployment => (
            spending!(
                "$2::text IS NOT NULL AND $3::text IS NOT NULL",
                "$2::text IS NOT NULL AND $3::text IS NOT NULL"
            ),
            leaves!("$2::text IS NOT NULL AND $3::text IS NOT NULL"),
        ),
    }
}

#[async_trait::async_trait]
impl Count for PgConnection {
    async fn open(&mut self, of: Counted<'_>) -> Result<i64, Fault> {
        let open = sqlx::query_scalar(OPEN)
            .bind(of.scope.as_str())
            .bind(of.total)
            .bind(of.whose);
        Ok(open.fetch_one(self).await?)
    }

    async fn started(&mut self, of: Counted<'_>, since: Timestamp) -> Result<Vec<i64>, Fault> {
        let started = sqlx::query_scalar(STARTED)
            .bind(of.platform)
            .bind(of.whose)
            .bind(since.as_millis());
        Ok(started.fetch_all(self).await?)
    }

    async fn started_together(
        &mut self,
        of: Counted<'_>,
        since: i64,
    ) -> Result<Vec<(i64, i64)>, Fault> {
        let started = sqlx::query_as(STARTED_TOGETHER)
            .bind(of.scope.as_str())
            .bind(of.total)
            .bind(of.whose)
            .bind(totals::STARTS)
            .bind(since);
        Ok(started.fetch_all(self).await?)
    }

    async fn spending(&mut self, of: Counted<'_>, window: &Window) -> Result<(i64, i64), Fault> {
        let (spending, _) = statements(of.scope);
        let spending = sqlx::query_as(spending)
            .bind(window.since)
            .bind(of.platform)
            .bind(of.whose)
            .bind(of.scope.as_str())
            .bind(of.total)
            .bind(window.minute)
            .bind(window.hour)
            .bind(window.day);
        Ok(spending.fetch_one(self).await?)
    }

    async fn leaves(
        &mut self,
        of: Counted<'_>,
        window: &Window,
        too_much: Money,
    ) -> Result<Option<i64>, Fault> {
        let (_, leaves) = statements(of.scope);
        let leaves = sqlx::query_scalar(leaves)
            .bind(window.since)
            .bind(of.platform)
            .bind(of.whose)
            .bind(too_much.as_nanodollars());
        Ok(leaves.fetch_optional(self).await?)
    }
}
