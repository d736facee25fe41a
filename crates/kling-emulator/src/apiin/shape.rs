//! The bodies that tell of a task, in every variant that a client has to understand.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Settings, order::MODEL};
use crate::clock::iso;

/// How the create call answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreateReply {
    /// As the present pages show: `code`, `message`, `data{task_id, status}`.
    #[default]
    Current,
    /// As older pages show: `id`, `status`, `model`, `created_at`.
    Older,
}

/// Where the results stand in a body. None of them is documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultShape {
    /// `data.output.images`, a list of addresses.
    #[default]
    OutputImages,
    /// `data.output.images`, a list of objects with `url`.
    OutputObjects,
    /// `data.output.image_urls`.
    OutputImageUrls,
    /// `data.output`: the address itself, or a list when there are several.
    Output,
    /// `data.result.images`.
    ResultImages,
    /// `data.images`.
    DataImages,
    /// `data.url`, of the first alone.
    DataUrl,
    /// No `data`: `task_id`, `status` and `images` at the top.
    Top,
}

/// Where the reason of a failure stands. None of them is documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureShape {
    /// `data.error`, a text.
    #[default]
    Text,
    /// `data.error.message`.
    Object,
    /// `data.error_message`.
    ErrorMessage,
    /// `data.fail_reason`.
    FailReason,
    /// `message`, at the top.
    Message,
}

/// How the statuses are spelt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// `PENDING`, `IN_PROGRESS`, `COMPLETED`, `FAILED`.
    #[default]
    Upper,
    /// `pending`, `in_progress`, `completed`, `failed`.
    Lower,
    /// `submitted`, `processing`, `success`, `error`.
    Other,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It waits.
    Pending,
    /// It is worked on.
    Running,
    /// It is done: the results' links. None of them is a result without results.
    Done(Option<Vec<String>>),
    /// It failed, for this reason.
    Failed(String),
}

impl Words {
    fn say(self, progress: &Progress) -> &'static str {
        let [upper, lower, other] = match progress {
            Progress::Pending => ["PENDING", "pending", "submitted"],
            Progress::Running => ["IN_PROGRESS", "in_progress", "processing"],
            Progress::Done(_) => ["COMPLETED", "completed", "success"],
            Progress::Failed(_) => ["FAILED", "failed", "error"],
        };
        match self {
            Self::Upper => upper,
            Self::Lower => lower,
            Self::Other => other,
        }
    }
}

/// What the create call answers while the work goes on.
pub(super) fn created(settings: &Settings, id: &Value, now_ms: u64) -> Value {
    match settings.create_reply {
        CreateReply::Current => json!({
            "code": 200,
            "message": "success",
            "data": { "task_id": id, "status": settings.words.say(&Progress::Running) },
        }),
        CreateReply::Older => json!({
            "id": id,
            // That generation of pages is in lower case throughout.
            "status": Words::Lower.say(&Progress::Pending),
            "model": MODEL,
            "created_at": iso(now_ms),
        }),
    }
}

/// What a poll answers.
pub(super) fn polled(settings: &Settings, id: &Value, progress: &Progress) -> Value {
    let status = settings.words.say(progress);
    let mut message = "success".to_owned();
    let mut data = json!({ "task_id": id, "status": status, "output": null, "error": null });
    match progress {
        Progress::Pending | Progress::Running => {}
        Progress::Done(links) => {
            let links = json!(links);
            match settings.result_shape {
                ResultShape::Top => {
                    return json!({ "task_id": id, "status": status, "images": links });
                }
                ResultShape::OutputImages => data["output"] = json!({ "images": links }),
                ResultShape::OutputObjects => {
                    let objects = links.as_array().map(|links| -> Value {
                        links.iter().map(|link| json!({ "url": link })).collect()
                    });
                    data["output"] = json!({ "images": objects });
                }
                ResultShape::OutputImageUrls => data["output"] = json!({ "image_urls": links }),
                ResultShape::Output => {
                    let only = links.as_array().filter(|links| links.len() == 1);
                    data["output"] = only
                        .and_then(|links| links.first().cloned())
                        .unwrap_or(links);
                }
                ResultShape::ResultImages => data["result"] = json!({ "images": links }),
                ResultShape::DataImages => data["images"] = links,
                ResultShape::DataUrl => data["url"] = links[0].clone(),
            }
        }
        Progress::Failed(reason) => match settings.failure_shape {
            FailureShape::Text => data["error"] = json!(reason),
            FailureShape::Object => data["error"] = json!({ "message": reason }),
            FailureShape::ErrorMessage => data["error_message"] = json!(reason),
            FailureShape::FailReason => data["fail_reason"] = json!(reason),
            FailureShape::Message => message.clone_from(reason),
        },
    }
    json!({ "code": 200, "message": message, "data": data })
}
