//! Layers around a provider that answers what no default would, waits when told to, and counts what it is asked.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{StreamExt as _, stream};
use kling_core::{
    Balance, Cancellation, Clock, GenerationRequest, ManualClock, ModelId, ModelInfo, Money,
    Operation, Output, ProviderId, ReplyNote, Submission, SubmissionKey, TaskEvent, TaskHandle,
    TaskStatus,
};
use tokio::sync::Semaphore;

use super::*;
use crate::Sleeper;
use crate::fake::{entry, request};

mod concurrency;
mod forwarding;
#[cfg(feature = "metrics")]
mod metered;
mod once;
mod rate;
mod timeout;
mod traced;

const ID: ProviderId = ProviderId::literal("peculiar");
const TASK: TaskHandle = TaskHandle::literal("peculiar.1.a");
const KEY: SubmissionKey = SubmissionKey::literal("job-1");

/// What its submissions answer, made anew each time.
type Submit = Box<dyn Fn() -> Result<Submission, ProviderError> + Send + Sync>;

/// See above.
struct Peculiar {
    models: Vec<ModelInfo>,
    answer: Submit,
    /// A call takes one before it answers.
    gate: Semaphore,
    calls: Mutex<Vec<CallKind>>,
    running: AtomicUsize,
    most_running: AtomicUsize,
}

impl Peculiar {
    fn new() -> Self {
        Self {
            models: vec![entry(Operation::TextToImage, Some(7))],
            answer: Box::new(|| Ok(Submission::Started(TASK))),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            calls: Mutex::default(),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
        }
    }

    fn answering(
        answer: impl Fn() -> Result<Submission, ProviderError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            ..Self::new()
        })
    }

    /// One whose calls wait until the gate lets them through.
    fn gated() -> Arc<Self> {
        Arc::new(Self {
            gate: Semaphore::new(0),
            ..Self::new()
        })
    }

    async fn called(&self, kind: CallKind) {
        self.calls.lock().expect("no panic holds it").push(kind);
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_running.fetch_max(running, Ordering::SeqCst);
        let left = Left(&self.running);
        self.gate.acquire().await.expect("it stays open").forget();
        drop(left);
    }

    fn calls(&self) -> Vec<CallKind> {
        self.calls.lock().expect("no panic holds it").clone()
    }

    fn submissions(&self) -> usize {
        let calls = self.calls();
        calls
            .iter()
            .filter(|kind| **kind == CallKind::Submit)
            .count()
    }
}

/// A call that runs no more, answered or dropped.
struct Left<'a>(&'a AtomicUsize);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Debug for Peculiar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Peculiar")
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait::async_trait]
impl Provider for Peculiar {
    fn id(&self) -> &ProviderId {
        const { &ID }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    fn entry(&self, _: &GenerationRequest) -> Result<&ModelInfo, ProviderError> {
        Err(ProviderError::Unsupported {
            what: "being asked for an entry",
        })
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        self.called(CallKind::Submit).await;
        (self.answer)()
    }

    fn submit_timeout(&self) -> Duration {
        Duration::from_secs(77)
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        self.called(CallKind::Status).await;
        Ok(TaskStatus::Queued { position: Some(7) })
    }

    fn watch(&self, _: &TaskHandle) -> Option<TaskEvents> {
        let event = TaskEvent::Partial(Vec::new());
        Some(stream::iter([Ok(event)]).boxed())
    }

    async fn cancel(&self, _: &TaskHandle) -> Result<Cancellation, ProviderError> {
        self.called(CallKind::Cancel).await;
        Ok(Cancellation::TooLate)
    }

    async fn find(&self, _: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        self.called(CallKind::Find).await;
        Ok(Some(TASK))
    }

    async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        self.called(CallKind::Balance).await;
        let available = Money::from_microdollars(77);
        Ok(Some(Balance { available }))
    }
}

/// A clock that is pushed by whoever waits for it.
#[derive(Clone, Debug, Default)]
struct Pushed(ManualClock);

impl Pushed {
    fn seconds(&self) -> i64 {
        self.0.now().as_seconds()
    }
}

#[async_trait::async_trait]
impl Sleeper for Pushed {
    async fn sleep(&self, duration: Duration) {
        self.0.advance(duration);
    }
}

async fn submit(provider: &dyn Provider) -> Result<Submission, ProviderError> {
    provider
        .submit(&request(Operation::TextToImage), &KEY)
        .await
}

/// Lets everything that can run do so, without any time passing.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn too_many(wait: Option<Duration>) -> ProviderError {
    ProviderError::RateLimited {
        note: ReplyNote::default(),
        retry_after: wait,
    }
}
