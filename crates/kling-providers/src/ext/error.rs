//! Why a generation brought nothing, with whatever can still be had of it.

use std::time::Duration;

use kling_core::{
    InvalidId, ModelId, Operation, Output, ProviderError, TaskFailure, TaskHandle, Violations,
};
use kling_http::DownloadError;

use super::GeneratedFile;

/// A generation that did not bring all it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The provider has no such model for that operation; nothing was sent.
    #[error("the provider has no model `{model}` for {operation}")]
    NoSuchModel {
        /// Which model.
        model: ModelId,
        /// For what.
        operation: Operation,
    },
    /// The request does not fit the model; nothing was sent.
    #[error("the request does not fit the model")]
    Unfit(#[from] Violations),
    /// The folder for the result cannot be made or written; nothing was sent, nor was a task waited for.
    #[error("the folder for the result cannot be written")]
    Destination(#[source] std::io::Error),
    /// The keys of the parts would be too long; nothing was sent.
    #[error("the submission key leaves no room for the number of a part")]
    Key(#[from] InvalidId),
    /// This part was not sent, because an earlier one was not accepted.
    #[error("this part was not submitted, because an earlier one was not accepted")]
    HeldBack,
    /// The submission failed; its [`kind`](ProviderError::kind) says whether something may be charged.
    #[error("the request could not be submitted")]
    Submit(#[source] ProviderError),
    /// The task could not be watched to its end. It may still run.
    #[error("the task could not be watched")]
    Watch {
        /// The task, to resume.
        handle: TaskHandle,
        /// What went wrong.
        #[source]
        source: ProviderError,
    },
    /// The task was not done in time. It may still run.
    #[error("the task was not done after {after:?}")]
    TimedOut {
        /// The task, to resume.
        handle: TaskHandle,
        /// How long it was watched.
        after: Duration,
    },
    /// [`GenerateOptions::stop`](super::GenerateOptions::stop) was cancelled.
    #[error("the generation was stopped")]
    Stopped {
        /// The task, to resume; `None` when none was started, or the model answered at once.
        handle: Option<TaskHandle>,
        /// What had come out already.
        paid: Option<Box<Paid>>,
    },
    /// The task failed at the provider.
    #[error("the task failed at the provider")]
    Failed {
        /// Which task.
        handle: TaskHandle,
        /// Why.
        failure: Box<TaskFailure>,
    },
    /// The task was cancelled at the provider.
    #[error("the task was cancelled at the provider")]
    Cancelled {
        /// Which task.
        handle: TaskHandle,
    },
    /// The task succeeded, and some of its files could not be fetched.
    #[error("{failed} of {of} result files could not be fetched")]
    Incomplete {
        /// The output, and the files that are here.
        paid: Box<Paid>,
        /// How many files are missing.
        failed: usize,
        /// Of how many.
        of: usize,
        /// Why the first of them is missing.
        #[source]
        source: DownloadError,
    },
}

/// What was paid for.
#[derive(Clone, Debug, PartialEq)]
pub struct Paid {
    /// The task, where there was one.
    pub handle: Option<TaskHandle>,
    /// What came out, for [`fetch_output`](super::fetch_output).
    pub output: Output,
    /// The files that are here.
    pub files: Vec<GeneratedFile>,
}

impl GenerateError {
    /// The task that is, or was, at the provider.
    pub fn handle(&self) -> Option<&TaskHandle> {
        match self {
            Self::Watch { handle, .. }
            | Self::TimedOut { handle, .. }
            | Self::Failed { handle, .. }
            | Self::Cancelled { handle } => Some(handle),
            Self::Stopped { handle, paid } => {
                handle.as_ref().or_else(|| paid.as_ref()?.handle.as_ref())
            }
            Self::Incomplete { paid, .. } => paid.handle.as_ref(),
            Self::NoSuchModel { .. }
            | Self::Unfit(_)
            | Self::Destination(_)
            | Self::Key(_)
            | Self::HeldBack
            | Self::Submit(_) => None,
        }
    }

    /// What came out, where something did.
    pub fn paid(&self) -> Option<&Paid> {
        match self {
            Self::Incomplete { paid, .. } => Some(paid),
            Self::Stopped { paid, .. } => paid.as_deref(),
            Self::NoSuchModel { .. }
            | Self::Unfit(_)
            | Self::Destination(_)
            | Self::Key(_)
            | Self::HeldBack
            | Self::Submit(_)
            | Self::Watch { .. }
            | Self::TimedOut { .. }
            | Self::Failed { .. }
            | Self::Cancelled { .. } => None,
        }
    }
}
