//! What is asked of the ledger as a whole, in statements that both kinds of store take.

use kling_core::{ModelId, Money, ProviderId};

use super::fault::Fault;
use crate::books::{AccountBalance, Drift, SpendBy, SpendLine};

/// The most lines of a report.
pub(super) const MOST_LINES: i64 = 10_000;

macro_rules! spend {
    ($of:literal, $whose:literal, $order:literal) => {
        concat!(
            "SELECT CAST(",
            $of,
            " AS text) AS of_whom, CAST(",
            $whose,
            " AS text) AS whose,
                CAST(sum(CASE kind WHEN 'settlement' THEN 1 ELSE 0 END) AS bigint) AS submissions,
                CAST(coalesce(sum(CASE kind WHEN 'settlement' THEN amount END), 0) AS bigint) AS paid,
                CAST(coalesce(sum(CASE WHEN kind = 'settlement' AND source = 'estimated' THEN amount END), 0)
                    AS bigint) AS assumed,
                CAST(sum(CASE WHEN kind = 'settlement' AND amount IS NULL THEN 1 ELSE 0 END) AS bigint)
                    AS unknown,
                CAST(coalesce(sum(CASE kind WHEN 'unconfirmed' THEN amount END), 0) AS bigint) AS in_doubt,
                CAST(sum(CASE WHEN kind = 'unconfirmed' AND amount IS NULL THEN 1 ELSE 0 END) AS bigint)
                    AS in_doubt_unknown
            FROM ledger
            WHERE kind IN ('settlement', 'unconfirmed') AND at >= $1 AND at < $2
            GROUP BY 1, 2
            ORDER BY ",
            $order,
            " LIMIT $3"
        )
    };
}

/// The report; takes the first moment, the one after the last, and how many lines.
pub(super) const fn spend(by: SpendBy) -> &'static str {
    match by {
        SpendBy::Requester => spend!("platform", "requester", "4 DESC, 7 DESC, 1, 2"),
        SpendBy::Workspace => {
            spend!(
                "platform",
                "coalesce(workspace, '')",
                "4 DESC, 7 DESC, 1, 2"
            )
        }
        SpendBy::Provider => spend!("NULL", "provider", "4 DESC, 7 DESC, 1, 2"),
        SpendBy::Model => spend!("provider", "model", "4 DESC, 7 DESC, 1, 2"),
        SpendBy::Day => spend!("NULL", "at / 86400000", "min(at) DESC"),
    }
}

/// The balance of each account.
pub(super) const BALANCES: &str = "
    SELECT account, CAST(coalesce(sum(amount), 0) AS bigint) AS balance,
        CAST(sum(CASE WHEN amount IS NULL THEN 1 ELSE 0 END) AS bigint) AS unknown
    FROM postings GROUP BY account ORDER BY account";

/// Expected and told costs of the last so many submissions whose cost was told.
pub(super) const DRIFT: &str = "
    SELECT paid.provider, paid.model, CAST(count(*) AS bigint) AS submissions,
        CAST(sum(held.amount) AS bigint) AS expected, CAST(sum(paid.amount) AS bigint) AS actual
    FROM (
        SELECT job, provider, model, amount FROM ledger
        WHERE kind = 'settlement' AND source IN ('reported', 'computed') AND amount IS NOT NULL
        ORDER BY seq DESC LIMIT $1
    ) AS paid
    JOIN ledger AS held ON held.job = paid.job AND held.kind = 'reservation' AND held.attempt = 0
        AND held.amount IS NOT NULL
    GROUP BY paid.provider, paid.model ORDER BY paid.provider, paid.model";

/// How many jobs hold something else than the ledger says; and how many lines do not balance, which none can.
pub(super) const SAID_WRONG: &str = "
    SELECT
        (SELECT count(*) FROM jobs LEFT JOIN (
            SELECT job, sum(CASE kind WHEN 'reservation' THEN 1 WHEN 'release' THEN -1 ELSE 0 END) AS times
            FROM ledger GROUP BY job
        ) AS books ON books.job = jobs.id
        WHERE coalesce(books.times, 0) <> CASE WHEN reservation_open THEN 1 ELSE 0 END),
        (SELECT count(*) FROM (
            SELECT seq FROM postings GROUP BY seq HAVING coalesce(sum(amount), 0) <> 0 OR count(*) <> 2
        ) AS unbalanced)";

/// What is wrong with the books, in words.
pub(super) fn in_words((jobs, lines): (i64, i64)) -> Vec<String> {
    let told = [
        (jobs, "jobs hold money otherwise than the ledger says"),
        (lines, "lines of the ledger do not balance"),
    ];
    let wrong = told.into_iter().filter(|(count, _)| *count > 0);
    wrong
        .map(|(count, what)| format!("{count} {what}"))
        .collect()
}

/// A line of a report.
#[derive(sqlx::FromRow)]
pub(super) struct SpendRow {
    of_whom: Option<String>,
    whose: String,
    submissions: i64,
    paid: i64,
    assumed: i64,
    unknown: i64,
    in_doubt: i64,
    in_doubt_unknown: i64,
}

impl SpendRow {
    pub(super) fn into_line(self, by: SpendBy) -> SpendLine {
        SpendLine {
            of: self.of_whom,
            whose: match (by, self.whose.parse::<i64>()) {
                (SpendBy::Day, Ok(day)) => date(day),
                _ => self.whose,
            },
            submissions: count(self.submissions),
            paid: Money::from_nanodollars(self.paid),
            assumed: Money::from_nanodollars(self.assumed),
            unknown: count(self.unknown),
            in_doubt: Money::from_nanodollars(self.in_doubt),
            in_doubt_unknown: count(self.in_doubt_unknown),
        }
    }
}

/// A row of [`BALANCES`].
pub(super) fn balance((account, balance, unknown): (String, i64, i64)) -> AccountBalance {
    AccountBalance {
        account,
        balance: Money::from_nanodollars(balance),
        unknown: count(unknown),
    }
}

/// A row of [`DRIFT`].
pub(super) fn drift(
    (provider, model, submissions, expected, actual): (String, String, i64, i64, i64),
) -> Result<Drift, Fault> {
    Ok(Drift {
        provider: ProviderId::parse(provider).map_err(|_| Fault::Corrupt("provider"))?,
        model: ModelId::parse(model).map_err(|_| Fault::Corrupt("model"))?,
        submissions: count(submissions),
        expected: Money::from_nanodollars(expected),
        actual: Money::from_nanodollars(actual),
    })
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A day, counted from 1970, as `2026-11-20`. By the calendar of days since 0000-03-01, whose leap day is the
/// last of its year.
fn date(day: i64) -> String {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_by_its_date() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_777), "2026-11-20");
        assert_eq!(date(20_819), "2027-01-01");
    }
}
