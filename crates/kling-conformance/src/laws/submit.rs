//! What a submission answers, and what it may leave open.

use std::time::Duration;

use kling_core::{ErrorKind, Money, Submission, TaskHandle, TaskStatus};

use crate::bench::{Bench, End, MARKER};
use crate::verdict::{Verdict, broken, require};
use crate::{Call, Instance, Trouble};

/// What the hasty instance waits for at first, and what it may take besides on a slow machine.
pub(super) const HASTE: Duration = Duration::from_millis(400);
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn a_handle_survives_text_and_a_fresh_instance(bench: &Bench) -> Verdict {
    let text = bench.started().await?.to_string();

    let fresh = bench.vendor.provider(Instance::Usual)?;
    let handle = TaskHandle::parse(text).map_err(|error| {
        crate::verdict::Stop::Broken(format!("the handle is not one as text: {error}"))
    })?;
    match bench.look_as(&*fresh, &handle).await {
        Ok(TaskStatus::Failed(failure)) => broken(format!("it failed: {failure:?}")),
        Ok(TaskStatus::Cancelled) => broken("it is cancelled"),
        Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. } | TaskStatus::Succeeded(_)) => {
            bench.submissions_are(1)
        }
        Err(error) => broken(format!("a fresh instance cannot look: {error:?}")),
    }
}

pub(crate) async fn a_synchronous_model_answers_with_the_result(bench: &Bench) -> Verdict {
    match bench.submit(&bench.minimal()?).await? {
        Ok(Submission::Finished(output)) => {
            require(!output.assets.is_empty(), || "there is no file".to_owned())
        }
        other => broken(format!("not a result: {other:?}")),
    }
}

pub(crate) async fn one_submission_is_one_charge(bench: &Bench) -> Verdict {
    bench.result_of(&bench.minimal()?).await?;

    bench.submissions_are(1)?;
    let charges = bench.vendor.charges()?;
    require(charges.len() == 1, || format!("charged: {charges:?}"))
}

pub(crate) async fn the_largest_request_is_taken(bench: &Bench) -> Verdict {
    let output = bench.result_of(&bench.maximal()?).await?;

    bench.submissions_are(1)?;
    let Some(cost) = output.cost else {
        return Ok(());
    };
    let charged: Money = bench.vendor.charges()?.into_iter().sum();
    require(cost.amount == charged, || {
        format!("{} is reported, and {charged} charged", cost.amount)
    })
}

pub(crate) async fn a_refused_connection_is_retryable_and_free(bench: &Bench) -> Verdict {
    let nobody = bench.vendor.provider(Instance::NobodyThere)?;

    let key = bench.fresh_key()?;
    let answer = bench.submit_as(&*nobody, &bench.minimal()?, &key).await;

    match answer {
        Err(error) if error.is_retryable() => bench.nothing_charged(),
        other => broken(format!("not a retryable error: {other:?}")),
    }
}

pub(crate) async fn a_dropped_connection_leaves_open_whether_work_began(bench: &Bench) -> Verdict {
    for (times, trouble) in [
        (1, Trouble::DropBeforeWork),
        (2, Trouble::DropAfterWork),
        (3, Trouble::Truncated),
    ] {
        let shown = format!("{trouble:?}");
        bench.vendor.play(Call::Submission, trouble)?;
        let error = bench.refused().await?;
        require(error.kind() == ErrorKind::Unknown, || {
            format!("{shown}: not unknown but {error:?}")
        })?;
        // It is never sent again by the provider itself.
        bench.submissions_are(times)?;
    }
    Ok(())
}

pub(crate) async fn a_server_error_leaves_open_whether_work_began(bench: &Bench) -> Verdict {
    for status in [500, 502, 503, 504] {
        let trouble = Trouble::Answer {
            status,
            content_type: "text/html",
            body: format!("<html><body>{MARKER}</body></html>"),
        };
        bench.vendor.play(Call::Submission, trouble)?;
        let error = bench.refused().await?;
        let expected = if bench.subject.nothing_started_at(status) {
            ErrorKind::Busy
        } else {
            ErrorKind::Unknown
        };
        require(error.kind() == expected, || {
            format!("{status}: not {} but {error:?}", expected.as_str())
        })?;
    }
    bench.submissions_are(4)
}

pub(crate) async fn a_hanging_vendor_is_left_in_time(bench: &Bench) -> Verdict {
    bench.vendor.play(Call::Submission, Trouble::Hang)?;
    let request = bench.minimal()?;
    let mut haste = HASTE;
    loop {
        let hasty = bench.vendor.provider(Instance::Hasty(haste))?;
        let key = bench.fresh_key()?;
        let bound = haste + PATIENCE;
        let answer = bench.submit_as(&*hasty, &request, &key);
        match tokio::time::timeout(bound, answer).await {
            Ok(Err(error)) if error.kind() == ErrorKind::Unknown => return Ok(()),
            // On a slow machine the time may be over before anything has left.
            Ok(Err(_)) if haste < PATIENCE && bench.vendor.submissions() == Ok(0) => haste *= 4,
            Ok(other) => return broken(format!("not unknown but {other:?}")),
            Err(_) => return broken(format!("it waited for longer than {bound:?}")),
        }
    }
}

pub(crate) async fn the_same_key_again_is_found_or_charged_and_never_hidden(
    bench: &Bench,
) -> Verdict {
    let (request, key) = (bench.minimal()?, bench.fresh_key()?);
    let mut ends = Vec::new();
    let mut tasks = Vec::new();
    for _ in 0..2 {
        match bench.submit_as(&*bench.provider, &request, &key).await {
            Ok(submission) => {
                if let Submission::Started(task) = &submission {
                    tasks.push(task.clone());
                }
                ends.push(bench.end_of(submission).await);
            }
            Err(error) => return broken(format!("a submission failed: {error:?}")),
        }
    }

    let mut reported = Some(Money::ZERO);
    let mut results = Vec::new();
    for end in ends {
        let End::Output(output) = end else {
            return broken("it came to no result");
        };
        results.push(output.assets);
        let cost = output.cost.map(|cost| cost.amount);
        reported = reported.zip(cost).map(|(sum, cost)| sum + cost);
    }
    let charges = bench.vendor.charges()?;
    if let [first, second] = tasks.as_slice()
        && first == second
    {
        return require(charges.len() == 1, || {
            format!("one task, and {} charges", charges.len())
        });
    }
    require(charges.len() <= 2, || format!("charged: {charges:?}"))?;
    let charged: Money = charges.iter().copied().sum();
    if let Some(reported) = reported.filter(|_| charges.len() == 2) {
        require(reported == charged, || {
            format!("{reported} is reported, and {charged} charged")
        })?;
    }
    if !bench.model.capability.recovery.find {
        return Ok(());
    }
    let found = match bench.find(&key).await {
        Ok(Some(found)) => found,
        other => return broken(format!("neither of the two is found: {other:?}")),
    };
    // A handle may remember more than a search can tell, so it is the result that counts.
    match bench.ended(&found).await {
        Ok(TaskStatus::Succeeded(output)) if results.contains(&output.assets) => Ok(()),
        other => broken(format!("what is found is neither of the two: {other:?}")),
    }
}
