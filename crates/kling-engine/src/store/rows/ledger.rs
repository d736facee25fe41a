//! A row of `ledger` as a line of the ledger.

use kling_core::{Money, Timestamp};

use crate::ledger::{LedgerEntry, LedgerKind, LedgerSource};
use crate::store::fault::Fault;

/// A row of `ledger`, without whom it is about.
#[derive(sqlx::FromRow)]
pub(in crate::store) struct LedgerRow {
    at: i64,
    kind: String,
    amount: Option<i64>,
    source: String,
    attempt: i64,
}

impl LedgerRow {
    pub(in crate::store) fn into_entry(self) -> Result<LedgerEntry, Fault> {
        Ok(LedgerEntry {
            at: Timestamp::from_millis(self.at),
            kind: LedgerKind::parse(&self.kind).ok_or(Fault::Corrupt("ledger kind"))?,
            amount: self.amount.map(Money::from_nanodollars),
            source: LedgerSource::parse(&self.source).ok_or(Fault::Corrupt("ledger source"))?,
            attempt: u32::try_from(self.attempt).map_err(|_| Fault::Corrupt("ledger attempt"))?,
        })
    }
}
