//! What a test and a replica (an engine as a child process) say to each other: the settings it starts with, and then a line
//! for each order and each answer.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The environment variable that a replica's settings are in, as JSON.
pub const SETTINGS: &str = "KLING_REPLICA";

/// What a replica is told when it starts. Lengths of time are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaSettings {
    /// The store's address.
    pub store: String,
    /// The folder for its archive and for what it notes beside a database.
    pub folder: PathBuf,
    /// The provider's name.
    pub provider: String,
    /// The provider's table, in TOML.
    pub table: String,
    /// Where the chat listens.
    pub chat: String,
    /// The file that people attach.
    pub input: PathBuf,
    /// The public address of the same.
    pub input_address: String,
    /// How long a submission may take.
    pub submit_ms: u64,
    /// How long an acceptance may take.
    pub accept_ms: u64,
    /// How long a claim holds.
    pub lease_ms: u64,
    /// How far apart things may be before they count.
    pub margin_ms: u64,
    /// How far ahead of this machine's its clock is; where it is not said, it goes by the time of the store.
    pub ahead_ms: Option<u64>,
    /// How long the files of ended jobs are kept.
    pub retention_ms: u64,
    /// How often old files are looked for.
    pub clean_ms: u64,
}

/// What a replica is told to do. Each order is answered by a line, in whatever order they are done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Order {
    /// Arms failpoints, in place of those armed before; none for an empty text.
    Arm {
        /// As `failpoint::arm` takes them.
        points: String,
    },
    /// Takes in somebody's command.
    Accept {
        /// Who sends it.
        who: String,
    },
    /// Tells what is on record about somebody's command.
    Look {
        /// Who sent it.
        who: String,
    },
    /// Cancels it.
    Cancel {
        /// Who sent it.
        who: String,
    },
    /// Carries out a choice about it.
    Resolve {
        /// Who sent it.
        who: String,
        /// Whether to try again; else to look again.
        again: bool,
    },
    /// Ends in order.
    Stop,
}

/// What is on record about somebody's command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The stage of each job; one command makes at most one.
    pub stages: Vec<String>,
    /// The lines of our ledger: what they are, and how much in nano-dollars, where known.
    pub ledger: Vec<(String, Option<i64>)>,
    /// How many jobs, anybody's, the replica is at work on.
    pub working_on: usize,
}
