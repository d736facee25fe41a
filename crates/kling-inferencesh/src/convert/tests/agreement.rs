//! The catalogue and the emulator's strict validator agree on what may be asked for, request by request.

use kling_conformance::agreement::{Agreement, Difference};
use kling_core::{Asset, Field, GenerationRequest, MediaKind, ModelInfo, Operation, Problem};
use kling_emulated::agree;
use kling_emulator::Options;
use kling_emulator::inferencesh::VENDOR;

use crate::Config;
use crate::convert::request::run;
use crate::models::catalogue;
use crate::upload::Files;
use crate::wire::FileUri;

/// Where we refuse what the app and Kling behind it take, and why. Nothing else is different.
const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "a negative prompt",
        reason: "the app takes it and hands it to nobody",
        covers: |_, violation| violation.problem == Problem::Dropped,
    },
    Difference {
        name: "several pictures at once",
        reason: "all are charged for, and the app hands over the first alone",
        covers: |_, violation| matches!(violation.problem, Problem::OnlyFirstReturned { .. }),
    },
    Difference {
        name: "several results of the video app",
        reason: "it has no field for a count: one would come, whatever was asked for",
        covers: |request, violation| {
            violation.field == Field::Count && request.operation.output() == MediaKind::Video
        },
    },
    Difference {
        name: "a second picture",
        reason: "the app takes one file, and the wire has no room for another",
        covers: |request, violation| {
            request.operation == Operation::ImageToImage
                && matches!(violation.problem, Problem::TooMany { .. })
                && violation.field == Field::Images
        },
    },
    Difference {
        name: "a field that the app does not have",
        reason: "the app passes over what it does not know; whoever asked for it would pay and not get it",
        covers: |request, violation| {
            let of_pictures = request.operation.output() == MediaKind::Image;
            let unknown = match violation.field {
                Field::NegativePrompt
                | Field::Elements
                | Field::Format
                | Field::KeepAudio
                | Field::Option(_) => true,
                Field::FirstFrame | Field::LastFrame | Field::Video | Field::Duration => {
                    of_pictures
                }
                _ => false,
            };
            unknown && violation.problem == Problem::NotTaken
        },
    },
    Difference {
        name: "a value of our own for an option",
        reason: "what is neither yes nor no is written as no",
        covers: |_, violation| {
            matches!(violation.problem, Problem::NotOneOf { .. })
                && matches!(violation.field, Field::Option(_))
        },
    },
    Difference {
        name: "a shape or a length beside an input that has its own",
        reason: "the result is shaped by the frame, and an edit is as long as its clip: the wish would not come true",
        covers: |_, violation| {
            matches!(violation.problem, Problem::NotTaken)
                && matches!(
                    violation.field,
                    Field::AspectRatio | Field::Duration | Field::Resolution
                )
        },
    },
    Difference {
        name: "inputs that make another operation of it",
        reason: "the app does everything at one address and looks at what it gets; which work is meant is said, not \
                 guessed, and then its limits count",
        covers: |request, _| is_another(request),
    },
];

/// Whether the app would do other work than was asked for, by what it gets.
fn is_another(request: &GenerationRequest) -> bool {
    let pictures = !request.images.is_empty();
    let (first, last) = (request.first_frame.is_some(), request.last_frame.is_some());
    let (frames, clip) = (first || last, request.video.is_some());
    match request.operation {
        Operation::TextToImage => pictures,
        Operation::ImageToImage => !pictures,
        Operation::TextToVideo => pictures || frames || clip,
        Operation::ImageToVideo => !first || pictures || clip,
        Operation::ReferenceToVideo => !pictures || last || clip,
        Operation::VideoEdit | Operation::VideoReference => !clip || frames,
        Operation::MultiShot => false,
    }
}

/// Where the vendor finds a file; all of the pool's have addresses.
fn uri(asset: &Asset) -> Option<FileUri> {
    let url = asset.public_url()?;
    Some(FileUri(url.expose().as_str().to_owned()))
}

#[test]
fn whatever_fits_is_taken_and_whatever_does_not_is_refused_there_too() {
    let agreement = Agreement::but_for(DIFFERENCES);
    let config = Config::default();
    // As this crate writes it down.
    let written = async |_: &ModelInfo, request: &GenerationRequest| {
        let files = Files {
            images: request.images.iter().filter_map(uri).collect(),
            first_frame: request.first_frame.as_ref().and_then(uri),
            last_frame: request.last_frame.as_ref().and_then(uri),
            video: request.video.as_ref().and_then(uri),
        };
        serde_json::to_vec(&run(request, &files, &config, None)).ok()
    };

    let entries = catalogue(&config);
    agree(VENDOR, Options::default(), &agreement, &entries, &written).expect("agreement");

    agreement.end().expect("every difference is still one");
}
