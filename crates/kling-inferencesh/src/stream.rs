//! The vendor's own stream of a task, as events; what the stream leaves open is asked for.
//!
//! A stream is a convenience: the status call is the truth. So the end of a task is always confirmed by a
//! look, and so is a stream that ends early, breaks off, or tells nothing but heartbeats for too long.

mod message;
mod reader;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::unfold;
use kling_core::{
    ErrorKind, OutputAsset, ProviderError, RememberedTask, ReplyNote, TaskEvent, TaskEvents,
    TaskStatus,
};
use kling_http::{StreamBody, StreamRequest};
use serde_json::{Map, Value};
use tokio::time::Instant;

use self::message::Message;
use self::reader::Reader;
use crate::convert::{output, state::State, task};
use crate::provider::Account;
use crate::wire::header;

/// How often in a row a stream may end without having told anything, or a look may fail, before somebody else
/// is to look.
const MAX_FAILURES: u32 = 5;

/// The events of a task, until a terminal status or an error.
pub(crate) fn events(account: Arc<Account>, task: RememberedTask) -> TaskEvents {
    let follow = Follow {
        account,
        task,
        open: None,
        merged: Map::new(),
        shown: None,
        partial: Vec::new(),
        ready: VecDeque::new(),
        resume_after: None,
        pause: Duration::ZERO,
        failures: 0,
        failed_looks: 0,
        is_over: false,
    };
    Box::pin(unfold(follow, |mut follow| async move {
        let item = follow.next().await?;
        Some((item, follow))
    }))
}

struct Follow {
    account: Arc<Account>,
    task: RememberedTask,
    open: Option<Open>,
    /// The task as the stream has told it so far.
    merged: Map<String, Value>,
    shown: Option<TaskStatus>,
    partial: Vec<OutputAsset>,
    ready: VecDeque<TaskEvent>,
    /// The id of the last server-sent event.
    resume_after: Option<String>,
    /// How long to wait before the next connection.
    pause: Duration,
    /// Streams in a row that told nothing.
    failures: u32,
    /// Looks in a row that failed.
    failed_looks: u32,
    is_over: bool,
}

struct Open {
    body: StreamBody,
    reader: Reader,
    quiet_until: Instant,
}

impl Follow {
    async fn next(&mut self) -> Option<Result<TaskEvent, ProviderError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            if self.is_over {
                return None;
            }
            if let Err(error) = self.step().await {
                self.is_over = true;
                return Some(Err(error));
            }
        }
    }

    /// One message, one chunk, or one connection.
    async fn step(&mut self) -> Result<(), ProviderError> {
        let Some(open) = &mut self.open else {
            return self.connect().await;
        };
        if let Some(message) = open.reader.next_message() {
            return self.take(message).await;
        }
        match tokio::time::timeout_at(open.quiet_until, open.body.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                open.reader.push(&bytes);
                Ok(())
            }
            Ok(Ok(None)) if open.reader.finish() => Ok(()),
            Ok(Ok(None) | Err(_)) => {
                self.failures += 1;
                self.look().await
            }
            Err(_) => self.look().await,
        }
    }

    async fn connect(&mut self) -> Result<(), ProviderError> {
        let pause = self.pause;
        self.pause = self.reconnect_after();
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let account = &self.account;
        let kind = account.config.stream;
        let url = account.config.endpoint(&["tasks", &self.task.id, "stream"]);
        let mut request = StreamRequest::get(url)
            .header("accept", Reader::accepts(kind))
            .header("cache-control", "no-cache")
            .header("accept-encoding", "identity");
        if let Some(id) = &self.resume_after {
            request = request.header(header::LAST_EVENT_ID, id);
        }
        match account.stream(request).await {
            Ok(reply) if reply.is_success() => {
                self.open = Some(Open {
                    reader: Reader::new(Reader::sent(&reply.headers).unwrap_or(kind)),
                    body: reply.body,
                    quiet_until: self.quiet_until(),
                });
                Ok(())
            }
            Ok(reply) => {
                tracing::debug!(status = reply.status, "there is no stream of the task");
                self.failures += 1;
                self.look().await
            }
            Err(error) => {
                self.failures += 1;
                match error.kind() {
                    ErrorKind::Busy => self.look().await,
                    ErrorKind::Request | ErrorKind::Unknown | ErrorKind::Broken => Err(error),
                }
            }
        }
    }

    fn reconnect_after(&self) -> Duration {
        self.account.config.stream_reconnect_after
    }

    fn quiet_until(&self) -> Instant {
        Instant::now() + self.account.config.stream_idle_timeout
    }

    async fn take(&mut self, message: Message) -> Result<(), ProviderError> {
        match message {
            Message::Heartbeat | Message::Other => return Ok(()),
            Message::Malformed => {
                tracing::warn!(
                    provider = crate::ID.as_str(),
                    "a message in the stream of a task makes no sense and is passed over",
                );
                return Ok(());
            }
            Message::End(None) => return self.look().await,
            Message::Whole(task) | Message::End(Some(task)) => self.merged.extend(task),
            Message::Part(mut task, fields) => {
                let changed = fields
                    .into_iter()
                    .filter_map(|field| task.remove_entry(&field));
                self.merged.extend(changed);
            }
        }
        self.failures = 0;
        self.pause = self.reconnect_after();
        let quiet_until = self.quiet_until();
        if let Some(open) = &mut self.open {
            open.quiet_until = quiet_until;
            self.resume_after = open.reader.last_id().map(str::to_owned);
            self.pause = open.reader.retry().unwrap_or(self.pause);
        }
        self.progress().await
    }

    /// Shows what the merged task says, and asks for confirmation once it says that it has ended.
    async fn progress(&mut self) -> Result<(), ProviderError> {
        let told = task::read(Value::Object(self.merged.clone()))?;
        let table = self.account.config.status_table;
        let Some(state) = State::read(&told.status, table) else {
            return Ok(());
        };
        if state.is_terminal() {
            return self.look().await;
        }
        let status = task::status(&told, &self.account.config, self.task.price)?;
        self.show(status);
        let assets = output::assets(&told.output);
        if !assets.is_empty() && assets != self.partial {
            self.partial.clone_from(&assets);
            self.ready.push_back(TaskEvent::Partial(assets));
        }
        Ok(())
    }

    /// Leaves the stream and asks for the status.
    async fn look(&mut self) -> Result<(), ProviderError> {
        self.open = None;
        match self.account.look(&self.task).await {
            // Neither the stream nor the look shows it yet. That is no failure of either, and has its own end.
            Ok(None) if self.merged.is_empty() => {
                (self.failures, self.failed_looks) = (0, 0);
                if self.shown.is_none() {
                    self.show(TaskStatus::Queued { position: None });
                }
                Ok(())
            }
            // The stream knows it, and the look does not.
            Ok(None) => self.not_seen(ProviderError::TaskGone {
                note: ReplyNote::default(),
            }),
            Ok(Some(status)) => {
                self.failed_looks = 0;
                self.is_over = status.is_terminal();
                self.show(status);
                if self.is_over || self.failures < MAX_FAILURES {
                    return Ok(());
                }
                Err(ProviderError::Unavailable {
                    retry_after: None,
                    source: Some("the stream of the task breaks off again and again".into()),
                })
            }
            Err(error) => self.not_seen(error),
        }
    }

    /// What a look that failed means: another one, until there were too many.
    fn not_seen(&mut self, error: ProviderError) -> Result<(), ProviderError> {
        // A task may not be visible yet just after it was started.
        let may_pass =
            error.kind() == ErrorKind::Busy || matches!(error, ProviderError::TaskGone { .. });
        self.failed_looks += 1;
        if may_pass && self.failed_looks < MAX_FAILURES {
            self.pause = self.pause.max(error.retry_after().unwrap_or_default());
            return Ok(());
        }
        self.told_end().ok_or(error)
    }

    /// What the stream itself told of the end, for when nobody confirms it.
    fn told_end(&mut self) -> Option<()> {
        let told = task::read(Value::Object(self.merged.clone())).ok()?;
        let status = task::status(&told, &self.account.config, self.task.price).ok()?;
        self.is_over = status.is_terminal();
        self.is_over.then(|| self.show(status))
    }

    fn show(&mut self, status: TaskStatus) {
        if self.shown.as_ref() != Some(&status) {
            self.shown = Some(status.clone());
            self.ready.push_back(TaskEvent::Status(status));
        }
    }
}
