//! How a command that did not work ends: what scripts read, what people read, and what can still be had.

mod code;

use std::error::Error;
use std::path::Path;

use kling_core::{
    ErrorKind, FailureKind, Output, OutputSource, Problem, ProviderError, SubmissionKey,
    TaskFailure, TaskHandle, Violation, Violations,
};
use kling_providers::{GenerateError, Paid};
use serde::Serialize;

pub(crate) use code::Exit;

use crate::event::{Charged, Saved};

/// One thing that is wrong with a request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Complaint {
    /// The field's stable name.
    pub(crate) field: String,
    /// How the command line spells it.
    pub(crate) flag: String,
    pub(crate) problem: String,
    /// The nearest thing that would work.
    pub(crate) offer: String,
}

impl Complaint {
    fn of(violation: &Violation) -> Self {
        use kling_core::Field;

        let field = violation.field.as_str();
        let flag = match &violation.field {
            Field::Option(name) => format!("--option {name}"),
            Field::Images => "--image".to_owned(),
            Field::Elements | Field::ElementReferences => "--element".to_owned(),
            Field::Operation
            | Field::Prompt
            | Field::NegativePrompt
            | Field::FirstFrame
            | Field::LastFrame
            | Field::Video
            | Field::AspectRatio
            | Field::Resolution
            | Field::Format
            | Field::Duration
            | Field::Count
            | Field::KeepAudio => format!("--{}", field.replace('_', "-")),
        };
        Self {
            field: field.to_owned(),
            flag,
            problem: violation.problem.to_string(),
            offer: match violation.problem {
                Problem::OnlyFirstReturned { asked } => {
                    format!(
                        "{}, or --split for {asked} requests, each charged",
                        violation.offer
                    )
                }
                _ => violation.offer.to_string(),
            },
        }
    }
}

/// An end that is not success. Every field is always in its JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Ending {
    exit: Exit,
    /// A stable name of what happened.
    pub(crate) code: String,
    pub(crate) message: String,
    /// The task that is, or was, at the provider.
    pub(crate) handle: Option<String>,
    /// What the submission was called, once there was one.
    pub(crate) submission_key: Option<String>,
    /// What was charged all the same, where known.
    pub(crate) cost: Option<Charged>,
    /// Everything that is wrong with the request.
    pub(crate) violations: Vec<Complaint>,
    /// The files that are here.
    pub(crate) files: Vec<Saved>,
    /// Addresses of paid files that could not be fetched and that no handle leads to. They may expire soon.
    pub(crate) links: Vec<String>,
}

impl Ending {
    pub(crate) fn new(exit: Exit, code: &str, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            exit,
            code: code.to_owned(),
            message: message.into(),
            handle: None,
            submission_key: None,
            cost: None,
            violations: Vec::new(),
            files: Vec::new(),
            links: Vec::new(),
        })
    }

    pub(crate) fn usage(code: &str, message: impl Into<String>) -> Box<Self> {
        Self::new(Exit::Usage, code, message)
    }

    pub(crate) fn interrupted() -> Box<Self> {
        let message = "interrupted before anything was sent";
        Self::new(Exit::Interrupted, "interrupted", message)
    }

    /// A request that does not fit, with everything that is wrong.
    pub(crate) fn unfit(message: impl Into<String>, violations: &Violations) -> Box<Self> {
        let mut ending = Self::usage("unfit", message);
        ending.violations = violations.0.iter().map(Complaint::of).collect();
        ending
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn with_handle(mut self: Box<Self>, handle: &TaskHandle) -> Box<Self> {
        self.handle = Some(handle.to_string());
        self
    }

    pub(crate) fn with_key(mut self: Box<Self>, key: &SubmissionKey) -> Box<Self> {
        self.submission_key = Some(key.to_string());
        self
    }

    /// The same, with the provider that it is about.
    pub(crate) fn about(mut self: Box<Self>, provider: &str) -> Box<Self> {
        self.message = format!("`{provider}`: {}", self.message);
        self
    }

    /// The same, with what was wrong elsewhere behind it.
    pub(crate) fn and(mut self: Box<Self>, other: &Self) -> Box<Self> {
        self.message = format!("{}; {}", self.message, other.message);
        self
    }

    /// A request in parts, of which some brought nothing: what each did was told.
    pub(crate) fn of_parts(exit: Exit, failed: usize, of: usize) -> Box<Self> {
        let message = format!("{failed} of {of} parts did not bring their result");
        Self::new(exit, "parts", message)
    }

    /// A failed call that costs nothing, such as a look at a balance.
    pub(crate) fn of_read(error: &ProviderError) -> Box<Self> {
        let exit = match error.kind() {
            ErrorKind::Busy => Exit::Busy,
            ErrorKind::Request | ErrorKind::Unknown | ErrorKind::Broken => broken(error),
        };
        Self::of_provider(exit, error)
    }

    /// A failed submission. Only *unknown* may have been charged.
    pub(crate) fn of_submission(error: &ProviderError) -> Box<Self> {
        let exit = match error.kind() {
            ErrorKind::Busy => Exit::Busy,
            ErrorKind::Unknown => Exit::Unconfirmed,
            ErrorKind::Request | ErrorKind::Broken => broken(error),
        };
        let mut ending = Self::of_provider(exit, error);
        if exit == Exit::Unconfirmed {
            ending.message.push_str(
                "; it may have been charged: look at the provider's own list before it is sent again",
            );
        }
        ending
    }

    /// A task that could not be watched: whatever passes, the task is still there.
    fn of_watch(error: &ProviderError) -> Box<Self> {
        let exit = match error.kind() {
            ErrorKind::Busy | ErrorKind::Unknown => Exit::NotFinished,
            ErrorKind::Request | ErrorKind::Broken => broken(error),
        };
        Self::of_provider(exit, error)
    }

    fn of_provider(exit: Exit, error: &ProviderError) -> Box<Self> {
        let mut message = chain(error);
        if let ProviderError::Declined {
            reason: Some(reason),
            ..
        } = error
        {
            message = format!("{message}: {reason}");
        }
        if let Some(wait) = error.retry_after() {
            message = format!("{message}; it asks to wait {} s", wait.as_secs());
        }
        let mut ending = Self::new(exit, error.name(), message);
        if let ProviderError::NoResult { cost, .. } = error {
            ending.cost = cost.map(Charged::of);
        }
        ending
    }

    /// A wish to cancel that came to nothing. Where nobody can cancel, the task goes on.
    pub(crate) fn of_cancel(error: &ProviderError, handle: &TaskHandle) -> Box<Self> {
        let mut ending = Self::of_read(error);
        if let ProviderError::Unsupported { .. } = error {
            ending.message = format!(
                "{}: the task goes on, and `kling resume {handle}` fetches what comes out; `can_cancel` in \
                 `kling models --json` tells where it is possible",
                ending.message
            );
        }
        ending.with_handle(handle)
    }

    /// A folder that cannot take the result.
    pub(crate) fn destination(out: &Path, error: &std::io::Error) -> Box<Self> {
        let shown = out.display();
        let message = if out.is_dir() || !out.exists() {
            format!("the folder `{shown}` cannot be written: {error}")
        } else {
            format!("`{shown}` is not a folder, and nothing is ever replaced: --out takes a folder")
        };
        Self::usage("destination", message)
    }

    /// A generation into `out` that did not bring all it should.
    pub(crate) fn of(error: &GenerateError, out: &Path) -> Box<Self> {
        let told = chain(error);
        let mut ending = match error {
            GenerateError::NoSuchModel { .. } => Self::usage("no-such-model", told),
            GenerateError::Unfit(violations) => Self::unfit(error.to_string(), violations),
            GenerateError::Destination(below) => Self::destination(out, below),
            GenerateError::Submit(below) => Self::of_submission(below),
            GenerateError::Watch { source, .. } => Self::of_watch(source),
            GenerateError::TimedOut { after, .. } => {
                let after = humantime::format_duration(*after);
                let told = format!("the task was not done after {after}");
                Self::new(Exit::NotFinished, "timed-out", told)
            }
            GenerateError::Stopped { handle: None, .. } => Self::interrupted(),
            GenerateError::Stopped { .. } => Self::new(Exit::NotFinished, "stopped", told),
            GenerateError::Failed { failure, .. } => Self::of_failure(failure),
            GenerateError::Cancelled { .. } => Self::new(Exit::Failed, "cancelled", told),
            GenerateError::HeldBack => Self::new(Exit::Busy, "held-back", told),
            GenerateError::Incomplete { .. } => Self::new(Exit::NotStored, "incomplete", told),
            _ => Self::new(Exit::Failed, "failed", told),
        };
        ending.handle = error.handle().map(ToString::to_string);
        if let Some(paid) = error.paid() {
            ending.keep(paid);
        }
        ending
    }

    fn of_failure(failure: &TaskFailure) -> Box<Self> {
        let (code, why) = match failure.kind {
            FailureKind::Moderated => ("moderated", "its content rules do not allow it"),
            FailureKind::Declined => ("declined", "it could not use the request"),
            FailureKind::Provider => ("provider-failed", "it broke"),
        };
        let mut message = format!("the task failed at the provider: {why}");
        for more in [&failure.code, &failure.reason].into_iter().flatten() {
            message = format!("{message}; {more}");
        }
        let mut ending = Self::new(Exit::Failed, code, message);
        ending.cost = failure.cost.map(Charged::of);
        ending
    }

    /// What was paid for: the files that are here, and a way to the others.
    fn keep(&mut self, paid: &Paid) {
        self.cost = paid.output.cost.map(Charged::of);
        self.files = paid.files.iter().map(Saved::of).collect();
        if paid.handle.is_none() {
            self.links = links(&paid.output, &self.files);
        }
    }
}

fn links(output: &Output, saved: &[Saved]) -> Vec<String> {
    let numbered = (1..).zip(&output.assets);
    let missing = numbered.filter(|(number, _)| saved.iter().all(|file| file.number != *number));
    missing
        .filter_map(|(_, asset)| match &asset.source {
            OutputSource::Url(url) => Some(url.expose().to_string()),
            OutputSource::Inline(_) => None,
        })
        .collect()
}

/// What is not helped by waiting.
const fn broken(error: &ProviderError) -> Exit {
    match error {
        ProviderError::Unauthorized { .. }
        | ProviderError::OutOfFunds { .. }
        | ProviderError::NotSetUp { .. } => Exit::Account,
        ProviderError::Unsupported { .. } | ProviderError::Handle(_) | ProviderError::Input(_) => {
            Exit::Usage
        }
        _ => Exit::Failed,
    }
}

/// An error and everything below it, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        let text = error.to_string();
        if !told.contains(&text) {
            told = format!("{told}: {text}");
        }
        below = error.source();
    }
    told
}

#[cfg(test)]
mod tests;
