//! What a task has made: a file, or several, by address.

use kling_core::{AssetUrl, MediaType, OutputAsset, OutputSource};
use serde_json::Value;

/// Where the apps, and those like them, put what they made; the first that has anything counts.
const PLACES: [&str; 6] = ["image", "video", "images", "videos", "file", "files"];

/// Reads an app's output. Empty when there is no file in it that can be fetched.
///
/// The schema says that a file is its address; the documentation of the interface shows an object with a
/// `uri`, and perhaps a `content_type`. Both are read, alone and in lists.
pub(crate) fn assets(output: &Value) -> Vec<OutputAsset> {
    let Value::Object(fields) = output else {
        return files(output);
    };
    PLACES
        .iter()
        .filter_map(|place| fields.get(*place))
        .map(files)
        .find(|files| !files.is_empty())
        .unwrap_or_else(|| file(output).into_iter().collect())
}

fn files(value: &Value) -> Vec<OutputAsset> {
    match value {
        Value::Array(items) => items.iter().filter_map(file).collect(),
        one => file(one).into_iter().collect(),
    }
}

fn file(value: &Value) -> Option<OutputAsset> {
    let (uri, media_type) = match value {
        Value::String(uri) => (uri.as_str(), None),
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let media_type = text("content_type").and_then(MediaType::from_mime);
            (text("uri").or_else(|| text("url"))?, media_type)
        }
        _ => return None,
    };
    let url = AssetUrl::parse(uri).ok()?;
    Some(OutputAsset {
        source: OutputSource::Url(url),
        media_type,
    })
}
