//! One cell of the matrix: a point, what happens there, and the road that leads to it.

use kling_engine::failpoint;

use crate::kind::Kind;
use crate::roads::{self, Done, Road};

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process gets SIGKILL.
    Kill,
    /// Nothing: the point is not passed.
    Never,
    /// The process stands still for longer than a lease.
    Pause,
    /// The next answer of the vendor and the next one of the chat are lost.
    Lost,
    /// The next call of the vendor is carried out, charged where it costs something, and answered with 502.
    Billed,
    /// The commit fails, or the next one does where the point is none.
    Database,
    /// The disk is full when the next file is to be kept.
    Full,
}

impl Fault {
    /// Those beside SIGKILL.
    pub(crate) const OTHERS: [Self; 5] = [
        Self::Pause,
        Self::Lost,
        Self::Billed,
        Self::Database,
        Self::Full,
    ];

    /// Whether the process stops or dies at the point.
    pub(crate) const fn stops(self) -> bool {
        match self {
            Self::Kill | Self::Pause | Self::Lost | Self::Billed => true,
            Self::Never | Self::Database | Self::Full => false,
        }
    }
}

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) point: &'static str,
    pub(crate) fault: Fault,
    pub(crate) road: Road,
}

impl Case {
    /// A fault at every point; at those that a kind does not pass it is watched that it does not.
    pub(crate) fn all(kind: Kind, fault: Fault) -> Vec<Self> {
        let points = failpoint::NAMES.iter().copied();
        let cases = points.filter_map(|point| {
            let fault = match kind.passes(point) {
                true => fault,
                false if fault == Fault::Kill => Fault::Never,
                false => return None,
            };
            let road = roads::of(point);
            Some(Self { point, fault, road })
        });
        cases.collect()
    }

    /// Whose command it is.
    pub(crate) fn who(&self) -> String {
        format!("{}-{:?}", self.point, self.fault)
    }

    /// What to arm.
    pub(crate) fn arms(&self) -> String {
        let point = self.point;
        let also = self.road.arms_also();
        let own = match self.fault {
            Fault::Kill | Fault::Never => format!("{point}=kill"),
            Fault::Pause | Fault::Lost | Fault::Billed => format!("{point}=stop"),
            Fault::Database if point.starts_with("commit.") => format!("{point}=error"),
            Fault::Database => format!("{point}>any-commit=error"),
            Fault::Full if point == "archive.before" => "archive.before=full".to_owned(),
            Fault::Full => format!("{point}>archive.before=full"),
        };
        format!("{also}{own}")
    }

    /// Whether it is armed only once the job is over: the point is passed all the time.
    pub(crate) fn arms_late(&self) -> bool {
        self.point == "commit.forgotten.before"
    }

    /// Whether somebody waits for a lease to run out; after a kill it is simply later.
    pub(crate) const fn waits_for_leases(&self) -> bool {
        match self.fault {
            Fault::Pause | Fault::Database => true,
            Fault::Kill | Fault::Never | Fault::Lost | Fault::Billed | Fault::Full => false,
        }
    }

    /// How long a submission may take, where time does not pass at will. Where its answer is not on record at the point,
    /// whoever looks for it waits for that long, and where it is not waited for either, it does not matter how short
    /// that is.
    pub(crate) fn submit_ms(&self) -> u64 {
        match self.point {
            "commit.intent.after" | "submit.before" | "submit.after" => 1_000,
            "commit.started.before"
            | "commit.finished.before"
            | "commit.not-sent.before"
            | "commit.ended.before"
            | "commit.lost.before" => 5_000,
            _ => 20_000,
        }
    }

    /// Whether a job on this road comes to an end by itself, with nobody stopping it.
    pub(crate) fn may_settle(&self, done: &Done) -> bool {
        match self.road {
            Road::LookAgain | Road::TryAgain | Road::Cancelled | Road::Running | Road::SlowChat => {
                done.is_over()
            }
            _ => true,
        }
    }
}
