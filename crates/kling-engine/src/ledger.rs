//! The record of money: what was held, let go, paid, and may have been paid. It is only ever added to.

use kling_core::{Money, Timestamp};

/// One line of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    pub kind: LedgerKind,
    /// How much; `None` when nobody knows, which is never the same as nothing.
    pub amount: Option<Money>,
    /// Where the amount comes from.
    pub source: LedgerSource,
    /// Which submission of the job it is about; 0 for the job as a whole.
    pub attempt: u32,
}

/// What a line of the ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    /// Money is held for an open job. Once for a job, when it is accepted.
    Reservation,
    /// The held money is free again. Once for a job: when its cost is known, or it ends.
    Release,
    /// A submission was paid for. At most once for a submission: when its result is written down, or
    /// when it ends without one and is charged all the same.
    Settlement,
    /// A submission may have been paid for, and nobody knows. At most once for a submission, and
    /// never beside a settlement of the same one.
    Unconfirmed,
}

impl LedgerKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Reservation,
        Self::Release,
        Self::Settlement,
        Self::Unconfirmed,
    ];

    /// The name in stored rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reservation => "reservation",
            Self::Release => "release",
            Self::Settlement => "settlement",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// Reads a name that [`LedgerKind::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where an amount in the ledger comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerSource {
    /// The provider reported it.
    Reported,
    /// The provider crate computed it from the price list.
    Computed,
    /// It is what the job was expected to cost when it was accepted.
    Estimated,
    /// Nobody says.
    Unknown,
}

impl LedgerSource {
    /// Every source.
    pub const ALL: [Self; 4] = [
        Self::Reported,
        Self::Computed,
        Self::Estimated,
        Self::Unknown,
    ];

    /// The name in stored rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Computed => "computed",
            Self::Estimated => "estimated",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a name that [`LedgerSource::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}
