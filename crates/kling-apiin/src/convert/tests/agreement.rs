//! The catalogue and the emulator's strict validator agree on what may be asked for, request by request.

use kling_conformance::agreement::{Agreement, Difference};
use kling_core::{Field, ModelInfo, Problem};
use kling_emulated::agree;
use kling_emulator::Options;
use kling_emulator::apiin::VENDOR;

use super::*;
use crate::Config;
use crate::models::catalogue;

/// Where we refuse what the vendor takes, and why. Nothing else is different.
const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "a field that the vendor does not have",
        reason: "the vendor passes over what it does not know; whoever asked for it would pay and not get it",
        covers: |_, violation| {
            violation.problem == Problem::NotTaken && violation.field != Field::Images
        },
    },
    Difference {
        name: "pictures for a text-to-image",
        reason: "at the vendor it is an image-to-image then, with pictures that the asked operation does not look at",
        covers: |_, violation| {
            violation.problem == Problem::NotTaken && violation.field == Field::Images
        },
    },
    Difference {
        name: "an image-to-image without pictures",
        reason: "it is our text-to-image, which has a name and an entry of its own",
        covers: |request, violation| {
            violation.problem == Problem::Missing && request.operation == Operation::ImageToImage
        },
    },
    Difference {
        name: "a multi-shot of no picture, or of several",
        reason: "the fields allow 0 to 10 and the answers on the same page say one; more may be paid for and ignored",
        covers: |request, violation| {
            violation.field == Field::Images && request.operation == Operation::MultiShot
        },
    },
];

#[test]
fn whatever_fits_is_taken_and_whatever_does_not_is_refused_there_too() {
    let agreement = Agreement::but_for(DIFFERENCES);
    // As this crate writes it down; a file without an address cannot be.
    let written = async |_: &ModelInfo, asked: &GenerationRequest| {
        request(asked)
            .ok()
            .and_then(|wire| serde_json::to_vec(&wire).ok())
    };

    let entries = catalogue(&Config::default());
    agree(VENDOR, Options::default(), &agreement, &entries, &written).expect("agreement");

    agreement.end().expect("every difference is still one");
}
