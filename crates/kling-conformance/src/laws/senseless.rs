//! Answers that make no sense: never a panic, never a clear no, never shown.

use kling_core::{ErrorKind, ProviderError, TaskStatus};

use crate::bench::{Bench, MARKER};
use crate::verdict::{Verdict, broken, require};
use crate::{Call, Trouble};

/// Bodies that no vendor documents, as JSON and not; each holds the marker where it can.
fn bodies() -> Vec<(&'static str, String)> {
    let json = "application/json";
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    vec![
        ("text/html", format!("<html><body>{MARKER}</body></html>")),
        (json, format!("<html><body>{MARKER}</body></html>")),
        ("text/plain", MARKER.to_owned()),
        (json, String::new()),
        (json, "null".to_owned()),
        (json, format!("\"{MARKER}\"")),
        (json, "[]".to_owned()),
        (json, format!("[\"{MARKER}\", 1e308, {{}}]")),
        (json, "-1".to_owned()),
        (
            json,
            format!("{{\"{MARKER}\": {{\"{MARKER}\": [null, true]}}}}"),
        ),
        (
            json,
            format!("{{\"data\": \"{MARKER}\", \"ids\": {{\"{MARKER}\": 1}}}}"),
        ),
        (json, deep),
        (json, format!("{{\"unfinished\": \"{MARKER}")),
    ]
}

fn answer((content_type, body): (&'static str, String)) -> Trouble {
    Trouble::Answer {
        status: 200,
        content_type,
        body,
    }
}

pub(crate) async fn an_answer_to_a_submission_is_no_refusal(bench: &Bench) -> Verdict {
    let request = bench.minimal()?;
    let mut made = 0;
    for trouble in bodies().into_iter().map(answer) {
        let shown = format!("{trouble:?}");
        bench.vendor.play(Call::Submission, trouble)?;
        let error = bench.refused().await?;
        made += 1;
        require(error.kind() == ErrorKind::Unknown, || {
            format!("{shown}: not unknown but {error:?}")
        })?;
        bench.submissions_are(made)?;
    }

    // How much is too much is the provider's affair; what it reads to the end is an answer.
    bench.vendor.play(Call::Submission, Trouble::Oversized)?;
    match bench.submit(&request).await? {
        Err(error) if error.kind() != ErrorKind::Unknown => {
            broken(format!("oversized: not unknown but {error:?}"))
        }
        Ok(_) | Err(_) => bench.submissions_are(made + 1),
    }
}

pub(crate) async fn an_answer_to_a_look_is_no_result(bench: &Bench) -> Verdict {
    let task = bench.started().await?;
    let troubles = bodies().into_iter().map(answer);

    for trouble in troubles.chain([Trouble::Oversized, Trouble::Truncated]) {
        let shown = format!("{trouble:?}");
        let is_oversized = trouble == Trouble::Oversized;
        bench.vendor.play(Call::Look, trouble)?;
        match bench.look(&task).await {
            Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => {}
            // How much is too much is the provider's affair here, too; by now the task may have ended.
            Ok(TaskStatus::Succeeded(_)) if is_oversized => {}
            Ok(status) => return broken(format!("{shown}: it counts as {status:?}")),
            Err(
                error @ (ProviderError::Declined { .. }
                | ProviderError::TaskGone { .. }
                | ProviderError::Unauthorized { .. }),
            ) => return broken(format!("{shown}: it counts as an answer: {error:?}")),
            Err(_) => {}
        }
    }

    match bench.ended(&task).await {
        Ok(TaskStatus::Succeeded(_)) => Ok(()),
        other => broken(format!("the task is lost afterwards: {other:?}")),
    }
}
