//! What went wrong last with each job: told at `debug` when it happens, and once more in the line at its end.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Mutex;

use crate::context::lock;
use crate::event::Event;
use crate::job::{Job, JobId};

/// How many jobs' troubles are remembered: a bound, since a job may end in another process.
const MOST: usize = 10_000;

/// What went wrong last with each job, for as long as that may be why it ends.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<HashMap<JobId, String>>);

impl Troubles {
    /// Something went wrong, and is tried again or ends the job.
    pub(crate) fn note(&self, job: &Job, what: &'static str, error: &(dyn Error + 'static)) {
        tracing::debug!(
            job.id = %job.id, provider = %job.provider, stage = %job.stage, error,
            "job `{}`: {what}", job.id,
        );
        self.keep(&job.id, chain(error));
    }

    /// As [`Troubles::note`], where there is no error to show.
    pub(crate) fn say(&self, job: &Job, what: &'static str) {
        tracing::debug!(
            job.id = %job.id, provider = %job.provider, stage = %job.stage,
            "job `{}`: {what}", job.id,
        );
        self.keep(&job.id, what.to_owned());
    }

    /// What went wrong last, and is not needed any more.
    pub(crate) fn take(&self, id: &JobId) -> Option<String> {
        lock(&self.0).remove(id)
    }

    /// A step that went well leaves the troubles before it behind.
    pub(crate) fn pass(&self, id: &JobId, event: &Event) {
        match event {
            Event::Collected
            | Event::Intent { .. }
            | Event::Started { .. }
            | Event::Finished { .. }
            | Event::TryAgain
            | Event::Fetched
            | Event::NoticeShown { .. } => drop(self.take(id)),
            Event::Withdrawn
            | Event::NotSent { .. }
            | Event::Lost { .. }
            | Event::Progress { .. }
            | Event::Delivering
            | Event::Ended { .. }
            | Event::Delivered { .. }
            | Event::Undeliverable { .. } => {}
        }
    }

    fn keep(&self, id: &JobId, trouble: String) {
        let mut all = lock(&self.0);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(id.clone(), trouble);
    }
}

/// An error with everything below it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        // Writing into a string does not fail.
        let _ = write!(text, ": {error}");
        below = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::ProviderError;

    #[test]
    fn an_error_is_told_with_everything_below_it() {
        let error = ProviderError::Unreachable("connection refused".into());

        assert_eq!(
            chain(&error),
            "the provider could not be reached: connection refused"
        );
    }
}
