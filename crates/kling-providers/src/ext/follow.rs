//! What happens to a task, as a stream: the provider's own, or one made of looks at it.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt as _, stream};
use kling_core::{
    ErrorKind, Pace, Provider, ProviderError, TaskEvent, TaskEvents, TaskHandle, TaskStatus,
};

use super::Sleeper;

/// How many answers in a row may make no sense before that is the answer.
const MAX_SURPRISES: u32 = 5;

/// See [`ProviderExt::follow`](super::ProviderExt::follow).
pub(super) fn events<'a, P: Provider + ?Sized>(
    provider: &'a P,
    task: &'a TaskHandle,
    pace: Pace,
    sleeper: Arc<dyn Sleeper>,
) -> impl Stream<Item = Result<TaskEvent, ProviderError>> + Send + 'a {
    let follow = Follow {
        provider,
        task,
        pace,
        sleeper,
        native: provider.watch(task),
        wait: Duration::ZERO,
        surprises: 0,
        is_over: false,
    };
    stream::unfold(follow, |mut follow| async move {
        let item = follow.next().await?;
        Some((item, follow))
    })
}

struct Follow<'a, P: ?Sized> {
    provider: &'a P,
    task: &'a TaskHandle,
    pace: Pace,
    sleeper: Arc<dyn Sleeper>,
    native: Option<TaskEvents>,
    /// How long to wait before the next look.
    wait: Duration,
    surprises: u32,
    is_over: bool,
}

impl<P: Provider + ?Sized> Follow<'_, P> {
    async fn next(&mut self) -> Option<Result<TaskEvent, ProviderError>> {
        if self.is_over {
            return None;
        }
        if let Some(event) = self.next_native().await {
            return Some(Ok(event));
        }
        let looked = self.look().await;
        self.is_over = looked.as_ref().map_or(true, TaskStatus::is_terminal);
        Some(looked.map(TaskEvent::Status))
    }

    /// The next event of the provider's own stream; `None` once it has ended or broken off.
    async fn next_native(&mut self) -> Option<TaskEvent> {
        let event = match self.native.as_mut()?.next().await {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                tracing::debug!(
                    task.handle = %self.task,
                    error = &error as &dyn std::error::Error,
                    "the stream of task `{}` broke off; looking instead",
                    self.task,
                );
                self.native = None;
                return None;
            }
            None => {
                self.native = None;
                return None;
            }
        };
        self.is_over = matches!(&event, TaskEvent::Status(status) if status.is_terminal());
        Some(event)
    }

    /// Looks until there is an answer.
    async fn look(&mut self) -> Result<TaskStatus, ProviderError> {
        loop {
            if !self.wait.is_zero() {
                self.sleeper.sleep(self.wait).await;
            }
            self.wait = self.pace.poll_every.max(Duration::from_millis(1));
            let error = match self.provider.status(self.task).await {
                Ok(status) => {
                    self.surprises = 0;
                    return Ok(status);
                }
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::Busy => {}
                // A look costs nothing, so an answer that makes no sense may be asked for again.
                ErrorKind::Unknown if self.surprises < MAX_SURPRISES => self.surprises += 1,
                ErrorKind::Unknown | ErrorKind::Request | ErrorKind::Broken => return Err(error),
            }
            self.wait = self.wait.max(error.retry_after().unwrap_or_default());
        }
    }
}
