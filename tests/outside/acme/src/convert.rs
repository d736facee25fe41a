//! Between our words and Acme's.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kling_core::{
    AssetUrl, Cost, CostSource, FailureKind, GenerationRequest, HandleFormat, MediaType, Money,
    Output, OutputAsset, OutputSource, ProviderError, ReplyNote, SubmissionKey, TaskFailure,
    TaskHandle, TaskStatus, decode_id, encode_id, is_task_id,
};
use kling_http::decode;

use crate::models::{MAX_REFERENCE_BYTES, SHAPES};
use crate::wire::{Drawing, Order, Picture, Reference};

/// `acme.1.` and the ticket.
const HANDLES: HandleFormat = HandleFormat::new("acme", 1);

pub(crate) async fn order<'a>(
    request: &'a GenerationRequest,
    key: &'a SubmissionKey,
) -> Result<Order<'a>, ProviderError> {
    let mut references = Vec::new();
    for image in &request.images {
        let bytes = image
            .read(MAX_REFERENCE_BYTES)
            .await
            .map_err(|error| ProviderError::Input(Box::new(error)))?;
        references.push(Reference {
            media: image.info().media_type.mime(),
            base64: BASE64_STANDARD.encode(bytes),
        });
    }
    let name_of = |wanted| SHAPES.iter().find(|(shape, _)| *shape == wanted);
    Ok(Order {
        model: request.model.as_str(),
        text: request.prompt.as_str(),
        shape: request
            .aspect_ratio
            .and_then(name_of)
            .map(|(_, name)| *name),
        pieces: request.count.get(),
        references,
        memo: key.as_str(),
    })
}

/// A handle for an accepted drawing.
pub(crate) fn handle(drawing: &Drawing) -> Result<TaskHandle, ProviderError> {
    let no_ticket = || decode::unexpected("ticket", "not a ticket");
    if !is_task_id(&drawing.ticket) {
        return Err(no_ticket());
    }
    let handle = HANDLES.write(&encode_id(&drawing.ticket));
    handle.map_err(|_| no_ticket())
}

/// The ticket in a handle.
pub(crate) fn ticket(handle: &TaskHandle) -> Result<String, ProviderError> {
    let (_, rest) = HANDLES.read(handle)?;
    let ticket = decode_id(rest).ok_or(HANDLES.damaged())?;
    Ok(ticket)
}

pub(crate) fn status(drawing: Drawing) -> Result<TaskStatus, ProviderError> {
    let cost = drawing.charged_mills.map(cost);
    let failed = |kind| {
        let note = drawing
            .problem
            .map(|problem| ReplyNote::of_code(&problem.code));
        TaskStatus::Failed(TaskFailure {
            kind,
            reason: None,
            code: note.and_then(|note| note.code().map(str::to_owned)),
            cost,
        })
    };
    Ok(match drawing.state.as_str() {
        "waiting" => TaskStatus::Queued {
            position: drawing.ahead,
        },
        "ready" if drawing.pictures.is_empty() => {
            let note = ReplyNote::default();
            return Err(ProviderError::NoResult { cost, note });
        }
        "ready" => TaskStatus::Succeeded(Output {
            assets: drawing
                .pictures
                .iter()
                .map(asset)
                .collect::<Result<_, _>>()?,
            cost,
        }),
        "broken" => failed(FailureKind::Provider),
        "not-allowed" => failed(FailureKind::Moderated),
        "stopped" => TaskStatus::Cancelled,
        // "drawing", and whatever Acme thinks of next.
        _ => TaskStatus::Running {
            percent: drawing.percent.map(|percent| percent.min(100)),
        },
    })
}

fn asset(picture: &Picture) -> Result<OutputAsset, ProviderError> {
    let url = AssetUrl::parse(&picture.href)
        .map_err(|_| decode::unexpected("pictures[].href", "not an address"))?;
    Ok(OutputAsset {
        source: OutputSource::Url(url),
        media_type: picture.media.as_deref().and_then(MediaType::from_mime),
    })
}

fn cost(mills: u32) -> Cost {
    Cost {
        amount: mills_as_money(i64::from(mills)),
        source: CostSource::Reported,
    }
}

/// A mill is a thousandth of a dollar.
pub(crate) const fn mills_as_money(mills: i64) -> Money {
    Money::from_microdollars(mills.saturating_mul(1_000))
}
