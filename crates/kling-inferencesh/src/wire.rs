//! The vendor's JSON, field for field. No rules: those are in `convert` and `error`.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// `POST /apps/run`. Only what was asked for is there.
///
/// `function` is the part of `app` after a colon, and the address by `app_id` and `version_id` says no more than
/// `app` with its version. `wait` and `stream` are for clients that wait in the call itself, which none of the vendor's
/// does by default; a task is never put off with `run_at`, for what was paid for is to begin.
#[derive(Serialize)]
pub(crate) struct RunRequest<'a> {
    pub(crate) app: &'a str,
    pub(crate) input: Input<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) infra: Option<&'static str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) workers: &'a [String],
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) setup: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) metadata: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<&'a str>,
    /// Whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_timeout: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) webhook: Option<String>,
}

/// What goes into an app.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Input<'a> {
    Image(ImageInput<'a>),
    Video(VideoInput<'a>),
}

/// The input of `klingai/image-o1`. It takes a `negative_prompt`, too, and drops it: so it is not here.
#[derive(Serialize)]
pub(crate) struct ImageInput<'a> {
    #[serde(serialize_with = "prompt")]
    pub(crate) prompt: &'a kling_core::Prompt,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<&'a FileUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aspect_ratio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolution: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) n: Option<u8>,
}

/// The input of `klingai/video-o1`.
#[derive(Serialize)]
pub(crate) struct VideoInput<'a> {
    #[serde(serialize_with = "prompt")]
    pub(crate) prompt: &'a kling_core::Prompt,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<&'a FileUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_image: Option<&'a FileUri>,
    #[serde(skip_serializing_if = "<[FileUri]>::is_empty")]
    pub(crate) reference_images: &'a [FileUri],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference_video: Option<&'a FileUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference_video_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolution: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aspect_ratio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) watermark: Option<bool>,
}

/// Where the vendor finds a file: its own name for an upload, or a public address. Either may be signed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct FileUri(pub(crate) String);

impl std::fmt::Debug for FileUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileUri(..)")
    }
}

fn prompt<S: Serializer>(prompt: &kling_core::Prompt, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(prompt.as_str())
}

/// `POST /files`.
#[derive(Serialize)]
pub(crate) struct FilesRequest<'a> {
    pub(crate) files: [FileRequest<'a>; 1],
}

/// One file that is to be uploaded. Where the vendor's clients send an empty text or null, so do we.
#[derive(Serialize)]
pub(crate) struct FileRequest<'a> {
    pub(crate) uri: &'static str,
    pub(crate) filename: &'a str,
    pub(crate) content_type: &'static str,
    pub(crate) path: Option<&'static str>,
    pub(crate) size: u64,
    pub(crate) public: bool,
}

/// Where one file is to be put, and what it is called afterwards.
#[derive(Deserialize)]
pub(crate) struct FileSlot {
    pub(crate) uri: String,
    pub(crate) upload_url: String,
}

/// `POST /tasks/list`: the newest first.
#[derive(Serialize)]
pub(crate) struct ListRequest<'a> {
    pub(crate) limit: u16,
    pub(crate) sort: [ListSort; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct ListSort {
    pub(crate) field: &'static str,
    pub(crate) dir: &'static str,
}

/// One page of a list.
#[derive(Deserialize)]
pub(crate) struct ListPage {
    /// Tasks. It must be there, and may be null.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) items: Option<Vec<Value>>,
    /// Where the next page begins: text, empty or null on the last one.
    #[serde(default)]
    pub(crate) next_cursor: Value,
    /// Absent from some generations.
    #[serde(default)]
    pub(crate) has_next: Option<bool>,
}

/// A task, or the part of one that a stream or a webhook tells. Any field may be anything; it has no
/// `Debug`, for the prompt is in it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Task {
    pub(crate) id: Value,
    /// A number of one of two tables, or a name.
    pub(crate) status: Value,
    /// What the app handed over; `{"image": …}` or `{"video": …}`.
    pub(crate) output: Value,
    pub(crate) error: Value,
    /// What went in, as the vendor has kept it.
    pub(crate) input: Value,
}

/// The body of a 412.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Unmet {
    /// `[{type, key, message, action}]`; every field may be anything.
    pub(crate) errors: Value,
}

/// Headers of this vendor.
pub(crate) mod header {
    /// When the window of a rate limit ends, in seconds since 1970.
    pub(crate) const RATE_LIMIT_RESET: &str = "x-ratelimit-reset";
    /// What the vendor's support may know a request by.
    pub(crate) const REQUEST_ID: &str = "x-request-id";
    /// What an event stream is resumed after.
    pub(crate) const LAST_EVENT_ID: &str = "last-event-id";
}
