//! Providers and jobs made up for tests.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    AspectRatio, Capability, Choices, CountRange, Estimate, FileRule, GenerationRequest,
    ImageFormat, MediaType, ModelId, ModelInfo, Money, Operation, Pace, Price, PriceUnit, Prompt,
    Provider, ProviderError, ProviderId, ProviderOption, Resolution, Submission, SubmissionKey,
    TaskHandle, TaskStatus, Timestamp, Transport,
};
use kling_engine::{
    InputFile, InputRole, Job, JobId, JobRequest, PlatformId, ReplyAddress, Requester, Stage,
};
use kling_providers::Catalogue;

#[derive(Debug)]
pub(crate) struct Fake {
    id: ProviderId,
    models: Vec<ModelInfo>,
}

#[async_trait::async_trait]
impl Provider for Fake {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        Err(ProviderError::Unauthorized {
            note: kling_core::ReplyNote::default(),
        })
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        Err(ProviderError::TaskGone {
            note: kling_core::ReplyNote::default(),
        })
    }
}

pub(crate) fn catalogue(providers: impl IntoIterator<Item = Fake>) -> Catalogue {
    let shared = |provider| Arc::new(provider) as Arc<dyn Provider>;
    Catalogue::new(providers.into_iter().map(shared))
}

/// Only pictures from pictures; 3 of them, 40 characters, 4 results, a setting of its own.
pub(crate) fn strict() -> Fake {
    Fake {
        id: ProviderId::literal("strict"),
        models: vec![ModelInfo {
            price: Some(price(20_000)),
            ..model(Capability {
                prompt_chars: 40,
                images: CountRange { min: 1, max: 3 },
                aspect_ratios: Choices::new(
                    [AspectRatio::of(16, 9), AspectRatio::of(1, 1)],
                    Some(AspectRatio::of(16, 9)),
                ),
                resolutions: Choices::new([Resolution::K1, Resolution::K2], Some(Resolution::K1)),
                formats: Choices::new([ImageFormat::Png, ImageFormat::Jpeg], None),
                count: CountRange { min: 1, max: 4 },
                image_files: FileRule {
                    types: vec![MediaType::Png, MediaType::Jpeg],
                    max_bytes: Some(10_000_000),
                    min_side: Some(300),
                    ..FileRule::any_image()
                },
                options: vec![ProviderOption {
                    name: "route",
                    about: "Which way it goes",
                    values: &["fast", "slow"],
                }],
                ..Capability::new(Operation::ImageToImage)
            })
        }],
    }
}

/// Takes more of everything, also words alone, and costs more.
pub(crate) fn generous() -> Fake {
    let of = |operation, images| ModelInfo {
        price: Some(price(50_000)),
        ..model(Capability {
            prompt_chars: 4000,
            images,
            aspect_ratios: Choices::new([AspectRatio::of(21, 9)], None),
            resolutions: Choices::new([Resolution::K4], None),
            formats: Choices::new([ImageFormat::Webp], None),
            count: CountRange { min: 1, max: 9 },
            ..Capability::new(operation)
        })
    };
    Fake {
        id: ProviderId::literal("generous"),
        models: vec![
            of(Operation::ImageToImage, CountRange { min: 1, max: 10 }),
            of(Operation::TextToImage, CountRange::NONE),
        ],
    }
}

/// Pictures from pictures at the lowest price, sent in these ways only.
pub(crate) fn taking(id: &'static str, transports: Vec<Transport>) -> Fake {
    Fake {
        id: ProviderId::literal(id),
        models: vec![ModelInfo {
            price: Some(price(10_000)),
            ..model(Capability {
                prompt_chars: 4000,
                images: CountRange { min: 1, max: 3 },
                transports,
                ..Capability::new(Operation::ImageToImage)
            })
        }],
    }
}

fn price(microdollars: i64) -> Price {
    Price {
        unit: PriceUnit::Image,
        amount: Money::from_microdollars(microdollars),
        except: None,
        stated: true,
    }
}

fn model(capability: Capability) -> ModelInfo {
    ModelInfo {
        id: ModelId::literal("fake/model"),
        name: "Fake".to_owned(),
        capability,
        price: None,
        pace: Pace {
            typical: Duration::from_secs(15),
            poll_every: Duration::from_secs(5),
            give_up_after: Duration::from_mins(10),
        },
    }
}

pub(crate) fn requester() -> Requester {
    Requester {
        platform: PlatformId::new("test"),
        workspace: Some("w1".to_owned()),
        channel: "c1".to_owned(),
        user: "u1".to_owned(),
    }
}

pub(crate) fn input(number: usize) -> InputFile {
    InputFile {
        role: InputRole::Image,
        name: format!("{number}.png"),
        source: format!("source-{number}"),
        info: kling_core::AssetInfo {
            media_type: MediaType::Png,
            size_bytes: 1_000,
            dimensions: None,
            duration: None,
            frame_rate: None,
        },
    }
}

pub(crate) fn job(stage: Stage) -> Job {
    let prompt = Prompt::new("a *paper* boat\nin the rain").expect("words");
    let mut request = JobRequest::new(Operation::ImageToImage, prompt);
    request.aspect_ratio = Some(AspectRatio::of(16, 9));
    request.resolution = Some(Resolution::K2);
    request.inputs = vec![input(1)];
    Job {
        id: JobId::parse("01hf7yat00000000000000000a").expect("an id"),
        stage,
        epoch: 1,
        requester: requester(),
        reply_address: ReplyAddress::new("address"),
        locale: None,
        request,
        provider: ProviderId::literal("strict"),
        model: ModelId::literal("fake/model"),
        estimate: Estimate::Exact(Money::from_microdollars(29_400)),
        attempt: 1,
        submission_key: None,
        submit_deadline: None,
        task: None,
        output: None,
        percent: None,
        ending: None,
        cost: None,
        status_message: None,
        tries: 0,
        cancel_requested: false,
        in_doubt: false,
        created_at: Timestamp::from_millis(0),
        waiting_since: Timestamp::from_millis(0),
        stage_since: Timestamp::from_millis(0),
        finished_at: None,
    }
}
