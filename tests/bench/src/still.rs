//! A provider that never answers, so that its jobs wait.

use std::time::Duration;

use kling_core::{
    Capability, CountRange, GenerationRequest, ModelId, ModelInfo, Operation, Pace, Provider,
    ProviderError, ProviderId, Submission, SubmissionKey, TaskHandle, TaskStatus,
};

pub(crate) const ID: ProviderId = ProviderId::literal("still");
pub(crate) const MODEL: ModelId = ModelId::literal("stone");

/// Takes a submission and is silent.
#[derive(Debug)]
pub(crate) struct Still(Vec<ModelInfo>);

impl Still {
    pub(crate) fn new() -> Self {
        Self(vec![ModelInfo {
            id: MODEL,
            name: "Stone".to_owned(),
            capability: Capability {
                count: CountRange { min: 1, max: 1 },
                ..Capability::new(Operation::TextToImage)
            },
            price: None,
            pace: Pace {
                typical: Duration::from_secs(15),
                poll_every: Duration::from_secs(5),
                give_up_after: Duration::from_hours(1),
            },
        }])
    }
}

#[async_trait::async_trait]
impl Provider for Still {
    fn id(&self) -> &ProviderId {
        const { &ID }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        std::future::pending().await
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        std::future::pending().await
    }
}
