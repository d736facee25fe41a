//! Whatever JSON a vendor answers with: never a panic, never shown, and always one of the roads.

use std::fmt::Debug;

use kling_core::{Cancellation, ErrorKind, ProviderError, TaskStatus};

use crate::arbitrary::{json, some};
use crate::bench::{Bench, MARKER};
use crate::request::WORDS;
use crate::shelf::SIGNATURE;
use crate::verdict::{Stop, Verdict, broken, require};
use crate::{Call, Trouble};

/// How many answers each law is about.
const ANSWERS: usize = 96;

/// Statuses that the answers come with, in turn; most are a success, which is read most closely.
const STATUSES: [u16; 12] = [200, 200, 400, 200, 201, 401, 200, 404, 429, 200, 422, 500];

/// Answers to a call, made from the vendor's sample of one.
fn answers(bench: &Bench, call: Call) -> Result<Vec<(u16, String)>, Stop> {
    let sample = bench.vendor.sample(call)?;
    let mut words = vec![
        format!("the answer to `{WORDS}`"),
        format!("https://files.example.com/a.png?sig={SIGNATURE}"),
    ];
    let secrets = bench.subject.secrets();
    words.extend(
        secrets
            .iter()
            .map(|secret| format!("the key {secret} is old")),
    );
    let refusals = some(&json(&sample, &words), ANSWERS)?;
    // What a refusal says may be meant for people; what any other answer says is not.
    words.push(MARKER.to_owned());
    let others = some(&json(&sample, &words), ANSWERS)?;
    let statuses = STATUSES.iter().cycle();
    let both = refusals.into_iter().zip(others).zip(statuses);
    Ok(both
        .map(|((refusal, other), &status)| (status, if status < 400 { other } else { refusal }))
        .collect())
}

fn trouble(status: u16, body: &str) -> Trouble {
    Trouble::Answer {
        status,
        content_type: "application/json",
        body: body.to_owned(),
    }
}

/// A read is never an unclear submission.
fn read<T: Debug>(status: u16, body: &str, answer: &Result<T, ProviderError>) -> Verdict {
    match answer {
        Err(error @ ProviderError::Indeterminate(_)) => broken(format!(
            "{status} {body}: a read counts as a submission: {error:?}"
        )),
        Err(error) if status >= 500 && !error.is_retryable() => {
            broken(format!("{status} {body}: not retryable: {error:?}"))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

pub(crate) async fn in_answer_to_a_submission_is_classified(bench: &Bench) -> Verdict {
    let request = bench.minimal()?;
    for (number, (status, body)) in answers(bench, Call::Submission)?.into_iter().enumerate() {
        bench
            .vendor
            .play(Call::Submission, trouble(status, &body))?;
        let answer = bench.submit(&request).await?;

        let left_open = |error: &ProviderError| error.kind() == ErrorKind::Unknown;
        match &answer {
            Ok(_) => require(status < 400, || format!("{status} {body}: {answer:?}"))?,
            Err(error) if status >= 500 && !bench.subject.nothing_started_at(status) => {
                require(left_open(error), || format!("{status} {body}: {error:?}"))?;
            }
            Err(_) => {}
        }
        bench.submissions_are(number + 1)?;
    }
    bench.nothing_charged()
}

pub(crate) async fn in_answer_to_a_look_is_classified(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    for (status, body) in answers(bench, Call::Look)? {
        bench.vendor.play(Call::Look, trouble(status, &body))?;
        read(status, &body, &bench.look(&task).await)?;
    }
    match bench.ended(&task).await {
        Ok(TaskStatus::Succeeded(_)) => bench.submissions_are(1),
        other => broken(format!("the task is lost afterwards: {other:?}")),
    }
}

pub(crate) async fn in_answer_to_a_wish_to_cancel_is_classified(bench: &Bench) -> Verdict {
    let answers = answers(bench, Call::Cancel)?;
    let task = bench.started().await?;
    for (status, body) in answers {
        bench.vendor.play(Call::Cancel, trouble(status, &body))?;
        let answer = bench.cancel(&task).await;
        if let Ok(Cancellation::Cancelled { .. }) = answer
            && status >= 400
        {
            return broken(format!("{status} {body}: it counts as cancelled"));
        }
        read(status, &body, &answer)?;
    }
    bench.submissions_are(1)
}

pub(crate) async fn in_answer_to_a_search_is_classified(bench: &Bench) -> Verdict {
    let answers = answers(bench, Call::Find)?;
    let key = bench.fresh_key()?;
    for (status, body) in answers {
        bench.vendor.play(Call::Find, trouble(status, &body))?;
        let answer = bench.find(&key).await;
        if let Ok(None) = answer
            && status >= 400
        {
            return broken(format!(
                "{status} {body}: it counts as proof that there is none"
            ));
        }
        read(status, &body, &answer)?;
    }
    bench.submissions_are(0)
}

pub(crate) async fn in_answer_about_the_balance_is_classified(bench: &Bench) -> Verdict {
    for (status, body) in answers(bench, Call::Balance)? {
        bench.vendor.play(Call::Balance, trouble(status, &body))?;
        read(status, &body, &bench.balance().await)?;
    }
    bench.submissions_are(0)
}

pub(crate) async fn in_a_stream_does_no_harm(bench: &Bench) -> Verdict {
    let answers = answers(bench, Call::Stream)?;
    let task = bench.started().await?;
    if let Err(error) = bench.ended(&task).await {
        return broken(format!("a look failed: {error:?}"));
    }
    for (status, body) in answers {
        bench.vendor.play(Call::Stream, trouble(status, &body))?;
        let mut events = bench.watched(&task)?;
        // The task has ended, so whatever the stream says, its end is near.
        let mut last = None;
        while let Some(event) = bench.next_event(&mut events).await {
            last = Some(event);
        }
        require(last.is_some(), || {
            format!("{status} {body}: it ended without a word")
        })?;
    }
    match bench.look(&task).await {
        Ok(TaskStatus::Succeeded(_)) => bench.submissions_are(1),
        other => broken(format!("the task is lost afterwards: {other:?}")),
    }
}
