//! What a look through a store finds.

use super::rows::JobRow;
use crate::job::Stage;

/// What a look through a store finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many schema steps the store has had.
    pub schema: u64,
    /// How many schema steps this program knows.
    pub known: u64,
    /// How many jobs are in each stage.
    pub counts: Vec<(Stage, u64)>,
    /// Jobs that cannot be read, by name, each with the part of it that is at fault.
    pub unreadable: Vec<(String, &'static str)>,
    /// What the database says about itself, when it finds itself damaged; and totals of money that are
    /// not what their rows say.
    pub damage: Vec<String>,
}

impl Checked {
    /// Whether this program can use the store, and every job in it.
    pub fn is_fine(&self) -> bool {
        self.schema <= self.known && self.unreadable.is_empty() && self.damage.is_empty()
    }

    /// Looks at one job.
    pub(super) fn look_at(&mut self, row: JobRow) {
        let id = row.id.clone();
        match row.into_job() {
            Ok(job) => {
                match self
                    .counts
                    .iter_mut()
                    .find(|(stage, _)| *stage == job.stage)
                {
                    Some((_, count)) => *count += 1,
                    None => self.counts.push((job.stage, 1)),
                }
            }
            Err(what) => self.unreadable.push((id, what)),
        }
    }

    pub(super) fn in_order(mut self) -> Self {
        self.counts.sort_unstable();
        self
    }
}
