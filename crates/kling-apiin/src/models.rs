//! The catalogue: what apiin's Kling O1 model takes, as data, each limit with where it comes from.
//!
//! "Page" is the vendor's own page of the model; "upstream" is what Kling, who runs the model behind
//! apiin, states for the same input. What nobody states is marked as an assumption, and is a setting.

use std::time::Duration;

use kling_core::{
    AspectRatio, Capability, Choices, CountRange, FileRule, MediaType, ModelId, ModelInfo, Money,
    Operation, Pace, Price, PriceUnit, Resolution, Transport,
};

use crate::Config;

/// The image model.
pub(crate) const IMAGE_O1: ModelId = ModelId::literal("kling-image-o1");

/// Page: "Image-to-image mode costs 6 credits per request", however many pictures come back.
const IMAGE_CREDITS: u32 = 6;

/// Page: "AI multi-shot mode costs 16 credits per request".
const MULTI_SHOT_CREDITS: u32 = 16;

/// Page: `aspect_ratio`; `auto` is apiin's and upstream's.
const ASPECT_RATIOS: [AspectRatio; 9] = [
    AspectRatio::of(1, 1),
    AspectRatio::of(16, 9),
    AspectRatio::of(9, 16),
    AspectRatio::of(4, 3),
    AspectRatio::of(3, 4),
    AspectRatio::of(3, 2),
    AspectRatio::of(2, 3),
    AspectRatio::of(21, 9),
    AspectRatio::Auto,
];

/// Every entry that the configuration allows.
pub(crate) fn catalogue(config: &Config) -> Vec<ModelInfo> {
    // Page: `images`, optional, "max 10". Without any, the same type of task works from words alone
    // (an assumption, from "Input types: text, image", and a setting).
    let pictures = CountRange { min: 1, max: 10 };
    // The page's list of fields gives `images` the same 0 to 10 for both types, but its answer on this one is that it
    // works "from a single reference image". So one is needed; and whether further ones are looked at, nobody says:
    // they are refused rather than paid for and ignored, unless the operator knows better.
    let character = CountRange {
        min: 1,
        max: config.multi_shot_images,
    };
    let mut entries = vec![
        entry(config, Operation::ImageToImage, pictures),
        entry(config, Operation::MultiShot, character),
    ];
    if config.text_to_image {
        entries.push(entry(config, Operation::TextToImage, CountRange::NONE));
    }
    entries
}

/// What a request for this operation costs, by the vendor's credits and the operator's rate.
pub(crate) fn price(config: &Config, operation: Operation) -> Money {
    let credits = match operation {
        Operation::MultiShot => MULTI_SHOT_CREDITS,
        Operation::TextToImage
        | Operation::ImageToImage
        | Operation::TextToVideo
        | Operation::ImageToVideo
        | Operation::ReferenceToVideo
        | Operation::VideoEdit
        | Operation::VideoReference => IMAGE_CREDITS,
    };
    config.credit_usd.times(credits)
}

fn entry(config: &Config, operation: Operation, images: CountRange) -> ModelInfo {
    ModelInfo {
        id: IMAGE_O1,
        name: "Kling Image O1".to_owned(),
        capability: Capability {
            prompt_chars: config.prompt_chars,
            images,
            aspect_ratios: Choices::new(ASPECT_RATIOS, Some(AspectRatio::of(1, 1))),
            // Page; the k is lower-case on the wire.
            resolutions: Choices::new([Resolution::K1, Resolution::K2], Some(Resolution::K1)),
            // Page: `num_images`, 1 to 9.
            count: CountRange { min: 1, max: 9 },
            image_files: FileRule {
                types: vec![MediaType::Png, MediaType::Jpeg, MediaType::Webp],
                // Upstream, all three; the page is silent. Read in the narrower sense of "10 MB".
                max_bytes: Some(10_000_000),
                min_side: Some(300),
                ratio: Some((0.40, 2.50)),
                max_side: None,
                duration: None,
                frame_rate: None,
            },
            // Page: "Array of reference image URLs"; neither an upload nor data: URIs are spoken of.
            transports: vec![Transport::Url],
            ..Capability::new(operation)
        },
        price: Some(Price {
            unit: PriceUnit::Request,
            amount: price(config, operation),
            // The credits are stated, what one costs is not: the vendor's pages contradict each other.
            except: None,
            stated: false,
        }),
        pace: Pace {
            // Page: 5 to 15 s.
            typical: Duration::from_secs(15),
            // Nobody states a rate limit; a client in the field looks every 6 to 8 s.
            poll_every: Duration::from_secs(5),
            // That client gives up after ten minutes; a paid task is worth more patience.
            give_up_after: Duration::from_mins(30),
        },
    }
}

#[cfg(test)]
mod tests {
    use kling_core::{Estimate, GenerationRequest, ImageCount, Prompt};

    use super::*;

    fn info(operation: Operation) -> ModelInfo {
        catalogue(&Config::default())
            .into_iter()
            .find(|info| info.operation() == operation)
            .expect("an entry")
    }

    #[test]
    fn a_request_costs_the_same_however_many_pictures_it_asks_for() {
        for (operation, cents) in [
            (Operation::ImageToImage, 6),
            (Operation::TextToImage, 6),
            (Operation::MultiShot, 16),
        ] {
            let prompt = Prompt::new("a paper boat").expect("words");
            let mut request = GenerationRequest::new(IMAGE_O1, operation, prompt);
            request.count = ImageCount::new(9).expect("a count");

            let estimate = info(operation).estimate(&request);

            let expected = Money::from_microdollars(cents * 10_000);
            assert_eq!(estimate, Estimate::Approximate(expected), "{operation}");
        }
    }

    #[test]
    fn the_operators_rate_is_the_price_of_a_credit() {
        let config = Config {
            credit_usd: Money::from_microdollars(2_000),
            ..Config::default()
        };

        let multi_shot = price(&config, Operation::MultiShot);

        assert_eq!(
            multi_shot,
            Money::parse_dollars("0.032").expect("an amount")
        );
    }

    #[test]
    fn every_limit_of_the_page_is_in_the_catalogue() {
        let capability = info(Operation::ImageToImage).capability;

        let ratios: Vec<_> = capability
            .aspect_ratios
            .values
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            ratios,
            [
                "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "auto"
            ]
        );
        assert_eq!(
            capability.aspect_ratios.default,
            Some(AspectRatio::of(1, 1))
        );
        assert_eq!(capability.resolutions.default, Some(Resolution::K1));
        assert_eq!(capability.images, CountRange { min: 1, max: 10 });
        assert_eq!(capability.count, CountRange { min: 1, max: 9 });
        assert_eq!(capability.transports, [Transport::Url]);
        assert!(!capability.recovery.find && !capability.recovery.cancel);
    }

    #[test]
    fn words_alone_are_taken_unless_the_operator_says_otherwise() {
        let config = Config {
            text_to_image: false,
            ..Config::default()
        };

        let operations = |config: &Config| {
            let entries = catalogue(config);
            let text = |entry: &ModelInfo| entry.operation() == Operation::TextToImage;
            (entries.len(), entries.iter().any(text))
        };

        assert_eq!(operations(&Config::default()), (3, true));
        assert_eq!(operations(&config), (2, false));
    }

    #[test]
    fn a_multi_shot_takes_as_many_pictures_as_the_operator_says() {
        let config = Config {
            multi_shot_images: 3,
            ..Config::default()
        };

        let range = |config: &Config| catalogue(config)[1].capability.images;

        assert_eq!(range(&Config::default()), CountRange { min: 1, max: 1 });
        assert_eq!(range(&config), CountRange { min: 1, max: 3 });
    }
}
