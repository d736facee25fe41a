//! The video models: request to JSON, and what the vendor answers about a generation to our words.

use kling_core::{
    AssetUrl, Cost, CostSource, GenerationRequest, Money, Output, OutputAsset, OutputSource,
    ProviderError, RememberedTask, ReplyNote, Submission, TaskStatus, Timestamp, is_task_id,
};
use kling_http::decode;
use serde_json::Value;

use super::cost::{self, CostHeaders};
use super::handle;
use super::text;
use crate::Route;
use crate::files::Files;
use crate::wire::video::{VideoReply, VideoRequest};

/// Writes a checked request down in the vendor's words, with only what was asked for.
///
/// `files` are the request's own; `route` counts where the request has none.
pub(crate) fn request(
    request: &GenerationRequest,
    files: Files,
    route: Option<Route>,
) -> VideoRequest {
    VideoRequest {
        model: request.model.to_string(),
        prompt: request.prompt.clone(),
        image_url: files.first_frame,
        last_image_url: files.last_frame,
        video_url: files.video,
        image_list: files.images,
        elements: files.elements,
        aspect_ratio: request.aspect_ratio.map(|ratio| ratio.to_string()),
        duration: request.duration.map(kling_core::Seconds::get),
        keep_audio: request.keep_audio,
        provider: super::route(request, route),
    }
}

/// Reads a body about a video.
///
/// # Errors
///
/// [`ProviderError::Protocol`] when it is no JSON object: a list of the right values would pass for one.
pub(crate) fn answer(body: &[u8]) -> Result<VideoReply, ProviderError> {
    let reply = decode::bytes(body)?;
    if body.trim_ascii_start().starts_with(b"{") {
        Ok(reply)
    } else {
        Err(decode::unexpected("$", "not an object"))
    }
}

/// How far a video has come, in whichever spelling.
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
    /// Reads a spelling: those of the schema, of the vendor's samples, and of clients in the field. Case does
    /// not matter.
    fn of(word: &str) -> Self {
        match word.trim().to_lowercase().as_str() {
            "queued" | "waiting" | "pending" | "submitted" => Self::Queued,
            "generating" | "active" | "processing" | "running" | "in_progress" => Self::Running,
            "completed" | "succeeded" | "done" => Self::Done,
            "error" | "failed" => Self::Failed,
            _ => Self::Unheard,
        }
    }
}

/// What the vendor says of one video.
#[derive(Debug)]
pub(crate) struct Generation {
    id: Option<String>,
    /// `None` when it says nothing of how far it is.
    pub(crate) state: Option<State>,
    assets: Vec<OutputAsset>,
    /// What it says it costs, or will.
    reported: Option<Cost>,
}

impl Generation {
    /// Reads an answer.
    pub(crate) fn read(reply: VideoReply, headers: CostHeaders<'_>) -> Self {
        let mut assets = assets(&reply.video);
        assets.extend(asset(&reply.output_url).filter(|_| assets.is_empty()));
        Self {
            id: text(reply.id).filter(|id| is_task_id(id)),
            state: text(reply.status).map(|word| State::of(&word)),
            assets,
            reported: cost::reported(reply.meta.as_deref(), headers),
        }
    }
}

/// Reads the answer to a submission, of which somebody has seen that it is no failure.
///
/// `inference_id` is the vendor's header, which is the generation's id for work like this; `price` is what the
/// price list says, for when the vendor does not.
///
/// # Errors
///
/// - [`ProviderError::NoResult`] when it is done and there is neither a video nor an id to look at.
/// - [`ProviderError::Protocol`] when there is neither a video nor an id: a paid task may exist.
pub(crate) fn submission(
    generation: Generation,
    inference_id: Option<&str>,
    price: Option<Money>,
    submitted_at: Timestamp,
) -> Result<Submission, ProviderError> {
    let Generation {
        id,
        state,
        assets,
        reported,
    } = generation;
    let in_header = || inference_id.filter(|id| is_task_id(id));
    let is_over = matches!(state, Some(State::Done) | None);
    if is_over && !assets.is_empty() {
        return Ok(Submission::Finished(Output {
            assets,
            cost: reported.or(computed(price)),
        }));
    }
    match (id.or_else(|| in_header().map(str::to_owned)), state) {
        (Some(id), _) => handle::FORMAT
            .write_task(&RememberedTask {
                id,
                price: reported.map(|cost| cost.amount).or(price),
                submitted_at,
            })
            .map(Submission::Started)
            .map_err(|_| decode::unexpected("$.id", "an id of such a length")),
        (None, Some(State::Done)) => Err(no_result(reported)),
        (None, _) => Err(decode::unexpected("$.id", "neither an id nor a video")),
    }
}

/// Reads the answer to a look, of which somebody has seen that it is no failure.
///
/// A state that nobody has heard of counts as running: waiting is the one answer that loses nothing.
///
/// # Errors
///
/// - [`ProviderError::NoResult`] when it is done and there is no video, with the cost where it is told.
/// - [`ProviderError::Protocol`] when the answer says nothing about the video.
pub(crate) fn status(
    generation: Generation,
    price: Option<Money>,
) -> Result<TaskStatus, ProviderError> {
    let Generation {
        state,
        assets,
        reported,
        ..
    } = generation;
    match state {
        Some(State::Queued) => Ok(TaskStatus::Queued { position: None }),
        Some(State::Running | State::Unheard) => Ok(TaskStatus::Running { percent: None }),
        Some(State::Done) | None if !assets.is_empty() => Ok(TaskStatus::Succeeded(Output {
            assets,
            cost: reported.or(computed(price)),
        })),
        Some(State::Done) => Err(no_result(reported)),
        Some(State::Failed) | None => {
            Err(decode::unexpected("$.status", "nothing about the video"))
        }
    }
}

fn no_result(cost: Option<Cost>) -> ProviderError {
    ProviderError::NoResult {
        note: ReplyNote::default(),
        cost,
    }
}

const fn computed(price: Option<Money>) -> Option<Cost> {
    match price {
        Some(amount) => Some(Cost {
            amount,
            source: CostSource::Computed,
        }),
        None => None,
    }
}

/// Every video there is: one, or a list of them, as newer models have it.
fn assets(video: &Value) -> Vec<OutputAsset> {
    match video {
        Value::Array(videos) => videos.iter().filter_map(asset).collect(),
        single => asset(single).into_iter().collect(),
    }
}

/// One video: an object with its address, or the address alone.
fn asset(video: &Value) -> Option<OutputAsset> {
    let address = video.as_str().or_else(|| video["url"].as_str())?;
    let url = AssetUrl::parse(address.trim()).ok()?;
    Some(OutputAsset {
        source: OutputSource::Url(url),
        media_type: None,
    })
}
