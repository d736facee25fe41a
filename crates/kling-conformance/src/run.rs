//! From a subject to tests: one for each law, model and operation.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kling_core::ModelInfo;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::Subject;
use crate::bench::Bench;
use crate::laws::{LAWS, Law};
use crate::transcript::Transcript;
use crate::verdict::{Stop, Verdict, broken, cannot};

/// No law takes longer, however slow the machine; a provider that hangs breaks it.
const BOUND: Duration = Duration::from_mins(3);

/// Runs every law on every entry of the subject's catalogue, as a test program with the usual arguments.
///
/// A test is named `group::law::model::operation`. One that cannot be judged here is shown as
/// ignored, with the reason. Where the catalogue says so before anything is run, the reason is the test's kind, so that
/// `--list --ignored` shows it too. What [`Subject::may_be_ignored`] does not allow fails instead. To be called from
/// `main` of a test with `harness = false`.
pub fn run(subject: impl Subject) -> ExitCode {
    let arguments = Arguments::from_args();
    let subject: Arc<dyn Subject> = Arc::new(subject);
    let models = subject.models();
    let trials = models
        .iter()
        .flat_map(|model| LAWS.iter().map(|law| trial(&subject, model, law)))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(subject: &Arc<dyn Subject>, model: &ModelInfo, law: &'static Law) -> Trial {
    let name = format!("{}::{}::{}", law.name, model.id, model.operation());
    let allowed = Allowed::of(subject.may_be_ignored(), &name);
    let left_out = law
        .about
        .and_then(|about| about.leaves_out(&**subject, model));
    let (subject, model) = (Arc::clone(subject), model.clone());
    let trial = Trial::ignorable_test(name, move || {
        match allowed.of_verdict(verdict(subject, model, law)) {
            Ok(()) => Ok(Completion::Completed),
            Err(Stop::Cannot(why)) => Ok(Completion::ignored_with(why)),
            Err(Stop::Broken(how)) => Err(Failed::from(how)),
        }
    });
    match left_out {
        Some(why) if allowed != Allowed::No => trial.with_ignored_flag(true).with_kind(why),
        Some(_) | None => trial,
    }
}

/// Whether a test may be shown as ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// Nobody minds.
    Either,
    /// It is listed.
    Listed,
    /// There is a list, and it is not on it.
    No,
}

impl Allowed {
    fn of(list: Option<&[&str]>, name: &str) -> Self {
        let is_it = |start: &&str| {
            let rest = name.strip_prefix(*start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        match list {
            None => Self::Either,
            Some(list) if list.iter().any(is_it) => Self::Listed,
            Some(_) => Self::No,
        }
    }

    /// What a verdict comes to.
    fn of_verdict(self, verdict: Verdict) -> Verdict {
        match (self, verdict) {
            (Self::No, Err(Stop::Cannot(why))) => broken(format!(
                "it cannot be judged, and is not listed as one that may be ignored: {why}"
            )),
            (Self::Listed, Ok(())) => broken(
                "it is listed as one that may be ignored, and can be judged: take it off the list",
            ),
            (_, verdict) => verdict,
        }
    }
}

/// A law's answer on a model; without running anything where it is not about it.
fn verdict(subject: Arc<dyn Subject>, model: ModelInfo, law: &Law) -> Verdict {
    let left_out = law
        .about
        .and_then(|about| about.leaves_out(&*subject, &model));
    match left_out {
        Some(why) => cannot(why),
        None => judged(subject, model, law),
    }
}

fn judged(subject: Arc<dyn Subject>, model: ModelInfo, law: &Law) -> Verdict {
    let transcript = Transcript::default();
    // Log lines are caught by thread, and everything of this law runs on this one.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_else(|error| broken(format!("there is no runtime: {error}")))?;
    tracing::subscriber::with_default(transcript.subscriber(), || {
        let judge = async {
            let bench = Bench::open(subject, model, transcript.clone()).await?;
            let verdict = (law.judge)(&bench).await;
            // A leak counts even where the law itself could not be judged.
            match verdict {
                Err(Stop::Broken(how)) => broken(how),
                other => bench.nothing_leaked().and(other),
            }
        };
        runtime.block_on(async {
            match tokio::time::timeout(BOUND, judge).await {
                Ok(verdict) => verdict,
                Err(_) => broken(format!("it took longer than {BOUND:?}")),
            }
        })
    })
}

#[cfg(test)]
mod tests;
