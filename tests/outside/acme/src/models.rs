//! The catalogue as data. The figures are from Acme's price list and its page on drawings.

use std::time::Duration;

use kling_core::{
    AspectRatio, Capability, Choices, CountRange, FileRule, ImageFormat, MediaType, ModelId,
    ModelInfo, Money, Operation, Pace, Price, PriceUnit, Recovery, Transport,
};

/// Acme's one model.
pub(crate) const SKETCH: ModelId = ModelId::literal("acme-sketch-2");

/// Forty mills (thousandths of a dollar) a picture.
const PICTURE: Money = Money::from_microdollars(40_000);

/// The shapes, each with Acme's name for it.
pub(crate) const SHAPES: [(AspectRatio, &str); 3] = [
    (AspectRatio::of(1, 1), "square"),
    (AspectRatio::of(16, 9), "wide"),
    (AspectRatio::of(9, 16), "tall"),
];

/// The most bytes of one reference.
pub(crate) const MAX_REFERENCE_BYTES: u64 = 8_000_000;

/// Every entry: words alone, and words with one to three references.
pub(crate) fn catalogue() -> Vec<ModelInfo> {
    [
        (Operation::TextToImage, CountRange::NONE),
        (Operation::ImageToImage, CountRange { min: 1, max: 3 }),
    ]
    .map(|(operation, images)| entry(operation, images))
    .into()
}

fn entry(operation: Operation, images: CountRange) -> ModelInfo {
    ModelInfo {
        id: SKETCH,
        name: "Acme Sketch 2".to_owned(),
        capability: Capability {
            prompt_chars: 1200,
            images,
            aspect_ratios: Choices::new(
                SHAPES.map(|(shape, _)| shape),
                Some(AspectRatio::of(1, 1)),
            ),
            formats: Choices::new([ImageFormat::Png], Some(ImageFormat::Png)),
            count: CountRange { min: 1, max: 4 },
            image_files: FileRule {
                types: vec![MediaType::Png, MediaType::Jpeg],
                max_bytes: Some(MAX_REFERENCE_BYTES),
                min_side: Some(64),
                ..FileRule::any_image()
            },
            transports: vec![Transport::DataUri],
            recovery: Recovery {
                find: true,
                cancel: true,
            },
            ..Capability::new(operation)
        },
        price: Some(Price {
            unit: PriceUnit::Image,
            amount: PICTURE,
            except: None,
            stated: true,
        }),
        pace: Pace {
            typical: Duration::from_secs(6),
            poll_every: Duration::from_secs(1),
            give_up_after: Duration::from_mins(10),
        },
    }
}
