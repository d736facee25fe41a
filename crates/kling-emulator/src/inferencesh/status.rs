//! The states of a task, and the two incompatible tables of their numbers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a task's state is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusTable {
    /// The numbers of clients from 0.6.1 on: 9 uploading, 10 completed.
    #[default]
    Current,
    /// The numbers of clients up to 0.6.0: 8 uploading, 9 completed.
    Legacy,
    /// Lower-case names, which clients are prepared for.
    Names,
}

/// The state of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Received,
    Queued,
    Dispatched,
    Preparing,
    Serving,
    SettingUp,
    Running,
    Cancelling,
    Uploading,
    Completed,
    Failed,
    Cancelled,
    Rejected,
}

impl Status {
    /// Whether nothing follows.
    pub(super) fn is_end(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled | Self::Rejected => true,
            Self::Received
            | Self::Queued
            | Self::Dispatched
            | Self::Preparing
            | Self::Serving
            | Self::SettingUp
            | Self::Running
            | Self::Cancelling
            | Self::Uploading => false,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Dispatched => "dispatched",
            Self::Preparing => "preparing",
            Self::Serving => "serving",
            Self::SettingUp => "setting_up",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Uploading => "uploading",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
        }
    }

    /// How a body has it. The older table lacks two states: one cancels while it runs, and who is
    /// rejected has failed.
    pub(super) fn written(self, table: StatusTable) -> Value {
        let (current, legacy) = match self {
            Self::Received => (1, 1),
            Self::Queued => (2, 2),
            Self::Dispatched => (3, 3),
            Self::Preparing => (4, 4),
            Self::Serving => (5, 5),
            Self::SettingUp => (6, 6),
            Self::Running => (7, 7),
            Self::Cancelling => (8, 7),
            Self::Uploading => (9, 8),
            Self::Completed => (10, 9),
            Self::Failed => (11, 10),
            Self::Cancelled => (12, 11),
            Self::Rejected => (13, 10),
        };
        match table {
            StatusTable::Current => json!(current),
            StatusTable::Legacy => json!(legacy),
            StatusTable::Names => json!(self.name()),
        }
    }
}
