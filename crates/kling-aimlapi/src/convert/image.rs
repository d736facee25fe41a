//! The image model: request to JSON, reply to output.

use kling_core::{
    AssetUrl, Cost, CostSource, Estimate, GenerationRequest, MediaType, Output, OutputAsset,
    OutputSource, ProviderError, ReplyNote,
};
use serde_json::Value;

use super::cost::{self, CostHeaders};
use super::{base64, data_uri, text};
use crate::Route;
use crate::wire::image::{ImageEntry, ImageReply, ImageRequest};
use crate::wire::media::Media;

/// Writes a checked request down in the vendor's words, with only what was asked for.
///
/// `pictures` are the request's images, in its order; `route` counts where the request has none.
pub(crate) fn request(
    request: &GenerationRequest,
    pictures: Vec<Media>,
    route: Option<Route>,
) -> ImageRequest {
    ImageRequest {
        model: request.model.to_string(),
        prompt: request.prompt.clone(),
        image_urls: pictures,
        aspect_ratio: request.aspect_ratio.map(|ratio| ratio.to_string()),
        resolution: request.resolution.map(kling_core::Resolution::as_str),
        output_format: request.format.map(kling_core::ImageFormat::as_str),
        num_images: (request.count.get() > 1).then_some(request.count.get()),
        provider: super::route(request, route),
    }
}

/// Reads a reply. `estimate` is what the price list says of the request, for when the provider does not say.
///
/// # Errors
///
/// [`ProviderError::NoResult`], with what was charged, when no entry has anything in it. Fewer usable
/// entries than asked for are no error: what was paid for is kept.
pub(crate) fn output(
    reply: ImageReply,
    headers: CostHeaders<'_>,
    estimate: Estimate,
) -> Result<Output, ProviderError> {
    let reported = cost::reported(reply.meta.as_deref(), headers);
    let entries = reply.data.unwrap_or_default();
    let assets: Vec<_> = entries.into_iter().filter_map(asset).collect();
    if assets.is_empty() {
        return Err(ProviderError::NoResult {
            note: ReplyNote::default(),
            cost: reported,
        });
    }
    let computed = estimate.amount().map(|amount| Cost {
        amount,
        source: CostSource::Computed,
    });
    Ok(Output {
        assets,
        cost: reported.or(computed),
    })
}

/// One entry, where there is anything in it: an address first, since it costs no memory.
fn asset(entry: Value) -> Option<OutputAsset> {
    let entry: ImageEntry = serde_json::from_value(entry).ok()?;
    let said = text(entry.mime_type).and_then(|mime| MediaType::from_mime(&mime));
    let inline = |content: &str| {
        let (kind, bytes) = if content.starts_with("data:") {
            data_uri(content)?
        } else {
            (None, base64(content)?)
        };
        Some(OutputAsset {
            source: OutputSource::Inline(bytes),
            media_type: said.or(kind),
        })
    };
    if let Some(url) = text(entry.url) {
        if let Ok(url) = AssetUrl::parse(&url) {
            return Some(OutputAsset {
                source: OutputSource::Url(url),
                media_type: said,
            });
        }
        if url.starts_with("data:") {
            return inline(&url);
        }
    }
    text(entry.b64_json).and_then(|content| inline(&content))
}
