//! What a claim looks for, in the words of the rows.

use std::time::Duration;

use kling_core::ProviderId;

use super::rows::JobRow;
use super::{Lease, Work};
use crate::job::PlatformId;

/// How long a row that cannot be read is left alone.
pub(super) const UNREAD_FOR: Duration = Duration::from_hours(1);

/// What is wanted, in the words of the rows.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) work: Work,
    /// The platforms or the providers to take jobs of.
    pub(super) served: Vec<String>,
    pub(super) limit: u32,
    pub(super) hold: Duration,
}

impl Wanted {
    pub(super) fn new(work: Work, lease: &Lease<'_>) -> Self {
        let platforms = lease.platforms.iter().map(PlatformId::as_str);
        let providers = lease.providers.iter().map(ProviderId::as_str);
        let served = match work {
            Work::Collect | Work::Deliver => platforms.map(str::to_owned).collect(),
            Work::Dispatch | Work::Poll | Work::Fetch | Work::Rescue => {
                providers.map(str::to_owned).collect()
            }
        };
        Self {
            work,
            served,
            limit: lease.limit,
            hold: lease.hold,
        }
    }

    /// The value of the column `work`.
    pub(super) const fn column(&self) -> &'static str {
        match self.work {
            Work::Collect => "collect",
            Work::Dispatch => "dispatch",
            Work::Poll => "poll",
            Work::Fetch => "fetch",
            Work::Deliver => "deliver",
            Work::Rescue => "rescue",
        }
    }

    /// What the rows are ordered by: while jobs wait for their turn, by that; else by how long they have
    /// been due.
    const fn rank(&self, row: &JobRow) -> (i64, i64) {
        match self.work {
            Work::Collect | Work::Dispatch => (row.turn, row.created_at),
            Work::Poll | Work::Fetch | Work::Deliver | Work::Rescue => (row.due_at, 0),
        }
    }

    /// Brings claimed rows in order: that in which an update returns them is not defined.
    pub(super) fn sort(&self, rows: &mut [JobRow]) {
        rows.sort_by(|a, b| (self.rank(a), &a.id).cmp(&(self.rank(b), &b.id)));
    }
}
