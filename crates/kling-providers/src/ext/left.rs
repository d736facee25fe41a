//! What is said of a generation that nobody waits for any more: what it came to, and what it may have cost.
//!
//! No prompt and no address is in it; a result's links are as good as the result.

use kling_core::{Cost, ErrorKind, Estimate, Output, Submission, SubmissionKey, TaskHandle};

use super::GenerateError;

/// What a submission came to.
pub(super) type Answer = Result<Submission, GenerateError>;

/// What a submission is expected to cost, for an operator's eyes.
pub(super) fn expected(estimate: Estimate) -> String {
    match estimate {
        Estimate::Exact(amount) => amount.to_string(),
        Estimate::Approximate(amount) => format!("about {amount}"),
        Estimate::Unknown => "nobody says how much".to_owned(),
    }
}

/// Says what came of a submission whose caller has gone.
pub(super) fn answered(key: &SubmissionKey, answer: &Answer, expected: &str) {
    match answer {
        Ok(Submission::Started(handle)) => task(key, handle),
        Ok(Submission::Finished(output)) => files(key, output),
        Err(GenerateError::Submit(error)) if error.kind() == ErrorKind::Unknown => tracing::warn!(
            submission.key = %key,
            error.name = error.name(),
            cost.expected = expected,
            "nobody waits any more for submission `{key}`, and whether work began is not known: it may be charged",
        ),
        Err(GenerateError::Submit(error)) => tracing::warn!(
            submission.key = %key,
            error.name = error.name(),
            "nobody waits any more for submission `{key}`, which was not accepted: nothing is charged",
        ),
        // Nothing was sent.
        Err(_) => {}
    }
}

fn task(key: &SubmissionKey, handle: &TaskHandle) {
    tracing::warn!(
        submission.key = %key,
        task.handle = %handle,
        "nobody waits any more for task `{handle}` of submission `{key}`, which goes on and is charged: resume it",
    );
}

fn files(key: &SubmissionKey, output: &Output) {
    let cost = output.cost.map(|Cost { amount, .. }| amount.to_string());
    tracing::warn!(
        submission.key = %key,
        files = output.assets.len(),
        cost = cost.as_deref().unwrap_or("not told"),
        "nobody waits any more for the result of submission `{key}`, which is charged and is not fetched",
    );
}

/// What is waited for, in the hands of whoever waits.
pub(super) enum Awaited<'a> {
    /// The answer to a submission, by a call that ends with its caller.
    Answer {
        /// What it is expected to cost.
        expected: &'a str,
    },
    /// The end of a task.
    Task(&'a TaskHandle),
    /// The files of a result.
    Files(&'a Output),
}

/// Says what was waited for, when it is dropped before [`Leaving::stay`].
pub(super) struct Leaving<'a> {
    key: &'a SubmissionKey,
    awaited: Option<Awaited<'a>>,
}

impl<'a> Leaving<'a> {
    pub(super) fn from(key: &'a SubmissionKey, awaited: Awaited<'a>) -> Self {
        let awaited = Some(awaited);
        Self { key, awaited }
    }

    /// It came.
    pub(super) fn stay(mut self) {
        self.awaited = None;
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let key = self.key;
        match self.awaited.take() {
            None => {}
            Some(Awaited::Task(handle)) => task(key, handle),
            Some(Awaited::Files(output)) => files(key, output),
            Some(Awaited::Answer { expected }) => tracing::warn!(
                submission.key = %key,
                cost.expected = expected,
                "submission `{key}` ended without an answer, and whether work began is not known: it may be charged",
            ),
        }
    }
}
