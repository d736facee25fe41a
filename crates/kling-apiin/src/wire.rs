//! The vendor's JSON: the request field for field, and where in an answer something may stand. No
//! rules: those are in `convert` and `error`.
//!
//! The vendor shows two shapes of an answer to a submission and none of a finished task, so an answer is
//! looked through, place by place, and the first place with something usable in it counts.

use kling_core::AssetUrl;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// `POST /images/generations`, for `kling-image-o1`. Only what was asked for is there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ImageRequest {
    pub(crate) model: String,
    #[serde(serialize_with = "prompt")]
    pub(crate) prompt: kling_core::Prompt,
    /// Always there, because it decides the price.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "addresses")]
    pub(crate) images: Vec<AssetUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aspect_ratio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) num_images: Option<u8>,
}

fn prompt<S: Serializer>(prompt: &kling_core::Prompt, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(prompt.as_str())
}

fn addresses<S: Serializer>(urls: &[AssetUrl], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(urls.iter().map(|url| url.expose().as_str()))
}

/// Any answer, to a submission or a look, good or bad. Its `Debug` shows nothing of it.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Answer(Value);

impl Answer {
    /// What `read` makes of the first of the places that has something it can read.
    pub(crate) fn first<T>(
        &self,
        places: &[&str],
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        places
            .iter()
            .filter_map(|place| self.0.pointer(place))
            .find_map(read)
    }

    /// The whole of it.
    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    /// Whether it is a JSON object, as every answer of the vendor's is.
    pub(crate) fn is_object(&self) -> bool {
        self.0.is_object()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(..)")
    }
}

/// Where something may stand in an [`Answer`], the likeliest first, as JSON pointers.
pub(crate) mod place {
    /// Text or a number.
    pub(crate) const TASK_ID: [&str; 6] = [
        "/data/task_id",
        "/data/taskId",
        "/data/id",
        "/task_id",
        "/taskId",
        "/id",
    ];

    /// A word about the task.
    pub(crate) const TASK_STATE: [&str; 2] = ["/data/status", "/data/state"];

    /// Those of [`TASK_ID`] that cannot be the id of anything else: a no that has one names its task.
    pub(crate) const NAMED_TASK: [&str; 2] = {
        let [task, camel, ..] = TASK_ID;
        [task, camel]
    };

    /// A word about the task or, beside `data`, about the answer. A number or a boolean says something else.
    pub(crate) const STATE: [&str; 1] = ["/status"];

    /// What wraps the task in the vendor's newer answers.
    pub(crate) const DATA: [&str; 1] = ["/data"];

    /// 200 or 0 where all is well, although the HTTP status may be 200 where it is not.
    pub(crate) const CODE: [&str; 1] = ["/code"];

    /// The same, where nothing else says how things are.
    pub(crate) const ERROR_CODE: [&str; 1] = ["/error/code"];

    /// What went wrong, as text.
    pub(crate) const ERROR: [&str; 6] = [
        "/error/message",
        "/error",
        "/data/error/message",
        "/data/error",
        "/data/error_message",
        "/data/fail_reason",
    ];

    /// The same, and then what may also be `success`.
    pub(crate) const MESSAGES: [&str; 7] = {
        let [a, b, c, d, e, f] = ERROR;
        [a, b, c, d, e, f, "/message"]
    };

    /// What sort of thing went wrong, as a name or a number.
    pub(crate) const ERROR_NAME: [&str; 5] = [
        "/error/type",
        "/error/code",
        "/data/error/type",
        "/data/error/code",
        "/data/error_code",
    ];

    /// A picture, or a list of them. The last is no known shape of the vendor's, but that of the
    /// services it is compatible with.
    pub(crate) const PICTURES: [&str; 14] = [
        "/data/output/images",
        "/data/output/image_urls",
        "/data/output/urls",
        "/data/output",
        "/data/result/images",
        "/data/result/image_urls",
        "/data/result/urls",
        "/data/result",
        "/data/response",
        "/data/images",
        "/data/image_urls",
        "/data/url",
        "/images",
        "/data",
    ];

    /// Within one picture that is an object: its address.
    pub(crate) const ADDRESS: [&str; 3] = ["/url", "/image_url", "/uri"];
}
