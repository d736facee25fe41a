//! What the answer to a submission means for the job; pure.

use std::time::Duration;

use kling_core::{
    Cost, ErrorKind, FailureKind, Output, ProviderError, Submission, TaskFailure, TaskHandle,
};

use crate::job::NOTHING;
use crate::reason::Reason;

/// The roads that are left after a submission.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The provider works.
    Started(TaskHandle),
    /// The provider is done.
    Finished(Output),
    /// There will be no result, and that is certain.
    Ended(Reason, Option<Cost>),
    /// Nothing was started, and waiting helps.
    NotSent {
        why: &'static str,
        retry_after: Option<Duration>,
    },
    /// Nobody knows.
    Lost(&'static str),
}

pub(crate) fn read(answered: Result<Submission, ProviderError>) -> Answer {
    let error = match answered {
        Ok(Submission::Started(task)) => return Answer::Started(task),
        Ok(Submission::Finished(output)) if output.assets.is_empty() => {
            return Answer::Ended(Reason::new("provider-no-result"), output.cost);
        }
        Ok(Submission::Finished(output)) => return Answer::Finished(output),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::Busy => Answer::NotSent {
            why: error.name(),
            retry_after: error.retry_after(),
        },
        ErrorKind::Unknown => Answer::Lost(error.name()),
        ErrorKind::Request | ErrorKind::Broken => {
            let cost = match &error {
                ProviderError::NoResult { cost, .. } => *cost,
                _ => Some(NOTHING),
            };
            Answer::Ended(reason_of(error), cost)
        }
    }
}

/// What an error says about the job, for the log.
pub(super) const fn meaning(error: &ProviderError) -> &'static str {
    match error.kind() {
        // It was taken, and may be charged: not the same as a no.
        ErrorKind::Request if matches!(error, ProviderError::NoResult { .. }) => {
            "it was done, and nothing came of it"
        }
        ErrorKind::Busy | ErrorKind::Request => "it was not taken",
        ErrorKind::Unknown => "whether it was started, and charged, is unknown",
        ErrorKind::Broken => "it cannot be done until an operator looks",
    }
}

/// Why a provider's error is the end of a job, for people.
pub(super) fn reason_of(error: ProviderError) -> Reason {
    match error {
        ProviderError::Declined { note, reason } => declined(note.code(), reason),
        ProviderError::Moderated { note } => coded("provider-moderated", note.code()),
        ProviderError::NoResult { .. } => Reason::new("provider-no-result"),
        ProviderError::Unauthorized { .. } => Reason::new("provider-unauthorized"),
        ProviderError::OutOfFunds { .. } => Reason::new("provider-out-of-funds"),
        ProviderError::NotSetUp { .. } => Reason::new("provider-not-set-up"),
        ProviderError::Input(_) => Reason::new("input-unavailable"),
        ProviderError::RateLimited { .. }
        | ProviderError::Unreachable(_)
        | ProviderError::Unavailable { .. } => Reason::new("provider-unavailable"),
        other => Reason::new("provider-failed").with("code", other.name()),
    }
}

/// Why a failed task has no result, for people.
pub(crate) fn reason_of_failure(failure: TaskFailure) -> Reason {
    match failure.kind {
        FailureKind::Declined => declined(failure.code.as_deref(), failure.reason),
        FailureKind::Moderated => coded("provider-moderated", failure.code.as_deref()),
        FailureKind::Provider => coded("provider-failed", failure.code.as_deref()),
    }
}

fn declined(code: Option<&str>, words: Option<String>) -> Reason {
    let reason = coded("provider-declined", code);
    match words {
        Some(words) => reason.with("reason", words),
        None => reason,
    }
}

fn coded(name: &'static str, code: Option<&str>) -> Reason {
    match code {
        Some(code) => Reason::new(name).with("code", code),
        None => Reason::new(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::{Money, ReplyNote};

    #[track_caller]
    fn ends_with(error: ProviderError, code: &str) {
        match read(Err(error)) {
            Answer::Ended(reason, _) => assert_eq!(reason.code, code),
            other => panic!("{other:?} is no end"),
        }
    }

    #[test]
    fn what_the_provider_will_not_do_ends_the_job_with_its_reason() {
        let note = || ReplyNote::of_code("400");

        ends_with(
            ProviderError::Declined {
                note: note(),
                reason: None,
            },
            "provider-declined",
        );
        ends_with(
            ProviderError::Moderated { note: note() },
            "provider-moderated",
        );
        ends_with(
            ProviderError::NoResult {
                note: note(),
                cost: None,
            },
            "provider-no-result",
        );
        ends_with(
            ProviderError::Unauthorized { note: note() },
            "provider-unauthorized",
        );
        ends_with(
            ProviderError::OutOfFunds { note: note() },
            "provider-out-of-funds",
        );
        ends_with(
            ProviderError::NotSetUp {
                missing: Vec::new(),
                note: note(),
            },
            "provider-not-set-up",
        );
        ends_with(ProviderError::Input("gone".into()), "input-unavailable");
        ends_with(ProviderError::Unsupported { what: "it" }, "provider-failed");
    }

    #[test]
    fn only_a_busy_provider_is_asked_again() {
        let busy = read(Err(ProviderError::RateLimited {
            note: ReplyNote::default(),
            retry_after: Some(Duration::from_secs(3)),
        }));
        let lost = read(Err(ProviderError::Indeterminate("broken off".into())));

        let expected = Answer::NotSent {
            why: "rate-limited",
            retry_after: Some(Duration::from_secs(3)),
        };
        assert_eq!(busy, expected);
        assert_eq!(lost, Answer::Lost("indeterminate"));
    }

    #[test]
    fn an_answer_without_files_keeps_what_it_cost() {
        let cost = Some(Cost {
            amount: Money::from_microdollars(5),
            source: kling_core::CostSource::Reported,
        });
        let empty = Output {
            assets: Vec::new(),
            cost,
        };

        let answer = read(Ok(Submission::Finished(empty)));

        assert_eq!(
            answer,
            Answer::Ended(Reason::new("provider-no-result"), cost)
        );
    }
}
