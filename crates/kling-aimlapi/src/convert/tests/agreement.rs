//! The catalogue and the emulator's strict validator agree on what may be asked for, request by request.

use kling_conformance::agreement::{Agreement, Difference};
use kling_core::{Field, MediaKind, ModelInfo, Problem};
use kling_emulated::agree;
use kling_emulator::Options;
use kling_emulator::aimlapi::VENDOR;

use super::*;
use crate::Config;
use crate::files::Files;
use crate::models::catalogue;

/// Where we refuse what the vendor takes, and why. Nothing else is different.
const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "a field that the model's schema does not have",
        reason: "the vendor passes over what it does not know; whoever asked for it would pay and not get it",
        covers: |request, violation| {
            violation.problem == Problem::NotTaken
                && !(violation.field == Field::Images
                    && request.operation == Operation::TextToImage)
        },
    },
    Difference {
        name: "pictures for a text-to-image",
        reason: "at the vendor it is an image-to-image then, with pictures that the asked operation does not look at",
        covers: |request, violation| {
            violation.field == Field::Images && request.operation == Operation::TextToImage
        },
    },
    Difference {
        name: "several results of a video model",
        reason: "no video model has a field for a count: one would come, whatever was asked for",
        covers: |request, violation| {
            violation.field == Field::Count && request.operation.output() == MediaKind::Video
        },
    },
];

/// A request, checked or not, as this crate writes it down.
async fn written(entry: &ModelInfo, request: &GenerationRequest) -> Option<Vec<u8>> {
    let files = Files::take(request, &entry.capability).await.ok()?;
    match request.operation.output() {
        MediaKind::Image => image::request(request, files.images, None).to_json(),
        MediaKind::Video => super::super::video::request(request, files, None).to_json(),
    }
    .ok()
}

#[test]
fn whatever_fits_is_taken_and_whatever_does_not_is_refused_there_too() {
    let agreement = Agreement::but_for(DIFFERENCES);
    // In the strict profile; and where the operator says that words alone are enough, in the lenient one.
    for aimlapi_lenient in [false, true] {
        let options = Options {
            aimlapi_lenient,
            ..Options::default()
        };
        let config = Config {
            image_urls_required: !aimlapi_lenient,
            ..Config::default()
        };
        let mut entries = catalogue(&config);
        entries.retain(|entry| aimlapi_lenient == (entry.operation() == Operation::TextToImage));
        agree(VENDOR, options, &agreement, &entries, &written).expect("agreement");
    }
    agreement.end().expect("every difference is still one");
}
