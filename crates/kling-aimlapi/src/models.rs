//! The catalogue: what AIML API's Kling O1 models take, as data, each limit with where it comes from.
//!
//! "Schema" is the vendor's published OpenAPI description of the model; "upstream" is what Kling and
//! fal, who run the model behind AIML API, state for the same input.

pub(crate) mod video;

use std::time::Duration;

use kling_core::{
    AspectRatio, Capability, Choices, CountRange, FileRule, ImageFormat, MediaType, ModelId,
    ModelInfo, Money, Operation, Pace, Price, PriceUnit, ProviderOption, Resolution, Transport,
};

use crate::Config;

/// The image model; it answers in the same call.
pub(crate) const IMAGE_O1: ModelId = ModelId::literal("klingai/image-o1");

/// The name of the option, and of the vendor's field, that says who runs a request.
pub(crate) const ROUTE: &str = "provider";

/// One credit in nano-dollars: the vendor sells 2 000 000 credits for a dollar (its FAQ on funds).
pub(crate) const CREDIT_NANODOLLARS: i64 = 500;

/// 58 800 credits an image, unless the operator says otherwise: the sample reply in the schema, and fal's list price
/// plus five per cent.
pub(crate) const IMAGE_PRICE: Money = Money::from_nanodollars(58_800 * CREDIT_NANODOLLARS);

/// What a second of video costs, unless the operator says otherwise: fal's $0.112 and the twentieth that
/// the vendor adds to fal's price of a picture (an assumption; the vendor publishes none). 235 200 credits.
pub(crate) const VIDEO_SECOND_PRICE: Money = Money::from_nanodollars(235_200 * CREDIT_NANODOLLARS);

/// Schema: `aspect_ratio`. Unlike upstream there is no `auto`.
const ASPECT_RATIOS: [AspectRatio; 8] = [
    AspectRatio::of(16, 9),
    AspectRatio::of(1, 1),
    AspectRatio::of(9, 16),
    AspectRatio::of(4, 3),
    AspectRatio::of(3, 4),
    AspectRatio::of(3, 2),
    AspectRatio::of(2, 3),
    AspectRatio::of(21, 9),
];

/// Every entry that the configuration allows.
pub(crate) fn catalogue(config: &Config) -> Vec<ModelInfo> {
    // Schema: `image_urls`, 1 to 10 items.
    let pictures = CountRange { min: 1, max: 10 };
    let mut entries = vec![image(config, Operation::ImageToImage, pictures)];
    if !config.image_urls_required {
        entries.push(image(config, Operation::TextToImage, CountRange::NONE));
    }
    entries.extend(video::entries(config));
    entries
}

fn image(config: &Config, operation: Operation, images: CountRange) -> ModelInfo {
    ModelInfo {
        id: IMAGE_O1,
        name: "Kling Image O1".to_owned(),
        capability: Capability {
            // Schema. Upstream stops at 2500; what is longer may be declined there.
            prompt_chars: 4_000,
            images,
            aspect_ratios: Choices::new(ASPECT_RATIOS, Some(AspectRatio::of(16, 9))),
            // Schema; the K is upper-case on the wire.
            resolutions: Choices::new([Resolution::K1, Resolution::K2], Some(Resolution::K1)),
            // Schema: `output_format`.
            formats: Choices::new(
                [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Webp],
                Some(ImageFormat::Png),
            ),
            // Schema: `num_images`, 1 to 9.
            count: CountRange { min: 1, max: 9 },
            image_files: pictures(),
            transports: transports(config),
            options: vec![route()],
            ..Capability::new(operation)
        },
        price: Some(Price {
            unit: PriceUnit::Image,
            amount: config.image_usd,
            // A sample states what one picture cost; that several cost as much each is an assumption.
            except: None,
            stated: false,
        }),
        pace: Pace {
            typical: Duration::from_secs(15),
            // The model answers at once, so nothing is ever polled.
            poll_every: Duration::from_secs(5),
            give_up_after: Duration::from_mins(10),
        },
    }
}

/// The schema takes base64 as well as addresses. Bytes come first: the links of chat attachments are
/// private, and dead before a queued request is run.
fn transports(config: &Config) -> Vec<Transport> {
    if config.data_uris {
        vec![Transport::DataUri, Transport::Url]
    } else {
        vec![Transport::Url]
    }
}

/// What an input picture may be, for every model.
fn pictures() -> FileRule {
    FileRule {
        types: vec![MediaType::Png, MediaType::Jpeg, MediaType::Webp],
        // Upstream, all three; the schema is silent. Read in the narrower sense of "10 MB".
        max_bytes: Some(10_000_000),
        min_side: Some(300),
        ratio: Some((0.40, 2.50)),
        max_side: None,
        duration: None,
        frame_rate: None,
    }
}

fn route() -> ProviderOption {
    ProviderOption {
        name: ROUTE,
        about: "Who runs the model: Kling first and then fal, only Kling, or only fal's mirror",
        values: &["auto", "kling", "klingai", "fal"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_costs_what_the_vendor_says_in_credits() {
        let price = catalogue(&Config::default())[0].price.expect("a price");

        assert_eq!(price.amount, Money::from_microdollars(29_400));
    }

    #[test]
    fn an_estimate_is_never_exact_for_no_document_says_that_the_price_is_linear() {
        let entry = &catalogue(&Config::default())[0];
        let prompt = kling_core::Prompt::new("a paper boat").expect("words");
        let mut request =
            kling_core::GenerationRequest::new(IMAGE_O1, Operation::ImageToImage, prompt);
        for count in [1, 9] {
            request.count = kling_core::ImageCount::new(count).expect("a count");
            assert_eq!(
                entry.estimate(&request),
                kling_core::Estimate::Approximate(IMAGE_PRICE.times(count.into()))
            );
        }
    }

    #[test]
    fn the_operators_figure_is_the_price_and_no_statement_of_the_vendors() {
        let config = Config {
            image_usd: Money::from_microdollars(40_000),
            ..Config::default()
        };

        let price = catalogue(&config)[0].price.expect("a price");

        assert_eq!(price.amount, config.image_usd);
        assert!(!price.stated);
    }

    #[test]
    fn bytes_travel_in_the_request_unless_the_operator_says_that_they_do_not() {
        let ways = |data_uris| {
            let config = Config {
                data_uris,
                ..Config::default()
            };
            let entries = catalogue(&config);
            entries
                .into_iter()
                .map(|entry| entry.capability.transports)
                .collect::<Vec<_>>()
        };

        for ways in ways(true) {
            assert_eq!(ways, [Transport::DataUri, Transport::Url]);
        }
        for ways in ways(false) {
            assert_eq!(ways, [Transport::Url]);
        }
    }

    #[test]
    fn text_alone_is_in_the_catalogue_only_where_the_operator_says_it_works() {
        let operations = |image_urls_required| {
            let config = Config {
                image_urls_required,
                ..Config::default()
            };
            let entries = catalogue(&config);
            let images = entries.iter().filter(|entry| entry.id == IMAGE_O1);
            images.map(ModelInfo::operation).collect::<Vec<_>>()
        };

        assert_eq!(operations(true), [Operation::ImageToImage]);
        assert_eq!(
            operations(false),
            [Operation::ImageToImage, Operation::TextToImage]
        );
    }
}
