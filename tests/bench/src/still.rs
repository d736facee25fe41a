//! A provider that never ends anything, so that its jobs wait.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    Capability, CountRange, GenerationRequest, ModelId, ModelInfo, Operation, Pace, Provider,
    ProviderError, ProviderId, Submission, SubmissionKey, TaskHandle, TaskStatus,
};
use tokio::sync::Notify;

pub(crate) const ID: ProviderId = ProviderId::literal("still");
pub(crate) const MODEL: ModelId = ModelId::literal("stone");

/// What it does instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mood {
    /// Takes a submission and is silent.
    Silent,
    /// Names a task, and is silent when it is asked after it.
    Holding,
    /// Names a task, and says that it is at work on it.
    Answering,
}

/// The provider.
#[derive(Debug)]
pub(crate) struct Still {
    models: Vec<ModelInfo>,
    mood: Mood,
    /// Told when it is asked after a task.
    looked: Arc<Notify>,
}

impl Still {
    pub(crate) fn new(mood: Mood, looked: Arc<Notify>) -> Self {
        let models = vec![ModelInfo {
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
        }];
        Self {
            models,
            mood,
            looked,
        }
    }
}

#[async_trait::async_trait]
impl Provider for Still {
    fn id(&self) -> &ProviderId {
        const { &ID }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        if self.mood == Mood::Silent {
            return std::future::pending().await;
        }
        let task =
            TaskHandle::parse("stone").map_err(|error| ProviderError::Indeterminate(error.into()));
        task.map(Submission::Started)
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        self.looked.notify_one();
        match self.mood {
            Mood::Silent | Mood::Holding => std::future::pending().await,
            Mood::Answering => Ok(TaskStatus::Running { percent: None }),
        }
    }
}
