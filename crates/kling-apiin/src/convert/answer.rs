//! What an answer says, wherever in it that stands.

use kling_core::{AssetUrl, OutputAsset, OutputSource, is_task_id};
use serde_json::Value;

use crate::wire::{Answer, place};

/// How far a task has come, in whichever spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not begun.
    Queued,
    /// Begun.
    Running,
    /// Ended with a result.
    Done,
    /// Ended without one.
    Failed,
    /// A word that nobody has heard of.
    Unheard,
}

impl State {
    /// Reads a spelling: case does not matter, and a hyphen or a space is as good as an underscore.
    fn of(word: &str) -> Self {
        let word = word.trim().to_lowercase().replace(['-', ' '], "_");
        match word.as_str() {
            "pending" | "queued" | "in_queue" | "submitted" | "created" | "waiting" => Self::Queued,
            "in_progress" | "processing" | "running" | "generating" => Self::Running,
            "completed" | "complete" | "success" | "succeeded" | "succeed" | "done"
            | "finished" => Self::Done,
            "failed" | "failure" | "error" | "cancelled" | "canceled" | "timeout" | "expired" => {
                Self::Failed
            }
            _ => Self::Unheard,
        }
    }

    /// Whether it will not change again.
    pub(crate) const fn is_terminal(self) -> bool {
        match self {
            Self::Done | Self::Failed => true,
            Self::Queued | Self::Running | Self::Unheard => false,
        }
    }
}

/// How far the task has come, where the answer says so of the task.
pub(crate) fn task_state(answer: &Answer) -> Option<State> {
    answer.first(&place::TASK_STATE, |value| text(value).map(State::of))
}

/// How far the task has come, else how the answer says it is itself: in the vendor's older answers the
/// two are one.
pub(crate) fn state(answer: &Answer) -> Option<State> {
    task_state(answer).or_else(|| answer.first(&place::STATE, |value| text(value).map(State::of)))
}

/// Whether [`state`] may be the answer's own and not the task's: `data` is there and has none.
pub(crate) fn is_about_itself(answer: &Answer) -> bool {
    let data = |value: &Value| value.is_object().then_some(());
    task_state(answer).is_none() && answer.first(&place::DATA, data).is_some()
}

/// The state as the vendor spells it, in lower case, where it is one that is known.
pub(crate) fn state_word(answer: &Answer) -> Option<String> {
    let known = |value: &Value| {
        let word = text(value)?;
        (State::of(word) != State::Unheard).then(|| word.trim().to_lowercase())
    };
    answer
        .first(&place::TASK_STATE, known)
        .or_else(|| answer.first(&place::STATE, known))
}

/// The task's id, where there is one that can stand in a path.
pub(crate) fn task_id(answer: &Answer) -> Option<String> {
    answer.first(&place::TASK_ID, id)
}

/// The same, where it stands in a place that is for nothing else.
pub(crate) fn named_task(answer: &Answer) -> Option<String> {
    answer.first(&place::NAMED_TASK, id)
}

fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if is_task_id(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Every picture of the first place that has any, in the vendor's order.
pub(crate) fn pictures(answer: &Answer) -> Vec<OutputAsset> {
    pictures_but(answer, &[])
}

/// The same without those that were sent: an answer may repeat its request.
pub(crate) fn pictures_but(answer: &Answer, sent: &[AssetUrl]) -> Vec<OutputAsset> {
    let is_new = |picture: &OutputAsset| match &picture.source {
        OutputSource::Url(url) => !sent.contains(url),
        OutputSource::Inline(_) => true,
    };
    answer
        .first(&place::PICTURES, |value| {
            let found: Vec<_> = match value {
                Value::Array(items) => items.iter().filter_map(picture).filter(is_new).collect(),
                single => picture(single).into_iter().filter(is_new).collect(),
            };
            (!found.is_empty()).then_some(found)
        })
        .unwrap_or_default()
}

/// One picture: its address as text, or an object that has it.
fn picture(value: &Value) -> Option<OutputAsset> {
    let url = match value {
        Value::Object(_) => place::ADDRESS
            .iter()
            .filter_map(|place| value.pointer(place))
            .find_map(address),
        other => address(other),
    }?;
    Some(OutputAsset {
        source: OutputSource::Url(url),
        media_type: None,
    })
}

fn address(value: &Value) -> Option<AssetUrl> {
    AssetUrl::parse(value.as_str()?.trim()).ok()
}

/// The text of a value that is text and not blank.
pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}
