//! A checked request, written down in the vendor's words, with only what was asked for.

use kling_core::{GenerationRequest, MediaKind, Operation, Resolution};
use url::Url;

use crate::Config;
use crate::models::{DEFAULT_RATIO, WATERMARK};
use crate::upload::Files;
use crate::wire::{ImageInput, Input, RunRequest, VideoInput};

/// The body of a submission. `webhook` is the address of this submission alone.
pub(crate) fn run<'a>(
    request: &'a GenerationRequest,
    files: &'a Files,
    config: &'a Config,
    webhook: Option<Url>,
) -> RunRequest<'a> {
    let (app, input) = match request.operation.output() {
        MediaKind::Image => (&config.image_app, Input::Image(image(request, files))),
        MediaKind::Video => (&config.video_app, Input::Video(video(request, files))),
    };
    RunRequest {
        app,
        input,
        infra: config.infra.map(crate::Infra::as_str),
        workers: &config.workers,
        setup: &config.setup,
        metadata: &config.metadata,
        session: config.session.as_deref(),
        session_timeout: config.session_timeout.map(|timeout| timeout.as_secs()),
        webhook: webhook.map(String::from),
    }
}

fn image<'a>(request: &'a GenerationRequest, files: &'a Files) -> ImageInput<'a> {
    ImageInput {
        prompt: &request.prompt,
        image: files.images.first(),
        aspect_ratio: request.aspect_ratio.map(|ratio| ratio.to_string()),
        resolution: request.resolution.map(spelling),
        n: (request.count.get() > 1).then_some(request.count.get()),
    }
}

fn video<'a>(request: &'a GenerationRequest, files: &'a Files) -> VideoInput<'a> {
    VideoInput {
        prompt: &request.prompt,
        image: files.first_frame.as_ref(),
        end_image: files.last_frame.as_ref(),
        reference_images: &files.images,
        reference_video: files.video.as_ref(),
        reference_video_type: reference_type(request.operation),
        resolution: request.resolution.map(spelling),
        aspect_ratio: shape(request),
        duration: request.duration.map(kling_core::Seconds::get),
        watermark: request
            .provider_options
            .get(WATERMARK)
            .map(|wish| wish.eq_ignore_ascii_case("true")),
    }
}

/// The vendor writes both kinds in lower case.
const fn spelling(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::P720 => "720p",
        Resolution::P1080 => "1080p",
        Resolution::K1 => "1k",
        Resolution::K2 => "2k",
        Resolution::K4 => "4k",
    }
}

/// What the input video is for.
const fn reference_type(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::VideoEdit => Some("base"),
        Operation::VideoReference => Some("feature"),
        Operation::TextToImage
        | Operation::ImageToImage
        | Operation::MultiShot
        | Operation::TextToVideo
        | Operation::ImageToVideo
        | Operation::ReferenceToVideo => None,
    }
}

/// The shape must be said wherever no frame or clip decides it; some versions of the app have no
/// default for it. This is the one thing that is sent without having been asked for.
fn shape(request: &GenerationRequest) -> Option<String> {
    let ratio = match request.operation {
        Operation::TextToVideo | Operation::VideoReference => {
            Some(request.aspect_ratio.unwrap_or(DEFAULT_RATIO))
        }
        Operation::ReferenceToVideo if request.first_frame.is_none() => {
            Some(request.aspect_ratio.unwrap_or(DEFAULT_RATIO))
        }
        Operation::TextToImage
        | Operation::ImageToImage
        | Operation::MultiShot
        | Operation::ImageToVideo
        | Operation::ReferenceToVideo
        | Operation::VideoEdit => request.aspect_ratio,
    };
    ratio.map(|ratio| ratio.to_string())
}
