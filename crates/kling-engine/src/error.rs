//! What can go wrong inside the engine.

/// A failure of the engine's own machinery.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The database did not do what it was asked.
    #[error("the store failed while trying to {doing}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// What lies below.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process holds the SQLite file.
    #[error(
        "the database file is in use by another process; stop that one, or use PostgreSQL for several processes"
    )]
    Locked,
    /// The database was written by a newer version.
    #[error("the database was written by a newer version of this program")]
    NewerSchema,
    /// The store did not answer in time; what was asked will not happen.
    #[error("the store did not answer in time")]
    TooSlow,
    /// A stored row could not be read.
    #[error("a stored row could not be read ({what})")]
    Corrupt {
        /// Which part.
        what: &'static str,
    },
    /// The rules are other ones by now than those that a job was to be accepted by.
    #[error("the rules have changed meanwhile")]
    StaleRules,
    /// A setting cannot be changed like that.
    #[error("the rules cannot be changed like that")]
    Policy(#[from] crate::policy::PolicyError),
    /// There are jobs in a store that was to be filled.
    #[error("there are jobs in the store already; nothing was written")]
    NotEmpty,
    /// An exported store cannot be read.
    #[error("line {line} of the export cannot be used: {what}")]
    BadExport {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The archive did not do what it was asked.
    #[error("the archive failed while trying to {doing}")]
    Archive {
        /// What was being done.
        doing: &'static str,
        /// What lies below.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no room left in the archive.
    #[error("the archive is full")]
    ArchiveFull,
    /// No such job.
    #[error("there is no such job")]
    NoSuchJob,
    /// The job is not in a stage in which that can be done.
    #[error("the job is {stage}, so that cannot be done")]
    WrongStage {
        /// The stage it is in.
        stage: crate::Stage,
    },
    /// What fetches results could not be set up.
    #[error("the engine cannot be set up")]
    Setup(#[source] kling_http::ClientError),
    /// A failpoint was armed to fail here.
    #[error("the failpoint `{name}` was armed to fail")]
    Failpoint {
        /// Which one.
        name: &'static str,
    },
    /// The engine is shutting down.
    #[error("the engine is shutting down")]
    ShuttingDown,
}
