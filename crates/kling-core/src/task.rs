//! The provider's side of a job: remote, paid, not ours.

use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;

use crate::{AssetUrl, Cost, MediaType, ProviderError, TaskHandle};

/// What `submit` answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Submission {
    /// Work began; look again with the handle.
    Started(TaskHandle),
    /// The model answers at once: here is the result.
    Finished(Output),
}

/// How far a task has come.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskStatus {
    /// Accepted, not begun.
    Queued {
        /// How many are in front, where the provider tells.
        position: Option<u32>,
    },
    /// Begun.
    Running {
        /// How much is done, from 0 to 100, where the provider tells.
        percent: Option<u8>,
    },
    /// Done.
    Succeeded(Output),
    /// Ended without a result.
    Failed(TaskFailure),
    /// Ended because it was cancelled.
    Cancelled,
}

impl TaskStatus {
    /// Whether it will not change again.
    pub const fn is_terminal(&self) -> bool {
        match self {
            Self::Queued { .. } | Self::Running { .. } => false,
            Self::Succeeded(_) | Self::Failed(_) | Self::Cancelled => true,
        }
    }
}

/// What came out of a finished task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// The files, in the provider's order. There may be fewer than were asked for.
    pub assets: Vec<OutputAsset>,
    /// What was charged, where known.
    pub cost: Option<Cost>,
}

/// One file that came out.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputAsset {
    /// Where its bytes are.
    pub source: OutputSource,
    /// What the provider says it is; the bytes may say otherwise.
    pub media_type: Option<MediaType>,
}

/// Where the bytes of a result are.
#[derive(Clone, PartialEq)]
pub enum OutputSource {
    /// At an address that may expire soon: fetch it without delay.
    Url(AssetUrl),
    /// In the answer itself.
    Inline(Bytes),
}

impl std::fmt::Debug for OutputSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url(url) => write!(f, "Url({url})"),
            Self::Inline(bytes) => write!(f, "Inline({} bytes)", bytes.len()),
        }
    }
}

/// Why a task ended without a result.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskFailure {
    /// What sort of failure.
    pub kind: FailureKind,
    /// The provider's own words, only where they are meant for the person who asked.
    pub reason: Option<String>,
    /// The provider's code for it.
    pub code: Option<String>,
    /// What was charged all the same, where known.
    pub cost: Option<Cost>,
}

/// Sorts of failure that a person reacts to differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The provider's content rules do not allow it.
    Moderated,
    /// The provider could not use the request.
    Declined,
    /// The provider broke.
    Provider,
}

/// What a native stream tells while a task runs.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskEvent {
    /// The status, whole. A terminal one is the last event.
    Status(TaskStatus),
    /// Files that are done before the rest.
    Partial(Vec<OutputAsset>),
}

/// Events of one task, until a terminal status.
pub type TaskEvents = Pin<Box<dyn Stream<Item = Result<TaskEvent, ProviderError>> + Send>>;
