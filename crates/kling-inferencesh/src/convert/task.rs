//! What the vendor says of a task, in our words.

use kling_core::{
    Cost, CostSource, FailureKind, Money, Output, ProviderError, ReplyNote, Submission,
    TaskFailure, TaskStatus, Timestamp,
};
use kling_http::{decode, words};
use serde_json::Value;

use super::handle::TaskId;
use super::state::State;
use super::{cost, output};
use crate::Config;
use crate::wire::Task;

/// What Kling's codes mean, which the app puts in square brackets in front of its own words.
const MODERATED: [u16; 2] = [1300, 1301];
const DECLINED: [u16; 4] = [1200, 1201, 1202, 1203];

/// The code of a task that was not admitted because nobody would pay for it.
pub(crate) const REJECTED: &str = "rejected";

/// Takes a task out of unwrapped JSON.
///
/// # Errors
///
/// [`ProviderError::Protocol`] when it is no object.
pub(crate) fn read(content: Value) -> Result<Task, ProviderError> {
    if !content.is_object() {
        return Err(decode::unexpected("$", "not a task"));
    }
    serde_json::from_value(content).map_err(|_| decode::unexpected("$", "not a task"))
}

/// What the answer to a submission says, which came at `received_at`. `price` is what the work is expected to cost.
///
/// # Errors
///
/// [`ProviderError::OutOfFunds`] when the task was not admitted; [`ProviderError::Protocol`] when there is no id
/// to ask for.
pub(crate) fn submission(
    task: &Task,
    config: &Config,
    price: Option<Money>,
    received_at: Timestamp,
) -> Result<Submission, ProviderError> {
    let state = State::read(&task.status, config.status_table);
    if state == Some(State::Rejected) {
        return Err(ProviderError::OutOfFunds {
            note: ReplyNote::of_code(REJECTED),
        });
    }
    if state == Some(State::Completed) {
        let output = finished(task, config, price);
        if !output.assets.is_empty() {
            return Ok(Submission::Finished(output));
        }
    }
    TaskId::read(&task.id)?
        .handle(price, received_at)
        .map(Submission::Started)
}

/// What an answer to a look says. A state nobody has heard of counts as running: waiting loses nothing. `price` is
/// what the handle says the work is expected to cost.
///
/// # Errors
///
/// [`ProviderError::NoResult`] when a task is completed and has no output at all; [`ProviderError::Protocol`] when
/// there is no status, or an output in which no file can be found.
pub(crate) fn status(
    task: &Task,
    config: &Config,
    price: Option<Money>,
) -> Result<TaskStatus, ProviderError> {
    let state = State::read(&task.status, config.status_table)
        .ok_or_else(|| decode::unexpected("$.status", "not a status"))?;
    Ok(match state {
        State::Received | State::Queued | State::Dispatched => {
            TaskStatus::Queued { position: None }
        }
        State::Preparing
        | State::Serving
        | State::SettingUp
        | State::Running
        | State::Cancelling
        | State::Uploading => TaskStatus::Running { percent: None },
        State::Unknown => {
            tracing::warn!(
                provider = crate::ID.as_str(),
                "a task has a status that is not documented; it counts as running",
            );
            TaskStatus::Running { percent: None }
        }
        State::Completed => {
            let output = finished(task, config, price);
            if output.assets.is_empty() {
                return Err(without_file(task));
            }
            TaskStatus::Succeeded(output)
        }
        State::Failed => TaskStatus::Failed(failure(task)),
        State::Cancelled => TaskStatus::Cancelled,
        State::Rejected => TaskStatus::Failed(rejected()),
    })
}

/// Nothing at all is an answer; something that cannot be read may be a paid result, and is for an operator.
fn without_file(task: &Task) -> ProviderError {
    let is_nothing = match &task.output {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(Value::is_null),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    if is_nothing {
        ProviderError::NoResult {
            note: ReplyNote::default(),
            cost: None,
        }
    } else {
        decode::unexpected("$.output", "completed without a file that can be fetched")
    }
}

fn finished(task: &Task, config: &Config, price: Option<Money>) -> Output {
    Output {
        assets: output::assets(&task.output),
        cost: cost::of(task, config, price),
    }
}

/// Nobody would pay, so nothing was begun. The vendor sends no price with it, so that it cost nothing is our reading.
fn rejected() -> TaskFailure {
    TaskFailure {
        kind: FailureKind::Provider,
        reason: None,
        code: Some(REJECTED.to_owned()),
        cost: Some(Cost {
            amount: Money::ZERO,
            source: CostSource::Computed,
        }),
    }
}

/// Why a task failed. The vendor has one sentence for everything; Kling's code is in it, in brackets.
fn failure(task: &Task) -> TaskFailure {
    let message = words::joined(&task.error).unwrap_or_default();
    let code = bracketed_code(&message);
    let kind = match code {
        Some(code) if MODERATED.contains(&code) => FailureKind::Moderated,
        Some(code) if DECLINED.contains(&code) => FailureKind::Declined,
        None if words::about_moderation(&message) => FailureKind::Moderated,
        Some(_) | None => FailureKind::Provider,
    };
    let prompt = task.input.get("prompt").and_then(Value::as_str);
    let reason = match (kind, prompt) {
        (FailureKind::Declined, Some(prompt)) => words::for_people(&message, prompt),
        _ => None,
    };
    TaskFailure {
        kind,
        reason,
        code: code.map(|code| code.to_string()),
        cost: None,
    }
}

/// The first number of three to five digits in square brackets: how the app passes on Kling's code.
fn bracketed_code(text: &str) -> Option<u16> {
    text.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .filter(|(code, _)| (3..=5).contains(&code.len()))
        .find_map(|(code, _)| {
            let plain = code.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| code.parse().ok())?
        })
}
