//! Pure translation between our words and the vendor's.

pub(crate) mod answer;
pub(crate) mod handle;

use kling_core::{
    AssetUrl, Cost, CostSource, GenerationRequest, Money, Operation, Output, ProviderError,
    RememberedTask, ReplyNote, Secret, Submission, TaskFailure, TaskStatus, Timestamp,
};
use kling_http::decode;

use self::answer::State;
use crate::error;
use crate::wire::{Answer, ImageRequest};

/// Writes a checked request down in the vendor's words, with only what was asked for.
///
/// # Errors
///
/// [`ProviderError::Input`] when a picture has no address, as no request that was checked has.
pub(crate) fn request(request: &GenerationRequest) -> Result<ImageRequest, ProviderError> {
    let images: Option<Vec<AssetUrl>> = request
        .images
        .iter()
        .map(|image| image.public_url().cloned())
        .collect();
    Ok(ImageRequest {
        model: request.model.to_string(),
        prompt: request.prompt.clone(),
        kind: kind(request.operation),
        images: images.ok_or_else(|| ProviderError::Input("a picture has no address".into()))?,
        aspect_ratio: request.aspect_ratio.map(|ratio| ratio.to_string()),
        resolution: request
            .resolution
            .map(|resolution| resolution.as_str().to_ascii_lowercase()),
        num_images: (request.count.get() > 1).then_some(request.count.get()),
    })
}

/// The vendor's `type`. Words alone are an image-to-image without images.
fn kind(operation: Operation) -> &'static str {
    match operation {
        Operation::MultiShot => "ai-multi-shot",
        Operation::TextToImage
        | Operation::ImageToImage
        | Operation::TextToVideo
        | Operation::ImageToVideo
        | Operation::ReferenceToVideo
        | Operation::VideoEdit
        | Operation::VideoReference => "image-to-image",
    }
}

/// Reads an answer to a submission, of which [`error::answer`] has said that it is no refusal.
///
/// A task that is said to be under way, or to be done without its pictures, or that is named in a no, is looked at
/// later; pictures in any other answer are the result, but for those that were `sent`.
///
/// # Errors
///
/// - [`ProviderError::NoResult`] when it is done and there is neither a picture nor a task to look at.
/// - [`ProviderError::Protocol`] when nothing in it can be read: a task may exist.
pub(crate) fn submission(
    answer: &Answer,
    sent: &[AssetUrl],
    price: Money,
    submitted_at: Timestamp,
) -> Result<Submission, ProviderError> {
    let state = answer::state(answer);
    let task = answer::task_id(answer).map(|id| RememberedTask {
        id,
        price: Some(price),
        submitted_at,
    });
    let pictures = answer::pictures_but(answer, sent);
    match (state, task) {
        (Some(State::Queued | State::Running), Some(task)) => started(&task),
        (_, Some(task)) if error::says_no(answer) => started(&task),
        _ if !pictures.is_empty() => Ok(Submission::Finished(Output {
            assets: pictures,
            cost: Some(computed(price)),
        })),
        (_, Some(task)) => started(&task),
        (Some(State::Done), None) => Err(no_result()),
        (_, None) => Err(decode::unexpected(
            "$.data.task_id",
            "neither a task nor a picture",
        )),
    }
}

/// Reads an answer to a look at a task.
///
/// A state that nobody has heard of counts as running: waiting is the one answer that loses nothing.
///
/// # Errors
///
/// - [`ProviderError::NoResult`] when the task is done and there is no picture.
/// - [`ProviderError::Protocol`] when the answer says nothing about the task.
pub(crate) fn status(
    answer: &Answer,
    price: Option<Money>,
    key: &Secret,
) -> Result<TaskStatus, ProviderError> {
    let pictures = answer::pictures(answer);
    match answer::state(answer) {
        Some(State::Queued) => Ok(TaskStatus::Queued { position: None }),
        Some(State::Running | State::Unheard) => Ok(TaskStatus::Running { percent: None }),
        Some(State::Failed) => Ok(TaskStatus::Failed(failure(answer, key))),
        Some(State::Done) | None if !pictures.is_empty() => Ok(TaskStatus::Succeeded(Output {
            assets: pictures,
            cost: price.map(computed),
        })),
        // That the look went well says nothing of the task.
        Some(State::Done) if answer::is_about_itself(answer) => {
            Ok(TaskStatus::Running { percent: None })
        }
        Some(State::Done) => Err(no_result()),
        None => Err(decode::unexpected(
            "$.data.status",
            "nothing about the task",
        )),
    }
}

/// Why a task failed. The vendor's own words are not passed on: they may repeat the prompt, and a
/// look at a task does not know it.
fn failure(answer: &Answer, key: &Secret) -> TaskFailure {
    let (kind, name) = error::failure(answer, key);
    TaskFailure {
        kind,
        reason: None,
        code: name.or_else(|| answer::state_word(answer)),
        // "Billing: Successful requests".
        cost: Some(computed(Money::ZERO)),
    }
}

fn started(task: &RememberedTask) -> Result<Submission, ProviderError> {
    handle::FORMAT
        .write_task(task)
        .map(Submission::Started)
        .map_err(|_| decode::unexpected("$.data.task_id", "an id of such a length"))
}

fn no_result() -> ProviderError {
    ProviderError::NoResult {
        note: ReplyNote::default(),
        cost: None,
    }
}

/// The vendor never says what it charged.
const fn computed(amount: Money) -> Cost {
    Cost {
        amount,
        source: CostSource::Computed,
    }
}

#[cfg(test)]
mod tests;
