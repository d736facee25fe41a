//! What the answer to a submission means for the job; pure.

use std::time::Duration;

use kling_core::{
    Cost, ErrorKind, FailureKind, Output, ProviderError, Submission, TaskFailure, TaskHandle,
};

use crate::job::{Job, NOTHING};
use crate::reason::Reason;

/// The roads that are left after a submission.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
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

pub(super) fn read(answered: Result<Submission, ProviderError>) -> Answer {
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
                ProviderError::NoResult { cost } => *cost,
                _ => Some(NOTHING),
            };
            Answer::Ended(reason_of(error), cost)
        }
    }
}

/// One line for the operator.
pub(super) fn report(job: &Job, error: &ProviderError) {
    let chain = error as &dyn std::error::Error;
    match error.kind() {
        // It was taken, and may be charged: not the same as a no.
        ErrorKind::Request if matches!(error, ProviderError::NoResult { .. }) => tracing::warn!(
            job.id = %job.id, provider = %job.provider, model = %job.model, kind = error.name(),
            error = chain, "job `{}` was done, and nothing came of it", job.id,
        ),
        ErrorKind::Busy | ErrorKind::Request => tracing::info!(
            job.id = %job.id, provider = %job.provider, model = %job.model, kind = error.name(),
            error = chain, "job `{}` was not taken", job.id,
        ),
        ErrorKind::Unknown => tracing::warn!(
            job.id = %job.id, provider = %job.provider, model = %job.model, kind = error.name(),
            error = chain, "whether job `{}` was started, and charged, is unknown", job.id,
        ),
        ErrorKind::Broken => tracing::error!(
            job.id = %job.id, provider = %job.provider, model = %job.model, kind = error.name(),
            error = chain, "job `{}` cannot be done until an operator looks", job.id,
        ),
    }
}

/// Why a provider's error is the end of a job, for people.
pub(super) fn reason_of(error: ProviderError) -> Reason {
    match error {
        ProviderError::Declined { code, reason } => declined(Some(code), reason),
        ProviderError::Moderated { code } => Reason::new("provider-moderated").with("code", code),
        ProviderError::NoResult { .. } => Reason::new("provider-no-result"),
        ProviderError::Unauthorized => Reason::new("provider-unauthorized"),
        ProviderError::OutOfFunds => Reason::new("provider-out-of-funds"),
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
        FailureKind::Declined => declined(failure.code, failure.reason),
        FailureKind::Moderated => coded("provider-moderated", failure.code),
        FailureKind::Provider => coded("provider-failed", failure.code),
    }
}

fn declined(code: Option<String>, words: Option<String>) -> Reason {
    let reason = coded("provider-declined", code);
    match words {
        Some(words) => reason.with("reason", words),
        None => reason,
    }
}

fn coded(name: &'static str, code: Option<String>) -> Reason {
    match code {
        Some(code) => Reason::new(name).with("code", code),
        None => Reason::new(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::Money;

    #[track_caller]
    fn ends_with(error: ProviderError, code: &str) {
        match read(Err(error)) {
            Answer::Ended(reason, _) => assert_eq!(reason.code, code),
            other => panic!("{other:?} is no end"),
        }
    }

    #[test]
    fn what_the_provider_will_not_do_ends_the_job_with_its_reason() {
        let code = || "400".to_owned();

        ends_with(
            ProviderError::Declined {
                code: code(),
                reason: None,
            },
            "provider-declined",
        );
        ends_with(
            ProviderError::Moderated { code: code() },
            "provider-moderated",
        );
        ends_with(ProviderError::NoResult { cost: None }, "provider-no-result");
        ends_with(ProviderError::Unauthorized, "provider-unauthorized");
        ends_with(ProviderError::OutOfFunds, "provider-out-of-funds");
        ends_with(ProviderError::Input("gone".into()), "input-unavailable");
        ends_with(ProviderError::Unsupported { what: "it" }, "provider-failed");
    }

    #[test]
    fn only_a_busy_provider_is_asked_again() {
        let busy = read(Err(ProviderError::RateLimited {
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
