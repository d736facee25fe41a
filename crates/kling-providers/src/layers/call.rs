//! What a layer sees of a call: which one it is, and what became of it.

use std::time::Duration;

use kling_core::{
    Balance, Cancellation, GenerationRequest, ModelInfo, Output, Provider, ProviderId, Submission,
    SubmissionKey, TaskHandle, TaskStatus,
};

/// The calls that a provider can be asked to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// [`Provider::submit`]: costs money.
    Submit,
    /// [`Provider::status`].
    Status,
    /// [`Provider::watch`]: the provider's own stream of a task.
    Watch,
    /// [`Provider::cancel`].
    Cancel,
    /// [`Provider::find`].
    Find,
    /// [`Provider::balance`].
    Balance,
}

impl CallKind {
    /// A stable name for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Status => "status",
            Self::Watch => "watch",
            Self::Cancel => "cancel",
            Self::Find => "find",
            Self::Balance => "balance",
        }
    }
}

/// A call on its way to a provider: who is asked for what, and never with which words or files.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    provider: &'a dyn Provider,
    kind: CallKind,
    model: Option<&'a ModelInfo>,
    task: Option<&'a TaskHandle>,
    key: Option<&'a SubmissionKey>,
}

impl<'a> Call<'a> {
    /// A call about nothing in particular.
    pub(super) fn new(provider: &'a dyn Provider, kind: CallKind) -> Self {
        Self {
            provider,
            kind,
            model: None,
            task: None,
            key: None,
        }
    }

    /// The same call, about a request.
    pub(super) fn for_request(self, request: &GenerationRequest) -> Self {
        let mut entries = self.provider.models().iter();
        let model = entries
            .find(|entry| entry.id == request.model && entry.operation() == request.operation);
        Self { model, ..self }
    }

    /// The same call, about a submission's key.
    pub(super) fn with_key(self, key: &'a SubmissionKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// The same call, about a task.
    pub(super) fn with_task(self, task: &'a TaskHandle) -> Self {
        Self {
            task: Some(task),
            ..self
        }
    }

    /// Who is asked.
    pub fn provider(&self) -> &'a ProviderId {
        self.provider.id()
    }

    /// For what.
    pub fn kind(&self) -> CallKind {
        self.kind
    }

    /// For a submission, the catalogue's entry of its model and operation, so that there are only so many of them;
    /// `None` when the catalogue has no such entry.
    pub fn model(&self) -> Option<&'a ModelInfo> {
        self.model
    }

    /// The task it is about: for [`CallKind::Status`], [`CallKind::Watch`] and [`CallKind::Cancel`].
    pub fn task(&self) -> Option<&'a TaskHandle> {
        self.task
    }

    /// The submission it is about: for [`CallKind::Submit`] and [`CallKind::Find`].
    pub fn key(&self) -> Option<&'a SubmissionKey> {
        self.key
    }

    /// The longest that a submission takes below this layer.
    pub fn submit_timeout(&self) -> Duration {
        self.provider.submit_timeout()
    }
}

/// What a call can answer. A layer passes it on and may look at it; it cannot make one.
pub trait Answer: sealed::Sealed + Send + 'static {
    /// A look at the answer.
    fn view(&self) -> Answered<'_>;
}

/// A look at an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answered<'a> {
    /// To [`CallKind::Submit`].
    Submission(&'a Submission),
    /// To [`CallKind::Status`].
    Status(&'a TaskStatus),
    /// To [`CallKind::Cancel`].
    Cancellation(&'a Cancellation),
    /// To [`CallKind::Find`].
    Found(Option<&'a TaskHandle>),
    /// To [`CallKind::Balance`].
    Balance(Option<&'a Balance>),
}

impl<'a> Answered<'a> {
    /// The answer in one word, one of a dozen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Submission(Submission::Started(_)) => "started",
            Self::Submission(Submission::Finished(_)) => "finished",
            Self::Status(TaskStatus::Queued { .. }) => "queued",
            Self::Status(TaskStatus::Running { .. }) => "running",
            Self::Status(TaskStatus::Succeeded(_)) => "succeeded",
            Self::Status(TaskStatus::Failed(_)) => "failed",
            Self::Status(TaskStatus::Cancelled) => "cancelled",
            Self::Cancellation(Cancellation::Cancelled { .. }) => "cancelled",
            Self::Cancellation(Cancellation::TooLate) => "too-late",
            Self::Found(Some(_)) => "found",
            Self::Found(None) => "not-found",
            Self::Balance(Some(_)) => "told",
            Self::Balance(None) => "not-told",
        }
    }

    /// The handle of a task that is told here first.
    pub fn handle(self) -> Option<&'a TaskHandle> {
        match self {
            Self::Submission(Submission::Started(task)) => Some(task),
            Self::Found(task) => task,
            Self::Submission(Submission::Finished(_))
            | Self::Status(_)
            | Self::Cancellation(_)
            | Self::Balance(_) => None,
        }
    }

    /// What came out, where the work is done.
    pub fn output(self) -> Option<&'a Output> {
        match self {
            Self::Submission(Submission::Finished(output))
            | Self::Status(TaskStatus::Succeeded(output)) => Some(output),
            Self::Submission(_)
            | Self::Status(_)
            | Self::Cancellation(_)
            | Self::Found(_)
            | Self::Balance(_) => None,
        }
    }
}

impl Answer for Submission {
    fn view(&self) -> Answered<'_> {
        Answered::Submission(self)
    }
}

impl Answer for TaskStatus {
    fn view(&self) -> Answered<'_> {
        Answered::Status(self)
    }
}

impl Answer for Cancellation {
    fn view(&self) -> Answered<'_> {
        Answered::Cancellation(self)
    }
}

impl Answer for Option<TaskHandle> {
    fn view(&self) -> Answered<'_> {
        Answered::Found(self.as_ref())
    }
}

impl Answer for Option<Balance> {
    fn view(&self) -> Answered<'_> {
        Answered::Balance(self.as_ref())
    }
}

mod sealed {
    use super::{Balance, Cancellation, Submission, TaskHandle, TaskStatus};

    pub trait Sealed {}

    impl Sealed for Submission {}
    impl Sealed for TaskStatus {}
    impl Sealed for Cancellation {}
    impl Sealed for Option<TaskHandle> {}
    impl Sealed for Option<Balance> {}
}
