//! A request and its inputs, as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use kling_core::{
    AspectRatio, AssetInfo, Dimensions, ImageCount, ImageFormat, MediaType, Operation, Prompt,
    Resolution, Seconds,
};
use serde::{Deserialize, Serialize};

use super::{Corrupt, REVISION, decode, encode};
use crate::request::{InputFile, InputRole, JobRequest};

#[derive(Serialize, Deserialize)]
struct StoredRequest {
    revision: u32,
    operation: String,
    prompt: String,
    #[serde(default)]
    negative_prompt: Option<String>,
    #[serde(default)]
    aspect_ratio: Option<String>,
    #[serde(default)]
    resolution: Option<String>,
    count: u8,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    duration_seconds: Option<u16>,
    #[serde(default)]
    keep_audio: Option<bool>,
    #[serde(default)]
    provider_options: BTreeMap<String, String>,
    #[serde(default)]
    inputs: Vec<StoredInput>,
}

#[derive(Serialize, Deserialize)]
struct StoredInput {
    role: String,
    #[serde(default)]
    element: Option<u8>,
    name: String,
    source: String,
    media_type: String,
    size_bytes: u64,
    #[serde(default)]
    width: Option<u32>,
    #[serde(default)]
    height: Option<u32>,
    #[serde(default)]
    duration_nanos: Option<u64>,
}

/// Whether the sources of the inputs are kept: they may be signed, and an ended job needs them no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Sources {
    /// The job may still copy its inputs.
    Kept,
    /// The job is at an end.
    Blanked,
}

/// A request as text.
pub(in crate::store) fn write_request(request: &JobRequest, sources: Sources) -> String {
    encode(&StoredRequest {
        revision: REVISION,
        operation: request.operation.as_str().to_owned(),
        prompt: request.prompt.as_str().to_owned(),
        negative_prompt: request
            .negative_prompt
            .as_ref()
            .map(|prompt| prompt.as_str().to_owned()),
        aspect_ratio: request.aspect_ratio.map(|ratio| ratio.to_string()),
        resolution: request.resolution.map(|value| value.as_str().to_owned()),
        count: request.count.get(),
        format: request.format.map(|format| format.as_str().to_owned()),
        duration_seconds: request.duration.map(Seconds::get),
        keep_audio: request.keep_audio,
        provider_options: request.provider_options.clone(),
        inputs: request
            .inputs
            .iter()
            .map(|input| stored_input(input, sources))
            .collect(),
    })
}

/// The request in a text that [`write_request`] wrote, in this version or an earlier one.
pub(in crate::store) fn read_request(text: &str) -> Result<JobRequest, Corrupt> {
    let stored: StoredRequest = decode(text, "request")?;
    Ok(JobRequest {
        operation: Operation::parse(&stored.operation).ok_or("operation")?,
        prompt: Prompt::new(stored.prompt).map_err(|_| "prompt")?,
        negative_prompt: field(stored.negative_prompt.map(Prompt::new), "negative prompt")?,
        aspect_ratio: field(
            stored.aspect_ratio.as_deref().map(AspectRatio::parse),
            "aspect ratio",
        )?,
        resolution: field(
            stored.resolution.as_deref().map(Resolution::parse),
            "resolution",
        )?,
        count: ImageCount::new(stored.count).map_err(|_| "count")?,
        format: field(stored.format.as_deref().map(ImageFormat::parse), "format")?,
        duration: field(stored.duration_seconds.map(Seconds::new), "duration")?,
        keep_audio: stored.keep_audio,
        provider_options: stored.provider_options,
        inputs: stored
            .inputs
            .into_iter()
            .map(read_input)
            .collect::<Result<_, _>>()?,
    })
}

fn field<T, E>(parsed: Option<Result<T, E>>, what: Corrupt) -> Result<Option<T>, Corrupt> {
    parsed.transpose().map_err(|_| what)
}

fn stored_input(input: &InputFile, sources: Sources) -> StoredInput {
    let (role, element) = match input.role {
        InputRole::Image => ("image", None),
        InputRole::FirstFrame => ("first-frame", None),
        InputRole::LastFrame => ("last-frame", None),
        InputRole::Video => ("video", None),
        InputRole::ElementFrontal(n) => ("element-frontal", Some(n)),
        InputRole::ElementReference(n) => ("element-reference", Some(n)),
    };
    StoredInput {
        role: role.to_owned(),
        element,
        name: input.name.clone(),
        source: match sources {
            Sources::Kept => input.source.clone(),
            Sources::Blanked => String::new(),
        },
        media_type: input.info.media_type.mime().to_owned(),
        size_bytes: input.info.size_bytes,
        width: input.info.dimensions.map(|size| size.width),
        height: input.info.dimensions.map(|size| size.height),
        duration_nanos: input
            .info
            .duration
            .map(|duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)),
    }
}

fn read_input(stored: StoredInput) -> Result<InputFile, Corrupt> {
    let role = match (stored.role.as_str(), stored.element) {
        ("image", _) => InputRole::Image,
        ("first-frame", _) => InputRole::FirstFrame,
        ("last-frame", _) => InputRole::LastFrame,
        ("video", _) => InputRole::Video,
        ("element-frontal", Some(n)) => InputRole::ElementFrontal(n),
        ("element-reference", Some(n)) => InputRole::ElementReference(n),
        _ => return Err("input role"),
    };
    Ok(InputFile {
        role,
        name: stored.name,
        source: stored.source,
        info: AssetInfo {
            media_type: MediaType::from_mime(&stored.media_type).ok_or("input media type")?,
            size_bytes: stored.size_bytes,
            dimensions: stored
                .width
                .zip(stored.height)
                .map(|(width, height)| Dimensions { width, height }),
            duration: stored.duration_nanos.map(Duration::from_nanos),
            frame_rate: None,
        },
    })
}
