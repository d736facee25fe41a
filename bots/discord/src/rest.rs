//! Discord's REST API, as far as this bot uses it. Every call of ours passes here and through [`Limiter`].

mod busy;
mod call;
mod error;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use kling_core::Secret;
use kling_engine::DeliveryFile;
use kling_http::classify::UnexpectedStatus;
use kling_http::{Client, Method, Multipart, Reply, Request, Url, decode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use busy::Busy;
pub(crate) use call::Call;
pub(crate) use error::{RestError, code};
pub(crate) use wire::{Application, Gateway, Message};
use wire::{ErrorBody, Id};

use crate::address::{Address, Posted};
use crate::limits;
use crate::ratelimit::{Limiter, Priority};

/// How often a call that was told 429 is sent again before its caller is told to come back later.
const TRIES: u32 = 3;
/// How long a result or an acknowledgement may wait for its turn in here.
const PATIENCE: Duration = Duration::from_secs(20);
/// For a call without files.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// For a call with files: 25 MiB at a megabit per second, and less than the engine waits for a delivery.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(4);

/// What Discord wants callers to name themselves: `DiscordBot`, an address, a version.
const USER_AGENT: &str = concat!(
    "DiscordBot (https://kling.invalid, ",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// Calls Discord. Clones share their limiter.
#[derive(Clone, Debug)]
pub(crate) struct Rest(Arc<Inner>);

struct Inner {
    client: Client,
    api: Url,
    token: Secret,
    limiter: Limiter,
    busy: Busy,
}

/// What a message is to say and to carry.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Discord's JSON for it, without `attachments`.
    pub(crate) payload: Value,
    /// The files, with their alternative texts, in order.
    pub(crate) files: Vec<(DeliveryFile, String)>,
}

impl Draft {
    /// A message without files.
    pub(crate) fn new(payload: Value) -> Self {
        Self {
            payload,
            files: Vec::new(),
        }
    }

    /// The payload with one more key.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.payload[key] = value.into();
        self
    }

    /// The JSON with the list of files, which also tells Discord to drop the files of an earlier edit.
    fn whole_payload(&self) -> Value {
        let attachments: Vec<Value> = self
            .files
            .iter()
            .enumerate()
            .map(|(id, (file, alt))| json!({"id": id, "filename": file.name, "description": alt}))
            .collect();
        let mut payload = self.payload.clone();
        payload["attachments"] = Value::from(attachments);
        payload
    }

    fn put_into(&self, request: Request) -> Result<Request, RestError> {
        let payload = self.whole_payload();
        if self.files.is_empty() {
            return Ok(request.json(&payload));
        }
        let form = Multipart::new()
            .json("payload_json", &payload)
            .map_err(|error| RestError::Malformed(Box::new(error)))?;
        let form = self
            .files
            .iter()
            .enumerate()
            .fold(form, |form, (n, (file, _))| {
                let name = format!("files[{n}]");
                let mime = file.media_type.mime();
                form.file(
                    &name,
                    &file.name,
                    mime,
                    file.size_bytes,
                    Arc::clone(&file.content),
                )
            });
        Ok(request.multipart(form).timeout(UPLOAD_TIMEOUT))
    }
}

enum Body<'a> {
    None,
    Json(&'a Value),
    Draft(&'a Draft),
}

impl Rest {
    /// Calls the API below `base`; `/api/v10` is added.
    pub(crate) fn new(client: Client, base: &Url, token: Secret) -> Self {
        let mut api = base.clone();
        if let Ok(mut path) = api.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v10"]);
        }
        Self(Arc::new(Inner {
            client,
            api,
            token,
            limiter: Limiter::new(),
            busy: Busy::default(),
        }))
    }

    /// Where the gateway is, how many shards it wants, and how often we may still identify.
    pub(crate) async fn gateway(&self) -> Result<Gateway, RestError> {
        let call = Call::bot(Method::GET, "GET gateway", ["gateway", "bot"]);
        self.ask(&call, Body::None).await
    }

    /// Which application the token belongs to.
    pub(crate) async fn application(&self) -> Result<Application, RestError> {
        let call = Call::bot(Method::GET, "GET application", ["applications", "@me"]);
        self.ask(&call, Body::None).await
    }

    /// The id of the account that this bot writes with; it need not be the application's.
    pub(crate) async fn own_id(&self) -> Result<String, RestError> {
        let call = Call::bot(Method::GET, "GET user", ["users", "@me"]);
        let me: Id = self.ask(&call, Body::None).await?;
        Ok(me.id)
    }

    /// The commands that are registered, globally or in one server, in every language.
    pub(crate) async fn commands(
        &self,
        application: &str,
        guild: Option<&str>,
    ) -> Result<Vec<Value>, RestError> {
        let call = Call::commands(Method::GET, "GET commands", application, guild)
            .query("with_localizations", "true");
        self.ask(&call, Body::None).await
    }

    /// Replaces all commands, globally or in one server.
    pub(crate) async fn overwrite_commands(
        &self,
        application: &str,
        guild: Option<&str>,
        commands: &Value,
    ) -> Result<(), RestError> {
        let call = Call::commands(Method::PUT, "PUT commands", application, guild);
        self.send(&call, Body::Json(commands)).await.map(drop)
    }

    /// Gives an interaction its first answer. Not limited, neither by Discord nor here.
    pub(crate) async fn call_back(
        &self,
        interaction: &str,
        token: &Secret,
        answer: &Value,
        timeout: Duration,
    ) -> Result<(), RestError> {
        let url = self.url(["interactions", interaction, token.expose(), "callback"]);
        let request = Request::post(url)
            .header("user-agent", USER_AGENT)
            .json(answer)
            .timeout(timeout);
        let reply = self.0.client.exchange(request).await?;
        refuse(&reply).map_or(Ok(()), Err)
    }

    /// Edits the first answer of an interaction.
    pub(crate) async fn edit_original(
        &self,
        address: &Address,
        draft: &Draft,
        priority: Priority,
    ) -> Result<Message, RestError> {
        let call = Call::original(Method::PATCH, "PATCH webhook", address).priority(priority);
        self.ask(&call, Body::Draft(draft)).await
    }

    /// Takes the first answer of an interaction away.
    pub(crate) async fn delete_original(&self, address: &Address) -> Result<(), RestError> {
        let call = Call::original(Method::DELETE, "DELETE webhook", address);
        self.send(&call, Body::None).await.map(drop)
    }

    /// Posts one more answer to an interaction. Not safe to repeat: Discord takes no nonce here.
    pub(crate) async fn follow_up(
        &self,
        address: &Address,
        draft: &Draft,
    ) -> Result<Message, RestError> {
        let call = Call::webhook(Method::POST, "POST webhook", address).query("wait", "true");
        self.ask(&call, Body::Draft(draft)).await
    }

    /// Edits a message of ours through its channel.
    pub(crate) async fn edit_message(
        &self,
        posted: &Posted,
        draft: &Draft,
        priority: Priority,
    ) -> Result<Message, RestError> {
        let call = Call::message(Method::PATCH, "PATCH message", posted).priority(priority);
        self.ask(&call, Body::Draft(draft)).await
    }

    /// Deletes a message of ours through its channel.
    pub(crate) async fn delete_message(&self, posted: &Posted) -> Result<(), RestError> {
        let call = Call::message(Method::DELETE, "DELETE message", posted);
        self.send(&call, Body::None).await.map(drop)
    }

    /// Posts a message on the bot's own account.
    pub(crate) async fn create_message(
        &self,
        channel: &str,
        draft: &Draft,
    ) -> Result<Message, RestError> {
        let call = Call::channel(Method::POST, "POST message", channel);
        self.ask(&call, Body::Draft(draft)).await
    }

    /// The messages of a channel that follow a moment, the newest first, at most 100.
    pub(crate) async fn messages_after(
        &self,
        channel: &str,
        after: u64,
    ) -> Result<Vec<Message>, RestError> {
        let call = Call::channel(Method::GET, "GET messages", channel)
            .query("after", &after.to_string())
            .query("limit", &limits::MESSAGES_PER_LOOK.to_string());
        self.ask(&call, Body::None).await
    }

    /// The channel for direct messages with a person; the same one every time.
    pub(crate) async fn direct_channel(&self, user: &str) -> Result<String, RestError> {
        let path = ["users", "@me", "channels"];
        let call = Call::bot(Method::POST, "POST direct", path);
        let body = json!({"recipient_id": user});
        let channel: Id = self.ask(&call, Body::Json(&body)).await?;
        Ok(channel.id)
    }

    async fn ask<T: DeserializeOwned>(&self, call: &Call, body: Body<'_>) -> Result<T, RestError> {
        let reply = self.send(call, body).await?;
        decode::json(&reply).map_err(|error| RestError::Unreadable(Box::new(error)))
    }

    /// Sends a call when its turn has come. Only a 429, which proves that nothing was done, is sent again.
    async fn send(&self, call: &Call, body: Body<'_>) -> Result<Reply, RestError> {
        let key = call.key();
        let mut tries = TRIES;
        loop {
            let pass = self.0.limiter.turn(&key, call.priority, PATIENCE).await?;
            let reply = self.0.client.exchange(self.request(call, &body)?).await?;
            pass.answered(&reply);
            let Some(error) = refuse(&reply) else {
                return Ok(reply);
            };
            tries -= 1;
            let is_busy = matches!(error, RestError::Busy { .. });
            let again = is_busy && call.priority != Priority::Progress;
            if is_busy && let Some(times) = self.0.busy.count(Instant::now()) {
                tracing::warn!(
                    route = call.route,
                    times,
                    invalid = self.0.limiter.invalid(),
                    "Discord asked to wait (429); {} answers of the last ten minutes count towards a ban, which \
                     comes at {}",
                    self.0.limiter.invalid(),
                    limits::INVALID_REQUESTS
                );
            }
            if !again || tries == 0 {
                return Err(error);
            }
        }
    }

    fn request(&self, call: &Call, body: &Body<'_>) -> Result<Request, RestError> {
        let mut url = self.url(call.path.iter().map(String::as_str));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = Request::new(call.method.clone(), url)
            .header("user-agent", USER_AGENT)
            .timeout(CALL_TIMEOUT);
        if call.shows_token {
            request = request.authorization("Bot", &self.0.token);
        }
        match body {
            Body::None => Ok(request),
            Body::Json(value) => Ok(request.json(value)),
            Body::Draft(draft) => draft.put_into(request),
        }
    }

    fn url<'a>(&self, steps: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(steps);
        }
        url
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

/// What an answer that is no success says; `None` for a success.
fn refuse(reply: &Reply) -> Option<RestError> {
    let code = || {
        let body: Option<ErrorBody> = serde_json::from_slice(&reply.body).ok();
        body.map_or(code::NONE, |body| body.code)
    };
    match reply.status {
        200..=299 => None,
        // Waiting does not mend this one.
        429 if code() == code::TOO_MANY_EDITS => Some(RestError::Refused {
            status: 429,
            code: code::TOO_MANY_EDITS,
        }),
        429 => Some(RestError::Busy {
            retry_after: reply.retry_after(),
        }),
        status @ (408 | 500..=599) => Some(RestError::Lost(Box::new(UnexpectedStatus(status)))),
        status => Some(RestError::Refused {
            status,
            code: code(),
        }),
    }
}
