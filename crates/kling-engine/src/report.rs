//! The one line by which an operator learns how a job ended, and what to do about it.

use std::fmt::Write as _;

use kling_core::{Estimate, Money, TaskHandle};

use crate::event::Ending;
use crate::job::{Job, Stage};
use crate::reason::Reason;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// Nobody has to do anything.
    Routine,
    /// Somebody should look.
    Look,
    /// Something that was paid for did not reach anybody.
    Loss,
}

/// What is to be done about an ending, if anything.
type Advice = (Weight, Option<&'static str>);

const NOTHING_TO_DO: Advice = (Weight::Routine, None);

/// What the requester reads says it all.
const REQUESTER: Advice = (Weight::Routine, Some("nothing: the requester was told why"));

/// Tells how a job ended.
pub(crate) fn ended(job: &Job, trouble: Option<&str>) {
    let ending = job.ending.clone().unwrap_or(Ending::Result);
    let (weight, to_do) = advice(&ending);
    // What was overcome on the way is no news.
    let trouble = match ending {
        Ending::Result | Ending::Cancelled { .. } => None,
        Ending::Refused { .. } | Ending::Failed { .. } | Ending::Expired => trouble,
    };
    write(job, weight, &reason(&ending), trouble, to_do);
}

/// Tells that nobody knows what became of a submission.
pub(crate) fn unconfirmed(job: &Job, evidence: &str, trouble: Option<&str>) {
    let to_do = "see in the provider's account whether it was done; then look again, try again (which may \
                 be charged twice) or give it up";
    write(job, Weight::Look, evidence, trouble, Some(to_do));
}

fn write(
    job: &Job,
    weight: Weight,
    reason: &str,
    error: Option<&str>,
    to_do: Option<&'static str>,
) {
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                job.id = %job.id,
                stage = %job.stage,
                reason,
                provider = %job.provider,
                model = %job.model,
                platform = job.requester.platform.as_str(),
                workspace = job.requester.workspace,
                requester = job.requester.user,
                cost = cost(job),
                seconds = job.finished_at.map(|at| job.elapsed(at).as_secs()),
                task.handle = job.task.as_ref().map(TaskHandle::as_str),
                error,
                to_do,
                "job `{}` is {}", job.id, job.stage,
            )
        };
    }
    match weight {
        Weight::Routine => line!(info),
        Weight::Look => line!(warn),
        Weight::Loss => line!(error),
    }
}

/// What it cost, as far as that is known.
fn cost(job: &Job) -> String {
    let expected = || match job.estimate {
        Estimate::Exact(amount) => amount.to_string(),
        Estimate::Approximate(amount) => format!("about {amount}"),
        Estimate::Unknown => "an unknown amount".to_owned(),
    };
    match job.cost {
        _ if job.stage == Stage::Unconfirmed => format!("perhaps {}", expected()),
        Some(cost) if job.in_doubt => {
            format!(
                "{cost}, and perhaps {} for an earlier submission",
                expected()
            )
        }
        Some(cost) => cost.to_string(),
        None if job.attempt == 0 => Money::ZERO.to_string(),
        None => format!("not told; expected {}", expected()),
    }
}

/// Codes and figures, for a line of the log; not a provider's words, which may repeat the prompt.
fn reason(ending: &Ending) -> String {
    match ending {
        Ending::Result => "result".to_owned(),
        Ending::Refused { reasons } => {
            let all: Vec<String> = reasons.iter().map(code).collect();
            all.join("; ")
        }
        Ending::Failed { reason } => code(reason),
        Ending::Cancelled { .. } => "cancelled".to_owned(),
        Ending::Expired => "expired".to_owned(),
    }
}

fn code(reason: &Reason) -> String {
    let mut text = reason.code.clone().into_owned();
    let figures = reason.args.iter().filter(|(name, _)| *name != "reason");
    for (name, value) in figures {
        // Writing into a string does not fail.
        let _ = write!(text, " {name}={value}");
    }
    text
}

fn advice(ending: &Ending) -> Advice {
    match ending {
        Ending::Result | Ending::Cancelled { .. } => NOTHING_TO_DO,
        Ending::Expired => {
            let to_do = "see what it waited for: the queue, or the provider";
            (Weight::Look, Some(to_do))
        }
        Ending::Failed { reason } => advice_on(reason),
        Ending::Refused { reasons } => {
            let all = reasons.iter().map(advice_on);
            let worst = all.max_by_key(|(weight, _)| *weight == Weight::Look);
            worst.unwrap_or(REQUESTER)
        }
    }
}

fn advice_on(reason: &Reason) -> Advice {
    let look = |to_do| (Weight::Look, Some(to_do));
    let loss = |to_do| (Weight::Loss, Some(to_do));
    match &*reason.code {
        "provider-unauthorized" => look("give the provider a key that it accepts, and start again"),
        "provider-not-set-up" => look("set the account at the provider up for this"),
        "provider-out-of-funds" => look("top up the account at the provider"),
        "provider-unavailable" => {
            look("see whether the provider works, and can be reached from here")
        }
        "provider-missing" => look("configure the provider again"),
        "provider-failed" | "provider-no-result" => look(
            "ask the provider about it, above all where it charged; the command can be repeated",
        ),
        "archive-full" => look("make room in the archive, or allow it more"),
        "input-unavailable" => look("see whether files of the platform can be fetched from here"),
        "result-gone" | "result-not-media" => {
            loss("ask the provider for the result, or for the money; the command can be repeated")
        }
        "undeliverable" => {
            loss("give the bot the right to post there; what result there is stays in the archive")
        }
        "quarantined" => look(
            "look for the panic in this log, and report it; a newer version may do the command",
        ),
        "given-up" => (
            Weight::Routine,
            Some("nothing: its lost submission is in the ledger as perhaps charged"),
        ),
        _ => REQUESTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(reason: Reason) -> Ending {
        Ending::Failed { reason }
    }

    #[test]
    fn a_reason_is_told_with_its_figures_and_without_other_peoples_words() {
        let declined = Reason::new("provider-declined")
            .with("code", 400)
            .with("reason", "`a paper boat` is not allowed");
        let small = Reason::new("violation-too-small").with("file", 2);

        assert_eq!(
            reason(&failed(declined.clone())),
            "provider-declined code=400"
        );
        let reasons = vec![declined, small];
        assert_eq!(
            reason(&Ending::Refused { reasons }),
            "provider-declined code=400; violation-too-small file=2"
        );
    }

    #[test]
    fn whoever_has_to_do_something_is_told_what() {
        for code in Reason::CODES {
            let (weight, to_do) = advice(&failed(Reason::new(code)));
            assert!(to_do.is_some(), "{code}");
            let is_the_requesters = code.starts_with("violation") || code.starts_with("quota");
            assert!(!is_the_requesters || weight == Weight::Routine, "{code}");
        }
        assert_eq!(advice(&Ending::Expired).0, Weight::Look);
        assert_eq!(advice(&Ending::Result), NOTHING_TO_DO);
        assert_eq!(advice(&Ending::Cancelled { charged: None }), NOTHING_TO_DO);
    }

    #[test]
    fn what_an_operator_has_to_mend_outweighs_what_a_person_can() {
        let reasons = vec![Reason::new("archive-full"), Reason::new("input-gone")];
        let turned = reasons.iter().rev().cloned().collect();

        assert_eq!(advice(&Ending::Refused { reasons }).0, Weight::Look);
        assert_eq!(advice(&Ending::Refused { reasons: turned }).0, Weight::Look);
    }
}
