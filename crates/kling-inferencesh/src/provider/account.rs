//! One account at the vendor: its key, its connections, and the calls that more than one method makes.

use kling_core::{
    ProviderError, RememberedTask, Secret, SubmissionKey, TaskHandle, TaskStatus, Timestamp,
};
use kling_http::setting::{self, SettingError};
use kling_http::{
    Call, Client, ClientOptions, Reply, Request, StreamReply, StreamRequest, Url, decode,
};
use serde_json::Value;

use crate::convert::envelope::{self, Opened};
use crate::convert::handle::TaskId;
use crate::convert::task;
use crate::error::{self, Attempt};
use crate::webhook::Webhooks;
use crate::wire::{ListPage, ListRequest, ListSort};
use crate::{Config, ConfigError};

/// The most bytes of a reply: a page of a hundred tasks with their logs.
const MAX_REPLY_BYTES: u64 = 32 * 1024 * 1024;

/// How many tasks are asked for at once when one is looked for.
const PAGE: u16 = 100;

/// How many pages are read when a task is looked for: the newest thousand tasks.
const MAX_PAGES: u32 = 10;

/// One account. Its `Debug` shows no key.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: Config,
    pub(crate) client: Client,
    pub(crate) webhooks: Webhooks,
    key: Secret,
}

impl Account {
    pub(crate) fn new(config: Config, key: Secret) -> Result<Self, ConfigError> {
        setting::check_key(&key)?;
        let client = Client::new(ClientOptions {
            request_timeout: config.request_timeout,
            max_body_bytes: MAX_REPLY_BYTES,
            base_policy: config.base_policy(),
            ..ClientOptions::default()
        })
        .map_err(SettingError::Client)?;
        Ok(Self {
            webhooks: Webhooks::new(&key).with_status_table(config.status_table),
            config,
            client,
            key,
        })
    }

    /// Sends a request with this account's key.
    pub(crate) async fn send(&self, request: Request, call: Call) -> Result<Reply, ProviderError> {
        self.client.send(request.bearer(&self.key), call).await
    }

    /// Opens a stream with this account's key.
    pub(crate) async fn stream(
        &self,
        request: StreamRequest,
    ) -> Result<StreamReply, ProviderError> {
        self.client.stream(request.bearer(&self.key)).await
    }

    /// Reads a reply that is no success.
    pub(crate) fn refusal(&self, reply: &Reply, attempt: Attempt<'_>) -> ProviderError {
        error::refusal(reply, attempt, &self.key)
    }

    /// The error about an answer that went well, with what can be asked about it.
    pub(crate) fn noted(&self, reply: &Reply, error: ProviderError) -> ProviderError {
        error.with_note(error::note_of(reply, &self.key))
    }

    /// A call that costs nothing, and what was in the wrapping of its answer.
    pub(crate) async fn ask(
        &self,
        request: Request,
        attempt: Attempt<'_>,
    ) -> Result<Value, ProviderError> {
        let reply = self.send(request, Call::Read).await?;
        self.open(&reply, attempt)
    }

    /// Looks at a task; `None` when it is not there, and was submitted so shortly ago that it may show yet.
    pub(crate) async fn look(
        &self,
        task: &RememberedTask,
    ) -> Result<Option<TaskStatus>, ProviderError> {
        let request = Request::get(self.config.endpoint(&["tasks", &task.id]));
        let reply = self.send(request, Call::Read).await?;
        let content = match self.open(&reply, Attempt::Task) {
            Err(error) if self.may_show_yet(&error, task, &reply) => return Ok(None),
            content => content?,
        };
        task::read(content)
            .and_then(|told| task::status(&told, &self.config, task.price))
            .map(Some)
            .map_err(|error| self.noted(&reply, error))
    }

    /// Whether an error says that a task is not there which may only not be visible yet.
    pub(crate) fn may_show_yet(
        &self,
        error: &ProviderError,
        task: &RememberedTask,
        reply: &Reply,
    ) -> bool {
        let grace = self.config.unknown_task_grace;
        matches!(error, ProviderError::TaskGone { .. })
            && task.may_be_unknown(grace, reply.received_at)
    }

    /// The address that the task of this submission reports its end to.
    pub(crate) fn webhook(&self, key: &SubmissionKey) -> Option<Url> {
        let base = self.config.webhook_base_url.as_ref()?;
        Some(self.webhooks.address(base, key))
    }

    /// Looks for the task of a submission among the newest ones, by the key in its webhook's address.
    pub(crate) async fn find(
        &self,
        key: &SubmissionKey,
    ) -> Result<Option<TaskHandle>, ProviderError> {
        if self.config.webhook_base_url.is_none() {
            return Err(ProviderError::Unsupported {
                what: "finding a task by our key without webhook_base_url",
            });
        }
        let mut cursor: Option<String> = None;
        let mut echoes = true;
        for _ in 0..MAX_PAGES {
            let (page, received_at) = self.page(cursor.as_deref()).await?;
            for item in page.items.unwrap_or_default() {
                let webhook = item.get("webhook");
                echoes &= webhook.is_some();
                let address = webhook.and_then(Value::as_str).unwrap_or_default();
                if Webhooks::key_in(address).as_ref() == Some(key) {
                    let id = item.get("id").unwrap_or(&Value::Null);
                    // What it was to cost is not known any more, and it may be no older than this.
                    return TaskId::read(id)?.handle(None, received_at).map(Some);
                }
            }
            let next = page.next_cursor.as_str().unwrap_or_default();
            let is_last =
                next.is_empty() || page.has_next == Some(false) || cursor.as_deref() == Some(next);
            if is_last {
                return self.absent(echoes);
            }
            cursor = Some(next.to_owned());
        }
        self.absent(false)
    }

    async fn page(&self, cursor: Option<&str>) -> Result<(ListPage, Timestamp), ProviderError> {
        let wanted = ListRequest {
            limit: PAGE,
            sort: [ListSort {
                field: "created_at",
                dir: "desc",
            }],
            cursor,
        };
        let request = Request::post(self.config.endpoint(&["tasks", "list"])).json(&wanted);
        let reply = self.send(request, Call::Read).await?;
        let content = self.open(&reply, Attempt::Other)?;
        serde_json::from_value(content)
            .map(|page| (page, reply.received_at))
            .map_err(|_| decode::unexpected("$.items", "not a list of tasks"))
            .map_err(|error| self.noted(&reply, error))
    }

    /// Not being in the list proves something only where the operator says so, and where the whole list was
    /// read and says where its tasks report to.
    fn absent(&self, is_whole: bool) -> Result<Option<TaskHandle>, ProviderError> {
        if is_whole && self.config.absence_is_proof {
            return Ok(None);
        }
        Err(ProviderError::Unavailable {
            retry_after: None,
            source: Some("the task is not in the list, which proves nothing".into()),
        })
    }

    /// What went wrong with a call whose answer need say nothing, where it is a no: with its status, which the oldest
    /// generation has in the body, under a 200.
    pub(crate) fn no(&self, reply: &Reply, attempt: Attempt<'_>) -> Option<(u16, ProviderError)> {
        let status = if reply.is_success() {
            let body = serde_json::from_slice(&reply.body).ok()?;
            let Opened::Refused { status } = envelope::open(body) else {
                return None;
            };
            status.unwrap_or(400)
        } else {
            reply.status
        };
        let error = error::refusal_with(status, reply, attempt, &self.key);
        Some((status, error))
    }

    /// Takes the wrapping off an answer, or reads why there is none.
    pub(crate) fn open(&self, reply: &Reply, attempt: Attempt<'_>) -> Result<Value, ProviderError> {
        if !reply.is_success() {
            return Err(self.refusal(reply, attempt));
        }
        let body = decode::json(reply).map_err(|error| self.noted(reply, error))?;
        match envelope::open(body) {
            Opened::Content(content) => Ok(content),
            Opened::Refused { status } => Err(error::refusal_with(
                status.unwrap_or(400),
                reply,
                attempt,
                &self.key,
            )),
        }
    }
}
