//! A provider that does what a test tells it to, and counts what is asked of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kling_core::{
    Capability, CountRange, GenerationRequest, ModelId, ModelInfo, Money, Operation, Pace, Price,
    PriceUnit, Prompt, Provider, ProviderError, ProviderId, Submission, SubmissionKey, TaskEvents,
    TaskHandle, TaskStatus,
};

pub(crate) const MODEL: ModelId = ModelId::literal("fake/model");

pub(crate) fn entry(operation: Operation, microdollars: Option<i64>) -> ModelInfo {
    ModelInfo {
        id: MODEL,
        name: "Fake".to_owned(),
        capability: Capability {
            count: CountRange { min: 1, max: 4 },
            images: if operation == Operation::ImageToImage {
                CountRange { min: 1, max: 2 }
            } else {
                CountRange::NONE
            },
            ..Capability::new(operation)
        },
        price: microdollars.map(|amount| Price {
            unit: PriceUnit::Image,
            amount: Money::from_microdollars(amount),
            except: None,
            stated: true,
        }),
        pace: Pace {
            typical: Duration::from_mins(1),
            poll_every: Duration::from_secs(5),
            give_up_after: Duration::from_mins(10),
        },
    }
}

pub(crate) fn request(operation: Operation) -> GenerationRequest {
    GenerationRequest::new(
        MODEL,
        operation,
        Prompt::new("a paper boat").expect("words"),
    )
}

pub(crate) fn handle() -> TaskHandle {
    TaskHandle::literal("task-1")
}

/// What `submit` answers, made anew each time.
pub(crate) type Submit = Box<dyn Fn() -> Result<Submission, ProviderError> + Send + Sync>;
/// What `watch` answers, made anew each time.
pub(crate) type Watch = Box<dyn Fn() -> Option<TaskEvents> + Send + Sync>;

pub(crate) struct Fake {
    pub(crate) id: ProviderId,
    pub(crate) models: Vec<ModelInfo>,
    pub(crate) submit: Submit,
    pub(crate) watch: Watch,
    pub(crate) statuses: Mutex<VecDeque<Result<TaskStatus, ProviderError>>>,
    pub(crate) submissions: AtomicUsize,
    /// The key and the count of each submission, in order.
    pub(crate) asked: Mutex<Vec<(SubmissionKey, u8)>>,
    pub(crate) looks: AtomicUsize,
}

impl Fake {
    pub(crate) fn named(id: &'static str, models: Vec<ModelInfo>) -> Self {
        Self {
            id: ProviderId::literal(id),
            models,
            submit: Box::new(|| Ok(Submission::Started(handle()))),
            watch: Box::new(|| None),
            statuses: Mutex::default(),
            submissions: AtomicUsize::new(0),
            asked: Mutex::default(),
            looks: AtomicUsize::new(0),
        }
    }

    /// Answers these to the coming looks at a task, and `Running` ever after.
    pub(crate) fn with_statuses(
        self,
        statuses: impl IntoIterator<Item = Result<TaskStatus, ProviderError>>,
    ) -> Self {
        Self {
            statuses: Mutex::new(statuses.into_iter().collect()),
            ..self
        }
    }

    pub(crate) fn shared(self) -> Arc<dyn Provider> {
        Arc::new(self)
    }
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fake({})", self.id)
    }
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
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let asked = (key.clone(), request.count.get());
        self.asked.lock().expect("no panic holds it").push(asked);
        self.submissions.fetch_add(1, Ordering::SeqCst);
        (self.submit)()
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        let next = self.statuses.lock().expect("no panic holds it").pop_front();
        next.unwrap_or(Ok(TaskStatus::Running { percent: None }))
    }

    fn watch(&self, _: &TaskHandle) -> Option<TaskEvents> {
        (self.watch)()
    }
}
